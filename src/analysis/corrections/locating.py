"""Where the number of an entry stands today: by its quote and the words around it, not by how it was read.

A better rule, another sentence splitter, a paragraph put in before it or a word changed beside it leave it found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.corrections.register import Match
from analysis.model import Extraction, Observation, Unresolved
from analysis.text import match_form

Number = Observation | Unresolved
_WORDS = 6
"""How many words on each side of a number are compared."""
_FURTHER = 3
"""By how many words they may be moved, where others have come between."""
_ALIKE = 0.5
"""The least part of them that must be there still."""
_WINDOW = 200


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the text where the quote stands, with the number that was read there, if any."""

    start: int
    end: int
    number: Number | None
    likeness: float = 1.0
    """How many of the words around it are those of the entry's sentence, from 0 to 1."""


def find_spots(match: Match, extraction: Extraction) -> list[Spot]:
    """The places that an entry may mean, the likeliest alone; several where it doesn't tell which."""
    numbers = sorted((*extraction.observations, *extraction.unresolved), key=lambda number: number.start)
    spots = list(_occurrences(match.quote, extraction.document.text, numbers))
    if match.sentence:
        spots = _likest(match, extraction.document.text, spots)
    return _told_apart(match, spots)


def _occurrences(quote: str, text: str, numbers: Sequence[Number]) -> Iterator[Spot]:
    """Where the quote stands, whatever the white space in it; not inside a longer number."""
    pattern = r"\s*".join(map(re.escape, quote.split()))
    for found in re.finditer(rf"(?<!\w)(?<!\d[.,]){pattern}(?!\d)(?![.,]\d)", text, re.IGNORECASE):
        over = [n for n in numbers if n.start < found.end() and found.start() < n.end]
        best = max(over, key=lambda n: min(n.end, found.end()) - max(n.start, found.start()), default=None)
        yield Spot(*found.span(), best)


def _likest(match: Match, text: str, spots: Sequence[Spot]) -> list[Spot]:
    """The spots whose words around are most like those of the sentence, if any are like them."""
    wanted = [_around(match.sentence, *span) for span in _in_sentence(match)]
    rated = [
        Spot(spot.start, spot.end, spot.number, max((_likeness(w, text, spot) for w in wanted), default=0.0))
        for spot in spots
    ]
    best = max((spot.likeness for spot in rated), default=0.0)
    return [spot for spot in rated if spot.likeness == best] if best >= _ALIKE else []


def _in_sentence(match: Match) -> list[tuple[int, int]]:
    """Where the quote stands in the entry's own sentence; the one that `nth` counts."""
    spans = [(spot.start, spot.end) for spot in _occurrences(match.quote, match.sentence, ())]
    return spans[match.nth - 1 : match.nth] if match.nth else spans


Around = tuple[list[str], list[str]]


def _around(text: str, start: int, end: int) -> Around:
    before = re.findall(r"\w+", match_form(text[max(0, start - _WINDOW) : start]))
    behind = re.findall(r"\w+", match_form(text[end : end + _WINDOW]))
    return before[::-1], behind


def _likeness(wanted: Around, text: str, spot: Spot) -> float:
    """How much of what stood around a number in the entry's sentence stands around the spot."""
    number = spot.number
    shared = _shared(wanted, _around(text, spot.start, spot.end))
    if isinstance(number, Observation) and number.method == "table":
        inside = number.sentence.rfind(number.quote)
        shared = max(shared, _shared(wanted, _around(number.sentence, inside, inside + len(number.quote))))
    return shared


def _shared(wanted: Around, found: Around) -> float:
    total = common = 0
    for ours, theirs in zip(wanted, found, strict=True):
        near, left = ours[:_WORDS], theirs[: _WORDS + _FURTHER]
        total += len(near)
        for word in near:
            if word in left:
                left.remove(word)
                common += 1
    return round(common / total, 2) if total else 1.0


def _told_apart(match: Match, spots: list[Spot]) -> list[Spot]:
    """Of several places the one that the entry's id, offset or count names; else the one where a figure was read."""
    named = [s for s in spots if isinstance(s.number, Observation) and s.number.observation_id == match.observation_id]
    if len(spots) < 2 or named:
        return named or spots
    if match.start is not None:
        nearest = min(spots, key=lambda spot: abs(spot.start - (match.start or 0)))
        if match.sentence or nearest.start == match.start:
            return [nearest]
    if match.nth and match.sentence and spots[-1].end - spots[0].start <= 2 * len(match.sentence):
        return spots[match.nth - 1 : match.nth]
    read = [spot for spot in spots if isinstance(spot.number, Observation)]
    return read if len(read) == 1 else spots
