"""Numbers with their unit, qualifier and denominator, as the text has them; not yet interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from analysis.catalogue import cache_by_vocabulary, load_pattern, load_units, load_words
from analysis.claims import Claim
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


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a number, in the matching form."""

    lead: str
    """Before it, on its own line."""
    behind: str
    """Behind it and its percent sign."""
    noun: str
    after_noun: str
    percent: bool


def find_quantities(text: str, claims: Sequence[Claim] = ()) -> list[Quantity]:
    """Every number that may be a figure, in order, with unit, qualifier, denominator and change.

    `claims` are the stretches already known to be something else. Offsets are those of `text`.

    >>> q = find_quantities("Đến nay đã giải quyết trên 4 nghìn hồ sơ, đạt 98,2%; xếp thứ 8/14 huyện.")
    >>> [(x.quote, x.value, x.unit, x.kind, x.qualifier, x.out_of) for x in q]  # doctest: +NORMALIZE_WHITESPACE
    [('4 nghìn', 4000.0, 'dossier', 'count', 'at_least', None), ('98,2%', 98.2, 'percent', 'percent', 'exact', None),
     ('8/14', 8.0, 'position', 'rank', 'exact', 14.0)]
    """
    folded = match_form(text)
    taken = Spans((claim.start, claim.end) for claim in claims)
    free = [n for n in find_numerals(text) if n.value < BEYOND and not taken.meets(n.start, n.end)]
    found = list(_compose(text, folded, free))
    for more in (_in_words, _zeros):
        taken.add((q.start, q.end) for q in found)
        found += more(text, folded, taken)
    return sorted(found, key=lambda q: q.start)


def _compose(text: str, folded: str, numerals: Sequence[Numeral]) -> Iterator[Quantity]:
    """Joins a/b and ranges, and reads each number's surroundings."""
    i = 0
    while i < len(numerals):
        first, second = numerals[i], numerals[i + 1] if i + 1 < len(numerals) else None
        joint = folded[first.end : second.start] if second else ""
        if second and _words("slash").fullmatch(joint):
            yield _quantity(text, folded, first, last=second, out_of=second)
            i += 2
        elif second and _words("dash").fullmatch(joint) and _is_range(folded, first, second):
            yield _quantity(text, folded, first, last=second, high=second.value)
            i += 2
        else:
            yield _quantity(text, folded, first)
            i += 1


def _is_range(folded: str, first: Numeral, second: Numeral) -> bool:
    """`từ 3 đến 5 ngày`, not `tăng từ 3 đến 5 ngày`: a range rises, and has a unit."""
    measured = noun_pattern().match(folded, second.end) or _words("percent").match(folded, second.end)
    moving = _words("moving").search(folded[max(0, first.start - 30) : first.start])
    return bool(second.value > first.value and measured and not moving)


def _quantity(
    text: str, folded: str, first: Numeral, last: Numeral | None = None,
    out_of: Numeral | None = None, high: float | None = None,
) -> Quantity:  # fmt: skip
    start, end = first.start, (last or first).end
    percent = _words("percent").match(folded, end)
    end = percent.end() if percent else end
    around = _around(folded, start, end, percent=bool(percent))
    kind, unit = ("rank", "position") if _is_standing(around.lead, out_of) else _kind_and_unit(around)
    return Quantity(
        start, end, text[start:end],
        value=_reading(first, kind), value_high=high, kind=kind, unit=unit,
        qualifier=_qualifier(around, unit), out_of=_reading(out_of, kind) if out_of else None,
        change=_change(around.lead, unit),
    )  # fmt: skip


def _around(folded: str, start: int, end: int, *, percent: bool) -> _Around:
    lead = folded[max(0, start - WINDOW) : start]
    lead = lead[lead.rfind("\n") + 1 :]
    noun = None if percent else noun_pattern().match(folded, end)
    after_noun = noun.end() if noun else end
    return _Around(lead, folded[end : end + WINDOW], noun["noun"] if noun else "", folded[after_noun:][:20], percent)


