"""Numbers as reports write them, read: `1.234,5`, `1,2 triệu`, `hai mươi mốt`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Literal

import yaml

from analysis.text import match_form

Style = Literal["plain", "padded", "dotted", "spaced", "comma", "point", "english", "scaled", "words", "ordinal"]

WORDS = yaml.safe_load(files("analysis").joinpath("vocabulary/numerals.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in the text: `value` is in full (4 nghìn: 4000), `decimals` counts those written.

    `alternative` is the other reading of one mark before three digits (`12.345`, `43,539`), which only the
    unit can decide: a count has no decimals, a share has no thousands.
    """

    start: int
    end: int
    quote: str
    value: float
    decimals: int
    style: Style
    alternative: float | None = None


# --- numbers in digits -------------------------------------------------------------------------------------------

_RUN = re.compile(r"[0-9]+")
_SCALES: dict[str, int] = WORDS["small_scales"] | WORDS["scales"]
_SCALE_WORD = "|".join(
    word + (rf"(?![ ]+(?:{'|'.join(WORDS['not_scale_before'][word])})\b)" if word in WORDS["not_scale_before"] else "")
    for word in _SCALES
)
_SCALE = re.compile(rf"[ ]?(?:{_SCALE_WORD})\b(?:[ ](?:{_SCALE_WORD})\b)*")
_HALF = re.compile(rf"[ ]{WORDS['half']}\b")
_LABEL_BEFORE = re.compile(rf"\b(?:{'|'.join(WORDS['labels'])})[ ]*[.:]?[ ]*$")

# A mark between digits belongs to the number only if no further mark follows (30.9.2016, 3,4,5 are none).
_FREE = r"(?<![0-9])(?<![0-9][.,])"
_DONE = r"(?![0-9])(?![.,][0-9])"
YEAR = r"(?:19|20)[0-9]{2}"
_SHAPES = re.compile(
    rf"""
      {_FREE}(?P<english> [1-9][0-9]{{0,2}}(?:(?:,[0-9]{{3}})+\.[0-9]+|(?:,[0-9]{{3}}){{2,}})   ){_DONE}   # 1,234.5
    | {_FREE}(?P<dotted>  [1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+(?:,[0-9]+)?                         ){_DONE}   # 1.234,5
    | {_FREE}(?<![0-9][ ])
             (?P<spaced>  [1-9][0-9]{{0,2}}(?:[ ][0-9]{{3}})+(?:,[0-9]+)?  ){_DONE}(?=[ ]?[^\W0-9_])         # 1 234 bộ
    | {_FREE}(?P<comma>   (?!{YEAR},{YEAR}{_DONE})[0-9]+,[0-9]+                                ){_DONE}   # 60,64
    | {_FREE}(?P<point>   [0-9]+\.[0-9]{{1,2}} | 0\.[0-9]+ | [0-9]{{1,3}}\.[0-9]{{4,}}           ){_DONE}   # 90.17
    | (?<![0-9])(?P<padded> 0[0-9]+ )                                                                       # 04
    | (?<![0-9])(?P<plain> [0-9]+ )
    """,
    re.VERBOSE,
)


def digit_runs(text: str) -> list[tuple[int, int]]:
    """Each maximal run of digits: what a reading of the text has to account for.

    >>> digit_runs("14/27 nhiệm vụ, đạt 51,8%")
    [(0, 2), (3, 5), (20, 22), (23, 24)]
    """
    return [match.span() for match in _RUN.finditer(text)]


def find_numerals(text: str, *, decimal: Literal[",", "."] = ",") -> list[Numeral]:
    """Every number in digits with its multiplier, in order; together they cover every digit.

    `decimal` is the mark preferred where one mark stands before three digits; `alternative` has the other reading.

    >>> [(n.quote, n.value) for n in find_numerals("Tiếp nhận trên 27 nghìn hồ sơ, đạt98,2%; còn 04 hồ sơ (4.545).")]
    [('27 nghìn', 27000.0), ('98,2', 98.2), ('04', 4.0), ('4.545', 4545.0)]
    """
    folded, found, at = match_form(text), [], 0
    while run := _RUN.search(folded, at):
        match = _SHAPES.match(folded, run.start())
        if match is None:  # digits behind those of a number
            at = run.end()
            continue
        if match.lastgroup == "spaced" and _LABEL_BEFORE.search(folded, max(0, match.start() - 20), match.start()):
            match = _RUN.match(folded, match.start())
        numeral = _with_scale(text, folded, match.start(), match.end(), match.lastgroup or "plain", decimal)
        found.append(numeral)
        at = numeral.end
    return found


