"""Administrative units: the gazetteer, names found in a text, which unit is meant, what a report is about."""

from analysis.areas.gazetteer import (
    ancestors,
    area_by_id,
    core_name,
    find_area_by_name,
    is_within,
    slug,
    successors,
    suggest_areas,
)
from analysis.areas.mentions import AreaMention, find_areas
from analysis.areas.resolve import resolve_area, resolve_areas
from analysis.areas.subject import find_subject

__all__ = [
    "AreaMention",
    "ancestors",
    "area_by_id",
    "core_name",
    "find_area_by_name",
    "find_areas",
    "find_subject",
    "is_within",
    "resolve_area",
    "resolve_areas",
    "slug",
    "successors",
    "suggest_areas",
]
