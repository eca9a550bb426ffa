"""How sure a reading is: the share of readings of its kind that were right in annotated reports.

What is known of how a number was read (its rule, where its area and period come from, whether another indicator
was near) gives points; together they make the probability that the whole record is right. The points lie in
vocabulary/confidence.yaml, which tools/calibrate.py writes; docs/calibration.md says how well they hold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from analysis.catalogue import load_words

LEAST, MOST = 0.02, 0.98
"""No reading is quite sure, and none is nothing."""
SET_BY_HAND = ("near", "evidence", "assumed")
"""The parts of confidence.yaml that aren't estimated: limits of names, and points for what was never measured."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a reading rests on; each field is one of the names in confidence.yaml."""

    rule: str
    """The rule that found the indicator."""
    area: str
    """Where the area comes from: `report`, or a place `ahead`, `behind` or `elsewhere`; of a table's cell `row`."""
    period: str
    """Where the period comes from: the `sentence`, `paragraph`, `heading`, `report`, or `none`."""
    evidence: str
    """How much its words say for the indicator: `none`, `weak`, `some`, `strong`."""
    rival: str
    """How close the second-best indicator came: `none`, `far`, `near`."""
    method: str
    """How the number was got: `text`, `table`, `ocr`."""
    kind: str
    """What sort of number it is, a `target` and a `change` being sorts of their own."""
    tier: str
    """`whole` for the area as a whole, `split` for the part of one level of government."""


def rival_of(scores: tuple[tuple[str, float], ...]) -> str:
    """How close the best of the other indicators came, from their scores against the one that was chosen.

    >>> rival_of(()), rival_of((("dossiers.resolved", 0.95), ("dossiers.handled", 0.4))), rival_of((("other", 0.5),))
    ('none', 'near', 'far')
    """
    if not scores:
        return "none"
    return "near" if scores[0][1] >= load_words("confidence.yaml")["near"] else "far"


def evidence_of(score: float | None) -> str:
    """How much the words say, from the score of the reading; None for no reading.

    >>> evidence_of(None), evidence_of(0.4), evidence_of(2.9)
    ('none', 'weak', 'strong')
    """
    if score is None:
        return "none"
    return next(name for name, least in load_words("confidence.yaml")["evidence"].items() if score >= least)


@cache
def estimate_confidence(basis: Basis) -> float:
    """The probability, to two decimals, that a record read on this basis is right."""
    return confidence_by(load_words("confidence.yaml"), basis)


def confidence_by(table: Mapping[str, Any], basis: Basis) -> float:
    """The same by any table of points; a name that the table doesn't know counts nothing.

    >>> table = {"base": 0.0, "points": {"rule": {"own_words": 2.2}}}
    >>> reading = Basis("own_words", "report", "report", "strong", "none", "text", "count", "whole")
    >>> confidence_by(table, reading)
    0.9
    """
    points = table["base"]
    for name, value in asdict(basis).items():
        measured, assumed = table["points"].get(name, {}), table.get("assumed", {}).get(name, {})
        points += measured.get(value, assumed.get(value, 0.0))
    return round(min(MOST, max(LEAST, 1 / (1 + math.exp(-points)))), 2)


def written_rivals(rivals: tuple[tuple[str, float], ...]) -> str:
    """The other indicators as the table has them.

    >>> written_rivals((("dossiers.resolved", 0.95), ("dossiers.handled", 0.4)))
    'dossiers.resolved 0.95; dossiers.handled 0.4'
    """
    return "; ".join(f"{code} {score:g}" for code, score in rivals)
