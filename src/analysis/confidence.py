"""How sure a reading is: the share of readings of its kind that were right in annotated reports.

What is known of how a number was read (its rule, where its area and period come from, whether another indicator
was near) gives points; together they make the probability that the whole record is right. The points lie in
vocabulary/confidence.yaml, which tools/calibrate.py writes; docs/calibration.md says how well they hold.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cache

from analysis.catalogue import load_words

LEAST, MOST = 0.02, 0.98
"""No reading is quite sure, and none is nothing."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a reading rests on; each field is one of the names in confidence.yaml."""

    rule: str
    """The rule that found the indicator."""
    area: str
    """Where the area comes from: `report`, or a place `ahead`, `behind` or `elsewhere`; of a table's cell `row`."""
    period: str
    """Where the period comes from: the `sentence`, `paragraph`, `heading`, `report`, or `none`."""
    rival: str
    """How close the second-best indicator came: `none`, `far`, `near`."""
    method: str
    """How the number was got: `text`, `table`, `ocr`."""
    kind: str
    """What sort of number it is, a `target` and a `change` being sorts of their own."""


def rival_of(scores: tuple[tuple[str, float], ...]) -> str:
    """How close the best of the other indicators came, from their scores against the one that was chosen.

    >>> rival_of(()), rival_of((("dossiers.resolved", 0.95), ("dossiers.handled", 0.4))), rival_of((("other", 0.5),))
    ('none', 'near', 'far')
    """
    if not scores:
        return "none"
    return "near" if scores[0][1] >= load_words("confidence.yaml")["near"] else "far"


@cache
def estimate_confidence(basis: Basis) -> float:
    """The probability, to two decimals, that a record read on this basis is right."""
    return round(min(MOST, max(LEAST, probability(points_of(basis, load_words("confidence.yaml"))))), 2)


def points_of(basis: Basis, table: dict) -> float:
    """The sum of a table's points for a basis; what the table doesn't know counts nothing."""
    points = table["points"]
    return table["base"] + sum(points[name].get(value, 0.0) for name, value in asdict(basis).items())


def probability(points: float) -> float:
    """Points as a probability: none are even odds.

    >>> probability(0.0), round(probability(2.2), 2)
    (0.5, 0.9)
    """
    return 1 / (1 + math.exp(-points))


def written_rivals(rivals: tuple[tuple[str, float], ...]) -> str:
    """The other indicators as the table has them.

    >>> written_rivals((("dossiers.resolved", 0.95), ("dossiers.handled", 0.4)))
    'dossiers.resolved 0.95; dossiers.handled 0.4'
    """
    return "; ".join(f"{code} {score:g}" for code, score in rivals)
