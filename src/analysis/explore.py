"""The exploring notebook's controls: choose an area, an indicator and a period; a table and a chart follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd

from analysis.catalogue import load_indicators
from analysis.charts import Chart, chart_progress
from analysis.dataset import area_keys
from analysis.display.fragments import paragraph, table
from analysis.display.sources import figure_name, mark_sentences
from analysis.numerals import format_number
from analysis.report import Tables, levels_of, load_tables, row_period
from analysis.wording import Lang, check_language, format_value, label, say

ANY = ""
_MOST_ROWS = 200


class Explorer:
    """Three choices over the observations table and what they select; `widget` is what a notebook displays."""

    def __init__(self, tables: Tables, lang: str = "vi") -> None:
        self.lang = check_language(lang)
        frame = tables.observations
        self._frame = frame.assign(period=[row_period(row, self.lang) for row in frame.to_dict("records")])
        self.area = self._dropdown("area")
        self.indicator = self._dropdown("indicator")
        self.period = self._dropdown("period")
        self.view = widgets.HTML()
        self.widget = widgets.VBox([widgets.HBox([self.area, self.indicator, self.period]), self.view])
        self._offer()
        for control in (self.area, self.indicator, self.period):
            control.observe(self._on_choice, names="value")
        self._show()

    def selection(self) -> pd.DataFrame:
        """The figures that fit the three choices."""
        frame = self._frame
        for column, control in (("area_key", self.area), ("indicator", self.indicator), ("period", self.period)):
            if control.value != ANY:
                values = area_keys(frame) if column == "area_key" else frame[column]
                frame = frame[values == control.value]
        return frame

    def _dropdown(self, name: str) -> Any:
        return widgets.Dropdown(
            options=[(say("explore.any", self.lang), ANY)], description=say(f"explore.{name}", self.lang),
            layout=widgets.Layout(width="auto", min_width="18rem"),
        )  # fmt: skip

    def _offer(self) -> None:
        """Fill the choices; indicators and periods are those that the chosen area has."""
        anything = [(say("explore.any", self.lang), ANY)]
        keys = area_keys(self._frame)
        names = sorted({(f"{row.area} ({row.province})" if row.province else row.area, key)
                        for row, key in zip(self._frame.itertuples(), keys, strict=True) if row.area})  # fmt: skip
        _refill(self.area, anything + names)
        chosen = self._frame if self.area.value == ANY else self._frame[keys == self.area.value]
        present = set(chosen["indicator"])
        codes = [code for code in load_indicators() if code in present]
        _refill(self.indicator, anything + [(label(code, self.lang), code) for code in codes])
        if self.indicator.value != ANY:
            chosen = chosen[chosen["indicator"] == self.indicator.value]
        periods = chosen.sort_values("period_end", ascending=False)["period"].drop_duplicates()
        _refill(self.period, anything + [(period, period) for period in periods])

    def _on_choice(self, _change: Any) -> None:
        self._offer()
        self._show()

    def _show(self) -> None:
        frame, lang = self.selection(), self.lang
        if frame.empty:
            self.view.value = paragraph(say("explore.none", lang), "missing")
            return
        count = paragraph(say("explore.rows", lang, count=format_number(len(frame), lang=lang)))
        charts = "".join(_inline(chart) for chart in self.charts())
        self.view.value = count + charts + self._table(frame.head(_MOST_ROWS))

    def charts(self) -> list[Chart]:
        """The chosen indicator over time in one area, or over areas of one level in one period."""
        levels = levels_of(self.selection())
        rows = levels[levels["scope"] == ""].to_dict("records")
        if self.indicator.value == ANY or not rows:
            return []
        if self.area.value != ANY:
            alike = [row for row in rows if row["key"].kind == rows[-1]["key"].kind]
            return chart_progress(alike, self.lang)
        groups = Counter((row["key"], row["area_level"]) for row in rows)
        fullest = max(groups, key=lambda group: (groups[group], group[0].year))
        alike = [row for row in rows if (row["key"], row["area_level"]) == fullest]
        return chart_progress(sorted(alike, key=lambda row: row["value"]), self.lang, by_area=True)

    def _table(self, frame: pd.DataFrame) -> str:
        lang, marked = self.lang, mark_sentences(frame)
        rows = [
            (
                escape(figure_name(row, lang)), escape(row["area"]), escape(row["period"]),
                escape(format_value(row, lang)), marked[row["observation_id"]], escape(row["document_id"]),
            )
            for row in frame.to_dict("records")
        ]  # fmt: skip
        columns = ("indicator", "area", "period", "value", "sentence", "document")
        idents = [f"obs-{ident}" for ident in frame["observation_id"]]
        return table(columns, rows, lang, name=say("headings.observations", lang), numbers=(3,), row_ids=idents)


def explore(processed: str | Path, lang: str = "vi") -> Any:
    """The controls over the tables of a folder, ready to display."""
    return Explorer(load_tables(processed), lang).widget


@dataclass(frozen=True)
class Overview:
    """What lies behind the whole table: its documents and findings."""

    lang: Lang
    documents: pd.DataFrame
    findings: pd.DataFrame
    parameters: Mapping[str, str] = field(default_factory=dict)


def load_overview(processed: str | Path, lang: str = "vi") -> Overview:
    """The documents and findings of a folder's tables."""
    tables = load_tables(processed)
    return Overview(check_language(lang), tables.documents, tables.findings)


def _refill(control: Any, options: list[tuple[str, str]]) -> None:
    """New options for a dropdown; the choice stays where it is still offered."""
    kept = control.value if control.value in [value for _, value in options] else ANY
    if list(control.options) != options:
        control.options = options
    control.value = kept


def _inline(chart: Chart) -> str:
    data, _ = chart.bundle()
    return (
        f"{paragraph(chart.title, 'chart-title')}{paragraph(chart.subtitle, 'note')}"
        f'<img alt="{escape(chart.alt)}" src="data:image/png;base64,{data["image/png"]}">'
    )
