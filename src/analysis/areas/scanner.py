"""The pass over a text that finds the names of administrative units, with their level words or without."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from analysis.areas.gazetteer import (
    RANK,
    Key,
    Unit,
    as_area,
    gazetteer,
    levels_of_kind,
    words,
)
from analysis.areas.tokens import (
    CAPITAL,
    COUNTRY,
    DISTRICT,
    LEVEL,
    WIDE,
    Tokens,
    bare_names,
    level_words,
    longest_bare_name,
    word_list,
)
from analysis.model import Area, AreaLevel
from analysis.text import match_form


@dataclass(frozen=True, slots=True)
class AreaMention:
    """A unit named in a text; `candidates` are all units that the words can mean, widest first."""

    start: int
    end: int
    quote: str
    level_word: AreaLevel | None
    """The level that the level word tells (the widest where it can tell two); None for a bare name."""
    candidates: tuple[Area, ...]


class _Name(NamedTuple):
    """A name found: the tokens it takes and the units that have it."""

    after: int
    """Index of the first token behind the name."""
    units: tuple[Unit, ...]


class _Level(NamedTuple):
    """A level word found, or several: `các huyện, thành phố`."""

    first: int
    after: int
    kinds: tuple[str, ...]
    plural: bool
    full: bool
    """Written out, so that a text's own idea of the kind is taken seriously."""


class _Last(NamedTuple):
    """The mention before, while a list may go on."""

    end: int
    kinds: tuple[str, ...]
    plural: bool
    units: tuple[Unit, ...]


_GAP = re.compile(r"\s*\n?\s*|\s?[-–]\s?")
_LEVEL_GAP = re.compile(r"\.?[^\S\n]*\n?[^\S\n]*")
_LIST_GAP = re.compile(r"(?:\s*\([^()\n]{0,60}\))?\s*(?:[,;/&]|,?\s*và\b)\s*", re.IGNORECASE)
_PARENT_GAP = re.compile(r"\s*[,(]\s*|\s?[-–]\s?")
_LABEL_END = re.compile(r"\s*(?::|[-–—]\s)")


