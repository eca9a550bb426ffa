"""Many patterns in one pass give what each gives by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import matching
from analysis.catalogue import load_words
from analysis.matching import PatternSet
from analysis.text import match_form

PATTERNS = [
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"(?<!\w)năm (?P<year>(?:19|20)[0-9]{2})(?![0-9])",
        r"(?<!\w)(?:từ )?(?:ngày )?[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{4})?",
        r"^[ ]*[0-9]{1,2}[.)](?=[ ]+\S)",
        r"(?:^|\t)[0-9]+(?=\t)",
        r"(?:^|(?<=[:;] ))\([0-9]\)",
        r"(?<!\w)(?:https?://|www\.)\S+|\S+@\S+\.\S+",
        r"\s(?:và|hoặc)\s",
        r"hạn(?! chế)",
        r"(?<=đúng )hạn|quá\s(?:thời\s)?hạn",
        r"(?<!\w)qu[ýí] (?P<quarter>iv|iii|ii|i|[1-4])(?!\w)",
        r"(?:ha|m2|m²)(?!\w)",
        r"số[^.;\n]{0,12}[0-9]+(?:,[0-9])?",
        r"(?P<first>[ab])(?P=first)",
        r"[^\W\d_]{5,}?n",
        r"(?:hồ\ssơ|đơn)+ ?(?:trễ )*hạn",
        r"hồ sơ$",
        r"[0-9]0[0-9]",
    )
]
PIECES = [
    "năm", "2021", "1999", "từ", "ngày", "15/9", "15/9/2022", "1.", "2)", "(3)", ":", ";", "và", "hoặc", "đúng", "hạn",
    "quá", "thời", "chế", "quý", "iii", "4", "100", "ha", "m²", "số", "0,5", "aa", "ab", "hồ", "sơ", "đơn", "trễ",
    "https://a.vn/tin", "x@y.vn", "nguyên", "hạn,", "“quá", "7hạn", "", "x" * 40,
    "https://www.a.gov.vn/tin-tuc/cai-cach", "xử-lý-hồ-sơ-theo-cơ-chế-một-cửa-hạn",
]  # fmt: skip


def one_by_one(patterns: list[re.Pattern[str]], text: str) -> list[tuple[int, tuple[int, int], dict[str, str]]]:
    return [(k, m.span(), m.groupdict()) for k, pattern in enumerate(patterns) for m in pattern.finditer(text)]


def together(found: PatternSet, text: str) -> list[tuple[int, tuple[int, int], dict[str, str]]]:
    return [(k, m.span(), m.groupdict()) for k, m in found.matches(text)]


SET = PatternSet(PATTERNS)


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", " ", "\n", "\t", "", "  ", "\n "]))))
def test_same_matches_as_each_pattern_alone(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + space for word, space in pieces)
    assert together(SET, text) == one_by_one(PATTERNS, text)


def test_shapes_beyond_those_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_REMEMBERED", 0)
    text = "chưatừnggặp ngày 15/9/2022, lạlùng: quá thời hạn, nămkhác đúng hạn\nchưathấy 45 m² hạn"
    alone = one_by_one(PATTERNS, text)
    assert len(alone) > 4
    assert together(SET, text) == alone


@pytest.mark.parametrize("k", range(len(PATTERNS)))
def test_each_pattern_is_found_by_itself(k: int) -> None:
    lines = [
        "1. năm 2021 từ ngày 15/9/2022, quý iii:",
        "12\t5\t7",
        "x: (3) số hồ sơ 100,5 và",
        "xem www.a.vn, thư a@b.vn, chuyển đến",
        "đúng hạn, quá thời hạn, quá hạn",
        "diện tích 45 ha và 100 m²; aa bb",
        "đơn trễ hạn, hồ sơ",
    ]
    text = "\n".join(lines)
    alone = one_by_one(PATTERNS[k : k + 1], text)
    assert alone
    assert together(PatternSet(PATTERNS[k : k + 1]), text) == alone


@pytest.mark.parametrize("name", ["claims.yaml", "periods.yaml", "cues.yaml"])
def test_the_vocabulary_as_text(name: str) -> None:
    """Every phrase that the vocabulary attests, and all around it."""
    words = load_words(name)
    entries = (
        words
        if isinstance(words, list)
        else [entry for value in words.values() if isinstance(value, list) for entry in value]
    )
    written = [
        p for e in entries if isinstance(e, dict) for p in e.get("patterns", [e.get("pattern")]) if p and "{" not in p
    ]
    patterns = [re.compile(p, re.MULTILINE) for p in written]
    source = Path(__file__).parent / "specs" / "reading.yaml"
    text = match_form(source.read_text(encoding="utf-8"))
    alone = [found for found in one_by_one(patterns, text) if found[1][0] < found[1][1]]
    assert together(PatternSet(patterns), text) == alone
