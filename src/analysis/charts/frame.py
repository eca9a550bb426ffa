"""What every chart has: its finding as title, its alternative text, its data, the project's style."""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg", force=False)

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from PIL import Image

from analysis.errors import AnalysisError
from analysis.report import row_period
from analysis.wording import Lang, Row, caveat_of, format_value, say, value_with_caveat

PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
ON_COLOUR = ("white", "black", "white", "black", "white", "black")
"""Ink that can be read on each colour of the palette."""
WIDTH = 7.4
_DPI = 130
_INK = "#262626"


@dataclass(frozen=True)
class Chart:
    """A drawn chart. `data` has the columns label, period, value (a number), text (as shown) and observation_id."""

    figure: Figure
    title: str
    """What the chart says, with a number."""
    subtitle: str
    """Unit and period."""
    alt: str
    data: pd.DataFrame
    lang: Lang

    def png(self) -> bytes:
        """The picture; the same chart gives the same bytes."""
        drawn, small = io.BytesIO(), io.BytesIO()
        self.figure.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
        picture = Image.open(drawn).convert("RGB").quantize(96, dither=Image.Dither.NONE)
        picture.save(small, format="png", optimize=True)
        return small.getvalue()

    def bundle(self) -> tuple[dict[str, str], dict[str, dict[str, object]]]:
        """Data and metadata for IPython's `display(..., raw=True)`; AnalysisError without a telling alt text."""
        if not any(character.isdigit() for character in self.alt):
            raise AnalysisError(say("errors.no_alt", "vi"))
        data = {"image/png": base64.b64encode(self.png()).decode("ascii"), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


# --- the frame of every chart ------------------------------------------------------------------------------------


def new_axes(height: float, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure in the project's style with `rows` panels above one another."""
    sns.set_theme(style="white", rc=_STYLE)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.09)
    axes = figure.subplots(rows, 1, squeeze=False)[:, 0]
    for axis in axes:
        for side in ("top", "right", "left"):
            axis.spines[side].set_visible(False)
    return figure, list(axes)


_STYLE = {
    "font.family": "DejaVu Sans", "font.size": 10, "axes.labelsize": 9.5, "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5, "text.color": _INK, "axes.labelcolor": _INK, "xtick.color": _INK, "ytick.color": _INK,
    "axes.edgecolor": "#8a8a8a", "hatch.linewidth": 0.6,
}  # fmt: skip


def finish(
    figure: Figure, title: str, subtitle: str, rows: Iterable[tuple[str, Row]], lang: Lang, most: int = 12
) -> Chart:
    """The chart of a figure whose marks are `rows`, each a label and an observation."""
    listed = list(rows)
    data = pd.DataFrame(
        [
            {
                "label": name, "period": row_period(row, lang), "value": row["value"],
                "text": value_with_caveat(row, lang), "observation_id": row["observation_id"],
            }
            for name, row in listed
        ]
    )  # fmt: skip
    items = [
        say("charts.alt_item", lang, label=d.label, period=d.period, value=d.text) for d in data.head(most).itertuples()
    ]
    if len(data) > most:
        items.append(say("charts.alt_more", lang, count=len(data) - most))
    caveats = list(dict.fromkeys(caveat for _, row in listed if (caveat := caveat_of(row, lang))))
    if caveats:
        subtitle = say("charts.marked", lang, subtitle=subtitle.rstrip("."), caveats="; ".join(caveats))
    alt = say("charts.alt", lang, title=title.rstrip("."), list="; ".join(items))
    return Chart(figure, title, subtitle, alt, data, lang)


def marked_value(row: Row, lang: Lang, *, unit: bool = True) -> str:
    """A value as a chart shows it, with a mark that the subtitle explains where a check contests it."""
    value = format_value(row, lang, unit=unit)
    return say("charts.mark", lang, value=value) if row.get("caveat") else value


def wrap(text: str, width: int = 24) -> str:
    """The text broken into short lines."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def number_axis(lang: Lang, suffix: str = "") -> FuncFormatter:
    """Tick labels as readers write numbers."""
    plain = {"kind": "score", "indicator": "other", "qualifier": "exact"}
    return FuncFormatter(lambda value, _: format_value({**plain, "value": value}, lang, unit=False) + suffix)


def subtitle(unit: str, rows: Iterable[Row], lang: Lang) -> str:
    """Unit and periods of the rows, as it stands under a title."""
    periods = list(dict.fromkeys(row_period(row, lang) for row in rows))
    return ", ".join([say(f"axes.{unit}", lang), *periods])


def text_width(axis: Axes, text: str, size: float) -> float:
    """How many pixels wide a text stands."""
    artist = axis.text(0, 0, text, fontsize=size)
    width = artist.get_window_extent().width
    artist.remove()
    return width


def bare_axis(axis: Axes) -> None:
    """Take away the ticks of an axis whose marks carry their values."""
    axis.tick_params(left=False, bottom=False, labelbottom=False)
    axis.spines["bottom"].set_visible(False)
    axis.spines["left"].set_visible(True)
