"""What stated numbers must satisfy among themselves: printed precision, and relations between indicators."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

from pydantic import BaseModel, ConfigDict

_MOST_CHOICES = 500
_EPSILON = 1e-9


def printed_unit(quote: str, value: float) -> float:
    """What one step of the last printed digit is worth, whatever marks and multipliers were used.

    >>> printed_unit("5,65 ngàn", 5650), printed_unit("60,64%", 60.64), printed_unit("04", 4)
    (10.0, 0.01, 1.0)
    """
    number = re.match(r"[\d.,\s]*\d", quote)
    digits = re.sub(r"\D", "", number.group()) if number else ""
    if not digits:
        return 1.0
    if not int(digits) or not value:
        return 10.0 ** -len(re.sub(r"\D", "", number.group().partition(",")[2])) if number else 1.0
    return 10.0 ** round(math.log10(abs(value) / int(digits)))


def says_the_same(one: Statement, other: Statement) -> bool:
    """True where two numbers can be one number printed with more and with fewer digits.

    >>> exact, rounded = Statement("", "dossiers.resolved", 57689, "57.689"), Statement("", "", 57000, "57.000")
    >>> says_the_same(exact, rounded), says_the_same(exact, Statement("", "", 57698, "57.698"))
    (True, False)
    """
    apart = abs(one.value - other.value)
    if apart <= _EPSILON:
        return True
    fine, coarse = sorted((one.coarse_unit, other.coarse_unit))
    if fine == coarse:
        return fine < 1 and apart <= fine + _EPSILON
    return apart < coarse + _EPSILON


@dataclass(frozen=True)
class Statement:
    """One number as stated: which observation, of which indicator, its value, and how it was written."""

    observation_id: str
    indicator: str
    value: float
    quote: str
    start: int = 0
    out_of: float | None = None
    """The denominator written with it: `4.012/5.084` is a part of 5.084 and of nothing else."""

    @cached_property
    def unit(self) -> float:
        """Worth of the last printed digit."""
        return printed_unit(self.quote, self.value)

    @cached_property
    def coarse_unit(self) -> float:
        """The same, taking two or more zeros at the end of a thousand for rounding: `57.000`."""
        if self.unit != 1 or self.value < 1000 or self.value % 100:
            return self.unit
        written = str(int(self.value))
        return 10.0 ** (len(written) - len(written.rstrip("0")))

    @property
    def decimals(self) -> int:
        """Decimals printed."""
        return max(0, -round(math.log10(self.unit)))

    @cached_property
    def interval(self) -> tuple[float, float]:
        """What the number can stand for: `5,65 ngàn` is somewhere around 5650, `4.545` is 4545."""
        slack = self.unit if self.unit > 1 else 0.0
        return self.value - slack, self.value + slack


class Alternative(BaseModel):
    """Two lists of indicators whose sums are compared; a lenient one can excuse a number, not accuse it.

    `unless_all`: a share of 100% says that there is no other, so that it is held even against a lenient base.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    left: tuple[str, ...]
    right: tuple[str, ...]
    lenient: bool = False
    unless_all: bool = False

    def accuses(self, share: Statement | None) -> bool:
        """True where a figure that doesn't fit is held against the report."""
        return not self.lenient or (self.unless_all and share is not None and share.value == 100)


class Relation(BaseModel):
    """A relation between indicators, with the ways in which it may be counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    check: Literal["share_mismatch", "sum_mismatch", "bound", "rest_exceeded"]
    level: Literal["error", "warning", "info"]
    any: tuple[Alternative, ...]
    of: str = ""
    tolerance: float = 0.0
    apart: Literal["error", "warning", "info", ""] = ""
    """The level where the figures stand in several sentences and no single digit explains the gap."""
    together: bool = False
    """True where it counts only for figures that stand in one sentence."""
    short_by: float | None = None
    """Where given, only parts that fall short of their total by at most this share of it are held against it."""

    @cached_property
    def compared(self) -> tuple[tuple[Alternative, frozenset[str]], ...]:
        """Each way of counting with all the indicators that it needs."""
        own = [self.of] if self.of else []
        return tuple((way, frozenset([*way.left, *way.right, *own])) for way in self.any)

    @cached_property
    def leading(self) -> frozenset[str]:
        """Of these indicators one has to be stated for anything to be compared."""
        return frozenset([self.of] if self.of else [way.left[0] for way in self.any])


@dataclass(frozen=True)
class Violation:
    """A relation that no way of counting makes true, with the statements of the first way."""

    relation: Relation
    share: Statement | None
    left: tuple[Statement, ...]
    right: tuple[Statement, ...]
    convention: bool = False
    """True where the base is one that only some count with."""

    @property
    def computed(self) -> float:
        """What the parts make: a share in percent, or a sum."""
        left, right = (sum(row.value for row in side) for side in (self.left, self.right))
        if self.share is None:
            return right
        made = 100 * left / right if right else 0.0
        return 100 - made if self.relation.check == "rest_exceeded" else made

    @property
    def stated(self) -> float:
        """What the report says of it."""
        return self.share.value if self.share else sum(row.value for row in self.left)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements that it rests on, each once."""
        share = (self.share,) if self.share else ()
        return tuple(dict.fromkeys(share + self.left + self.right))


