"""Numbers as reports write them, written: so that each way of writing can be read back; and for our own readers."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from analysis.numerals.reading import DIGITS, HUNDRED, TEN, WORDS, YEAR, Style

Lang = Literal["vi", "en"]

_FIRST: dict[int, str] = {value: word for word, value in reversed(DIGITS.items())}
_SPELLING = WORDS["spelling"]
_AFTER_TEN, _AFTER_TWENTY = _FIRST | _SPELLING["after_ten"], _FIRST | _SPELLING["after_twenty"]


def spell(number: int) -> str:
    """A whole number below a million million in words.

    >>> spell(1005), spell(21), spell(115_000)
    ('một nghìn không trăm linh năm', 'hai mươi mốt', 'một trăm mười lăm nghìn')
    """
    if not 0 <= number < 10**12:
        raise ValueError(f"{number} is out of range")
    parts: list[str] = []
    for scale, word in {**_SPELLING["scales"], 1: ""}.items():
        group = number // scale % 1000
        if group or number == 0 and scale == 1:
            parts += [_spell_group(group, full=bool(parts)), word]
    return " ".join(part for part in parts if part)


def _spell_group(group: int, full: bool) -> str:
    hundreds, tens, unit = group // 100, group // 10 % 10, group % 10
    said = [_FIRST[hundreds], HUNDRED] if hundreds or full else []
    if tens == 0:
        if unit or not said:
            said += [_SPELLING["link"], _FIRST[unit]] if said else [_FIRST[unit]]
    elif tens == 1:
        said += [TEN] + ([_AFTER_TEN[unit]] if unit else [])
    else:
        said += [_FIRST[tens], WORDS["tens"][0]] + ([_AFTER_TWENTY[unit]] if unit else [])
    return " ".join(said)


def format_number(value: float, decimals: int | None = None, lang: Lang = "vi") -> str:
    """A number for readers: `1.234,5` in Vietnamese, `1,234.5` in English.

    Without `decimals` as many as the value has (none for a whole number); with it exactly so many.

    >>> format_number(4545.0), format_number(1234.5), format_number(1234.5, lang="en"), format_number(98, decimals=1)
    ('4.545', '1.234,5', '1,234.5', '98,0')
    """
    exact = Decimal(repr(round(float(value), 9)))
    if not exact.is_finite():
        raise ValueError(f"{value} can't be written as a number")
    if decimals is None:
        decimals = max(0, -int(exact.normalize().as_tuple().exponent))
    written = f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,.{decimals}f}"
    if not exact:
        written = written.lstrip("-")
    return written if lang == "en" else written.translate(str.maketrans(",.", ".,"))


def format_percent(value: float, lang: Lang = "vi", decimals: int | None = None) -> str:
    """A share for readers, with at most two decimals unless told otherwise.

    >>> format_percent(97.2), format_percent(100.0), format_percent(51.851851), format_percent(97.2, "en")
    ('97,2%', '100%', '51,85%', '97.2%')
    """
    if decimals is None:
        value = float(Decimal(repr(float(value))).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return format_number(value, decimals, lang) + "%"


def write(value: float, style: Style) -> str:
    """The value as a report of that style would write it; `parse_number` reads it back.

    A style that can't carry the value raises ValueError: `words` has no decimals, `padded` nothing above 99.

    >>> [write(4545, style) for style in ("plain", "dotted", "spaced", "english", "scaled")]
    ['4545', '4.545', '4 545', '4,545', '4,545 nghìn']
    """
    if style not in _WRITERS:
        raise ValueError(f"no numbers are written in the style {style!r}")
    return _WRITERS[style](Decimal(repr(round(float(value), 9))))


def _whole(value: Decimal, most: int | None = None) -> int:
    if value != int(value) or value < 0 or (most is not None and value > most):
        raise ValueError(f"{value} doesn't fit this style")
    return int(value)


def _write_point(value: Decimal) -> str:
    """One dot before exactly three digits would be read as thousands, so it gets a fourth."""
    written = f"{value.normalize():f}"
    decimals = len(written.partition(".")[2])
    if value >= 1000 and decimals > 2:
        raise ValueError(f"{value} doesn't fit this style")
    return written + "0" if decimals == 3 and value >= 1 else written


def _write_comma(value: Decimal) -> str:
    """1999,2001 would be read as two years."""
    written = f"{value.normalize():f}".replace(".", ",")
    return written + "0" if re.fullmatch(f"{YEAR},{YEAR}", written) else written


def _write_scaled(value: Decimal) -> str:
    for scale, word in _SPELLING["scales"].items():
        if value >= scale:
            return f"{_vietnamese(value / scale)} {word}"
    return _vietnamese(value)


def _vietnamese(value: Decimal) -> str:
    return f"{value.normalize():,f}".translate(str.maketrans(",.", ".,"))


_WRITERS = {
    "plain": lambda value: str(_whole(value)),
    "padded": lambda value: f"{_whole(value, 99):02d}",
    "dotted": lambda value: _vietnamese(value),
    "spaced": lambda value: _vietnamese(value).replace(".", " "),
    "comma": _write_comma,
    "point": _write_point,
    "english": lambda value: f"{value.normalize():,f}",
    "scaled": _write_scaled,
    "words": lambda value: spell(_whole(value)),
}
