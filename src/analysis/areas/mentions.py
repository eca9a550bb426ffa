"""Where a text names administrative units: spans with their candidates, not yet resolved."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from analysis.areas.gazetteer import (
    Key,
    Unit,
    communes_by_district,
    districts_by_province,
    gazetteer,
    name_key,
    nameable_on,
    province_id,
)
from analysis.areas.scanner import AreaMention, Scanner
from analysis.areas.tokens import split_tokens, word_list


def find_areas(text: str, start: int = 0, end: int | None = None, on: date | None = None) -> list[AreaMention]:
    """The units named between two offsets, in order; with a date, candidates of that day come first.

    Names need their level word, except provinces, names that the text gives with it elsewhere, members of a
    list, and labels at the start of a line. What surrounds the stretch is read too, for lists and introductions.

    >>> [m.quote for m in find_areas("UBND các huyện Đức Trọng, Di Linh và TP. Đà Lạt (Lâm Đồng); ông Lê Hà Nam")]
    ['huyện Đức Trọng', 'Di Linh', 'TP. Đà Lạt', 'Lâm Đồng']
    """
    stop = len(text) if end is None else end
    found = [m for m in _scan(text) if start <= m.start and m.end <= stop]
    return [_on_day(m, on) for m in found] if on else found


def _on_day(mention: AreaMention, on: date) -> AreaMention:
    first = nameable_on(mention.candidates, on)
    ordered = tuple(dict.fromkeys((*first, *mention.candidates)))
    return AreaMention(mention.start, mention.end, mention.quote, mention.level_word, ordered)


@lru_cache(maxsize=16)
def _scan(text: str) -> tuple[AreaMention, ...]:
    """All mentions of a text, longest first at each place; introduced names are found on a second pass."""
    tokens = split_tokens(text)
    first = list(Scanner(text, tokens, {}).mentions())
    introduced: dict[Key, tuple[Unit, ...]] = {}
    for mention, units in first:
        key = name_key(units[0].core)
        if mention.level_word and len(key) > 1 and " ".join(key) not in word_list("needs_level"):
            introduced[key] = tuple(dict.fromkeys((*introduced.get(key, ()), *units)))
    for unit in _inner_units(text, [units for _, units in first]):
        key = name_key(unit.core)
        introduced[key] = tuple(dict.fromkeys((*introduced.get(key, ()), unit)))
    if any(_is_open(place, first) for place in Scanner(text, tokens, introduced).introduced_places()):
        first = list(Scanner(text, tokens, introduced).mentions())
    return tuple(mention for mention, _ in first)


_MOST_PROVINCES = 4
"""A text that names more is about many places, and a bare name in it may be of any."""
_MOST_DISTRICTS = 2


def _inner_units(text: str, named: Sequence[tuple[Unit, ...]]) -> Iterator[Unit]:
    """Units whose bare names stand in the text: districts of the provinces that it is about, communes of its districts.

    `Kim Sơn vượt lên trước` in a text about Ninh Bình.
    """
    held_by = [{province_id(unit) for unit in units} - {""} for units in named]
    provinces = {province for ids in held_by if len(_names(ids)) == 1 for province in ids}
    districts = {unit.area_id for units in named if len(units) == 1 for unit in units if unit.level == "district"}
    inner: list[Unit] = []
    if len(_names(provinces)) <= _MOST_PROVINCES:
        inner += [u for province in sorted(provinces) for u in districts_by_province().get(province, ())]
    if len(districts) <= _MOST_DISTRICTS:
        inner += [u for district in sorted(districts) for u in communes_by_district().get(district, ())]
    for unit in inner:
        if " " in unit.core and unit.core in text and " ".join(name_key(unit.core)) not in word_list("needs_level"):
            yield unit


def _is_open(place: int, mentions: Sequence[tuple[AreaMention, tuple[Unit, ...]]]) -> bool:
    """False inside a mention that was found by its level word, its list or its province."""
    k = bisect_right(mentions, place, key=_start) - 1
    if k < 0 or mentions[k][0].end <= place:
        return True
    return mentions[k][0].level_word is None and mentions[k][0].candidates[0].level == "district"


def _start(found: tuple[AreaMention, tuple[Unit, ...]]) -> int:
    return found[0].start


def _names(province_ids: Iterable[str]) -> set[str]:
    """Of provinces, each of which may stand there before and since 2025."""
    return {gazetteer().by_id[province][0].core for province in province_ids}
