"""The comparison of areas: rankings, heat maps, who meets which target."""

from __future__ import annotations

from html import escape

from analysis.charts import chart_heat, chart_rankings
from analysis.comparison import Comparison
from analysis.display.area import describe_verdict
from analysis.display.fragments import figure_link, heading, paragraph, show, show_html, table
from analysis.narrative import describe_target
from analysis.numerals import format_number
from analysis.report import row_period
from analysis.wording import format_value, label, say


def show_comparison_title(comparison: Comparison) -> None:
    """The page's one h1, how many areas there are, and whether anything can be compared."""
    lang = comparison.lang
    reports = int(comparison.areas["reports"].sum())
    others = len(comparison.areas) - reports
    lead = say("titles.comparison_lead", lang, areas=format_number(reports, lang=lang))
    lead += say("titles.comparison_others", lang, areas=format_number(others, lang=lang)) if others else ""
    lead += say("titles.comparison_rule", lang)
    nothing = "" if comparison.rankings else paragraph(say("missing.not_compared", lang), "missing")
    show_html(f"<h1>{escape(say('titles.comparison', lang))}</h1>{paragraph(lead, 'lead')}{nothing}")


def show_rankings(comparison: Comparison) -> None:
    """A chart for each indicator that at least two areas report alike."""
    charts = chart_rankings(comparison)
    if charts:
        show_html(heading("ranking", comparison.lang))
    for chart in charts:
        show(chart)


def show_heat(comparison: Comparison) -> None:
    """A heat map for each level of government, gaps hatched."""
    charts = chart_heat(comparison)
    if charts:
        show_html(heading("heatmap", comparison.lang) + paragraph(say("charts.hatched", comparison.lang), "note"))
    for chart in charts:
        show(chart)


def show_target_table(comparison: Comparison) -> None:
    """Each area's value against the official target of its indicator and level."""
    lang = comparison.lang
    rows = [
        (
            escape(row["area"]), escape(label(row["indicator"], lang, short=True)), escape(row_period(row, lang)),
            figure_link(format_value(row, lang), row["observation_id"]), escape(describe_target(target, row, lang)),
            escape(describe_verdict(row, target, lang)),
        )
        for row, target in comparison.targets()
    ]  # fmt: skip
    if rows:
        columns = ("area", "indicator", "period", "value", "target", "verdict")
        shown = table(columns, rows, lang, name=say("headings.targets", lang), numbers=(3,))
        show_html(heading("targets", lang) + shown + paragraph(say("targets.note", lang), "note"))
