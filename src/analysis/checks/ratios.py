"""`a/b` against the percent that stands with it: `14/27 nhiệm vụ, đạt 51,8%`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.checks.comparable import text_between
from analysis.findings import Case, Row, known, load_rules, name_of, statement_of
from analysis.numerals import format_number
from analysis.relations import share_agrees
from analysis.text import match_form


def check_ratios(rows: Sequence[Row]) -> Iterator[Case]:
    """Fractions whose percentage is another than the one given with them."""
    for ratio, percent in ratio_pairs(rows):
        share, computed = statement_of(percent), 100 * ratio.value / ratio.out_of
        if share_agrees(share, computed, computed, load_rules().share_tolerance):
            continue
        decimals = max(2, share.decimals)
        wanted = round(share.value * ratio.out_of / 100)
        fields = {
            "name": lambda lang, row=ratio: name_of(row, lang),
            "part": lambda lang, row=ratio: format_number(row.value, None, lang),
            "whole": lambda lang, row=ratio: format_number(row.out_of, None, lang),
            "wanted": lambda lang, wanted=wanted: format_number(wanted, None, lang),
            "stated": lambda lang, s=share: format_number(s.value, s.decimals, lang) + "%",
            "computed": lambda lang, c=computed, d=decimals: format_number(c, d, lang) + "%",
            "difference": lambda lang, c=computed, s=share, d=decimals: format_number(abs(s.value - c), d, lang),
        }
        yield Case("ratio_mismatch", "error", (ratio, percent), fields, "wanted_part")


def ratio_pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Each `a/b` with the percent that is said to be the same thing."""
    levels = [row for row in rows if row.change == "none"]
    for one, two in pairwise(levels):
        for ratio, percent in ((one, two), (two, one)):
            if percent.kind == "percent" and _is_ratio(ratio) and _belong_together(ratio, percent):
                yield ratio, percent


def _is_ratio(row: Row) -> bool:
    return row.kind == "count" and known(row.out_of) and row.out_of > 0 and row.qualifier == "exact"


def _belong_together(ratio: Row, percent: Row) -> bool:
    if (ratio.document_id, ratio.sentence, ratio.nature) != (percent.document_id, percent.sentence, percent.nature):
        return False
    if percent.qualifier != "exact" or known(percent.out_of):
        return False
    between = text_between(ratio, percent)
    if between is None or len(between) > load_rules().ratio_reach:
        return percent.indicator == f"{ratio.indicator}_share"
    if percent.start < ratio.start:
        return between.strip() == "("
    return percent.indicator == f"{ratio.indicator}_share" or _bridges(between)


def _bridges(between: str) -> bool:
    """True where the words from `a/b` to the percent end in `đạt`, `=`, `tỷ lệ`, and no new clause begins."""
    form = match_form(between).rstrip(" (:")
    if ";" in form:
        return False
    endings = (match_form(word) for word in load_rules().ratio_bridge)
    return between.strip() == "(" or any(re.search(rf"(?:^|\W){re.escape(word)}$", form) for word in endings)
