"""The administrative units of both structures: to 30 June 2025 (`vn63`) and since (`vn34`)."""

from __future__ import annotations

import csv
import difflib
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from analysis.catalogue import read_vocabulary
from analysis.model import Area, AreaLevel
from analysis.text import match_form

Key = tuple[str, ...]
RANK: dict[str, int] = {"country": 0, "region": 1, "province": 2, "district": 3, "commune": 4}
"""Levels from wide to narrow."""
_REMEMBERED = timedelta(days=5 * 366)
"""How long after its end a unit is still counted in reports."""
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")


class Unit(NamedTuple):
    """A name of a unit with the days on which it held; a unit that was renamed has several."""

    area_id: str
    name: str
    kind: str
    core: str
    """The name without its level word."""
    level: AreaLevel
    parent_id: str
    since: date | None
    until: date | None
    successors: tuple[str, ...]

    def held_on(self, day: date) -> bool:
        """True where the unit had this name on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    @property
    def area(self) -> Area:
        """The unit as the rest of the project sees it."""
        return as_area(self)


class Gazetteer(NamedTuple):
    """All units, by id and by the words of their core names."""

    by_id: dict[str, list[Unit]]
    by_core: dict[Key, list[Unit]]
    longest: dict[str, int]
    """First word of a name -> number of words of the longest name that begins so."""


@cache
def words() -> dict[str, Any]:
    """The vocabulary of level words, abbreviations and contexts."""
    return read_vocabulary("areas.yaml")


@lru_cache(maxsize=20_000)
def word_key(word: str) -> str:
    """The form in which a syllable of a name is compared: `HOÀ` as `hòa`, `Lý` as `lí`, `09` as `9`."""
    form = match_form(unicodedata.normalize("NFC", word))
    if form.isdigit():
        return form.lstrip("0") or "0"
    return words()["syllables"].get(form, form)


@cache
def name_key(name: str) -> Key:
    """The words of a name, as compared: without case, hyphens and the placement of tone marks.

    >>> name_key("Bà Rịa-Vũng Tàu") == name_key("BÀ RỊA - VŨNG TÀU")
    True
    """
    return tuple(word_key(w) for w in _WORD.findall(name))


@cache
def _kind_pattern() -> re.Pattern[str]:
    kinds = sorted((entry["kind"] for entry in words()["kinds"]), key=len, reverse=True)
    return re.compile(rf"({'|'.join(kinds)})\s+", re.IGNORECASE)


def levels_of_kind(kind: str) -> tuple[AreaLevel, ...]:
    """The levels that a level word can mean.

    >>> levels_of_kind("thành phố")
    ('province', 'district')
    """
    return tuple(next(entry["levels"] for entry in words()["kinds"] if entry["kind"] == kind))


@cache
def gazetteer() -> Gazetteer:
    """The table, read once in about a tenth of a second."""
    by_id: dict[str, list[Unit]] = defaultdict(list)
    for unit in _table_units():
        by_id[unit.area_id].append(unit)
    for entry in words()["units"]:
        unit = _unit(entry["area_id"], entry["name"], entry["parent_id"], None, entry["to"], entry["successors"])
        by_id[unit.area_id] = [unit]
    for entry in words()["names"]:
        _add_name(by_id[entry["area_id"]], entry)
    for entry in words()["groups"]:
        level = "country" if entry["area_id"].startswith("vn:c") else "region"
        for name in (entry["name"], *entry["also"]):
            by_id[entry["area_id"]].append(_unit(entry["area_id"], name, "", None, None, (), level))
    return _indexed(dict(by_id))


def _table_units() -> Iterable[Unit]:
    path = files("analysis") / "vocabulary" / "gazetteer.csv"
    spelling = words()["spelling"]
    with path.open(encoding="utf-8", newline="") as lines:
        for area_id, name, level, parent_id, since, until, into, earlier in list(csv.reader(lines))[1:]:
            bounds = words()["schemes"][area_id[:4]]
            first = date.fromisoformat(since) if since else bounds["from"]
            last = date.fromisoformat(until) if until else bounds["to"]
            after = tuple(into.split())
            yield _unit(area_id, spelling.get(area_id, name), parent_id, first, last, after, level)
            if earlier:
                yield _unit(area_id, earlier, parent_id, first, last, after, level)


_LEVEL_LETTER: dict[str, AreaLevel] = {"p": "province", "d": "district", "w": "commune"}


def _unit(
    area_id: str, name: str, parent_id: str, since: date | None, until: date | None,
    into: Iterable[str], level: Any = None,
) -> Unit:  # fmt: skip
    match = _kind_pattern().match(name)
    kind, core = (match[1].lower(), name[match.end() :]) if match else ("", name)
    level = level or _LEVEL_LETTER[area_id.split(":")[1]]
    return Unit(area_id, name, kind, core, level, parent_id, since, until, tuple(into))


def _add_name(units: list[Unit], entry: dict[str, Any]) -> None:
    """Give a unit a dated name: the days of a name that is there, or one more."""
    base = units[0]
    bounds = words()["schemes"][base.area_id[:4]]
    since, until = entry.get("from", bounds["from"]), entry.get("to", bounds["to"])
    named = _unit(base.area_id, entry["name"], base.parent_id, since, until, base.successors, base.level)
    others = [u for u in units if u.name != named.name]
    if entry.get("from"):  # what it was called until then
        eve = date.fromordinal(entry["from"].toordinal() - 1)
        others = [u._replace(until=min(u.until or eve, eve)) for u in others]
    units[:] = [named, *others]


def _indexed(by_id: dict[str, list[Unit]]) -> Gazetteer:
    by_core: dict[Key, list[Unit]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    written = words()["written"]
    for units in by_id.values():
        for unit in units:
            for core in (unit.core, *written.get(unit.core, ())):
                key = name_key(core)
                if unit not in by_core[key]:
                    by_core[key].append(unit)
                longest[key[0]] = max(longest[key[0]], len(key))
    return Gazetteer(by_id, dict(by_core), dict(longest))


@cache
def as_area(unit: Unit, on: date | None = None) -> Area:
    """A unit's name as an Area, with its province under the name it had on a day (else when the unit ended)."""
    return Area(unit.area_id, unit.name, unit.level, _province_of(unit, on or unit.until), unit.parent_id)