class Scanner:
    """One pass over the places in a text at which something may begin."""

    def __init__(self, text: str, tokens: Tokens, introduced: dict[Key, tuple[Unit, ...]]) -> None:
        self.text = text
        self.words, self.begins, self.starts, self.ends = tokens
        self.introduced = introduced
        self.last: _Last | None = None

    def mentions(self) -> Iterator[tuple[AreaMention, tuple[Unit, ...]]]:
        """The mentions, in order, each with the units of its name."""
        behind, follows = 0, []
        for site in [*self._sites(), len(self.words)]:
            while behind < site and (follows := [k for k in follows if k >= behind]) and follows[0] < site:
                behind, follows = yield from self._try(follows[0], follows)
            if behind <= site < len(self.words):
                behind, follows = yield from self._try(site, follows)

    def _sites(self) -> list[int]:
        """The words that can begin a mention by themselves."""
        checks = {LEVEL: self._may_announce, DISTRICT: self._may_be_label}
        begun = [(i, begins & ~CAPITAL) for i, begins in enumerate(self.begins) if begins and begins != CAPITAL]
        sites = [i for i, begins in begun if begins not in checks or checks[begins](i)]
        return sorted({*sites, *self._beginning_introduced()}) if self.introduced else sites

    def _beginning_introduced(self) -> list[int]:
        """The words with which introduced names begin."""
        first = {key[0] for key in self.introduced}
        capitals = [i for i, begins in enumerate(self.begins) if begins & CAPITAL] if first else []
        return [i for i in capitals if self.words[i].key in first]

    def introduced_places(self) -> Iterator[int]:
        """Where in the text introduced names stand, with their level word or without."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self.introduced:
            lengths[key[0]].add(len(key))
        for i in self._beginning_introduced():
            if any(self._key(i, i + length) in self.introduced for length in lengths[self.words[i].key]):
                yield self.starts[i]

    def _may_announce(self, i: int) -> bool:
        """False for a level word without capitals behind it, unless others may be joined to it: `các xã, phường A`."""
        if any([begins & CAPITAL for begins in self.begins[i + 1 : i + 3]]):
            return True
        before = self.words[i - 1].key if i else ""
        return before in word_list("plural_words") or before.isdigit()

    def _may_be_label(self, i: int) -> bool:
        before = self.words[i - 1].key in word_list("locative") if i else True
        return before or "\n" in self._between(i - 1, i)

    def _try(self, i: int, follows: list[int]) -> Iterator[tuple[AreaMention, tuple[Unit, ...]]]:
        """Yield the mention at word i, if any; return the word behind it, and those that may go on from it."""
        last = self.last
        after = (yield from self._at(i)) or i + 1
        return after, self._follows() if self.last is not last else follows

    def _follows(self) -> list[int]:
        """Words that may go on a list, or name the unit that holds the last one: behind it, or behind its brackets."""
        end = self.last.end if self.last else 0
        found = []
        close = self.text.find(")", end, end + 200)
        for place in (end, close) if close >= 0 else (end,):
            k = bisect_left(self.starts, place)
            found += [k, k + 1] if k < len(self.words) and self.words[k].key == "và" else [k]
        return sorted({k for k in found if k < len(self.words)})

    def _at(self, i: int) -> Iterator[tuple[AreaMention, tuple[Unit, ...]]]:
        """Yield the mention that begins at token i, if any; return the token behind it."""
        level = self._level(i)
        if level:
            name = self._named(level)
            if name is None:
                return level.after
            start, kinds, plural = self.starts[level.first], level.kinds, level.plural
        else:
            listed = self._listed(i)
            name = listed or self._bare(i)
            if name is None or not name.units:
                return name.after if name else None
            start, kinds, plural = self.starts[i], (), False
            if listed and self.last:
                kinds, plural = self.last.kinds, self.last.plural
        end = self.ends[name.after - 1]
        units = tuple(sorted(name.units, key=lambda u: (RANK[u.level], u.area_id)))
        areas = tuple(dict.fromkeys(as_area(u) for u in units))
        word = units[0].level if level or kinds else None
        yield AreaMention(start, end, self.text[start:end], word, areas), units
        if not self._inside_bracket(start):
            self.last = _Last(end, kinds, plural, units)
        return name.after

    # -- level words -------------------------------------------------------------------------------------

    def _level(self, i: int) -> _Level | None:
        """The level word at token i, with those joined to it: `huyện, thị xã và thành phố`."""
        found = self._one_level(i)
        if not found:
            return None
        kinds, first, after, full = [found[0]], i, found[1], found[2]
        before = self.words[i - 1].key if i else ""
        plural = before in word_list("plural_words") or before.isdigit()
        while plural and (step := self._joined_level(after)) and (more := self._one_level(step)):
            kinds.append(more[0])
            first, after = step, more[1]
        return _Level(first, after, tuple(kinds), plural, full)

    def _joined_level(self, after: int) -> int | None:
        """Where a level word that a comma or `và` joins to the one before may begin."""
        if after < len(self.words) and self.words[after].key == "và":
            return after + 1
        joined = after < len(self.words) and self._between(after - 1, after).strip() in (",", "/")
        return after if joined else None

    def _one_level(self, i: int) -> tuple[str, int, bool] | None:
        if i >= len(self.begins) or not self.begins[i] & LEVEL:
            return None
        for size in (2, 1) if i + 1 < len(self.words) else (1,):
            found = level_words().get(self._key(i, i + size))
            if not found or (size == 2 and self._between(i, i + 1).strip(" .\u00a0\n")):
                continue
            kind, full = found
            if full or (self.words[i].capital and self._abbreviates(i + size - 1)):
                return kind, i + size, full
        return None

    def _abbreviates(self, i: int) -> bool:
        """One letter is a level word only with a full stop, or glued to a digit; more letters always."""
        end = self.ends[i]
        after = self.text[end : end + 1]
        return end - self.starts[i] > 1 or after == "." or after.isdigit()

    # -- names -------------------------------------------------------------------------------------------

    def _named(self, level: _Level) -> _Name | None:
        """The name behind a level word."""
        i = level.after
        if i >= len(self.words):
            return None
        gap = self._between(i - 1, i)
        is_list = level.plural and gap.strip() == ":"
        if not is_list and not _LEVEL_GAP.fullmatch(gap):
            return None
        name = self._match(i, level.kinds, loose=level.full or level.kinds == ("thành phố",))
        return name if name and self._stands(i, name, level) else None

    def _match(self, i: int, kinds: tuple[str, ...], loose: bool) -> _Name | None:
        """The longest name at token i that a unit of these kinds has (else of their level, under that kind)."""
        for after, units in self._names_at(i):
            exact = tuple(u for u in units if u.kind in kinds)
            if exact:
                return _Name(after, exact)
            levels = {level for kind in kinds for level in levels_of_kind(kind)}
            if loose and after - i > 1 and len(kinds) == 1 and kinds[0] != "vùng":
                kind = kinds[0].capitalize()
                near = tuple(u._replace(name=f"{kind} {u.core}") for u in units if u.level in levels - {"province"})
                if near:
                    return _Name(after, near)
        return None

    def _names_at(self, i: int) -> Iterator[tuple[int, list[Unit]]]:
        """Names of units that begin at token i, longest first: index behind, units."""
        if i >= len(self.begins) or not self.begins[i] & CAPITAL:
            return
        for after in range(min(i + gazetteer().longest.get(self.words[i].key, 0), len(self.words)), i, -1):
            units = gazetteer().by_core.get(self._key(i, after))
            if units and self._joined(i, after) and self._cased(i, after, units[0].core):
                yield after, units

    def _key(self, i: int, after: int) -> Key:
        return tuple([word.key for word in self.words[i:after]])

    def _joined(self, i: int, after: int) -> bool:
        return all(_GAP.fullmatch(gap) and gap.count("\n") < 2 for gap in self._gaps(i, after))

    def _gaps(self, i: int, after: int) -> list[str]:
        return [self._between(k, k + 1) for k in range(i, after - 1)]

    def _between(self, i: int, k: int) -> str:
        return self.text[self.ends[i] : self.starts[k]]

    def _cased(self, i: int, after: int, core: str) -> bool:
        """Capitals where the name has them."""
        parts = re.findall(r"\w[\w'’]*", core)
        if len(parts) != after - i:
            return all(word.capital for word in self.words[i:after])
        return all(word.capital or p[0].islower() for word, p in zip(self.words[i:after], parts, strict=True))

    def _stands(self, i: int, name: _Name, level: _Level) -> bool:
        """False where the words behind show a person (`xã Lại Văn Phúc`) or a count (`phường 3 hồ sơ`)."""
        first, behind = self.words[i], self.words[name.after] if name.after < len(self.words) else None
        if first.key.isdigit():
            k = level.first
            before = self.words[k - 1].key if k and k < i and self._between(k - 1, k).isspace() else ""
            decimal = re.match(r"[.,]\d|%|/\d", self.text[self.ends[i] : self.ends[i] + 2])
            counts = behind and self._between(i, name.after).isspace() and behind.key in word_list("counted")
            return not (decimal or counts or before.isdigit())
        if (
            not behind
            or not behind.capital
            or behind.key.isdigit()
            or self._between(name.after - 1, name.after) not in (" ", "\u00a0")
        ):
            return True
        if self.text[self.starts[i] : self.ends[name.after]].isupper() or self._one_level(name.after):
            return True
        return name.after - i > 1 and first.key not in word_list("family_names")

    # -- bare names --------------------------------------------------------------------------------------

    def _bare(self, i: int) -> _Name | None:
        """The name at token i that needs no level word here."""
        if not self.begins[i] & CAPITAL:
            return self._small(i) if self.begins[i] & COUNTRY else None
        for name in (self._wide(i), self._parent(i), self._local(i)):
            if name and (not name.units or not self._other_name(i, name)):
                return name
        return None

    def _small(self, i: int) -> _Name | None:
        """`cả nước`, `toàn quốc` in small letters."""
        units = [u for u in gazetteer().by_core.get(self._key(i, i + 2), ()) if u.level == "country"]
        return _Name(i + 2, tuple(units)) if units and self._joined(i, i + 2) else None

    def _listed(self, i: int) -> _Name | None:
        """The next member of a list that began with a level word."""
        if not self.last or not self.last.kinds:
            return None
        if not _LIST_GAP.fullmatch(self.text, self.last.end, self.starts[i]):
            return None
        if not self.last.plural and (self.words[i].key.isdigit() or self._parent(i) or self._wide(i)):
            return None
        name = self._match(i, self.last.kinds, loose=self.last.plural)
        plain = _Level(i, i, self.last.kinds, self.last.plural, True)
        return name if name and self._stands(i, name, plain) else None

    def _wide(self, i: int) -> _Name | None:
        """A province, a region, the country; with no units where a longer name only looks so."""
        if not self.begins[i] & WIDE:
            return None
        longest = min(9, longest_bare_name(self.words[i].key))
        for after in range(min(i + longest, len(self.words)), i, -1):
            units = bare_names().get(self._key(i, after))
            if units is None or not self._joined(i, after):
                continue
            if not units or self._cased(i, after, units[0].core):
                return _Name(after, units)
        return None

    def _parent(self, i: int) -> _Name | None:
        """The unit that holds the one just named: `phường 4, Đà Lạt`."""
        if not self.last or not _PARENT_GAP.fullmatch(self.text, self.last.end, self.starts[i]):
            return None
        inner = {u.parent_id for u in self.last.units}
        inner |= {p.parent_id for parent in inner if parent for p in gazetteer().by_id[parent]}
        for after, units in self._names_at(i):
            holds = tuple(u for u in units if u.area_id in inner)
            if holds:
                return _Name(after, holds)
        return None

    def _local(self, i: int) -> _Name | None:
        """A name introduced elsewhere with its level word, or a district as a label, or a city after `ở`."""
        for after, units in self._names_at(i):
            key = self._key(i, after)
            known = self.introduced.get(key)
            if known:
                return _Name(after, known)
            if after - i < 2 or " ".join(key) in word_list("needs_level"):
                continue
            districts = tuple(u for u in units if u.level == "district")
            cities = tuple(u for u in districts if u.kind in ("thành phố", "thị xã"))
            label = self._starts_line(i) and _LABEL_END.match(self.text, self.ends[after - 1])
            near = i and self.words[i - 1].key in word_list("locative") and cities
            if districts and (label or near):
                return _Name(after, districts if label else cities)
        return None

    def _starts_line(self, i: int) -> bool:
        line = self.text.rfind("\n", 0, self.starts[i]) + 1
        return not re.search(r"\w", self.text[line : self.starts[i]])

    def _other_name(self, i: int, name: _Name) -> bool:
        """True where the words before show a street, a house or a person of that name."""
        k, first = i, self.starts[i]
        shouted = self.text[first : self.ends[name.after - 1]].isupper()
        while k and self.words[k - 1].capital and self._between(k - 1, k) in (" ", "\u00a0"):
            if self.words[k - 1].key in word_list("family_names") and not shouted:
                return True
            k -= 1
        before = match_form(self.text[max(0, self.starts[k] - 24) : self.starts[k]])
        close = match_form(self.text[max(0, first - 24) : first])
        if _ends_with(before, "person_words") or _ends_with(close, "street_words"):
            return True
        house = i > 1 and self.words[i - 1].key[:1].isdigit() and self._between(i - 1, i) == " "
        return house and self.words[i - 2].key in word_list("house_words")

    def _inside_bracket(self, start: int) -> bool:
        if not self.last:
            return False
        between = self.text[self.last.end : start]
        return len(between) < 80 and between.count("(") > between.count(")")


@cache
def _endings(entry: str) -> re.Pattern[str]:
    forms = "|".join(re.escape(match_form(word)) for word in words()[entry])
    return re.compile(rf"(?<!\w)(?:{forms})[:.]?\s+\Z")


def _ends_with(before: str, entry: str) -> bool:
    return bool(_endings(entry).search(before))
