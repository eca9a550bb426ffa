"""What the notebooks show: titles, cards, sentences, charts with their data, tables, sources.

All text from reports is escaped; every number links to the row of its sentence (`#obs-...`) in the same page.
"""

from analysis.display.area import (
    draw_charts,
    show_headlines,
    show_missing,
    show_section,
    show_summary,
    show_targets,
    show_title,
)
from analysis.display.comparing import show_comparison_title, show_heat, show_rankings, show_target_table
from analysis.display.fragments import show, show_heading
from analysis.display.sources import show_findings, show_observations, show_sources, show_stamp

__all__ = [
    "draw_charts",
    "show",
    "show_comparison_title",
    "show_findings",
    "show_heading",
    "show_headlines",
    "show_heat",
    "show_missing",
    "show_observations",
    "show_rankings",
    "show_section",
    "show_sources",
    "show_stamp",
    "show_summary",
    "show_target_table",
    "show_targets",
    "show_title",
]
