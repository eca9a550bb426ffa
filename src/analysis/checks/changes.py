"""Rises and falls against the two levels that they lie between: `đạt 88,51%, tăng 1,58% so với 87,72%`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations, product

from analysis.catalogue import load_indicators
from analysis.checks.comparable import (
    is_average,
    is_level,
    is_narrowed,
    place_of,
    said_together,
    text_before,
    text_between,
)
from analysis.findings import Case, Row, Words, known, load_rules, name_of, statement_of, written
from analysis.model import Level
from analysis.numerals import Lang, format_number
from analysis.text import match_form

_YEAR, _ALIKE = 365, 45
"""Days of a year, and how much two periods of one kind differ in length."""
_NEAR = 0.5
"""Of two levels that stand apart the smaller is at least this part of the other, else they are rather two things."""
_EPSILON = 1e-9


def check_changes(rows: Sequence[Row]) -> Iterator[Case]:
    """A change that isn't the difference of its two levels, or that goes the other way, inside one report."""
    changes = [row for row in rows if is_change(row)]
    if not changes:
        return
    levels: dict[str, list[Row]] = {}
    for row in rows:
        if is_exact_level(row):
            levels.setdefault(row.indicator, []).append(row)
    for change in changes:
        stated = levels.get(change.indicator, [])
        later, earlier = levels_around(change, [row for row in stated if subject_of(row) == subject_of(change)])
        if later and earlier and _is_one_period(earlier, change):
            yield from compare(change, later, earlier, stated, "error")
        yield from _rank_before(change, later)


def is_change(row: Row) -> bool:
    """True for a result's exact difference from another period."""
    dated = known(row.period_start) and known(row.period_end)
    return row.change != "none" and row.nature == "actual" and row.qualifier == "exact" and dated


def is_exact_level(row: Row) -> bool:
    """True for a level that a difference can be reckoned from."""
    exact = is_level(row) and row.qualifier == "exact" and not known(row.value_high)
    return exact and not is_average(row) and not is_narrowed(row)


def subject_of(row: Row) -> tuple:
    """What changes, and whose it is."""
    return (row.indicator, *place_of(row))


