"""A grid of cells written as the readers of the formats meet it: in files, with tabs or bars, one cell a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import docx
import openpyxl
from made_documents import TITLE

from analysis.documents import read_document
from analysis.model import Document

COVERED = ("<", "^")


@dataclass(frozen=True)
class Grid:
    """Rows of cells, of which the first ones are heads; `<` and `^` stand for what a cell reaches over."""

    rows: list[list[str]]
    heads: int
    caption: tuple[str, ...] = ()
    title: str = TITLE

    def cells(self) -> Iterator[tuple[int, int, str, int, int]]:
        """Each cell once: row, column, text, rows and columns that it reaches over."""
        for r, row in enumerate(self.rows):
            for c, text in enumerate(row):
                if text not in COVERED:
                    colspan = next((k for k in range(1, len(row) - c) if row[c + k] != "<"), len(row) - c)
                    left = len(self.rows) - r
                    rowspan = next((k for k in range(1, left) if self.rows[r + k][c] != "^"), left)
                    yield r, c, text, rowspan, colspan

    @property
    def lead(self) -> list[str]:
        """The lines above the table."""
        return [
            self.title,
            "04/10/2023",
            "Chi tiết số liệu được tổng hợp tại biểu dưới đây, các đơn vị theo dõi và thực hiện.",
            *self.caption,
        ]


def as_html(grid: Grid, path: Path) -> None:
    rows: dict[int, list[str]] = {}
    for r, _, text, rowspan, colspan in grid.cells():
        spans = f" rowspan={rowspan}" * (rowspan > 1) + f" colspan={colspan}" * (colspan > 1)
        rows.setdefault(r, []).append(f"<td{spans}>{escape(text)}</td>")
    table = "".join(f"<tr>{''.join(row)}</tr>" for _, row in sorted(rows.items()))
    lead = f"<h1>{grid.lead[0]}</h1>" + "".join(f"<p>{line}</p>" for line in grid.lead[1:])
    path.write_text(f"<html><body>{lead}<table>{table}</table></body></html>", encoding="utf-8")


def as_docx(grid: Grid, path: Path) -> None:
    document = docx.Document()
    document.add_heading(grid.lead[0], level=1)
    for line in grid.lead[1:]:
        document.add_paragraph(line)
    table = document.add_table(rows=len(grid.rows), cols=len(grid.rows[0]))
    for r, c, text, rowspan, colspan in grid.cells():
        cell = table.cell(r, c)
        if rowspan > 1 or colspan > 1:
            cell = cell.merge(table.cell(r + rowspan - 1, c + colspan - 1))
        cell.text = text
    document.save(str(path))


def as_xlsx(grid: Grid, path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row, line in enumerate(grid.lead, 1):
        sheet.cell(row, 1, line)
    top = len(grid.lead) + 1
    for r, c, text, rowspan, colspan in grid.cells():
        if text:
            sheet.cell(top + r, c + 1, text)
        if rowspan > 1 or colspan > 1:
            sheet.merge_cells(
                start_row=top + r, end_row=top + r + rowspan - 1, start_column=c + 1, end_column=c + colspan
            )
    book.save(path)


def as_lines(grid: Grid, path: Path) -> None:
    """One cell a line, as a page is copied; what is empty is lost."""
    _write(path, grid, [text for _, _, text, _, _ in grid.cells() if text])


def as_gapped_lines(grid: Grid, path: Path) -> None:
    """One cell a line with a blank line after each, as some pages are saved."""
    _write(path, grid, [f"{text}\n" for _, _, text, _, _ in grid.cells() if text])


def as_columns(grid: Grid, path: Path) -> None:
    """Columns held apart by blanks."""
    rows = [["" if text in COVERED else text for text in row] for row in grid.rows]
    widths = [max(len(row[c]) for row in rows) + 3 for c in range(len(rows[0]))]
    lines = ["".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    _write(path, grid, lines)


def as_spaced(grid: Grid, path: Path) -> None:
    """One blank between the cells."""
    rows = [[text for text in row if text and text not in COVERED] for row in grid.rows]
    _write(path, grid, [" ".join(row) for row in rows])


def _joined(separator: str) -> Callable[[Grid, Path], None]:
    def write(grid: Grid, path: Path) -> None:
        lines = [separator.join("" if text in COVERED else text for text in row).rstrip(" ") for row in grid.rows]
        _write(path, grid, [line if separator == "\t" else f"| {line} |" for line in lines])

    return write


def _write(path: Path, grid: Grid, lines: list[str]) -> None:
    path.write_text("\n".join([*grid.lead, *lines]) + "\n", encoding="utf-8")


WRITERS: dict[str, tuple[str, Callable[[Grid, Path], None]]] = {
    "html": (".html", as_html),
    "docx": (".docx", as_docx),
    "xlsx": (".xlsx", as_xlsx),
    "lines": (".txt", as_lines),
    "gapped": (".txt", as_gapped_lines),
    "columns": (".txt", as_columns),
    "spaced": (".txt", as_spaced),
    "tabs": (".txt", _joined("\t")),
    "bars": (".txt", _joined(" | ")),
}


def written(grid: Grid, way: str, folder: Path) -> Document:
    """The grid as a document, written in one of the ways and read again."""
    ending, write = WRITERS[way]
    path = folder / f"bang{ending}"
    write(grid, path)
    return read_document(path, folder)
