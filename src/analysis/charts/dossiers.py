"""Dossiers by state and by channel: parts of a whole where they add up, plain bars where they don't."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes

from analysis.charts.frame import (
    ON_COLOUR,
    PALETTE,
    Chart,
    bare_axis,
    finish,
    marked_value,
    new_axes,
    number_axis,
    subtitle,
    text_width,
    wrap,
)  # fmt: skip
from analysis.report import AreaReport, row_period
from analysis.wording import Lang, Row, format_value, label, row_label, say, sections


def chart_states(report: AreaReport) -> list[Chart]:
    """Dossiers by state: early, on time, late, pending; as parts of a whole where they add up."""
    return _divided(report, "states")


def chart_channels(report: AreaReport) -> list[Chart]:
    """Dossiers by channel: online, at the desk, by post."""
    core = sections()["channels"]["core"]
    return _divided(report, "channels") if any(report.focus(code) for code in core) else []


def _divided(report: AreaReport, section: str) -> list[Chart]:
    for partition in sections()[section]["partitions"]:
        bars = _partition_bars(report, partition)
        if bars:
            return [_draw_divided(bars, report.lang)]
        if bars is None:
            break
    rows = [row for row in map(report.focus, sections()[section]["counts"]) if row and row["kind"] == "count"]
    rows = [row for row in rows if row["key"] == rows[0]["key"] or row["key"].kind == "instant"]
    return [_draw_counts(rows, report)] if len(rows) > 1 else []


def _partition_bars(report: AreaReport, partition: dict[str, list[str]]) -> list[list[Row]] | None:
    """The parts in each period that has them all and in which they add up, the latest first.

    Empty where a part is missing; None where they contradict the whole of the latest period, so that no smaller
    partition is drawn as if all were well.
    """
    latest = [report.focus(code) for code in partition["parts"]]
    if not all(latest):
        return []
    series = {code: {_end(row): row for row in report.series(code)} for code in partition["parts"]}
    wholes = {code: {_end(row): row for row in report.series(code)} for code in partition["wholes"]}
    ends = sorted({_end(row) for row in latest if row}, reverse=True)
    if len(ends) != 1:
        return []
    shared = sorted(set.intersection(*(set(rows) for rows in series.values())), reverse=True)
    bars = []
    for end in shared:
        parts = [series[code][end] for code in partition["parts"]]
        stated = [rows[end]["value"] for rows in wholes.values() if end in rows]
        if _adds_up(sum(row["value"] for row in parts), stated):
            bars.append(parts)
        elif end == ends[0]:
            return None
    return bars


def _end(row: Row) -> pd.Timestamp:
    return row["period_end"]


def _adds_up(total: float, stated: Sequence[float]) -> bool:
    return total > 0 and (not stated or any(abs(total - whole) <= 0.005 * whole for whole in stated))


def _draw_divided(bars: list[list[Row]], lang: Lang) -> Chart:
    figure, (axis,) = new_axes(0.7 + 0.92 * len(bars))
    longest = max(sum(row["value"] for row in bar) for bar in bars)
    names = [label(row["indicator"], lang, short=True) for row in bars[0]]
    axis.set_xlim(0, longest * 1.02)
    axis.set_ylim(len(bars) - 0.3, -0.5)
    axis.set_yticks(range(len(bars)), [wrap(_bar_period(bar, lang), 18) for bar in bars])
    axis.tick_params(left=False)
    axis.xaxis.set_major_formatter(number_axis(lang))
    figure.draw_without_rendering()
    for at, bar in enumerate(bars):
        _divided_bar(axis, at, bar, names, lang)
    rows = [(name, row) for bar in bars for name, row in zip(names, bar, strict=True)]
    top_name, top = max(zip(names, bars[0], strict=True), key=lambda pair: pair[1]["value"])
    title = say(
        "charts.parts_title",
        lang,
        top_name=top_name,
        top_value=format_value(top, lang),
        period=_bar_period(bars[0], lang),
    )
    return finish(figure, title, subtitle("dossiers", [bar[0] for bar in bars], lang), rows, lang)


def _bar_period(bar: list[Row], lang: Lang) -> str:
    spans = [row for row in bar if row["key"].kind != "instant"]
    return row_period((spans or bar)[0], lang)


def _divided_bar(axis: Axes, at: int, bar: list[Row], names: list[str], lang: Lang) -> None:
    """One bar: a part is labelled inside where its label fits, else in a line below the bar."""
    left, outside = 0.0, []
    for name, row, colour, ink in zip(names, bar, cycle(PALETTE), cycle(ON_COLOUR), strict=False):
        axis.barh(at, row["value"], 0.5, left=left, color=colour, edgecolor="white", linewidth=1.2)
        value = marked_value(row, lang, unit=False)
        inside = [f"{said}\n{value}" for said in (name, wrap(name, 14)) if said.count("\n") < 2]
        fitting = [text for text in inside if _fits(axis, text, row["value"], 8.5)]
        if fitting:
            axis.text(left + row["value"] / 2, at, fitting[0], ha="center", va="center", color=ink, fontsize=8.5)
        else:
            outside.append((colour, f"{name}: {value}"))
        left += row["value"]
    _label_below(axis, at + 0.41, outside)


def _label_below(axis: Axes, at: float, labels: Sequence[tuple[str, str]]) -> None:
    """Labels in a line, each after a square of its colour."""
    unit = axis.transData.transform((1, 0))[0] - axis.transData.transform((0, 0))[0]
    left = 0.0
    for colour, said in labels:
        axis.text(left, at, "\N{BLACK SQUARE}", ha="left", va="center", fontsize=8.5, color=colour)
        left += (text_width(axis, "\N{BLACK SQUARE}", 8.5) + 4) / unit
        axis.text(left, at, said, ha="left", va="center", fontsize=8.5)
        left += (text_width(axis, said, 8.5) + 14) / unit


def _fits(axis: Axes, text: str, width: float, size: float) -> bool:
    """True where a text is narrower than a stretch of the x axis."""
    pixels = axis.transData.transform((width, 0))[0] - axis.transData.transform((0, 0))[0]
    return text_width(axis, text, size) + 8 < pixels


def _draw_counts(rows: list[Row], report: AreaReport) -> Chart:
    """Plain bars, grouped by indicator where several periods report it."""
    lang = report.lang
    series = {row["indicator"]: list(reversed(report.series(row["indicator"])))[:4] for row in rows}
    bars = [(row_label(row, lang, short=True), row) for group in series.values() for row in group]
    several = max(len(group) for group in series.values()) > 1
    figure, (axis,) = new_axes(0.7 + 0.36 * len(bars) + 0.12 * len(series))
    ends = sorted({_end(row) for _, row in bars}, reverse=True)
    place, ticks = 0.0, []
    most = max(row["value"] for _, row in bars)
    for group in series.values():
        ticks.append((place + (len(group) - 1) / 2, wrap(row_label(group[0], lang, short=True), 22)))
        for row in group:
            colour = PALETTE[ends.index(_end(row)) % len(PALETTE)]
            axis.barh(place, row["value"], 0.82, color=colour)
            said = marked_value(row, lang, unit=False) + (f"  ({row_period(row, lang)})" if several else "")
            axis.text(row["value"] + most * 0.01, place, said, va="center", fontsize=9)
            place += 1
        place += 0.4
    axis.set_yticks([at for at, _ in ticks], [name for _, name in ticks])
    axis.set_ylim(place - 0.6, -0.8)
    axis.set_xlim(0, max(most, 1) * (1.55 if several else 1.2))
    bare_axis(axis)
    first = rows[0]
    title = say(
        "charts.counts_title", lang, top_name=row_label(first, lang, short=True),
        top_value=format_value(first, lang), period=row_period(first, lang),
    )  # fmt: skip
    for row in rows[1:3]:
        name = row_label(row, lang, short=True).lower()
        title += say("charts.counts_of", lang, name=name, value=format_value(row, lang, unit=False))
    return finish(figure, title, subtitle("dossiers", [row for _, row in bars], lang), bars, lang)
