"""PDF -> lines and tables: paragraphs put together again, running heads and page numbers marked."""

from __future__ import annotations

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
from analysis.documents.origin import first_date
from analysis.errors import DocumentError
from analysis.text import match_form

_MAX_PAGES = 1000
_MIN_CHARACTERS = 20  # on a page; a scan has none, or a stamp
_PAGE_NUMBER = re.compile(r"(?:trang|page)?\s*[-–]?\s*\d{1,4}\s*(?:/\s*\d{1,4})?\s*[-–]?")
_EDGE_LINES = 2
_FULL_LINE = 0.8
_SAME = 3.0  # points between two rules that are one
_STOPS = (".", ";", ":", "?", "!", "…", "./.")


@dataclass
class _Page:
    """A page: its lines and tables in reading order, and the furniture at its edges."""

    parts: list[str | list[GridCell]] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)


def read(data: bytes) -> Draft:
    """The text of a PDF; a scan without text, and one that is locked, are refused."""
    pages = _read_pages(data)
    _move_running_heads(pages)
    draft = _assemble(pages)
    if len("".join(draft.text.split())) < _MIN_CHARACTERS * max(1, len(pages) // 2):
        raise DocumentError(
            "Tệp PDF là bản quét ảnh, không có lớp chữ.",
            "Nhận dạng chữ (OCR) tiếng Việt rồi lưu thành PDF có chữ, .docx hoặc .txt; hoặc xin bản gốc.",
        )
    draft.title, draft.published = _properties(data)
    return draft


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise DocumentError("Tệp PDF được đặt mật khẩu.", "Gỡ mật khẩu (in ra PDF mới) rồi đặt lại tệp.") from error
        raise DocumentError("Tệp PDF hỏng, không mở được.", "Tải hoặc xuất lại tệp PDF.") from error
    if len(document) > _MAX_PAGES:
        raise DocumentError(f"Tệp PDF có {len(document)} trang.", "Tách phần báo cáo ra tệp riêng.")
    return document


def _properties(data: bytes) -> tuple[str, object]:
    stated = _open(data).get_metadata_dict()
    created = re.sub(r"^D:(\d{4})(\d{2})(\d{2}).*", r"\1-\2-\3", stated.get("CreationDate", ""))
    return one_line(stated.get("Title", "")), first_date(created)


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
    """Bands of text and tables from top to bottom."""
    text = page.get_textpage()
    width, height = page.get_size()
    result = _Page()
    top = 0.0
    for table in sorted(tables, key=lambda t: t.bbox[1]):
        cells = _cells(text, table.cells, height)
        if cells is None or table.bbox[1] < top:
            continue
        result.parts += _lines(text.get_text_bounded(0, height - table.bbox[1], width, height - top))
        result.parts.append(cells)
        top = table.bbox[3]
    result.parts += _lines(text.get_text_bounded(0, 0, width, height - top))
    return result


def _lines(raw: str) -> list[str]:
    # U+FFFE: where PDFium took a hyphen at a line's end for a soft one
    return [line for part in re.split(r"[\r\n]+", raw.replace("\ufffe", "-")) if (line := one_line(part))]


def _cells(
    text: pypdfium2.PdfTextPage, boxes: Sequence[tuple[float, float, float, float]], height: float
) -> list[GridCell] | None:
    """Ruled boxes as a grid, merged ones spanning the lines that they cross; None for a mere frame."""
    columns = _rules(x for box in boxes for x in (box[0], box[2]))
    rows = _rules(y for box in boxes for y in (box[1], box[3]))
    if len(columns) < 3 or len(rows) < 3:
        return None
    cells = []
    for x0, y0, x1, y1 in boxes:
        row, col = _nearest(rows, y0), _nearest(columns, x0)
        content = " ".join(_lines(text.get_text_bounded(x0, height - y1, x1, height - y0)))
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
    seen = Counter(_shape(line) for page in pages for line in set(_edge_lines(page)))
    for page in pages:
        for line in _edge_lines(page):
            repeated = len(pages) > 2 and seen[_shape(line)] > len(pages) / 2
            if _PAGE_NUMBER.fullmatch(match_form(line)) or repeated:
                page.parts.remove(line)
                page.edges.append(line)


def _edge_lines(page: _Page) -> list[str]:
    at_edge = page.parts[:_EDGE_LINES] + page.parts[_EDGE_LINES:][-_EDGE_LINES:]
    return [part for part in at_edge if isinstance(part, str)]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", match_form(line))


# --- paragraphs -----------------------------------------------------------------------------------------------------


def _assemble(pages: Sequence[_Page]) -> Draft:
    out = DraftText()
    starts: list[int] = []
    paragraph: list[str] = []
    width = _line_width(pages)
    for page in pages:
        first = page.parts[0] if page.parts else None
        goes_on = bool(paragraph) and isinstance(first, str) and _goes_on(paragraph[-1], first, width)
        if paragraph and not goes_on:
            _close(out, paragraph)
        starts.append(out.length + len(" ".join(paragraph)) + 1 if paragraph else out.length)
        edges = list(page.edges)
        for part in page.parts:
            if paragraph and not (isinstance(part, str) and _goes_on(paragraph[-1], part, width)):
                _close(out, paragraph)
            if not paragraph:
                _write_edges(out, edges)
            if isinstance(part, str):
                paragraph.append(part)
            else:
                out.add_table(part, _caption(out))
        if not paragraph:
            _write_edges(out, edges)
    _close(out, paragraph)
    return Draft(out.text, out.lines, out.tables, page_starts=tuple(starts))


def _write_edges(out: DraftText, edges: list[str]) -> None:
    for line in edges:
        out.add(line, "footer")
    edges.clear()


def _close(out: DraftText, paragraph: list[str]) -> None:
    out.add(" ".join(paragraph))
    paragraph.clear()


def _line_width(pages: Sequence[_Page]) -> int:
    """Characters in a full line: what nearly the longest lines have."""
    lengths = sorted(len(part) for page in pages for part in page.parts if isinstance(part, str))
    return lengths[int(len(lengths) * 0.9)] if lengths else 0


def _goes_on(line: str, following: str, width: int) -> bool:
    """True where the next line belongs to the same paragraph: this one is full, or breaks off before small letters."""
    if BULLET.match(following) or NUMBERED.match(match_form(following)):
        return False
    if line.isupper() or following.isupper():
        return line.isupper() and following.isupper() and len(line) >= _FULL_LINE * width
    ends = line.endswith(_STOPS)
    return (len(line) >= _FULL_LINE * width) or (not ends and following[:1].islower())


def _caption(out: DraftText) -> str:
    if not out.lines or out.lines[-1].hint == "table":
        return ""
    line = out.text[out.lines[-1].start : out.lines[-1].end]
    named = load_looks().captions_of_tables.search(match_form(line))
    return line if named and len(line) <= 160 and not line.endswith((".", ";")) else ""