def find_violations(
    relations: Sequence[Relation], stated: Mapping[str, Sequence[Statement]], share_tolerance: float, most_values: int
) -> Iterator[Violation]:
    """The relations that the statements of one area, period and document break.

    Where an indicator is stated more than once, one combination that holds is enough; where it has more
    than `most_values` different values, they are rather a split that wasn't understood, and nothing is said.
    """
    usable = {code: rows for code, rows in stated.items() if len({row.value for row in rows}) <= most_values}
    if len(usable) < 2:
        return
    for relation in relations:
        if relation.leading.isdisjoint(usable):
            continue
        ways = [way for way, codes in relation.compared if codes <= usable.keys()]
        broken = {way: _closest_break(relation, way, usable, share_tolerance) for way in ways}
        accused = [violation for way, violation in broken.items() if violation and way.accuses(violation.share)]
        if accused and None not in broken.values():
            yield accused[0]


def find_agreeing(
    relations: Sequence[Relation], stated: Mapping[str, Sequence[Statement]], share_tolerance: float
) -> Iterator[str]:
    """Ids of the stated shares that the parts of one area, period and document make in some way of counting."""
    for relation in relations:
        if relation.check != "share_mismatch":
            continue
        for share in stated.get(relation.of, ()):
            alone = {**stated, relation.of: [share]}
            for way, codes in relation.compared:
                if way.lenient or not codes <= alone.keys():
                    continue
                choices = [each for each in _choices(relation, way, alone) if _total(each.right)[0] > 0]
                if any(_holds(choice, way, share_tolerance) for choice in choices):
                    yield share.observation_id
                    break


def _codes(relation: Relation, way: Alternative) -> set[str]:
    return {*way.left, *way.right, *([relation.of] if relation.of else [])}


def _closest_break(
    relation: Relation, way: Alternative, stated: Mapping[str, Sequence[Statement]], share_tolerance: float
) -> Violation | None:
    """None where some combination holds, else the one whose numbers stand closest together."""
    broken = []
    for choice in _choices(relation, way, stated):
        if _holds(choice, way, share_tolerance):
            return None
        broken.append(choice)
    return min(broken, key=_spread, default=None)


def _choices(relation: Relation, way: Alternative, stated: Mapping[str, Sequence[Statement]]) -> Iterator[Violation]:
    """Each combination of the statements that a way of counting compares; none where there are too many."""
    codes = sorted(_codes(relation, way))
    if math.prod(len(stated[code]) for code in codes) > _MOST_CHOICES:
        return
    for choice in product(*(stated[code] for code in codes)):
        chosen = dict(zip(codes, choice, strict=True))
        left, right = (tuple(chosen[code] for code in side) for side in (way.left, way.right))
        violation = Violation(relation, chosen.get(relation.of), left, right, way.lenient)
        if not _names_another_whole(violation):
            yield violation


def _spread(violation: Violation) -> int:
    starts = [row.start for row in violation.statements]
    return max(starts) - min(starts)


def _names_another_whole(violation: Violation) -> bool:
    """True where a part is written with a denominator other than the whole that it would be held against."""
    low, high = _total(violation.right)
    written = [row.out_of for row in violation.left if row.out_of is not None]
    return violation.relation.check != "sum_mismatch" and any(not low <= out_of <= high for out_of in written)


def _holds(violation: Violation, way: Alternative, share_tolerance: float) -> bool:
    (left_low, left_high), (right_low, right_high) = _total(violation.left), _total(violation.right)
    tolerance = violation.relation.tolerance + _EPSILON
    if violation.relation.check == "bound":
        return left_low <= right_high + tolerance
    if violation.relation.short_by is not None and not way.lenient:
        return not 0 < left_low - right_high <= violation.relation.short_by * left_high
    if violation.relation.check == "sum_mismatch":
        return left_low - right_high <= tolerance and right_low - left_high <= tolerance
    assert violation.share is not None
    if right_low <= 0:
        return True
    if violation.relation.check == "rest_exceeded":
        return violation.share.value <= 100 - 100 * left_low / right_high + max(share_tolerance, violation.share.unit)
    return share_agrees(violation.share, 100 * left_low / right_high, 100 * left_high / right_low, share_tolerance)


def share_agrees(share: Statement, low: float, high: float, tolerance: float) -> bool:
    """True where a printed share can stand for a computed one that lies between `low` and `high`.

    A share printed without decimals may be a point off, but 100% and 0% say something exact.

    >>> share = Statement("", "dossiers.online_share", 60, "60%")
    >>> share_agrees(share, 60.64, 60.64, 0.1), share_agrees(share, 62.1, 62.1, 0.1)
    (True, False)
    """
    slack = tolerance if share.value in (0, 100) else max(tolerance, share.unit)
    return low - slack - _EPSILON <= share.value <= high + slack + _EPSILON


def _total(statements: Sequence[Statement]) -> tuple[float, float]:
    return sum(row.interval[0] for row in statements), sum(row.interval[1] for row in statements)
