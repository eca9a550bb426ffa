"""Which indicator a number stands for: cues in its words, and the signatures that they make up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

from pydantic import BaseModel, ConfigDict

from analysis.catalogue import cache_by_vocabulary, load_entries
from analysis.matching import PatternSet
from analysis.model import Kind, Quantity
from analysis.spans import Spans

Role = Literal["topic", "state", "unit", "index", "place"]
WEIGHTS: dict[str, float] = {"topic": 1.0, "state": 2.0, "unit": 2.0, "index": 3.0, "place": 0.1}


class CueEntry(BaseModel):
    """An entry of cues.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cue: str
    role: Role
    patterns: tuple[str, ...]
    weight: float | None = None

    @property
    def strength(self) -> float:
        """How much a match counts."""
        return WEIGHTS[self.role] if self.weight is None else self.weight


class Signature(BaseModel):
    """An entry of signatures.yaml: the cues that together mean an indicator, and its code for each kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))
    cues: tuple[str, ...]
    count: str = ""
    percent: str = ""
    score: str = ""
    rank: str = ""
    amount: str = ""
    duration: str = ""
    units: tuple[str, ...] = ()
    unless: frozenset[str] = frozenset()
    weight: float | None = None
    strict: bool = False
    near: bool = False
    """True where all its cues must stand in the number's own words, or close by."""

    @cached_property
    def groups(self) -> tuple[frozenset[str], ...]:
        """Each cue that must be present, with its alternatives."""
        return tuple(frozenset(cue.split("|")) for cue in self.cues)

    def code(self, kind: Kind, *, change: bool = False) -> str:
        """The indicator for a number of this kind; a change in percent may be one of a count (`giảm 7,3%`)."""
        code = getattr(self, kind)
        return code or (self.count or self.rank if change and kind == "percent" else "")

    def admits(self, unit: str) -> bool:
        """True where the counted noun fits; a number without a noun fits anywhere."""
        if self.strict:
            return unit in self.units
        return not self.units or unit in self.units or unit in ("", "percent", "point", "position")


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue in the text."""

    name: str
    role: Role
    start: int
    end: int


Rivals = tuple[tuple[str, float], ...]
_RIVALS = 2
_CLOSE = 0.42
"""How near, from 0 to 1, the cues of a signature must stand that asks for it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator for a number, with the signature that gave it and how sure it is (0 to 1)."""

    indicator: str
    signature: Signature
    score: float
    rivals: Rivals = ()
    """The next best indicators, each with its score as a part of this one's: near 1, it could be either."""


@cache_by_vocabulary
def load_cues() -> dict[str, CueEntry]:
    """The cues by name."""
    return {entry.cue: entry for entry in load_entries("cues.yaml", CueEntry)}


@cache_by_vocabulary
def load_signatures() -> tuple[Signature, ...]:
    """The signatures, in the file's order."""
    return load_entries("signatures.yaml", Signature)


@cache_by_vocabulary
def index_signature(cue: str) -> Signature:
    """The signature of an index by the cue of its name.

    >>> index_signature("papi").rank
    'index.papi.rank'
    """
    return next(signature for signature in load_signatures() if signature.cues == (cue,))


@cache_by_vocabulary
def _patterns() -> tuple[tuple[CueEntry, ...], PatternSet]:
    entries = tuple(load_cues().values())
    joined = ("|".join(f"(?:{p})" for p in entry.patterns).replace(" ", r"\s") for entry in entries)
    return entries, PatternSet([re.compile(pattern) for pattern in joined])


def find_cues(folded: str) -> list[Cue]:
    """The cues of a text in its matching form, in order; of overlapping ones the longest stay.

    >>> [cue.name for cue in find_cues("hồ sơ trả trước và đúng hạn")]
    ['dossier', 'timely']
    """
    entries, patterns = _patterns()
    found = [Cue(entries[k].cue, entries[k].role, *match.span()) for k, match in patterns.matches(folded)]
    longer, kept = Spans(), []
    for _, same_length in groupby(sorted(found, key=_length, reverse=True), key=_length):
        free = [cue for cue in same_length if not longer.meets(cue.start, cue.end)]
        longer.add((cue.start, cue.end) for cue in free)
        kept += free
    return sorted(kept, key=lambda cue: (cue.start, cue.end))


def _length(cue: Cue) -> int:
    return cue.end - cue.start


def weigh(cues: Iterable[Cue], at: tuple[int, int], factor: float = 1.0) -> dict[str, float]:
    """How much each cue counts for a number that stands at a span: less from afar."""
    weights: dict[str, float] = {}
    for cue in cues:
        distance = max(0, at[0] - cue.end, cue.start - at[1])
        nearness = 1.0 - distance / 1000 if distance <= 30 else max(0.5, 0.97 - (distance - 30) / 250)
        strength = load_cues()[cue.name].strength * nearness * factor
        weights[cue.name] = max(weights.get(cue.name, 0.0), strength)
    return weights


def match_signature(quantity: Quantity, weights: dict[str, float]) -> Reading | None:
    """The signature that the cues speak for most; None where none holds or two different codes tie."""
    best: list[tuple[float, str, Signature]] = []
    admitted = _admitted(quantity.kind, quantity.change != "none", quantity.unit)
    names = frozenset(weights)
    for k in sorted({k for cue in names for k in admitted.get(cue, ())}):
        signature = load_signatures()[k]
        if any(map(names.isdisjoint, signature.groups)) or not names.isdisjoint(signature.unless):
            continue
        code = signature.code(quantity.kind, change=quantity.change != "none")
        parts = [max(map(weights.__getitem__, group & names)) for group in signature.groups]
        if not all(parts) or (signature.near and _nearness(signature, weights) < _CLOSE):
            continue
        score = sum(parts) if signature.weight is None else signature.weight * _nearness(signature, weights)
        best.append((score, code, signature))
    if not best:
        return None
    best.sort(key=lambda entry: -entry[0])
    score, code, signature = best[0]
    return Reading(code, signature, score, _rivals(best))


@cache_by_vocabulary
def _admitted(kind: Kind, change: bool, unit: str) -> dict[str, tuple[int, ...]]:
    """By the rarest cue that they need, the places of the signatures that a number of this kind and unit can have."""
    asked = Counter(cue for signature in load_signatures() for group in signature.groups for cue in group)
    found: dict[str, tuple[int, ...]] = {}
    for k, signature in enumerate(load_signatures()):
        if signature.code(kind, change=change) and signature.admits(unit):
            for cue in min(signature.groups, key=lambda group: sum(asked[cue] for cue in group)):
                found[cue] = (*found.get(cue, ()), k)
    return found


def _rivals(best: list[tuple[float, str, Signature]]) -> Rivals:
    top, code, _ = best[0]
    scores: dict[str, float] = {}
    for score, other, _ in best:
        if other != code:
            scores.setdefault(other, round(score / top, 2))
    return tuple(scores.items())[:_RIVALS]


def _nearness(signature: Signature, weights: dict[str, float]) -> float:
    """How near the furthest of the signature's cues stands, from 0 to 1."""
    return min(
        max(weights.get(cue, 0.0) / (load_cues()[cue].strength if cue in load_cues() else 1.0) for cue in group)
        for group in signature.groups
    )
