"""One area's part of the table, as the area report asks for it: levels, the main period, what came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.catalogue import load_indicators
from analysis.dataset import read_documents, read_findings, read_observations, read_unresolved
from analysis.errors import UsageError
from analysis.messages import explain
from analysis.overlay import kept_overlay, use_vocabulary
from analysis.text import tone_key
from analysis.wording import Lang, Row, check_language, describe_period, period_key, say, sections

_NEAR = timedelta(days=31)
_MAIN_SHARE = 0.25
"""A later period with fewer figures than this part of the fullest one is a remark in a report, not its subject."""


@dataclass(frozen=True)
class Tables:
    """The four tables of data/processed."""

    observations: pd.DataFrame
    findings: pd.DataFrame
    documents: pd.DataFrame
    unresolved: pd.DataFrame


@dataclass(frozen=True)
class AreaReport:
    """What is known of one area within a range of time; `parameters` are those of its notebook."""

    area: str
    area_id: str
    level: str
    province: str
    lang: Lang
    observations: pd.DataFrame
    findings: pd.DataFrame
    documents: pd.DataFrame
    unresolved: pd.DataFrame
    parameters: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """The one value of each indicator and period for the area as a whole, in the order of time."""
        return self._all_levels[self._all_levels["scope"] == ""]

    @cached_property
    def _all_levels(self) -> pd.DataFrame:
        return levels_of(self.observations)

    @cached_property
    def _rows_of(self) -> dict[tuple[str, str], list[Row]]:
        """The levels by indicator and scope, in the order of time, each with its `caveat` and its `basis`."""
        found: dict[tuple[str, str], list[Row]] = {}
        rows = _rows(self._all_levels)
        stated = {(row["indicator"], row["scope"], row["key"]) for row in rows}
        for row in rows:
            parts = sections()["totals"].get(row["indicator"], {}).get("beside", ())
            row["basis"] = "total" if any((part, row["scope"], row["key"]) in stated for part in parts) else ""
            row["caveat"] = self.caveats.get(row["observation_id"], "")
            found.setdefault((row["indicator"], row["scope"]), []).append(row)
        return found

    @cached_property
    def caveats(self) -> Mapping[str, str]:
        """What is to be said beside a figure that a check contests, by observation: a key of the texts' `caveats`."""
        named = sections()["caveats"]
        found: dict[str, str] = {}
        for finding in self.findings.itertuples(index=False):
            caveat = named.get(finding.code) or ("to_compare" if finding.level == "error" else "")
            for ident in finding.observation_ids.split(";") if caveat else ():
                found.setdefault(ident, caveat)
        return found

    @cached_property
    def main(self) -> tuple[date, date] | None:
        """The latest period that the reports are about; None where no figure is dated."""
        return main_period(self._all_levels, self.documents[self.documents["area"] == self.area])

    @property
    def period_name(self) -> str:
        """The main period in words."""
        return describe_period(*(self.main or (None, None)), self.lang)

    def series(self, indicator: str) -> list[Row]:
        """The levels of an indicator in periods like its focus, and counted like it, the earliest first.

        Months of one year are alike, and so are first halves of several years; a quarter and a year are not.
        """
        latest = self.focus(indicator)
        if latest is None:
            return []
        rows = self._rows_of[indicator, ""]
        alike = [row for row in rows if _manner(row) == _manner(latest)]
        return [row for row in alike if row["key"] <= latest["key"]]

    def focus(self, indicator: str) -> Row | None:
        """The level of an indicator for the main period; for an index also one of up to two years before."""
        return self._in_focus(indicator, "")

    def sure_focus(self, indicator: str) -> Row | None:
        """The level in focus, where its reading is sure enough for headlines and sentences."""
        row = self.focus(indicator)
        return row if row and row["confidence"] >= sections()["headline_confidence"] else None

    def tiers(self, indicator: str) -> list[Row]:
        """The parts of the levels of government, where the reports state them and no value for the area as a whole."""
        if self.focus(indicator) is not None:
            return []
        parts = [self._in_focus(indicator, scope) for scope in ("province", "district", "commune")]
        return [row for row in parts if row]

    def _in_focus(self, indicator: str, scope: str) -> Row | None:
        rows = self._rows_of.get((indicator, scope), [])
        if not rows or self.main is None:
            return None
        start, end = self.main
        exact = [row for row in rows if row["key"] == period_key(start, end)]
        near = [row for row in rows if start <= row["period_end"].date() <= end + _NEAR]
        if exact or near:
            return max(exact or near, key=lambda row: (row["period_end"], -row["period_start"].value))
        known = load_indicators().get(indicator)
        recent = [row for row in rows if start.year - 2 <= row["key"].year <= end.year]
        return recent[-1] if recent and known and known.measure == "index" else None

    def previous(self, row: Row) -> Row | None:
        """The level before one, like with like: the same period a year earlier, else the nearest of its kind."""
        earlier = [other for other in self.series(row["indicator"]) if other["key"] < row["key"]]
        same = [other for other in earlier if other["key"] == row["key"]._replace(year=row["key"].year - 1)]
        return (same or earlier[-1:] or [None])[0]

    def headlines(self) -> list[Row]:
        """The levels for the cards at the top; those of the levels of government where none is for the whole."""
        chosen: list[Row] = []
        for entry in sections()["headlines"]:
            codes = [entry] if isinstance(entry, str) else entry
            whole = [row for row in map(self.sure_focus, codes) if row]
            parts = [rows for rows in map(self.tiers, codes) if rows]
            chosen += whole[:1] or (parts[0] if parts else [])
        return chosen[: sections()["headline_limit"]]

    def missing(self) -> list[str]:
        """Indicators that a report of the kind usually states, and that were not read in these."""
        instead = sections()["expected_instead"]
        levels = sections()["expected_levels"]
        usual = [code for code in sections()["expected"] if self.level in levels.get(code, [self.level])]
        wanted = {code: [code, *instead.get(code, [])] for code in usual}
        return [code for code, any_of in wanted.items() if not any(self.focus(c) or self.tiers(c) for c in any_of)]

    def own_target(self, row: Row) -> Row | None:
        """The target that the reports themselves name for a level's indicator and year."""
        frame = self.observations
        stated = frame[(frame["indicator"] == row["indicator"]) & (frame["nature"] == "target") & frame["selected"]]
        stated = stated[(stated["change"] == "none") & (stated["organization"] == "") & (stated["breakdown"] == "")]
        same = [other for other in _rows(stated) if _year(other) == row["key"].year]
        return same[0] if same else None


