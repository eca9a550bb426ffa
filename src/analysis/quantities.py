"""Numbers with their unit, qualifier and denominator, as the text has them; not yet interpreted."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

from analysis.catalogue import cache_by_vocabulary, load_pattern, load_units, load_words
from analysis.claims import Claim
from analysis.matching import PatternSet
from analysis.model import Change, Kind, Qualifier, Quantity
from analysis.numerals import Numeral, find_number_words, find_numerals
from analysis.spans import Spans
from analysis.text import match_form

WINDOW = 80
"""How far back, in characters, the words before a number are looked at."""
BEYOND = 1e18
"""More than any sum of money that a report names: such a run of digits is a code, or noise, and no figure."""
QUALIFIERS: tuple[Qualifier, ...] = ("at_least", "at_most", "approximate")
CHANGES: tuple[Change, ...] = ("increase", "decrease")

_words = partial(load_pattern, "qualifiers.yaml")


@cache_by_vocabulary
def noun_pattern() -> re.Pattern[str]:
    """The nouns of units.yaml as they stand right behind a number; group `noun`."""
    nouns = {noun for unit in load_units().values() for noun in unit.nouns if noun != "%"}
    longest_first = sorted(nouns, key=len, reverse=True)
    other = load_words("qualifiers.yaml")["not_nouns"]
    return re.compile(rf"[^\S\n\t]*(?!{other})(?P<noun>{'|'.join(map(re.escape, longest_first))})(?!\w)")


@cache_by_vocabulary
def _unit_of_noun() -> dict[str, str]:
    return {noun: unit.code for unit in load_units().values() for noun in unit.nouns}


# ---- words before a number

_WHOLE_WORDS = (
    "comparatives", "over", "levels", "rank.lead", "rank.not_before", "rank.loose",
    *(f"qualifiers.{name}.before" for name in QUALIFIERS),
    *(f"changes.{name}.before" for name in CHANGES), *(f"rank_changes.{name}" for name in CHANGES),
)  # fmt: skip
_AS_WRITTEN = ("rank.ordinal", "rank.thu", "rank.verb", "score_lead", "share_lead")


@cache
def _lead_patterns() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], PatternSet]:
    """The patterns that have to end where a number begins, by their keys, and all of them together."""
    named = [(name, re.compile(rf"(?<!\w)(?:{_words(*name.split('.')).pattern})\s*$")) for name in _WHOLE_WORDS]
    named += [(name, _words(*name.split("."))) for name in _AS_WRITTEN]
    return tuple(named), PatternSet([pattern for _, pattern in named])


class _Leads:
    """The matching form of a text, and where words begin that may matter to a number behind them."""

    def __init__(self, folded: str) -> None:
        self.folded = folded
        self._named, patterns = _lead_patterns()
        self._starts = patterns.starts(folded)

    def before(self, place: int) -> _Lead:
        """What stands before a place, on its own line."""
        floor = max(0, place - WINDOW)
        floor = max(floor, self.folded.rfind("\n", floor, place) + 1)
        first = bisect_left(self._starts, (floor, 0))
        starts = self._starts[first : bisect_left(self._starts, (place, 0), lo=first)]
        found: dict[str, re.Match[str]] = {}
        for at, k in starts:
            name, pattern = self._named[k]
            if name not in found and (match := pattern.match(self.folded, at, place)):
                found[name] = match
        return _Lead(self.folded, floor, place, starts, found)


@dataclass(slots=True)
class _Lead:
    """A stretch that ends where a number begins."""

    folded: str
    start: int
    end: int
    _starts: list[tuple[int, int]]
    found: dict[str, re.Match[str]]
    """By key the first match of each pattern that ends with the stretch."""

    def found_at(self, name: str, end: int) -> bool:
        """True where a pattern matches that ends at a place within the stretch."""
        named = _lead_patterns()[0]
        return any(named[k][0] == name and named[k][1].match(self.folded, at, end) for at, k in self._starts)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a number, in the matching form."""

    lead: _Lead
    """Before it, on its own line."""
    folded: str
    end: int
    """Behind it and its percent sign."""
    noun: str
    after_noun: str
    percent: bool


# ---- numbers in digits


