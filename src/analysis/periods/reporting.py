"""The period that a report is about."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from datetime import date

from analysis.model import Period
from analysis.periods.drafts import COUNT, compose_pattern, count_of, period_words
from analysis.periods.finding import find_periods
from analysis.periods.mentions import Grain, PeriodMention
from analysis.text import match_form

_RANKS: dict[Grain, int] = {"range": 3, "month": 3, "quarter": 3, "half": 3, "nine_months": 3, "months": 3, "until": 2,
                            "year": 2, "since": 1, "years": 0}  # fmt: skip
_LEAD = 700
"""Characters at the head of a text within which it says what it is about."""
_ABOVE = 250
"""Characters above a line in which the heading of its appendix stands."""
_BRIEF = 6
"""Days below which a range is that of an event, unless a weekly report states it."""
_NEARBY = 60
_SOON = 45
"""Days after its end within which a text on a few months comes out."""
_TOP = 1500
"""Characters at the head of a report among which its letterhead and its dates stand."""


def report_period(title: str, lead: str, published: date | None) -> Period | None:
    """The period that a report is about, by the dates it states, its title, else its text; None where they don't say.

    >>> report_period("Kết quả CCHC năm 2019; giải pháp năm 2020", "", date(2020, 6, 17))
    Period(start=datetime.date(2019, 1, 1), end=datetime.date(2019, 12, 31))
    """
    letterhead, by = _letterhead(lead), written_by(lead, published)
    stated = _stated(lead, by)
    if stated:
        return stated
    in_title = _of_results(title, _candidates(title, by))
    in_lead = [m for m in _candidates(lead, by) if not (letterhead and m.end == letterhead.end())]
    if in_title:
        chosen = max(in_title, key=lambda m: (m.period.end - m.period.start, -m.start)).period
    elif found := _counted_months(title, by) or _planned(title, by):
        return found
    elif in_lead:
        chosen = _whole_year(title + "\n" + lead[:_TOP], _most_recent(in_lead))
    else:
        return _under_way(lead, by)
    return _stated_dates(in_title + [m for m in in_lead if not _heads_a_part(m, lead)], chosen)


def written_by(text: str, published: date | None) -> date | None:
    """The day by which a text was written: that of its publication, else the month of its letterhead.

    >>> written_by("Đường An, ngày     tháng 11 năm 2025", None)
    datetime.date(2025, 11, 30)
    """
    letterhead = _letterhead(text)
    return published or (_end_of_month(int(letterhead["y"]), int(letterhead["m"])) if letterhead else None)


def _letterhead(text: str) -> re.Match[str] | None:
    """A dateline whose day is left to fill in by hand."""
    return re.search(period_words()["letterhead"], match_form(text[:_TOP]))


def _counted_months(title: str, by: date | None) -> Period | None:
    """`Bốn tháng, hơn 7,6 nghìn hồ sơ`, written soon after April: the year's first four months."""
    match = re.search(compose_pattern(period_words()["counted_months"], {"count": COUNT}), match_form(title))
    if not match or by is None:
        return None
    months, two_tiers = count_of(match["n"]), period_words()["two_tier_start"]
    for start in (date(by.year, 1, 1), two_tiers):
        last = start.month + months - 1
        if start.year == by.year and last <= 12:
            period = Period(start, _end_of_month(by.year, last))
            if abs((by - period.end).days) <= _SOON:
                return period
    return None


def is_plan(title: str, published: date | None) -> bool:
    """True where a title speaks of a plan, and of no results.

    >>> is_plan("Xã A ban hành kế hoạch cải cách hành chính năm 2026", date(2026, 1, 22))
    True
    """
    plan = re.search(period_words()["plan_title"], match_form(title))
    told = any(m.end <= plan.start() for m in find_periods(title, today=published)) if plan else True
    return not told and not _of_results(title, _candidates(title, published)) and _planned(title, published) is not None


def _planned(title: str, by: date | None) -> Period | None:
    """The year that a plan is for, of a text about that plan: `ban hành Kế hoạch cải cách hành chính năm 2026`."""
    plan = re.search(period_words()["plan_title"], match_form(title))
    planned = [m.period for m in find_periods(title, today=by) if plan and m.period and m.start >= plan.start()]
    return planned[-1] if planned else None


def _whole_year(head: str, chosen: Period | None) -> Period | None:
    """The year, where a text that looks back at one counts up to a day of its last weeks."""
    if chosen is None or (chosen.start.month, chosen.start.day) != (1, 1) or chosen.end.month != 12:
        return chosen
    looks_back = re.search(period_words()["year_end"], match_form(head))
    return Period(chosen.start, date(chosen.end.year, 12, 31)) if looks_back else chosen


