"""Tables in a PDF that nothing but the places of their words shows: rows of numbers that stand below one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.documents.drafts import GridCell
from analysis.documents.grids import head_row_count, is_number
from analysis.documents.pdflines import TextLine

_LEAST_ROWS = 3
"""Rows with numbers that a table has; two are enough where each has two numbers."""
_MOST_BETWEEN = 2
"""Lines between two rows with numbers: a banner, words without number. The rest of a wrapped label isn't counted."""
_MOST_HEADS = 8
_GAP = 1.0
"""Of the height of letters: what parts two cells."""
_NARROW = 0.45
"""Of the width of a table: the rest of a wrapped label or head is narrower."""
_CELL_LENGTH = 60
_USUAL = 0.3
"""Of the rows with numbers: so many have a cell in every column."""
_MUDDLED = 0.1
_OUTSIDE = 0.25
"""Of the width: so far heads may reach over the numbers below them."""

Words = Sequence[TextLine]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand close together on one line."""

    text: str
    left: float
    right: float

    @classmethod
    def of(cls, words: Words) -> Piece:
        """The words as one."""
        return cls(" ".join(word.text for word in words), words[0].left, words[-1].right)


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """Its cells, and the lines of the page that they were made of."""

    cells: list[GridCell]
    rows: list[Words]


Cells = dict[int, tuple[str, int]]
"""The cells of a row by column: the text, and how many columns it reaches over."""


def find_aligned(rows: Sequence[Words]) -> list[AlignedTable]:
    """The tables among the lines of a page, each line being its words from left to right."""
    found: list[AlignedTable] = []
    pieces = [_pieces(row) for row in rows]
    start = 0
    while data := _data_rows(pieces, start):
        if table := _table(rows, pieces, data, start):
            found.append(table)
            start = data[-1] + 1
        else:
            start = data[0] + 1
    return found


def _pieces(words: Words) -> list[Piece]:
    height = max(word.height for word in words)
    groups: list[list[TextLine]] = [[words[0]]]
    for before, word in pairwise(words):
        if word.left - before.right > _GAP * height:
            groups.append([])
        groups[-1].append(word)
    return [Piece.of(group) for group in groups]


def _is_data(row: Sequence[Piece]) -> bool:
    return any(is_number(p.text) for p in row[1:]) and all(len(p.text) <= _CELL_LENGTH for p in row[1:])


def _data_rows(rows: Sequence[Sequence[Piece]], start: int) -> list[int]:
    """Indices of the next rows with numbers that can be of one table."""
    found: list[int] = []
    between = 0
    for i in range(start, len(rows)):
        if _is_data(rows[i]):
            found.append(i)
            between = 0
        elif found and not _is_rest(rows[i], rows[found[-1]]):
            between += 1
            if between > _MOST_BETWEEN:
                break
    return found


def _is_rest(row: Sequence[Piece], data: Sequence[Piece]) -> bool:
    """True for one narrow piece below a row: the rest of a label that didn't fit."""
    width = data[-1].right - data[0].left
    inside = data[0].left - 2 <= row[0].left and row[-1].right <= data[-1].right + 2
    return len(row) == 1 and inside and row[0].right - row[0].left < _NARROW * width


def _table(
    rows: Sequence[Words], pieces: Sequence[Sequence[Piece]], data: Sequence[int], start: int
) -> AlignedTable | None:
    counts = Counter(len(pieces[i]) for i in data)
    usual = max((count for count, n in counts.items() if n >= max(2, _USUAL * len(data))), default=0)
    columns = _columns(piece for i in data if len(pieces[i]) == usual for piece in pieces[i])
    rich = all(sum(is_number(piece.text) for piece in pieces[i][1:]) >= 2 for i in data)
    if not usual or len(columns) != usual or len(data) < (2 if rich else _LEAST_ROWS):
        return None
    first = _first_head(pieces, data[0], start, columns)
    inside = rows[first : data[-1] + 1]
    placed = _head_cells(rows[first : data[0]], pieces[first : data[0]], columns)
    for i in range(data[0], data[-1] + 1):
        cells = _placed(rows[i], pieces[i], columns)
        if i > data[0] and _is_rest(pieces[i], [Piece("", *columns[0]), Piece("", *columns[-1])]):
            col = min(cells)
            before, span = placed[-1].get(col, ("", 1))
            placed[-1][col] = (f"{before} {cells[col][0]}".strip(), span)
        else:
            placed.append(cells)
    if sum(map(_is_muddled, placed)) > _MUDDLED * len(data):
        return None
    return AlignedTable(_grid(placed, len(columns)), list(inside))


