"""What confidence is worth: estimated on annotated reports, and held against others.

A reading's points (vocabulary/confidence.yaml) are those of a logistic model, fitted one name at a time and drawn
towards zero where few readings bear a name. Reports are split in halves by their names: each half is measured
with the points of the other.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from analysis.catalogue import load_words
from analysis.confidence import SET_BY_HAND, Basis, confidence_by
from analysis.documents import read_document
from analysis.evaluate import judge_observations
from analysis.extract import Step, extract_document
from analysis.gold import list_annotations, read_gold, report_beside
from analysis.numerals import Lang, format_number

LEDGES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2, 0.0)
"""Lower ends of the classes of confidence that are told apart in tables."""
_RECORD, _STATISTIC = 4, 3
_SHRINKAGE = 8.0
"""As many readings, half of them right, as each name is thought to have been seen in before any was."""
_SWEEPS = 25
_DAMPING = 0.8
"""Readings of one report stand and fall together, so that points fitted to some reports say too much of others."""

_ORDERED = {"evidence": ("strong", "some", "weak", "none"), "rival": ("far", "near")}
"""Names that mean less and less: what they add must not rise, whatever a sample says."""

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading of an annotated report, and how many of the four levels of evaluate.py it reaches."""

    report: str
    basis: Basis
    level: int

    @property
    def right(self) -> bool:
        """True where the whole record is right."""
        return self.level >= _RECORD


@dataclass(frozen=True, slots=True)
class Ledge:
    """Readings of one class of confidence: how many, what was expected of them, how many were right."""

    low: float
    count: int
    expected: float
    """The mean of their confidence."""
    statistic: float
    """The share with value, kind and indicator right."""
    record: float
    """The share with area, tier and period right too."""


def judge_folder(gold_dir: Path) -> list[Judged]:
    """All readings of the annotated reports of a folder, those of optional figures left out."""
    return [judged for path in list_annotations(gold_dir) for judged in _judge_one(path)]


def _judge_one(path: Path) -> list[Judged]:
    document = read_document(report_beside(path), path.parent, path.stem)
    steps: dict[tuple[int, int], Step] = {}
    extraction = extract_document(document, lambda step: steps.update({(step.result.start, step.result.end): step}))
    judged = judge_observations(read_gold(path, document.text), extraction.observations)
    bases = ((steps[o.start, o.end].basis, level) for o, level in judged)
    return [Judged(path.stem, basis, level) for basis, level in bases if basis]


def half_of(report: str) -> int:
    """The half, 0 or 1, that a report falls in; its name alone decides, whatever other reports there are."""
    return zlib.crc32(report.encode("utf-8")) % 2


def estimate_points(judged: Sequence[Judged]) -> Table:
    """The points of each name of each field of `Basis`, as confidence.yaml has them."""
    members: dict[tuple[str, str], list[int]] = {}
    for n, each in enumerate(judged):
        for pair in asdict(each.basis).items():
            members.setdefault(pair, []).append(n)
    right = [float(each.right) for each in judged]
    share = (sum(right) + 1) / (len(right) + 2)
    base = math.log(share / (1 - share))
    sums, weights = [base] * len(judged), dict.fromkeys(members, 0.0)
    for _ in range(_SWEEPS):
        for pair, own in members.items():
            moved = _step([sums[n] for n in own], [right[n] for n in own], weights[pair])
            weights[pair] += moved
            for n in own:
                sums[n] += moved
    points: dict[str, dict[str, float]] = {field.name: {} for field in fields(Basis)}
    for name, order in _ORDERED.items():
        pairs = [(name, value) for value in order if (name, value) in weights]
        falling = _falling([weights[pair] for pair in pairs], [len(members[pair]) for pair in pairs])
        weights |= dict(zip(pairs, falling, strict=True))
    for (name, value), weight in sorted(weights.items()):
        points[name][value] = round(_DAMPING * weight, 2)
    kept = {name: load_words("confidence.yaml")[name] for name in SET_BY_HAND}
    return {**kept, "base": round(base, 2), "points": points}


def _falling(weights: Sequence[float], counts: Sequence[int]) -> list[float]:
    """The nearest weights that never rise: those that do are put together at their mean.

    >>> _falling([0.5, -0.2, 0.1, -1.0], [10, 10, 30, 5])
    [0.5, 0.025, 0.025, -1.0]
    """
    pools: list[tuple[float, int, int]] = []
    for weight, count in zip(weights, counts, strict=True):
        pools.append((weight, count, 1))
        while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
            (a, n, k), (b, m, j) = pools[-2:]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m, k + j)]
    return [weight for weight, _, size in pools for _ in range(size)]


def _step(sums: Sequence[float], right: Sequence[float], weight: float) -> float:
    """One Newton step for one weight."""
    chances = [1 / (1 + math.exp(-points)) for points in sums]
    slope = sum(r - p for r, p in zip(right, chances, strict=True)) - _SHRINKAGE / 4 * weight
    return slope / (sum(p * (1 - p) for p in chances) + _SHRINKAGE / 4)


def held_out(judged: Sequence[Judged]) -> list[tuple[float, Judged]]:
    """Each reading with the confidence that the other half's reports give it."""
    tables = [estimate_points([each for each in judged if half_of(each.report) != half]) for half in (0, 1)]
    return [(confidence_by(tables[half_of(each.report)], each.basis), each) for each in judged]


def rated(judged: Iterable[Judged], table: Table | None = None) -> list[tuple[float, Judged]]:
    """Each reading with the confidence of a table of points, by default the one in use."""
    table = table or load_words("confidence.yaml")
    return [(confidence_by(table, each.basis), each) for each in judged]


def ledges(rated: Iterable[tuple[float, Judged]], lows: Sequence[float] = LEDGES) -> list[Ledge]:
    """The classes of confidence that hold any reading, the surest first."""
    classes: dict[float, list[tuple[float, Judged]]] = {low: [] for low in lows}
    for confidence, judged in rated:
        classes[next(low for low in lows if confidence >= low)].append((confidence, judged))
    return [_ledge(low, inside) for low, inside in classes.items() if inside]


def _ledge(low: float, inside: Sequence[tuple[float, Judged]]) -> Ledge:
    def share(of: Callable[[float, Judged], float]) -> float:
        return sum(of(*each) for each in inside) / len(inside)

    return Ledge(
        low,
        len(inside),
        share(lambda confidence, _: confidence),
        share(lambda _, judged: judged.level >= _STATISTIC),
        share(lambda _, judged: judged.right),
    )


def format_calibration(judged: Sequence[Judged], lang: Lang = "vi") -> str:
    """The classes of confidence for readers, as the program gives it."""
    words = {name: said[lang] for name, said in load_words("evaluation.yaml")["words"].items()}
    heads = [words[name] for name in ("confidence", "readings", "expected", "statistic", "record")]
    rows = [
        [
            words["and_over"].format(low=format_number(ledge.low, 1, lang)),
            format_number(ledge.count, lang=lang),
            *(format_number(share, 3, lang) for share in (ledge.expected, ledge.statistic, ledge.record)),
        ]
        for ledge in ledges(rated(judged))
    ]
    widths = [max(len(row[n]) for row in [heads, *rows]) for n in range(len(heads))]
    lines = [
        "  ".join(
            cell.ljust(w) if not n else cell.rjust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in [heads, *rows]
    ]
    return "\n".join([*lines, "", words["calibration_legend"]])
