"""What would make a figure fit: two digits the other way round, or another number of the same report.

A report that gives a share of a base which stands elsewhere in it contradicts nothing, and neither does a total that
leaves out what its sentence names; so the numbers of the report are looked through before anything is held against it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.relations import Statement, Violation

_LEAST_SHARE = 50
"""A share's window, one step of its last digit wide, is at most this part of it: else any number would fit."""
TELLING = 100
"""A smaller count than this stands in many a report by chance."""
_EPSILON = 1e-6


def swapped_digits(stated: float, wanted: float, unit: float = 1.0) -> bool:
    """True where two neighbouring digits of a number, the other way round, make the number wanted.

    >>> swapped_digits(30931, 30913), swapped_digits(95.1, 95.01, 0.01), swapped_digits(12, 41)
    (True, True, False)
    """
    one, two = (str(round(value / unit)) for value in (stated, wanted))
    if abs(wanted / unit - round(wanted / unit)) > 0.01 or len(one) != len(two):
        return False
    apart = [at for at, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    return (
        len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0] : apart[1] + 1] == two[apart[1]] + two[apart[0]]
    )


def one_digit_off(stated: float, wanted: float) -> bool:
    """True where a single digit makes the difference between two whole numbers.

    >>> one_digit_off(17651, 17655), one_digit_off(28416, 28511), one_digit_off(999, 1000)
    (True, False, False)
    """
    one, two = f"{stated:.0f}", f"{wanted:.0f}"
    return len(one) == len(two) and sum(a != b for a, b in zip(one, two, strict=True)) == 1


@dataclass(frozen=True)
class Swap:
    """A number that fits with two of its digits the other way round."""

    statement: Statement
    fitting: float


def find_swap(violation: Violation) -> Swap | None:
    """The one number of a sum, or the share, in which two digits look transposed; None where none or several do."""
    found = list(_swaps(violation))
    return found[0] if len({swap.statement for swap in found}) == 1 else None


def _swaps(violation: Violation) -> Iterator[Swap]:
    left, right = (sum(row.value for row in side) for side in (violation.left, violation.right))
    if violation.share is not None:
        share = violation.share
        wanted = round(100 * left / right / share.unit) * share.unit if right else 0.0
        if swapped_digits(share.value, wanted, share.unit):
            yield Swap(share, wanted)
        return
    for rows, missing in ((violation.left, right - left), (violation.right, left - right)):
        for row in rows:
            if row.value + missing > 0 and swapped_digits(row.value, row.value + missing, row.unit):
                yield Swap(row, row.value + missing)


@dataclass(frozen=True, slots=True)
class Count:
    """A count of a report: its value, whether it counts dossiers or the like, and the sentence it stands in."""

    value: float
    indicator: str
    sentence: str


class Counts:
    """All counts of a report, among which one may be looked for that makes a figure fit."""

    def __init__(self, counts: Iterable[Count]) -> None:
        self._counts = tuple(counts)
        self._values = sorted({count.value for count in self._counts})

    def explain(self, violation: Violation, sentences: frozenset[str]) -> bool:
        """True where other numbers of the report make the figures fit; `sentences` are those that they stand in."""
        if violation.share is not None:
            return self._makes_share(violation, sentences)
        total, parts = (sum(row.value for row in side) for side in (violation.left, violation.right))
        if violation.relation.check == "bound":
            summed = len(violation.left) > 1 and self._states(total, violation)
            return summed or self._has_a_wider_whole(violation, sentences)
        return self._states(parts, violation) or self._left_out(violation, abs(total - parts), sentences)

    def _states(self, value: float, violation: Violation) -> bool:
        """True where the report has a count of its own for what the figures add up to."""
        known = {row.value for row in violation.statements}
        return value >= TELLING and value not in known and any(True for _ in self._between(value, value))

    def _has_a_wider_whole(self, violation: Violation, sentences: frozenset[str]) -> bool:
        """The same indicator of a wider scope, said in the same breath, that holds the part."""
        wholes = {row.indicator for row in violation.right}
        part = sum(row.value for row in violation.left)
        return any(c.indicator in wholes and c.sentence in sentences and c.value >= part for c in self._counts)

    def _left_out(self, violation: Violation, missing: float, sentences: frozenset[str]) -> bool:
        """A part that the relation doesn't know: `trả lại để bổ sung 27 hồ sơ`; said elsewhere, if it is telling."""
        group = violation.left[0].indicator.partition(".")[0]
        known = {row.value for row in violation.statements}
        return missing not in known and any(
            count.value == missing
            and (missing >= TELLING or (count.sentence in sentences and count.indicator.partition(".")[0] == group))
            for count in self._counts
        )

    def _makes_share(self, violation: Violation, sentences: frozenset[str]) -> bool:
        share = violation.share
        assert share is not None
        part, whole = (sum(row.value for row in side) for side in (violation.left, violation.right))
        said = 100 - share.value if violation.relation.check == "rest_exceeded" else share.value
        low, high = said - share.unit / 2, said + share.unit
        if low <= 0 or share.unit * _LEAST_SHARE > said:
            return False
        bases = (100 * part / high, 100 * part / low)
        others = {part, whole}
        parts = self._between(low * whole / 100, high * whole / 100)
        if not others.issuperset(self._between(*bases)) or not others.issuperset(parts):
            return True
        return any(bases[0] <= value <= bases[1] for value in self._composed(violation.right, sentences) - others)

    def _between(self, low: float, high: float) -> Iterator[float]:
        at = bisect_left(self._values, low - _EPSILON)
        while at < len(self._values) and self._values[at] <= high + _EPSILON:
            yield self._values[at]
            at += 1

    def _composed(self, whole: Sequence[Statement], sentences: frozenset[str]) -> set[float]:
        """Sums and differences of what stands in one sentence: `5.107 hồ sơ, kể cả 63 hồ sơ chuyển sang`.

        In the figures' own sentences one of the two is the base; in others both count what the base counts.
        """
        group = whole[0].indicator.partition(".")[0]
        stated = {row.value for row in whole}
        said: dict[str, set[float]] = {}
        for count in self._counts:
            if count.sentence in sentences or count.indicator.partition(".")[0] == group:
                said.setdefault(count.sentence, set()).add(count.value)
        pairs = [
            (one, two)
            for sentence, values in said.items()
            for one, two in combinations(sorted(values), 2)
            if sentence not in sentences or stated & {one, two}
        ]
        return {value for one, two in pairs for value in (two - one, two + one)}
