"""Whose the numbers of a row are, of when those of a column, and at which level of government."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from analysis.areas import AreaMention, find_area_by_name, find_areas, is_within, resolve_area
from analysis.attribution import Setting, find_tier
from analysis.attribution.tiers import SPLIT_LEVELS
from analysis.catalogue import load_words
from analysis.model import Area, Nature, Period
from analysis.periods import PeriodMention, find_periods
from analysis.tables.context import Context, own_or
from analysis.tables.grid import Column, Row, bare_label, form, is_said, words

_WHOLE_LABEL = 0.6
"""A place that fills so much of a row's label is the row's."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose and of when the numbers of a row are; `area` is None where several units bear the name."""

    area: Area | None
    period: Period | None
    is_setting: bool
    """True where the label says no more than whose, of when, or that it is the whole."""
    organization: str = ""


def owner_of(row: Row, setting: Setting) -> Owner:
    """What the labels of a row say of whom and when, else what holds for the report."""
    day = setting.period.end if setting.period else None
    period = _named_period((row.label,), setting)
    if row.is_total:
        return Owner(setting.area, period, True)
    found = _area_of(row.label, row.head, setting, day)
    if found is not None:
        return Owner(found.area, period, True)
    office = "" if desk_tier(row, setting) else organization_of(row)
    return Owner(setting.area, period, bool(period) and not office, office)


def owner_by_column(owner: Owner, column: Column, setting: Setting) -> Owner:
    """The row's owner, or the place or office over the column, where the row names none."""
    if owner.area != setting.area or owner.organization:
        return owner
    day = setting.period.end if setting.period else None
    for text in reversed(column.texts):
        if found := _area_of(text, "", setting, day):
            return replace(owner, area=found.area)
        if words("organization_label").match(form(text)) and not words("not_organization").search(form(text)):
            return replace(owner, organization=text)
    return owner


@dataclass(frozen=True, slots=True)
class _Found:
    area: Area | None


def _area_of(text: str, head: str, setting: Setting, day: date | None) -> _Found | None:
    """The unit that a label names: with its level word, or alone in a column of places."""
    label = _without_office(text)
    places = _places(label, day)
    if places and places[0].end - places[0].start >= _WHOLE_LABEL * len(label):
        near = [setting.area] if setting.area else []
        return _Found(resolve_area(places[0], on=day, within=setting.area, near=near))
    if is_said("place_head", head) and setting.area and len(label) <= 40:
        inner = [a for a in find_area_by_name(label, on=day) if is_within(a, setting.area) and a != setting.area]
        levels = [a for a in inner if a.level == inner[0].level]
        if len(levels) == 1:
            return _Found(levels[0])
    return None


@lru_cache(maxsize=4096)
def _places(label: str, day: date | None) -> tuple[AreaMention, ...]:
    return tuple(find_areas(label, on=day)) if label else ()


def _without_office(label: str) -> str:
    match = words("office").match(form(label))
    return label[match.end() :] if match and match.end() < len(label) else label


def organization_of(row: Row) -> str:
    """The department, centre or agency that a row is of; empty where its label names a field or a place."""
    return row.label if words("organization_label").match(form(row.label)) else ""


# ---- when


def period_of(
    column: Column, row: Row, owner: Owner, context: Context, setting: Setting, nature: Nature
) -> Period | None:
    """The period that the heads, the labels or the caption name; else the report's own."""
    heads = tuple(reversed(column.texts))
    named = _named_period(heads, setting, targets=nature == "target")
    return named or owner.period or _sections_period(row, setting) or context.period


def last_period(columns: Sequence[Column], setting: Setting) -> Period | None:
    """The last of the times that stand over columns: that of a difference between them."""
    named = [_named_period(tuple(reversed(column.texts)), setting) for column in columns if column.role == "value"]
    return max((period for period in named if period), key=lambda period: period.end, default=None)


def _sections_period(row: Row, setting: Setting) -> Period | None:
    return _named_period(tuple(reversed(row.parents)), setting)


def _named_period(texts: tuple[str, ...], setting: Setting, *, targets: bool = False) -> Period | None:
    own = setting.period
    for text in texts:
        if own and words("same_period_head").search(form(text)):
            return _year_before(own)
        if own and is_said("last_period_head", text):
            return _period_before(own)
        for mention in _mentions(text, own.end if own else None):
            if mention.period and mention.role_hint != "comparison":
                if mention.role_hint == "since" and own:
                    return Period(mention.period.start, max(own.end, mention.period.start))
                return mention.period if targets else own_or(mention, own)
    return None


@lru_cache(maxsize=4096)
def _mentions(text: str, day: date | None) -> tuple[PeriodMention, ...]:
    if is_said("year_only", text):
        return tuple(find_periods(f"năm {text.strip()}", today=day))
    says = any(c.isdigit() for c in text) or words("says_when").search(form(text))
    return tuple(find_periods(text, today=day)) if says else ()


def _year_before(period: Period) -> Period:
    return Period(_moved(period.start), _moved(period.end))


def _moved(day: date) -> date:
    return (
        day.replace(year=day.year - 1, day=min(day.day, 28))
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year - 1)
    )


def _period_before(period: Period) -> Period | None:
    """The year before a year's; of a shorter time nothing is sure."""
    return _year_before(period) if (period.end - period.start).days > 360 else None


# ---- at which level, and what is planned


def tier_of(column: Column, row: Row, owner: Owner, context: Context, setting: Setting) -> str:
    """The level of government that handles what a cell counts, where heads, labels or the caption name one."""
    if owner.area != setting.area or owner.organization:
        return ""
    if desk := desk_tier(row, setting):
        return desk
    label = f"cấp {row.label}" if row.head.split()[:1] == ["cấp"] else row.label  # `Tỉnh` under the head `Cấp`
    heads, labels = " \n ".join(column.texts), " \n ".join((*row.parents, label))
    said = find_tier(form(heads), setting) or find_tier(form(labels), setting)
    return said if said or row.is_total and row.parents else said or find_tier(form(context.caption), setting)


def desk_tier(row: Row, setting: Setting) -> str:
    """The level of a desk that serves all of a unit: `Bộ phận một cửa huyện`, `UBND các xã`."""
    level = setting.area.level if setting.area else ""
    match = words("desk_label").fullmatch(form(row.label)) if level in SPLIT_LEVELS else None
    if not match:
        return ""
    return level if match["of"] == "thành phố" else load_words("headings.yaml")["levels"][match["of"]]


def part_of_row(row: Row, setting: Setting) -> str:
    """What a row is called, but for a level of government and the whole: `Đất đai` beside `Cấp huyện`."""
    labels = [bare_label(text) for text in row.labels]
    if len(labels) == 1 and desk_tier(row, setting):
        return ""
    return " ".join(t for t in labels if not find_tier(form(t), setting) and not is_said("total", t))


def nature_of(column: Column, row: Row, context: Context) -> Nature:
    """Whether a column, a row, or all of a table holds what is planned."""
    heads = " \n ".join(form(text) for text in column.texts)
    if words("target_head").search(heads):
        return "target"
    planned = context.is_planned or words("target_label").match(form(bare_label(" ".join(row.labels))))
    return "target" if planned and not words("result_head").search(heads) else "actual"