def parse_number(quote: str, *, decimal: Literal[",", "."] = ",") -> float:
    """The value of a lone number, in digits or in words; ValueError where it isn't one.

    >>> parse_number("1.234,5"), parse_number("2 tỷ 300 triệu"), parse_number("hai mươi mốt")
    (1234.5, 2300000000.0, 21.0)
    """
    folded = match_form(quote).strip()
    if re.fullmatch(r"[0-9]{1,3}( [0-9]{3})+(,[0-9]+)?", folded):
        folded = folded.replace(" ", "")
    numerals = find_numerals(folded, decimal=decimal)
    if len(numerals) == 1 and numerals[0].quote == folded:
        return numerals[0].value
    words = folded.split()
    read = _read_words(words, 0)
    if read is None or read[1] != len(words):
        raise ValueError(f"{quote!r} is no number")
    return float(read[0])


def _with_scale(text: str, folded: str, start: int, end: int, style: str, decimal: str) -> Numeral:
    """The number at start..end together with the multipliers, halves and smaller parts said after it."""
    scale, after = _scale_at(folded, end)
    if scale == 1 and style in ("plain", "padded"):
        return Numeral(start, end, text[start:end], float(folded[start:end]), 0, style)  # type: ignore[arg-type]
    (value, decimals, alternative), end = _value(folded[start:end], style, decimal), after
    if scale > 1:
        style, value, alternative = "scaled", value * scale, alternative and alternative * scale
        if half := _HALF.match(folded, end):
            value, decimals, alternative, end = value + Decimal(scale) / 2, 1, None, half.end()
        else:
            while (part := _part_at(folded, end, scale)) is not None:
                added, scale, decimals, end = part
                value, alternative = value + added, None
    return Numeral(start, end, text[start:end], float(value), decimals, style, _float(alternative))  # type: ignore[arg-type]


def _part_at(folded: str, at: int, scale: int) -> tuple[Decimal, int, int, int] | None:
    """The smaller part of a number said in two: the `300 triệu` of `2 tỷ 300 triệu`."""
    match = _SHAPES.match(folded, at + 1) if folded[at : at + 1] == " " else None
    if match is None or match.lastgroup == "spaced":
        return None
    smaller, end = _scale_at(folded, match.end())
    if not 1 < smaller < scale:
        return None
    value, decimals, _ = _value(match.group(), match.lastgroup or "plain", ",")
    return (value * smaller, smaller, decimals, end) if value * smaller < scale else None


def _scale_at(folded: str, at: int) -> tuple[int, int]:
    """The multiplier said right after a number, and where it ends: `nghìn tỷ` is 10^12."""
    match = _SCALE.match(folded, at)
    if match is None:
        return 1, at
    scale = 1
    for word in match.group().split():
        scale *= _SCALES[word]
    return scale, match.end()


def _value(digits: str, style: str, decimal: str) -> tuple[Decimal, int, Decimal | None]:
    """Value, decimals and the other reading of a number in digits, by the shape that it has."""
    whole, mark, rest = digits.rpartition("," if style == "comma" else ".")
    if style in ("comma", "dotted") and re.fullmatch(r"[1-9][0-9]{0,2}", whole) and len(rest) == 3:
        thousands, fraction = Decimal(whole + rest), Decimal(f"{whole}.{rest}")
        return (fraction, 3, thousands) if mark == decimal else (thousands, 0, fraction)
    if style in ("english", "point"):
        digits = digits.replace(",", "")
    else:
        digits = digits.replace(".", "").replace(" ", "").replace(",", ".")
    return Decimal(digits), len(digits.partition(".")[2]), None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


# --- numbers in words --------------------------------------------------------------------------------------------

DIGITS: dict[str, int] = WORDS["digits"]
_AFTER_TENS: dict[str, int] = WORDS["after_tens"]
TEN, _TENS, HUNDRED = WORDS["ten"], frozenset(WORDS["tens"]), WORDS["hundred"]
_LINK, _HALF_WORD = frozenset(WORDS["zero_link"]), WORDS["half"]
_BIG: dict[str, int] = WORDS["scales"]
_ORDINALS: dict[str, int] = WORDS["ordinals"]
_STARTS = "|".join(sorted({word for word, digit in DIGITS.items() if digit} | {TEN}, key=len, reverse=True))
_WORD_RUN = re.compile(rf"\b(?:{_STARTS})\b(?: [^\W0-9_]+){{0,24}}")
_ORDINAL = re.compile(rf"\b{WORDS['ordinal_mark']} (?P<word>{'|'.join(_ORDINALS)})\b")