def levels_around(change: Row, stated: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The levels of the change's own period and those of an earlier one."""
    later = [row for row in stated if (row.period_start, row.period_end) == (change.period_start, change.period_end)]
    earlier = [row for row in stated if row.period_end < change.period_end and _alike(row, change)]
    return later, earlier


def _is_one_period(earlier: Sequence[Row], change: Row) -> bool:
    """True where there is no doubt what the change is against: one earlier period, or one in its own sentence."""
    nearest = [row for row in earlier if row.sentence == change.sentence] or earlier
    return len({(row.period_start, row.period_end) for row in nearest}) == 1


def _alike(one: Row, two: Row) -> bool:
    lengths = [(row.period_end - row.period_start).days for row in (one, two)]
    return abs(lengths[0] - lengths[1]) <= _ALIKE


def compare(
    change: Row, later: Sequence[Row], earlier: Sequence[Row], beside: Sequence[Row], level: Level
) -> Iterator[Case]:
    """The change against each pair of levels; one pair that fits is enough, also of those `beside` it."""
    pairs = [(now, then) for now, then in product(later, earlier) if now.kind == then.kind and now is not then]
    if not pairs or any(fits(change, now, then) for now, then in pairs):
        return
    if _is_against_another(change, later, beside):
        return
    if len({now.value for now, _ in pairs}) > 1:
        return
    now, then = min(pairs, key=lambda pair: [_distance(row, change) for row in pair])
    if not _of_one_sort(change, now):
        return
    rows = (change, now, then)
    turned = _difference(now, then) * _sign(change) < 0
    near = min(now.value, then.value) > _NEAR * max(now.value, then.value)
    tied = said_together([change, now]) or said_together([change, then])
    if said_together(rows) or (near and tied):
        code = "direction_mismatch" if turned else "change_mismatch"
        apart = "warning" if load_indicators()[change.indicator].measure == "index" else "info"
        yield Case(code, level if said_together(rows) else apart, rows, _fields(change, now, then))


def _is_against_another(change: Row, later: Sequence[Row], beside: Sequence[Row]) -> bool:
    """True where the change fits two levels of its sentence, or is against another place: `hơn Đông Nam Bộ 0,37%`."""
    together = [row for row in beside if row.sentence == change.sentence]
    pairs = [each for each in permutations(together, 2) if each[0].kind == each[1].kind]
    if any(fits(change, now, then) for now, then in pairs if now.period_end >= then.period_end):
        return True
    others = [row for row in beside if place_of(row) != place_of(change)] if change.kind != "rank" else []
    return any(fits(change, now, other) for now, other in product(later, others) if now.kind == other.kind)


def _distance(row: Row, change: Row) -> tuple[bool, int]:
    return (row.sentence != change.sentence, abs(row.start - change.start))


def fits(change: Row, now: Row, then: Row) -> bool:
    """True where a change is the difference of two levels, in what they count or in percent of the earlier one."""
    slack = _slack(now, then)
    difference, said = _difference(now, then) * _sign(change), change.value
    unit = statement_of(change).unit
    rounding = slack + (unit / 2 if unit < 1 or slack else 0) + (unit if unit > 1 else 0)
    plain = abs(difference - said) <= rounding + _EPSILON
    if change.kind != "percent":
        return plain
    if then.value == 0:
        return True
    relative = 100 * difference / then.value
    loose = 100 * slack / then.value + max(unit, load_rules().share_tolerance)
    return abs(relative - said) <= loose + _EPSILON or (now.kind in ("percent", "score") and plain)


def _of_one_sort(change: Row, now: Row) -> bool:
    """True where the change can be one of this level: points of a score, places of a rank, percent of anything."""
    return change.kind in ("percent", now.kind) or {change.kind, now.kind} == {"score", "percent"}


def _difference(now: Row, then: Row) -> float:
    """The rise from one level to the next; a rank rises as its number falls."""
    return then.value - now.value if now.kind == "rank" else now.value - then.value


def _sign(change: Row) -> int:
    return 1 if change.change == "increase" else -1


def _slack(now: Row, then: Row) -> float:
    units = [statement_of(row).unit for row in (now, then)]
    return sum(unit if unit > 1 else unit / 2 if unit < 1 else 0 for unit in units)


def _fields(change: Row, now: Row, then: Row) -> Words:
    difference = _difference(now, then)
    computed, ending = difference, "%" if change.kind == "percent" else ""
    if change.kind == "percent" and now.kind == "count" and then.value:
        computed = 100 * difference / then.value
    decimals = max(statement_of(row).decimals for row in (change, now, then)) or (1 if ending else 0)

    def moved(lang: Lang, value: float) -> str:
        words = load_rules().moves["increase" if value > 0 else "decrease"]
        return f"{words.vi if lang == 'vi' else words.en} {format_number(abs(value), decimals, lang)}{ending}"

    return {
        "name": lambda lang: name_of(change, lang),
        "stated": lambda lang: moved(lang, change.value * _sign(change)),
        "now": lambda lang: written(now, lang),
        "then": lambda lang: written(then, lang),
        "computed": lambda lang: moved(lang, computed) if computed else load_rules().hints["unchanged"][lang],
    }


def _rank_before(change: Row, later: Sequence[Row]) -> Iterator[Case]:
    """A rank from which so many places can't have been gained or lost: `xếp thứ 4/63, tăng 60 bậc`."""
    if change.kind != "rank":
        return
    for now in later[:1]:
        before = now.value + change.value * _sign(change)
        impossible = before < 1 or (known(now.out_of) and before > now.out_of)
        if now.kind == "rank" and impossible and said_together([now, change]):
            words = load_rules().moves[change.change]
            fields: Words = {
                "name": lambda lang, now=now: name_of(now, lang),
                "stated": lambda lang, now=now: now.quote,
                "change": lambda lang, words=words: words.vi if lang == "vi" else words.en,
                "places": lambda lang: format_number(change.value, None, lang),
                "before": lambda lang, before=before: format_number(before, None, lang),
            }
            yield Case("rank_change_out_of_range", "error" if before < 1 else "warning", (change, now), fields)


def check_moves(rows: Sequence[Row]) -> Iterator[Case]:
    """`tăng từ A lên B` where B is less than A, and the like."""
    levels = [row for row in rows if row.change == "none" and row.qualifier == "exact"]
    for first, second in pairwise(levels):
        if first.sentence != second.sentence or first.kind != second.kind or first.start >= second.start:
            continue
        if not any(word in first.sentence.casefold() for words in load_rules().moves.values() for word in words.before):
            continue
        direction = _direction(first, second)
        rise = (second.value - first.value) * (-1 if first.kind == "rank" else 1)
        if direction and rise * (1 if direction == "increase" else -1) < 0:
            words = load_rules().moves[direction]
            fields: Words = {
                "name": lambda lang, row=second: name_of(row, lang),
                "word": lambda lang, words=words: words.vi if lang == "vi" else words.en,
                "now": lambda lang, row=second: written(row, lang),
                "then": lambda lang, row=first: written(row, lang),
            }
            yield Case("move_mismatch", "error", (first, second), fields)


def _direction(first: Row, second: Row) -> str:
    """`increase` or `decrease` where the words between two values say that the one became the other, else empty."""
    between = text_between(first, second)
    if between is None or len(between) > load_rules().ratio_reach:
        return ""
    before, form = match_form(text_before(first, second)).rstrip(), match_form(between)
    for name, words in load_rules().moves.items():
        if _ends_in(before, words.before, r"(?:\s\w+){0,2}") and _ends_in(form, words.between, r"(?:\s\w+){0,2}\s*"):
            return name
    return ""


def _ends_in(text: str, words: Sequence[str], tail: str) -> bool:
    """True where a text ends in one of the words, with what the tail lets follow: `tăng từ vị trí thứ`."""
    return any(re.search(rf"(?:^|\W){re.escape(match_form(word))}{tail}$", text) for word in words)


def is_year_before(then: Row, now: Row) -> bool:
    """True for a level of the same period a year earlier."""
    ends = [(getattr(now, name) - getattr(then, name)).days for name in ("period_start", "period_end")]
    return all(abs(days - _YEAR) <= 2 for days in ends)


def compares_with_year_before(change: Row) -> bool:
    """True where the sentence of a change says that it is against the year before, or its period is a year."""
    sentence = match_form(change.sentence)
    before = str(change.period_end.year - 1)
    return any(match_form(word).replace("{year}", before) in sentence for word in load_rules().year_before)


def check_changes_against_reports(rows: Sequence[Row]) -> Iterator[Case]:
    """Changes of one subject against the level that another report states for the year before."""
    for change in filter(is_change, rows):
        if not compares_with_year_before(change):
            continue
        own = [row for row in rows if row.document_id == change.document_id and is_exact_level(row)]
        later, earlier = levels_around(change, own)
        others = [row for row in rows if row.document_id != change.document_id and is_exact_level(row)]
        before = [row for row in others if later and is_year_before(row, change)]
        if later and not earlier and before and len({row.value for row in before}) <= load_rules().most_values:
            yield from compare(change, later, before, own, "warning")
