"""PDF -> lines and tables: paragraphs put together again, running heads and page numbers marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from analysis.documents.drafts import Draft, DraftText, GridCell, one_line
from analysis.documents.flattened import find_flattened
from analysis.documents.fonts import Fonts
from analysis.documents.legacy import find_legacy
from analysis.documents.looks import load_looks
from analysis.documents.pdflines import TextLine
from analysis.documents.pdfpages import Page, open_pdf, read_pages, runs_of_fonts
from analysis.documents.pdfparagraphs import Measure, goes_on, joined
from analysis.errors import ScanError
from analysis.messages import both, explain
from analysis.text import match_form

_MIN_CHARACTERS = 20  # on a page; a scan has none, or a stamp
_PAGE_NUMBER = re.compile(r"(?:trang|page)?\s*[-–]?\s*\d{1,4}\s*(?:/\s*\d{1,4})?\s*[-–]?")
_MARGIN = 0.1  # of the height of the page
_REPEATED = 0.3  # of the pages: a head may stand on every other one, and on the first hardly ever does

Recognise = Callable[[bytes, int], bytes]
"""A scan and the number of its pages -> the same with its text."""


def read(data: bytes, recognise: Recognise | None = None) -> Draft:
    """The text of a PDF; one that is locked is refused, and so is a scan, unless `recognise` reads its text."""
    pages = read_pages(data)
    if recognise and (any(page.is_scan for page in pages) or _is_scan(pages)):
        data = recognise(data, len(pages))
        pages = read_pages(data)
    elif _is_scan(pages):
        raise ScanError(*explain("document.pdf_scan"))
    draft = _in_unicode(data, pages)
    find_flattened(draft)
    draft.title = one_line(open_pdf(data).get_metadata_dict().get("Title", ""))
    draft.ocr_pages = tuple(number for number, page in enumerate(pages, 1) if page.is_recognised)
    scans = [number for number, page in enumerate(pages, 1) if page.is_scan]
    for key, numbers in (("note.ocr", draft.ocr_pages), ("note.scanned", scans)):
        if numbers:
            draft.notes += (both(key, pages=_ranges(numbers)),)
    return draft


def _is_scan(pages: Sequence[Page]) -> bool:
    """True where there is hardly any text in the whole document."""
    texts = (t for page in pages for part in page.parts for t in _texts(part))
    return sum(len("".join(t.split())) for t in texts) < _MIN_CHARACTERS * max(1, len(pages) // 2)


def _texts(part: TextLine | list[GridCell]) -> list[str]:
    return [part.text] if isinstance(part, TextLine) else [cell.text for cell in part]


def _ranges(numbers: Sequence[int]) -> str:
    """Page numbers as people write them.

    >>> _ranges([1, 2, 3, 5, 8, 9])
    '1-3, 5, 8-9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _in_unicode(data: bytes, pages: list[Page]) -> Draft:
    """The draft of the pages, read anew by their fonts where they are in an encoding from before Unicode."""
    texts = "\n".join(t for page in pages for part in page.parts for t in _texts(part))
    legacy, encoding = find_legacy(texts), "utf-8"
    if legacy:
        fonts = Fonts.of(runs_of_fonts(data))
        pages[:] = read_pages(data, partial(fonts.convert, whole=True)) if fonts.trusted else pages
        encoding = fonts.name or legacy.name
    _move_running_heads(pages)
    _join_tables(pages)
    draft = _assemble(pages, legacy.mend if legacy else str)
    draft.encoding = encoding
    return draft


# --- running heads and page numbers ---------------------------------------------------------------------------------


def _move_running_heads(pages: list[Page]) -> None:
    """Take page numbers, and lines that many pages repeat, out of the run of the text."""
    seen = Counter(shape for page in pages for shape in {_shape(line.text) for line in _edge_lines(page)})
    for page in pages:
        for line in _edge_lines(page):
            form = match_form(line.text)
            repeated = seen[_shape(line.text)] >= max(2, _REPEATED * len(pages))
            if repeated or _PAGE_NUMBER.fullmatch(form) or load_looks().running_head.search(form):
                page.parts.remove(line)
                page.edges.append(line.text)


