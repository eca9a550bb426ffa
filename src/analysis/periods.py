"""When: the periods and dates that a text names, and the period that a report is about."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from analysis.catalogue import read_vocabulary
from analysis.model import Period
from analysis.numerals import parse_roman, spell
from analysis.text import match_form

Grain = Literal[
    "day", "range", "month", "quarter", "half", "nine_months", "months", "year", "years", "until", "since", "relative"
]  # fmt: skip
Role = Literal["", "comparison", "programme", "until", "since", "target"]


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A stretch of text that names a period; `period` is None where it can't be told from the text alone."""

    start: int
    end: int
    quote: str
    period: Period | None
    grain: Grain
    role_hint: Role = ""
    instant: date | None = None
    """The day that `tính đến 15/9/2022` speaks of; `period` runs there from the start of the year."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day as written; `date` is None where it is cut off (`14/10/202`) or impossible."""

    start: int
    end: int
    quote: str
    date: date | None


@dataclass(slots=True)
class _Draft:
    """A match whose year may still be open."""

    start: int
    end: int
    kind: str
    parts: dict[str, str] = field(default_factory=dict)

    def has(self, part: str) -> bool:
        return self.parts.get(part) is not None


# --- patterns ----------------------------------------------------------------------------------------------------

_COUNTS = {spell(n): n for n in range(1, 13)}
_COUNT = "(?:" + "|".join(sorted(_COUNTS, key=len, reverse=True)) + "|1[0-2]|0?[1-9])"


@cache
def _words() -> dict[str, Any]:
    return read_vocabulary("periods.yaml")


def compose_pattern(pattern: str, fragments: dict[str, str]) -> str:
    """A pattern of the vocabulary with its {fragments} put in, those within them too.

    >>> compose_pattern("tháng {month}/{year}", {"month": "[0-9]{1,2}", "year": "20{two}", "two": "[0-9]{2}"})
    'tháng [0-9]{1,2}/20[0-9]{2}'
    """
    while (expanded := re.sub(r"\{([a-z_]+)\}", lambda m: fragments[m[1]], pattern)) != pattern:
        pattern = expanded
    return pattern


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    fragments = _words()["fragments"] | {"count": _COUNT}
    return tuple(
        (
            entry["kind"],
            re.compile(rf"(?<!\w)(?<![0-9][./,-])(?:{compose_pattern(entry['pattern'], fragments)})(?![0-9])", re.M),
        )
        for entry in _words()["patterns"]
    )


@cache
def _either(name: str, *, section: str = "") -> str:
    words = _words()[section][name] if section else _words()[name]
    return "|".join(sorted(words, key=len, reverse=True))


# --- finding -----------------------------------------------------------------------------------------------------


def find_periods(text: str, *, today: date | None = None, base: Period | None = None) -> list[PeriodMention]:
    """The periods and dates named in a text, in order, never overlapping.

    `today` is the day the report was published: years left out take it, and `đến nay` ends there. `base` is the
    report's own period, which `cùng kỳ` and `trong kỳ` refer to.

    >>> for m in find_periods("Tháng 9 và quý III/2021; tính đến 15/9/2022"):
    ...     print(f"{m.quote} | {m.grain} | {m.period.start} | {m.period.end}")
    Tháng 9 | month | 2021-09-01 | 2021-09-30
    quý III/2021 | quarter | 2021-07-01 | 2021-09-30
    tính đến 15/9/2022 | until | 2022-01-01 | 2022-09-15
    """
    folded = match_form(text)
    drafts = _drafts(folded)
    mentions: list[PeriodMention] = []
    clock = _Clock(today, base)
    for i, draft in enumerate(drafts):
        year = clock.year_for(draft, drafts[i + 1] if i + 1 < len(drafts) else None, folded)
        period, grain = _resolve(draft, year, clock), _grain(draft)
        instant = period.end if period and draft.kind in ("day", "until", "until_year") else None
        role = _role(folded, draft, period, grain, today)
        mentions.append(
            PeriodMention(draft.start, draft.end, text[draft.start : draft.end], period, grain, role, instant)
        )
        clock.note(draft, period, role)
    return mentions


def _drafts(folded: str) -> list[_Draft]:
    """Matches of all patterns, the longest where they overlap, in order."""
    found = [draft for draft in _matches(folded) if not (_is_fraction(folded, draft) or _names_law(folded, draft))]
    kept: list[_Draft] = []
    for draft in sorted(found, key=lambda d: (d.start - d.end, d.start)):
        if all(draft.end <= other.start or other.end <= draft.start for other in kept):
            kept.append(draft)
    return sorted(kept, key=lambda d: d.start)


def _matches(folded: str) -> Iterator[_Draft]:
    for kind, pattern in _patterns():
        for match in pattern.finditer(folded):
            parts = match.groupdict()
            start, end = match.span("span") if parts.pop("span", None) is not None else match.span()
            yield _Draft(start, end, kind, parts)


