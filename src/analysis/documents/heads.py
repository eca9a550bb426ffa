"""The heads of a table that were written one after another -> which stands over which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import accumulate, combinations

from analysis.catalogue import load_pattern, load_words
from analysis.documents.grids import is_said
from analysis.text import match_form

_words = partial(load_pattern, "headings.yaml")
_MOST_HEADS = 40
_MOST_GROUPS = 6
_MOST_BELOW = 12
Values = Sequence[Sequence[float | None]]
"""The numbers of the rows below, by column."""


@dataclass(frozen=True, slots=True)
class HeadPlace:
    """Where a head stands: the upper left place of its grid, and how far it reaches."""

    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class _Split:
    """Heads with others below them, and how many each has."""

    groups: tuple[int, ...]
    sizes: tuple[int, ...]
    score: float


def arrange_heads(texts: Sequence[str], width: int, values: Values = (), first: int = 0) -> list[HeadPlace] | None:
    """The places of heads that were written row after row, over `width` columns; None where they don't fit.

    Heads over notes that no row has may come on top of that.

    `first` is the number of heads in the top row, where it is known; `values` help to tell totals from parts.

    >>> heads = ["TT", "Lĩnh vực", "Tiếp nhận", "Đã giải quyết", "Tổng số", "Trực tuyến", "Đúng hạn", "Quá hạn"]
    >>> [(place.row, place.col, place.colspan) for place in arrange_heads(heads, 6)]
    [(0, 0, 1), (0, 1, 1), (0, 2, 2), (0, 4, 2), (1, 2, 1), (1, 3, 1), (1, 4, 1), (1, 5, 1)]
    """
    notes = [k for k, text in enumerate(texts) if is_said("note_head", text)]
    found = _arranged(texts, width, values, first)
    if notes and not first and len(texts) - len(notes) >= width:
        bare = _arranged([text for k, text in enumerate(texts) if k not in notes], width, values, first)
        if bare and (found is None or bare[0] > found[0]):
            places = iter(bare[1])
            columns = iter(range(width, width + len(notes)))
            return [HeadPlace(0, next(columns)) if k in notes else next(places) for k in range(len(texts))]
    return found[1] if found else None


Arranged = tuple[float, list[HeadPlace]]


def _arranged(texts: Sequence[str], width: int, values: Values, first: int) -> Arranged | None:
    """The best places of heads over so many columns, and how good they are."""
    if len(texts) == width:
        return 0.0, [HeadPlace(0, col) for col in range(width)]
    groups = len(texts) - width
    if groups < 1 or groups > _MOST_GROUPS or len(texts) > _MOST_HEADS:
        return None
    found = [*_two_rows(tuple(texts), groups, values, first), *_three_rows(tuple(texts), groups, values, first)]
    found += [] if first else _nested(tuple(texts), groups, values)
    return max(found, key=lambda entry: entry[0], default=None)


def _two_rows(texts: tuple[str, ...], groups: int, values: Values, first: int) -> Iterator[Arranged]:
    for top in _tops(texts, first):
        above, below = texts[:top], texts[top:]
        split = _best_split(above, below, groups, (1,) * len(below), values)
        if split:
            yield split.score, _place(above, below, split)


def _three_rows(texts: tuple[str, ...], groups: int, values: Values, first: int) -> Iterator[Arranged]:
    for top in _tops(texts, first):
        for middle in range(top + 2, len(texts) - 1):
            above, between, below = texts[:top], texts[top:middle], texts[middle:]
            inner = tuple(k for k, text in enumerate(between) if is_said("parts_head", text))
            if not 1 <= len(inner) < groups or len(below) < 2 * len(inner):
                continue
            lower = _sized(between, below, inner, (1,) * len(below), ())
            if lower is None:
                continue
            widths = [1] * len(between)
            for group, size in zip(lower.groups, lower.sizes, strict=True):
                widths[group] = size
            upper = _best_split(above, between, groups - len(inner), tuple(widths), values)
            if upper:
                yield upper.score + lower.score, _place_three(above, between, below, upper, lower, widths)


def _nested(texts: tuple[str, ...], groups: int, values: Values) -> list[Arranged]:
    """Heads of which each is followed at once by those below it, as some pages are copied."""
    best: dict[tuple[int, int], tuple[float, list[int]]] = {(0, 0): (0.0, [])}
    for at in range(len(texts)):
        for done in range(groups + 1):
            if (at, done) not in best:
                continue
            score, sizes = best[at, done]
            alone = -1.5 if at > 1 and is_said("sub_head", texts[at]) else 0.0
            _keep(best, (at + 1, done + 0), score + alone, [*sizes, 0])
            if done == groups or not _can_stand_over(texts[at], at):
                continue
            for size in range(2, min(_MOST_BELOW, len(texts) - at - 1) + 1):
                under = texts[at + 1 : at + 1 + size]
                if not _can_stand_under(under[-1], texts[at]):
                    break
                gained = _fits(texts[at], under, (1,) * size, values, at - done) + 0.5 * size
                _keep(best, (at + 1 + size, done + 1), score + gained, [*sizes, size])
    found = best.get((len(texts), groups))
    return [(found[0], _place_nested(found[1]))] if found else []


def _can_stand_over(text: str, place: int) -> bool:
    return not _stands_alone(text, place) and (not is_said("sub_head", text) or _kin_of(text) is not None)


def _can_stand_under(text: str, over: str) -> bool:
    kin = _kin_of(over)
    if kin and kin[0].search(match_form(text)):
        return False  # a year under a year, a level under a level
    return is_said("sub_head", text) or (kin is not None and kin[1].search(match_form(text)) is not None)


def _kin_of(over: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    return next((kin for kin in _kin() if kin[0].search(match_form(over))), None)


def _keep(
    best: dict[tuple[int, int], tuple[float, list[int]]], at: tuple[int, int], score: float, sizes: list[int]
) -> None:
    if at not in best or score > best[at][0]:
        best[at] = (score, sizes)


def _place_nested(sizes: Sequence[int]) -> list[HeadPlace]:
    places, col = [], 0
    for size in sizes:
        places.append(HeadPlace(0, col, 1 if size else 2, size or 1))
        places += [HeadPlace(1, col + k) for k in range(size)]
        col += size or 1
    return places


def _tops(texts: Sequence[str], first: int) -> Sequence[int]:
    return [first] if first else range(1, len(texts) - 1)


def _row_score(above: Sequence[str], below: Sequence[str], split: _Split) -> float:
    """A row of heads under others mostly begins with one that can stand nowhere else; such ones don't stand above."""
    score = 1.5 if is_said("sub_head", below[0]) else -1.0
    totals = sum(is_said("total_head", text) for text in below)
    score += 2.0 if totals == len(split.groups) else 0.0
    parts = [below[end - size : end] for end, size in zip(accumulate(split.sizes), split.sizes, strict=True)]
    score += 4.0 if len(parts) > 1 and all(part == parts[0] for part in parts) else 0.0
    for k, text in enumerate(above):
        if is_said("sub_head", text):
            score -= 3.0 if k in split.groups and is_said("total_head", text) else 1.0 if k < split.groups[0] else 1.5
    return score


