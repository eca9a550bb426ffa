"""Numbers as reports write them: `1.234,5`, `1,2 triệu`, `hai mươi mốt`. Read, and written."""

from analysis.numerals.reading import (
    Numeral,
    Style,
    digit_runs,
    find_number_words,
    find_numerals,
    parse_number,
    parse_roman,
)
from analysis.numerals.writing import Lang, format_number, format_percent, spell, write

__all__ = [
    "Lang",
    "Numeral",
    "Style",
    "digit_runs",
    "find_number_words",
    "find_numerals",
    "format_number",
    "format_percent",
    "parse_number",
    "parse_roman",
    "spell",
    "write",
]
