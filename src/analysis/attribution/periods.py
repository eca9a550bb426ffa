"""When: the period that a sentence gives a number, else its paragraph's, its heading's, the report's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.attribution.setting import Setting, near, words
from analysis.model import Nature, Period
from analysis.periods import PeriodMention, same_period_before
from analysis.scopes import Sentence, Situated

FLOWS = frozenset(
    {"range", "month", "quarter", "half", "nine_months", "months", "year", "years", "until", "since", "relative"}
)
"""Grains that a figure can belong to; a bare day is when something happened, not a period."""
NOT_OWN = ("comparison", "programme")
"""Roles of periods that no figure of the report belongs to."""
_HEAD = 25
"""Within so many characters of its start, a sentence's period holds for the rest of the paragraph."""
_GAP = 45
_YEAR = 330
"""From so many days on, a period counts as a year: some reports close in mid-December."""


_NEAR = 80
"""How far around a mention, in characters, words say what it is there for."""


@dataclass(frozen=True, slots=True)
class Times:
    """The periods that a sentence names, and those of them that its figures may belong to."""

    mentions: tuple[PeriodMention, ...]
    own: tuple[PeriodMention, ...]


def find_times(sentence: Sentence, mentions: Sequence[PeriodMention]) -> Times:
    """The times of a sentence; `mentions` are the periods in it."""
    return Times(tuple(mentions), tuple(mention for mention in mentions if _is_own(sentence, mention)))


def attribute_period(
    number: Situated,
    times: Times,
    setting: Setting,
    *,
    stock: bool,
    index: bool = False,
    nature: Nature = "actual",
) -> Period | None:
    """The period of a number: named right behind it, before it in the sentence, or the report's own.

    A `stock` said for a day is that day's; an `index` is a year's.
    """
    compared = _compared(number, times)
    if compared:
        return compared
    if _is_first_level(number) and not _tells_when(times):
        return _before(setting.period)
    for mention in times.own:
        if mention.start >= number.quantity.end and _belongs_behind(number, mention):
            setting.taken_periods.add(mention.start)
            return _of(mention, stock)
    ahead = [m for m in times.own if m.end <= number.quantity.start and _reaches(number, m, setting)]
    if number.quantity.change != "none":
        ahead = [m for m in ahead if not _is_told_and_past(number, m, setting)]
    if ahead:
        return _since_heading(ahead[-1], setting, stock)
    for mention in reversed(times.mentions):
        if mention.grain == "day" and mention.period and _happened_on(number, mention, stock):
            return mention.period
        if index and mention.grain == "day" and mention.period and _is_read_on(number, mention):
            return mention.period
    if index and setting.index_period:
        return setting.index_period
    if nature == "target" and setting.period and words("target_of_year").search(number.ahead):
        return _year_of(setting.period)
    around = setting.paragraph_period or setting.heading_period
    if nature == "target" and around and setting.period and around.end <= setting.period.end:
        return setting.period  # what is aimed at isn't bounded by the dates of results
    if around and nature == "actual" and setting.period and around.start > setting.period.end:
        return setting.period  # the year that targets are for is none of a result
    return around or setting.period


def _year_of(period: Period) -> Period:
    """The year in which a period ends."""
    return Period(date(period.end.year, 1, 1), date(period.end.year, 12, 31))


def _is_own(sentence: Sentence, mention: PeriodMention) -> bool:
    """True for a period that figures of the sentence may belong to."""
    if not mention.period or mention.grain not in FLOWS:
        return False
    before = sentence.folded, max(sentence.start, mention.start - _NEAR), mention.start
    if _is_moved(sentence, mention) or (mention.grain in ("year", "relative") and near.search("plan_of_year", *before)):
        return False
    if mention.grain in ("month", "quarter") and near.search("time_of_event", *before):
        return False
    at_head = mention.start == sentence.start
    if mention.role_hint == "comparison" and at_head and sentence.folded.startswith(",", mention.end, sentence.end):
        return True  # `Cùng kỳ năm 2018, tỷ lệ này là 6,8%`
    return mention.role_hint not in NOT_OWN and not near.search("compared", *before)


def _since_heading(mention: PeriodMention, setting: Setting, stock: bool) -> Period | None:
    """`Đến ngày 17/5` under `Lũy kế từ ngày 2/1`: from that day on, not from the start of the year."""
    period, heading = _of(mention, stock), setting.heading_period
    counted = mention.grain == "until" and period is not None and period.start < period.end
    if counted and period and heading and setting.heading_since and heading.start.year == period.end.year:
        return Period(heading.start, period.end)
    return period


def _is_told_and_past(number: Situated, mention: PeriodMention, setting: Setting) -> bool:
    """`Của tháng 4 chỉ 56,3%, như vậy đã tăng 4,7 điểm`: the change isn't of the month that has its own number."""
    told = any(mention.end <= q.start < number.quantity.start for q in number.sentence.quantities)
    return told and _is_past(mention, setting)


def _is_moved(sentence: Sentence, mention: PeriodMention) -> bool:
    """True for a period that dossiers only came from or go to: `năm 2023 chuyển sang 245 hồ sơ`."""
    folded, floor = sentence.folded, max(sentence.start, mention.start - _NEAR)
    if near.search("moved_before", folded, floor, mention.start):
        return True
    return words("moved_behind").match(folded, mention.end, min(sentence.end, mention.end + _NEAR)) is not None


