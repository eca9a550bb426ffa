"""Numbers with their unit, qualifier and denominator, as the text has them; not yet interpreted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from analysis.catalogue import load_units, read_vocabulary
from analysis.claims import Claim
from analysis.model import Change, Kind, Qualifier, Quantity
from analysis.numerals import Numeral, find_number_words, find_numerals
from analysis.text import match_form

WINDOW = 80
"""How far back, in characters, the words before a number are looked at."""


@cache
def _words() -> dict[str, Any]:
    return read_vocabulary("qualifiers.yaml")


@cache
def _noun_pattern() -> re.Pattern[str]:
    nouns = {noun for unit in load_units().values() for noun in unit.nouns if noun != "%"}
    longest_first = sorted(nouns, key=len, reverse=True)
    return re.compile(rf"\s*(?!{_words()['not_nouns']})(?P<noun>{'|'.join(map(re.escape, longest_first))})(?!\w)")


@cache
def _unit_of_noun() -> dict[str, str]:
    return {noun: unit.code for unit in load_units().values() for noun in unit.nouns}


@cache
def _before(group: str, name: str) -> re.Pattern[str]:
    patterns = _words()[group][name]["before"]
    return re.compile(rf"(?:^|(?<=\W))(?:{'|'.join(patterns)})\s*$")


@cache
def _pattern(*path: str, ends: bool = False) -> re.Pattern[str]:
    words: Any = _words()
    for step in path:
        words = words[step]
    return re.compile(rf"(?:^|(?<=\W))(?:{words})\s*$" if ends else words)


_PERCENT = re.compile(r"\s?(?:%|phần trăm)")
_SLASH = re.compile(r"\s?/\s?")
_DASH = re.compile(r"\s?(?:-|đến|tới)\s?")
_SYMBOL = re.compile(r"\s?(?:điểm phần trăm|điểm %)")


def find_quantities(text: str, claims: Sequence[Claim] = ()) -> list[Quantity]:
    """Every number that may be a figure, in order, with unit, qualifier, denominator and change.

    `claims` are the stretches already known to be something else. Offsets are those of `text`.

    >>> q = find_quantities("Đến nay đã giải quyết trên 4 nghìn hồ sơ, đạt 98,2%; xếp thứ 8/14 huyện.")
    >>> [(x.quote, x.value, x.unit, x.kind, x.qualifier, x.out_of) for x in q]  # doctest: +NORMALIZE_WHITESPACE
    [('4 nghìn', 4000.0, 'dossier', 'count', 'at_least', None), ('98,2%', 98.2, 'percent', 'percent', 'exact', None),
     ('8/14', 8.0, 'position', 'rank', 'exact', 14.0)]
    """
    folded = match_form(text)
    taken = [(claim.start, claim.end) for claim in claims]
    numerals = [n for n in find_numerals(text) if not _overlaps(n.start, n.end, taken)]
    found = [*_compose(text, folded, numerals)]
    taken += [(q.start, q.end) for q in found]
    found += _in_words(text, folded, taken)
    taken += [(q.start, q.end) for q in found]
    found += _zeros(text, folded, taken)
    return sorted(found, key=lambda q: q.start)


def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < stop and begin < end for begin, stop in spans)


def _compose(text: str, folded: str, numerals: list[Numeral]) -> list[Quantity]:
    """Joins a/b and ranges, and reads each number's surroundings."""
    found: list[Quantity] = []
    i = 0
    while i < len(numerals):
        first, second = numerals[i], numerals[i + 1] if i + 1 < len(numerals) else None
        joint = folded[first.end : second.start] if second else ""
        if second and _SLASH.fullmatch(joint):
            found.append(_quantity(text, folded, first, last=second, out_of=second))
            i += 2
        elif second and _DASH.fullmatch(joint) and _is_range(folded, first, second):
            found.append(_quantity(text, folded, first, last=second, high=second.value))
            i += 2
        else:
            found.append(_quantity(text, folded, first))
            i += 1
    return found


def _is_range(folded: str, first: Numeral, second: Numeral) -> bool:
    after = _noun_pattern().match(folded, second.end)
    rising = second.value > first.value
    level = re.search(r"(tăng|giảm|lên|xuống)[^.;]{0,20}$", folded[max(0, first.start - 30) : first.start])
    return bool(rising and (after or _PERCENT.match(folded, second.end)) and not level)


def _quantity(
    text: str, folded: str, first: Numeral, last: Numeral | None = None,
    out_of: Numeral | None = None, high: float | None = None,
) -> Quantity:  # fmt: skip
    last = last or first
    start, end = first.start, last.end
    lead = folded[max(0, start - WINDOW) : start]
    lead = lead[lead.rfind("\n") + 1 :]
    percent = _PERCENT.match(folded, end)
    if percent:
        end = percent.end()
    noun = None if percent else _noun_pattern().match(folded, end)
    kind, unit = _kind_and_unit(folded, lead, end, noun["noun"] if noun else "", bool(percent))
    change = _change(lead, unit)
    after = folded[noun.end() if noun else end :][:12].strip()
    return Quantity(
        start, end, text[start:end],
        value=_reading(first, kind), value_high=high, kind=kind, unit=unit,
        qualifier=_qualifier(lead, after, unit), out_of=_reading(out_of, kind) if out_of else None, change=change,
    )  # fmt: skip


