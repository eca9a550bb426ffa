"""Areas side by side, like with like: one indicator, one level of government, one period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.catalogue import load_indicators
from analysis.dataset import area_keys
from analysis.errors import UsageError
from analysis.report import Tables, concerning, in_range, load_tables, parse_day, shown_folder, whole_levels
from analysis.targets import Target, official_target
from analysis.wording import Lang, PeriodKey, Row, check_language, describe_period, say, sections

LEVELS = ("province", "district", "commune")


@dataclass(frozen=True)
class Ranking:
    """One indicator over the areas of a level in a period, the best first; equal values share a place."""

    indicator: str
    level: str
    province: str
    """Set where only areas of one province are ranked, as for scores that each province reckons its own way."""
    rows: tuple[Row, ...]
    places: tuple[int, ...]
    missing: tuple[str, ...]
    """Areas whose reports of the period don't state this indicator."""
    absent: int
    """How many more areas of the level have reports, yet none of the period."""

    @property
    def provinces(self) -> list[str]:
        """The provinces that the areas belong to; those of provinces themselves count for nothing."""
        return sorted({row["province"] for row in self.rows if row["province"]}) if self.level != "province" else []

    def leaders(self) -> list[Row]:
        """The areas in the first place."""
        return [row for row, place in zip(self.rows, self.places, strict=True) if place == 1]


@dataclass(frozen=True)
class Comparison:
    """The levels of all areas within a range of time; `parameters` are those of the notebook."""

    lang: Lang
    levels: pd.DataFrame
    observations: pd.DataFrame
    findings: pd.DataFrame
    documents: pd.DataFrame
    parameters: Mapping[str, str] = field(default_factory=dict)
    subjects: frozenset[str] = frozenset()
    """Keys of the areas that reports are about, as the index lists them."""

    @cached_property
    def areas(self) -> pd.DataFrame:
        """One row for each area: name, area_id, level, province, and whether a report is about it (`reports`)."""
        columns = ["area", "area_id", "area_level", "province"]
        areas = self.levels[columns].drop_duplicates(["area_id", "area"]).sort_values(columns, ignore_index=True)
        return areas.assign(reports=area_keys(areas).isin(self.subjects))

    @cached_property
    def rankings(self) -> tuple[Ranking, ...]:
        """A ranking for each indicator and level that at least two areas report for one period."""
        return tuple(self._rankings())

    def _rankings(self) -> Iterator[Ranking]:
        for level in LEVELS:
            of_level = self.levels[self.levels["area_level"] == level]
            reporting = of_level[area_keys(of_level).isin(self.subjects)]
            for indicator in sections()["comparison"]:
                rows = of_level[of_level["indicator"] == indicator]
                own_way = _is_index(indicator) and level != "province"
                for province, group in rows.groupby(rows["province"] if own_way else rows["area_level"]):
                    ranking = _rank(indicator, group, reporting, str(province) if own_way else "")
                    if ranking:
                        yield ranking

    def heat(self, level: str) -> pd.DataFrame:
        """The shares of a level in the period that most of its areas report: area x indicator, missing as NaN.

        The columns are those of the table; `attrs["period"]` names the period. Empty under two areas or indicators.
        """
        shares = [code for code, known in load_indicators().items() if known.measure == "share"]
        rows = self.levels[(self.levels["area_level"] == level) & self.levels["indicator"].isin(shares)]
        key = _widest(rows)
        if key is None:
            return rows.iloc[:0]
        rows = rows[rows["key"] == key]
        common = rows["indicator"].value_counts()
        rows = rows[rows["indicator"].isin(common[common >= 2].index)]
        if rows["area"].nunique() < 2 or rows["indicator"].nunique() < 2:
            return rows.iloc[:0]
        return rows

    def targets(self) -> list[tuple[Row, Target]]:
        """Each ranked value that an official target stands against."""
        found = [(row, official_target(row)) for ranking in self.rankings for row in ranking.rows]
        return [(row, target) for row, target in found if target]