def _edge_lines(page: Page) -> list[TextLine]:
    """Lines in the margins above and below the text."""
    low, high = _MARGIN * page.height, (1 - _MARGIN) * page.height
    return [part for part in page.parts if isinstance(part, TextLine) and not low < part.middle < high]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", match_form(line))


# --- tables that run on from page to page ---------------------------------------------------------------------------


def _join_tables(pages: list[Page]) -> None:
    """Put a table that goes on at the top of the next page together; heads that it repeats there are left out."""
    for before, page in pairwise(pages):
        upper = before.parts[-1] if before.parts else before.continued[0] if before.continued else None
        lower = page.parts[0] if page.parts else None
        if isinstance(upper, list) and isinstance(lower, list) and _width(upper) == _width(lower):
            if rest := _rest_of_table(upper, lower):
                upper += rest
                page.parts.pop(0)
                page.continued = (upper, rest[0].row)


def _width(cells: Sequence[GridCell]) -> int:
    return max(cell.col + cell.colspan for cell in cells)


def _rest_of_table(upper: Sequence[GridCell], lower: Sequence[GridCell]) -> list[GridCell] | None:
    """The rows of the lower part, numbered on; None where it has heads of its own."""
    heads = [cell.text for cell in upper if cell.is_head]
    repeated = heads and [cell.text for cell in lower if cell.is_head] == heads
    if any(cell.is_head for cell in lower) and not repeated:
        return None
    first = min((cell.row for cell in lower if not cell.is_head), default=0)
    down = max(cell.row + cell.rowspan for cell in upper) - first
    return [replace(cell, row=cell.row + down) for cell in lower if not cell.is_head]


# --- paragraphs -----------------------------------------------------------------------------------------------------


def _assemble(pages: Sequence[Page], mend: Callable[[str], str]) -> Draft:
    out = DraftText(mend)
    starts: list[int] = []
    paragraph: list[TextLine] = []
    edges: list[str] = []  # wait here while a paragraph runs on from page to page
    measure = Measure.of(pages)
    for page in pages:
        if paragraph and not (page.parts and _goes_on(paragraph, page.parts[0], measure)):
            _close(out, paragraph)
        starts.append(_start_of(page, out, paragraph))
        edges += page.edges
        for part in page.parts:
            if paragraph and not _goes_on(paragraph, part, measure):
                _close(out, paragraph)
            if not paragraph:
                _write_edges(out, edges)
            if isinstance(part, TextLine):
                paragraph.append(part)
            else:
                out.add_table(part, _caption(out))
    _close(out, paragraph)
    _write_edges(out, edges)
    return Draft(out.text, out.lines, out.tables, page_starts=tuple(starts))


def _start_of(page: Page, out: DraftText, paragraph: Sequence[TextLine]) -> int:
    """Where a page begins: at what it adds to the paragraph or table before it, else where the text has come to."""
    if page.continued and out.tables:
        row = page.continued[1]
        return min((cell.start for cell in out.tables[-1].cells if cell.row >= row), default=out.length)
    return out.length + len(out.prepared(joined(paragraph))) + 1 if paragraph else out.length


def _write_edges(out: DraftText, edges: list[str]) -> None:
    for line in edges:
        out.add(line, "footer")
    edges.clear()


def _close(out: DraftText, paragraph: list[TextLine]) -> None:
    out.add(joined(paragraph))
    paragraph.clear()


def _goes_on(paragraph: Sequence[TextLine], part: TextLine | list[GridCell], measure: Measure) -> bool:
    return isinstance(part, TextLine) and goes_on(paragraph[-1], part, measure)


def _caption(out: DraftText) -> str:
    if not out.lines or out.lines[-1].hint == "table":
        return ""
    line = out.text[out.lines[-1].start : out.lines[-1].end]
    named = load_looks().captions_of_tables.search(match_form(line))
    return line if named and len(line) <= 160 and not line.endswith((".", ";")) else ""
