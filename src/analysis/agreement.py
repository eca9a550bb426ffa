"""Which stated shares agree with the parts stated beside them: `74,1%` with 3.866 of 5.218."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.findings import Row, known, load_rules, statement_of
from analysis.relations import Statement, find_agreeing


def agreeing_shares(rows: Iterable[Row]) -> set[str]:
    """Ids of the shares that numbers of the same document, area, tier and period make."""
    owned: dict[tuple, dict[str, list[Statement]]] = {}
    for row in rows:
        if row.change == "none" and row.nature == "actual" and row.qualifier == "exact" and known(row.period_end):
            owned.setdefault(_owner(row), {}).setdefault(row.indicator, []).append(statement_of(row))
    rules = load_rules()
    return {
        ident for stated in owned.values() for ident in find_agreeing(rules.relations, stated, rules.share_tolerance)
    }


def _owner(row: Row) -> tuple:
    place = (row.document_id, row.area_id or row.area, row.organization, row.tier, row.breakdown)
    return (*place, row.period_start, row.period_end)
