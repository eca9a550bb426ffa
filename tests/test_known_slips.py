"""What the checks say of whole reports: the slips that stand in them, and no false alarm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from rows import observation

from analysis.checks import run_checks
from analysis.dataset import observations_frame
from analysis.documents import document_sentences, read_document
from analysis.extract import extract_document
from analysis.gold import list_annotations, read_gold, report_beside

TESTS = Path(__file__).parent
RAW = TESTS.parent / "data" / "raw"
KNOWN = yaml.safe_load((TESTS / "specs" / "known_slips.yaml").read_text(encoding="utf-8"))


def told(observations):
    """Codes of all that is held against the reports: what is only worth knowing isn't."""
    return [f.code for f in run_checks(observations_frame(observations)) if f.level != "info"]


def read(name):
    return extract_document(read_document(RAW / name, RAW, name)).observations


@pytest.mark.parametrize("name", KNOWN["samples"])
def test_the_slips_of_a_sample_are_found_and_nothing_else(name):
    assert told(read(name)) == KNOWN["samples"][name]


@pytest.mark.parametrize("case", KNOWN["between_samples"], ids=lambda case: case["reports"][0])
def test_samples_that_contradict_each_other(case):
    reports = [read(name) for name in case["reports"]]
    alone = [code for report in reports for code in told(report)]
    assert sorted(told([row for report in reports for row in report])) == sorted([*alone, *case["expect"]])


@pytest.mark.parametrize("case", KNOWN["texts"], ids=lambda case: case["text"][:60])
def test_a_published_slip_is_found_from_its_sentence_on(case, tmp_path):
    (tmp_path / "bao-cao.txt").write_text(f"{case['title']}\n\n{case['text']}\n", encoding="utf-8")
    read_from = read_document(tmp_path / "bao-cao.txt", tmp_path)
    found = run_checks(observations_frame(extract_document(read_from).observations))
    assert [finding.code for finding in found] == case["expect"]
    assert all(case["says"] in finding.message_vi for finding in found)


def first(given, default=None):
    """What an annotation says, the first of several."""
    return given[0] if isinstance(given, tuple) else given or default


def annotated(path):
    """The annotated figures of a report's prose as observations; whose of its offices, as it is read.

    An annotation doesn't name a table's lines, so that its figures are left out.
    """
    document = read_document(report_beside(path), path.parent, path.stem)
    offices = {(row.start, row.end): row.organization for row in extract_document(document).observations}
    sentences = [(start, end, document.text[start:end]) for _, start, end in document_sentences(document)]
    for expected in read_gold(path, document.text).expected:
        figure, block = expected.figure, document.block_at(expected.start)
        said = next((text for start, end, text in sentences if start <= expected.start < end), None)
        if block is None or block.kind == "table" or block.is_furniture or said is None:
            continue
        days = expected.periods[0] if expected.periods else (None, None)
        start, end = (date.fromisoformat(day) if day else None for day in days)
        yield observation(
            first(figure.indicator), figure.value, document.text[expected.start : expected.end], expected.start,
            document_id=path.stem, kind=first(figure.kind), qualifier=first(figure.qualifier), out_of=figure.out_of,
            change=figure.change, nature=figure.nature, area=first(expected.areas, ""), area_id="",
            tier="" if figure.tier == "any" else figure.tier, period_start=start, period_end=end,
            sentence=" ".join(said.split()), organization=offices.get((expected.start, expected.end), ""),
        )  # fmt: skip


def test_annotated_reports_hold_no_slip_but_those_known():
    found = {path.stem: told(list(annotated(path))) for path in list_annotations(TESTS / "golden")}
    assert {name: codes for name, codes in found.items() if codes} == KNOWN["golden"]