def _province_of(unit: Unit, day: date | None) -> str:
    while unit.level in ("district", "commune"):
        parents = gazetteer().by_id[unit.parent_id]
        unit = next((p for p in parents if day is None or p.held_on(day)), parents[0])
    return unit.core if unit.level == "province" else ""


def province_id(unit: Unit) -> str:
    """The id of the province that holds a unit, or of the unit itself; empty for the country and for regions."""
    while unit.level in ("district", "commune"):
        unit = gazetteer().by_id[unit.parent_id][0]
    return unit.area_id if unit.level == "province" else ""


@cache
def districts_by_province() -> dict[str, tuple[Unit, ...]]:
    """The districts of each province, by its id, under all names they had."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for units in gazetteer().by_id.values():
        for unit in units:
            if unit.level == "district":
                found[province_id(unit)].append(unit)
    return {province: tuple(units) for province, units in found.items()}


@cache
def communes_by_district() -> dict[str, tuple[Unit, ...]]:
    """The communes of each district, by its id, under all names they had."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for units in gazetteer().by_id.values():
        for unit in units:
            if unit.level == "commune" and gazetteer().by_id[unit.parent_id][0].level == "district":
                found[unit.parent_id].append(unit)
    return {district: tuple(units) for district, units in found.items()}


def unit_of(area: Area) -> Unit | None:
    """The row behind an Area; where its name was taken from a text, the unit's main name."""
    units = gazetteer().by_id.get(area.area_id, [])
    return next((u for u in units if u.name == area.name), units[0] if units else None)


@cache
def _predecessors() -> dict[str, Unit]:
    """For each unit that took over land, one of those that it was formed from."""
    return {new: unit for units in gazetteer().by_id.values() for unit in units for new in unit.successors}


def province_before(area: Area, day: date) -> str:
    """The province on a day of a unit that is still to come: of the land that it will be formed from.

    >>> province_before(find_area_by_name("Phường Phủ Lý", on=date(2025, 8, 1))[0], date(2025, 6, 20))
    'Hà Nam'
    """
    unit = unit_of(area)
    former = _predecessors().get(area.area_id)
    return _province_of(former, day) if unit and former and unit.since and day < unit.since else area.province


def core_name(area: Area) -> str:
    """The name of a unit without its level word, in the matching form: `phủ lý`."""
    unit = unit_of(area)
    return match_form(unit.core if unit else area.name)


def kind_of(area: Area) -> str:
    """The level word of an area's name, in small letters; empty where it has none.

    >>> kind_of(area_by_id("vn63:d:347"))
    'thành phố'
    """
    match = _kind_pattern().match(area.name)
    return match[1].lower() if match else ""


@lru_cache(maxsize=20_000)
def held_on(candidates: tuple[Area, ...], day: date) -> tuple[Area, ...]:
    """Those that exist on a day, under that name if possible; all where none does: a text may look back or ahead."""
    by_name, by_id = [], []
    for area in candidates:
        units = [u for u in gazetteer().by_id[area.area_id] if u.held_on(day)]
        by_id += [area] if units else []
        by_name += [area] if any(u.name == area.name for u in units) else []
    return tuple(by_name or by_id) or candidates


@lru_cache(maxsize=20_000)
def nameable_on(candidates: tuple[Area, ...], day: date) -> tuple[Area, ...]:
    """Units of a day, and those merged away in the years before it, which a report may still name."""
    return tuple(dict.fromkeys((*held_on(candidates, day), *(a for a in candidates if _merged_lately(a, day)))))


def _merged_lately(area: Area, day: date) -> bool:
    unit = unit_of(area)
    return bool(
        unit and unit.until and unit.until < day <= words()["schemes"]["vn63"]["to"] and day - unit.until < _REMEMBERED
    )


