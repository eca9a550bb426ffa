"""Which unit a mention means: one answer, or None where several remain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache

from analysis.areas.gazetteer import (
    RANK,
    ancestors,
    area_by_id,
    as_area,
    ascii_form,
    gazetteer,
    held_on,
    is_within,
    nameable_on,
    unit_of,
    words,
)
from analysis.areas.mentions import AreaMention
from analysis.model import Area

Candidates = tuple[Area, ...]


def resolve_area(
    mention: AreaMention,
    *,
    on: date | None = None,
    within: Area | None = None,
    near: Iterable[Area] = (),
    hints: str = "",
) -> Area | None:
    """The one unit that a mention means, or None; the first of several is never taken.

    `on` chooses between the structures, `within` is a unit that the report is about, `near` are units named
    elsewhere in the report, `hints` the folder, file name or web address. Each narrows only where one of the
    candidates fits. A bare name that remains (`Yên Bái`) is the province rather than its town.

    >>> from analysis.areas import find_areas
    >>> resolve_area(find_areas("phường Cầu Tre")[0], on=date(2022, 9, 15)).province
    'Hải Phòng'
    >>> resolve_area(find_areas("huyện Châu Thành")[0], on=date(2022, 9, 15)) is None
    True
    """
    left = nameable_on(mention.candidates, on) if on else mention.candidates
    near = list(near)
    if within and on and not _exists(within, on):  # `xã Phú An, TP Bến Cát` in a text after the change
        left = tuple(a for a in mention.candidates if is_within(a, within)) or left
    if within and len(left) > 1:
        left = _nearest(left, [within])
    if near and len(left) > 1 and not _is_of_both(mention, left, near):
        left = _nearest(left, near)
    if hints and len(left) > 1:
        left = _hinted(left, hints)
    left = held_on(left, on) if on else left
    if mention.level_word is None and len(left) > 1:
        widest = min(RANK[a.level] for a in left)
        left = tuple(a for a in left if RANK[a.level] == widest)
    return _sole(left, on)


def resolve_areas(
    mentions: Sequence[AreaMention], *, on: date | None = None, within: Area | None = None,
    near: Iterable[Area] = (), hints: str = "",
) -> list[Area | None]:  # fmt: skip
    """The units of all mentions of a report; those that are clear at once tell the others.

    The next mention counts first, where it follows at once: `phường Trung Tâm, thị xã Nghĩa Lộ`.
    """
    near = list(near)
    answers = [_sole(nameable_on(m.candidates, on) if on else m.candidates, on) for m in mentions]
    while True:
        clear = list(dict.fromkeys([*near, *(a for a in answers if a and a.level not in ("country", "region"))]))
        before = answers
        answers = []
        for k, (mention, answer) in enumerate(zip(mentions, before, strict=True)):
            holder = _holder(mentions, before, k)
            if answer is None or (holder and not is_within(answer, holder)):
                answer = resolve_area(mention, on=on, within=holder or within, near=clear, hints=hints)
            answers.append(answer)
        if answers == before:
            return answers


def _holder(mentions: Sequence[AreaMention], answers: Sequence[Area | None], k: int) -> Area | None:
    """The unit named right behind a mention as the one that holds it."""
    if k + 1 == len(mentions) or mentions[k + 1].start - mentions[k].end > 3:
        return None
    holder = answers[k + 1]
    return holder if holder and any(RANK[holder.level] < RANK[a.level] for a in mentions[k].candidates) else None


def _is_of_both(mention: AreaMention, left: Candidates, near: Sequence[Area]) -> bool:
    """True for a bare name where the province and its town are both named in full: it alone tells neither."""
    levels = {a.level for a in left if a in near}
    return mention.level_word is None and {"province", "district"} <= levels


def _exists(area: Area, on: date) -> bool:
    return not area.area_id or any(u.held_on(on) for u in gazetteer().by_id[area.area_id])


def lineage(area: Area) -> dict[str, int]:
    """Ids of a unit and of those that hold it, with their depth; the province of either structure."""
    found = {a.area_id: RANK[a.level] for a in (area, *ancestors(area))}
    for area_id in list(found):
        if area_id.startswith("vn63:p"):
            found |= dict.fromkeys(gazetteer().by_id[area_id][0].successors, RANK["province"] - 1)
    return found


def _nearest(candidates: Candidates, near: Sequence[Area]) -> Candidates:
    """The candidates that share the narrowest unit with those named near; all where none shares any."""
    around: dict[str, int] = {}
    for area in near:
        around |= lineage(area)
    depths = [max((d for i, d in lineage(a).items() if i in around), default=-1) for a in candidates]
    deepest = max(depths)
    return tuple(a for a, d in zip(candidates, depths, strict=True) if d == deepest) if deepest >= 0 else candidates


def _hinted(candidates: Candidates, hints: str) -> Candidates:
    """The candidates that a folder, file name or web address names most fully: itself, its district, its province."""
    found = hinted_names(hints)
    named = [sum(ascii_form(x.name) in found for x in (a, *ancestors(a))) for a in candidates]
    return tuple(a for a, n in zip(candidates, named, strict=True) if n == max(named))


@lru_cache(maxsize=256)
def hinted_names(hints: str) -> frozenset[str]:
    """ASCII names, with level, of the provinces and districts that a path or address seems to name.

    >>> sorted(hinted_names("data/raw/phu-ly/bao-ha-nam.txt"))
    ['thanh pho phu ly', 'tinh ha nam']
    """
    form = ascii_form(hints)
    if not form:
        return frozenset()
    glued = form.replace(" ", "")
    marks = {ascii_form(name) for mark, name in words()["hints"].items() if re.search(rf"\b\w*{mark}\b", form)}
    found = set()
    for core, name, is_province in _ascii_names():
        if f" {core} " in f" {form} " or (is_province and (core.replace(" ", "") in glued or core in marks)):
            found.add(name)
    return frozenset(found)


@cache
def _ascii_names() -> tuple[tuple[str, str, bool], ...]:
    """Of each province and district its name without and with level, and whether it is a province."""
    units = [unit for units in gazetteer().by_id.values() for unit in units if unit.level in ("province", "district")]
    named = ((ascii_form(unit.core), ascii_form(unit.name), unit.level == "province") for unit in units)
    return tuple(dict.fromkeys(entry for entry in named if len(entry[0]) >= 4))


def _sole(candidates: Candidates, on: date | None) -> Area | None:
    """The candidate that remains; without its id where only the structure (before or since 2025) is open."""
    ids = {a.area_id for a in candidates}
    if len(ids) == 1:
        return _dated(_latest(candidates), on)
    first = candidates[0]
    same = all((a.name, a.level, a.province) == (first.name, first.level, first.province) for a in candidates)
    schemes = {i.split(":")[0] for i in ids}
    if same and len(schemes) == len(ids) == 2:
        return Area("", first.name, first.level, first.province)
    return None


def _latest(candidates: Candidates) -> Area:
    latest = area_by_id(candidates[0].area_id)
    return next((a for a in candidates if latest and a.name == latest.name), candidates[0])


def _dated(area: Area, on: date | None) -> Area:
    """The area with its province under the name of that day."""
    unit = unit_of(area)
    if on is None or unit is None or not unit.held_on(on):
        return area
    province = as_area(unit, on).province
    return Area(area.area_id, area.name, area.level, province, area.parent_id)
