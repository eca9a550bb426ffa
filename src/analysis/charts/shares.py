"""Shares against their targets, and one indicator over time."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from analysis.catalogue import load_indicators
from analysis.charts.frame import PALETTE, Chart, bare_axis, finish, marked_value, new_axes, subtitle, wrap
from analysis.report import AreaReport, row_period
from analysis.targets import judge, official_target
from analysis.wording import Lang, Row, format_value, label, say

_MOST = 12
_SIGNS = {">=": "≥", ">": ">", "<=": "≤"}


def chart_shares(report: AreaReport) -> list[Chart]:
    """The shares of the main period, with the target of each that has one."""
    shares = [code for code, known in load_indicators().items() if known.measure == "share"]
    rows = [row for row in map(report.focus, shares) if row and 0 <= row["value"] <= 100]
    rows.sort(key=lambda row: (official_target(row) is None, -row["value"]))
    return [_draw_shares(rows[:_MOST], report)] if len(rows) > 1 else []


def _draw_shares(rows: Sequence[Row], report: AreaReport) -> Chart:
    lang = report.lang
    figure, (axis,) = new_axes(0.4 + 0.62 * len(rows))
    axis.set_xlim(0, 122)
    axis.set_ylim(len(rows) - 0.55, -0.75)
    axis.set_yticks(range(len(rows)), [wrap(label(row["indicator"], lang, short=True)) for row in rows])
    bare_axis(axis)
    for at, row in enumerate(rows):
        axis.barh(at, row["value"], 0.44, color=PALETTE[0])
        axis.text(103, at, marked_value(row, lang), va="center", fontsize=9)
        _mark_target(axis, at, row, report)
    named = [(label(row["indicator"], lang, short=True), row) for row in rows]
    return finish(figure, _shares_title(rows, lang), subtitle("percent", rows, lang), named, lang)


def _mark_target(axis: Axes, at: float, row: Row, report: AreaReport) -> None:
    """A line across the bar at the target, its name above the bar; the report's own where there is no official one."""
    lang, official, own = report.lang, official_target(row), report.own_target(row)
    if official:
        value, goal = official.value, {**row, "value": official.value, "qualifier": "exact", "out_of": None}
        said = say(
            "charts.target_mark",
            lang,
            year=official.by,
            value=f"{_SIGNS[official.operator]} {format_value(goal, lang)}"
            if value < 100
            else format_value(goal, lang),
        )
        if not official.confirmed:
            said = say("charts.unconfirmed", lang, mark=said)
    elif own:
        value, said = own["value"], say("charts.own_target_mark", lang, value=format_value(own, lang))
    else:
        return
    axis.plot([value, value], [at - 0.34, at + 0.28], color=PALETTE[3], linewidth=2.6, solid_capstyle="butt")
    axis.text(value, at - 0.36, said, ha="right" if value > 50 else "left", va="bottom", fontsize=8)


def _shares_title(rows: Sequence[Row], lang: Lang) -> str:
    against = [(row, target) for row in rows if (target := official_target(row))]
    against = [(row, verdict) for row, target in against if (verdict := judge(row, target)) != "unclear"]
    if len(against) == 1:
        row, verdict = against[0]
        key = "met" if verdict in ("met", "ahead") else "unmet"
        name, value = label(row["indicator"], lang, short=True), format_value(row, lang)
        return say(f"charts.shares_title_{key}", lang, name=name, value=value)
    if against:
        met = sum(verdict in ("met", "ahead") for _, verdict in against)
        return say("charts.shares_title_targets", lang, met=met, all=len(against))
    top = max(rows, key=lambda row: row["value"])
    name = label(top["indicator"], lang, short=True)
    return say("charts.shares_title", lang, top_name=name, top_value=format_value(top, lang))


def chart_progress(rows: Sequence[Row], lang: Lang, *, by_area: bool = False) -> list[Chart]:
    """One indicator as bars from zero, the earliest first: by period, or by area where `by_area` is set."""
    if len(rows) < 2 or len({row["indicator"] for row in rows}) > 1:
        return []
    rows = rows[-20:]
    figure, (axis,) = new_axes(0.5 + 0.4 * len(rows))
    named = [(row["area"] if by_area else row_period(row, lang), row) for row in rows]
    most = max(row["value"] for row in rows) or 1
    for at, (_, row) in enumerate(named):
        axis.barh(at, row["value"], 0.6, color=PALETTE[0])
        axis.text(row["value"] + most * 0.01, at, format_value(row, lang), va="center", fontsize=9)
    axis.set_yticks(range(len(named)), [wrap(name, 26) for name, _ in named])
    axis.set_ylim(len(named) - 0.5, -0.5)
    axis.set_xlim(0, most * 1.3)
    bare_axis(axis)
    values = sorted(rows, key=lambda row: row["value"])
    title = say(
        "charts.progress_title", lang, indicator=label(rows[0]["indicator"], lang),
        old=format_value(values[0], lang), new=format_value(values[-1], lang),
    )  # fmt: skip
    return [finish(figure, title, say("axes.reported_by", lang), named, lang)]
