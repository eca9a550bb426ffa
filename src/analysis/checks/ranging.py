"""What a single figure can be: ranks within the number ranked, shares within 0 to 100, parts within wholes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.catalogue import load_indicators
from analysis.checks.comparable import is_compared
from analysis.findings import CHECK, Case, Row, Words, known, name_of, written
from analysis.numerals import Lang, format_number

_DAYS, _MONTHS = 31, 12


def check_ranges(rows: Sequence[Row]) -> Iterator[Case]:
    """Each figure by itself, and a fall of more than there was."""
    for row in rows:
        fields: Words = {
            "name": lambda lang, row=row: name_of(row, lang),
            "stated": lambda lang, row=row: written(row, lang),
            "part": lambda lang, row=row: format_number(row.value, None, lang),
            "whole": lambda lang, row=row: format_number(row.out_of, None, lang),
            "ranked": lambda lang, row=row: _ranked(row, lang),
        }
        if code := _fault(row):
            doubtful = code == "part_exceeds_whole" and _may_be_a_day(row)
            level = "info" if doubtful else "warning" if code == "part_exceeds_whole" else "error"
            yield Case(code, level, (row,), fields, "day" if doubtful else "")


def _fault(row: Row) -> str:
    """The code of the check that a figure fails by itself, else empty."""
    if row.change != "none":
        return "fall_out_of_range" if row.change == "decrease" and row.kind == "percent" and row.value > 100 else ""
    if row.kind == "rank":
        return "rank_out_of_range" if row.value < 1 or (known(row.out_of) and row.value > row.out_of) else ""
    if row.kind == "percent":
        entry = load_indicators().get(row.indicator)
        is_share = entry is not None and entry.measure == "share"
        return "percent_out_of_range" if is_share and not 0 <= row.value <= 100 and not is_compared(row) else ""
    exceeds = row.nature == "actual" and known(row.out_of) and row.value > row.out_of
    return "part_exceeds_whole" if exceeds else ""


def _may_be_a_day(row: Row) -> bool:
    """True for `28/8`, which is rather a day of the year than more than there are."""
    whole = float(row.value).is_integer() and float(row.out_of).is_integer()
    return whole and row.value <= _DAYS and row.out_of <= _MONTHS


def _ranked(row: Row, lang: Lang) -> str:
    check = CHECK["rank_out_of_range"]
    if row.value < 1:
        return check.unranked[lang]
    return check.ranked[lang].replace("{whole}", format_number(row.out_of, None, lang))
