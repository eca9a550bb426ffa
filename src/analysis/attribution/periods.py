"""When: the period that a sentence gives a number, else its paragraph's, its heading's, the report's."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.attribution.setting import Setting, words
from analysis.attribution.tiers import find_tier
from analysis.model import Period
from analysis.periods import PeriodMention
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


def attribute_period(
    number: Situated, mentions: Sequence[PeriodMention], setting: Setting, *, stock: bool, index: bool = False
) -> Period | None:
    """The period of a number: named right behind it, before it in the sentence, or the report's own.

    `mentions` are those of the sentence. A `stock` said for a day is that day's; an `index` is a year's.
    """
    folded, start = number.sentence.folded, number.sentence.start
    usable = [
        m for m in mentions
        if m.period and m.grain in FLOWS and m.role_hint not in NOT_OWN
        and not words("compared").search(folded[start : m.start])
    ]  # fmt: skip
    for mention in usable:
        if mention.start >= number.quantity.end and _belongs_behind(number, mention):
            setting.taken_periods.add(mention.start)
            return _of(mention, stock)
    ahead = [m for m in usable if m.end <= number.quantity.start and _reaches(number, m, setting)]
    if ahead:
        return _of(ahead[-1], stock)
    if index and setting.index_period:
        return setting.index_period
    return setting.paragraph_period or setting.heading_period or setting.period


def _reaches(number: Situated, mention: PeriodMention, setting: Setting) -> bool:
    """A period at the sentence's head holds for all of it, another up to the next semicolon."""
    if mention.start in setting.taken_periods:
        return False
    near_head = mention.start <= number.sentence.start + 40
    return near_head or ";" not in number.sentence.folded[mention.end : number.quantity.start]


def _belongs_behind(number: Situated, mention: PeriodMention) -> bool:
    """`8 năm 2018`, `38,62 điểm của năm 2020`, `90,17% trong năm 2024`."""
    gap = number.sentence.folded[number.quantity.end : mention.start]
    return len(gap) <= _GAP and bool(words("period_gap").fullmatch(gap))


def _of(mention: PeriodMention, stock: bool) -> Period | None:
    return Period(mention.instant, mention.instant) if stock and mention.instant else mention.period


def note_sentence(sentence: Sentence, mentions: Sequence[PeriodMention], setting: Setting, *, index: bool) -> None:
    """What a sentence leaves for the rest of its paragraph: the period at its head, an index's year, a tier.

    `mentions` are those of the sentence; `index` says that it speaks of one. A sentence without numbers may do
    nothing but name the tier that the next one speaks of.
    """
    if words("now").search(sentence.words):
        setting.paragraph_period = None
    for mention in mentions:
        if mention.period and mention.grain in FLOWS and mention.role_hint not in NOT_OWN:
            if mention.start <= sentence.start + _HEAD:
                setting.paragraph_period = mention.period
            if index and mention.grain == "year":
                setting.index_period = mention.period
    if not sentence.quantities:
        setting.tier = find_tier(sentence.words, setting) or setting.tier
