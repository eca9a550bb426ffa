"""When: the periods and dates that a text names, and the period that a report is about."""

from __future__ import annotations

from analysis.periods.drafts import compose_pattern
from analysis.periods.finding import find_dates, find_periods
from analysis.periods.mentions import DateMention, Grain, PeriodMention, Role
from analysis.periods.reporting import is_plan, report_period, written_by
from analysis.periods.resolving import same_period_before

__all__ = [
    "DateMention", "Grain", "PeriodMention", "Role", "compose_pattern", "find_dates", "find_periods", "is_plan",
    "report_period", "same_period_before", "written_by",
]  # fmt: skip
