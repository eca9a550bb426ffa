"""Which unit a report is about: the one that acts, that the title names, whose level the text means by itself."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import NamedTuple

from analysis.areas.gazetteer import (
    RANK,
    ancestors,
    ascii_form,
    core_name,
    gazetteer,
    kind_of,
    name_key,
    province_before,
    unit_of,
    words,
)
from analysis.areas.mentions import AreaMention, find_areas
from analysis.areas.resolve import hinted_names, resolve_areas
from analysis.model import Area
from analysis.text import match_form

_HEAD = 700
"""Characters at the start of a report in which it says who reports."""
_MANY_PROVINCES = 6
_MANY_REGIONS = 3
_PER_INNER = 0.7
_LETTERHEAD = 4.0


class _Named(NamedTuple):
    """A mention with its answer, and what stands right before it."""

    mention: AreaMention
    area: Area | None
    before: str
    opens: float
    """1 where a colon or a dash follows: `Phủ Lý: hơn 91% hồ sơ ...`."""
    holds_previous: bool
    """Named only to say where the unit before it lies: `phường Trung Tâm, thị xã Nghĩa Lộ`."""


def find_subject(
    title: str, body: str, *, file_hint: str = "", on: date | None = None
) -> tuple[Area | None, tuple[Area, ...]]:
    """The unit that a report is about, and the candidates where it can't be told apart.

    Read from the letterhead, the title, who acts in the first lines, how often a unit is named, and the level
    that the text means by a level word alone (`UBND phường`, `toàn huyện`). `file_hint` is the folder and file
    name or address, a weak hint.

    >>> area, _ = find_subject("Hội nghị sơ kết công tác cải cách hành chính",
    ...     "UBND phường Cầu Tre tổ chức sơ kết. Lãnh đạo UBND quận Ngô Quyền dự. UBND phường đã tiếp nhận 45 hồ sơ.")
    >>> area.name, area.province
    ('Phường Cầu Tre', 'Hải Phòng')
    """
    main = _without_related(body)
    text = main if main.lstrip().startswith(title.strip()[:60]) else f"{title}\n\n{main}"
    mentions = find_areas(text, on=on)
    near = [] if mentions else _hinted_areas(file_hint, on)
    areas = resolve_areas(mentions, on=on, near=near, hints=file_hint)
    own = _own_levels(text, mentions)
    areas = _told_by_levels(mentions, areas, own + _acting_levels(text, mentions), on)
    named = _named(text, mentions, areas)
    group = _group(named)
    if group:
        return group, (group,)
    scores = _scores(named, own, len(title.strip()) + 1, text, hinted_names(file_hint))
    if not scores:
        return _only(near), tuple(near)
    best = max(scores.values())
    winners = [key for key, score in scores.items() if score >= best - 1e-9]
    spoken = max(own[kind_of(key[0])] for key in winners)
    winners = [key for key in winners if own[kind_of(key[0])] == spoken]
    candidates = tuple(dict.fromkeys(area for key in winners for area in key))
    if len(candidates) > 1:
        return None, candidates
    subject = _as_called(_of_day(candidates[0], own, on), own)
    subject = replace(subject, province=province_before(subject, on)) if on else subject
    return subject, (subject,)


def _as_called(area: Area, own: Counter[str]) -> Area:
    """The area under the kind that the text calls it by: `huyện` long before it became a town."""
    kinds = words()["subject"]["kinds_of_district"]
    spoken = max(kinds, key=lambda kind: own[kind])
    unit = unit_of(area)
    if area.level != "district" or unit is None or own[kind_of(area)] or not own[spoken]:
        return area
    return replace(area, name=f"{spoken.capitalize()} {unit.core}")


def _of_day(area: Area, own: Counter[str], on: date | None) -> Area:
    """The unit of that day, where one of the same name took over and the text speaks of its kind: a special zone."""
    unit = unit_of(area)
    if unit is None or _is_held(area, on) or own[unit.kind]:
        return area
    heirs = [u for u in gazetteer().by_core[name_key(unit.core)] if on and u.held_on(on) and own[u.kind]]
    return heirs[0].area if len(heirs) == 1 else area


def _only(areas: Sequence[Area]) -> Area | None:
    return areas[0] if len(areas) == 1 else None


@cache
def _related() -> re.Pattern[str]:
    starts = "|".join(re.escape(match_form(w)) for w in words()["subject"]["related"])
    return re.compile(rf"^\W*(?:{starts})\b", re.MULTILINE)


def _without_related(body: str) -> str:
    """The text without the page's related items at its end."""
    found = next((m for m in _related().finditer(match_form(body)) if m.start() > len(body) / 3), None)
    return body[: found.start()] if found else body


