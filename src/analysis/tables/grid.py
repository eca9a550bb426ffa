"""The rows and columns of a table: what each is for, which stands under which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Literal

from analysis.catalogue import load_pattern
from analysis.documents.grids import is_said
from analysis.model import Cell, Table
from analysis.text import match_form

Role = Literal["number", "code", "unit", "label", "note", "value"]
words = partial(load_pattern, "headings.yaml")
_MOSTLY = 0.5
_MARKED, _PART, _ALONE = 2, 6, -1
"""How deep a row stands that is numbered 1; that is a part of the one before; that has nothing to do with it."""


@lru_cache(maxsize=8192)
def form(text: str) -> str:
    """The matching form of a label, on one line."""
    return match_form(" ".join(text.split()))


@dataclass(frozen=True, slots=True)
class Column:
    """A column with all heads that span it, from the outermost."""

    index: int
    heads: tuple[Cell, ...]
    role: Role
    beside: tuple[str, ...] = ()
    """Heads to the left of its innermost, the nearest first: `SIPAS (%)` beside `Xếp hạng`."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The heads' texts, the innermost last; a head that repeats the one above it is left out."""
        texts = [one_line(head.text) for head in self.heads]
        return tuple(text for k, text in enumerate(texts) if not k or text != texts[k - 1])

    @property
    def inner(self) -> str:
        """The matching form of the innermost head."""
        return form(self.heads[-1].text) if self.heads else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the body with its labels and the rows that it stands under."""

    index: int
    values: tuple[tuple[Cell, Column], ...]
    labels: tuple[str, ...]
    unit: str = ""
    parents: tuple[str, ...] = ()
    """Labels of sections and rows that it is a part of, the nearest last."""
    head: str = ""
    """The matching form of the head over its label: `lĩnh vực`."""

    @property
    def label(self) -> str:
        """What the row is called, without what counts it."""
        return " ".join(text for text in map(bare_label, self.labels) if text)

    @property
    def is_total(self) -> bool:
        """True for a row of the whole."""
        return is_said("total", self.label) or (not self.label and bool(self.head))


@dataclass(slots=True)
class Grid:
    """A table by its columns and rows, and the cells that only count or name."""

    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    numbering: list[Cell] = field(default_factory=list)


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


_COUNTED = re.compile(
    r"^\s*(?:(?P<mark>\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5}|[a-zđA-HĐ])\s?[.)/](?=\s|[^\W\d])|(?P<plain>\d{1,2}(?:\.\d{1,2})+)(?=\s))\s*"
)
_BULLET = re.compile(r"^\s*(?P<bullet>[-–—+*•])\s*(?=\D)")


def bare_label(text: str) -> str:
    """A label without its number, bullet and colon.

    >>> [bare_label(text) for text in ("1.2. Quá hạn:", "- Trực tuyến", "Mức 3, 4")]
    ['Quá hạn', 'Trực tuyến', 'Mức 3, 4']
    """
    return _BULLET.sub("", _COUNTED.sub("", one_line(text))).strip(" :")


def grid_of(table: Table) -> Grid:
    """A table with its columns and rows told apart by what they hold."""
    heads = [cell for cell in table.cells if cell.is_head]
    rows = _body_rows(table)
    width = max((cell.col + cell.colspan for cell in table.cells), default=0)
    grid = Grid([])
    kept = []
    for index, row in sorted(rows.items()):
        if _numbers_columns([cell.text for cell in row]):
            grid.numbering += row
        else:
            kept.append((index, row))
    grid.numbering += [cell for cell in heads if is_said("column_mark", cell.text) and cell.row]
    heads = [cell for cell in heads if cell.text.strip() and cell not in grid.numbering]
    grid.columns = _columns(heads, [row for _, row in kept], width)
    grid.rows = list(_rows(kept, grid))
    return grid


def _body_rows(table: Table) -> dict[int, list[Cell]]:
    """The cells of each row of the body from the left, with those that reach down into it."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if not cell.is_head:
            for row in range(cell.row, cell.row + max(1, cell.rowspan)):
                rows.setdefault(row, []).append(cell)
    for cells in rows.values():
        cells.sort(key=lambda cell: cell.col)
    return rows


def _numbers_columns(texts: Sequence[str]) -> bool:
    """True for a row that reads 1, 2, 3 = 4 + 5, ...: it numbers the columns."""
    filled = [text.strip() for text in texts if text.strip()]
    if len(filled) <= 2 or not all(is_said("column_mark", text) for text in filled):
        return False
    marks = [form(text).split("=")[0].strip(" ()") for text in filled]
    numbers = [int(mark) for mark in marks if mark.isdigit()]
    return bool(numbers) and numbers == sorted(set(numbers)) and numbers[0] <= 2


# ---- columns


def _columns(heads: Sequence[Cell], rows: Sequence[Sequence[Cell]], width: int) -> list[Column]:
    columns: list[Column] = []
    values = False
    for index in range(width):
        over = tuple(
            sorted((h for h in heads if h.col <= index < h.col + h.colspan), key=lambda head: (head.row, head.col))
        )
        texts = [one_line(c.text) for row in rows for c in row if c.col == index and c.colspan == 1 and c.text.strip()]
        role = _role(over, texts, labelled=any(c.role == "label" for c in columns), values=values)
        values = values or role == "value"
        beside: tuple[str, ...] = ()
        if over:
            left = sorted((h for h in heads if h.row == over[-1].row and h.col < over[-1].col), key=lambda h: -h.col)
            beside = tuple(h.text for h in left)
        columns.append(Column(index, over, role, beside))
    return columns