def _heads_a_part(mention: PeriodMention, lead: str) -> bool:
    """True in a line about one part of a text: `Về tiếp nhận hồ sơ (tính từ 15/12/2021 đến 14/12/2022):`."""
    end = lead.find("\n", mention.end)
    before = match_form(lead[lead.rfind("\n", 0, mention.start) + 1 : mention.start])
    sections = re.search(period_words()["first_section"], match_form(lead), re.M)
    if sections and mention.start > sections.start():
        return True
    above = match_form(lead[max(0, mention.start - _ABOVE) : mention.start])
    if re.search(period_words()["appendix"], above, re.M):
        return True  # an appendix states the dates of its own table
    if re.search(period_words()["states_dates"], before):
        return False
    return (
        ":" in before
        or re.match(period_words()["item"], before) is not None
        or lead[mention.end : end if end >= 0 else None].rstrip().endswith(":")
    )


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _stated(lead: str, by: date | None) -> Period | None:
    """The dates of a line at the top that does nothing but state them: `(Số liệu từ ngày 01/7 đến 26/11/2025)`."""
    top = lead[:_TOP]
    for match in re.finditer(period_words()["data_line"], match_form(top), re.M):
        line = top[slice(*match.span())]
        found = [m.period for m in find_periods(line, today=by) if m.period and m.grain in _RANKS]
        if len(found) == 1:
            return found[0]
    return None


def _under_way(lead: str, by: date | None) -> Period | None:
    """The dates of what was going on when a text came out: `vận hành thử từ 16/6 đến hết 30/6/2025`."""
    if by is None:
        return None
    ranges = [m.period for m in find_periods(lead, today=by) if m.grain == "range" and m.period]
    return next((p for p in ranges if p.start <= by <= p.end), None)


def _candidates(text: str, published: date | None) -> list[PeriodMention]:
    """Mentions that the results of a report may belong to."""
    return [
        m
        for m in find_periods(text, today=published)
        if m.period is not None
        and m.grain in _RANKS
        and (m.role_hint in ("", "until", "since") or m.grain == "years")
        and _is_over(m.period, published)
        and not (m.grain == "month" and _is_when(text, m))
        and (m.grain != "range" or (m.period.end - m.period.start).days >= _BRIEF or _is_of_week(text, m))
    ]


def _is_when(text: str, mention: PeriodMention) -> bool:
    """True where a month only says when something happened: `cuối tháng 4`."""
    before = match_form(text[max(0, mention.start - _NEARBY) : mention.start])
    return re.search(period_words()["when"], before) is not None


def _is_of_week(text: str, mention: PeriodMention) -> bool:
    """True where a few days are those of a weekly report, and no event's."""
    before = match_form(text[max(0, mention.start - _NEARBY) : mention.start])
    return re.search(period_words()["of_week"], before) is not None


def _of_results(title: str, mentions: list[PeriodMention]) -> list[PeriodMention]:
    """Those of a title but for what it plans: `Kết quả quý I, triển khai công tác quý II`."""
    folded = match_form(title)
    plans = list(re.finditer(period_words()["title_plan"], folded))
    planned = next((m.end() for m in plans if any(mention.end <= m.start() for mention in mentions)), len(title))
    kept = [mention for mention in mentions if mention.start < planned]
    added_up = re.search(period_words()["added_up"], folded)
    return [m for m in kept if not (added_up and m.start > added_up.start())] or kept


def _is_over(period: Period, published: date | None) -> bool:
    """True where nearly all of the period had passed on the day of publication."""
    if published is None or period.end <= published:
        return True
    return (published - period.start) >= 0.8 * (period.end - period.start)


def _most_recent(mentions: list[PeriodMention]) -> Period:
    """Of the periods that ended in the last year reported on, the one named most exactly.

    A month that is named once, well behind the head, is that of an event: the year that the text goes on about holds.
    """
    latest = max(m.period.end for m in mentions if m.period)
    recent = [m for m in mentions if m.period and (latest - m.period.end).days < 366]
    times = Counter(m.period for m in recent)
    best = max(recent, key=lambda m: (_RANKS[m.grain], m.period.end, -m.start))
    opening = [m for m in recent if m.start < _LEAD < best.start and _holds(m.period, best.period)]
    if best.grain in ("month", "quarter") and opening:
        return opening[0].period
    wider = [p for p, n in times.items() if n > 1 and p.start <= best.period.start and best.period.end <= p.end]
    passing = best.grain == "month" and times[best.period] == 1 and best.start > _LEAD
    return max(wider, key=lambda p: times[p]) if passing and wider else best.period


def _holds(outer: Period | None, inner: Period | None) -> bool:
    """True where a period is a part of another, and not all of it."""
    return bool(outer and inner and outer != inner and outer.start <= inner.start and inner.end <= outer.end)


def _stated_dates(mentions: list[PeriodMention], chosen: Period) -> Period:
    """The dates that a report states for its quarter or half: the official cut-offs aren't the calendar's."""
    for m in mentions:
        early = m.start < _TOP + _TOP
        if early and m.grain == "range" and m.period and m.period.start <= chosen.end and chosen.start <= m.period.end:
            if m.period.start == period_words()["two_tier_start"] and m.period.end <= chosen.end:
                return m.period  # a commune's year 2025 began in July
            shared = min(m.period.end, chosen.end) - max(m.period.start, chosen.start)
            if shared.days >= 0.7 * max((chosen.end - chosen.start).days, (m.period.end - m.period.start).days):
                return m.period
    return chosen
