"""Report against report: which figures of a whole corpus are worth a look together, found without comparing all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from analysis.checks.changes import check_changes_against_reports
from analysis.checks.conflicts import check_reports_against_each_other
from analysis.checks.progress import accumulates, check_progress
from analysis.findings import Case, Row, Sources, rows_of

_SUBJECT = ("indicator", "_area", "organization", "tier", "breakdown")
_MEASURED = (*_SUBJECT, "kind", "period_start", "period_end")
_COUNTED = (*_SUBJECT, "kind", "period_start")


Beside = Callable[[Row], set[float]]
"""All dated counts of known place that the row's own report has."""


def check_between(frame: pd.DataFrame, sources: Sources, beside: Beside | None = None) -> Iterator[Case]:
    """Values of several reports against each other, changes against other reports, and counts that fall over time.

    Figures of unknown place are left out: nothing says that they are the same thing. The frame may be a part of a
    corpus that has all figures of some areas; then `beside` knows the others of their reports.
    """
    frame = frame[(frame["area"] != "") & frame["period_end"].notna()].reset_index(drop=True)
    frame = frame.assign(_area=frame["area_id"].where(frame["area_id"] != "", frame["area"]))
    levels = (frame["change"] == "none") & (frame["nature"] == "actual") & (frame["indicator"] != "other")
    for rows in _together(frame, levels, _MEASURED, ("document_id", "value")):
        yield from check_reports_against_each_other(rows, sources)
    adding = levels & frame["indicator"].isin([code for code in frame["indicator"].unique() if accumulates(code)])
    for rows in _together(frame, adding, _COUNTED, ("period_end", "value")):
        yield from check_progress(rows, sources, beside or (lambda row: _counts_beside(row, frame)))
    changing = (frame["nature"] == "actual") & _any_of(frame, frame["change"] != "none", _SUBJECT)
    for rows in _together(frame, changing, _SUBJECT, ("document_id", "period_end")):
        yield from check_changes_against_reports(rows)


def _counts_beside(row: Row, frame: pd.DataFrame) -> set[float]:
    """All counts of the row's own report."""
    return set(frame.loc[(frame["document_id"] == row.document_id) & (frame["kind"] == "count"), "value"])


def _together(frame: pd.DataFrame, kept: pd.Series, keys: Sequence[str], several: Sequence[str]) -> Iterator[list[Row]]:
    """The rows of each group that has more than one of each of several columns, in the order of the text."""
    part = frame.loc[kept, [*keys, *several]]
    if part.empty:
        return
    numbers = part.groupby(list(keys), sort=False, dropna=False).ngroup()
    for name in several:
        distinct = pd.DataFrame({"group": numbers, "value": part[name]}).drop_duplicates()["group"].value_counts()
        numbers = numbers[numbers.isin(distinct.index[distinct > 1])]
        part = part.loc[numbers.index]
    groups: dict[int, list[Row]] = {}
    for number, row in zip(numbers, rows_of(frame.loc[numbers.index]), strict=True):
        groups.setdefault(number, []).append(row)
    for rows in groups.values():
        yield sorted(rows, key=lambda row: (row.document_id, row.start))


def _any_of(frame: pd.DataFrame, wanted: pd.Series, keys: Sequence[str]) -> pd.Series:
    """True for each row of a group in which some row is wanted."""
    if frame.empty:
        return wanted
    return wanted.groupby([frame[key] for key in keys], sort=False, dropna=False).transform("any")
