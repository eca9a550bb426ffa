"""Patterns of the vocabulary that are searched for in many stretches of one text, such as around its numbers."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

from analysis.catalogue import load_pattern
from analysis.matching import PatternSet

Match = re.Match[str]
_Tries = Mapping[str, tuple[Callable[[str, int, int], Match | None], list[int]]]
"""By key how to match a pattern, and the places where it may begin."""


class Searches:
    """Patterns of a vocabulary file, by their keys (`breaks.comma`); they must not match the empty text.

    A text is looked through once for the places where any of them may begin; each search tries those places only.

    >>> near = Searches("attribution.yaml", "average_of", "whole_of")
    >>> text = "thấp hơn bình quân toàn tỉnh là 85,6 điểm"
    >>> near.search("average_of", text, 0, 32).group(), near.search("average_of", text, 0, 18)
    ('bình quân toàn tỉnh', None)
    """

    def __init__(self, file: str, *keys: str) -> None:
        self.file, self.keys = file, keys
        self._tries = lru_cache(maxsize=16)(self._look_through)

    def search(self, key: str, text: str, start: int, end: int) -> Match | None:
        """What the pattern's own `search(text, start, end)` finds."""
        match, places = self._tries(text)[key]
        for k in range(bisect_left(places, start), len(places)):
            if places[k] >= end:
                break
            if found := match(text, places[k], end):
                return found
        return None

    def find_all(self, key: str, text: str, start: int, end: int) -> list[Match]:
        """What the pattern's own `finditer(text, start, end)` finds."""
        match, places = self._tries(text)[key]
        found: list[Match] = []
        for k in range(bisect_left(places, start), len(places)):
            if places[k] >= end:
                break
            if places[k] >= start and (each := match(text, places[k], end)):
                found.append(each)
                start = each.end()
        return found

    @cached_property
    def _patterns(self) -> tuple[list[re.Pattern[str]], PatternSet]:
        patterns = [load_pattern(self.file, *key.split(".")) for key in self.keys]
        return patterns, PatternSet(patterns)

    def _look_through(self, text: str) -> _Tries:
        patterns, together = self._patterns
        places: list[list[int]] = [[] for _ in patterns]
        for at, k in together.starts(text):
            places[k].append(at)
        return {key: (p.match, at) for key, p, at in zip(self.keys, patterns, places, strict=True)}
