"""How well figures are read, as a floor that no change may go below; the annotated reports are never tuned to."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.evaluate import evaluate

GOLDEN = Path(__file__).with_name("golden")
SEEDS = Path(__file__).resolve().parents[2] / "shared" / "gold" / "seeds"
FLOORS = {"detected": 0.985, "typed": 0.985, "statistic": 0.95, "record": 0.95}
"""F1 of tests/golden, a little below what was measured last: 0.998, 0.998, 0.968, 0.968."""


@pytest.fixture(scope="module")
def golden():
    return evaluate(GOLDEN).total


@pytest.mark.parametrize("level", FLOORS)
def test_the_golden_reports_are_read_as_well_as_before(golden, level: str) -> None:
    assert golden.measures(level)[2] >= FLOORS[level]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the founding reports are not beside the project")
def test_the_founding_reports_are_read_almost_whole() -> None:
    assert evaluate(SEEDS).total.measures("record")[2] >= 0.98
