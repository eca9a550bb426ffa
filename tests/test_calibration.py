"""Confidence: what it is made of, and that it holds on annotated reports it wasn't estimated on."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from analysis.calibration import (
    LEDGES,
    Judged,
    estimate_points,
    format_calibration,
    half_of,
    held_out,
    judge_folder,
    ledges,
    rated,
)
from analysis.catalogue import load_words
from analysis.confidence import LEAST, MOST, SET_BY_HAND, Basis, confidence_by, estimate_confidence, evidence_of

GOLDEN = Path(__file__).with_name("golden")
BASIS = Basis("own_words", "report", "report", "strong", "none", "text", "count", "whole")
DOUBTFUL = replace(BASIS, rule="clause", evidence="weak")


def made(basis: Basis, right: int, wrong: int, reports: int = 10) -> list[Judged]:
    """So many readings on one basis, spread over reports."""
    levels = [4] * right + [2] * wrong
    return [Judged(f"bao-cao-{n % reports}", basis, level) for n, level in enumerate(levels)]


@pytest.fixture(scope="module")
def golden() -> list[Judged]:
    return judge_folder(GOLDEN)


def test_points_are_estimated_from_what_was_right() -> None:
    table = estimate_points(made(BASIS, 95, 5) + made(DOUBTFUL, 30, 70))
    assert confidence_by(table, BASIS) == pytest.approx(0.92, abs=0.03)
    assert confidence_by(table, DOUBTFUL) == pytest.approx(0.35, abs=0.05)


def test_few_readings_say_little() -> None:
    many, few = made(BASIS, 90, 10), made(replace(BASIS, rule="index"), 0, 2)
    assert 0.5 < confidence_by(estimate_points(many + few), few[0].basis) < 0.85


def test_a_name_that_was_never_seen_counts_nothing() -> None:
    table = estimate_points(made(BASIS, 95, 5) + made(DOUBTFUL, 30, 70))
    unseen = replace(BASIS, rule="rule_of_tomorrow", evidence="none")
    assert confidence_by(table, DOUBTFUL) < confidence_by(table, unseen) < confidence_by(table, BASIS)


def test_what_was_recognised_from_a_picture_is_less_sure() -> None:
    assert estimate_confidence(replace(BASIS, method="ocr")) < estimate_confidence(BASIS) - 0.03


def test_no_reading_is_quite_sure() -> None:
    table = {"base": 0.0, "points": {"rule": {"own_words": 50.0, "clause": -50.0}}}
    assert (confidence_by(table, BASIS), confidence_by(table, DOUBTFUL)) == (MOST, LEAST)


def test_the_table_in_use_has_points_for_every_part_of_the_basis() -> None:
    table = load_words("confidence.yaml")
    assert set(table["points"]) == {field.name for field in fields(Basis)}
    assert set(SET_BY_HAND) | {"base", "points"} == set(table)
    limits = list(table["evidence"].values())
    assert limits == sorted(limits, reverse=True) and evidence_of(limits[-1]) == list(table["evidence"])[-1]


def test_better_evidence_is_never_less_sure() -> None:
    steps = [estimate_confidence(replace(BASIS, evidence=name)) for name in ("strong", "some", "weak")]
    assert steps == sorted(steps, reverse=True)
    assert estimate_confidence(replace(BASIS, rival="near")) <= estimate_confidence(replace(BASIS, rival="far"))
    sample = made(replace(BASIS, evidence="some"), 70, 30) + made(replace(BASIS, evidence="weak"), 90, 10)
    points = estimate_points(sample + made(BASIS, 80, 20))["points"]["evidence"]
    assert points["strong"] >= points["some"] >= points["weak"]


def test_both_halves_have_a_fair_part_of_the_reports(golden: list[Judged]) -> None:
    reports = {judged.report for judged in golden}
    assert 0.35 < sum(half_of(report) for report in reports) / len(reports) < 0.65


def test_held_out_reports_are_as_right_as_expected(golden: list[Judged]) -> None:
    classes = ledges(held_out(golden), (0.9, 0.75, 0.5, 0.0))
    surest = classes[0]
    assert surest.low == 0.9 and surest.count >= 0.1 * len(golden)
    assert surest.record >= 0.87 and surest.statistic >= 0.9
    shares = [ledge.record for ledge in classes]
    assert shares == sorted(shares, reverse=True)


def test_with_the_points_in_use_nine_in_ten_of_the_surest_are_right(golden: list[Judged]) -> None:
    surest = ledges(rated(golden), (0.9, 0.0))[0]
    assert surest.low == 0.9 and surest.record >= 0.9


def test_a_reading_belongs_to_one_class() -> None:
    found = ledges([(0.9, made(BASIS, 1, 0)[0]), (0.89, made(BASIS, 0, 1)[0]), (0.02, made(BASIS, 0, 1)[0])])
    assert [(ledge.low, ledge.count, ledge.record) for ledge in found] == [(0.9, 1, 1.0), (0.8, 1, 0.0), (0.0, 1, 0.0)]
    assert list(LEDGES) == sorted(LEDGES, reverse=True) and LEDGES[-1] == 0.0


@pytest.mark.parametrize(("lang", "word"), [("vi", "từ 0,"), ("en", "0.9 and over")])
def test_the_classes_are_shown(lang, word) -> None:
    shown = format_calibration(made(replace(BASIS, tier="split"), 9, 1), lang)
    assert word[:5] in shown and ("0,900" if lang == "vi" else "0.900") in shown
