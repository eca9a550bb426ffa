"""Where the number of an entry stands today: by its quote and the words around it, not by how it was read.

A better rule, another sentence splitter, a paragraph put in before it or a word changed beside it leave it found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from analysis.corrections.register import Match
from analysis.text import match_form


class Number(Protocol):
    """An observation or an unresolved number, as a value or as a row of its table."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def quote(self) -> str: ...  # noqa: D102
    @property
    def sentence(self) -> str: ...  # noqa: D102


N = TypeVar("N", bound=Number)
_WORDS = 6
"""How many words on each side of a number are compared."""
_FURTHER = 3
"""By how many words they may be moved, where others have come between."""
_ALIKE = 0.5
"""The least part of them that must be there still."""
_WINDOW = 200


@dataclass(frozen=True, slots=True)
class Spot(Generic[N]):
    """A place of the text where the quote stands, with the number that was read there, if any."""

    start: int
    end: int
    number: N | None
    likeness: float = 1.0
    """How many of the words around it are those of the entry's sentence, from 0 to 1."""


def find_spots(match: Match, text: str, numbers: Sequence[N]) -> list[Spot[N]]:
    """The places of a text that an entry may mean, the likeliest alone; several where it doesn't tell which.

    `numbers` are the observations and the unresolved numbers of the text.
    """
    spots = list(_occurrences(match.quote, text, numbers))
    if not spots and match.start is not None and text.startswith(match.quote, match.start):
        spots = [_spot(match.start, match.start + len(match.quote), numbers)]  # a part of a longer number
    if match.sentence:
        spots = _likest(match, text, spots)
    return _told_apart(match, spots)


def match_number(
    number: Number, text: str, numbers: Sequence[Number], document_id: str, sha256: str = ""
) -> Match:  # fmt: skip
    """What an entry has to say to mean this number: its sentence, and `nth` or `start` only where they are needed."""
    plain = {"document_id": document_id, "quote": number.quote, "sha256": sha256[:12]}
    said = plain | {"sentence": number.sentence}
    within = [m.start() for m in _quoted(number.quote).finditer(number.sentence)]
    tries = [said, *(said | {"nth": n} for n in range(1, len(within) + 1) if len(within) > 1)]
    tries += [each | {"start": number.start} for each in (*tries, plain)]
    for fields in tries:
        match = Match.model_validate(fields)
        spots = find_spots(match, text, numbers)
        if [spot.start for spot in spots] == [number.start]:
            return match
    return Match.model_validate(plain | {"start": number.start})


def _quoted(quote: str) -> re.Pattern[str]:
    """The quote, whatever the white space in it; not inside a longer number."""
    pattern = r"\s*".join(map(re.escape, quote.split()))
    return re.compile(rf"(?<!\w)(?<!\d[.,]){pattern}(?!\d)(?![.,]\d)", re.IGNORECASE)


def _occurrences(quote: str, text: str, numbers: Sequence[N]) -> Iterator[Spot[N]]:
    """Where the quote stands, each place with the number that was read there."""
    for found in _quoted(quote).finditer(text):
        yield _spot(*found.span(), numbers)


def _spot(start: int, end: int, numbers: Sequence[N]) -> Spot[N]:
    """A place with the number that it shares most characters with."""
    over = [n for n in numbers if n.start < end and start < n.end]
    return Spot(start, end, max(over, key=lambda n: min(n.end, end) - max(n.start, start), default=None))


def _likest(match: Match, text: str, spots: Sequence[Spot[N]]) -> list[Spot[N]]:
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
    spans = [found.span() for found in _quoted(match.quote).finditer(match.sentence)]
    return spans[match.nth - 1 : match.nth] if match.nth else spans


Around = tuple[list[str], list[str]]


def _around(text: str, start: int, end: int) -> Around:
    before = re.findall(r"\w+", match_form(text[max(0, start - _WINDOW) : start]))
    behind = re.findall(r"\w+", match_form(text[end : end + _WINDOW]))
    return before[::-1], behind


def _likeness(wanted: Around, text: str, spot: Spot[N]) -> float:
    """How much of what stood around a number in the entry's sentence stands around the spot."""
    number = spot.number
    shared = _shared(wanted, _around(text, spot.start, spot.end))
    if number is not None and getattr(number, "method", "") == "table":
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


def _told_apart(match: Match, spots: list[Spot[N]]) -> list[Spot[N]]:
    """Of several places the one that the entry's id, offset or count names; else the one where a figure was read."""
    ids = [getattr(spot.number, "observation_id", "") for spot in spots]
    named = [spot for spot, ident in zip(spots, ids, strict=True) if ident and ident == match.observation_id]
    if len(spots) < 2 or named:
        return named or spots
    if match.start is not None:
        nearest = min(spots, key=lambda spot: abs(spot.start - (match.start or 0)))
        if match.sentence or nearest.start == match.start:
            return [nearest]
    if match.nth and match.sentence and spots[-1].end - spots[0].start <= 2 * len(match.sentence):
        return spots[match.nth - 1 : match.nth]
    read = [spot for spot, ident in zip(spots, ids, strict=True) if ident]
    return read if len(read) == 1 else spots
