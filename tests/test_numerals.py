"""Numbers read and written: specs, the closed class of number words, and round trips."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis import numerals
from analysis.numerals import (
    digit_runs,
    find_number_words,
    find_numerals,
    parse_number,
    parse_roman,
    reading,
    spell,
    write,
)

SPECS = yaml.safe_load(Path(__file__).with_name("specs").joinpath("numerals.yaml").read_text(encoding="utf-8"))


def short(numeral, length):
    return [numeral.quote, numeral.value, numeral.alternative][:length]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec["why"])
def test_spec(spec):
    for key, read in (("find", find_numerals), ("words", find_number_words)):
        if key in spec:
            found = read(spec["text"])
            assert len(found) == len(spec[key])
            assert [short(n, len(want)) for n, want in zip(found, spec[key], strict=True)] == spec[key]
            assert all(spec["text"][n.start : n.end] == n.quote for n in found)


def test_every_number_word_up_to_a_million_is_read_back():
    for n in range(1_000_000):
        words = spell(n).split(" ")
        assert reading._read_words(words, 0) == (n, len(words))


def test_number_words_are_found_whole_in_a_sentence():
    for n in [*range(1, 1000), *range(1000, 1_000_000, 997)]:
        found = find_number_words(f"Đã trả {spell(n)} hồ sơ.")
        assert [m.value for m in found] == [n]


whole = st.integers(0, 10**12)
fraction = st.decimals(0, 10**7, places=4).map(float)
STYLES = {
    "plain": whole,
    "padded": st.integers(0, 99),
    "dotted": whole | fraction,
    "spaced": whole | fraction,
    "comma": whole | fraction,
    "point": st.decimals(0, 999, places=4).map(float) | st.decimals(0, 10**7, places=2).map(float),
    "english": whole | fraction,
    "scaled": st.integers(0, 10**15) | fraction,
    "words": st.integers(0, 10**12 - 1),
}


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_write_then_read_gives_the_same_number(style, data):
    value = data.draw(STYLES[style])
    assert parse_number(write(value, style), decimal="." if style == "english" else ",") == value


@pytest.mark.parametrize("style", [style for style in STYLES if style not in ("words", "english")])
@given(data=st.data())
def test_a_written_number_is_found_in_a_sentence(style, data):
    value = data.draw(STYLES[style])
    found = find_numerals(f"Toàn xã có {write(value, style)} hồ sơ; tăng")
    assert [n.value for n in found] == [value]


@given(whole | fraction)
def test_numbers_for_readers_are_read_back(value):
    assert parse_number(numerals.format_number(value)) == value
    assert parse_number(numerals.format_number(value, lang="en"), decimal=".") == value


@given(st.text("0123456789., /-nghìntỷạà%\n\u00a0", max_size=40))
def test_numerals_cover_every_digit_in_order(text):
    found = find_numerals(text)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    for start, end in digit_runs(text):
        assert any(n.start <= start and end <= n.end for n in found)


def test_a_style_refuses_what_it_cannot_carry():
    for value, style in ((1.5, "words"), (100, "padded"), (1.5, "plain"), (12345.678, "point"), (-1, "plain")):
        with pytest.raises(ValueError):
            write(value, style)
    for quote in ("", "hồ sơ", "4.545 hồ sơ", "hai mươi năm", "1,2,3"):
        with pytest.raises(ValueError):
            parse_number(quote)


def test_roman_numerals():
    assert [parse_roman(r) for r in ("I", "IV", "ix", "XV", "MCMXCIV")] == [1, 4, 9, 15, 1994]
    assert [parse_roman(r) for r in ("", "IIII", "VX", "A")] == [None] * 4


def test_no_false_precision():
    assert numerals.format_number(0.1 + 0.2) == "0,3"
    assert numerals.format_number(-0.0) == "0"
    assert numerals.format_number(1234567.5, 0) == "1.234.568"
    assert (numerals.format_number(2.5, 0), numerals.format_percent(2.345)) == ("3", "2,35%")
    with pytest.raises(ValueError):
        numerals.format_number(float("nan"))
