"""Pieces of HTML: escaped text, links to figures, tables, charts with their data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Protocol
from urllib.parse import quote

import pandas as pd
from IPython.display import HTML, display

from analysis.charts import Chart
from analysis.numerals import format_number
from analysis.wording import Lang, Part, capital, say

_FORMULA = ("=", "+", "-", "@", "\t")


class Shown(Protocol):
    """What an area report and a comparison have in common."""

    lang: Lang
    observations: pd.DataFrame
    documents: pd.DataFrame
    findings: pd.DataFrame
    parameters: Mapping[str, str]


def show_html(html: str) -> None:
    """Display a piece of HTML; nothing where it is empty."""
    if html:
        display(HTML(html))


def show_heading(shown: Shown, name: str, level: int = 2) -> None:
    """A heading in the language of the report, with its anchor."""
    show_html(heading(name, shown.lang, level))


def heading(name: str, lang: Lang, level: int = 2) -> str:
    """The HTML of a heading."""
    return f'<h{level} id="{escape(name)}">{escape(say(f"headings.{name}", lang))}</h{level}>'


def paragraph(text: str, css: str = "") -> str:
    """A paragraph of plain text."""
    return f"<p{_css(css)}>{escape(text)}</p>" if text else ""


def figure_link(text: str, observation_id: str, css: str = "figure-link") -> str:
    """A number that leads to its sentence.

    >>> figure_link("97,2%", "a1b2")
    '<a class="figure-link" href="#obs-a1b2">97,2%</a>'
    """
    return f'<a{_css(css)} href="#obs-{escape(observation_id)}">{escape(text)}</a>'


def sentence_html(parts: Iterable[Part]) -> str:
    """A sentence whose numbers lead to what they rest on."""
    return "".join(
        figure_link(part.text, part.observation_ids[0]) if part.observation_ids else escape(part.text) for part in parts
    )


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    lang: Lang,
    *,
    name: str,
    numbers: Sequence[int] = (),
    row_ids: Sequence[str] = (),
) -> str:
    """A table of ready HTML cells in a region that scrolls; the first cell of each row is its head.

    `columns` are keys of the texts, `numbers` the places of columns that hold numbers.
    """
    head = "".join(
        f'<th scope="col"{_css("num" if at in numbers else "")}>{escape(say(f"columns.{key}", lang))}</th>'
        for at, key in enumerate(columns)
    )
    styles = ["num" if at in numbers else "sentence" if key == "sentence" else "" for at, key in enumerate(columns)]
    body = []
    for at, (first, *rest) in enumerate(rows):
        ident = f' id="{escape(row_ids[at])}"' if row_ids else ""
        cells = "".join(f"<td{_css(style)}>{cell}</td>" for style, cell in zip(styles[1:], rest, strict=True))
        body.append(f'<tr{ident}><th scope="row">{first}</th>{cells}</tr>')
    region = escape(say("tables.region_label", lang, name=name))
    return (
        f'<div class="table-wrap" role="region" tabindex="0" aria-label="{region}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def show(chart: Chart) -> None:
    """A chart with what it says above it, and its data below: as a table with links, and to download."""
    data, metadata = chart.bundle()
    lead = f'<p class="chart-title"><strong>{escape(chart.title)}</strong></p>' + paragraph(
        capital(chart.subtitle), "chart-subtitle note"
    )
    show_html(lead)
    display(data, metadata=metadata, raw=True)
    show_html(_data_table(chart))


def _data_table(chart: Chart) -> str:
    lang = chart.lang
    rows = [
        (escape(row.label), escape(row.period), figure_link(row.text, row.observation_id))
        for row in chart.data.itertuples()
    ]
    shown = table(("indicator", "period", "value"), rows, lang, name=chart.title, numbers=(2,))
    link = f'<a download="bieu-do.csv" href="{csv_link(chart.data, lang)}">{escape(say("charts.download", lang))}</a>'
    summary = escape(say("charts.data_summary", lang))
    return f'<details class="chart-data"><summary>{summary}</summary>{shown}<p class="files">{link}</p></details>'


def csv_link(data: pd.DataFrame, lang: Lang) -> str:
    """The data as a CSV that a double click opens rightly in Excel, inside the link itself.

    A Vietnamese Excel wants `;` and a decimal comma; a cell that begins like a formula stays text.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if lang == "vi" else ",", lineterminator="\r\n")
    columns = ["label", "period", "value", "observation_id"]
    writer.writerow(columns)
    for row in data[columns].itertuples(index=False):
        writer.writerow([_csv_cell(cell, lang) for cell in row])
    return "data:text/csv;charset=utf-8," + quote("\ufeff" + written.getvalue())


def _csv_cell(cell: Any, lang: Lang) -> str:
    if isinstance(cell, float):
        return format_number(cell, lang=lang).replace("." if lang == "vi" else ",", "")
    return f"'{cell}" if str(cell).startswith(_FORMULA) else str(cell)


def _css(name: str) -> str:
    return f' class="{name}"' if name else ""