def _named(text: str, mentions: Sequence[AreaMention], areas: Sequence[Area | None]) -> list[_Named]:
    form = match_form(text)
    found, end, previous = [], -9, None
    for mention, area in zip(mentions, areas, strict=True):
        gap = text[end : mention.start] if end >= 0 else "-----"
        close = re.fullmatch(r"\s*[,(-]\s*", gap) is not None
        holds = bool(close and area and previous and area.area_id in {a.area_id for a in ancestors(previous)})
        before = form[max(0, mention.start - 60) : mention.start]
        opens = 1.0 if re.match(r"\s*[:–-]", text[mention.end : mention.end + 3]) else 0.0
        found.append(_Named(mention, area, before, opens, holds))
        end, previous = mention.end, area
    return found


def _group(named: Sequence[_Named]) -> Area | None:
    """The country, where a text compares regions, or many provinces none of which stands out."""
    areas = [n.area for n in named if n.area]
    regions = {a.area_id for a in areas if a.level == "region"}
    provinces = Counter(a.area_id for a in areas if a.level == "province")
    spread = len(provinces) >= _MANY_PROVINCES and max(provinces.values()) <= 2
    if len(regions) >= _MANY_REGIONS or (spread and any(a.level == "country" for a in areas)):
        return gazetteer().by_id["vn:c:00"][0].area
    return None


@cache
def _own_pattern() -> re.Pattern[str]:
    def either(forms: Iterable[str]) -> str:
        return "|".join(re.escape(match_form(w)) for w in sorted(forms, key=len, reverse=True))

    kinds = [k["kind"] for k in words()["kinds"] if k["kind"] != "vùng"] + ["tp"]
    own = either(words()["subject"]["own"])
    return re.compile(
        rf"(?<!\w)(?P<own>{own})\s+(?P<kind>{either(kinds)})(?!\w)(?!\s+(?:hội|này|đó|trên)\b)(?!\s*[,/]\s*(?:{either(kinds)})\b)"
    )


def _own_levels(text: str, mentions: Sequence[AreaMention]) -> Counter[str]:
    """How often a level word without a name stands for the report's own unit: `UBND phường`, `toàn huyện`."""
    taken = {m.start for m in mentions}
    counts: Counter[str] = Counter()
    for match in _own_pattern().finditer(match_form(text)):
        if match.start("kind") not in taken:
            kind = match["kind"]
            counts["thành phố" if kind == "tp" else kind] += 1
    return counts


@cache
def _acting_pattern() -> re.Pattern[str]:
    kinds = "|".join(entry["kind"] for entry in words()["kinds"])
    acts = "|".join(words()["subject"]["acts"])
    return re.compile(rf"(?:^|[.;:,]\s|\n)\W*(?P<kind>{kinds})(?= (?:đã |cũng |hiện )*(?:{acts})(?!\w))")


def _acting_levels(text: str, mentions: Sequence[AreaMention]) -> Counter[str]:
    """How often a level word without a name is who does something: `Thành phố tiếp nhận 45.000 hồ sơ`."""
    taken = {m.start for m in mentions}
    found = _acting_pattern().finditer(match_form(text))
    return Counter(match["kind"] for match in found if match.start("kind") not in taken)


def _told_by_levels(
    mentions: Sequence[AreaMention], areas: Sequence[Area | None], levels: Counter[str], on: date | None
) -> list[Area | None]:  # fmt: skip
    """A bare name that several units share means the one that the text names in full, or whose level word it uses."""
    told: list[Area | None] = []
    in_full = _named_in_full(mentions, areas, on)
    for mention, area in zip(mentions, areas, strict=True):
        if mention.level_word is None and (area is None or area.level == "commune" or not _is_held(area, on)):
            area = in_full.get(match_form(mention.quote), area)
        elif mention.level_word is None:
            named = in_full.get(match_form(mention.quote), area)
            area = max((area, named), key=lambda a: levels[kind_of(a)]) if named else area
        homonyms = [a for a in mention.candidates if _is_held(a, on)]
        if mention.level_word is None and len({a.level for a in homonyms}) > 1:
            most = max(levels[kind_of(a)] for a in homonyms)
            best = [a for a in homonyms if levels[kind_of(a)] == most]
            area = best[0] if most and len({(a.name, a.province) for a in best}) == 1 else area
        told.append(area)
    return told


def _named_in_full(
    mentions: Sequence[AreaMention], areas: Sequence[Area | None], on: date | None
) -> dict[str, Area]:  # fmt: skip
    """By its bare name the unit that a text first names with its level word, one of that day if possible."""
    named: dict[str, Area] = {}
    in_full = [area for mention, area in zip(mentions, areas, strict=True) if mention.level_word and area]
    for area in sorted(in_full, key=lambda area: not _is_held(area, on)):
        named.setdefault(core_name(area), area)
    return named


