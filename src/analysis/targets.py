"""Official targets, those that reports set themselves, and whether a value meets them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from analysis.catalogue import cache_by_vocabulary, load_entries, load_indicators
from analysis.wording import Lang, Row, say

Verdict = Literal["met", "ahead", "not_yet", "unmet", "unclear"]


class Target(BaseModel):
    """An official target: what is to be reached, by which year, by which text, for which levels of government."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str
    operator: Literal[">=", ">", "<="]
    value: float
    by: int
    source_vi: str
    source_en: str
    confirmed: bool
    dated: date | None = None
    """The day of that text."""
    comparable: bool = True
    levels: tuple[str, ...] = ()
    note_vi: str = ""
    note_en: str = ""

    def source(self, lang: Lang) -> str:
        """The text that sets it."""
        return self.source_en if lang == "en" else self.source_vi

    def note(self, lang: Lang) -> str:
        """What narrows it, in a few words; may be empty."""
        return self.note_en if lang == "en" else self.note_vi

    def is_met(self, value: float) -> bool:
        """True where the value reaches it."""
        if self.operator == "<=":
            return value <= self.value
        return value > self.value if self.operator == ">" else value >= self.value


@cache_by_vocabulary
def load_targets() -> tuple[Target, ...]:
    """The official targets of vocabulary/targets.yaml."""
    return load_entries("targets.yaml", Target)


def targets_of(indicator: str, level: str) -> list[Target]:
    """The official targets of an indicator that concern a level of government.

    >>> [(target.value, target.by) for target in targets_of("digital.online_work_share", "commune")]
    [(60.0, 2025)]
    """
    return [t for t in load_targets() if t.indicator == indicator and (not t.levels or level in t.levels)]


def official_target(row: Row) -> Target | None:
    """The official target to hold a level against: the nearest due from its year on, else the last one due."""
    targets = [target for target in targets_of(row["indicator"], row["area_level"]) if target.comparable]
    due = [target for target in targets if target.by >= row["key"].year]
    return min(due, key=lambda t: t.by) if due else max(targets, key=lambda t: t.by, default=None)


def as_target(own: Row) -> Target:
    """A target that a report names for itself, in the form of an official one."""
    low = own["qualifier"] == "at_most" or load_indicators()[own["indicator"]].direction == "lower_better"
    return Target(
        indicator=own["indicator"],
        operator="<=" if low else ">=",
        value=own["value"],
        by=own["period_end"].year,
        source_vi=say("targets.own_source", "vi"),
        source_en=say("targets.own_source", "en"),
        confirmed=True,
    )


YEAR_CLOSES = (12, 14)
"""Month and day on which the reform reports of a year close (công văn 581/BNV-CCHC)."""


def judge(row: Row, target: Target) -> Verdict:
    """Whether a level meets a target; `unclear` where it isn't stated exactly enough to tell."""
    value, qualifier = float(row["value"]), row["qualifier"]
    met = target.is_met(value)
    against = "at_most" if met == (target.operator != "<=") else "at_least"
    if qualifier == against or (qualifier == "approximate" and abs(value - target.value) < 1):
        return "unclear"
    before = row["period_end"].date() < date(target.by, *YEAR_CLOSES)
    if met:
        return "ahead" if before else "met"
    return "not_yet" if before else "unmet"
