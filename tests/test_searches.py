"""Searching stretches of a text: as the pattern itself would, only faster."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from analysis.attribution.setting import near as attribution
from analysis.catalogue import load_pattern
from analysis.reading.case import near as reading
from analysis.scopes import _near as scopes
from analysis.searches import Searches
from analysis.text import match_form

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.txt"))
TEXTS = [match_form(path.read_text(encoding="utf-8")) for path in GOLDEN[::12]]


@pytest.mark.parametrize("searches", [scopes, reading, attribution], ids=["scopes", "reading", "attribution"])
def test_stretches_are_searched_as_by_the_pattern_itself(searches: Searches) -> None:
    chance = random.Random(1)
    found = 0
    for key in searches.keys:
        pattern = load_pattern(searches.file, *key.split("."))
        for text in TEXTS:
            starts = [chance.randrange(len(text)) for _ in range(15)]
            for start, end in [(0, len(text)), *((start, start + chance.randrange(5, 200)) for start in starts)]:
                own = [match.span() for match in pattern.finditer(text, start, end)]
                assert [match.span() for match in searches.find_all(key, text, start, end)] == own, key
                first = searches.search(key, text, start, end)
                assert (first.span() if first else None) == (own[0] if own else None), key
                found += len(own)
    assert found > 10


def test_patterns_of_these_searches_never_match_nothing() -> None:
    for searches in (scopes, reading, attribution):
        for key in searches.keys:
            assert load_pattern(searches.file, *key.split(".")).fullmatch("") is None, key
