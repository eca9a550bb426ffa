"""The vocabulary: every file valid, every pattern compiles, codes and units fit together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from analysis.attest import read_attestation
from analysis.catalogue import (
    Attestation,
    load_attestations,
    load_entries,
    load_indicators,
    load_pattern,
    load_units,
    read_vocabulary,
)
from analysis.errors import VocabularyError
from analysis.indicators import CueEntry, load_cues
from analysis.overlay import is_said

PATTERN_FILES = ["qualifiers.yaml", "scopes.yaml", "reading.yaml", "attribution.yaml", "headings.yaml"]


def strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


@pytest.mark.parametrize("name", PATTERN_FILES)
def test_every_pattern_compiles(name: str) -> None:
    found = list(strings(read_vocabulary(name)))
    assert found and all(re.compile(pattern) for pattern in found)


def test_every_indicator_is_complete() -> None:
    indicators = load_indicators()
    assert list(indicators)[-1] == "other"
    for code, indicator in indicators.items():
        low, high = indicator.range
        assert code == indicator.code and indicator.label_vi and indicator.label_en
        assert low is None or high is None or low < high
        assert indicator.unit == "" or indicator.unit in load_units()
    assert indicators["dossiers.overdue"].label("vi") != indicators["dossiers.overdue"].label("en")


def test_what_is_put_together_fits_what_is_measured() -> None:
    indicators = load_indicators()
    for code, indicator in indicators.items():
        averaged = "weighted_mean" in (indicator.over_areas, indicator.over_time)
        assert bool(indicator.weight) == averaged, code
        assert not indicator.weight or indicators[indicator.weight].kind == "count", code
        if indicator.kind in ("percent", "score", "rank", "duration"):
            assert "sum" not in (indicator.over_areas, indicator.over_time), code
        if indicator.measure in ("stock", "index"):
            assert indicator.over_time in ("last", "none"), code
        assert (indicator.measure == "share") == (indicator.kind == "percent") or indicator.measure == "index", code


def attestations() -> list[Any]:
    return [
        pytest.param(
            code, each, id=f"{code}-{number}",
            marks=[pytest.mark.xfail(strict=True, reason=each.known_gap)] if each.known_gap else [],
        )
        for code, entries in load_attestations().items()
        for number, each in enumerate(entries, start=1)
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "attestation"), attestations())
def test_every_phrase_is_read_as_its_sentence_says(code: str, attestation: Attestation) -> None:
    read = list(read_attestation(code, attestation))
    assert [(each.quote, each.found and each.found.indicator) for each in read] == [(each.quote, code) for each in read]
    assert read and all(each.holds for each in read)


def test_every_indicator_is_attested() -> None:
    assert set(load_attestations()) == set(load_indicators()) - {"other"}


def test_a_phrase_stands_in_its_sentence_and_no_sentence_twice() -> None:
    every = [(code, each) for code, entries in load_attestations().items() for each in entries]
    assert [each.phrase for _, each in every if not is_said(each)] == []
    assert [text for text, times in Counter(each.text for _, each in every).items() if times > 1] == []


def test_few_sentences_are_known_gaps() -> None:
    every = [each for entries in load_attestations().values() for each in entries]
    assert sum(bool(each.known_gap) for each in every) <= 12


def test_no_noun_carries_two_units() -> None:
    nouns = Counter(noun for unit in load_units().values() for noun in unit.nouns)
    assert [noun for noun, times in nouns.items() if times > 1] == []


def test_no_cue_stands_twice() -> None:
    names = Counter(entry["cue"] for entry in read_vocabulary("cues.yaml"))
    assert set(names.values()) == {1} and set(names) == set(load_cues())


def test_a_pattern_at_the_end_begins_a_word() -> None:
    over = load_pattern("qualifiers.yaml", "over", at_end=True)
    assert over.search("giải quyết trên ") and not over.search("giải quyết trênn ") and not over.search("xtrên")


def test_a_wrong_entry_is_named() -> None:
    with pytest.raises(VocabularyError, match="units.yaml"):
        load_entries("units.yaml", CueEntry)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(VocabularyError, match="nowhere.yaml"):
        read_vocabulary("nowhere.yaml")


def test_vocabulary_files_are_utf8_with_composed_letters() -> None:
    for path in (files("analysis") / "vocabulary").iterdir():
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), path.name