def _is_held(area: Area, on: date | None) -> bool:
    unit = unit_of(area)
    return on is None or unit is None or unit.until is None or on <= unit.until


Key = tuple[Area, ...]
"""The answer, or the candidates that stand for it together."""


def _scores(
    named: Sequence[_Named], own: Counter[str], title_end: int, text: str, hinted: frozenset[str]
) -> dict[Key, float]:
    scores: dict[Key, float] = defaultdict(float)
    seen: Counter[Key] = Counter()
    heads = [n for n in named if n.area and _heads_letter(n, text)]
    for n in named:
        key = (n.area,) if n.area else n.mention.candidates
        if key[0].level in ("country", "region"):
            continue
        seen[key] += 1
        issues = n in heads and not any(n.area in ancestors(h.area) for h in heads if h.area)
        scores[key] += _weight(n, seen[key], title_end) + (_LETTERHEAD if issues else 0.0)
        for holder in ancestors(key[0]) if n.area else ():
            scores[(holder,)] += 0.0
    total = sum(own.values())
    for holder, inner in _inner(scores).items():
        if not total or own[kind_of(holder)] >= total / 3:  # a text of a ward may name other wards of its province
            scores[(holder,)] += min(_PER_INNER * (inner - 1), 2.0)
    for key in scores:
        scores[key] += sum(_own_weight(area, own, total) for area in key) / len(key)
        scores[key] += 2.0 * any(ascii_form(area.name) in hinted for area in key)
    return dict(scores)


def _inner(keys: Iterable[Key]) -> Counter[Area]:
    """How many units of the next level a text names inside a unit: one that lists districts is about the province."""
    direct = {(a[0].area_id, holders[0]) for a in keys if len(a) == 1 and (holders := ancestors(a[0]))}
    return Counter(holder for _, holder in direct)


def _own_weight(area: Area, own: Counter[str], total: int) -> float:
    return min(total, 4) * own[kind_of(area)] / total if total else 0.0


def _heads_letter(n: _Named, text: str) -> bool:
    """True in a letterhead; of two bodies named there, the one within the other issues the letter."""
    start, before = n.mention.start, _motto().sub("", n.before)
    return start < _HEAD and _letterhead().search(before) is not None and _in_capitals(text, n.mention)


def _weight(n: _Named, times: int, title_end: int) -> float:
    """What one more mention adds: less each time, more in the title and for who acts, less in a masthead."""
    weight = 1.0 if times <= 2 else 0.5 if times <= 8 else 0.0
    mention = n.mention
    if mention.start < title_end:
        weight += 2.5 + n.opens
    elif mention.start < _HEAD:
        weight += 1.0 if times <= 2 else 0.0
    if _actor().search(n.before):
        weight += 1.0 if times <= 4 else 0.25
    if mention.start < title_end and n.area and n.area.level == "province" and _located().search(n.before):
        return weight * 0.25  # `Một phường cảng ở TP.HCM`
    if n.holds_previous or _masthead().search(n.before):
        weight *= 0.25
    return weight


def _in_capitals(text: str, mention: AreaMention) -> bool:
    """True where the whole line is in capitals, up to the motto; `UBND TP.HCM` in a sentence is no letterhead."""
    end = text.find("\n", mention.start)
    line = text[text.rfind("\n", 0, mention.start) + 1 : end if end >= 0 else len(text)]
    motto = _motto().search(match_form(line))
    return (line[: motto.start()] if motto and motto.start() else line).isupper()


@cache
def _motto() -> re.Pattern[str]:
    return re.compile(words()["subject"]["motto"])


@cache
def _letterhead() -> re.Pattern[str]:
    return _ending(words()["subject"]["letterhead"])


@cache
def _masthead() -> re.Pattern[str]:
    names = "|".join(re.escape(match_form(w)) for w in words()["subject"]["masthead"])
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)[^.:;\n]{{0,40}}\Z")


@cache
def _located() -> re.Pattern[str]:
    kinds = "|".join(words()["subject"]["kinds_in_title"])
    return re.compile(rf"(?<!\w)(?:{kinds})(?!\w)[^.:;\n]{{0,40}}(?:ở|tại|của)\s+\Z")


@cache
def _actor() -> re.Pattern[str]:
    return _ending(words()["subject"]["actor"])


def _ending(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(match_form(w)) for w in forms)})\s+\Z")


def _hinted_areas(file_hint: str, on: date | None) -> list[Area]:
    """The units that a folder or file name alone points to, narrowest first."""
    found = hinted_names(file_hint)
    units = [u for us in gazetteer().by_id.values() for u in us if ascii_form(u.name) in found] if found else []
    areas = [u.area for u in units if on is None or u.held_on(on)]
    narrowest = max((RANK[a.level] for a in areas), default=0)
    return [a for a in dict.fromkeys(areas) if RANK[a.level] == narrowest]
