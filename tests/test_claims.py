"""Claims: every vocabulary entry's example, the specs, and no figure of an annotated report claimed."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
import yaml

from analysis.catalogue import read_vocabulary
from analysis.claims import find_claims
from analysis.text import normalise

SPECS = yaml.safe_load(Path(__file__).with_name("specs").joinpath("claims.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", read_vocabulary("claims.yaml")["claims"], ids=lambda entry: entry["example"])
def test_every_pattern_is_attested(entry):
    text = entry.get("context", "") + entry["example"] + entry.get("after", "")
    assert (entry["example"], entry["reason"]) in [(c.quote, c.reason) for c in find_claims(text)]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["why"])
def test_spec(spec):
    found = find_claims(spec["text"], today=spec.get("today"))
    assert [[c.quote, c.reason] for c in found] == spec["expect"]
    assert all(spec["text"][c.start : c.end] == c.quote for c in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


GOLD = Path(__file__).resolve().parents[2] / "shared" / "gold"
REPORTS = sorted(GOLD.glob("seeds/*.json")) + sorted(GOLD.glob("dev/*.json"))


def figures(text, annotated):
    """Spans of the figures that a gold file says are owed."""
    for figure in annotated["figures"]:
        context = unicodedata.normalize("NFC", figure["context"])
        before, inside, after = re.fullmatch(r"(?s)(.*)\[(.*)\](.*)", context).groups()
        start = text.index(before + inside + after) + len(before)
        if not figure.get("optional"):
            yield start, start + len(inside)


@pytest.mark.skipif(not REPORTS, reason="the annotated reports are not beside the project")
def test_no_figure_of_the_annotated_reports_is_claimed():
    claimed = []
    for path in REPORTS:
        text = normalise(path.with_suffix(".txt").read_text(encoding="utf-8-sig"))
        owed = list(figures(text, json.loads(path.read_text(encoding="utf-8"))))
        claimed += [
            (path.stem, c.quote)
            for c in find_claims(text)
            if any(c.start < end and start < c.end for start, end in owed)
        ]
    assert claimed == []
