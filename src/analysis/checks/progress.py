"""Figures that add up over the year: nine months can't have fewer than the first six."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from analysis.catalogue import load_indicators
from analysis.checks.comparable import has_one_value, is_average, is_level, is_narrowed
from analysis.findings import (
    Case,
    Row,
    Sources,
    Words,
    day_of,
    known,
    name_of,
    statement_of,
    title_of,
    written,
)

_SCOPE = 0.5
"""A count that falls below this part of the earlier one is rather of another scope."""


def accumulates(indicator: str) -> bool:
    """True for what is counted over a period, so that a longer one from the same day holds no less."""
    entry = load_indicators().get(indicator)
    adds_up = entry is not None and entry.measure == "flow" and entry.over_time in ("sum", "none")
    return adds_up and has_one_value(indicator)


def check_progress(rows: Sequence[Row], sources: Sources, beside: Callable[[Row], set[float]]) -> Iterator[Case]:
    """Rows of one subject and one first day: the count at a later day is no less than at an earlier one.

    Only neighbouring days are told, and of several values at a day the kindest. Where one report states both and
    what is `beside` a row in it makes the difference, the one is a part of the other.
    """
    days: dict[object, list[Row]] = {}
    for row in rows:
        if _counts_up(row):
            days.setdefault(row.period_end, []).append(row)
    best: Row | None = None
    for day in sorted(days):
        later = max(days[day], key=lambda row: _bounds(row)[1])
        if best is not None and _bounds(later)[1] < _bounds(best)[0]:
            inside = best.document_id == later.document_id
            if not (inside and best.value - later.value in beside(later)):
                yield _case(best, later, sources)
        earlier = min(days[day], key=lambda row: _bounds(row)[0])
        if best is None or _bounds(earlier)[0] > _bounds(best)[0]:
            best = earlier


def _counts_up(row: Row) -> bool:
    level = is_level(row) and row.kind in ("count", "amount") and not known(row.out_of)
    told_apart = row.qualifier == "approximate" or is_average(row) or is_narrowed(row)
    return level and accumulates(row.indicator) and row.period_start != row.period_end and not told_apart


def _bounds(row: Row) -> tuple[float, float]:
    """What a figure can stand for at least and at most."""
    unit = statement_of(row).coarse_unit
    slack = unit if unit > 1 else 0.0
    low = 0.0 if row.qualifier == "at_most" else row.value - (slack if row.qualifier == "exact" else 0)
    high = float("inf") if row.qualifier == "at_least" else (row.value_high if known(row.value_high) else row.value)
    return low, high + (slack if row.qualifier == "exact" else 0)


def _case(earlier: Row, later: Row, sources: Sources) -> Case:
    one_report = earlier.document_id == later.document_id
    fields: Words = {
        "name": lambda lang: name_of(later, lang),
        "start": lambda lang: day_of(later.period_start, lang),
        "now": lambda lang: written(later, lang),
        "then": lambda lang: written(earlier, lang),
        "now_day": lambda lang: day_of(later.period_end, lang),
        "then_day": lambda lang: day_of(earlier.period_end, lang),
        "reports": lambda lang: "" if one_report else f" ({title_of(earlier.document_id, sources, lang)})",
    }
    scope = later.value < _SCOPE * earlier.value
    level = "error" if one_report else "warning"
    return Case("cumulative_fall", "info" if scope else level, (earlier, later), fields, "scope" if scope else "")
