"""The pages of a PDF -> their lines and ruled tables in reading order, upright, column after column."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium
from pdfplumber.utils.exceptions import PdfminerException

from analysis.documents.drafts import GridCell
from analysis.documents.grids import head_row_count
from analysis.documents.pdfaligned import find_aligned
from analysis.documents.pdflines import (
    Box,
    Convert,
    Glyph,
    TextLine,
    find_gutter,
    joined_glyphs,
    read_glyphs,
    text_lines,
    words_by_row,
)
from analysis.errors import DocumentError
from analysis.messages import explain

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # warns of fonts, in English, page by page

_MAX_PAGES = 1000
_SAME = 3.0  # points between two rules that are one
_FEW = 20  # characters: a scanned page has none, or a stamp
_SCAN_SHARE = 0.5  # of the page, that the picture of a scan covers


@dataclass
class Page:
    """A page: its lines and tables in reading order, and the furniture at its edges."""

    height: float
    parts: list[TextLine | list[GridCell]] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    continued: tuple[list[GridCell], int] | None = None
    """The table that goes on at the top of this page, and its first row here."""
    is_scan: bool = False
    """A picture, without text."""
    is_recognised: bool = False
    """Its text lies unseen behind a picture: a scan whose text was recognised."""


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    """The document; an error where it is locked, broken or too long."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise DocumentError(*explain("document.pdf_locked")) from error
        raise DocumentError(*explain("document.pdf_broken")) from error
    if len(document) > _MAX_PAGES:
        raise DocumentError(*explain("document.pdf_long", pages=len(document)))
    return document


def read_pages(data: bytes, convert: Convert | None = None) -> list[Page]:
    """The pages of a document; with `convert`, its letters are read together with their fonts, which is slower."""
    document = open_pdf(data)
    tables = _ruled_tables(data, [i for i in range(len(document)) if _has_rules(document[i])])
    return [_read_page(document[i], tables.get(i, []), convert) for i in range(len(document))]


def _ruled_tables(data: bytes, pages: Sequence[int]) -> dict[int, list]:
    """The ruled tables by page; none where the file is too damaged for them, though its text can be read."""
    if not pages:
        return {}
    try:
        with pdfplumber.open(io.BytesIO(data)) as plumber:
            return {i: plumber.pages[i].find_tables() for i in pages}
    except (PdfminerException, ValueError, TypeError, KeyError, IndexError):
        return {}


def runs_of_fonts(data: bytes) -> Iterator[tuple[str, str]]:
    """All runs of letters in one font, with its name."""
    document = open_pdf(data)
    for i in range(len(document)):
        page = document[i]
        for font, glyphs in groupby(read_glyphs(page, fonts=True), key=lambda glyph: glyph.font):
            yield "".join(glyph.char for glyph in glyphs), font


def _has_rules(page: pypdfium2.PdfPage) -> bool:
    """True where a page has enough drawn lines for a table."""
    return sum(1 for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])) >= 4


def _read_page(page: pypdfium2.PdfPage, tables: Sequence, convert: Convert | None) -> Page:
    """Lines of text and tables from top to bottom, column after column."""
    height = page.get_height()
    glyphs = read_glyphs(page, fonts=convert is not None)
    few = sum(1 for glyph in glyphs if not glyph.char.isspace()) < _FEW
    result = Page(height, is_scan=few and _is_picture(page), is_recognised=not few and _is_unseen(page))
    grids: list[tuple[float, list[GridCell]]] = []
    boxes: list[Box] = []
    for table in tables:
        left, top, right, bottom = table.bbox
        inside = (left, height - bottom, right, height - top)
        if cells := _cells([g for g in glyphs if g.is_inside(inside)], table.cells, height, convert):
            grids.append((height - top, cells))
            boxes.append(inside)
            glyphs = [g for g in glyphs if not g.is_inside(inside)]
    gutter = find_gutter(glyphs)
    if gutter is None:
        for table in find_aligned(words_by_row(glyphs, convert)):
            top = max(word.base + word.height for word in table.rows[0])
            bottom = min(word.base - word.height / 2 for word in table.rows[-1])
            grids.append((top, table.cells))
            glyphs = [g for g in glyphs if not bottom <= (g.bottom + g.top) / 2 <= top]
    for line in text_lines(glyphs, gutter, boxes, convert):
        while grids and (highest := max(grids, key=lambda g: g[0]))[0] > line.middle:
            result.parts.append(highest[1])
            grids.remove(highest)
        result.parts.append(line)
    result.parts += [cells for _, cells in sorted(grids, key=lambda g: -g[0])]
    return result


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """True for a page most of which is one picture."""
    area = page.get_width() * page.get_height()
    boxes = (image.get_bounds() for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
    return any((x1 - x0) * (y1 - y0) > _SCAN_SHARE * area for x0, y0, x1, y1 in boxes)


def _is_unseen(page: pypdfium2.PdfPage) -> bool:
    """True where most of the text is written in no colour, as text recognition writes it."""
    modes = [pdfium.FPDFTextObj_GetTextRenderMode(t) for t in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])]
    return 2 * modes.count(pdfium.FPDF_TEXTRENDERMODE_INVISIBLE) > len(modes)


# --- ruled tables ---------------------------------------------------------------------------------------------------


def _cells(
    glyphs: Sequence[Glyph], boxes: Sequence[Box], height: float, convert: Convert | None
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
        content = joined_glyphs([g for g in glyphs if g.char in "\r\n" or g.is_inside(box)], convert)
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
