"""The numbers that Word gives to the paragraphs of a list (`I.`, `1.2.`, `a)`), as text before each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
_ROMAN += ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


@dataclass
class WordLists:
    """The lists of a document, and how far each has been counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    """Of each list (numId)."""
    shared: dict[str, str] = field(default_factory=dict)
    """The abstract list that lists count together, but for those that start anew."""
    counted: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, numbering: etree._Element | None) -> WordLists:
        """The lists that word/numbering.xml defines."""
        lists = cls()
        if numbering is None:
            return lists
        abstract = {a.get(f"{W}abstractNumId"): dict(_levels(a)) for a in numbering.iter(f"{W}abstractNum")}
        for num in numbering.iter(f"{W}num"):
            name, base = num.get(f"{W}numId") or "", _value(num.find(f"{W}abstractNumId"))
            lists.levels[name] = {**abstract.get(base, {}), **dict(_overrides(num, abstract.get(base, {})))}
            restarts = num.find(f".//{W}startOverride") is not None
            lists.shared[name] = f"num {name}" if restarts else f"abstract {base}"
        return lists

    def label(self, name: str, depth: int) -> str | None:
        """The number of the next paragraph of a list at a depth; None for a bullet or an unknown list."""
        levels = self.levels.get(name, {})
        level = levels.get(depth)
        if level is None:
            return None
        counts = self.counted.setdefault(self.shared[name], {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        if level.form in ("bullet", "none"):
            return None

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = levels.get(at, level)
            return _written(counts.get(at, other.start), other.form)

        return re.sub(r"%(\d)", shown, level.text)


def _levels(abstract: etree._Element) -> Iterator[tuple[int, _Level]]:
    for level in abstract.findall(f"{W}lvl"):
        form, text = _value(level.find(f"{W}numFmt")) or "decimal", _value(level.find(f"{W}lvlText"))
        yield int(level.get(f"{W}ilvl") or 0), _Level(form, text, _number(level.find(f"{W}start"), 1))


def _overrides(num: etree._Element, base: dict[int, _Level]) -> Iterator[tuple[int, _Level]]:
    for override in num.findall(f"{W}lvlOverride"):
        depth = int(override.get(f"{W}ilvl") or 0)
        own = dict(_levels(override)).get(depth) or base.get(depth)
        if own:
            yield depth, _Level(own.form, own.text, _number(override.find(f"{W}startOverride"), own.start))


def _value(el: etree._Element | None) -> str:
    return (el.get(f"{W}val") or "") if el is not None else ""


def _number(el: etree._Element | None, default: int) -> int:
    value = _value(el)
    return int(value) if value.isdecimal() else default


def _written(number: int, form: str) -> str:
    """A number in one of Word's forms.

    >>> [_written(4, form) for form in ("decimal", "upperRoman", "lowerLetter", "decimalZero")]
    ['4', 'IV', 'd', '04']
    """
    if form.endswith("Roman"):
        roman, rest = "", number
        for value, sign in _ROMAN:
            roman += sign * (rest // value)
            rest %= value
        return roman if form == "upperRoman" else roman.lower()
    if form.endswith("Letter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    return f"{number:02}" if form == "decimalZero" else str(number)
