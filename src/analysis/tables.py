"""Numbers in the cells of a table, each with the headings that say what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.model import Cell, Table

_NUMBER_ROW = re.compile(r"\(?\d{1,2}\)?(?:\s?=.*)?")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A cell with its head path, from the outermost, and the labels of its row, from the left."""

    cell: Cell
    heads: tuple[Cell, ...]
    row: tuple[Cell, ...]
    years: tuple[str, ...] = ()
    """Years that stand alone in a cell of the row or of the heads."""


def labelled_cells(table: Table) -> Iterator[Labelled]:
    """The body cells that hold a digit, with their headings; a row of column numbers is left out.

    The heads of a cell are all head cells that span its column (never the last one alone: `Quá hạn` stands
    twice in form II.06). The labels of its row are the cells to its left without a number of their own.
    """
    heads = [cell for cell in table.cells if cell.is_head]
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if not cell.is_head:
            rows.setdefault(cell.row, []).append(cell)
    for cells in rows.values():
        cells.sort(key=lambda cell: cell.col)
        if _is_column_numbers(cells):
            continue
        for cell in cells:
            if re.search(r"\d", cell.text) and not _is_row_number(cell, cells, heads):
                over = _heads_of(cell, heads)
                yield Labelled(cell, over, _labels_of(cell, cells), _years(cell, (*cells, *over)))


def _is_column_numbers(cells: list[Cell]) -> bool:
    filled = [cell.text.strip() for cell in cells if cell.text.strip()]
    numbers = [int(m.group().strip("()")) for t in filled if (m := re.fullmatch(r"\(?\d{1,2}\)?", t))]
    return (
        len(filled) > 2
        and all(_NUMBER_ROW.fullmatch(t) for t in filled)
        and numbers == sorted(set(numbers))
        and bool(numbers)
        and numbers[0] <= 2
    )


def _is_row_number(cell: Cell, cells: list[Cell], heads: list[Cell]) -> bool:
    """The running number at the left: under `STT`, or first and followed by a label."""
    if cell is not cells[0] or not re.fullmatch(r"\d{1,3}(?:\.\d{1,2})*\.?", cell.text.strip()):
        return False
    named = any(
        re.fullmatch(r"(?:s?tt|số tt|số thứ tự)\.?", head.text.strip().lower()) for head in _heads_of(cell, heads)
    )
    return named or (len(cells) > 2 and not re.search(r"\d", cells[1].text) and bool(cells[1].text.strip()))


def _years(cell: Cell, around: tuple[Cell, ...]) -> tuple[str, ...]:
    texts = (c.text.strip() for c in around if c is not cell and (c.is_head or c.col < cell.col))
    return tuple(text for text in texts if re.fullmatch(r"(?:19|20)\d\d", text))


def _heads_of(cell: Cell, heads: list[Cell]) -> tuple[Cell, ...]:
    over = [
        head
        for head in heads
        if head.col <= cell.col < head.col + head.colspan and head.row < cell.row and head.text.strip()
    ]
    return tuple(sorted(over, key=lambda head: head.row))


def _labels_of(cell: Cell, cells: list[Cell]) -> tuple[Cell, ...]:
    return tuple(c for c in cells if c.col < cell.col and c.text.strip() and not re.fullmatch(r"[\d.,%/\s-]+", c.text))