def _kind_and_unit(folded: str, lead: str, end: int, noun: str, percent: bool) -> tuple[Kind, str]:
    if percent or _SYMBOL.match(folded, end):
        return "percent", "percent"
    if _is_rank(folded, lead, end):
        return "rank", "position"
    unit = _unit_of_noun().get(noun, "")
    if unit == "point" and re.match(rf"\s*điểm {_words()['places_after_point']}", folded[end:]):
        return "count", "unit"
    if not unit and re.search(r"(?<!\w)điểm( \w+){0,8}\s*$", lead):
        unit = "point"
    if not unit and re.search(r"(?<!\w)t[ỷỉ] lệ[^.;\d]{0,60}$", lead):
        return "percent", "percent"
    return (load_units()[unit].kind, unit) if unit else ("count", "")


def _is_rank(folded: str, lead: str, end: int) -> bool:
    rank = _words()["rank"]
    if re.search(rf"(?:^|\W){rank['not_before']} thứ\s*$", lead):
        return False
    if _pattern("rank", "lead", ends=True).search(lead):
        return not re.search(r"(xếp|đứng|hạng)\s*$", lead) or bool(re.match(r"\s?(/|[,.;)]|$| )", folded[end:]))
    if re.search(r"(thứ|số)\s*$", lead):
        head = re.sub(r"(thứ|số)\s*$", "", lead)
        return bool(re.search(rf"{rank['verb']}$", head) or re.match(rank["after"], folded[end:]))
    return False


def _reading(numeral: Numeral, kind: Kind) -> float:
    """One mark before three digits: thousands for a count, decimals for a score or a share."""
    value, other = numeral.value, numeral.alternative
    if other is None:
        return value
    if kind in ("score", "percent"):
        return min(value, other)
    return max(value, other) if kind in ("count", "rank") else value


def _change(lead: str, unit: str) -> Change:
    if unit == "position" and re.search(r"(bậc)?$", lead):
        for name in ("increase", "decrease"):
            if re.search(rf"(?:^|\W){_words()['rank_changes'][name]}\s*$", lead):
                if not _pattern("rank", "lead", ends=True).search(lead) and not re.search(r"(thứ|số)\s*$", lead):
                    return name
    if _pattern("levels", ends=True).search(lead):
        return "none"
    stripped = _strip_qualifier(lead)
    for name in ("increase", "decrease"):
        if _before("changes", name).search(stripped) or _before("changes", name).search(lead):
            return name
    return "none"


def _strip_qualifier(lead: str) -> str:
    for name in ("at_least", "at_most", "approximate"):
        match = _before("qualifiers", name).search(lead)
        if match and not re.search(r"(cao|nhiều|ít|thấp|lớn|kém) hơn\s*$", lead):
            return lead[: match.start()]
    return lead


def _qualifier(lead: str, after: str, unit: str) -> Qualifier:
    if re.search(r"(cao|nhiều|ít|thấp|lớn|kém|sớm|nhanh|chậm) hơn\s*$", lead):
        return "exact"
    if re.search(r"(?:^|\W)trên\s*$", lead) and _means_across(lead, unit):
        return "exact"
    best: tuple[int, Qualifier] = (0, "exact")
    for name in ("at_least", "at_most", "approximate"):
        match = _before("qualifiers", name).search(lead)
        if match and len(match.group()) > best[0]:
            best = (len(match.group()), name)
        if any(re.match(word, after) for word in _words()["qualifiers"][name].get("after", ())):
            return name
    return best[1]


def _means_across(lead: str, unit: str) -> bool:
    """`229 thủ tục trên 14 lĩnh vực`: across, not more than."""
    if unit in _words()["across_nouns"]:
        return True
    counted = re.search(r"\d\s+(\w+(?: \w+){0,4})\s+trên\s*$", lead)
    return bool(counted and _noun_pattern().fullmatch(counted[1]))


def _in_words(text: str, folded: str, taken: list[tuple[int, int]]) -> list[Quantity]:
    """Number words that count something or rank: `hai mươi hồ sơ`, `vị trí thứ nhất`."""
    found = []
    for numeral in find_number_words(text):
        if _overlaps(numeral.start, numeral.end, taken):
            continue
        quantity = _quantity(text, folded, numeral)
        lead = folded[max(0, numeral.start - WINDOW) : numeral.start]
        if quantity.kind == "rank":
            found.append(quantity)
        elif (
            numeral.style != "ordinal"
            and quantity.unit
            and quantity.kind == "count"
            and _counts(numeral, quantity, lead)
        ):
            found.append(quantity)
    return found


_STRICT_UNITS = frozenset(
    {
        "dossier",
        "procedure",
        "task",
        "letter",
        "petition",
        "initiative",
        "event",
        "session",
        "case",
        "person",
        "collective",
    }
)


def _counts(numeral: Numeral, quantity: Quantity, lead: str) -> bool:
    if quantity.unit not in _STRICT_UNITS:
        return False
    if re.search(r"(thứ|ngày|tháng|năm|quý|khóa)\s*$", lead):
        return False
    if numeral.value == 1:
        return bool(_pattern("one_before", ends=True).search(lead))
    return True


def _zeros(text: str, folded: str, taken: list[tuple[int, int]]) -> list[Quantity]:
    found = []
    for match in _pattern("zero", "pattern").finditer(folded):
        start, end = match.span("zero")
        if not _overlaps(start, end, taken) and not re.search(r"\d", match.group()):
            found.append(Quantity(start, end, text[start:end], 0.0, unit="dossier"))
    return found