def load_comparison(
    processed: str | Path, lang: str = "vi", period_from: str = "", period_to: str = "", level: str = ""
) -> Comparison:
    """All areas from the tables in a folder; `level` narrows to province, district or commune."""
    parameters = {
        "processed": shown_folder(processed),
        "lang": lang, "period_from": period_from, "period_to": period_to, "level": level,
    }  # fmt: skip
    return select_comparison(load_tables(processed), lang, period_from, period_to, level, parameters=parameters)


def select_comparison(
    tables: Tables,
    lang: str = "vi",
    period_from: str = "",
    period_to: str = "",
    level: str = "",
    *,
    parameters: Mapping[str, str] | None = None,
) -> Comparison:
    """All areas of one level, or of each, whose periods lie in a range."""
    language = check_language(lang)
    if level and level not in LEVELS:
        raise UsageError(say("errors.bad_level", "vi", value=level), say("errors.bad_level_remedy", "vi"))
    frame = in_range(tables.observations, parse_day(period_from), parse_day(period_to))
    levels = whole_levels(frame)
    levels = levels[levels["area_level"].isin([level] if level else LEVELS)].reset_index(drop=True)
    about = tables.documents[tables.documents["area"] != ""]
    comparison = Comparison(
        language, levels, frame, tables.findings, tables.documents, dict(parameters or {}),
        subjects=frozenset(area_keys(about)),
    )  # fmt: skip
    return _narrowed(comparison)


def _narrowed(comparison: Comparison) -> Comparison:
    """The comparison with only those figures, findings and documents that its charts and tables show."""
    heat = [comparison.heat(level) for level in LEVELS]
    shown = {row["observation_id"] for ranking in comparison.rankings for row in ranking.rows}
    shown |= {ident for frame in heat for ident in frame["observation_id"]}
    findings = concerning(comparison.findings, shown)
    shown |= {ident for named in findings["observation_ids"] for ident in named.split(";")}
    observations = comparison.observations[comparison.observations["observation_id"].isin(shown)]
    documents = comparison.documents[comparison.documents["document_id"].isin(observations["document_id"])]
    return replace(
        comparison,
        observations=observations.reset_index(drop=True),
        documents=documents.reset_index(drop=True),
        findings=findings,
    )


def ranking_period(ranking: Ranking, lang: Lang) -> str:
    """The period of a ranking in words."""
    row = ranking.rows[0]
    return describe_period(row["period_start"].date(), row["period_end"].date(), lang)


def _widest(rows: pd.DataFrame) -> PeriodKey | None:
    """The period that most rows belong to, the latest among equals."""
    if rows.empty:
        return None
    counts = rows.groupby("key").agg(size=("area", "size"), end=("period_end", "max"))
    return counts.sort_values(["size", "end"]).index[-1]


def _is_index(indicator: str) -> bool:
    return load_indicators()[indicator].measure == "index"


def _rank(indicator: str, rows: pd.DataFrame, peers: pd.DataFrame, province: str) -> Ranking | None:
    key = _widest(rows)
    rows = rows[rows["key"] == key]
    if len(rows) < 2:
        return None
    low_is_best = load_indicators()[indicator].direction == "lower_better"
    rows = rows.sort_values(["value", "area"], ascending=[low_is_best, True])
    places = rows["value"].rank(method="min", ascending=low_is_best).astype(int)
    peers = peers if not province else peers[peers["province"] == province]
    reporting = peers[(peers["key"] == key) & (peers["indicator"].map(_is_index) == _is_index(indicator))]
    missing = sorted(set(reporting["area"]) - set(rows["area"]))
    absent = len(set(peers["area"]) - set(rows["area"]) - set(missing))
    return Ranking(
        indicator, str(rows["area_level"].iloc[0]), province, tuple(rows.to_dict("records")), tuple(places),
        tuple(missing),
        absent,
    )  # fmt: skip
