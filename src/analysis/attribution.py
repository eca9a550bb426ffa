"""Whose figure it is and when: area, tier, organization, period, and whether a result or a target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from analysis.areas import AreaMention, is_within
from analysis.catalogue import read_vocabulary
from analysis.model import Area, Nature, Period, Quantity
from analysis.periods import PeriodMention
from analysis.scopes import Scope

FLOWS = frozenset(
    {"range", "month", "quarter", "half", "nine_months", "months", "year", "years", "until", "since", "relative"}
)
"""Grains that a figure can belong to; a bare day is when something happened, not a period."""
TIER_OF_LEVEL = {"province": "province", "district": "district", "commune": "commune"}


@cache
def _words() -> dict[str, Any]:
    return read_vocabulary("attribution.yaml")


@cache
def _any(*path: str) -> re.Pattern[str]:
    words: Any = _words()
    for step in path:
        words = words[step]
    return re.compile("|".join(f"(?:{p})" for p in words) if isinstance(words, list) else words)


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of an administrative unit, resolved; `area` is None where several units bear the name."""

    mention: AreaMention
    area: Area | None


@dataclass(slots=True)
class Setting:
    """What the document and the sentences so far say of whom and when."""

    area: Area | None
    period: Period | None
    related: frozenset[str] = frozenset()
    """Ids of the subject and of all units above it: naming them changes nothing."""
    heading_period: Period | None = None
    index_period: Period | None = None
    """The year that the paragraph's talk of an index is about."""
    paragraph_period: Period | None = None
    taken_periods: set[int] = field(default_factory=set)
    """Starts of the mentions that stand right behind a number, and so belong to no other."""
    tier: str = ""
    heading_tier: str = ""
    last_place: dict[str, Area] = field(default_factory=dict)
    last_area: Area | None = None
    heading_targets: bool = False


def attribute_area(
    folded: str, sentence: tuple[int, int], quantity: Quantity, scope: Scope, places: Sequence[Place], setting: Setting,
) -> Place | None:  # fmt: skip
    """The place that a number of a sentence belongs to; None for the report's own subject."""
    clause = _clause_start(folded, sentence, quantity)
    places = [p for p in places if not _is_backdrop(folded, sentence, p)]
    ahead = [p for p in places if clause <= p.mention.start and p.mention.end <= quantity.start]
    behind = [p for p in places if quantity.end <= p.mention.start and p.mention.end <= scope.reach]
    own = re.compile(_words()["same_unit"])
    for place in reversed(ahead):
        if re.search(_words()["not_subject_before"], folded[sentence[0] : place.mention.start]):
            continue
        if _back_to_subject(folded, place, quantity, places, setting):
            return None
        return None if place.area and place.area.area_id in setting.related else place
    pronouns = [m for m in own.finditer(folded, clause, quantity.start)]
    if pronouns and (known := setting.last_place.get(pronouns[-1]["level"])):
        return Place(AreaMention(*pronouns[-1].span(), pronouns[-1].group(), known.level, (known,)), known)
    if setting.last_area and re.search(r"(?:con số|vùng|nơi|tỉnh|đơn vị|chỉ số) này", folded[clause : quantity.start]):
        return Place(places[0].mention if places else _nowhere(quantity), setting.last_area)
    if quantity.kind == "rank" and behind and not ahead:
        if re.fullmatch(r"\s*(?:,\s*)?(?:là\s|với\s|thuộc về\s)?", folded[quantity.end : behind[0].mention.start]):
            return None if behind[0].area and behind[0].area.area_id in setting.related else behind[0]
    for place in behind[:1]:
        gap = folded[quantity.end : place.mention.start]
        inner = place.area and setting.area and is_within(place.area, setting.area)
        if re.fullmatch(rf"[^,.;:()\d]{{0,40}}(?:{'của|được|do' if inner else 'của|tại|ở|được|do'})\s(?:ubnd\s)?", gap):
            return None if place.area and place.area.area_id in setting.related else place
    return None


def _nowhere(quantity: Quantity) -> AreaMention:
    return AreaMention(quantity.start, quantity.start, "", None, ())


