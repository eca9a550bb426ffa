"""Tables whose cells were put on a line each: where one begins, how wide it is, which lines make a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from analysis.catalogue import load_pattern
from analysis.documents.grids import is_said, value_of
from analysis.documents.heads import HeadPlace, arrange_heads
from analysis.text import match_form

Span = tuple[int, int]
_words = partial(load_pattern, "headings.yaml")
_MOST_HEADS = 40
MOST_LINES = 1500
"""No table is looked at further."""
_WIDEST = 24
_LONG_LABEL, _LONG_CELL, _LONGEST = 120, 30, 260
_SHORT_LABEL = 8
_CLEAR = 0.1
_LONGEST_FIRST = 40
_FIRST_HEADS = ("row_number_head", "rank_head", "label_head")
_MISFIT = 3.0
"""How many lines of a table one thing that doesn't fit outweighs."""


@dataclass(frozen=True, slots=True)
class StackedCell:
    """A cell: its place and the lines, from and to, that hold it."""

    row: int
    col: int
    first: int
    last: int
    colspan: int = 1
    rowspan: int = 1
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """Lines that make a row, and how badly they do."""

    first: int
    length: int
    cost: float
    kind: str


def _form(text: str) -> str:
    return match_form(" ".join(text.split()))


def is_table_head(text: str) -> bool:
    """True for what the first cell of a table says: `STT`, `Nội dung`.

    >>> [is_table_head(text) for text in ("TT", "Đơn vị", "Kết quả đạt được")]
    [True, True, False]
    """
    return len(text) <= _LONGEST_FIRST and any(is_said(what, text) for what in _FIRST_HEADS)


