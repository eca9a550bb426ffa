"""Whose figure it is, where a sentence names another unit than the report's subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from analysis.areas import AreaMention, ancestors, area_by_id, is_within
from analysis.attribution.setting import Place, Setting, near, words
from analysis.catalogue import load_words
from analysis.model import Quantity
from analysis.scopes import Sentence, Situated

_HEAD = 4
"""So near to its start, in characters, a place is whom a sentence is about."""


def attribute_area(number: Situated, places: Sequence[Place], setting: Setting) -> Place | None:
    """The place that a number belongs to, of those its sentence names; None for the report's own subject."""
    quantity, sentence = number.quantity, number.sentence
    if field := _field_of_subject(number, setting):
        return field
    places = [place for place in places if not _is_backdrop(sentence, place)]
    ahead = [p for p in places if number.clause_start <= p.start and p.end <= quantity.start]
    behind = [p for p in places if quantity.end <= p.start and p.end <= number.scope.reach]
    if whole := _whole(number, ahead, setting):
        return whole
    if turn := _in_turn(number, ahead):
        return turn
    for place in reversed(ahead):
        if near.search("not_subject_before", sentence.folded, sentence.start, place.start):
            continue
        if _is_outdone(number, place):
            continue
        if setting.is_related(place) and place.area != setting.area and _is_compared(number, place):
            return place
        if setting.is_related(place) or _is_back_to_subject(place, number, places, setting):
            return None
        return place
    if average := _average(number, setting):
        return average
    if headed := _of_head(number, places, setting):
        return headed
    found = _by_pronoun(number, places, setting) or _right_behind(number, ahead, behind, setting)
    if found is None and setting.paragraph_place and not ahead:
        return _goes_on(number, places, setting)
    return None if found is None or setting.is_related(found) else found


def _field_of_subject(number: Situated, setting: Setting) -> Place | None:
    """`đứng thứ ba trong 11 huyện, thị xã`, of a district: they are those of the unit above it."""
    area, day = setting.area, setting.period.end if setting.period else None
    above = area_by_id(area.parent_id, day) if area and area.parent_id else None
    if above is None or area is None or area.level not in load_words("attribution.yaml")["peers"]:
        return None
    folded, start, end = number.sentence.folded, number.quantity.start, number.quantity.end
    if number.quantity.kind != "count" or not words("peers", area.level).match(folded, end):
        return None
    if not words("among_peers").search(folded[number.sentence.start : start]):
        return None
    return Place(AreaMention(start, start, "", above.level, (above,)), above)


def _in_turn(number: Situated, ahead: Sequence[Place]) -> Place | None:
    """`huyện Trà Cú và huyện Cầu Ngang lần lượt có 201 và 134 hồ sơ`: as many places as numbers, in their order."""
    sentence = number.sentence
    marks = list(words("in_turn").finditer(sentence.folded, number.clause_start, number.quantity.start))
    if not marks:
        return None
    end = number.clause[1]
    listed = [q for q in sentence.quantities if marks[-1].end() <= q.start < end and q.kind == number.quantity.kind]
    places = [place for place in ahead if place.end <= marks[-1].start()][-len(listed) :]
    if number.quantity not in listed or len(listed) != len(places) or len(listed) < 2:
        return None
    between = (sentence.folded[a.end : b.start] for a, b in pairwise(places))
    return places[listed.index(number.quantity)] if all(words("in_list").fullmatch(gap) for gap in between) else None


def _goes_on(number: Situated, places: Sequence[Place], setting: Setting) -> Place | None:
    """The unit that the paragraph begins with, where the sentence names no other and doesn't turn to a whole."""
    elsewhere = any(p.area and p.area != setting.paragraph_place.area for p in places if setting.paragraph_place)
    turned = words("turns_to_whole").search(number.sentence.folded, number.sentence.start, number.quantity.start)
    return None if elsewhere or turned else setting.paragraph_place


def _is_backdrop(sentence: Sentence, place: Place) -> bool:
    """The country as the field that one is ranked in (`đứng thứ 40 cả nước`), not as the one that is measured."""
    if not place.area or place.area.level != "country":
        return False
    return not words("measured_whole").search(sentence.folded[sentence.start : place.start])


def _is_compared(number: Situated, place: Place) -> bool:
    """True where the number is what a place named to compare with has reached."""
    folded = number.sentence.folded
    lead, gap = folded[number.clause_start : place.start], folded[place.end : number.quantity.start]
    return bool(words("compared_unit").search(lead) and words("compared_gap").fullmatch(gap))


