"""Which rows of a grid are its heads, and how far their cells reach."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from analysis.catalogue import load_pattern
from analysis.model import Cell
from analysis.numerals import find_numerals
from analysis.text import match_form

_NUMBER = re.compile(r"[<>≥≤=+\-–]?\s*\d[\d.,\s/]*\s*%?")
_BLANK = re.compile(r"[-–—.…\s]*")
_COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}|[A-ZĐ])(?:\s*=\s*[\d\s()+\-/*:x]+)?\)?")


@lru_cache(maxsize=8192)
def is_said(what: str, text: str) -> bool:
    """True for a text that is, as a whole, what a pattern of headings.yaml describes.

    >>> is_said("row_number_head", "STT"), is_said("total", "Tổng cộng")
    (True, True)
    """
    return load_pattern("headings.yaml", what).fullmatch(match_form(" ".join(text.split()))) is not None


def is_number(text: str) -> bool:
    """True for a cell that holds a number and no words.

    >>> [is_number(t) for t in ("4.545", "98,2%", "14/27", "SL", "Mức 3", "")]
    [True, True, True, False, False, False]
    """
    return _NUMBER.fullmatch(text.strip()) is not None


def value_of(text: str) -> float | None:
    """The number that a cell holds and nothing else; None for a cell with words, or none.

    >>> [value_of(text) for text in ("4.545", "98,2%", "Sở Y tế", "-")]
    [4545.0, 98.2, None, None]
    """
    found = find_numerals(text) if is_number(text) else []
    return found[0].value if len(found) == 1 else None


def head_row_count(rows: Sequence[Sequence[str]]) -> int:
    """Rows before the first whose filled cells, its first aside, are mostly numbers; 0 where no row is.

    A row that only numbers the columns (1, 2, 3 ...) belongs to the head.

    >>> head_row_count([["Mức độ", "Tổng số", ""], ["", "SL", "%"], ["Mức 3", "61.827", "70,3%"]])
    2
    """
    width = 0
    for i, row in enumerate(rows):
        filled = [c for c in row if not _BLANK.fullmatch(c)]
        if width > 2 and _is_section(filled, row, rows[i + 1 : i + 2]):
            return i
        width = max(width, len(filled))
        numbers = sum(_holds_number(c) for c in filled)
        if numbers and numbers * 2 >= len(filled) - 1 and not _numbers_columns(filled):
            if i == 0 and _heads_years(row):
                continue
            return i
    return 0


def _holds_number(text: str) -> bool:
    return is_number(text) or (len(text) <= 30 and is_said("number_cell", text))


def _is_section(filled: Sequence[str], row: Sequence[str], following: Sequence[Sequence[str]]) -> bool:
    """True for the name of a part of the table, alone in its row or with what counts it."""
    if not 1 <= len(filled) <= 2 or (len(filled) == 1 and row and not row[0].strip()):
        return False
    if len(filled) == 2:
        return is_said("row_mark", filled[0]) and row[0] == filled[0]
    below = [c for row in following for c in row if c.strip()]
    return not is_said("sub_head", filled[0]) and len(below) > 2


def _heads_years(row: Sequence[str]) -> bool:
    """True for a head such as `Chỉ số | 2021 | 2022`."""
    return not is_number(row[0]) and all(re.fullmatch(r"(?:19|20)\d\d", c.strip()) for c in row if is_number(c))


def _numbers_columns(filled: Sequence[str]) -> bool:
    """True for the row (1), (2), (3)=(1)+(2) ... that many official forms have under their head."""
    if len(filled) < 3 or not all(_COLUMN_NUMBER.fullmatch(c.strip()) for c in filled):
        return False
    digits = [int(m.group()) for c in filled if (m := re.search(r"\d+", c))]
    return len(digits) >= 2 and digits == list(range(digits[0], digits[0] + len(digits))) and digits[0] <= 2


def span_heads(cells: Iterable[Cell], head_rows: int) -> tuple[Cell, ...]:
    """Cells with the heads marked, and stretched over the empty cells beside and below that they stand for.

    A head cell reaches over the empty ones to its right where the row below it has entries, and down over
    the empty ones below it. The cells that it covers are dropped.
    """
    grid = {(c.row, c.col): c for c in cells}
    width = max((c.col for c in grid.values()), default=-1) + 1
    filled = {place for place, c in grid.items() if c.text.strip()}
    covered: set[tuple[int, int]] = set()
    for row, col in sorted(p for p in filled if p[0] < head_rows):
        if (row, col) in covered:
            continue
        colspan = _reach_right(filled, row, col, width, head_rows)
        rowspan = _reach_down(filled, row, col, colspan, head_rows)
        grid[row, col] = replace(grid[row, col], rowspan=rowspan, colspan=colspan, is_head=True)
        covered |= {(r, c) for r in range(row, row + rowspan) for c in range(col, col + colspan)} - {(row, col)}
    return tuple(replace(c, is_head=place[0] < head_rows) for place, c in sorted(grid.items()) if place not in covered)


def _reach_right(filled: set[tuple[int, int]], row: int, col: int, width: int, head_rows: int) -> int:
    if row + 1 >= head_rows or (row + 1, col) not in filled:
        return 1
    span = 1
    while col + span < width and (row, col + span) not in filled and (row + 1, col + span) in filled:
        span += 1
    return span


def _reach_down(filled: set[tuple[int, int]], row: int, col: int, colspan: int, head_rows: int) -> int:
    span = 1
    while row + span < head_rows and colspan == 1 and (row + span, col) not in filled:
        span += 1
    return span
