"""PDF -> lines and tables: paragraphs put together again, running heads and page numbers marked."""

from __future__ import annotations

import ctypes
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium

from analysis.documents.candidates import BULLET, NUMBERED
from analysis.documents.drafts import Draft, DraftText, GridCell, one_line
from analysis.documents.grids import head_row_count
from analysis.documents.looks import load_looks
from analysis.errors import DocumentError
from analysis.messages import explain
from analysis.text import match_form

_MAX_PAGES = 1000
_MIN_CHARACTERS = 20  # on a page; a scan has none, or a stamp
_PAGE_NUMBER = re.compile(r"(?:trang|page)?\s*[-–]?\s*\d{1,4}\s*(?:/\s*\d{1,4})?\s*[-–]?")
_MARGIN = 0.1  # of the height of the page
_FULL_LINE = 0.88  # of the way to the right edge
_COLUMN_GAP = 4  # times the height of the letters
_SOFT_HYPHENS = "\x02\ufffe"  # what PDFium makes of a hyphen at a line's end
_PARAGRAPH_GAP = 2.8  # times the usual height, from line to line
_LARGE = 1.25  # times the usual height
_SAME = 3.0  # points between two rules that are one
_STOPS = (".", ";", ":", "?", "!", "…", "./.")


@dataclass(frozen=True, slots=True)
class _Glyph:
    char: str
    left: float
    right: float
    bottom: float
    top: float

    def is_inside(self, box: Sequence[float]) -> bool:
        """True where its middle lies in a box (left, bottom, right, top)."""
        x, y = (self.left + self.right) / 2, (self.bottom + self.top) / 2
        return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@dataclass(frozen=True, slots=True)
class _TextLine:
    text: str
    left: float
    right: float
    middle: float
    height: float


@dataclass
class _Page:
    """A page: its lines and tables in reading order, and the furniture at its edges."""

    height: float
    parts: list[_TextLine | list[GridCell]] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Measure:
    """The edges of full lines and the height of plain letters."""

    left: float = 0.0
    right: float = 0.0
    height: float = 0.0

    @classmethod
    def of(cls, pages: Sequence[_Page]) -> _Measure:
        lines = [part for page in pages for part in page.parts if isinstance(part, _TextLine)]
        if not lines:
            return cls()
        lefts, rights = sorted(line.left for line in lines), sorted(line.right for line in lines)
        heights = sorted(line.height for line in lines)
        return cls(lefts[len(lefts) // 10], rights[int(len(rights) * 0.9)], heights[len(heights) // 2])


def read(data: bytes) -> Draft:
    """The text of a PDF; a scan without text, and one that is locked, are refused."""
    pages = _read_pages(data)
    _move_running_heads(pages)
    draft = _assemble(pages)
    if len("".join(draft.text.split())) < _MIN_CHARACTERS * max(1, len(pages) // 2):
        raise DocumentError(*explain("document.pdf_scan"))
    draft.title = _stated_title(data)
    return draft


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise DocumentError(*explain("document.pdf_locked")) from error
        raise DocumentError(*explain("document.pdf_broken")) from error
    if len(document) > _MAX_PAGES:
        raise DocumentError(*explain("document.pdf_long", pages=len(document)))
    return document


def _stated_title(data: bytes) -> str:
    return one_line(_open(data).get_metadata_dict().get("Title", ""))


def _read_pages(data: bytes) -> list[_Page]:
    document = _open(data)
    ruled = [i for i in range(len(document)) if _has_rules(document[i])]
    tables: dict[int, list] = {}
    if ruled:
        with pdfplumber.open(io.BytesIO(data)) as plumber:
            tables = {i: plumber.pages[i].find_tables() for i in ruled}
    return [_read_page(document[i], tables.get(i, [])) for i in range(len(document))]


def _has_rules(page: pypdfium2.PdfPage) -> bool:
    """True where a page has enough drawn lines for a table."""
    return sum(1 for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])) >= 4


def _read_page(page: pypdfium2.PdfPage, tables: Sequence) -> _Page:
    """Lines of text and tables from top to bottom."""
    height = page.get_height()
    glyphs = _glyphs(page.get_textpage())
    grids: list[tuple[float, list[GridCell]]] = []
    for table in tables:
        left, top, right, bottom = table.bbox
        inside = (left, height - bottom, right, height - top)
        if cells := _cells([g for g in glyphs if g.is_inside(inside)], table.cells, height):
            grids.append((height - top, cells))
            glyphs = [g for g in glyphs if not g.is_inside(inside)]
    result = _Page(height)
    for line in _text_lines(glyphs):
        while grids and (highest := max(grids, key=lambda g: g[0]))[0] > line.middle:
            result.parts.append(highest[1])
            grids.remove(highest)
        result.parts.append(line)
    result.parts += [cells for _, cells in sorted(grids, key=lambda g: -g[0])]
    return result


def _glyphs(text: pypdfium2.PdfTextPage) -> list[_Glyph]:
    """The characters of a page in the order of PDFium, which puts spaces and line ends between them."""
    glyphs = []
    box = [ctypes.c_double() for _ in range(4)]
    for i in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, i))
        pdfium.FPDFText_GetCharBox(text, i, *map(ctypes.byref, box))
        left, right, bottom, top = (value.value for value in box)
        glyphs.append(_Glyph("-" if char in _SOFT_HYPHENS else char, left, right, bottom, top))
    return glyphs