def _stands_alone(text: str, place: int) -> bool:
    """True for a head that never has others below it."""
    what = ("row_number_head", "note_head", "measure_unit_head", *(("label_head",) if place < 2 else ()))
    return any(is_said(name, text) for name in what)


def _best_split(
    above: tuple[str, ...], below: tuple[str, ...], groups: int, widths: tuple[int, ...], values: Values
) -> _Split | None:  # fmt: skip
    """Which heads of a row have those of the next row below them; each has two at least."""
    if groups < 1 or len(below) < 2 * groups or groups > len(above):
        return None
    able = [k for k, text in enumerate(above) if not _stands_alone(text, k)]
    splits = [_sized(above, below, chosen, widths, values) for chosen in combinations(able, groups)]
    scored = [replace(s, score=s.score + _row_score(above, below, s)) for s in splits if s]
    return max(scored, key=lambda split: split.score, default=None)


def _sized(
    above: tuple[str, ...], below: tuple[str, ...], chosen: tuple[int, ...], widths: tuple[int, ...], values: Values
) -> _Split | None:  # fmt: skip
    """The best way to deal the lower row out to the chosen heads, in order."""
    even = len(below) / len(chosen)
    states: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for k, group in enumerate(chosen):
        left = len(chosen) - k - 1
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for at, (score, sizes) in states.items():
            sizes_left = range(2, len(below) - at - 2 * left + 1) if left else (len(below) - at,)
            for size in sizes_left:
                if size < 2:
                    continue
                column = group - k + sum(widths[:at])
                gained = _fits(above[group], below[at : at + size], widths[at : at + size], values, column)
                total = score + gained - 0.05 * abs(size - even)
                if at + size not in following or total > following[at + size][0]:
                    following[at + size] = (total, (*sizes, size))
        states = following
    if len(below) not in states:
        return None
    score, sizes = states[len(below)]
    return _Split(chosen, sizes, score)