def _is_first_level(number: Situated) -> bool:
    """True for the first of two levels: `tăng từ 97,9% lên 99,3%`."""
    folded, quantity = number.sentence.folded, number.quantity
    if not near.search("level_before", folded, number.clause_start, quantity.start):
        return False
    return words("level_behind").match(folded, quantity.end, number.sentence.end) is not None


def _tells_when(times: Times) -> bool:
    return any(m.period and m.grain in FLOWS for m in times.mentions)


def _before(period: Period | None) -> Period | None:
    """The year before a year; of shorter periods the text may mean any: none."""
    is_year = period is not None and (period.end - period.start).days >= _YEAR
    return same_period_before(period) if period and is_year else None


def _compared(number: Situated, times: Times) -> Period | None:
    """The period compared with, for the number said of it: `từ 86 (năm trước) xuống 47`, `so với quý II (17,3%)`."""
    sentence, quantity = number.sentence, number.quantity
    mentions = times.mentions
    for mention in mentions:
        if _is_moved(sentence, mention):
            continue
        gap = sentence.folded[mention.end : quantity.start]
        if not mention.period or mention.end > quantity.start:
            continue
        if quantity.change == "none" and number.is_held_by(mention.start) and words("in_same_brackets").fullmatch(gap):
            return mention.period
        if words("in_brackets").fullmatch(gap):
            return mention.period
        if mention.role_hint == "comparison" and words("level_then").fullmatch(gap):
            return mention.period
        if mention.role_hint == "comparison" and words("own_level").fullmatch(gap):
            if not near.search("compared", sentence.folded, sentence.start, mention.start):
                return mention.period
    compared = [m.period for m in mentions if m.role_hint == "comparison" and m.end <= quantity.start]
    return compared[-1] if compared and _is_first_level(number) else None


def _reaches(number: Situated, mention: PeriodMention, setting: Setting) -> bool:
    """A period at the sentence's head holds for all of it, another up to the next semicolon."""
    if number.is_outside_brackets_of(mention.start):
        return False
    if mention.start in setting.taken_periods and not _ranks_score_before(number, mention):
        return False
    near_head = mention.start <= number.sentence.start + 40
    return near_head or ";" not in number.sentence.folded[mention.end : number.quantity.start]


def _ranks_score_before(number: Situated, mention: PeriodMention) -> bool:
    """`84,9% ở kỳ 2023, đứng thứ 11/63`: the rank is of the same edition as the score that it was said with."""
    before = number.sentence.quantities[number.index - 1] if number.index else None
    follows = before is not None and before.end <= mention.start and before.kind in ("score", "percent")
    return follows and number.quantity.kind == "rank"


def _belongs_behind(number: Situated, mention: PeriodMention) -> bool:
    """`8 năm 2018`, `38,62 điểm của năm 2020`, `90,17% trong năm 2024`."""
    gap = number.sentence.folded[number.quantity.end : mention.start]
    if _tells_of_another(number, mention):
        return False
    return len(gap) <= _GAP and bool(words("period_gap").fullmatch(gap))


def _tells_of_another(number: Situated, mention: PeriodMention) -> bool:
    """True where brackets behind the number hold a period with a number of its own: `5.618 (năm 2015 là 4.902)`."""
    sentence = number.sentence
    inside = [(a, b) for a, b in sentence.brackets if a <= mention.start < b and a >= number.quantity.end]
    return any(mention.end <= q.start < b for _, b in inside for q in sentence.quantities)


def _is_past(mention: PeriodMention, setting: Setting) -> bool:
    """True for a period before the report's: of an index's last edition, not of the sentences that follow."""
    return bool(setting.period and mention.period and mention.period.end < setting.period.start)


def _happened_on(number: Situated, mention: PeriodMention, stock: bool) -> bool:
    """`Ngày 1/7, trung tâm đón 153 lượt người`: what was counted on one day."""
    gap = number.sentence.folded[mention.end : number.quantity.start]
    begins = words("day_opens").search(number.sentence.folded[number.sentence.start : mention.start])
    return mention.end <= number.quantity.start and bool(begins) and bool(words("day_flow").fullmatch(gap))


def _is_read_on(number: Situated, mention: PeriodMention) -> bool:
    """`lúc 10 giờ ngày 4/5, xã được 95,27 điểm`: the moment at which a running score was read."""
    before = number.sentence.folded[max(number.sentence.start, mention.start - _NEAR) : mention.start]
    return mention.end <= number.quantity.start and words("read_on").search(before) is not None


def _of(mention: PeriodMention, stock: bool) -> Period | None:
    return Period(mention.instant, mention.instant) if stock and mention.instant else mention.period


def note_sentence(
    sentence: Sentence, times: Times, setting: Setting, *, index: bool, ranked: bool = False
) -> None:  # fmt: skip
    """What a sentence leaves for the rest of its paragraph: the period at its head, an index's year.

    `index` says that it speaks of one, `ranked` that it goes on with ranks in one.
    """
    if words("now").match(sentence.folded, sentence.start, sentence.end):
        setting.paragraph_period = None
    for mention in times.own:
        aside = index or ranked or near.search("aside", sentence.folded, sentence.start, mention.start)
        if mention.start <= sentence.start + _HEAD and not (aside and _is_past(mention, setting)):
            setting.paragraph_period = mention.period
    years = [mention.period for mention in times.own if mention.grain == "year" and mention.period]
    if index and years:
        setting.index_period = max(years, key=lambda year: year.end)
    if len({mention.period for mention in times.own}) > 1:
        setting.paragraph_period = None  # what the next sentence is about can't be told
