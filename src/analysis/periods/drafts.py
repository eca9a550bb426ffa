"""Matches of the vocabulary's patterns in a text, their years still open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from analysis.catalogue import read_vocabulary
from analysis.matching import PatternSet
from analysis.numerals import spell
from analysis.spans import Spans


@dataclass(slots=True)
class Draft:
    """A match whose year may still be open."""

    start: int
    end: int
    kind: str
    parts: dict[str, str] = field(default_factory=dict)

    def has(self, part: str) -> bool:
        """True where the pattern's group took part in the match."""
        return self.parts.get(part) is not None


MONTH_COUNTS = {spell(n): n for n in range(1, 13)}
COUNT = "(?:" + "|".join(sorted(MONTH_COUNTS, key=len, reverse=True)) + "|1[0-2]|0?[1-9])"


def count_of(written: str) -> int:
    """A number of months, in figures or in words.

    >>> count_of("chín"), count_of("06")
    (9, 6)
    """
    return int(written) if written.isdigit() else MONTH_COUNTS[written]


@cache
def period_words() -> dict[str, Any]:
    """The vocabulary of periods as it stands in its file."""
    return read_vocabulary("periods.yaml")


def compose_pattern(pattern: str, fragments: dict[str, str]) -> str:
    """A pattern of the vocabulary with its {fragments} put in, those within them too.

    >>> compose_pattern("tháng {month}/{year}", {"month": "[0-9]{1,2}", "year": "20{two}", "two": "[0-9]{2}"})
    'tháng [0-9]{1,2}/20[0-9]{2}'
    """
    while (expanded := re.sub(r"\{([a-z_]+)\}", lambda m: fragments[m[1]], pattern)) != pattern:
        pattern = expanded
    return pattern


@cache
def _patterns() -> tuple[tuple[str, ...], PatternSet]:
    """The kind of each pattern, and the patterns."""
    fragments = period_words()["fragments"] | {"count": COUNT}
    entries = period_words()["patterns"]
    written = [compose_pattern(entry["pattern"], fragments) for entry in entries]
    patterns = [re.compile(rf"(?<!\w)(?<![0-9][./,-])(?:{each})(?![0-9])", re.MULTILINE) for each in written]
    return tuple(entry["kind"] for entry in entries), PatternSet(patterns)


@cache
def any_of(name: str, *, section: str = "") -> str:
    """A pattern that matches any word of one of the vocabulary's lists."""
    words = period_words()[section][name] if section else period_words()[name]
    return "|".join(sorted(words, key=len, reverse=True))


@lru_cache(maxsize=8)
def find_drafts(folded: str) -> tuple[Draft, ...]:
    """Matches of all patterns, the longest where they overlap, in order."""
    found = [draft for draft in _matches(folded) if not (_is_fraction(folded, draft) or _names_law(folded, draft))]
    taken, kept = Spans(), []
    for _, same_length in groupby(sorted(found, key=lambda d: (d.start - d.end, d.start)), lambda d: d.end - d.start):
        free: list[Draft] = []
        for draft in same_length:
            if not taken.meets(draft.start, draft.end) and (not free or free[-1].end <= draft.start):
                free.append(draft)
        taken.add((draft.start, draft.end) for draft in free)
        kept += free
    return tuple(sorted(kept, key=lambda d: d.start))


def _matches(folded: str) -> Iterator[Draft]:
    kinds, patterns = _patterns()
    for k, match in patterns.matches(folded):
        parts = match.groupdict()
        start, end = match.span("span") if parts.pop("span", None) is not None else match.span()
        yield Draft(start, end, kinds[k], parts)


def _is_fraction(folded: str, draft: Draft) -> bool:
    """True for `đến 9/12` after a word of standing or share, which is no date."""
    short = [d for part in ("d1", "d2") if (d := draft.parts.get(part)) and re.fullmatch(r"[0-9]+/[0-9]+", d)]
    if not short or re.match(period_words()["says_day"], folded[draft.start : draft.end]):
        return False
    before = folded[max(0, draft.start - 30) : draft.start]
    return _before("not_before_date", r"[^.;:\n]").search(before) is not None


def _names_law(folded: str, draft: Draft) -> bool:
    """True for the year of `Luật Tiếp công dân năm 2013`."""
    before = folded[max(0, draft.start - 60) : draft.start]
    return draft.kind == "year" and _before("law_words", r"[^.,;:\n0-9]").search(before) is not None


@cache
def _before(name: str, between: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(name)})\b{between}*$")