class Stack:
    """The lines from where a table may begin."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines[:MOST_LINES]
        self.numbered = is_said("row_number_head", lines[0]) or is_said("rank_head", lines[0])
        self.of_times = _words("time_head").match(_form(lines[0])) is not None

    # ---- what a line is

    def is_number(self, i: int) -> bool:
        """True for a cell with a number and little else, or one that says there is nothing."""
        text = self.lines[i]
        return len(text) <= _LONG_CELL and (is_said("number_cell", text) or is_said("empty_cell", text))

    def is_mark(self, i: int) -> bool:
        """True for what may count a row: `1`, `2.1`, `IV`."""
        return len(self.lines[i]) <= 8 and is_said("row_mark", self.lines[i])

    def is_label(self, i: int) -> bool:
        """True for words that may be the label of a row."""
        text = self.lines[i]
        return len(text) <= _LONGEST and any(c.isalpha() for c in text) and not self.is_number(i)

    def ends(self, i: int) -> bool:
        """True for a line that is no cell: a sentence, a heading of what follows."""
        text = self.lines[i]
        return (
            len(text) > _LONGEST
            or "\t" in text
            or " | " in text
            or (text.endswith((".", ";")) and len(text) > _LONG_LABEL)
            or is_said("after_table", text)
            or text.endswith("./.")
        )

    # ---- head and body

    @cached_property
    def column_numbers(self) -> tuple[int, int] | None:
        """Where the row that numbers the columns stands, from and to: `A`, `B`, `1`, `2`, `3=1+2`."""
        for i in range(2, min(_MOST_HEADS, len(self.lines) - 2)):
            length = _length_of_numbering(self.lines[i : i + _WIDEST])
            if length >= 3 and not (length < 4 and self.lines[i].isdigit() and self.is_label(i + 1)):
                return i, i + length
            if self.is_number(i):
                return None
        return None

    @cached_property
    def body(self) -> int | None:
        """The line at which the first row begins."""
        if self.column_numbers:
            return self.column_numbers[1]
        for i in range(2, min(_MOST_HEADS, len(self.lines) - 1)):
            if self.ends(i) and not is_said("note_head", self.lines[i]):
                return None
            if self.numbered and is_said("first_mark", self.lines[i]) and self.is_label(i + 1):
                return i
            if self.is_number(i):
                if self.of_times and is_said("year_only", self.lines[i]):
                    return i
                return i - 1 if not self.numbered or self.is_total(i - 1) else None
        return None

    def is_total(self, i: int) -> bool:
        """True for the label of the whole."""
        return is_said("total", self.lines[i].rstrip(":"))

    @property
    def heads(self) -> list[str]:
        """The heads, in the order of the text."""
        return list(self.lines[: self.column_numbers[0] if self.column_numbers else self.body or 0])

    @cached_property
    def unit_columns(self) -> frozenset[int]:
        """Columns whose heads announce units of measure."""
        return frozenset(k for k, head in enumerate(self.heads) if k and is_said("measure_unit_head", head))

    @cached_property
    def note_columns(self) -> frozenset[int]:
        """Columns whose heads announce notes."""
        return frozenset(k for k, head in enumerate(self.heads) if is_said("note_head", head))

    # ---- rows

    def rows(self, width: int) -> tuple[list[_Row], float]:
        """The rows of a table so wide, and how well they make one."""
        start = self.body or 0
        best: dict[int, tuple[float, list[_Row]]] = {start: (0.0, [])}
        winner: tuple[float, list[_Row]] = (float("-inf"), [])
        frontier = start
        for at in range(start, len(self.lines)):
            if at not in best or self.ends(at):
                continue
            if at - frontier > 2 * width + 4:
                break
            score, rows = best[at]
            for row in self._rows_at(at, width):
                end, total = at + row.length, score + row.length - _MISFIT * row.cost
                if end not in best or total > best[end][0]:
                    best[end] = (total, [*rows, row])
                    if row.kind not in ("banner",) and total > winner[0]:
                        winner, frontier = (total, [*rows, row]), end
        return winner[1], winner[0]

    def _rows_at(self, at: int, width: int) -> Iterator[_Row]:
        left = min(len(self.lines) - at, width + 2)
        marked = self.numbered and self.is_mark(at) and left > 1 and self.is_label(at + 1)
        own = int(marked)
        if not marked and not self._opens_row(at):
            return
        full = width if marked or not self.numbered else width - 1
        for length in range(own + 1, left + 1):
            if any(self.ends(k) for k in range(at, at + length)):
                return
            if length == own + 1:
                yield _Row(at, length, 0.3 if marked else 0.9, "banner")
            elif length < full:
                cost = 0.7 * (full - length) + self._misfits(at + own + 1, at + length)
                yield _Row(at, length, cost + 0.5 * self._takes_mark(at + length - 1), "short")
            else:
                more, label = length - full, at + own
                wrapped = range(label + 1, label + more + 1)
                if all(self.is_label(k) and not self.is_mark(k) for k in wrapped) and self._opens_row(label):
                    cost = sum(0.3 if self.lines[k][:1].islower() else 1.0 for k in wrapped)
                    cost += self._misfits(label + more + 1, at + length)
                    cost += 0.0 if marked or not self.numbered else self._unnumbered(at)
                    yield _Row(at, length, cost + 0.5 * self._takes_mark(at + length - 1), "full")

    def _unnumbered(self, at: int) -> float:
        """How odd a row without a running number is where others have one."""
        if self.is_total(at):
            return 0.1
        if self.lines[at][:1].islower():
            return 1.0
        return 0.2 if words_of_part(self.lines[at]) else 0.5

    def _takes_mark(self, last: int) -> bool:
        """True where the last cell of a row looks like the running number of the next."""
        if not self.numbered or last + 1 >= len(self.lines) or len(self.lines[last]) > 3:
            return False
        return self.is_mark(last) and self.is_label(last + 1) and not self.is_total(last + 1)

    def _opens_row(self, at: int) -> bool:
        """A label without a running number: of a total, of a part, or of each row where none is numbered."""
        return self.is_label(at) or (self.of_times and self.is_number(at))

    def _misfits(self, first: int, end: int) -> float:
        """How little like numbers the cells behind a label look."""
        cost = 0.0 if any(self.is_number(k) for k in range(first, end)) else 1.5
        for k in range(first, end):
            text = self.lines[k]
            noted = k + 2 == end and int(self.numbered) + 2 + k - first in self.note_columns
            following = k + 1 < end and self.is_label(k + 1) and len(self.lines[k + 1]) > _SHORT_LABEL
            if self.is_mark(k) and following and not noted:
                cost += 1.5  # the running number and the label of the next row
            if self.is_number(k) or is_said("unit_only", text) or k == end - 1:
                continue
            if int(self.numbered) + 1 + k - first not in self.unit_columns:
                cost += 2.0 if len(text) > _LONG_CELL else 0.8
        return cost


def words_of_part(text: str) -> bool:
    """True for a label that names a part of what stands above it: `- Trực tuyến`."""
    return _words("part_label").match(_form(text)) is not None


def _length_of_numbering(lines: Sequence[str]) -> int:
    """How many lines number columns, one after another.

    >>> _length_of_numbering(["A", "B", "(1)", "(2)=(3)+(4)", "(3)", "Sở Y tế"])
    5
    """
    expected: set[str] = {"1", "a"}
    for length, line in enumerate(lines):
        form = _form(line).strip("[] ")
        mark = form.split("=")[0].strip(" ()")
        if mark not in expected or not _words("column_mark").fullmatch(form):
            return length
        if mark.isdigit():
            expected = {str(int(mark) + 1)}
        else:
            expected = {"1", "2", {"a": "b", "b": "c", "c": "d", "d": "đ"}.get(mark, "1")}
    return len(lines)


def find_stacked(lines: Sequence[str]) -> tuple[list[StackedCell], int] | None:
    """The cells of the table that begins with the first of some lines, and how many lines it takes.

    >>> cells, used = find_stacked("STT|Đơn vị|Nhận|Trả|1|Sở Y tế|12|11|2|Sở Nội vụ|8|8".split("|"))
    >>> used, [(cell.row, cell.col) for cell in cells][4:8]
    (12, [(1, 0), (1, 1), (1, 2), (1, 3)])
    """
    if len(lines) < 5 or not is_table_head(lines[0]):
        return None
    stack = Stack(lines)
    if stack.body is None or any(len(text) > _LONG_LABEL + 80 for text in stack.heads):
        return None
    best: _Read | None = None
    for width in _widths(stack):
        found = _read(stack, width)
        if found and found.is_clear:
            return found.cells, found.used
        if found and (best is None or found.score > best.score):
            best = found
    return (best.cells, best.used) if best else None


def _widths(stack: Stack) -> Sequence[int]:
    """How many columns there may be."""
    if stack.column_numbers:
        first, end = stack.column_numbers
        return (end - first, end - first + 1)
    count = len(stack.heads)
    return sorted(range(max(2, count // 3), min(count + 1, _WIDEST) + 1), key=lambda width: width != count)


@dataclass(frozen=True, slots=True)
class _Read:
    """A table of one width, and how well the lines make it."""

    score: float
    cells: list[StackedCell]
    used: int
    is_clear: bool
    """As many heads as columns, and no row that is odd: nothing else needs to be tried."""


def _read(stack: Stack, width: int) -> _Read | None:
    rows, score = stack.rows(width)
    full = [row for row in rows if row.kind == "full"]
    if len(full) < (1 if stack.column_numbers or (stack.numbered and width > 3) else 2) or not _holds_numbers(
        stack, full
    ):
        return None
    cost = sum(row.cost for row in rows)
    if cost > 0.5 * len(rows) + 1:
        return None
    heads = _heads(stack, width, full)
    if heads is None:
        return None
    depth = max((cell.row + cell.rowspan for cell in heads), default=0)
    cells = [*heads, *_column_numbers(stack, width, depth)]
    depth += bool(stack.column_numbers)
    for number, row in enumerate(rows):
        cells += _cells(stack, row, depth + number, width)
    even = len(stack.heads) == width
    used = rows[-1].first + rows[-1].length
    return _Read(score + 1.5 * even, cells, used, even and cost < _CLEAR * len(rows) and len(full) > 1)


def _holds_numbers(stack: Stack, rows: Sequence[_Row]) -> bool:
    numbers = sum(stack.is_number(k) for row in rows for k in range(row.first + 1, row.first + row.length))
    return numbers >= len(rows)


def _heads(stack: Stack, width: int, full: Sequence[_Row]) -> list[StackedCell] | None:
    lines = _head_lines(stack, width)
    heads = [" ".join(stack.lines[first : last + 1]) for first, last in lines]
    if len(heads) == width - 1:
        places: list[HeadPlace] | None = [HeadPlace(0, col) for col in range(width - 1)] if stack.numbered else None
    else:
        rows = [row for row in full if row.length == width]
        values = [[value_of(stack.lines[row.first + k]) for k in range(row.length)] for row in rows]
        places = arrange_heads(heads, width, values)
    if places is None:
        return None
    return [
        StackedCell(place.row, place.col, first, last, place.colspan, place.rowspan, True)
        for (first, last), place in zip(lines, places, strict=True)
    ]


def _head_lines(stack: Stack, width: int) -> list[tuple[int, int]]:
    """The lines of each head, from and to: one each, unless those that go on in small letters make it `width`."""
    alone = [(k, k) for k in range(len(stack.heads))]
    joined: list[tuple[int, int]] = []
    for k, head in enumerate(stack.heads):
        if joined and (head[:1].islower() or head.startswith("(")):
            joined[-1] = (joined[-1][0], k)
        else:
            joined.append((k, k))
    return joined if len(alone) != width and len(joined) == width else alone


def _column_numbers(stack: Stack, width: int, row: int) -> list[StackedCell]:
    if not stack.column_numbers:
        return []
    first, end = stack.column_numbers
    return [StackedCell(row, width - (end - k), k, k, is_head=True) for k in range(first, end)]


def _cells(stack: Stack, row: _Row, number: int, width: int) -> list[StackedCell]:
    """The cells of a row; a label on several lines is one cell, one without a running number leaves that column out."""
    marked = stack.numbered and stack.is_mark(row.first) and row.length > 1 and stack.is_label(row.first + 1)
    at = row.first
    cells = [StackedCell(number, 0, at, at)] if marked else []
    col, label = int(stack.numbered), at + int(marked)
    rest = width - col - 1
    if row.kind == "banner":
        return [*cells, StackedCell(number, col, label, label, width - col)]
    last = max(label, row.first + row.length - rest - 1) if row.kind == "full" else label
    cells.append(StackedCell(number, col, label, last))
    cells += [StackedCell(number, col + 1 + k, at, at) for k, at in enumerate(range(last + 1, row.first + row.length))]
    return cells
