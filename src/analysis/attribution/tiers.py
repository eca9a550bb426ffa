"""The level of government that handles what a number counts, where the text splits a unit's figures by it."""

from __future__ import annotations

import re
from functools import cache

from analysis.attribution.setting import Setting, near, words
from analysis.catalogue import load_words
from analysis.scopes import Sentence, Situated
from analysis.searches import Match

_AHEAD = 20
"""How many characters behind a tier's words may say that they name one."""
_HEAD = 30
"""So near to its start, in characters, a tier is what a sentence is about."""
SPLIT_LEVELS = ("province", "district")
"""Levels that have another below them."""
_NAMED = tuple((f"tiers.{tier}", tier) for tier in ("province", "district", "commune"))
"""By the keys of their patterns the tiers that have names of their own; a city's depends on its level."""


def attribute_tier(number: Situated, setting: Setting, *, index: bool = False) -> str:
    """`province`, `district` or `commune`; empty where the text doesn't split. Brings `setting.tier` up to date.

    An `index` is of a unit as a whole: `xếp thứ 2/6 đơn vị cấp huyện` says whom it is ranked with.
    The average of a tier (`Điểm trung bình PAR INDEX cấp huyện`) is that tier's, not the unit's own.
    """
    level = setting.area.level if setting.area else ""
    if level not in SPLIT_LEVELS:
        return ""
    if index:
        return _averaged(number, level)
    sentence, start, end = number.sentence, number.quantity.start, number.quantity.end
    folded, clause = sentence.folded, number.clause_start
    behind = _marks(folded, end, min(number.next_start, end + 60), level)
    if behind and not words("tier_gap").search(folded[end : behind[0][0]]):
        return behind[0][1]
    ahead = _marks(folded, clause, start, level)
    last = ahead[-1][0] if ahead else -1
    if _last("own_tier", folded, clause, start) > last and _marks(folded, sentence.start, sentence.end, level):
        setting.tier = level
    elif max((m.end() for m in near.find_all("whole", folded, clause, start)), default=-1) > last:
        setting.tier = ""
    elif ahead:
        setting.tier = ahead[-1][1]
    return setting.tier


def _averaged(number: Situated, level: str) -> str:
    """The tier whose average a number is; empty where it is none."""
    folded, start = number.sentence.folded, number.quantity.start
    average = words("average").search(folded, number.clause_start, start)
    marks = _marks(folded, average.end(), start, level) if average else []
    return marks[-1][1] if marks else ""


def note_tiers(sentence: Sentence, setting: Setting) -> None:
    """What a sentence leaves for the next one: the tier at its head, if its numbers are of that one alone.

    A sentence without numbers may do nothing but name the tier that the next one speaks of.
    """
    level = setting.area.level if setting.area else ""
    marks = _marks(sentence.folded, sentence.start, sentence.end, level) if level in SPLIT_LEVELS else []
    if not marks:
        return
    first, tier = marks[0]
    only = len({tier for _, tier in marks}) == 1
    at_head = first <= sentence.start + _HEAD
    if sentence.quantities:
        setting.tier = tier if only and at_head else setting.heading_tier
    elif only or at_head:
        setting.tier = tier


def begin_item(folded_block: str, setting: Setting) -> None:
    """An item of the heading's own rank or above (`c)` behind `b) Tại cấp xã:`) isn't under it any more."""
    rank = _rank(folded_block)
    if rank is not None and setting.heading_rank is not None and rank <= setting.heading_rank:
        setting.heading_tier, setting.heading_rank = "", None
    if rank is not None and setting.list_rank is not None and rank <= setting.list_rank:
        setting.heading_period, setting.list_rank, setting.in_list, setting.list_targets = None, None, None, False


def begin_heading(folded_heading: str, setting: Setting) -> None:
    """Takes over the tier that a heading names; one within the last heading's part leaves that one's."""
    tier, rank = find_tier(folded_heading, setting), _rank(folded_heading)
    setting.list_rank = rank
    inner = rank is not None and setting.heading_rank is not None and rank > setting.heading_rank
    if tier or not inner:
        setting.heading_tier, setting.heading_rank = tier, rank


def is_item(folded_block: str) -> bool:
    """True for what a number, a letter or a dash counts."""
    return _rank(folded_block) is not None


def _rank(folded_block: str) -> int | None:
    """How deep an item stands, by what counts it: `II.`, `2.`, `2.1.`, `b)`, a dash; None where nothing does."""
    return next((k for k, shape in enumerate(_item_shapes()) if shape.match(folded_block)), None)


@cache
def _item_shapes() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, load_words("attribution.yaml")["item_shapes"]))


def find_tier(folded: str, setting: Setting) -> str:
    """The tier that a heading or a table's labels name; empty where they name none, or several."""
    level = setting.area.level if setting.area else ""
    if level not in SPLIT_LEVELS:
        return ""
    tiers = {tier for _, tier in _marks(folded, 0, len(folded), level)}
    return tiers.pop() if len(tiers) == 1 else ""


def _last(key: str, folded: str, start: int, end: int) -> int:
    return max((m.start() for m in _within(key, folded, start, end)), default=-1)


def _within(key: str, folded: str, start: int, end: int) -> list[Match]:
    """What a pattern finds between two offsets; what it looks ahead for may stand behind the second."""
    found = near.find_all(key, folded, start, end + _AHEAD)
    return [m for m in found if m.end() <= end] if found else found


def _marks(folded: str, start: int, end: int, level: str) -> list[tuple[int, str]]:
    """Where tiers are named between two offsets, in order; the tier of a city depends on its own level."""
    named = (*_NAMED, ("city_tier", level), ("own_desk", level))
    found = [(m, tier) for key, tier in named for m in _within(key, folded, start, end)]
    return sorted((m.start(), tier) for m, tier in found if not _is_counted(folded, m))


def _is_counted(folded: str, mark: re.Match[str]) -> bool:
    """`xếp thứ 6/6 huyện, thị xã`, `kiểm tra 12 xã, phường`: units as what is counted, not as who handles."""
    floor = max(0, mark.start() - 40)
    if near.search("ranked_units", folded, floor, mark.start()):
        return True
    before = folded[floor : mark.start()]
    if mark.group().startswith(("tại ", "ở ")):
        return bool(words("inspected_units").search(before))
    if mark.group().startswith("cấp ") or not words("counted_units").search(before):
        return False  # `1.486 cấp tỉnh, 293 cấp huyện`
    return not words("at_counted_units").search(before) or bool(words("inspected_units").search(before))
