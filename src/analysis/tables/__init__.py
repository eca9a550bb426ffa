"""Numbers in the cells of a table: what each stands for, by its heads, its row and what stands above the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.attribution import Setting
from analysis.model import Area, Cell, Document, Nature, Period, Quantity, Table
from analysis.reading import Read
from analysis.spans import within
from analysis.tables.context import Context, context_of
from analysis.tables.figures import quantities_of, typed
from analysis.tables.grid import Column, Grid, Row, grid_of, one_line
from analysis.tables.meaning import is_part, newly_received, read_number
from analysis.tables.owners import (
    Owner,
    last_period,
    nature_of,
    owner_by_column,
    owner_of,
    part_of_row,
    period_of,
    tier_of,
)

__all__ = ["Figure", "NoFigure", "Prose", "read_table"]

_PROSE_WORDS = 14


@dataclass(frozen=True, slots=True)
class Figure:
    """The number of a cell with all that the table says of it."""

    cell: Cell
    quantity: Quantity
    """With its kind and unit as the headings tell them."""
    read: Read
    area: Area
    period: Period | None
    nature: Nature
    tier: str
    organization: str
    breakdown: str
    """The row's label, where it is a part of the thing measured (a field) and not the thing itself."""
    sentence: str
    """The cell as a reader may check it: `Lĩnh vực đất đai | Quá hạn: 12`."""


@dataclass(frozen=True, slots=True)
class NoFigure:
    """A number of a table that is no figure, or whose area can't be told, with the reason."""

    quantity: Quantity
    cell: Cell
    reason: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A cell of sentences, to be read as running text."""

    cell: Cell


def read_table(
    document: Document, table: Table, setting: Setting, quantities: Sequence[Quantity]
) -> Iterator[Figure | NoFigure | Prose]:  # fmt: skip
    """What the cells of a table hold; `quantities` are the numbers of the whole text, `setting` is the report's.

    A cell's number is told by all heads that span it (`Quá hạn` stands twice in form II.06), by its row's label and
    the rows that this is a part of, and by the lines above the table.
    """
    grid = grid_of(table)
    context = context_of(document, table, grid, setting)
    differences = replace(context, period=last_period(grid.columns, setting) or context.period)
    for row in grid.rows:
        owner = owner_of(row, setting)
        figures: list[tuple[Figure, Column]] = []
        for cell, column in row.values:
            if _is_prose(cell):
                yield Prose(cell)
                continue
            whose = owner_by_column(owner, column, setting)
            for quantity in quantities_of(cell, quantities):
                found = _figure(quantity, cell, column, row, whose, context, differences, setting)
                if isinstance(found, Figure):
                    figures.append((found, column))
                else:
                    yield found
        renamed = newly_received([(figure.read, column) for figure, column in figures])
        yield from (replace(figure, read=renamed.get(k, figure.read)) for k, (figure, _) in enumerate(figures))
    yield from _numbering(grid, quantities)


def _is_prose(cell: Cell) -> bool:
    return len(cell.text.split()) >= _PROSE_WORDS


def _figure(
    quantity: Quantity, cell: Cell, column: Column, row: Row, owner: Owner, context: Context, differences: Context,
    setting: Setting,
) -> Figure | NoFigure:  # fmt: skip
    if owner.area is None:
        return NoFigure(quantity, cell, "ambiguous_area")
    number = typed(quantity, cell, column, row, context)
    read = read_number(number, column, row, context)
    nature = nature_of(column, row, context)
    context = differences if number.change != "none" else context
    indexed = read.indicator.startswith("index.") or number.kind == "rank"
    tier = "" if indexed else tier_of(column, row, owner, context, setting)
    part = not owner.is_setting and is_part(row, column, read.reading)
    return Figure(
        cell, number, read, owner.area, period_of(column, row, owner, context, setting, nature), nature, tier,
        owner.organization, part_of_row(row, setting) if part else "", _path(cell, column, row),
    )  # fmt: skip


def _path(cell: Cell, column: Column, row: Row) -> str:
    labels = [one_line(text) for text in (*row.parents, *row.labels, *column.texts)]
    return f"{' | '.join(label for label in labels if label)}: {one_line(cell.text)}"


def _numbering(grid: Grid, quantities: Sequence[Quantity]) -> Iterator[NoFigure]:
    """Running numbers, numbers of columns, codes."""
    for cell in grid.numbering:
        for quantity in within(quantities, cell.start, cell.end):
            yield NoFigure(quantity, cell, "numbering")
