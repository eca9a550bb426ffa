"""Lines of areas in one table against the total of the area that they lie in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.catalogue import load_indicators
from analysis.checks.comparable import grouped, has_one_value, is_comparable
from analysis.checks.relating import find_part_swap, swap_fields
from analysis.findings import Case, Row, Words, load_rules, name_of
from analysis.numerals import format_number
from analysis.totals import outermost, put_together

_LEAST_LINES = 3
_SHORT = 0.01
"""A total that its lines miss by more than this part has lines that the table doesn't list."""


def check_area_lines(rows: Sequence[Row]) -> Iterator[Case]:
    """A province's table that goes through its districts: their dossiers make the province's, where all are listed.

    A district's total holds its communes' already: lines of communes are added up only where their district has none.
    """
    given = [r for r in rows if r.method == "table" and r.area_id and _adds_up(r.indicator) and is_comparable(r)]
    for stated in grouped(given, _counted):
        for total in [row for row in stated if row.area_level in ("province", "district")]:
            parts = outermost([row for row in stated if row.area_id != total.area_id], within=total.area_id)
            made = put_together(parts)
            if made and len(parts) >= _LEAST_LINES:
                yield from _against(total, parts, made.value)


def _adds_up(indicator: str) -> bool:
    entry = load_indicators().get(indicator)
    return entry is not None and entry.over_areas == "sum" and has_one_value(indicator)


def _counted(row: Row) -> tuple:
    return (row.indicator, row.kind, row.organization, row.tier, row.breakdown, row.period_start, row.period_end)


def _against(total: Row, parts: list[Row], computed: float) -> Iterator[Case]:
    """Held against the table only where the sum is near: else lines are missing, or the total is another's."""
    low, high = sorted((computed, total.value))
    swap = find_part_swap(total, parts)
    if low == high or low < load_rules().closeness * high or (not swap and total.value - computed > _SHORT * high):
        return
    fields: Words = {
        "name": lambda lang: name_of(total, lang),
        "stated": lambda lang: format_number(total.value, None, lang),
        "parts": lambda lang: " + ".join(f"{format_number(row.value, None, lang)} ({row.area})" for row in parts),
        "computed": lambda lang: format_number(computed, None, lang),
        "difference": lambda lang: format_number(high - low, None, lang),
    }
    fields |= swap_fields(*swap) if swap else {}
    yield Case("sum_mismatch", "warning", (total, *parts), fields, "swapped" if swap else "")
