"""What the document and the sentences so far say of whom and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from analysis.areas import AreaMention
from analysis.catalogue import load_pattern
from analysis.model import Area, Period
from analysis.searches import Searches

words = partial(load_pattern, "attribution.yaml")
"""The patterns of the vocabulary, by their path of keys."""
near = Searches(
    "attribution.yaml", "above_average", "aside", "average_of", "breakdowns", "city_tier", "compared", "level_before",
    "moved_before", "not_subject_before", "own_desk", "own_tier", "plan_of_year", "ranked_units", "same_area",
    "same_unit", "targets.before", "targets.outcome", "targets.past", "targets.result", "targets.set",
    "tiers.commune", "tiers.district", "tiers.province", "time_of_event", "whole", "whole_of",
)  # fmt: skip
"""Those that are looked for around each number of a text."""


_HEAD = 8
"""So near to its start, in characters, a place is whom a paragraph is about; a dash or a number may stand before."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of an administrative unit, resolved; `area` is None where several units bear the name."""

    mention: AreaMention
    area: Area | None

    @property
    def start(self) -> int:
        """Where the mention begins."""
        return self.mention.start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.mention.end


@dataclass(slots=True)
class Setting:
    """What the document and the sentences so far say of whom and when."""

    area: Area | None
    """The report's subject."""
    period: Period | None
    """The report's period."""
    related: frozenset[str] = frozenset()
    """Ids of the subject and of all units above it: naming them changes nothing."""
    heading_period: Period | None = None
    heading_since: bool = False
    """The heading's period is one since a day: `Lũy kế từ ngày 2/1/2018`."""
    list_rank: int | None = None
    """How deep the line stands that announced the list."""
    in_list: bool | None = None
    """Under a line that ends in a colon: whether its list has begun; None where there is no such line."""
    heading_tier: str = ""
    heading_rank: int | None = None
    """How deep the heading stands that named the tier."""
    heading_targets: bool = False
    list_targets: bool = False
    """In a list of what is demanded."""
    is_plan: bool = False
    """The whole text is about a plan: its figures are aimed at, but for what it says of the past."""
    paragraph_period: Period | None = None
    index_period: Period | None = None
    """The year that the paragraph's talk of an index is about."""
    tier: str = ""
    taken_periods: set[int] = field(default_factory=set)
    """Starts of the mentions that stand right behind a number, and so belong to no other."""
    last_place: dict[str, Area] = field(default_factory=dict)
    """The place named last, by its level word: `tỉnh này`."""
    paragraph_place: Place | None = None
    """The unit, not the subject, that a paragraph begins with and goes on about: `Xã Nghĩa Bình. Lượng hồ sơ ...`."""
    last_area: Area | None = None
    """Whose the last number was."""

    def begin_paragraph(self, *, is_item: bool = False) -> None:
        """Forgets what held for one paragraph only, and behind a list what the line before it said for it."""
        if self.in_list and not is_item:
            self.heading_period, self.in_list, self.list_targets = None, None, False
        elif self.in_list is not None:
            self.in_list = True
        self.paragraph_place = None
        self.paragraph_period, self.index_period, self.tier = None, None, self.heading_tier

    def is_related(self, place: Place) -> bool:
        """True for the subject itself and the units above it."""
        return place.area is not None and place.area.area_id in self.related

    def note_places(self, places: list[Place], *, start: int | None = None) -> None:
        """Remembers the places of a sentence for those after it; `start` is where it begins, if its paragraph does."""
        head = next((p for p in places if start is not None and p.start <= start + _HEAD), None)
        if start is not None and head and head.area and not self.is_related(head):
            self.paragraph_place = head
        for place in places:
            if place.area:
                self.last_place[place.area.name.split()[0].casefold()] = place.area
