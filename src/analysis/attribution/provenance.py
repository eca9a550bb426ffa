"""Where the area and the period of a number come from: the nearer to it they are said, the surer."""

from __future__ import annotations

from datetime import date

from analysis.attribution.periods import Times
from analysis.attribution.setting import Place, Setting
from analysis.model import Period
from analysis.scopes import Situated


def area_source(number: Situated, place: Place | None) -> str:
    """`report` for the report's own subject; else where the place stands: `ahead`, `behind`, `elsewhere`."""
    if place is None:
        return "report"
    if number.sentence.start <= place.start and place.end <= number.quantity.start:
        return "ahead" if place.end > place.start else "elsewhere"
    return "behind" if number.quantity.end <= place.start < number.sentence.end else "elsewhere"


def period_source(number: Situated, period: Period | None, times: Times, setting: Setting) -> str:
    """`sentence`, `paragraph`, `heading` or `report`, the nearest that says this period; `none`, or `derived`."""
    if period is None:
        return "none"
    if any(period in (mention.period, _instant(mention.instant)) for mention in times.mentions):
        return "sentence"
    around = (
        ("paragraph", setting.paragraph_period), ("paragraph", setting.index_period),
        ("heading", setting.heading_period), ("report", setting.period),
    )  # fmt: skip
    return next((name for name, said in around if said == period), "derived")


def _instant(day: date | None) -> Period | None:
    return Period(day, day) if day else None
