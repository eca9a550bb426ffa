"""analysis.text: keys, the matching form, sentences."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.text import match_form, normalise, sentences, tone_key


@given(st.text())
@example("İstanbul ẞ ΑΣ ﬁ")
@example(unicodedata.normalize("NFD", "Uỷ ban Hoà Bình"))
def test_match_form_keeps_the_length(text: str) -> None:
    assert len(match_form(text)) == len(text)


@given(st.text())
def test_match_form_is_stable(text: str) -> None:
    assert match_form(match_form(text)) == match_form(text)


@given(st.text())
def test_normalise_is_idempotent_on_text_without_marks_at_its_head(text: str) -> None:
    once = normalise(text)
    assert "\r" not in once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("hoà, hoá, hoả, hoã, hoạ", "hòa, hóa, hỏa, hõa, họa"),
        ("Uỷ ban, thuỷ lợi, khoẻ", "ủy ban, thủy lợi, khỏe"),
        ("HOÁ ĐƠN", "hóa đơn"),
        ("quý III, quỹ, quá, giá, khuỷu, thuở", "quý iii, quỹ, quá, giá, khuỷu, thuở"),
        ("hòan tòan, khỏan", "hoàn toàn, khoản"),
        ("qúy, qủa", "quý, quả"),
        ("Ðặc khu", "đặc khu"),
        ("4\u00a0545\u202f000", "4 545 000"),
        ("‘một cửa’ – “5 biết”", "'một cửa' - \"5 biết\""),
    ],
)
def test_match_form_folds_spellings(raw: str, form: str) -> None:
    assert match_form(raw) == form


def test_tone_key_keeps_different_names_apart() -> None:
    names = ["Phú Lý", "Phủ Lý", "Thạnh Phú", "Thanh Phú", "Hòa Bình", "Hóa Bình", "Lí Sơn", "Lý Sơn"]
    assert len({tone_key(n) for n in names}) == len(names)
    assert tone_key("Bà Rịa–Vũng Tàu") == tone_key("BÀ RỊA - VŨNG TÀU")
    assert tone_key("Đưng K’Nớ") == tone_key("Đưng K'Nớ")


@pytest.mark.parametrize(
    "whole",
    [
        "Toàn huyện nhận 4.545 hồ sơ",
        "UBND TP. Hồ Chí Minh giao Q.1 và Q. 3 thực hiện",
        "Phiếu do ông Ng. V. A ký",
        "Theo Nghị định số 61/2018/NĐ-CP và Quyết định 09/2015/QĐ-TTg",
        "Biên lai, giấy hẹn v.v. được niêm yết",
        "Nhận 12 hồ sơ; trả 11 hồ sơ; còn 1",
        "1. Công tác tiếp dân",
        "II. KẾT QUẢ",
        "Các lĩnh vực đất đai, hộ tịch… đều có hồ sơ",
        "“Khi nào có kết quả?” bà hỏi",
        "Tin, ảnh: T. Bình",
    ],
)
def test_one_sentence_stays_whole(whole: str) -> None:
    assert [whole[s:e] for s, e in sentences(whole)] == [whole]


@pytest.mark.parametrize(
    "parts",
    [
        ["Đạt 98,2%.", "Còn 4 hồ sơ."],
        ["Trong năm 2020.", "100% hồ sơ đúng hạn."],
        ["Huyện xếp nhóm B.", "Tỉnh dẫn đầu đạt 90%."],
        ['Bà nói: "Tôi hài lòng."', "Ông đồng ý."],
        ["Vì sao chậm?", "Vì đo đạc!", "Hết…", "Xong./."],
        ["Một dòng không dấu chấm", "Dòng sau"],
    ],
)
def test_sentences_are_told_apart(parts: list[str]) -> None:
    joint = "\n" if not parts[0].endswith((".", "?", '"')) else " "
    text = joint.join(parts)
    assert [text[s:e] for s, e in sentences(text)] == parts


def test_wrapped_lines_make_one_sentence() -> None:
    text = "Toàn huyện tiếp nhận\n4.545 hồ sơ. Đã trả\n4.500 hồ sơ."
    assert [text[s:e] for s, e in sentences(text, wrapped=True)] == [
        "Toàn huyện tiếp nhận\n4.545 hồ sơ.",
        "Đã trả\n4.500 hồ sơ.",
    ]


@given(st.text(alphabet='aB1. ,;\n?…"TPvĐ', max_size=60))
def test_sentences_cover_all_that_is_not_space(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(spans[i][1] <= spans[i + 1][0] for i in range(len(spans) - 1))
    assert "".join("".join(text[s:e].split()) for s, e in spans) == "".join(text.split())
