"""What is found: periods and days as the text names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.model import Period

Grain = Literal[
    "day", "range", "month", "quarter", "half", "nine_months", "months", "year", "years", "until", "since", "relative"
]  # fmt: skip
Role = Literal["", "comparison", "programme", "until", "since", "target"]


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A stretch of text that names a period; `period` is None where it can't be told from the text alone."""

    start: int
    end: int
    quote: str
    period: Period | None
    grain: Grain
    role_hint: Role = ""
    instant: date | None = None
    """The day that `tính đến 15/9/2022` speaks of; `period` runs there from the start of the year."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day as written; `date` is None where it is cut off (`14/10/202`) or impossible."""

    start: int
    end: int
    quote: str
    date: date | None