def find_quantities(text: str, claims: Sequence[Claim] = ()) -> list[Quantity]:
    """Every number that may be a figure, in order, with unit, qualifier, denominator and change.

    `claims` are the stretches already known to be something else. Offsets are those of `text`.

    >>> q = find_quantities("Đến nay đã giải quyết trên 4 nghìn hồ sơ, đạt 98,2%; xếp thứ 8/14 huyện.")
    >>> [(x.quote, x.value, x.unit, x.kind, x.qualifier, x.out_of) for x in q]  # doctest: +NORMALIZE_WHITESPACE
    [('4 nghìn', 4000.0, 'dossier', 'count', 'at_least', None), ('98,2%', 98.2, 'percent', 'percent', 'exact', None),
     ('8/14', 8.0, 'position', 'rank', 'exact', 14.0)]
    """
    leads = _Leads(match_form(text))
    taken = Spans((claim.start, claim.end) for claim in claims)
    free = [n for n in find_numerals(text) if n.value < BEYOND and not taken.meets(n.start, n.end)]
    found = list(_compose(text, leads, free))
    for more in (_in_words, _zeros):
        taken.add((q.start, q.end) for q in found)
        found += more(text, leads, taken)
    return sorted(found, key=lambda q: q.start)


def _compose(text: str, leads: _Leads, numerals: Sequence[Numeral]) -> Iterator[Quantity]:
    """Joins a/b and ranges, and reads each number's surroundings."""
    i, folded = 0, leads.folded
    while i < len(numerals):
        first, second = numerals[i], numerals[i + 1] if i + 1 < len(numerals) else None
        joint = folded[first.end : second.start] if second else ""
        if second and _words("slash").fullmatch(joint):
            yield _quantity(text, leads, first, last=second, out_of=second)
            i += 2
        elif second and _words("dash").fullmatch(joint) and _is_range(folded, first, second):
            yield _quantity(text, leads, first, last=second, high=second.value)
            i += 2
        else:
            yield _quantity(text, leads, first)
            i += 1


def _is_range(folded: str, first: Numeral, second: Numeral) -> bool:
    """`từ 3 đến 5 ngày`, not `tăng từ 3 đến 5 ngày`: a range rises, and has a unit."""
    measured = noun_pattern().match(folded, second.end) or _words("percent").match(folded, second.end)
    moving = _words("moving").search(folded[max(0, first.start - 30) : first.start])
    return bool(second.value > first.value and measured and not moving)


def _quantity(
    text: str, leads: _Leads, first: Numeral, last: Numeral | None = None,
    out_of: Numeral | None = None, high: float | None = None,
) -> Quantity:  # fmt: skip
    start, end = first.start, (last or first).end
    percent = _words("percent").match(leads.folded, end)
    end = percent.end() if percent else end
    around = _around(leads, start, end, percent=bool(percent))
    kind, unit = ("rank", "position") if _is_standing(around.lead, out_of) else _kind_and_unit(around)
    return Quantity(
        start, end, text[start:end],
        value=_reading(first, kind), value_high=high, kind=kind, unit=unit,
        qualifier=_qualifier(around, unit), out_of=_reading(out_of, kind) if out_of else None,
        change=_change(around.lead, unit),
    )  # fmt: skip


def _around(leads: _Leads, start: int, end: int, *, percent: bool) -> _Around:
    folded = leads.folded
    noun = None if percent else noun_pattern().match(folded, end)
    after = noun.end() if noun else end
    return _Around(leads.before(start), folded, end, noun["noun"] if noun else "", folded[after : after + 20], percent)


def _kind_and_unit(around: _Around) -> tuple[Kind, str]:
    if around.percent or _words("percent_points").match(around.folded, around.end):
        return "percent", "percent"
    if _is_rank(around):
        return "rank", "position"
    unit = _unit_of_noun().get(around.noun, "")
    if unit == "point" and _words("places_after_point").match(around.after_noun):
        return "count", "site"
    if not unit and "score_lead" in around.lead.found:
        unit = "point"
    if not unit and "share_lead" in around.lead.found:
        return "percent", "percent"
    return (load_units()[unit].kind, unit) if unit else ("count", "")


def _is_standing(lead: _Lead, out_of: Numeral | None) -> bool:
    """`thứ 95/166`: a rank whatever the verb."""
    return out_of is not None and "rank.thu" in lead.found


