"""Excel workbooks -> lines and tables: every visible sheet, with what stands above and below its tables."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from analysis.documents.drafts import Draft, DraftText, GridCell, one_line
from analysis.documents.fonts import Fonts
from analysis.documents.grids import head_row_count, is_number
from analysis.documents.legacy import find_legacy
from analysis.documents.looks import load_looks
from analysis.documents.sheetcells import shown
from analysis.errors import DocumentError, Text
from analysis.messages import both, explain
from analysis.text import match_form

_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_CELLS = 500_000

Row = list[GridCell]


@dataclass
class _Sheet:
    """A sheet without what is hidden: its filled rows, with the places of their cells among what is seen."""

    name: str
    rows: dict[int, Row] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)


def read(data: bytes) -> Draft:
    """The visible sheets of a workbook, formulas by the values that were saved with them."""
    values, formulas = _open(data), None
    if _has_formulas(data):
        formulas = _open(data, data_only=False)
    seen = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
    fonts = Fonts.of((str(c.value), c.font.name or "") for s in seen for c in _cells(s) if isinstance(c.value, str))
    sheets = [_read_sheet(sheet, formulas[sheet.title] if formulas else None, fonts) for sheet in seen]
    draft = _assemble(sheets, str)
    if legacy := find_legacy(draft.text):
        draft = _assemble(sheets, legacy.mend)
    draft.encoding = fonts.name or (legacy.name if legacy else draft.encoding)
    hidden = [sheet.title for sheet in values.worksheets if sheet.sheet_state != "visible"]
    draft.notes = (
        *([both("note.hidden_sheets", names=", ".join(hidden))] if hidden else ()),
        *(note for sheet in sheets for note in sheet.notes),
    )
    draft.title = one_line(values.properties.title or "")
    return draft


_BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, OSError, EOFError,
    AttributeError, IndexError, RuntimeError, SyntaxError,
)  # fmt: skip
"""What openpyxl and zipfile raise on damaged workbooks."""


def _open(data: bytes, *, data_only: bool = True) -> openpyxl.Workbook:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > _MAX_UNPACKED:
                raise DocumentError(*explain("document.sheet_large"))
            parts = (package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels")))
            if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts):
                raise DocumentError(*explain("document.sheet_broken"))
        return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)
    except _BROKEN as error:
        raise DocumentError(*explain("document.sheet_broken")) from error


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(b"<f" in package.read(name) for name in sheets)


def _cells(sheet: Any) -> list[Any]:
    """The cells that a sheet really has: a formatted column would give a million empty ones."""
    cells = list(sheet._cells.values())
    if len(cells) > _MAX_CELLS:
        raise DocumentError(*explain("document.sheet_large"))
    return cells


def _read_sheet(sheet: Any, formulas: Any, fonts: Fonts) -> _Sheet:
    hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    hidden_columns = {
        number for column in sheet.column_dimensions.values() if column.hidden
        for number in range(column.min or 0, (column.max or 0) + 1)
    }  # fmt: skip
    spans = {(r.min_row, r.min_col): (r.max_row, r.max_col) for r in sheet.merged_cells.ranges}
    result, empty = _Sheet(sheet.title), []
    cells = [c for c in _cells(sheet) if c.value is not None]
    for cell in _cells(formulas) if formulas else ():
        computed = sheet._cells.get((cell.row, cell.column))
        if cell.data_type == "f" and (computed is None or computed.value is None):
            empty.append(cell.coordinate)
    for cell in sorted(cells, key=lambda c: (c.row, c.column)):
        bottom, right = spans.get((cell.row, cell.column), (cell.row, cell.column))
        rows = [r for r in range(cell.row, bottom + 1) if r not in hidden_rows]
        columns = [c for c in range(cell.column, right + 1) if c not in hidden_columns]
        text = shown(cell.value, cell.number_format)
        text = fonts.convert(text, cell.font.name or "") if isinstance(cell.value, str) else text
        if rows and columns and text.strip():
            row, col = rows[0] - _before(rows[0], hidden_rows), columns[0] - _before(columns[0], hidden_columns)
            result.rows.setdefault(row, []).append(GridCell(row, col, text, len(rows), len(columns)))
    _note(result, cells, hidden_rows, hidden_columns, empty)
    return result


def _before(number: int, hidden: set[int]) -> int:
    return sum(1 for other in hidden if other < number)


def _note(sheet: _Sheet, cells: Sequence[Any], rows: set[int], columns: set[int], empty: list[str]) -> None:
    """Say what of a sheet was left out: hidden rows and columns with something in them, formulas without a value."""
    lost_rows, lost_columns = {c.row for c in cells} & rows, {c.column for c in cells} & columns
    if lost_rows or lost_columns:
        counts = {"rows": len(lost_rows), "columns": len(lost_columns)}
        sheet.notes.append(both("note.hidden_cells", name=sheet.name, **counts))
    if empty:
        sheet.notes.append(both("note.formulas", name=sheet.name, count=len(empty), cell=empty[0]))


# --- tables and what stands around them -----------------------------------------------------------------------------


def _assemble(sheets: Sequence[_Sheet], mend: Callable[[str], str]) -> Draft:
    out = DraftText(mend)
    filled = [sheet for sheet in sheets if sheet.rows]
    for sheet in filled:
        if len(filled) > 1 and not load_looks().sheet_names.search(match_form(sheet.name)):
            out.add(sheet.name, "heading")
        for table, rows in _parts(sheet):
            if table:
                out.add_table(_grid(rows), _caption(out))
                continue
            for cell in (cell for row in rows for cell in row):
                for line in cell.text.split("\n"):
                    out.add(line)
    return Draft(out.text, out.lines, out.tables)


def _parts(sheet: _Sheet) -> Iterator[tuple[bool, list[Row]]]:
    """Stretches of rows from top to bottom: a table, or lines of text.

    A table goes from the head above its first row with numbers to its last row with several cells; a row that
    holds one cell is a line above and below it, and a banner inside it.
    """
    rows = [sheet.rows[number] for number in sorted(sheet.rows)]
    start = 0
    while (first := _first_of_table(rows, start)) is not None:
        last = _last_of_table(rows, first)
        if first > start:
            yield False, rows[start:first]
        yield True, rows[first : last + 1]
        start = last + 1
    if start < len(rows):
        yield False, rows[start:]


def _is_data(row: Row) -> bool:
    return len(row) >= 2 and any(is_number(cell.text) for cell in row)


def _first_of_table(rows: list[Row], start: int) -> int | None:
    data = next((i for i in range(start, len(rows)) if _is_data(rows[i])), None)
    if data is None:
        return None
    first = data
    while first > start and len(rows[first - 1]) >= 2 and _follows(rows[first - 1], rows[first]):
        first -= 1
    return first


def _last_of_table(rows: list[Row], first: int) -> int:
    """The last row with numbers before a gap that a new head follows; rows of three cells and more belong as well."""
    last = first
    for i in range(first + 1, len(rows)):
        if not _follows(rows[last], rows[i]) and not _is_data(rows[i]):  # titles or heads after an empty row
            break
        if _is_data(rows[i]) or (len(rows[i]) >= 3 and i == last + 1 and _follows(rows[last], rows[i])):
            last = i
        elif i - last > 2:
            break
    return last


def _follows(row: Row, following: Row) -> bool:
    """True where no empty row lies between two rows."""
    return following[0].row <= max(cell.row + cell.rowspan for cell in row)


def _grid(rows: list[Row]) -> list[GridCell]:
    """The cells of a table from its own corner, its heads marked; empty ones stand for themselves."""
    left = min(cell.col for row in rows for cell in row)
    order = {row[0].row: i for i, row in enumerate(rows)}
    width = max(cell.col + cell.colspan for row in rows for cell in row) - left
    cells, taken = [], set()
    for cell in (cell for row in rows for cell in row):
        r, c = order[cell.row], cell.col - left
        height = max(i for number, i in order.items() if number < cell.row + cell.rowspan) - r + 1
        cells.append(GridCell(r, c, cell.text, height, cell.colspan))
        taken |= {(r + i, c + j) for i in range(height) for j in range(cell.colspan)}
    cells += [GridCell(r, c, "") for r in range(len(rows)) for c in range(width) if (r, c) not in taken]
    cells.sort(key=lambda cell: (cell.row, cell.col))
    heads = head_row_count([[cell.text for cell in cells if cell.row == r] for r in range(len(rows))])
    return [GridCell(c.row, c.col, c.text, c.rowspan, c.colspan, c.row < heads) for c in cells]


def _caption(out: DraftText) -> str:
    """The line above a table that names it; a line in brackets between them (`(Đơn vị tính: hồ sơ)`) is skipped."""
    for line in reversed(out.lines[-3:]):
        text = out.text[line.start : line.end]
        if line.hint == "table":
            break
        if not text.startswith("(") and len(text) <= 200:
            return text
    return ""