def _is_backdrop(folded: str, sentence: tuple[int, int], place: Place) -> bool:
    """The country as the field that one is ranked in (`đứng thứ 40 cả nước`), not as the one that is measured."""
    if not place.area or place.area.level != "country":
        return False
    return not re.search(
        r"(?:bình quân|trung bình|chung|mức|của|^)\s*(?:của )?$", folded[sentence[0] : place.mention.start]
    )


def _back_to_subject(folded: str, place: Place, quantity: Quantity, places: Sequence[Place], setting: Setting) -> bool:
    """True where the subject's own level word, without a name, stands between the place and the number."""
    if not setting.area:
        return False
    level = setting.area.name.split(" ")[0].casefold() if " " in setting.area.name else setting.area.name
    level = "thành phố" if level == "thành" else "thị xã" if level == "thị" else level
    for match in re.finditer(rf"(?<!\w)(?<!cấp ){level}(?!\w)(?! này)", folded[place.mention.end : quantity.start]):
        at = place.mention.end + match.start()
        if not any(p.mention.start <= at < p.mention.end for p in places):
            return True
    return False


def _clause_start(folded: str, sentence: tuple[int, int], quantity: Quantity) -> int:
    marks = list(re.finditer(r";|,? trong khi(?: đó)? ", folded[sentence[0] : quantity.start]))
    return sentence[0] + marks[-1].end() if marks else sentence[0]


def attribute_tier(
    folded: str, sentence: tuple[int, int], quantity: Quantity, scope: Scope, setting: Setting,
) -> str:  # fmt: skip
    """The level of government that handles what the number counts, where the text splits it; else empty."""
    level = setting.area.level if setting.area else ""
    if level in ("commune", "country", "region", ""):
        return ""
    noun_end = min(scope.after[1], quantity.end + 60)
    behind = _tier_marks(folded, quantity.end, noun_end, level)
    if behind and not re.search(r"[,;.]|\s(?:thì|còn|và|trong khi)\s", folded[quantity.end : behind[0][0]]):
        return behind[0][1]
    clause = _clause_start(folded, sentence, quantity)
    ahead = _tier_marks(folded, clause, quantity.start, level)
    own = list(re.finditer(_words()["own_tier"], folded[clause : quantity.start]))
    whole = list(re.finditer(_words()["whole"], folded[clause : quantity.start]))
    if own and _tier_marks(folded, *sentence, level) and (not ahead or clause + own[-1].start() > ahead[-1][0]):
        setting.tier = TIER_OF_LEVEL.get(level, "")
    elif ahead and not (whole and clause + whole[-1].start() > ahead[-1][0]):
        setting.tier = ahead[-1][1]
    elif whole:
        setting.tier = ""
    return setting.tier


def find_tier(folded: str, setting: Setting) -> str:
    """The tier that a heading or a table's labels name; empty where they name none, or several."""
    level = setting.area.level if setting.area else ""
    if level in ("commune", "country", "region", ""):
        return ""
    tiers = {tier for _, tier in _tier_marks(folded, 0, len(folded), level)}
    return tiers.pop() if len(tiers) == 1 else ""


def _tier_marks(folded: str, start: int, end: int, level: str) -> list[tuple[int, str]]:
    marks = [
        (m.start(), tier)
        for tier, pattern in _words()["tiers"].items()
        for m in re.compile(pattern).finditer(folded, start, end)
    ]
    city = "province" if level == "province" else "district"
    marks += [(m.start(), city) for m in re.compile(_words()["city_tier"]).finditer(folded, start, end)]
    return sorted(marks)


def attribute_organization(text: str, folded: str, sentence: tuple[int, int], quantity: Quantity, scope: Scope) -> str:
    """The department or agency named as the one whose figure it is; else empty."""
    for match in reversed(list(re.compile(_words()["organizations"]).finditer(text, sentence[0], quantity.start))):
        lead = folded[max(sentence[0], match.start() - 40) : match.start()]
        gap = folded[match.end() : quantity.start]
        if not re.search(_words()["organization_not_after"], lead) and not re.search(r"[;.]|trong khi", gap):
            return match.group().strip(" ,")
    return ""


