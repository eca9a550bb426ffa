"""Claims: every vocabulary entry's example, the specs, and no figure of an annotated report claimed."""

from pathlib import Path

import pytest
import yaml

from analysis.catalogue import read_vocabulary
from analysis.claims import find_claims

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
