"""Values of several areas put together as the catalogue says, and none counted twice.

A district's total holds its communes' already: of areas that lie in each other only the outermost is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.areas import ancestors, area_by_id
from analysis.catalogue import load_indicators
from analysis.findings import Row


@dataclass(frozen=True)
class Total:
    """A value over several areas, with what it was made of."""

    value: float
    rows: tuple[Row, ...]

    @property
    def observation_ids(self) -> tuple[str, ...]:
        """The observations that it rests on."""
        return tuple(row.observation_id for row in self.rows)


def outermost(rows: Sequence[Row], within: str = "") -> list[Row]:
    """The rows whose area lies in no other row's; with `within`, only those that lie in that area.

    A unit that the gazetteer doesn't know can't be told to lie in another, and is left out.
    """
    holders = {row.area_id: _holders(row.area_id) for row in rows if row.area_id}
    inside = [row for row in rows if row.area_id and (not within or within in holders[row.area_id])]
    given = {row.area_id for row in inside}
    return [row for row in inside if not given & holders[row.area_id]]


def _holders(area_id: str) -> frozenset[str]:
    area = area_by_id(area_id)
    return frozenset(outer.area_id for outer in ancestors(area)) if area else frozenset()


def put_together(rows: Iterable[Row], weights: Mapping[str, float] | None = None) -> Total | None:
    """One indicator's values of areas that don't overlap, as one; None where the catalogue doesn't allow it.

    `weights`: for a weighted mean the count of each area that the catalogue weighs by (`weight`), by area id; where one
    is missing there is no mean.
    """
    given = list(rows)
    if not given or len({row.area_id for row in given}) < len(given) or len(outermost(given)) < len(given):
        return None
    entry = load_indicators()[given[0].indicator]
    values = [float(row.value) for row in given]
    if entry.over_areas == "sum":
        return Total(sum(values), tuple(given))
    if entry.over_areas != "weighted_mean" or not weights or any(row.area_id not in weights for row in given):
        return None
    shares = [weights[row.area_id] for row in given]
    whole = sum(shares)
    return Total(sum(v * w for v, w in zip(values, shares, strict=True)) / whole, tuple(given)) if whole else None


def total_of_area(rows: Sequence[Row], area_id: str, weights: Mapping[str, float] | None = None) -> Total | None:
    """The value of an area in one period: its own where it is stated, else that of the areas in it put together.

    `rows` are the selected values of one indicator and period, each area's as a whole.
    """
    own = [row for row in rows if row.area_id == area_id]
    if own:
        return Total(float(own[0].value), (own[0],))
    return put_together(outermost(rows, area_id), weights)