def _fits(over: str, under: Sequence[str], widths: Sequence[int], values: Values, column: int) -> float:
    """How well heads go together: totals come first, kin belongs together, parts add up."""
    score = 1.5 if is_said("total_head", under[0]) else 1.2 if is_said("total_head", under[-1]) else 0.0
    score -= 1.5 * sum(is_said("total_head", text) for text in under[1:-1])
    score -= 1.5 * (is_said("total_head", under[0]) and is_said("total_head", under[-1]))
    if kin := _kin_of(over):
        score += sum(0.7 if kin[1].search(match_form(text)) else -0.7 for text in under)
    if sum(widths) == len(under):
        score -= 2.0 * sum(
            _clashes(text, [row[column + k] for row in values if column + k < len(row)]) for k, text in enumerate(under)
        )
    if is_said("total_head", under[0]) or is_said("total_head", under[-1]):
        score += _adds_up(values, column, sum(widths), first=is_said("total_head", under[0]))
    return score


def _clashes(text: str, numbers: Sequence[float | None]) -> bool:
    """True where a share stands above numbers that are none, or a count above fractions."""
    said = [number for number in numbers if number is not None]
    if _words("kinds", "percent").search(match_form(text)):
        return any(number > 1000 for number in said)
    return is_said("total_head", text) and any(number % 1 for number in said)


@cache
def _kin() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    return [(_words("kin", name, "over"), _words("kin", name, "under")) for name in load_words("headings.yaml")["kin"]]


def _adds_up(values: Values, column: int, width: int, *, first: bool) -> float:
    """Parts that make up their total, which stands first or last, in the rows below."""
    rows = [row[column : column + width] for row in values]
    whole = [row for row in rows if len(row) == width and all(value is not None for value in row)]
    if not whole or width < 3:
        return 0.0
    right = sum(abs(2 * row[0 if first else -1] - sum(row)) < 0.5 for row in whole)
    return 2.0 * right / len(whole)


def _place(above: Sequence[str], below: Sequence[str], split: _Split) -> list[HeadPlace]:
    top, under, col = [], [], 0
    sizes = dict(zip(split.groups, split.sizes, strict=True))
    for k in range(len(above)):
        size = sizes.get(k)
        top.append(HeadPlace(0, col, 1 if size else 2, size or 1))
        if size:
            under += [HeadPlace(1, col + j) for j in range(size)]
        col += size or 1
    return [*top, *under]


def _place_three(
    above: Sequence[str], between: Sequence[str], below: Sequence[str], upper: _Split, lower: _Split, widths: list[int]
) -> list[HeadPlace]:  # fmt: skip
    top, middle, under, col, at = [], [], [], 0, 0
    sizes = dict(zip(upper.groups, upper.sizes, strict=True))
    for k in range(len(above)):
        if k not in sizes:
            top.append(HeadPlace(0, col, 3, 1))
            col += 1
            continue
        reach = widths[at : at + sizes[k]]
        top.append(HeadPlace(0, col, 1, sum(reach)))
        for j, width in enumerate(reach):
            grouped = at + j in lower.groups
            middle.append(HeadPlace(1, col, 1 if grouped else 2, width))
            under += [HeadPlace(2, col + i) for i in range(width)] if grouped else []
            col += width
        at += sizes[k]
    return [*top, *middle, *under]
