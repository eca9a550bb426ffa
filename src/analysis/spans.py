"""Stretches of a text: which of them meet a given one, which lie within it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Protocol, TypeVar


class Span(Protocol):
    """Anything that stands in a text, from `start` to before `end`."""

    @property
    def start(self) -> int:
        """Its first character."""
        ...

    @property
    def end(self) -> int:
        """The character behind its last."""
        ...


S = TypeVar("S", bound=Span)
_START = attrgetter("start")


class Spans:
    """Stretches that are taken, in any order; asked often whether another one meets any of them.

    >>> taken = Spans([(10, 14), (3, 5)])
    >>> taken.meets(4, 8), taken.meets(5, 10)
    (True, False)
    """

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._pairs: list[tuple[int, int]] = []
        self._furthest: list[int] = []
        self.add(pairs)

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Takes more stretches."""
        self._pairs = sorted([*self._pairs, *pairs])
        self._furthest = list(accumulate((end for _, end in self._pairs), max))

    def meets(self, start: int, end: int) -> bool:
        """True where a taken stretch shares a character with this one."""
        before = bisect_left(self._pairs, (end, end))
        return before > 0 and self._furthest[before - 1] > start


def within(items: Sequence[S], start: int, end: int) -> list[S]:
    """The items, sorted by their start, that lie wholly between two offsets."""
    first = bisect_left(items, start, key=_START)
    last = bisect_left(items, end, lo=first, key=_START)
    return [item for item in items[first:last] if item.end <= end]