def find_number_words(text: str) -> list[Numeral]:
    """Every stretch of words that could be a number, in order. Most are none: the caller looks at what follows.

    `năm` is also a year, `ba` a father, `một cửa` no count; a lone `không` (not) is left out. After `thứ` the
    words of ranks are found too (`thứ nhất`, `thứ tư`), with the style `ordinal`.

    >>> [(n.quote, n.value) for n in find_number_words("Hai mươi mốt hồ sơ, một trăm linh năm đơn, vị trí thứ nhất")]
    [('Hai mươi mốt', 21.0), ('một trăm linh năm', 105.0), ('nhất', 1.0)]
    """
    folded = match_form(text)
    found = [
        Numeral(*m.span("word"), text[slice(*m.span("word"))], float(_ORDINALS[m["word"]]), 0, "ordinal")
        for m in _ORDINAL.finditer(folded)
    ]
    at = 0
    while match := _WORD_RUN.search(folded, at):
        words = match.group().split(" ")
        value, used = _read_words(words, 0) or (0, 0)
        at = match.start() + len(" ".join(words[: max(used, 1)]))
        if used:
            found.append(Numeral(match.start(), at, text[match.start() : at], float(value), 0, "words"))
    return sorted(found, key=lambda n: n.start)


def _read_words(words: list[str], at: int) -> tuple[int, int] | None:
    """The number said from word `at` on, and the place after it; the longest reading."""
    total, limit, start = 0, 10**12, at
    while (group := _read_group(words, at, after_scale=at > start)) is not None:
        value, after = group
        scale = _big_scale(words, after)
        if scale == 1:
            return total + value, after
        if scale >= limit:
            break
        after += 1
        total, limit, at = total + value * scale, scale, after
        if _word(words, at) == _HALF_WORD:
            return total + scale // 2, at + 1
    return (total, at) if at > start else None


def _big_scale(words: list[str], at: int) -> int:
    scale = _BIG.get(_word(words, at), 1)
    return 1 if _word(words, at + 1) in WORDS["not_scale_before"].get(_word(words, at), ()) else scale


def _read_group(words: list[str], at: int, after_scale: bool) -> tuple[int, int] | None:
    """A number below 1000. After `nghìn` a lone digit is none: `hai nghìn năm` is two thousand years."""
    word = _word(words, at)
    if word in _LINK and after_scale and _word(words, at + 1) in DIGITS:
        return DIGITS[_word(words, at + 1)], at + 2
    if word in DIGITS and _word(words, at + 1) == HUNDRED:
        return _after_hundred(words, at + 2, 100 * DIGITS[word])
    if (tens := _read_tens(words, at)) is not None:
        return tens
    if word in DIGITS and (not after_scale or _big_scale(words, at + 1) > 1):
        return DIGITS[word], at + 1
    return None


def _after_hundred(words: list[str], at: int, hundreds: int) -> tuple[int, int]:
    if _word(words, at) in _LINK and _word(words, at + 1) in DIGITS:
        return hundreds + DIGITS[_word(words, at + 1)], at + 2
    if _word(words, at) == _HALF_WORD:
        return hundreds + 50, at + 1
    tens = _read_tens(words, at)
    return (hundreds + tens[0], tens[1]) if tens else (hundreds, at)


def _read_tens(words: list[str], at: int) -> tuple[int, int] | None:
    """`mười` to `chín mươi chín`."""
    if _word(words, at) == TEN:
        value, at = 10, at + 1
    elif _word(words, at) in DIGITS and _word(words, at + 1) in _TENS:
        value, at = 10 * DIGITS[words[at]], at + 2
    else:
        return None
    unit = _AFTER_TENS.get(_word(words, at))
    return (value, at) if unit is None else (value + unit, at + 1)


def _word(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""


# --- Roman numerals --------------------------------------------------------------------------------------------------

_ROMAN = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def parse_roman(quote: str) -> int | None:
    """The value of a Roman numeral, None where it isn't a well-formed one.

    >>> parse_roman("III"), parse_roman("xiv"), parse_roman("IIV")
    (3, 14, None)
    """
    numeral = quote.upper()
    if not numeral or not _ROMAN.fullmatch(numeral):
        return None
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))