def area_by_id(area_id: str, on: date | None = None) -> Area | None:
    """The unit of an id, under the name it had on a day (else its latest).

    >>> area_by_id("vn63:d:347")
    Area(area_id='vn63:d:347', name='Thành phố Phủ Lý', level='district', province='Hà Nam', parent_id='vn63:p:35')
    """
    units = gazetteer().by_id.get(area_id, [])
    held = [u for u in units if on is None or u.held_on(on)] or units
    return max(held, key=lambda u: u.since or date.min).area if held else None


@lru_cache(maxsize=20_000)
def ancestors(area: Area) -> tuple[Area, ...]:
    """The units that hold an area, nearest first.

    >>> [a.name for a in ancestors(area_by_id("vn63:w:11338"))]
    ['Quận Ngô Quyền', 'Thành phố Hải Phòng']
    """
    unit, found = unit_of(area), []
    until = unit.until if unit else None
    while area.parent_id and (parent := area_by_id(area.parent_id, until)):
        found.append(parent)
        area = parent
    return tuple(found)


def is_within(area: Area, outer: Area) -> bool:
    """True where `outer` holds the area or is the area itself."""
    return outer.area_id in {area.area_id, *(a.area_id for a in ancestors(area))}


def successors(area: Area) -> tuple[Area, ...]:
    """The units that took over an area's land, in whole or in part, when it was abolished or merged."""
    unit = unit_of(area)
    return tuple(a for i in (unit.successors if unit else ()) if (a := area_by_id(i)))


@lru_cache(maxsize=20_000)
def ascii_form(name: str) -> str:
    """A name as typed without marks: `Đắk Glong` -> `dak glong`."""
    marks = unicodedata.normalize("NFD", name.casefold().replace("đ", "d").replace("ð", "d"))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in marks if not unicodedata.combining(c))))


@cache
def _by_ascii() -> dict[str, list[Unit]]:
    index: dict[str, list[Unit]] = defaultdict(list)
    for units in gazetteer().by_id.values():
        for unit in units:
            for form in {ascii_form(unit.name), ascii_form(unit.core)}:
                index[form].append(unit)
    return dict(index)


def find_area_by_name(name: str, on: date | None = None) -> list[Area]:
    """All units that a person may mean by a name as typed, widest first; empty where none has it.

    Level word, tone marks and their placement may be left out or differ; marks that are typed count.

    >>> [a.name for a in find_area_by_name("tp phu ly")]
    ['Thành phố Phủ Lý']
    >>> [a.name for a in find_area_by_name("Phủ Lý", on=date(2025, 8, 1))]
    ['Phường Phủ Lý']
    """
    kind, core = _typed_kind(name)
    is_ascii = ascii_form(core) == " ".join(core.casefold().split())
    units = gazetteer().by_core.get(name_key(core), [])
    if is_ascii and not units:
        units = _by_ascii().get(ascii_form(core), [])
    units = [u for u in units if not kind or ascii_form(u.kind) == kind] or units
    units = [u for u in units if on is None or u.held_on(on)]
    unique = {u.area_id: u for u in sorted(units, key=lambda u: u.since or date.min)}
    return [u.area for u in sorted(unique.values(), key=lambda u: (RANK[u.level], u.area_id))]


def _typed_kind(name: str) -> tuple[str, str]:
    """ASCII form of a typed level word or abbreviation, and the rest."""
    form = " ".join(unicodedata.normalize("NFC", name).split())
    for entry in words()["kinds"]:
        for word in (entry["kind"], ascii_form(entry["kind"]), *entry["short"]):
            match = re.match(rf"{re.escape(word)}(?:\.\s*|\s+)(?=\S)", match_form(form))
            if match:
                return ascii_form(entry["kind"]), form[match.end() :]
    return "", form


def suggest_areas(name: str, among: Iterable[str]) -> list[str]:
    """The names nearest to one that wasn't found, best first.

    >>> suggest_areas("thanh pho phu li", ["Thành phố Phủ Lý", "Quận Ngô Quyền"])
    ['Thành phố Phủ Lý']
    """
    forms: dict[str, str] = {}
    for candidate in among:
        forms.setdefault(ascii_form(candidate), candidate)
        forms.setdefault(ascii_form(_kind_pattern().sub("", candidate, count=1)), candidate)
    near = difflib.get_close_matches(ascii_form(name), forms, n=5, cutoff=0.6)
    return list(dict.fromkeys(forms[form] for form in near))[:3]


def slug(area: Area) -> str:
    """A file name for an area: ASCII, unique, never one that Windows reserves.

    Units of the structure since July 2025 end in `-2025`, since codes and names were reused.

    >>> slug(area_by_id("vn63:w:11338"))
    'phuong-cau-tre-11338'
    >>> slug(Area("", "Thôn Con", "commune", "Hà Nam"))
    'thon-con-ha-nam-2edf93'
    """
    base = ascii_form(area.name).replace(" ", "-")
    if not area.area_id:
        digest = hashlib.sha256(f"{area.name}|{area.level}|{area.province}".encode()).hexdigest()[:6]
        return "-".join(part for part in (base, ascii_form(area.province).replace(" ", "-"), digest) if part)
    scheme, _, code = area.area_id.split(":")
    return f"{base}-{code}" + ("-2025" if scheme == "vn34" else "")