def attribute_period(
    folded: str, sentence: tuple[int, int], quantity: Quantity, scope: Scope,
    mentions: Sequence[PeriodMention], setting: Setting, *, stock: bool, index: bool = False,
) -> Period | None:  # fmt: skip
    """The period of a number: named right behind it, before it in the sentence, or the report's own."""
    usable = [m for m in mentions if m.period and m.grain in FLOWS and m.role_hint not in ("comparison", "programme")]
    inside = [
        m for m in usable
        if sentence[0] <= m.start and m.end <= sentence[1]
        and not re.search(r"(?:so với|hơn|kém|như)(?:\s[^\W\d]+){0,4}\s?$", folded[sentence[0] : m.start])
    ]  # fmt: skip
    for mention in inside:
        if mention.start >= quantity.end and _belongs_behind(folded, quantity, mention):
            setting.taken_periods.add(mention.start)
            return _of(mention, stock)
    ahead = [
        m for m in inside
        if m.end <= quantity.start and m.start not in setting.taken_periods
        and (m.start <= sentence[0] + 40 or ";" not in folded[m.end : quantity.start])
    ]  # fmt: skip
    if ahead:
        return _of(ahead[-1], stock)
    if index and setting.index_period:
        return setting.index_period
    return setting.paragraph_period or setting.heading_period or setting.period


def _belongs_behind(folded: str, quantity: Quantity, mention: PeriodMention) -> bool:
    """`8 năm 2018`, `38,62 điểm của năm 2020`, `90,17% trong năm 2024`."""
    gap = folded[quantity.end : mention.start]
    return (
        len(gap) <= 45
        and bool(re.fullmatch(r"(?:\s?[^,.;:()\d]*?)\s?\(?(?:của|trong|vào|ở|tại|cho)?\s?", gap))
        and "so với" not in gap
    )


def _of(mention: PeriodMention, stock: bool) -> Period:
    return Period(mention.instant, mention.instant) if stock and mention.instant else mention.period


def note_sentence(
    folded: str,
    sentence: tuple[int, int],
    mentions: Sequence[PeriodMention],
    setting: Setting,
    *,
    index: bool,
    figures: bool,
) -> None:
    """What a sentence leaves for the rest of its paragraph: the period at its head, an index's year, a tier.

    A sentence without figures may do nothing but name the tier that the next one speaks of.
    """
    if re.search(_words()["now"], folded[slice(*sentence)]):
        setting.paragraph_period = None
    for mention in mentions:
        if sentence[0] <= mention.start and mention.end <= sentence[1] and mention.period:
            if mention.grain in FLOWS and mention.role_hint not in ("comparison", "programme"):
                if mention.start <= sentence[0] + 25:
                    setting.paragraph_period = mention.period
                if index and mention.grain == "year":
                    setting.index_period = mention.period
    if not figures:
        setting.tier = find_tier(folded[slice(*sentence)], setting) or setting.tier


def attribute_nature(
    folded: str, sentence: tuple[int, int], quantity: Quantity, scope: Scope, setting: Setting
) -> Nature:
    """`target` where the number is aimed at or demanded, else `actual`."""
    clause = _clause_start(folded, sentence, quantity)
    ahead, behind = folded[clause : quantity.start], folded[quantity.end : scope.after[1]]
    if _any("targets", "before").search(ahead) or _any("targets", "after").search(behind[:80]):
        return "target"
    if setting.heading_targets and not re.search(_words()["targets"]["past"], folded[slice(*sentence)]):
        return "target"
    return "actual"


def is_target_heading(folded_heading: str) -> bool:
    """True for a heading such as `IV. Phương hướng, nhiệm vụ năm 2022`."""
    return bool(re.search(_words()["targets"]["headings"], folded_heading))


def find_breakdown(text: str, folded: str, scope: Scope, quantity: Quantity) -> str:
    """The field that the number is confined to (`lĩnh vực đất đai`), else empty."""
    for start, end in ((quantity.end, scope.after[1]), scope.before):
        match = re.compile(_words()["breakdowns"]).search(folded, start, end)
        if match:
            return text[slice(*match.span("field"))].strip()
    return ""
