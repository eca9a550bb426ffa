"""Which figures can be held against which: like with like, and nothing that is only a part or an average."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from analysis.catalogue import load_indicators
from analysis.findings import Row, known, load_rules

_REACH, _NEXT = 70, 12
"""How far before a number a word stands that narrows it; and one that stands next to it."""


def is_level(row: Row) -> bool:
    """True for a dated result of a known indicator: what was reached, not what was planned or added."""
    is_result = row.change == "none" and row.nature == "actual" and row.indicator != "other"
    return is_result and known(row.period_start) and known(row.period_end) and not _counts_something_else(row)


def _counts_something_else(row: Row) -> bool:
    """True where the unit written isn't the indicator's and can't be meant by it."""
    if row.unit not in load_rules().unlike:
        return False
    entry = load_indicators().get(row.indicator)
    return entry is not None and row.unit in load_rules().unlike.get(entry.unit, ())


def is_comparable(row: Row) -> bool:
    """True for a level stated as one exact number, of all that its indicator means."""
    return is_level(row) and row.qualifier == "exact" and not known(row.value_high) and not is_average(row)


def is_average(row: Row) -> bool:
    """True for `bình quân 89 hồ sơ/ngày`: neither a total nor a share of one."""
    return _said_before(row.sentence, row.quote, "averages")


def is_narrowed(row: Row) -> bool:
    """True where the words around a number keep it to a part of what its indicator means: `của riêng nhóm này`."""
    if row.kind == "count" and _said_before(row.sentence, row.quote, "taken_up", reach=_NEXT):
        return True
    return _said_before(row.sentence, row.quote, "narrowing")


def is_compared(row: Row) -> bool:
    """True for a percentage of something else than a whole: `đạt 108,3% so với năm 2021`, `112% kế hoạch`."""
    at = row.sentence.find(row.quote) + len(row.quote)
    after = row.sentence[at : at + _REACH // 2].casefold()
    return any(word in after for word in load_rules().compared)


@lru_cache(maxsize=10_000)
def _said_before(sentence: str, quote: str, words: str, reach: int = _REACH) -> bool:
    at = sentence.find(quote)
    before = sentence[max(0, at - reach) : max(0, at)].casefold()
    if not any(word in before for word in getattr(load_rules(), words)):
        return False
    return bool(_pattern(words).search(re.split(r"[;.](?:\s|$)", before)[-1]))


@cache
def _pattern(words: str) -> re.Pattern[str]:
    entries = "|".join(re.escape(word) for word in getattr(load_rules(), words))
    return re.compile(rf"(?:^|(?<=\W))(?:{entries})(?=\W|$)")


def has_one_value(indicator: str) -> bool:
    """True for what one report states one value of; outreach and documents may be several things."""
    return indicator.startswith(load_rules().one_value) or indicator.endswith("share")


def place_of(row: Row) -> tuple:
    """Whose figure it is, of which split."""
    return (row.area_id or row.area, row.organization, row.tier, row.breakdown)


def measured(row: Row) -> tuple:
    """What is measured of whom and when, whatever the split."""
    return (row.indicator, row.kind, row.area_id or row.area, row.organization, row.period_start, row.period_end)


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> Iterator[list[Row]]:
    """Rows that have the key in common, in the order of their first."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    yield from groups.values()


def said_together(rows: Sequence[Row]) -> bool:
    """True where all stand in one sentence, or in one line of a table."""
    return len({_line_of(row) for row in rows}) == 1


def _line_of(row: Row) -> str:
    return row.sentence.split(" | ")[0] if row.method == "table" and " | " in row.sentence else row.sentence


def text_between(one: Row, two: Row) -> str | None:
    """What the sentence says between two of its numbers; None where they can't be found in it."""
    first, second = (one, two) if one.start <= two.start else (two, one)
    apart = second.start - first.start
    for match in re.finditer(re.escape(first.quote), first.sentence):
        if first.sentence.startswith(second.quote, match.start() + apart):
            return first.sentence[match.end() : match.start() + apart]
    return None


def text_before(one: Row, two: Row) -> str:
    """What the sentence says before the first of two of its numbers."""
    first, second = (one, two) if one.start <= two.start else (two, one)
    apart = second.start - first.start
    for match in re.finditer(re.escape(first.quote), first.sentence):
        if first.sentence.startswith(second.quote, match.start() + apart):
            return first.sentence[: match.start()]
    return ""
