"""The level of government that handles what a number counts, where the text splits a unit's figures by it."""

from __future__ import annotations

import re

from analysis.attribution.setting import Setting, words
from analysis.catalogue import load_words
from analysis.scopes import Situated

SPLIT_LEVELS = ("province", "district")
"""Levels that have another below them."""


def attribute_tier(number: Situated, setting: Setting) -> str:
    """`province`, `district` or `commune`; empty where the text doesn't split. Brings `setting.tier` up to date."""
    level = setting.area.level if setting.area else ""
    if level not in SPLIT_LEVELS:
        return ""
    sentence, start, end = number.sentence, number.quantity.start, number.quantity.end
    folded, clause = sentence.folded, number.clause_start
    behind = _marks(folded, end, min(number.scope.after[1], end + 60), level)
    if behind and not words("tier_gap").search(folded[end : behind[0][0]]):
        return behind[0][1]
    ahead = _marks(folded, clause, start, level)
    last = ahead[-1][0] if ahead else -1
    if _last(words("own_tier"), folded, clause, start) > last and _marks(folded, sentence.start, sentence.end, level):
        setting.tier = level
    elif _last(words("whole"), folded, clause, start) > last:
        setting.tier = ""
    elif ahead:
        setting.tier = ahead[-1][1]
    return setting.tier


def find_tier(folded: str, setting: Setting) -> str:
    """The tier that a heading or a table's labels name; empty where they name none, or several."""
    level = setting.area.level if setting.area else ""
    if level not in SPLIT_LEVELS:
        return ""
    tiers = {tier for _, tier in _marks(folded, 0, len(folded), level)}
    return tiers.pop() if len(tiers) == 1 else ""


def _last(pattern: re.Pattern[str], folded: str, start: int, end: int) -> int:
    return max((m.start() for m in pattern.finditer(folded, start, end)), default=-1)


def _marks(folded: str, start: int, end: int, level: str) -> list[tuple[int, str]]:
    """Where tiers are named between two offsets, in order; the tier of a city depends on its own level."""
    marks = [
        (m.start(), tier)
        for tier in load_words("attribution.yaml")["tiers"]
        for m in words("tiers", tier).finditer(folded, start, end)
    ]
    marks += [(m.start(), level) for m in words("city_tier").finditer(folded, start, end)]
    return sorted(marks)
