"""Areas side by side: a ranking for each indicator, and a heat map of shares with the gaps shown."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.catalogue import load_indicators
from analysis.charts.frame import PALETTE, WIDTH, Chart, bare_axis, finish, new_axes, wrap
from analysis.comparison import LEVELS, Comparison, Ranking, ranking_period
from analysis.report import row_period
from analysis.wording import Lang, Row, capital, format_value, in_sentence, label, say

_MOST_AREAS = 30
_GAPS_DRAWN = 6


def chart_rankings(comparison: Comparison) -> list[Chart]:
    """A bar chart for each ranking, the best area first, areas without the figure named."""
    return [_draw_ranking(ranking, comparison.lang) for ranking in comparison.rankings]


def _draw_ranking(ranking: Ranking, lang: Lang) -> Chart:
    rows, places = ranking.rows[:_MOST_AREAS], ranking.places
    gaps = ranking.missing[:_GAPS_DRAWN]
    figure, (axis,) = new_axes(0.4 + 0.36 * (len(rows) + len(gaps)))
    most = max(row["value"] for row in rows) or 1
    for at, row in enumerate(rows):
        axis.barh(at, row["value"], 0.62, color=PALETTE[0] if places[at] == 1 else PALETTE[1])
        axis.text(row["value"] + most * 0.01, at, format_value(row, lang), va="center", fontsize=9)
    for at, _ in enumerate(gaps, start=len(rows)):
        axis.text(most * 0.01, at, say("charts.not_reported", lang), va="center", fontsize=9, fontstyle="italic")
    names = [f"{place}. {row['area']}" for row, place in zip(rows, places, strict=False)]
    axis.set_yticks(range(len(rows) + len(gaps)), [wrap(name, 30) for name in [*names, *gaps]])
    axis.set_ylim(len(rows) + len(gaps) - 0.4, -0.6)
    axis.set_xlim(0, most * 1.32)
    bare_axis(axis)
    named = [(f"{place}. {row['area']}", row) for row, place in zip(ranking.rows, places, strict=True)]
    return finish(figure, _ranking_title(ranking, lang), _ranking_subtitle(ranking, lang), named, lang)


def _ranking_title(ranking: Ranking, lang: Lang) -> str:
    leaders = ranking.leaders()
    low = "_low" if load_indicators()[ranking.indicator].direction == "lower_better" else ""
    several = len(ranking.provinces) > 1
    slots = {
        "indicator": in_sentence(label(ranking.indicator, lang)), "value": format_value(leaders[0], lang),
        "area": leaders[0]["area"], "count": len(leaders), "all": len(ranking.rows),
        "where": say("charts.ranking_provinces", lang, count=len(ranking.provinces)) if several else "",
    }  # fmt: skip
    if len(leaders) == len(ranking.rows):
        return capital(say("charts.ranking_title_all", lang, **slots))
    return say(f"charts.ranking_title{'_tie' if len(leaders) > 1 else ''}{low}", lang, **slots)


def _ranking_subtitle(ranking: Ranking, lang: Lang) -> str:
    scope = ", ".join([say(f"levels.{ranking.level}", lang), *ranking.provinces])
    said = f"{label(ranking.indicator, lang)}, {scope}, {ranking_period(ranking, lang)}."
    counts = {"missing": len(ranking.missing), "absent": ranking.absent}
    return said + "".join(say(f"charts.ranking_{name}", lang, count=count) for name, count in counts.items() if count)


def chart_heat(comparison: Comparison) -> list[Chart]:
    """A heat map of shares for each level of government, area by indicator."""
    frames = [(level, comparison.heat(level)) for level in LEVELS]
    return [_draw_heat(frame, level, comparison.lang) for level, frame in frames if len(frame)]


def _draw_heat(frame: pd.DataFrame, level: str, lang: Lang) -> Chart:
    order = frame["area"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    areas = list(order.index)[:_MOST_AREAS]
    codes = [code for code in load_indicators() if code in set(frame["indicator"])]
    cells = {(row["area"], row["indicator"]): row for row in frame.to_dict("records")}
    values = [[cells[a, c]["value"] if (a, c) in cells else float("nan") for c in codes] for a in areas]
    figure, (axis,) = new_axes(1.5 + 0.42 * len(areas))
    sns.heatmap(
        values, ax=axis, vmin=0, vmax=100, cmap=sns.light_palette(PALETTE[0], as_cmap=True), cbar=False,
        linewidths=1.5, linecolor="white",
    )  # fmt: skip
    _fill_cells(axis, [[cells.get((a, c)) for c in codes] for a in areas], lang)
    room = int(WIDTH * 15 / (len(codes) + 2.5))
    axis.set_xticks(
        [at + 0.5 for at in range(len(codes))], [wrap(label(c, lang, short=True), max(room, 9)) for c in codes],
        fontsize=8, rotation=0,
    )  # fmt: skip
    axis.set_yticks([at + 0.5 for at in range(len(areas))], [wrap(area, 24) for area in areas], rotation=0)
    axis.tick_params(left=False, bottom=False)
    axis.spines["bottom"].set_visible(False)
    named = [(f"{a}, {label(c, lang, short=True)}", cells[a, c]) for a in areas for c in codes if (a, c) in cells]
    title = _heat_title(frame, lang)
    said = f"%, {say(f'levels.{level}', lang)}, {row_period(frame.iloc[0].to_dict(), lang)}"
    return finish(figure, title, said, named, lang)


def _heat_title(frame: pd.DataFrame, lang: Lang) -> str:
    """The share in which the areas lie furthest apart, and between which of them."""
    spread = frame.groupby("indicator", sort=False)["value"].agg(lambda values: values.max() - values.min())
    rows = frame[frame["indicator"] == spread.idxmax()].sort_values(["value", "area"]).to_dict("records")
    low, high = rows[0], rows[-1]
    return say(
        "charts.heatmap_title", lang, indicator=label(low["indicator"], lang), low=format_value(low, lang),
        low_area=low["area"], high=format_value(high, lang), high_area=high["area"],
    )  # fmt: skip


def _fill_cells(axis: Axes, cells: list[list[Row | None]], lang: Lang) -> None:
    """Each value in ink that its colour carries; a gap is hatched, so that it isn't taken for a low value."""
    for down, line in enumerate(cells):
        for across, row in enumerate(line):
            if row is None:
                axis.add_patch(Rectangle((across, down), 1, 1, facecolor="white", edgecolor="#9a9a9a", hatch="///"))
                continue
            ink = "white" if row["value"] > 68 else "black"
            axis.text(
                across + 0.5, down + 0.5, format_value(row, lang), ha="center", va="center", color=ink, fontsize=9
            )