def _kind_and_unit(around: _Around) -> tuple[Kind, str]:
    if around.percent or _words("percent_points").match(around.behind):
        return "percent", "percent"
    if _is_rank(around.lead, around.behind):
        return "rank", "position"
    unit = _unit_of_noun().get(around.noun, "")
    if unit == "point" and _words("places_after_point").match(around.after_noun):
        return "count", "site"
    if not unit and _words("score_lead").search(around.lead):
        unit = "point"
    if not unit and _words("share_lead").search(around.lead):
        return "percent", "percent"
    return (load_units()[unit].kind, unit) if unit else ("count", "")


def _is_standing(lead: str, out_of: Numeral | None) -> bool:
    """`thứ 95/166`: a rank whatever the verb."""
    return out_of is not None and bool(_words("rank", "thu").search(lead))


def _is_rank(lead: str, behind: str) -> bool:
    if _words("rank", "not_before", at_end=True).search(lead):
        return False
    if _words("rank", "lead", at_end=True).search(lead):
        loose = _words("rank", "loose", at_end=True).search(lead)
        return not loose or bool(_words("rank", "closed").match(behind))
    ordinal = _words("rank", "ordinal").search(lead)
    if not ordinal:
        return False
    return bool(_words("rank", "verb").search(lead[: ordinal.start()]) or _words("rank", "after").match(behind))


def _reading(numeral: Numeral, kind: Kind) -> float:
    """One mark before three digits: thousands for a count, decimals for a score or a share."""
    value, other = numeral.value, numeral.alternative
    if other is None:
        return value
    if kind in ("score", "percent"):
        return min(value, other)
    return max(value, other) if kind in ("count", "rank") else value


# ---- change and qualifier


def _change(lead: str, unit: str) -> Change:
    ranked = _words("rank", "lead", at_end=True).search(lead) or _words("rank", "ordinal").search(lead)
    if unit == "position" and not ranked:
        for name in CHANGES:
            if _words("rank_changes", name, at_end=True).search(lead):
                return name
    if _words("levels", at_end=True).search(lead):
        return "none"
    stripped = _strip_qualifier(lead)
    for name in CHANGES:
        pattern = _words("changes", name, "before", at_end=True)
        if pattern.search(stripped) or pattern.search(lead):
            return name
    return "none"


def _strip_qualifier(lead: str) -> str:
    """The words before a number and its qualifier: `tăng hơn 12%`."""
    for name in QUALIFIERS:
        match = _words("qualifiers", name, "before", at_end=True).search(lead)
        if match and not _words("comparatives", at_end=True).search(lead):
            return lead[: match.start()]
    return lead


def _qualifier(around: _Around, unit: str) -> Qualifier:
    lead = around.lead
    if _words("comparatives", at_end=True).search(lead):
        return "exact"
    if _words("over", at_end=True).search(lead) and _means_across(lead, unit):
        return "exact"
    for name in ("at_least", "at_most"):
        if _words("qualifiers", name, "after").match(around.after_noun.lstrip()):
            return name
    best: tuple[int, Qualifier] = (0, "exact")
    for name in QUALIFIERS:
        match = _words("qualifiers", name, "before", at_end=True).search(lead)
        if match and len(match.group()) > best[0]:
            best = (len(match.group()), name)
    return best[1]


def _means_across(lead: str, unit: str) -> bool:
    """`229 thủ tục trên 14 lĩnh vực`: across, not more than."""
    if unit in load_words("qualifiers.yaml")["across_nouns"]:
        return True
    counted = _words("counted_before_over").search(lead)
    return bool(counted and noun_pattern().fullmatch(counted["counted"]))


# ---- numbers in words


def _in_words(text: str, folded: str, taken: Spans) -> list[Quantity]:
    """Number words that count something or rank: `hai mươi hồ sơ`, `vị trí thứ nhất`."""
    found = []
    for numeral in find_number_words(text):
        if not taken.meets(numeral.start, numeral.end):
            quantity = _quantity(text, folded, numeral)
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


def _zeros(text: str, folded: str, taken: Spans) -> list[Quantity]:
    """A sentence that says none (`không có hồ sơ quá hạn`): the negating word is the number."""
    found = []
    for match in _words("zero", "pattern").finditer(folded):
        start, end = match.span("zero")
        if not taken.meets(start, end) and not any(c.isdigit() for c in match.group()):
            found.append(Quantity(start, end, text[start:end], 0.0, unit="dossier"))
    return found
