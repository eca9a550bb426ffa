"""Whose figure it is and when: area, tier, organization, period, and whether a result or a target."""

from analysis.attribution.natures import attribute_nature, heads_targets, is_target_heading
from analysis.attribution.organizations import attribute_organization, find_breakdown, outside_organizations
from analysis.attribution.periods import FLOWS, Times, attribute_period, find_times, note_sentence
from analysis.attribution.places import attribute_area
from analysis.attribution.provenance import area_source, period_source
from analysis.attribution.setting import Place, Setting
from analysis.attribution.tiers import attribute_tier, begin_heading, begin_item, find_tier, is_item, note_tiers

__all__ = [
    "FLOWS",
    "Place",
    "Setting",
    "Times",
    "area_source",
    "attribute_area",
    "attribute_nature",
    "attribute_organization",
    "attribute_period",
    "attribute_tier",
    "begin_heading",
    "begin_item",
    "find_breakdown",
    "find_tier",
    "find_times",
    "heads_targets",
    "is_item",
    "is_target_heading",
    "note_sentence",
    "note_tiers",
    "outside_organizations",
    "period_source",
]
