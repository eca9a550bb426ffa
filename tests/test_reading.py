"""Reading: the indicator of each marked number, and how the vocabulary's parts fit together."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from made_documents import SPECS, cases, read_marked

from analysis.catalogue import load_indicators, load_units
from analysis.indicators import find_cues, load_cues, load_signatures
from analysis.reading import Memory, read_sentence
from analysis.scopes import Sentence

SECTIONS = list(yaml.safe_load((SPECS / "reading.yaml").read_text(encoding="utf-8")))
NOT_IN_TEXT = {"dossier_said"}
"""Cues that the reading sets itself."""


@pytest.mark.parametrize("spec", [case for section in SECTIONS for case in cases("reading.yaml", section)])
def test_spec(spec: dict[str, Any]) -> None:
    assert [found.indicator if found else None for found in read_marked(spec)] == spec["expect"]


@pytest.mark.parametrize("signature", load_signatures(), ids=lambda signature: "+".join(signature.cues))
def test_a_signature_names_known_cues_codes_and_units(signature) -> None:
    codes = {signature.count, signature.percent, signature.score, signature.rank, signature.amount, signature.duration}
    assert codes - {""} and codes - {""} <= set(load_indicators())
    assert set().union(*signature.groups) <= set(load_cues()) | NOT_IN_TEXT
    assert set(signature.unless) <= set(load_cues())
    assert set(signature.units) <= set(load_units())


def test_every_cue_is_of_use() -> None:
    used = {cue for signature in load_signatures() for cue in {*signature.unless, *set().union(*signature.groups)}}
    swallowing = {"matter", "portal", "eligible", "cumulative"}
    assert set(load_cues()) - used - swallowing == set()


def test_the_longest_of_overlapping_cues_stays() -> None:
    assert [cue.name for cue in find_cues("hồ sơ trả trước và đúng hạn")] == ["dossier", "timely"]


def test_a_sentence_without_numbers_leaves_its_topic() -> None:
    text, memory = "công tác kiểm tra", Memory()
    assert read_sentence(Sentence(text, 0, len(text), ()), find_cues("nhiệm vụ được giao"), memory) == []
    assert "task" in memory.topics