def _text_lines(glyphs: Sequence[_Glyph]) -> list[_TextLine]:
    lines: list[_TextLine] = []
    current: list[_Glyph] = []
    for glyph in glyphs:
        inked = [g for g in current if not g.char.isspace()]
        far = inked and not glyph.char.isspace() and _is_apart(inked, glyph)
        if glyph.char in "\r\n" or far:
            lines += _text_line(current)
            current = []
        current.append(glyph)
    return lines + _text_line(current)


def _is_apart(inked: Sequence[_Glyph], glyph: _Glyph) -> bool:
    """True across the gap between the two columns of a letterhead."""
    last = inked[-1]
    height = max(g.top - g.bottom for g in inked[-8:])
    return len(inked) >= 8 and glyph.left - last.right > _COLUMN_GAP * max(height, 1)


def _text_line(glyphs: Sequence[_Glyph]) -> list[_TextLine]:
    inked = [g for g in glyphs if not g.char.isspace()]
    text = one_line("".join(g.char for g in glyphs))
    if not inked or not text:
        return []
    bottom, top = min(g.bottom for g in inked), max(g.top for g in inked)
    return [_TextLine(text, min(g.left for g in inked), max(g.right for g in inked), (bottom + top) / 2, top - bottom)]


def _cells(
    glyphs: Sequence[_Glyph], boxes: Sequence[tuple[float, float, float, float]], height: float
) -> list[GridCell] | None:
    """Ruled boxes as a grid, merged ones spanning the lines that they cross; None for a mere frame."""
    columns = _rules(x for box in boxes for x in (box[0], box[2]))
    rows = _rules(y for box in boxes for y in (box[1], box[3]))
    if len(columns) < 3 or len(rows) < 3:
        return None
    cells = []
    for x0, y0, x1, y1 in boxes:
        row, col = _nearest(rows, y0), _nearest(columns, x0)
        box = (x0, height - y1, x1, height - y0)
        content = one_line("".join(g.char for g in glyphs if g.char in "\r\n" or g.is_inside(box)))
        cells.append(GridCell(row, col, content, _nearest(rows, y1) - row, _nearest(columns, x1) - col))
    by_row = [[c.text for c in sorted(cells, key=lambda c: c.col) if c.row == r] for r in range(len(rows) - 1)]
    heads = head_row_count(by_row)
    return [GridCell(c.row, c.col, c.text, max(1, c.rowspan), max(1, c.colspan), c.row < heads) for c in cells]


def _rules(positions: Iterator[float]) -> list[float]:
    merged: list[float] = []
    for position in sorted(positions):
        if not merged or position - merged[-1] > _SAME:
            merged.append(position)
    return merged


def _nearest(rules: Sequence[float], position: float) -> int:
    return min(range(len(rules)), key=lambda i: abs(rules[i] - position))


# --- running heads and page numbers ---------------------------------------------------------------------------------


