"""Tables whose rows are lines, with tabs, bars or spaces between the cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from analysis.catalogue import load_pattern
from analysis.documents.grids import head_row_count, is_number, is_said, span_heads, value_of
from analysis.documents.heads import arrange_heads
from analysis.model import Cell
from analysis.text import match_form

Span = tuple[int, int]
_words = partial(load_pattern, "headings.yaml")
PROSE_ENDS = frozenset('.;:,!?…”"')
"""No table of plain text begins with a line that ends so."""
LONGEST_ROW = 2000
"""Nor with a longer one."""
BANNER = 90
"""No name of a part of a table is longer."""
_LONGEST_CELL = 40


@dataclass(frozen=True, slots=True)
class _Separator:
    """What stands between cells; how many cells a row must have; whether each row has as many."""

    pattern: re.Pattern[str]
    least: int
    even: bool
    quick: str


_SEPARATORS = (
    _Separator(re.compile(r"\t"), 2, False, "\t"),
    _Separator(re.compile(r"\s*\|\s*"), 3, True, "|"),
    _Separator(re.compile(r" {2,}"), 3, True, "  "),
)


def find_separated(text: str, spans: Sequence[Span], i: int) -> tuple[list[Cell], int] | None:
    """The cells of the table that begins at line `i`, and how many lines it takes."""
    start = text.rfind("\n", 0, spans[i][0]) + 1
    for separator in _SEPARATORS:
        if text.find(separator.quick, start, spans[i][1]) >= 0 and (found := _with(separator, text, spans, i)):
            return found
    return None


def _row(text: str, span: Span, separator: _Separator) -> list[Span]:
    """Spans of the cells of a line; leading tabs are empty cells, bars around the row are none."""
    start, end = span
    if separator.quick == "\t":
        start = text.rfind("\n", 0, start) + 1
    cells = []
    for match in separator.pattern.finditer(text, start, end):
        cells.append((start, match.start()))
        start = match.end()
    cells.append((start, end))
    if separator.quick == "|" and text[span[0]] == "|" and not _indented(text, span[0]):
        cells = cells[1:]
    if separator.quick == "|" and text[end - 1] == "|":
        cells = cells[:-1]
    return [_trimmed(text, s, e) for s, e in cells]


def _indented(text: str, start: int) -> bool:
    """True for a bar with blanks before it, behind an empty first cell."""
    return start > 0 and text[start - 1] in " \u00a0"


def _trimmed(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    lead = len(inner) - len(inner.lstrip())
    return (start, start) if lead == len(inner) else (start + lead, start + len(inner.rstrip()))


def is_close(text: str, spans: Sequence[Span], j: int) -> bool:
    """True where no blank line stands before line `j`."""
    return j < len(spans) and text[spans[j - 1][1] : spans[j][0]].count("\n") <= 1


def _with(separator: _Separator, text: str, spans: Sequence[Span], i: int) -> tuple[list[Cell], int] | None:
    rows = [_row(text, spans[i], separator)]
    if len(rows[0]) < separator.least:
        return None
    j = i + 1
    while is_close(text, spans, j):
        row = _row(text, spans[j], separator)
        uneven = len(row) < separator.least or (separator.quick == "|" and len(row) != len(rows[0]))
        if uneven and not _is_banner(text, spans, j, separator):
            break
        rows.append(row)
        j += 1
    ruled = [r for r in rows if text[r[0][0] : r[-1][1]].strip("|-:+= \t")]
    if separator.quick == "  ":
        ruled, j = _aligned(text, ruled), j
    numbers = sum(_holds_number(text[s:e]) for row in ruled for s, e in row)
    if len(ruled) < 2 or not numbers or (separator.even and (len(ruled) < 3 or numbers < len(ruled) - 1)):
        return None
    return _cells(text, ruled), j - i


def _holds_number(cell: str) -> bool:
    return is_number(cell) or (len(cell) <= _LONGEST_CELL and is_said("number_cell", cell))


def _is_banner(text: str, spans: Sequence[Span], j: int, separator: _Separator) -> bool:
    """True for a short line over the whole width between two rows, such as `Khối sở, ngành`."""
    start, end = spans[j]
    if end - start > BANNER or text[start:end].endswith((".", ";")):
        return False
    for k in range(j + 1, min(j + 4, len(spans))):
        if not is_close(text, spans, k):
            return False
        if len(_row(text, spans[k], separator)) >= separator.least:
            return True
    return False


def _aligned(text: str, rows: list[list[Span]]) -> list[list[Span]]:
    """Rows with empty cells where a column holds nothing: by where the cells of full rows stand on their lines."""
    width = Counter(len(row) for row in rows if len(row) > 1).most_common(1)[0][0]
    full = [row for row in rows if len(row) == width]
    if len(full) < 2 or len(full) * 2 < len(rows):
        return []
    origin = {row[0][0]: text.rfind("\n", 0, row[0][0]) + 1 for row in rows}
    edges = [
        (min(r[c][0] - origin[r[0][0]] for r in full), max(r[c][1] - origin[r[0][0]] for r in full))
        for c in range(width)
    ]
    return [row if len(row) in (1, width) else _spread(row, origin[row[0][0]], edges) for row in rows]


def _spread(row: list[Span], origin: int, edges: Sequence[Span]) -> list[Span]:
    """A row's cells, each in the column that it stands under most."""
    placed: list[Span] = []
    for start, end in row:
        free = range(len(placed), len(edges))
        overlap = [(min(end - origin, edges[c][1]) - max(start - origin, edges[c][0]), -c) for c in free]
        column = -max(overlap)[1] if overlap else len(placed)
        placed += [(start, start)] * (column - len(placed)) + [(start, end)]
    return placed


