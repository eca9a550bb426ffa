"""From a match to a period: `đến nay`, the year before, the month after."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from analysis.model import Period
from analysis.periods.clock import Clock, quarter_of
from analysis.periods.drafts import Draft, count_of, period_words
from analysis.periods.mentions import Grain

Built = Period | None


def resolve_draft(draft: Draft, year: int | None, clock: Clock) -> Built:
    """The period of a match; None where a date is impossible or a year unknown."""
    try:
        return _BUILDERS[draft.kind](draft.parts, year, clock)
    except ValueError:  # 31/2; a year that nothing tells
        return None


def _day(written: str, year: int | None) -> date:
    day, month, *rest = (int(n) for n in re.findall(r"[0-9]+", written))
    return date(rest[0] if rest else _known(year), month, day)


def _known(year: int | None) -> int:
    if year is None:
        raise ValueError("no year")
    return year


def _months(year: int | None, first: int, last: int, first_year: int | None = None) -> Period:
    year = _known(year)
    return Period(date(first_year or year, first, 1), date(year, last, monthrange(year, last)[1]))


def _build_day(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    day = _day(parts["d1"], year)
    return Period(day, day)


def _build_range(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    last = _day(parts["d2"], year)
    first = last.replace(day=int(parts["d1"])) if parts["d1"].isdigit() else _day(parts["d1"], last.year)
    if first > last:
        first = first.replace(year=last.year - 1)
    return Period(first, last)


def _build_since(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    if parts.get("d1"):
        first = _day(parts["d1"], year)
    else:
        first = date(_known(year), int(parts.get("m1") or 1), 1)
    if clock.now is None or first > clock.now:
        return None
    return Period(first, clock.now)


def _build_since_then(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """`Từ tháng 5, tổ đi được 47 chuyến`: up to the end of the report's period."""
    period = _build_since(parts, year, clock)
    base = clock.base
    return Period(period.start, base.end) if period and base and period.start < base.end else period