def _is_rank(around: _Around) -> bool:
    found = around.lead.found
    if "rank.not_before" in found:
        return False
    if "rank.lead" in found:
        return "rank.loose" not in found or bool(_words("rank", "closed").match(around.folded, around.end))
    ordinal = found.get("rank.ordinal")
    if not ordinal:
        return False
    ranked = around.lead.found_at("rank.verb", ordinal.start())
    return ranked or bool(_words("rank", "after").match(around.folded, around.end))


def _reading(numeral: Numeral, kind: Kind) -> float:
    """One mark before three digits: thousands for a count, decimals for a score or a share."""
    value, other = numeral.value, numeral.alternative
    if other is None:
        return value
    if kind in ("score", "percent"):
        return min(value, other)
    return max(value, other) if kind in ("count", "rank") else value


# ---- change and qualifier


def _change(lead: _Lead, unit: str) -> Change:
    found = lead.found
    if unit == "position" and not ("rank.lead" in found or "rank.ordinal" in found):
        for name in CHANGES:
            if f"rank_changes.{name}" in found:
                return name
    if "levels" in found:
        return "none"
    stripped = _without_qualifier(lead)
    for name in CHANGES:
        key = f"changes.{name}.before"
        if key in found or (stripped < lead.end and lead.found_at(key, stripped)):
            return name
    return "none"


def _without_qualifier(lead: _Lead) -> int:
    """Where the words before a number and its qualifier end: `tăng hơn 12%`."""
    for name in QUALIFIERS:
        match = lead.found.get(f"qualifiers.{name}.before")
        if match and "comparatives" not in lead.found:
            return match.start()
    return lead.end


def _qualifier(around: _Around, unit: str) -> Qualifier:
    lead = around.lead
    if "comparatives" in lead.found or ("over" in lead.found and _means_across(lead, unit)):
        return "exact"
    for name in ("at_least", "at_most"):
        if _words("qualifiers", name, "after").match(around.after_noun.lstrip()):
            return name
    best: tuple[int, Qualifier] = (0, "exact")
    for name in QUALIFIERS:
        match = lead.found.get(f"qualifiers.{name}.before")
        if match and len(match.group()) > best[0]:
            best = (len(match.group()), name)
    return best[1]


def _means_across(lead: _Lead, unit: str) -> bool:
    """`229 thủ tục trên 14 lĩnh vực`: across, not more than."""
    if unit in load_words("qualifiers.yaml")["across_nouns"]:
        return True
    counted = _words("counted_before_over").search(lead.folded[lead.start : lead.end])
    return bool(counted and noun_pattern().fullmatch(counted["counted"]))


# ---- numbers in words


def _in_words(text: str, leads: _Leads, taken: Spans) -> list[Quantity]:
    """Number words that count something or rank: `hai mươi hồ sơ`, `vị trí thứ nhất`."""
    found, folded = [], leads.folded
    for numeral in find_number_words(text):
        if not taken.meets(numeral.start, numeral.end):
            quantity = _quantity(text, leads, numeral)
            lead = folded[max(0, numeral.start - WINDOW) : numeral.start]
            if quantity.kind == "rank" or _counts(numeral, quantity, lead) and not _only_seems(folded, numeral):
                found.append(quantity)
    return found


def _counts(numeral: Numeral, quantity: Quantity, lead: str) -> bool:
    """True where a number word counts; `một` alone is mostly an article."""
    if numeral.style == "ordinal" or quantity.unit not in load_words("qualifiers.yaml")["counted_in_words"]:
        return False
    if quantity.kind != "count" or _words("not_counted_after", at_end=True).search(lead):
        return False
    return numeral.value != 1 or bool(_words("one_before", at_end=True).search(lead))


def _only_seems(folded: str, numeral: Numeral) -> bool:
    """`hai việc yếu nhất` counts nothing that is measured."""
    noun = noun_pattern().match(folded, numeral.end)
    return noun is not None and noun["noun"] in load_words("qualifiers.yaml")["never_in_words"]


def _zeros(text: str, leads: _Leads, taken: Spans) -> list[Quantity]:
    """A sentence that says none (`không có hồ sơ quá hạn`): the negating word is the number."""
    found = []
    for match in _words("zero", "pattern").finditer(leads.folded):
        start, end = match.span("zero")
        if not taken.meets(start, end) and not any(c.isdigit() for c in match.group()):
            found.append(Quantity(start, end, text[start:end], 0.0, unit="dossier"))
    return found