def _is_outdone(number: Situated, place: Place) -> bool:
    """`hơn huyện Bình Gia 0,37 điểm`: how far another unit is ahead or behind, not what this one has."""
    folded = number.sentence.folded
    lead, gap = folded[number.clause_start : place.start], folded[place.end : number.quantity.start]
    return bool(words("outdone").search(lead) and words("outdone_by").fullmatch(gap))


def _is_back_to_subject(place: Place, number: Situated, places: Sequence[Place], setting: Setting) -> bool:
    """True where the subject's own level word, without a name, stands between the place and the number."""
    if not setting.area:
        return False
    folded = number.sentence.folded
    again = load_words("attribution.yaml")["level_again"].replace("{level}", _level_word(setting.area.name))
    for match in re.finditer(again, folded[place.end : number.quantity.start]):
        at = place.end + match.start()
        if not any(p.start <= at < p.end for p in places):
            return True
    return False


def _level_word(name: str) -> str:
    """The level in a unit's name, in lower case: `thị xã` of `Thị xã Nghĩa Lộ`."""
    folded = name.casefold()
    return next((w for w in load_words("attribution.yaml")["level_words"] if folded.startswith(w)), folded)


def _of_head(number: Situated, places: Sequence[Place], setting: Setting) -> Place | None:
    """`Huyện Hải Hậu tiếp nhận 45 hồ sơ; đã giải quyết 44`: a clause that names nobody is of the sentence's head."""
    sentence, start = number.sentence, number.clause_start
    head = next((p for p in places if p.start <= sentence.start + _HEAD), None)
    if head is None or head.area is None or head.area != setting.last_area or setting.is_related(head):
        return None
    goes_on = number.index > 0 and sentence.folded[start - 1] == ";"
    return head if goes_on and not words("names_somebody").search(number.ahead) else None


def _whole(number: Situated, ahead: Sequence[Place], setting: Setting) -> Place | None:
    """`toàn tỉnh tiếp nhận 412 nghìn hồ sơ` in a text about a city: the unit above the subject."""
    found = near.find_all("whole_of", number.sentence.folded, number.clause_start, number.quantity.start)
    if not found or not setting.area or any(p.start > found[-1].start() for p in ahead):
        return None
    match, own = found[-1], _level_word(setting.area.name)
    named = [area for area in ancestors(setting.area) if _level_word(area.name) == match["level"]]
    if not named or own == match["level"]:
        return None
    return Place(AreaMention(*match.span(), match.group(), named[0].level, tuple(named)), named[0])


def _average(number: Situated, setting: Setting) -> Place | None:
    """`thấp hơn bình quân toàn tỉnh là 85,6 điểm`: the unit above the subject."""
    ahead = number.sentence.folded, number.clause_start, number.quantity.start
    match = near.search("average_of", *ahead)
    if match and near.search("above_average", *ahead):
        return None  # how much the subject is above or below it
    above = ancestors(setting.area) if match and setting.area else ()
    named = [area for area in above if match and _level_word(area.name) == match["level"]]
    return Place(AreaMention(*match.span(), match.group(), named[0].level, tuple(named)), named[0]) if named else None


def _by_pronoun(number: Situated, places: Sequence[Place], setting: Setting) -> Place | None:
    """`tỉnh này`, `con số này`: the place said before."""
    ahead = number.sentence.folded, number.clause_start, number.quantity.start
    pronouns = near.find_all("same_unit", *ahead)
    if pronouns and (known := setting.last_place.get(pronouns[-1]["level"])):
        return Place(AreaMention(*pronouns[-1].span(), pronouns[-1].group(), known.level, (known,)), known)
    if setting.last_area and near.search("same_area", *ahead):
        return Place(places[0].mention if places else _nowhere(number.quantity), setting.last_area)
    return None


def _nowhere(quantity: Quantity) -> AreaMention:
    return AreaMention(quantity.start, quantity.start, "", None, ())


def _right_behind(
    number: Situated, ahead: Sequence[Place], behind: Sequence[Place], setting: Setting
) -> Place | None:  # fmt: skip
    """`đứng thứ nhất là Sở Nội vụ`, `120 hồ sơ của xã A`: a place that a number's own words lead to."""
    if not behind:
        return None
    place = behind[0]
    gap = number.sentence.folded[number.quantity.end : place.start]
    if number.quantity.kind == "rank" and not ahead and words("behind_rank").fullmatch(gap):
        return place
    inner = place.area and setting.area and is_within(place.area, setting.area)
    return place if words("behind_inner" if inner else "behind_other").fullmatch(gap) else None
