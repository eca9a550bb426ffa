"""Which of several statements of one thing is shown; the others stay, each with the id of the one shown.

docs/decisions/0007-which-value.md says why in this order: corrected, text over OCR, the edition in force, exact over
rounded, official over news, later over earlier, proved shares, table over prose.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.agreement import agreeing_shares
from analysis.dataset import area_keys
from analysis.findings import Row, Source, Sources, rows_of, statement_of
from analysis.relations import says_the_same

SOURCE_PRECEDENCE = ("official_report", "portal", "table", "news")
"""Which source is shown first where several state the same thing."""
METHOD_PRECEDENCE = ("table", "text", "ocr")
STATEMENT = (
    "indicator", "area", "tier", "organization", "breakdown", "period_start", "period_end", "kind", "change", "nature",
)  # fmt: skip
"""What two observations have in common that state the same thing; the area counts by its id where it has one."""
ORDER = (
    "_uncorrected", "_recognised", "_withdrawn", "_inexact", "_rounded", "_source", "_age", "_unproved", "_method",
    "_bare", "_doubt", "start", "document_id",
)  # fmt: skip
"""What is compared, one after the other, the least first."""


def select_values(frame: pd.DataFrame, sources: Sources | None = None) -> pd.DataFrame:
    """The frame with `selected` set for one row of each statement, and `selected_id` for all of its rows.

    Rows of the indicator `other` state different things, so each is selected; rows whose area or period
    is unknown are compared within their document only. What repeats another document is compared with it row by row,
    and never shown beside it.
    """
    if frame.empty:
        return frame.assign(selected=pd.Series(dtype=bool), selected_id=frame["selected_id"])
    ranked = _ranked(frame, sources or {})
    numbers = _statements(ranked)
    ranked = ranked.assign(_rounded=_rounded(ranked, numbers)).sort_values(list(ORDER), kind="stable")
    shown = ranked["observation_id"].groupby(numbers.loc[ranked.index], sort=False).transform("first")
    shown = shown.reindex(frame.index).astype(frame["selected_id"].dtype)
    return frame.assign(selected=(shown == frame["observation_id"]).astype(bool), selected_id=shown)


def _statements(ranked: pd.DataFrame) -> pd.Series:
    """The number of the statement that each row makes."""
    columns = ["_area" if name == "area" else name for name in STATEMENT]
    return ranked.groupby([*columns, "_document", "_row"], sort=False, dropna=False).ngroup()


def _ranked(frame: pd.DataFrame, sources: Sources) -> pd.DataFrame:
    """The frame with the columns of ORDER, and those that tell one statement from another."""
    original = {ident: source.duplicate_of for ident, source in sources.items() if source.duplicate_of}
    withdrawn = {source.replaces for source in sources.values() if source.replaces}
    own = frame["document_id"].map(lambda ident: original.get(ident, ident))
    agreeing = agreeing_shares(rows_of(frame))
    official = frame["source_kind"] == "official_report"
    published = frame["document_id"].map(lambda ident: _day(sources.get(ident))).where(official, 0)
    return frame.assign(
        _area=area_keys(frame),
        _document=own.where((frame["area"] == "") | frame["period_end"].isna(), ""),
        _row=_row_keys(frame, own),
        _uncorrected=~frame["corrected"],
        _recognised=frame["method"] == "ocr",
        _withdrawn=frame["document_id"].isin(withdrawn) | frame["document_id"].isin(original),
        _inexact=frame["qualifier"] != "exact",
        _source=frame["source_kind"].map(SOURCE_PRECEDENCE.index),
        _age=-published,
        _unproved=~frame["observation_id"].isin(agreeing),
        _method=frame["method"].map(METHOD_PRECEDENCE.index),
        _bare=frame["out_of"].isna(),
        _doubt=-frame["confidence"],
    )


def _day(source: Source | None) -> int:
    return source.published.toordinal() if source and pd.notna(source.published) else 0


def _row_keys(frame: pd.DataFrame, own: pd.Series) -> np.ndarray:
    """Empty, but for a row of the indicator `other`: itself, or its twin in a document that repeats its own."""
    other = (frame["indicator"] == "other").to_numpy()
    part = frame.loc[other]
    told = pd.DataFrame(
        {"own": own[other], "document": part["document_id"], "quote": part["quote"], "value": part["value"]}
    )
    nth = told.groupby(["document", "quote", "value"], sort=False).cumcount()
    keys = np.full(len(frame), "", dtype=object)
    keys[other] = told["own"] + "\x1f" + told["quote"] + "\x1f" + told["value"].astype(str) + "\x1f" + nth.astype(str)
    return keys


def _rounded(ranked: pd.DataFrame, numbers: pd.Series) -> pd.Series:
    """True where another statement of the same thing says the same with more digits: `57.000` beside `57.689`."""
    distinct = ranked.assign(_number=numbers).drop_duplicates(["_number", "value"])["_number"].value_counts()
    several = numbers[numbers.isin(distinct.index[distinct > 1])]
    columns = ["observation_id", "indicator", "value", "quote", "start", "out_of", "kind"]
    rows = list(ranked.loc[several.index, columns].itertuples(index=False))
    groups: dict[int, list[Row]] = {}
    for number, row in zip(several, rows, strict=True):
        groups.setdefault(number, []).append(row)
    return ranked["observation_id"].isin([ident for group in groups.values() for ident in _coarser(group)])


def _coarser(rows: list[Row]) -> Iterator[str]:
    stated = [statement_of(row) for row in rows]
    for one in stated:
        if any(two.unit < one.coarse_unit and two.value != one.value and says_the_same(one, two) for two in stated):
            yield one.observation_id