def load_tables(processed: str | Path) -> Tables:
    """The tables of a folder; raises DatasetError, with what to do, where there are none."""
    folder = Path(processed)
    use_vocabulary(kept_overlay(folder))
    return Tables(
        read_observations(folder), read_findings(folder), read_documents(folder), read_unresolved(folder)
    )  # fmt: skip


def load_report(
    processed: str | Path, area: str, period_from: str = "", period_to: str = "", lang: str = "vi"
) -> AreaReport:
    """One area's report from the tables in a folder; `area` is a name with its level, or an area_id."""
    parameters = {
        "area": area, "period_from": period_from, "period_to": period_to, "lang": lang,
        "processed": shown_folder(processed),
    }  # fmt: skip
    return select_area(load_tables(processed), area, period_from, period_to, lang, parameters=parameters)


def select_area(
    tables: Tables,
    area: str,
    period_from: str = "",
    period_to: str = "",
    lang: str = "vi",
    *,
    parameters: Mapping[str, str] | None = None,
) -> AreaReport:
    """One area's report. Raises UsageError, with the names that were perhaps meant, for an unknown area.

    The range holds for the periods of results; targets and undated figures go with their document.
    """
    language = check_language(lang)
    frame = _of_area(tables.observations, area)
    first, last = parse_day(period_from), parse_day(period_to)
    frame = in_range(frame, first, last)
    if frame.empty:
        raise UsageError(say("errors.no_area_in_range", "vi", area=area))
    named = frame.iloc[0]
    documents = tables.documents[tables.documents["document_id"].isin(frame["document_id"])]
    own = documents[documents["area_id"].isin([named["area_id"]]) | (documents["area"] == named["area"])]
    return AreaReport(
        area=named["area"],
        area_id=named["area_id"],
        level=named["area_level"],
        province=named["province"],
        lang=language,
        observations=frame.reset_index(drop=True),
        findings=concerning(tables.findings, set(frame["observation_id"])),
        documents=documents.reset_index(drop=True),
        unresolved=tables.unresolved[tables.unresolved["document_id"].isin(own["document_id"])],
        parameters=dict(parameters or {}),
    )


def levels_of(frame: pd.DataFrame) -> pd.DataFrame:
    """What areas have reached: one row for each area, indicator, period and scope, with the PeriodKey as `key`.

    `scope` is empty for the area as a whole, else the level of government whose part it is. Targets, changes,
    figures of one office or field, and `other` are left out.
    """
    level = (frame["nature"] == "actual") & (frame["change"] == "none") & frame["selected"]
    undivided = (frame["organization"] == "") & (frame["breakdown"] == "") & (frame["indicator"] != "other")
    catalogue = load_indicators()
    kinds = frame["indicator"].map(lambda code: catalogue[code].kind if code in catalogue else "")
    fits = (frame["kind"] == kinds) | (frame["kind"].isin(["percent", "score"]) & kinds.isin(["percent", "score"]))
    kept = frame[level & undivided & fits & frame["period_end"].notna()].copy()
    kept["key"] = [period_key(*_days(row)) for row in _rows(kept)]
    kept["_split"] = kept["tier"] != ""
    kept["scope"] = kept["tier"].mask((kept["area_level"] == "commune") & (kept["tier"] == "commune"), "")
    kept["_inexact"] = kept["qualifier"] != "exact"
    kept = kept.sort_values(["_split", "_inexact", "confidence", "start"], ascending=[True, True, False, True])
    kept = kept.drop_duplicates(["area_id", "area", "indicator", "key", "scope"]).drop(columns=["_inexact", "_split"])
    return kept.sort_values(["period_end", "period_start", "document_id", "start"], ignore_index=True)