def _cells(text: str, rows: Sequence[Sequence[Span]]) -> list[Cell]:
    texts = [[text[s:e] for s, e in row] for row in rows]
    heads = head_row_count(texts)
    width = max(map(len, rows))
    if arranged := _dense_heads(texts[:heads], width, texts[heads:]):
        flat = [span for row in rows[:heads] for span in row]
        cells = [
            Cell(p.row, p.col, s, e, text[s:e], p.rowspan, p.colspan, True)
            for p, (s, e) in zip(arranged, flat, strict=False)
        ]
        numbered = flat[len(arranged) :]
        cells += [Cell(heads - 1, c, s, e, text[s:e], is_head=True) for c, (s, e) in enumerate(numbered)]
        return [*cells, *_body(text, rows, heads, width)]
    cells = [
        Cell(r, c, s, e, text[s:e], is_head=True) for r, row in enumerate(rows[:heads]) for c, (s, e) in enumerate(row)
    ]
    return list(span_heads([*cells, *_body(text, rows, heads, width)], heads))


def _body(text: str, rows: Sequence[Sequence[Span]], heads: int, width: int) -> list[Cell]:
    return [
        Cell(r, c, s, e, text[s:e], colspan=width if len(row) == 1 < width else 1)
        for r, row in enumerate(rows)
        if r >= heads
        for c, (s, e) in enumerate(row)
    ]


def _dense_heads(heads: Sequence[Sequence[str]], width: int, body: Sequence[Sequence[str]]):
    """Where several rows of heads stand, written without the empty cells that merging leaves; else None."""
    if not heads:
        return None
    named = (
        list(heads[:-1]) if len(heads) > 1 and len(heads[-1]) == width and numbers_columns(heads[-1]) else list(heads)
    )
    if len(named) < 2 or any(not text.strip() for row in named for text in row) or len(named[0]) >= width:
        return None
    values = [[value_of(text) for text in row] for row in body if len(row) == width]
    return arrange_heads([text for row in named for text in row], width, values, first=len(named[0]))


def numbers_columns(row: Sequence[str]) -> bool:
    """True for the cells of a row that only numbers the columns."""
    return all(_words("column_mark").fullmatch(match_form(text.strip())) for text in row)