def _build_two_tier(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    first: date = period_words()["two_tier_start"]
    if parts.get("n"):
        months = _months(first.year, first.month, min(12, first.month - 1 + count_of(parts["n"])))
        return months if months.end <= _today(clock) else Period(first, _today(clock))
    return Period(first, _today(clock)) if first <= _today(clock) else None


def _build_until(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    last = _day(parts["d1"], year) if parts.get("d1") else _months(year, 1, int(parts["m1"])).end
    return Period(date(last.year, 1, 1), last)


def _build_half(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The first half of the year; the second, of a report that is about that."""
    base = clock.base
    if base and not parts.get("first") and not parts.get("y1") and (base.start.month, base.end.month) == (7, 12):
        return base
    return _months(year, 1, 6)


def _build_quarter(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    first, last = quarter_of(parts["q1"]), quarter_of(parts.get("q2") or parts["q1"])
    return _months(year, 3 * first - 2, 3 * last)


def _build_month(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    first = int(parts["m1"])
    last = int(parts.get("m2") or first)
    last_year = int(parts["y2"]) if parts.get("y2") else year
    period = _months(last_year, first, last, int(parts["y1"]) if parts.get("y1") else None)
    return period if period.start <= period.end else None


def _build_year(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    return _months(year, 1, 12)


def _build_years(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    first, last = int(parts["y1"]), int(parts["y2"])
    return Period(date(first, 1, 1), date(last, 12, 31)) if first < last else None


def _build_same_period(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The period said before in the sentence, else the report's, in the year named or else in the year before."""
    period = clock.in_sentence or clock.base
    if period is None:
        return None
    return same_period_before(period, period.end.year - int(parts["y1"]) if parts.get("y1") else 1)


def same_period_before(period: Period, years: int = 1) -> Period:
    """The same dates some years before.

    >>> same_period_before(Period(date(2021, 1, 1), date(2021, 9, 30))).end
    datetime.date(2020, 9, 30)
    """
    return Period(_years_back(period.start, years), _years_back(period.end, years))


def _years_back(day: date, years: int) -> date:
    last = monthrange(day.year - years, day.month)[1]
    is_month_end = day.day == monthrange(day.year, day.month)[1]
    return date(day.year - years, day.month, last if is_month_end else min(day.day, last))


def _build_last_month(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    before = (clock.last_month or _today(clock).replace(day=1)) - timedelta(days=1)
    return Period(before.replace(day=1), before)


def _build_this_month(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The month said before, within a longer report; else the report's own."""
    month = clock.last_month
    within = month is not None and clock.base is not None and clock.base.start <= month <= clock.base.end
    return _months(month.year, month.month, month.month) if month and within else clock.base


def _build_added_up(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """From the start of the year, or of the two tiers of government, to the end of the report's period."""
    if clock.base is None:
        return None
    two_tiers: date = period_words()["two_tier_start"]
    first = date(clock.base.end.year, 1, 1)
    return Period(max(first, two_tiers) if first < two_tiers <= clock.base.start else first, clock.base.end)


def _build_whole_year(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """`chỉ tiêu cả năm`: the year of the report's period."""
    return _months(clock.base.end.year if clock.base else _today(clock).year, 1, 12)


def _build_first_month(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The first month of the report's period."""
    return _months(clock.base.start.year, clock.base.start.month, clock.base.start.month) if clock.base else None


def _build_next_year(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The year after the one said before in the sentence."""
    return _months(clock.in_sentence.end.year + 1, 1, 12) if clock.in_sentence else None


def _build_coming_year(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The year after the report's."""
    return _months(clock.base.end.year + 1, 1, 12) if clock.base else None


def _build_next_month(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The month after the one said last."""
    if clock.last_month is None:
        return None
    after = (clock.last_month + timedelta(days=31)).replace(day=1)
    return _months(after.year, after.month, after.month)


def _build_last_period(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """As many whole months as the report's own, right before them."""
    base = clock.base
    if base is None or base.start.day != 1 or (base.end + timedelta(days=1)).day != 1:
        return None
    before = base.start - timedelta(days=1)
    months = 12 * (base.end.year - base.start.year) + base.end.month - base.start.month
    first = 12 * before.year + before.month - 1 - months
    return Period(date(first // 12, first % 12 + 1, 1), before)


def _build_compared(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    return clock.compared


def _build_last_week(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    """The seven days before those of a weekly report."""
    base, week = clock.base, timedelta(days=7)
    return Period(base.start - week, base.end - week) if base and base.end - base.start < week else None


def _build_last_quarter(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    day = clock.base.start if clock.base else _today(clock)
    end = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return _months(end.year, end.month - 2, end.month)


def _build_last_year(parts: dict[str, str], year: int | None, clock: Clock) -> Built:
    told = clock.base.end.year if clock.base else clock.last_year or _today(clock).year
    return _months(told - 1, 1, 12)


def _today(clock: Clock) -> date:
    if clock.today is None:
        raise ValueError("no day of publication")
    return clock.today


_BUILDERS: dict[str, Callable[[dict[str, str], int | None, Clock], Built]] = {
    "day": _build_day,
    "range": _build_range,
    "since": _build_since,
    "since_then": _build_since_then,
    "two_tier": _build_two_tier,
    "until": _build_until,
    "until_year": _build_year,
    "months": lambda parts, year, clock: _months(year, 1, count_of(parts["n"])),
    "this_months": lambda parts, year, clock: _months(_today(clock).year, 1, count_of(parts["n"])),
    "late_months": lambda parts, year, clock: _months(year, 13 - count_of(parts["n"]), 12),
    "half": _build_half,
    "late_half": lambda parts, year, clock: _months(year, 7, 12),
    "quarter": _build_quarter,
    "month": _build_month,
    "year": _build_year,
    "years": _build_years,
    "this_year": lambda parts, year, clock: _months(_today(clock).year, 1, 12),
    "last_year": _build_last_year,
    "last_month": _build_last_month,
    "last_quarter": _build_last_quarter,
    "last_week": _build_last_week,
    "this_month": _build_this_month,
    "coming_year": _build_coming_year,
    "next_month": _build_next_month,
    "last_period": _build_last_period,
    "compared": _build_compared,
    "first_month": _build_first_month,
    "next_year": _build_next_year,
    "whole_year": _build_whole_year,
    "added_up": _build_added_up,
    "same_period": _build_same_period,
    "report": lambda parts, year, clock: clock.base,
}
_GRAINS: dict[str, Grain] = {
    "day": "day", "range": "range", "month": "month", "quarter": "quarter", "months": "months", "half": "half",
    "late_months": "months", "late_half": "half", "year": "year", "until_year": "year", "years": "years",
    "since": "since", "since_then": "since", "two_tier": "since", "until": "until",
}  # fmt: skip


def grain_of(draft: Draft) -> Grain:
    if draft.kind in ("months", "this_months", "late_months"):
        return _GRAINS_OF_MONTHS.get(count_of(draft.parts["n"]), "months")
    is_several = draft.has("m2") or draft.has("q2") or draft.has("n")
    return "months" if is_several else _GRAINS.get(draft.kind, "relative")


_GRAINS_OF_MONTHS: dict[int, Grain] = {6: "half", 9: "nine_months"}
