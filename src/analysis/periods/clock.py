"""What a text has said of time so far, and the years that it leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from analysis.model import Period
from analysis.numerals import parse_roman
from analysis.periods.drafts import Draft, count_of, period_words
from analysis.periods.mentions import Role

_LONGER = ("month", "months", "half", "quarter", "range", "until", "year")
"""Kinds of mention that `cùng kỳ` behind them in the sentence goes back from."""
_GRACE = 3
"""Days after its publication that a text may count up to: its date is often that of the draft."""


@dataclass
class Clock:
    """What has been said of time so far."""

    today: date | None
    base: Period | None
    last_year: int | None = None
    last_year_at: int = 0
    """Where in the text the last year was said."""
    compared: Period | None = None
    """The period that the text says it compares with: `số liệu đối chiếu là của tuần từ 27.4 đến 3.5`."""
    in_sentence: Period | None = None
    """The period said last in the sentence, if there is one."""
    last_month: date | None = None
    cut_off: date | None = None
    """The day that figures were last said to be counted up to."""

    @property
    def now(self) -> date | None:
        """The day that `đến nay` means: the cut-off said a little earlier, else the day of publication."""
        if self.cut_off and self.today and 0 <= (self.today - self.cut_off).days <= period_words()["cut_off_days"]:
            return self.cut_off
        return self.today

    def year_for(self, draft: Draft, following: Draft | None, folded: str, *, ahead: bool = False) -> int | None:
        """The year of a mention that says none: that of its neighbour, of the last one said, of today."""
        if draft.has("y1"):
            return int(draft.parts["y1"])
        if draft.kind in ("month", "quarter") and draft.has("y2"):
            return int(draft.parts["y2"])
        if following is not None and following.has("y1") and following.kind in ("month", "quarter", "months"):
            if re.fullmatch(r" ?(?:,|và|-|;) ?", folded[draft.end : following.start]):
                return int(following.parts["y1"])
        if following is not None and (year := _year_of_plan(draft, following, folded)):
            return year
        if draft.kind in ("late_months", "late_half") and not self._just_over:
            ahead = True
        if ahead and (coming := self._coming_year(draft)):
            return coming
        today_year = self.today.year if self.today else None
        if today_year is None and self.last_year is None and following is not None:
            today_year = _year_before(draft, following)
        if draft.kind in ("day", "range", "until", "since", "since_then") and not draft.has("m1"):
            return self._not_after_today(draft, today_year or self.last_year)
        return self._not_ahead(draft, self._said_here(draft, folded) or today_year)

    def _said_here(self, draft: Draft, folded: str) -> int | None:
        """The year said last; in another paragraph than this one it may have been about another time."""
        said_before = "\n" in folded[self.last_year_at : draft.start]
        own = self.base.end if self.base else self.today
        return own.year if said_before and own else self.last_year

    def _not_after_today(self, draft: Draft, year: int | None) -> int | None:
        """The year, or the one before where the day was still to come when the text came out."""
        written = draft.parts.get("d2") or draft.parts.get("d1")
        if year is None or self.today is None or not written:
            return year
        day, month = (int(n) for n in re.findall(r"[0-9]+", written)[:2])
        return year if (year, month, day) <= (self.today.year, self.today.month, self.today.day + _GRACE) else year - 1

    @property
    def _just_over(self) -> bool:
        """True at the start of a year, when the last months of a year are those just past."""
        now = self.today or (self.base.end if self.base else None)
        return now is None or now.month <= 2

    def _coming_year(self, draft: Draft) -> int | None:
        """The year in which a month, quarter or half that is still to come ends."""
        now = self.today or (self.base.end if self.base else None)
        last = _last_month(draft)
        if now is None or last is None:
            return None
        return now.year if last >= now.month else now.year + 1

    def _not_ahead(self, draft: Draft, year: int | None) -> int | None:
        """The year, or the last one in which the month or quarter had begun on the day of publication."""
        month = _first_month(draft)
        if year is None or self.today is None or month is None or (year, month) <= (self.today.year, self.today.month):
            return year
        return self.today.year if month <= self.today.month else self.today.year - 1

    def note(self, draft: Draft, period: Period | None, role: Role) -> None:
        """Remembers a mention for those after it."""
        if period is None:
            return
        said = draft.has("y1") or draft.has("y2") or (draft.kind in ("range", "until") and draft.has("d1"))
        if draft.kind == "day" and self.last_year is None:
            self.last_year = period.end.year
        if said and role not in ("comparison", "programme", "target") and draft.kind != "years":
            self.last_year, self.last_year_at = period.end.year, draft.end
        if draft.kind in _LONGER and role != "comparison":
            self.in_sentence = period
        if draft.kind == "until":
            self.cut_off = period.end
        if draft.kind == "month" and role != "comparison":
            self.last_month = period.start


def _first_month(draft: Draft) -> int | None:
    if draft.has("m1"):
        return int(draft.parts["m1"])
    return 3 * quarter_of(draft.parts["q1"]) - 2 if draft.has("q1") else None


def _opening_month(draft: Draft) -> int | None:
    """The first month of a part of a year."""
    if draft.kind in ("months", "half"):
        return 1
    if draft.kind in ("late_months", "late_half"):
        return 13 - count_of(draft.parts["n"]) if draft.has("n") else 7
    return _first_month(draft) if draft.kind in ("month", "quarter") else None


def _year_of_plan(draft: Draft, following: Draft, folded: str) -> int | None:
    """The year of `6 tháng đầu năm` in `6 tháng đầu năm, nhiệm vụ 6 tháng cuối năm 2022`, which says it at its end."""
    first, then = _opening_month(draft), _opening_month(following)
    if first is None or then is None or not following.has("y1"):
        return None
    if not re.fullmatch(period_words()["plan_gap"], folded[draft.end : following.start]):
        return None
    return int(following.parts["y1"]) - (1 if first > then else 0)


def _year_before(draft: Draft, following: Draft) -> int | None:
    """The year of `tháng 11` before `nhiệm vụ tháng 12/2025`, where nothing else tells."""
    month, next_month = _first_month(draft), _first_month(following)
    if not following.has("y1") or month is None or next_month is None:
        return None
    return int(following.parts["y1"]) - (1 if month > next_month else 0)


def _last_month(draft: Draft) -> int | None:
    if draft.kind in ("late_months", "late_half"):
        return 12
    if draft.kind in ("months", "half"):
        return count_of(draft.parts["n"]) if draft.has("n") else 6
    if draft.has("m2") or draft.has("m1"):
        return int(draft.parts.get("m2") or draft.parts["m1"])
    return 3 * quarter_of(draft.parts.get("q2") or draft.parts["q1"]) if draft.has("q1") else None


def quarter_of(written: str) -> int:
    """The quarter written in digits or Roman numerals; 0 for anything else."""
    return int(written) if written.isdigit() else parse_roman(written) or 0
