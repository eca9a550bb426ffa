"""Extraction: what holds for every document, whatever it says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from analysis import model
from analysis.catalogue import load_indicators
from analysis.documents import assign_document_ids, list_raw_files, read_document
from analysis.extract import extract_document
from analysis.identity import observation_id
from analysis.model import Block, Document, Extraction
from analysis.numerals import digit_runs
from analysis.scopes import LONGEST

HERE = Path(__file__).resolve().parent
RAW = HERE.parent / "data" / "raw"
GOLD = HERE.parents[1] / "shared" / "gold"
REASONS = {
    "date", "time", "period", "legal_reference", "service_level", "name", "numbering", "ordinal", "address", "phone",
    "counter", "furniture", "measure", "duration", "ambiguous_area", "no_indicator", "unclear",
}  # fmt: skip
"""The closed list of `model.Unresolved`."""

FOLDERS = (HERE / "golden", GOLD / "seeds", GOLD / "dev")
IDS = assign_document_ids(list_raw_files(RAW), RAW)
FILES = sorted([
    *((path, RAW) for path in IDS),
    *((path, folder) for folder in FOLDERS for path in folder.glob("*.txt")),
])  # fmt: skip


@cache
def extraction(path: Path, folder: Path) -> Extraction:
    return extract_document(read_document(path, folder, IDS.get(path, path.stem)))


@pytest.fixture(params=FILES, ids=[path.name for path, _ in FILES])
def extracted(request) -> Extraction:
    return extraction(*request.param)


def made(text: str, title: str = "") -> Document:
    """A document of paragraphs, one a line."""
    blocks, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block("paragraph", start, start + len(line)))
        start += len(line) + 1
    return Document("made", "made.txt", "", "txt", text, title=title, blocks=tuple(blocks))


def test_seen_is_used_and_unresolved_and_nothing_twice(extracted: Extraction) -> None:
    spans = sorted((n.start, n.end) for n in (*extracted.observations, *extracted.unresolved))
    assert [pair for pair in zip(spans, spans[1:], strict=False) if pair[0][1] > pair[1][0]] == []
    text = extracted.document.text
    starts = {k for start, end in spans for k in range(start, end)}
    assert [text[a:b] for a, b in digit_runs(text) if not set(range(a, b)) <= starts] == []


def test_spans_lead_back_to_the_quote(extracted: Extraction) -> None:
    text = extracted.document.text
    for number in (*extracted.observations, *extracted.unresolved):
        assert number.start < number.end
        assert text[number.start : number.end] == number.quote
        assert " ".join(number.quote.split()) in number.sentence


def test_ids_are_unique_and_come_from_document_span_and_quote(extracted: Extraction) -> None:
    ids = [o.observation_id for o in extracted.observations]
    assert len(set(ids)) == len(ids)
    assert ids == [observation_id(o.document_id, o.start, o.end, o.quote) for o in extracted.observations]


def test_reasons_are_of_the_closed_list(extracted: Extraction) -> None:
    assert {u.reason for u in extracted.unresolved} <= REASONS


def test_the_contract_names_every_reason() -> None:
    listed = re.search(r"Reasons: ([^(]*)\(", model.Unresolved.__doc__ or "")
    assert listed and set(re.findall(r"[a-z_]+", listed[1])) == REASONS


def test_observations_hold_what_the_columns_allow(extracted: Extraction) -> None:
    for o in extracted.observations:
        assert o.indicator in load_indicators()
        assert o.area and 0 < o.confidence <= 1
        assert (o.period_start is None) == (o.period_end is None)
        assert o.period_start is None or o.period_end is None or o.period_start <= o.period_end
        assert o.value_high is None or o.value_high > o.value


def test_extraction_is_deterministic(extracted: Extraction) -> None:
    assert extract_document(extracted.document) == extracted


@pytest.mark.parametrize("path", sorted((HERE / "golden").glob("*.txt"))[:4], ids=lambda path: path.stem)
def test_composed_and_decomposed_letters_read_alike(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    folders = {form: tmp_path / form for form in ("NFC", "NFD")}
    for form, folder in folders.items():
        folder.mkdir()
        (folder / path.name).write_text(unicodedata.normalize(form, text), encoding="utf-8")
    one, other = (extract_document(read_document(f / path.name, f, path.stem)) for f in folders.values())
    assert one.observations == other.observations
    assert one.unresolved == other.unresolved


def test_a_document_without_a_subject_gives_no_observation() -> None:
    found = extract_document(made("Đã tiếp nhận 120 hồ sơ."))
    assert found.observations == ()
    assert [(u.quote, u.reason) for u in found.unresolved] == [("120", "ambiguous_area")]


def test_numbers_of_the_page_around_a_report_are_furniture() -> None:
    text = "UBND phường Cầu Tre tiếp nhận 45 hồ sơ.\nẢnh: 3 cán bộ trực 24 giờ"
    document = made(text, "Phường Cầu Tre cải cách hành chính năm 2022")
    first, last = document.blocks
    found = extract_document(replace(document, blocks=(first, replace(last, kind="caption"))))
    assert [o.quote for o in found.observations] == ["45"]
    assert {u.reason for u in found.unresolved} <= {"furniture", "time"}


@pytest.mark.parametrize("written", ["1" * 400, "9" + ".999" * 130, "9" * 18 + " nghìn tỷ"])
def test_a_number_that_no_report_can_mean_is_unresolved(written: str) -> None:
    text = f"Huyện Thanh Liêm tiếp nhận {written} hồ sơ, giải quyết 45 hồ sơ."
    found = extract_document(made(text, "Huyện Thanh Liêm cải cách hành chính năm 2022"))
    assert [o.quote for o in found.observations] == ["45"]
    assert {u.reason for u in found.unresolved} == {"unclear"}


def test_a_sentence_without_end_is_read_in_pieces() -> None:
    text = "Huyện Thanh Liêm " + "tiếp nhận 1.234 hồ sơ, quá hạn 2 hồ sơ; " * 400
    found = extract_document(made(text, "Huyện Thanh Liêm cải cách hành chính năm 2022"))
    assert [o.indicator for o in found.observations] == ["dossiers.received", "dossiers.overdue"] * 400
    assert max(len(o.sentence) for o in found.observations) <= LONGEST
