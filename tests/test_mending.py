"""analysis.mending: texts that a conversion spoilt are read as they were meant, and shown as they were published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from made_documents import made_document, made_table

from analysis.catalogue import load_words
from analysis.documents import read_document
from analysis.documents.legacy import load_encodings
from analysis.extract import extract_document
from analysis.mending import Mended, find_edits, load_systems, mend
from analysis.model import Block

GOLDEN = Path(__file__).parent / "golden"
MEANT = (
    "Văn phòng UBND huyện Thanh Liêm, tỉnh Hà Nam báo cáo công tác kiểm soát thủ tục hành chính năm 2021\n"
    "Trong năm 2021, toàn huyện tiếp nhận 4.545 hồ sơ; đã hoàn thành giải quyết 4.500 hồ sơ, trong đó có 4.480 hồ sơ "
    "đúng hạn, đạt 99,6%; còn 45 hồ sơ đang giải quyết.\n"
    "Không có hồ sơ tồn đọng; công khai 12 thủ tục trên Cổng thông tin."
)
TITLE = "Huyện Thanh Liêm báo cáo công tác kiểm soát thủ tục hành chính năm 2021"


def misread(text: str) -> str:
    """The text as a program shows it that takes its letters for VNI."""
    return load_encodings()[1].letter_by_letter(text)


def spoilt(text: str = MEANT, title: str = TITLE) -> Mended:
    found = mend(made_document(misread(text), misread(title), date(2022, 1, 5)))
    assert found is not None
    return found


EXAMPLES = [(i, e) for i, s in enumerate(load_words("mending.yaml")["systems"]) for e in s["examples"]]


@pytest.mark.parametrize(("index", "example"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_every_example(index: int, example: dict[str, str]) -> None:
    text = example["written"]
    for edit in reversed(load_systems()[index].edits(text)):
        text = text[: edit.start] + edit.meant + text[edit.end :]
    assert text == example["meant"]


def test_the_text_is_read_as_it_was_meant() -> None:
    assert spoilt().document.text == MEANT
    assert spoilt().document.title == TITLE


def test_offsets_lead_back_and_forth() -> None:
    found = spoilt()
    for number in ("4.545", "4.500", "99,6%", "12 thủ tục"):
        at, published = MEANT.index(number), found.published.text.index(number)
        assert (found.back(at), found.forth(published)) == (published, at)
    assert found.back(len(MEANT)) == len(found.published.text)


def test_observations_are_those_of_the_meant_text_at_the_places_of_the_published_one() -> None:
    published = made_document(misread(MEANT), misread(TITLE), date(2022, 1, 5))
    meant = extract_document(made_document(MEANT, TITLE, date(2022, 1, 5)))
    read = extract_document(published)
    assert [(o.indicator, o.value, o.area) for o in read.observations] == [
        (o.indicator, o.value, o.area) for o in meant.observations
    ]
    assert len(read.observations) >= 5 and read.document == published
    for found in (*read.observations, *read.unresolved):
        assert published.text[found.start : found.end] == found.quote
    for found in read.observations:
        assert found.sentence in published.text and found.quote in found.sentence
    assert len({o.observation_id for o in read.observations}) == len(read.observations)
    assert "đọc lại" in read.notes[0] and "→" in read.notes[0]


def test_cells_of_tables_are_mended_too() -> None:
    rows = [["Đơn vị", "Cơng khai", "Cĩ hồ sơ", "Khơng cĩ"], ["Xã A", "12", "45", "1"], ["Phịng Nội vụ", "3", "4", "5"]]
    table = made_table(rows, 1)
    found = mend(table)
    assert found is not None
    cells = found.document.tables[0].cells
    assert [c.text for c in cells][:4] == ["Đơn vị", "Công khai", "Có hồ sơ", "Không có"]
    assert all(found.document.text[c.start : c.end] == c.text for c in cells)


def test_a_good_paragraph_beside_a_spoilt_one_is_left_alone() -> None:
    good = "Tồn kho và hồi hương: ông Hồng nói thôn có 12 hộ, còn 3 hộ; hồn nhiên; sốt rét."
    text = misread(MEANT) + "\n" + good + "\nSốt xuất huyết: 12 ca; Hồng, Tốn."
    found = mend(made_document(text, TITLE))
    assert found is not None
    assert found.document.text.endswith(good + "\nSốt xuất huyết: 12 ca; Hồng, Tốn.")


@pytest.mark.parametrize(
    "text",
    [
        MEANT,
        "Phuơng án của trừơng: 12 hồ sơ; thơng tin.",
        "Ơng Nguyễn Văn A; sơng Hồng",
        "Đăk Rơng, Krơng Búk, Cư M'gar và 12 xã khác của tỉnh Đắk Lắk công khai thông tin",
    ],
)
def test_good_texts_and_single_slips_are_left_alone(text: str) -> None:
    assert find_edits(text, (Block("paragraph", 0, len(text)),)) == []


def test_no_annotated_report_is_mended() -> None:
    reports = sorted(GOLDEN.glob("*.txt"))
    assert len(reports) > 20
    assert [p.name for p in reports if mend(read_document(p, GOLDEN))] == []


def test_most_words_of_spoilt_reports_come_back() -> None:
    wrong, left = 0, 0
    for path in sorted(GOLDEN.glob("*.txt"))[:25]:
        text = read_document(path, GOLDEN).text
        document = replace(made_document(text), text=misread(text), blocks=(Block("paragraph", 0, len(misread(text))),))
        edits = find_edits(document.text, document.blocks)
        mended = Mended(replace(document, title=""), tuple(edits)).document.text if edits else document.text
        pairs = list(zip(text.split(), misread(text).split(), mended.split(), strict=True))
        wrong += sum(meant != written for meant, written, _ in pairs)
        left += sum(meant != got for meant, _, got in pairs)
    assert wrong > 300 and left < 0.06 * wrong