def whole_levels(frame: pd.DataFrame) -> pd.DataFrame:
    """The levels of areas as a whole."""
    levels = levels_of(frame)
    return levels[levels["scope"] == ""].reset_index(drop=True)


def main_period(levels: pd.DataFrame, documents: pd.DataFrame) -> tuple[date, date] | None:
    """The latest period that has a fair part of the figures: a document's own, else one of work done, else any.

    The year of an index, and a single day, count only where there is nothing else.
    """
    is_index = levels["indicator"].map(lambda code: load_indicators()[code].measure == "index").astype(bool)
    work = levels[~is_index & (levels["period_start"] != levels["period_end"])]
    stated = documents[documents["period_end"].notna()]
    elsewhere = work[~work["document_id"].isin(stated["document_id"])]
    for source in (pd.concat([stated, elsewhere]), work, levels):
        spans = sorted(set(zip(source["period_start"], source["period_end"], strict=True)))
        counts = {span: _count_of(levels, *span) for span in spans}
        full = [span for span, count in counts.items() if count and count >= _MAIN_SHARE * max(counts.values())]
        if full:
            start, end = max(full, key=lambda span: (span[1], counts[span]))
            return start.date(), end.date()
    return None


def _count_of(levels: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> int:
    same = (levels["period_start"] == start) & (levels["period_end"] == end)
    instant = (levels["period_start"] == levels["period_end"]) & levels["period_end"].between(start, end + _NEAR)
    return int((same | instant).sum())


def in_range(frame: pd.DataFrame, first: date | None, last: date | None) -> pd.DataFrame:
    """The rows whose period ends within a range; targets and undated rows where their document has such a row.

    UsageError for a range that ends before it begins.
    """
    if first is None and last is None:
        return frame
    if first and last and first > last:
        raise UsageError(*explain("parameter.reversed", start=first, end=last))
    dated = frame["period_end"].notna() & (frame["nature"] == "actual")
    inside = dated.copy()
    if first:
        inside &= frame["period_end"] >= pd.Timestamp(first)
    if last:
        inside &= frame["period_end"] <= pd.Timestamp(last)
    return frame[inside | (~dated & frame["document_id"].isin(frame.loc[inside, "document_id"]))]


def shown_folder(folder: str | Path) -> str:
    """A folder as pages name it: without the place on this machine.

    >>> shown_folder("../data/processed"), shown_folder(Path.cwd() / "data" / "processed")
    ('data/processed', 'data/processed')
    """
    parts = [part for part in Path(folder).parts if part != ".."]
    return "/".join(parts[-2:]) if parts[-2:] == ["data", "processed"] else parts[-1]


def parse_day(text: str) -> date | None:
    """A day written as 2022-01-31; None for an empty text; UsageError for anything else."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(say("errors.bad_date", "vi", value=text), say("errors.bad_date_remedy", "vi")) from error


def row_period(row: Row, lang: Lang) -> str:
    """The period of a row in words."""
    return describe_period(*_days(row), lang)


def _of_area(frame: pd.DataFrame, area: str) -> pd.DataFrame:
    wanted = area.strip()
    by_id = frame[(frame["area_id"] == wanted) & (frame["area_id"] != "")]
    if len(by_id):
        return by_id
    named = frame[frame["area"].map(tone_key) == tone_key(wanted)]
    ids = sorted(set(named["area_id"]) - {""})
    if named.empty:
        near = get_close_matches(wanted, sorted(set(frame["area"]) - {""}), n=3, cutoff=0.5)
        remedy = say("errors.unknown_area_remedy", "vi", candidates=", ".join(near)) if near else ""
        raise UsageError(say("errors.unknown_area", "vi", area=area), remedy)
    if len(ids) > 1:
        remedy = say("errors.ambiguous_area_remedy", "vi", candidates=", ".join(ids))
        raise UsageError(say("errors.ambiguous_area", "vi", area=area), remedy)
    return named[named["area_id"] == ids[0]] if ids else named


def concerning(findings: pd.DataFrame, ids: set[str]) -> pd.DataFrame:
    """The findings that name one of the observations."""
    mask = [bool(ids & set(named.split(";"))) for named in findings["observation_ids"]]
    return findings[pd.Series(mask, index=findings.index, dtype=bool)].reset_index(drop=True)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records")


def _days(row: Row) -> tuple[date | None, date | None]:
    start, end = row["period_start"], row["period_end"]
    return (None if pd.isna(start) else start.date()), (None if pd.isna(end) else end.date())


def _manner(row: Row) -> tuple[str, str, str]:
    """What two levels have in common that may be compared: a kind of period, a kind of value, a way of counting."""
    return row["key"].kind, row["kind"], row["basis"]


def _year(row: Row) -> int | None:
    end = _days(row)[1]
    return end.year if end else None
