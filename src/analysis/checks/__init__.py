"""Consistency of the observations: sums, shares, ranges, changes, report against report -> findings.

What is compared is of one area, organization, tier, breakdown and period. Relations and messages are in
vocabulary/checks.yaml; results are collected, never raised. A document that repeats another is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby

import pandas as pd

from analysis.checks.between import Beside, check_between
from analysis.checks.changes import check_changes, check_moves
from analysis.checks.conflicts import check_conflicts
from analysis.checks.doubts import settle_doubts
from analysis.checks.ranging import check_ranges
from analysis.checks.ratios import check_ratios
from analysis.checks.relating import check_relations, check_splits
from analysis.checks.totals import check_area_lines
from analysis.findings import CHECKS, Case, Row, Sources, rows_of, tell
from analysis.model import Finding

__all__ = ["CHECKS", "check_report", "check_reports", "flag_observations", "run_checks"]

_CHECKERS: tuple[Callable[[Sequence[Row]], Iterator[Case]], ...] = (
    check_relations,
    check_splits,
    check_area_lines,
    check_ratios,
    check_ranges,
    check_conflicts,
    check_changes,
    check_moves,
)


def run_checks(frame: pd.DataFrame, sources: Sources | None = None) -> list[Finding]:
    """All findings over an observations frame, each once, in a stable order."""
    documents = sources or {}
    rows = sorted(rows_of(frame), key=lambda row: (row.document_id, row.start))
    reports = (list(report) for _, report in groupby(rows, key=lambda row: row.document_id))
    inside = chain.from_iterable(check_report(report, documents) for report in reports)
    found = {finding.finding_id: finding for finding in chain(inside, check_reports(frame, documents))}
    return sorted(found.values(), key=lambda f: (f.area_id, f.area, f.document_id, f.code, f.finding_id))


def check_report(rows: Sequence[Row], sources: Sources) -> Iterator[Finding]:
    """What the figures of one report, in the order of its text, hold against each other."""
    if rows and _repeats(rows[0].document_id, sources):
        return
    for case in settle_doubts(case for check in _CHECKERS for case in check(rows)):
        yield tell(case, sources)


def check_reports(frame: pd.DataFrame, sources: Sources, beside: Beside | None = None) -> Iterator[Finding]:
    """What the figures of different reports hold against each other; `beside` as in `check_between`."""
    repeated = frame["document_id"].isin([ident for ident in sources if _repeats(ident, sources)])
    for case in check_between(frame[~repeated] if repeated.any() else frame, sources, beside):
        yield tell(case, sources)


def _repeats(document_id: str, sources: Sources) -> bool:
    return document_id in sources and bool(sources[document_id].duplicate_of)


def flag_observations(frame: pd.DataFrame, findings: Iterable[Finding]) -> pd.DataFrame:
    """The frame with `flags` naming the codes of the findings that name each row."""
    flags: dict[str, set[str]] = {}
    for finding in findings:
        for observation_id in finding.observation_ids:
            flags.setdefault(observation_id, set()).add(finding.code)
    joined = frame["observation_id"].map(lambda row: ";".join(sorted(flags.get(row, ()))))
    return frame.assign(flags=joined.astype(frame["flags"].dtype))