def _is_fraction(folded: str, draft: _Draft) -> bool:
    """True for `đến 9/12` after a word of standing or share, which is no date."""
    short = [d for part in ("d1", "d2") if (d := draft.parts.get(part)) and re.fullmatch(r"[0-9]+/[0-9]+", d)]
    if not short or "ngày" in folded[draft.start : draft.end]:
        return False
    before = folded[max(0, draft.start - 30) : draft.start]
    return re.search(rf"\b(?:{_either('not_before_date')})\b[^.;:\n]*$", before) is not None


def _names_law(folded: str, draft: _Draft) -> bool:
    """True for the year of `Luật Tiếp công dân năm 2013`."""
    before = folded[max(0, draft.start - 60) : draft.start]
    return draft.kind == "year" and re.search(rf"\b(?:{_either('law_words')})\b[^.,;:\n0-9]*$", before) is not None


# --- years left out ----------------------------------------------------------------------------------------------


@dataclass
class _Clock:
    """What has been said of time so far."""

    today: date | None
    base: Period | None
    last_year: int | None = None
    last_month: date | None = None
    cut_off: date | None = None
    """The day that figures were last said to be counted up to."""

    @property
    def now(self) -> date | None:
        """The day that `đến nay` means: the cut-off said a little earlier, else the day of publication."""
        if self.cut_off and self.today and 0 <= (self.today - self.cut_off).days <= _words()["cut_off_days"]:
            return self.cut_off
        return self.today

    def year_for(self, draft: _Draft, following: _Draft | None, folded: str) -> int | None:
        """The year of a mention that says none: that of its neighbour, of the last one said, of today."""
        if draft.has("y1"):
            return int(draft.parts["y1"])
        if draft.kind in ("month", "quarter") and draft.has("y2"):
            return int(draft.parts["y2"])
        if following is not None and following.has("y1") and following.kind in ("month", "quarter", "months"):
            if re.fullmatch(r" ?(?:,|và|-|;) ?", folded[draft.end : following.start]):
                return int(following.parts["y1"])
        today_year = self.today.year if self.today else None
        if draft.kind in ("day", "range", "until", "since") and not draft.has("m1"):
            return today_year or self.last_year
        return self._not_ahead(draft, self.last_year or today_year)

    def _not_ahead(self, draft: _Draft, year: int | None) -> int | None:
        """The year, or the last one in which the month or quarter had begun on the day of publication."""
        month = _first_month(draft)
        if year is None or self.today is None or month is None or (year, month) <= (self.today.year, self.today.month):
            return year
        return self.today.year if month <= self.today.month else self.today.year - 1

    def note(self, draft: _Draft, period: Period | None, role: Role) -> None:
        """Remembers a mention for those after it."""
        if period is None:
            return
        said = draft.has("y1") or draft.has("y2") or (draft.kind in ("range", "until") and draft.has("d1"))
        if draft.kind == "day" and self.last_year is None:
            self.last_year = period.end.year
        if said and role not in ("comparison", "programme", "target") and draft.kind != "years":
            self.last_year = period.end.year
        if draft.kind == "until":
            self.cut_off = period.end
        if draft.kind == "month":
            self.last_month = period.start


def _first_month(draft: _Draft) -> int | None:
    if draft.has("m1"):
        return int(draft.parts["m1"])
    return 3 * _quarter(draft.parts["q1"]) - 2 if draft.has("q1") else None


# --- building ----------------------------------------------------------------------------------------------------

Built = Period | None


def _resolve(draft: _Draft, year: int | None, clock: _Clock) -> Built:
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


def _quarter(written: str) -> int:
    return int(written) if written.isdigit() else parse_roman(written) or 0


def _count(written: str) -> int:
    return int(written) if written.isdigit() else _COUNTS[written]


