"""Index scores and ranks: over time where several periods are reported, side by side where only one is."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.frame import PALETTE, Chart, bare_axis, finish, marked_value, new_axes, subtitle, wrap
from analysis.report import AreaReport, row_period
from analysis.wording import Lang, Row, format_value, say, sections

_MOST = 6
Series = tuple[str, list[Row]]


def chart_scores(report: AreaReport) -> list[Chart]:
    """The scores of the composite indices with their trend."""
    found = _series(report, ".score")
    if any(len(rows) > 1 for _, rows in found):
        return [_draw_trend(found, report.lang, "scores", ranks=False)]
    scales = sections()["indices"]
    alike = [(name, rows) for name, rows in found if scales[_family(rows[-1])]["most"] == 100]
    return [_draw_scores(alike, report.lang)] if len(alike) > 1 else []


def chart_ranks(report: AreaReport) -> list[Chart]:
    """The places in the rankings with their trend, the first at the top."""
    found = _series(report, ".rank")
    if any(len(rows) > 1 for _, rows in found):
        return [_draw_trend(found, report.lang, "ranks", ranks=True)]
    ranked = [(name, rows) for name, rows in found if rows[-1]["out_of"] > 1]
    return [_draw_places(ranked, report.lang)] if len(ranked) > 1 else []


def _series(report: AreaReport, ending: str) -> list[Series]:
    names = {code: entry[report.lang] for code, entry in sections()["indices"].items()}
    found = [(name, report.series(code + ending)) for code, name in names.items()]
    found = [(name, rows) for name, rows in found if rows]
    return sorted(found, key=lambda pair: (bool(pair[1][-1]["caveat"]), -len(pair[1])))[:_MOST]


def _family(row: Row) -> str:
    return row["indicator"].rpartition(".")[0]


def _draw_trend(found: Sequence[Series], lang: Lang, what: str, *, ranks: bool) -> Chart:
    """A panel for each index, all over the same years, so that no label meets another."""
    figure, axes = new_axes(0.35 + 1.12 * len(found), len(found))
    keys = sorted({row["key"] for _, rows in found for row in rows}, key=lambda key: (key.year, key.number))
    ticks = [wrap(row_period(_row_of(found, key), lang), 14) for key in keys]
    for axis, (name, rows) in zip(axes, found, strict=True):
        _draw_panel(axis, [(keys.index(row["key"]), row) for row in rows], lang, ranks=ranks)
        axis.set_title(name, fontsize=9.5, loc="left", fontweight="bold", pad=7)
        axis.set_xlim(-0.45, len(keys) - 0.55)
        axis.set_xticks(range(len(keys)), ticks)
        axis.tick_params(labelbottom=axis is axes[-1])
    rows = [(name, row) for name, series in found for row in series]
    unit = "rank" if ranks else "points"
    said = f"{subtitle(unit, _firsts(found), lang)}. {say('axes.cut', lang)}"
    return finish(figure, _trend_title(found[0], lang, what), said, rows, lang)


def _row_of(found: Sequence[Series], key: object) -> Row:
    return next(row for _, rows in found for row in rows if row["key"] == key)


def _firsts(found: Sequence[Series]) -> list[Row]:
    return sorted((row for _, rows in found for row in rows), key=lambda row: row["period_end"])


def _draw_panel(axis: Axes, points: Sequence[tuple[int, Row]], lang: Lang, *, ranks: bool) -> None:
    places, values = [at for at, _ in points], [row["value"] for _, row in points]
    axis.plot(places, values, color=PALETTE[0], marker="o", markersize=6, linewidth=2)
    spread = max(max(values) - min(values), 1.0)
    low, high = min(values) - spread * 0.35, max(values) + spread * 0.8
    axis.set_ylim((max(values) + spread * 0.35, min(values) - spread * 0.8) if ranks else (low, high))
    for at, row in points:
        axis.annotate(
            marked_value(row, lang, unit=False), (at, row["value"]), xytext=(0, 6), textcoords="offset points",
            ha="center", fontsize=9,
        )  # fmt: skip
    axis.set_yticks([])


def _trend_title(series: Series, lang: Lang, what: str) -> str:
    name, rows = series
    new = rows[-1]
    if len(rows) == 1:
        return say(
            f"charts.{what}_title_one", lang, name=name, new=format_value(new, lang), period=row_period(new, lang)
        )
    old = rows[-2]
    if new["value"] == old["value"]:
        way = "same"
    else:
        way = "up" if (new["value"] < old["value"]) == (what == "ranks") else "down"
    slots = {"name": name, "old": format_value(old, lang), "new": format_value(new, lang)}
    return say(f"charts.{what}_title_{way}", lang, **slots)


def _draw_scores(found: Sequence[Series], lang: Lang) -> Chart:
    figure, (axis,) = new_axes(0.5 + 0.45 * len(found))
    for at, (_, rows) in enumerate(found):
        axis.barh(at, rows[-1]["value"], 0.55, color=PALETTE[0])
        axis.text(rows[-1]["value"] + 1, at, marked_value(rows[-1], lang), va="center", fontsize=9)
    axis.set_xlim(0, 140)
    bare_axis(axis)
    return _finish_single(figure, axis, found, lang, "scores")


def _draw_places(found: Sequence[Series], lang: Lang) -> Chart:
    """Each rank as a dot on a line from first to last."""
    figure, (axis,) = new_axes(0.55 + 0.5 * len(found))
    for at, (_, rows) in enumerate(found):
        row = rows[-1]
        place = (row["value"] - 1) / (row["out_of"] - 1)
        axis.plot([0, 1], [at, at], color="#8a8a8a", linewidth=1.5, marker="|", markersize=9)
        axis.plot([place], [at], color=PALETTE[0], marker="o", markersize=9)
        said = f"{marked_value(row, lang)} ({row_period(row, lang)})"
        axis.text(1.04, at, said, va="center", fontsize=9)
    axis.set_xlim(-0.05, 1.75)
    bare_axis(axis)
    axis.spines["left"].set_visible(False)
    return _finish_single(figure, axis, found, lang, "ranks")


def _finish_single(figure: Figure, axis: Axes, found: Sequence[Series], lang: Lang, what: str) -> Chart:
    axis.set_yticks(range(len(found)), [wrap(name, 20) for name, _ in found])
    axis.set_ylim(len(found) - 0.4, -0.6)
    rows = [(name, series[-1]) for name, series in found]
    unit = "rank" if what == "ranks" else "points"
    return finish(figure, _trend_title(found[0], lang, what), subtitle(unit, _firsts(found), lang), rows, lang)