def _move_running_heads(pages: list[_Page]) -> None:
    """Take page numbers, and lines that most pages repeat, out of the run of the text."""
    seen = Counter(shape for page in pages for shape in {_shape(line.text) for line in _edge_lines(page)})
    for page in pages:
        for line in _edge_lines(page):
            repeated = len(pages) > 1 and seen[_shape(line.text)] > len(pages) / 2
            if _PAGE_NUMBER.fullmatch(match_form(line.text)) or repeated:
                page.parts.remove(line)
                page.edges.append(line.text)


def _edge_lines(page: _Page) -> list[_TextLine]:
    """Lines in the margins above and below the text."""
    low, high = _MARGIN * page.height, (1 - _MARGIN) * page.height
    return [part for part in page.parts if isinstance(part, _TextLine) and not low < part.middle < high]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", match_form(line))


# --- paragraphs -----------------------------------------------------------------------------------------------------


def _assemble(pages: Sequence[_Page]) -> Draft:
    out = DraftText()
    starts: list[int] = []
    paragraph: list[_TextLine] = []
    edges: list[str] = []  # wait here while a paragraph runs on from page to page
    measure = _Measure.of(pages)
    for page in pages:
        if paragraph and not (page.parts and _goes_on(paragraph[-1], page.parts[0], measure)):
            _close(out, paragraph)
        starts.append(out.length + len(_joined(paragraph)) + 1 if paragraph else out.length)
        edges += page.edges
        for part in page.parts:
            if paragraph and not _goes_on(paragraph[-1], part, measure):
                _close(out, paragraph)
            if not paragraph:
                _write_edges(out, edges)
            if isinstance(part, _TextLine):
                paragraph.append(part)
            else:
                out.add_table(part, _caption(out))
    _close(out, paragraph)
    _write_edges(out, edges)
    return Draft(out.text, out.lines, out.tables, page_starts=tuple(starts))


def _write_edges(out: DraftText, edges: list[str]) -> None:
    for line in edges:
        out.add(line, "footer")
    edges.clear()


def _joined(paragraph: Sequence[_TextLine]) -> str:
    return " ".join(line.text for line in paragraph)


def _close(out: DraftText, paragraph: list[_TextLine]) -> None:
    out.add(_joined(paragraph))
    paragraph.clear()


def _goes_on(line: _TextLine, following: _TextLine | list[GridCell], measure: _Measure) -> bool:
    """True where the next line belongs to the same paragraph.

    So it does after a line that reaches the right edge, after one that breaks off before a small letter, and
    between two lines of a large heading.
    """
    if not isinstance(following, _TextLine):
        return False
    if BULLET.match(following.text) or NUMBERED.match(match_form(following.text)):
        return False
    if line.middle - following.middle > _PARAGRAPH_GAP * measure.height:
        return False
    ends = line.text.endswith(_STOPS)
    large, capitals = line.height > _LARGE * measure.height, _is_capitals(line.text)
    if large:
        return not ends and abs(line.height - following.height) < 0.3 * line.height
    if capitals != _is_capitals(following.text) and len(following.text) > 10:
        return False
    if not ends and _is_column(line, following, measure):
        return True
    if capitals:
        return not ends and _is_full(line, measure)
    return _is_full(line, measure) or (not ends and following.text[:1].islower())


def _is_column(line: _TextLine, following: _TextLine, measure: _Measure) -> bool:
    """True for the rest of a line of the right half, such as the date under the motto of a letterhead."""
    right_half = line.left > (measure.left + measure.right) / 2 - 10
    below = line.left - 5 <= following.left and following.right <= line.right + 5
    return right_half and below and line.right >= measure.right - 0.1 * (measure.right - measure.left)


def _is_capitals(text: str) -> bool:
    return text.isupper() and sum(map(str.isalpha, text)) > 5


def _is_full(line: _TextLine, measure: _Measure) -> bool:
    width = measure.right - measure.left
    return line.right >= measure.right - (1 - _FULL_LINE) * width and line.left <= measure.left + 0.25 * width


def _caption(out: DraftText) -> str:
    if not out.lines or out.lines[-1].hint == "table":
        return ""
    line = out.text[out.lines[-1].start : out.lines[-1].end]
    named = load_looks().captions_of_tables.search(match_form(line))
    return line if named and len(line) <= 160 and not line.endswith((".", ";")) else ""