def _role(heads: Sequence[Cell], texts: Sequence[str], *, labelled: bool, values: bool) -> Role:
    inner = heads[-1].text if heads else ""
    if inner and is_said("row_number_head", inner):
        return "number"
    if is_said("code_head", inner):
        return "code"
    if texts and sum(is_said("unit_only", text) for text in texts) > _MOSTLY * len(texts):
        if not any(any(c.isdigit() for c in text) for text in texts):
            return "unit" if labelled or not values else "note"
    if texts and labelled and is_said("measure_unit_head", inner) and not any(c.isdigit() for t in texts for c in t):
        return "unit"
    numbers = sum(is_said("number_cell", text) for text in texts)
    if not labelled:
        if texts and not inner and all(is_said("row_mark", text) for text in texts) and len(texts) > 1:
            return "number"
        if not values and inner and words("kinds", "rank").search(form(inner)) and numbers == len(texts):
            return "value"  # a ranking that begins with the rank
        if not values or numbers < _MOSTLY * len(texts):
            return "label"
    if is_said("note_head", inner):
        return "note"
    if not values and texts and numbers < _MOSTLY * len(texts):
        return "label" if not numbers and not _is_prose(texts) else "value"
    return "value"


def _is_prose(texts: Sequence[str]) -> bool:
    return any(len(text.split()) > 12 for text in texts)


# ---- rows


def _rows(kept: Sequence[tuple[int, Sequence[Cell]]], grid: Grid) -> Iterator[Row]:
    """The rows that hold values, each with those that it stands under."""
    by_index = {column.index: column for column in grid.columns}
    marked = any(_mark_of(row, by_index) for _, row in kept)
    stack: list[tuple[float, str]] = []
    groups: dict[int, Cell] = {}
    for index, cells in kept:
        mark = _mark_of(cells, by_index)
        grid.numbering += [c for c in cells if by_index[c.col].role in ("number", "code") and c.row == index]
        labels = _labels(cells, by_index, groups)
        values = [(c, by_index[c.col]) for c in cells if _holds_values(c, by_index[c.col]) and c.row == index]
        filled = [c for c, _ in values if c.text.strip()]
        if not labels and cells and not filled:  # a banner that begins in the column of numbers
            labels = [c for c in cells if c.text.strip()]
        text = " ".join(one_line(c.text) for c in labels)
        depth = _depth(mark, text, is_banner=not filled, marked=marked)
        stack = [entry for entry in stack if entry[0] < depth]
        unit = next((c.text for c in cells if by_index[c.col].role == "unit"), "")
        if filled:
            head = by_index[labels[-1].col].inner if labels else _label_head(grid)
            above = tuple(bare_label(label) for _, label in stack)
            yield Row(index, tuple(values), tuple(c.text for c in labels), one_line(unit), above, head)
        if text and not is_said("total", bare_label(text)):
            stack.append((depth, text))


def _labels(cells: Sequence[Cell], columns: dict[int, Column], groups: dict[int, Cell]) -> list[Cell]:
    """The labels of a row from the left; `groups` are those above, which hold where a row leaves theirs out."""
    named = [c for c in cells if columns[c.col].role == "label"]
    labels = [c for c in named if c.text.strip()]
    for cell in labels:
        groups = groups if cell.col in groups and groups[cell.col] is cell else _regrouped(groups, cell)
    last = max((c.col for c in labels), default=-1)
    kept = {c.col for c in labels}
    return sorted([*labels, *(c for col, c in groups.items() if col < last and col not in kept)], key=lambda c: c.col)


def _regrouped(groups: dict[int, Cell], cell: Cell) -> dict[int, Cell]:
    """Brings the groups up to date: a new label ends those to its right."""
    for col in [col for col in groups if col > cell.col]:
        del groups[col]
    groups[cell.col] = cell
    return groups


def _holds_values(cell: Cell, column: Column) -> bool:
    """True for a cell of a column of values, and for a note that gives a number in words: `đạt 81%`."""
    note = cell.text
    tells = len(note.split()) > 1 and any(char.isdigit() for char in note) and any(char.isalpha() for char in note)
    return column.role == "value" or (column.role == "note" and tells)


def _label_head(grid: Grid) -> str:
    return next((column.inner for column in grid.columns if column.role == "label"), "")


def _mark_of(cells: Sequence[Cell], columns: dict[int, Column]) -> str:
    """What counts a row: `1`, `2.1`, `IV`."""
    for cell in cells:
        if columns[cell.col].role == "number" and cell.colspan == 1 and is_said("row_mark", cell.text):
            return cell.text.strip(" .)(")
    return ""


def _depth(mark: str, text: str, *, is_banner: bool, marked: bool) -> float:
    """How deep a row stands: by what counts it, else by its bullet."""
    if is_said("total", bare_label(text)):
        return _ALONE
    bullet = _BULLET.match(text)
    counted = _COUNTED.match(text)
    mark = mark or (counted and (counted["mark"] or counted["plain"])) or ""
    if bullet and not mark:
        return _PART if bullet["bullet"] != "+" else _PART + 1
    if re.fullmatch(r"\d+(\.\d+)*", mark):
        return _MARKED + mark.count(".")
    if mark:
        return 5 if mark.islower() else 0 if mark in "ABCDEĐGH" else 1
    if is_banner:
        return _ALONE + 0.5
    return _PART if words("part_label").match(form(text)) or marked else _MARKED
