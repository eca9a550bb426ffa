"""Scopes: which words of a sentence belong to which number."""

from __future__ import annotations

import pytest

from analysis.quantities import find_quantities
from analysis.scopes import Sentence
from analysis.spans import Spans, within


def sentence(text: str) -> Sentence:
    return Sentence(text, 0, len(text), tuple(find_quantities(text)))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("tiếp nhận 500 hồ sơ, quá hạn 12 hồ sơ (2,4%)", ["tiếp nhận", "quá hạn", ""]),
        ("tiếp nhận 500 hồ sơ; còn lại 12", ["tiếp nhận", "còn lại"]),
        ("giải quyết 480 hồ sơ (trước hạn 400, đúng hạn 80)", ["giải quyết", "trước hạn", "đúng hạn"]),
        ("xã a nhận 12 hồ sơ, trong khi xã b nhận 5 hồ sơ", ["xã a nhận", "trong khi xã b nhận"]),
        (
            "số hóa (kế hoạch 70%, đạt 66%) và thanh toán trực tuyến (kế hoạch 40%, đạt 38%)",
            ["kế hoạch", "đạt", "thanh toán trực tuyến (kế hoạch", "đạt"],
        ),
        (
            "đúng hạn (chỉ tiêu 96%, đạt 94%), qua mạng (chỉ tiêu 60%, đạt 55%)",
            ["chỉ tiêu", "đạt", "qua mạng (chỉ tiêu", "đạt"],
        ),
    ],
)
def test_the_label_of_each_number(text: str, labels: list[str]) -> None:
    assert [text[slice(*scope.before)].strip(" ,;") for scope in sentence(text).scopes][-len(labels) :] == labels


def test_a_number_in_brackets_belongs_to_the_one_before_them() -> None:
    scopes = sentence("giải quyết 480 hồ sơ (trước hạn 400, đúng hạn 80)").scopes
    assert [scope.parent for scope in scopes] == [None, 0, 0]


def test_a_number_alone_in_the_first_brackets_stands_as_if_outside() -> None:
    only = sentence("toàn bộ (100%) cán bộ ký cam kết")
    assert only.brackets == () and only.scopes[0].parent is None


@pytest.mark.parametrize(
    ("text", "linked"),
    [("trả 480 hồ sơ, bằng 96%", True), ("trả 480 hồ sơ; quá hạn 12 hồ sơ", False), ("giao 5, đạt 3 nhiệm vụ", True)],
)
def test_only_link_words_link(text: str, linked: bool) -> None:
    assert sentence(text).scopes[1].linked is linked


def test_the_whole_that_the_next_number_is_a_part_of() -> None:
    scopes = sentence("trong 58 nhiệm vụ, đã hoàn thành 29").scopes
    assert [scope.base for scope in scopes] == [True, False]


def test_a_clause_ends_at_a_semicolon() -> None:
    whole = sentence("nhận 5 hồ sơ; trả 4 hồ sơ; còn 1 hồ sơ")
    assert [whole.folded[slice(*n.clause)].strip() for n in whole.numbers()] == [
        "nhận 5 hồ sơ",
        "trả 4 hồ sơ",
        "còn 1 hồ sơ",
    ]


def test_spans_meet_where_they_share_a_character() -> None:
    taken = Spans([(10, 40), (12, 14)])
    assert [taken.meets(*s) for s in ((0, 10), (9, 11), (20, 21), (40, 50))] == [False, True, True, False]
    taken.add([(45, 46)])
    assert taken.meets(40, 50)


def test_within_takes_only_what_lies_wholly_inside() -> None:
    quantities = find_quantities("5 hồ sơ, 60 đơn, 700 phiếu")
    assert [q.quote for q in within(quantities, 1, 13)] == ["60"]