def _build_day(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    day = _day(parts["d1"], year)
    return Period(day, day)


def _build_range(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    last = _day(parts["d2"], year)
    first = _day(parts["d1"], last.year)
    if first > last:
        first = first.replace(year=last.year - 1)
    return Period(first, last)


def _build_since(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    if parts.get("d1"):
        first = _day(parts["d1"], year)
    else:
        first = date(_known(year), int(parts.get("m1") or 1), 1)
    if clock.now is None or first > clock.now:
        return None
    return Period(first, clock.now)


def _build_two_tier(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    first: date = _words()["two_tier_start"]
    return Period(first, _today(clock)) if first <= _today(clock) else None


def _build_until(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    last = _day(parts["d1"], year) if parts.get("d1") else _months(year, 1, int(parts["m1"])).end
    return Period(date(last.year, 1, 1), last)


def _build_quarter(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    first, last = _quarter(parts["q1"]), _quarter(parts.get("q2") or parts["q1"])
    return _months(year, 3 * first - 2, 3 * last)


def _build_month(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    first = int(parts["m1"])
    last = int(parts.get("m2") or first)
    last_year = int(parts["y2"]) if parts.get("y2") else year
    period = _months(last_year, first, last, int(parts["y1"]) if parts.get("y1") else None)
    return period if period.start <= period.end else None


def _build_year(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    return _months(year, 1, 12)


def _build_years(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    first, last = int(parts["y1"]), int(parts["y2"])
    return Period(date(first, 1, 1), date(last, 12, 31)) if first < last else None


def _build_same_period(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    """The report's period in the year named, else in the year before."""
    if clock.base is None:
        return None
    back = clock.base.end.year - int(parts["y1"]) if parts.get("y1") else 1
    return Period(_years_back(clock.base.start, back), _years_back(clock.base.end, back))


def _years_back(day: date, years: int) -> date:
    last = monthrange(day.year - years, day.month)[1]
    is_month_end = day.day == monthrange(day.year, day.month)[1]
    return date(day.year - years, day.month, last if is_month_end else min(day.day, last))


def _build_last_month(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    before = (clock.last_month or _today(clock).replace(day=1)) - timedelta(days=1)
    return Period(before.replace(day=1), before)


def _build_last_quarter(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    day = clock.base.start if clock.base else _today(clock)
    end = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return _months(end.year, end.month - 2, end.month)


def _build_last_year(parts: dict[str, str], year: int | None, clock: _Clock) -> Built:
    told = clock.base.end.year if clock.base else clock.last_year or _today(clock).year
    return _months(told - 1, 1, 12)


def _today(clock: _Clock) -> date:
    if clock.today is None:
        raise ValueError("no day of publication")
    return clock.today


_BUILDERS: dict[str, Callable[[dict[str, str], int | None, _Clock], Built]] = {
    "day": _build_day,
    "range": _build_range,
    "since": _build_since,
    "two_tier": _build_two_tier,
    "until": _build_until,
    "until_year": _build_year,
    "months": lambda parts, year, clock: _months(year, 1, _count(parts["n"])),
    "late_months": lambda parts, year, clock: _months(year, 13 - _count(parts["n"]), 12),
    "half": lambda parts, year, clock: _months(year, 1, 6),
    "late_half": lambda parts, year, clock: _months(year, 7, 12),
    "quarter": _build_quarter,
    "month": _build_month,
    "year": _build_year,
    "years": _build_years,
    "this_year": lambda parts, year, clock: _months(_today(clock).year, 1, 12),
    "last_year": _build_last_year,
    "last_month": _build_last_month,
    "last_quarter": _build_last_quarter,
    "same_period": _build_same_period,
    "report": lambda parts, year, clock: clock.base,
}
_GRAINS: dict[str, Grain] = {
    "day": "day", "range": "range", "month": "month", "quarter": "quarter", "months": "months", "half": "half",
    "late_months": "months", "late_half": "half", "year": "year", "until_year": "year", "years": "years",
    "since": "since", "two_tier": "since", "until": "until",
}  # fmt: skip


def _grain(draft: _Draft) -> Grain:
    if draft.kind in ("months", "late_months"):
        return _GRAINS_OF_MONTHS.get(_count(draft.parts["n"]), "months")
    is_several = draft.has("m2") or draft.has("q2")
    return "months" if is_several else _GRAINS.get(draft.kind, "relative")


_GRAINS_OF_MONTHS: dict[int, Grain] = {6: "half", 9: "nine_months"}


# --- roles -------------------------------------------------------------------------------------------------------


def _role(folded: str, draft: _Draft, period: Period | None, grain: Grain, today: date | None) -> Role:
    """What the period is there for, by the words before it."""
    before = folded[max(0, draft.start - 160) : draft.start]
    if draft.kind == "same_period" or re.search(rf"\b(?:{_either('comparison', section='roles')})(?: của)? ?$", before):
        return "comparison"
    if grain in ("until", "since"):
        return grain
    if draft.kind == "years" and (today is None or (period is not None and period.end > today)):
        return "programme"
    if draft.kind == "until_year" and (period is None or today is None or period.end > today):
        return "target"
    if grain != "day" and period is not None and (today is None or period.end > today) and _is_ahead(before):
        return "target"
    return ""


def _is_ahead(before: str) -> bool:
    """True where the clause speaks of what is to be done."""
    clause = re.split(r"[.;:\n]", before)[-1]
    ahead = [m.start() for m in re.finditer(rf"\b(?:{_either('target_words')})\b", clause)]
    done = [m.start() for m in re.finditer(rf"\b(?:{_either('result_words')})\b", clause)]
    return bool(ahead) and (not done or min(done) > min(ahead))


# --- days --------------------------------------------------------------------------------------------------------

_CUT_OFF = re.compile(r"(?<![0-9/.-])[0-9]{1,2}([/-])[0-9]{1,2}\1(?:[0-9]{3}|[0-9]{1,2})(?![0-9/-])")


def find_dates(text: str, *, today: date | None = None) -> list[DateMention]:
    """The days named in a text, with those that bound a range; a date cut off has no value.

    >>> [(m.quote, str(m.date)) for m in find_dates("Từ 21/7 đến 20/8/2021; 14/10/202")]
    [('21/7', '2021-07-21'), ('20/8/2021', '2021-08-20'), ('14/10/202', 'None')]
    """
    folded = match_form(text)
    found: list[DateMention] = []
    for mention in find_periods(text, today=today):
        found += _dates_in(text, mention)
    taken = [(m.start, m.end) for m in found]
    for match in _CUT_OFF.finditer(folded):
        if all(match.end() <= start or end <= match.start() for start, end in taken):
            found.append(DateMention(*match.span(), text[slice(*match.span())], _short_year(match.group())))
    return sorted(found, key=lambda m: m.start)


def _dates_in(text: str, mention: PeriodMention) -> list[DateMention]:
    """The day that a mention is, or the first and last of a range."""
    if mention.grain == "day":
        return [DateMention(mention.start, mention.end, mention.quote, mention.instant)]
    spans = [
        (mention.start + m.start(), mention.start + m.end()) for m in _day_pattern().finditer(match_form(mention.quote))
    ]
    period = mention.period
    ends = {
        "range": period and (period.start, period.end),
        "since": period and (period.start,),
        "until": (mention.instant,),
    }
    values = ends.get(mention.grain) or (None, None)
    return [DateMention(*span, text[slice(*span)], value) for span, value in zip(spans, values, strict=False)]


@cache
def _day_pattern() -> re.Pattern[str]:
    return re.compile(compose_pattern("{full}|{short}|{dotted}", _words()["fragments"]))


def _short_year(written: str) -> date | None:
    """15/9/22 is of this century; three digits of a year are none."""
    day, month, year = (int(n) for n in re.findall(r"[0-9]+", written))
    try:
        return date(2000 + year, month, day) if 10 <= year < 100 else None
    except ValueError:
        return None


# --- the report's own period -------------------------------------------------------------------------------------

_RANKS: dict[Grain, int] = {"range": 3, "month": 3, "quarter": 3, "half": 3, "nine_months": 3, "months": 3, "until": 2,
                            "year": 2, "since": 1, "years": 0}  # fmt: skip


def report_period(title: str, lead: str, published: date | None) -> Period | None:
    """The period that a report is about, by its title, else by its text; None where they don't say.

    >>> report_period("Kết quả CCHC năm 2019; giải pháp năm 2020", "", date(2020, 6, 17))
    Period(start=datetime.date(2019, 1, 1), end=datetime.date(2019, 12, 31))
    """
    in_title, in_lead = (_candidates(part, published) for part in (title, lead))
    if in_title:
        chosen = max(in_title, key=lambda m: (m.period.end - m.period.start, -m.start)).period
    elif in_lead:
        chosen = _most_recent(in_lead)
    else:
        return None
    return _stated_dates(in_title + in_lead, chosen)


def _candidates(text: str, published: date | None) -> list[PeriodMention]:
    """Mentions that the results of a report may belong to."""
    return [
        m
        for m in find_periods(text, today=published)
        if m.period is not None
        and m.grain in _RANKS
        and m.role_hint in ("", "until", "since")
        and _is_over(m.period, published)
    ]


def _is_over(period: Period, published: date | None) -> bool:
    """True where nearly all of the period had passed on the day of publication."""
    if published is None or period.end <= published:
        return True
    return (published - period.start) >= 0.8 * (period.end - period.start)


def _most_recent(mentions: list[PeriodMention]) -> Period:
    """Of the periods that ended in the last year reported on, the one named most exactly."""
    latest = max(m.period.end for m in mentions if m.period)
    recent = [m for m in mentions if m.period and (latest - m.period.end).days < 366]
    return max(recent, key=lambda m: (_RANKS[m.grain], m.period.end, -m.start)).period


def _stated_dates(mentions: list[PeriodMention], chosen: Period) -> Period:
    """The dates that a report states for its quarter or half: the official cut-offs aren't the calendar's."""
    for m in mentions:
        if m.grain == "range" and m.period and m.period.start <= chosen.end and chosen.start <= m.period.end:
            shared = min(m.period.end, chosen.end) - max(m.period.start, chosen.start)
            if shared.days >= 0.7 * max((chosen.end - chosen.start).days, (m.period.end - m.period.start).days):
                return m.period
    return chosen