def _is_muddled(cells: Cells) -> bool:
    """True for a row with two numbers in one cell: its columns aren't those of the table."""
    return any(" " in text and all(map(is_number, text.split())) for text, _ in cells.values())


def _head_cells(
    rows: Sequence[Words], pieces: Sequence[Sequence[Piece]], columns: Sequence[tuple[float, float]]
) -> list[Cells]:
    """The rows of heads; the lowest one of each column is its own, those above may reach over several."""
    placed: list[Cells] = []
    bare = frozenset(range(len(columns)))
    for row, parts in zip(reversed(rows), reversed(pieces), strict=True):
        placed.append(_placed(row, parts, columns, bare))
        bare -= {col + k for col, (_, span) in placed[-1].items() for k in range(span)}
    return placed[::-1]


def _columns(pieces: Iterable[Piece]) -> list[tuple[float, float]]:
    """What the pieces cover from left to right."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted((piece.left, piece.right) for piece in pieces):
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _overlap(piece: Piece, column: tuple[float, float]) -> float:
    return min(piece.right, column[1]) - max(piece.left, column[0])


def _first_head(rows: Sequence[Sequence[Piece]], first: int, start: int, columns: Sequence[tuple[float, float]]) -> int:
    """The index of the first row of heads above the numbers."""
    left, right = columns[0][0], columns[-1][1]
    slack = _OUTSIDE * (right - left)
    top = first
    for i in range(first - 1, max(start, first - _MOST_HEADS) - 1, -1):
        row = rows[i]
        outside = row[0].left < left - slack or row[-1].right > right + slack
        if outside or any(len(piece.text) > _CELL_LENGTH for piece in row):
            break
        if len(row) >= 2 or (
            i == top - 1 and row[0].left > columns[0][1] and row[0].right - row[0].left < right - left
        ):
            top = i
        elif row[0].right - row[0].left > _NARROW * (right - left):
            break
    return top


def _placed(
    words: Words, pieces: Sequence[Piece], columns: Sequence[tuple[float, float]], apart: frozenset[int] = frozenset()
) -> Cells:
    """The pieces of a row by column; what holds the words of several columns `apart`, or of numbers, is taken apart."""
    cells: Cells = {}
    for piece in pieces:
        over = [k for k, column in enumerate(columns) if _overlap(piece, column) > 0]
        own = [word for word in words if piece.left <= word.left and word.right <= piece.right]
        if len(over) > 1 and (apart.issuperset(over) or any(is_number(word.text) for word in own)):
            for word in own:
                begun = [k for k, column in enumerate(columns) if column[0] <= word.left + 1]
                at = None if is_number(word.text) or not begun else begun[-1]
                _add(cells, Piece.of([word]), columns, at=at)
        else:
            _add(cells, piece, columns, len(over))
    for one, other in pairwise(sorted(cells)):  # a cell doesn't reach over the one behind it
        cells[one] = (cells[one][0], min(cells[one][1], other - one))
    return cells


def _add(
    cells: Cells, piece: Piece, columns: Sequence[tuple[float, float]], span: int = 1, at: int | None = None
) -> None:
    over = [k for k, column in enumerate(columns) if _overlap(piece, column) > 0]
    nearest = max(range(len(columns)), key=lambda k: _overlap(piece, columns[k]))
    col = at if at is not None else over[0] if span > 1 else nearest
    text, before = cells.get(col, ("", 1))
    cells[col] = (f"{text} {piece.text}".strip(), max(span, before))


def _grid(placed: Sequence[Cells], width: int) -> list[GridCell]:
    texts = [[cells.get(col, ("", 1))[0] for col in range(width)] for cells in placed]
    heads = head_row_count(texts)
    grid = []
    for row, cells in enumerate(placed):
        covered = {col + k for col, (_, span) in cells.items() for k in range(1, span)}
        for col in (col for col in range(width) if col not in covered):
            text, span = cells.get(col, ("", 1))
            grid.append(GridCell(row, col, text, 1, span, row < heads))
    return grid
