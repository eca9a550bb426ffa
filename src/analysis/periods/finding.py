"""The periods and days that a text names, with what each is there for."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from analysis.model import Period
from analysis.periods.clock import Clock
from analysis.periods.drafts import Draft, any_of, compose_pattern, find_drafts, period_words
from analysis.periods.mentions import DateMention, Grain, PeriodMention, Role
from analysis.periods.resolving import grain_of, resolve_draft
from analysis.text import match_form


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
    return list(_periods(text, today, base))


@lru_cache(maxsize=8)
def _periods(text: str, today: date | None, base: Period | None) -> tuple[PeriodMention, ...]:
    folded = match_form(text)
    drafts, aheads = find_drafts(folded), _aheads(folded)
    mentions: list[PeriodMention] = []
    clock = Clock(today, base)
    for i, draft in enumerate(drafts):
        if i and _SENTENCE_END.search(folded, drafts[i - 1].end, draft.start):
            clock.in_sentence = None
        ahead = aheads[i]
        year = clock.year_for(draft, drafts[i + 1] if i + 1 < len(drafts) else None, folded, ahead=ahead)
        period, grain = resolve_draft(draft, year, clock), grain_of(draft)
        instant = period.end if period and draft.kind in ("day", "until", "until_year") else None
        role = _role(folded, draft, period, grain, today, ahead)
        mentions.append(
            PeriodMention(draft.start, draft.end, text[draft.start : draft.end], period, grain, role, instant)
        )
        clock.note(draft, period, role)
        if draft.kind == "range" and re.search(period_words()["compares_with"], folded[: draft.start]):
            clock.compared = period
    return tuple(mentions)


_SENTENCE_END = re.compile(r"[.!?]\s|\n")


# --- roles -------------------------------------------------------------------------------------------------------


def _role(folded: str, draft: Draft, period: Period | None, grain: Grain, today: date | None, ahead: bool) -> Role:
    """What the period is there for, by the words before it."""
    before = folded[max(0, draft.start - 160) : draft.start]
    if draft.kind == "same_period" or _comparison().search(before):
        return "comparison"
    if grain in ("until", "since"):
        return grain
    if draft.kind == "years" and (today is None or (period is not None and period.end > today)):
        return "programme"
    if draft.kind == "until_year" and (period is None or today is None or period.end > today):
        return "target"
    if grain != "day" and period is not None and (today is None or period.end > today) and ahead:
        return "target"
    return ""


@cache
def _comparison() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of('comparison', section='roles')})(?: của)? ?$")


@cache
def _said(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(name)})\b")


@lru_cache(maxsize=8)
def _aheads(folded: str) -> tuple[bool, ...]:
    """For each match in a text whether its clause looks ahead."""
    return tuple(_is_ahead(folded, draft) for draft in find_drafts(folded))


def _is_ahead(folded: str, draft: Draft) -> bool:
    """True where the clause speaks of what is to be done, before the period or right behind it."""
    first = max(0, draft.start - 160)
    clause = folded[max(first, 1 + max(folded.rfind(mark, first, draft.start) for mark in ".;:\n")) : draft.start]
    ahead = [m.start() for m in _said("target_words").finditer(clause)]
    done = [m.start() for m in _said("result_words").finditer(clause)]
    if ahead:
        times = [m.end() for m in re.finditer(period_words()["time_said"], clause)]
        anew = any(time <= max(ahead) and all(word < time for word in done) for time in times)
        return not done or min(done) > min(ahead) or anew
    behind = re.split(r"[.;:\n]", folded[draft.end : draft.end + 50])[0]
    return not done and _said("target_words_behind").search(behind) is not None


# --- days --------------------------------------------------------------------------------------------------------

_CUT_OFF = re.compile(r"[0-9](?<![0-9/.-].)[0-9]?([/-])[0-9]{1,2}\1(?:[0-9]{3}|[0-9]{1,2})(?![0-9/-])")


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
    return re.compile(compose_pattern("{full}|{short}|{dotted}", period_words()["fragments"]))


def _short_year(written: str) -> date | None:
    """15/9/22 is of this century; three digits of a year are none."""
    day, month, year = (int(n) for n in re.findall(r"[0-9]+", written))
    try:
        return date(2000 + year, month, day) if 10 <= year < 100 else None
    except ValueError:
        return None
