"""Lines of areas in one table against the total of the area that they lie in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.areas import ancestors, area_by_id
from analysis.catalogue import load_indicators
from analysis.checks.comparable import grouped, has_one_value, is_comparable
from analysis.checks.relating import find_part_swap, swap_fields
from analysis.findings import Case, Row, Words, load_rules, name_of
from analysis.numerals import format_number

_LEAST_LINES = 3
_SHORT = 0.01
"""A total that its lines miss by more than this part has lines that the table doesn't list."""


def check_area_lines(rows: Sequence[Row]) -> Iterator[Case]:
    """A province's table that goes through its districts: their dossiers make the province's, where all are listed.

    A district's total holds its communes' already, so that only lines of one level are added up.
    """
    given = [r for r in rows if r.method == "table" and r.area_id and _adds_up(r.indicator) and is_comparable(r)]
    for stated in grouped(given, _counted):
        for total in [row for row in stated if row.area_level in ("province", "district")]:
            parts = [row for row in stated if row.area_level != total.area_level and _lies_in(row, total)]
            levels = {row.area_level for row in parts}
            areas = {row.area_id for row in parts}
            if len(parts) >= _LEAST_LINES and len(levels) == 1 and len(areas) == len(parts):
                yield from _against(total, parts)


def _adds_up(indicator: str) -> bool:
    entry = load_indicators().get(indicator)
    return entry is not None and entry.over_areas == "sum" and has_one_value(indicator)


def _counted(row: Row) -> tuple:
    return (row.indicator, row.kind, row.organization, row.tier, row.breakdown, row.period_start, row.period_end)


def _lies_in(row: Row, total: Row) -> bool:
    area = area_by_id(row.area_id)
    return area is not None and total.area_id in {outer.area_id for outer in ancestors(area)}


def _against(total: Row, parts: list[Row]) -> Iterator[Case]:
    """Held against the table only where the sum is near: else lines are missing, or the total is another's."""
    computed = sum(row.value for row in parts)
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
