"""Charts of the reports: each with its finding as title, its alternative text, and its data.

A chart is drawn only where at least two numbers can be set side by side; what isn't reported is said, never drawn
as zero.
"""

from analysis.charts.comparing import chart_heat, chart_rankings
from analysis.charts.dossiers import chart_channels, chart_states
from analysis.charts.frame import PALETTE, Chart
from analysis.charts.indices import chart_ranks, chart_scores
from analysis.charts.shares import chart_progress, chart_shares

__all__ = [
    "PALETTE",
    "Chart",
    "chart_channels",
    "chart_heat",
    "chart_progress",
    "chart_ranks",
    "chart_rankings",
    "chart_scores",
    "chart_shares",
    "chart_states",
]
