"""The entries of the register made true in what was read from a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from analysis.areas import area_by_id, find_area_by_name
from analysis.catalogue import load_indicators
from analysis.corrections.locating import Spot, find_spots
from analysis.corrections.register import Correction, as_day, columns, same_value
from analysis.errors import CorrectionError, Text, join_texts
from analysis.identity import observation_id
from analysis.ledger import one_line
from analysis.messages import both, explain
from analysis.model import Area, Extraction, Observation, Quantity, Unresolved
from analysis.quantities import find_quantities

_RULE = "correction"
"""The rule of what an analyst added."""
_MOST_CANDIDATES = 6


def correct_extraction(extraction: Extraction, entries: Sequence[Correction]) -> Extraction:
    """What was read from a document, with the entries about it applied; notes name those that are needed no more.

    CorrectionError names each entry that finds no number, or several, or one that isn't as it expects, and two
    entries for one number.
    """
    if not entries:
        return extraction
    spots: dict[tuple[int, int], Correction] = {}
    found: list[tuple[Correction, Spot[Observation | Unresolved]]] = []
    faults: list[Text] = []
    for entry in entries:
        try:
            spot = _the_spot(entry, extraction)
            _demand_alone(entry, spot, spots)
            found.append((entry, spot))
        except CorrectionError as error:
            faults.append(join_texts(error.message, error.remedy))
    for entry, spot in found:
        try:
            extraction = _applied(entry, spot, extraction)
        except CorrectionError as error:
            faults.append(join_texts(error.message, error.remedy))
    if faults:
        raise CorrectionError(join_texts(*faults), both("corrections.withheld"))
    return extraction


def _refuse(entry: Correction, key: str, **values: object) -> CorrectionError:
    message, remedy = explain(key, number=entry.match.told, **values)
    return CorrectionError(join_texts(both("corrections.at", file=entry.file, line=entry.line), message), remedy)


def _the_spot(entry: Correction, extraction: Extraction) -> Spot[Observation | Unresolved]:
    spots = find_spots(entry.match, extraction.document.text, (*extraction.observations, *extraction.unresolved))
    if len(spots) == 1:
        return spots[0]
    if not spots:
        raise _refuse(entry, "corrections.nowhere")
    raise _refuse(
        entry, "corrections.several", count=len(spots), starts=", ".join(str(spot.start) for spot in spots)
    )  # fmt: skip


def _demand_alone(
    entry: Correction, spot: Spot[Observation | Unresolved], spots: dict[tuple[int, int], Correction]
) -> None:
    span = (spot.number.start, spot.number.end) if spot.number else (spot.start, spot.end)
    other = spots.setdefault(span, entry)
    if other is not entry:
        raise _refuse(entry, "corrections.conflict", other=other.source)


def _applied(entry: Correction, spot: Spot[Observation | Unresolved], extraction: Extraction) -> Extraction:
    """The extraction with one entry made true."""
    number = spot.number
    if isinstance(number, Observation):
        made, needless = _changed(entry, number, extraction)
    elif entry.action == "reject":
        return _noted(extraction, entry)
    elif entry.action == "add":
        made, needless = _added(entry, spot, extraction), False
    else:
        raise _refuse(entry, "corrections.not_read")
    extraction = _replaced(extraction, number, made)
    return _noted(extraction, entry) if needless else extraction


def _replaced(
    extraction: Extraction, old: Observation | Unresolved | None, new: Observation | Unresolved
) -> Extraction:
    observations = [o for o in extraction.observations if o is not old]
    left = [u for u in extraction.unresolved if u is not old]
    (observations if isinstance(new, Observation) else left).append(new)  # type: ignore[arg-type]
    return replace(
        extraction,
        observations=tuple(sorted(observations, key=lambda o: o.start)),
        unresolved=tuple(sorted(left, key=lambda u: u.start)),
    )


def _noted(extraction: Extraction, entry: Correction) -> Extraction:
    where = both("corrections.at", file=entry.file, line=entry.line)
    note = join_texts(where, both("corrections.needless", number=entry.match.told))
    return replace(extraction, notes=(*extraction.notes, note))


# ---- an observation


def _changed(
    entry: Correction, observation: Observation, extraction: Extraction
) -> tuple[Observation | Unresolved, bool]:
    """What becomes of it, and whether it was so already, by a rule that is better than the one the entry corrects."""
    sure = replace(observation, confidence=1.0, alternatives="")
    if entry.action in ("correct", "add"):
        changes = dict(_typed(entry, observation, extraction))
        if all(same_value(getattr(observation, name), value) for name, value in changes.items()):
            return sure, True
        _demand_expected(entry, observation)
        return replace(sure, **changes, corrected=True), False
    _demand_expected(entry, observation)
    return (sure, False) if entry.action == "accept" else (_rejected(observation, extraction), False)


def _rejected(observation: Observation, extraction: Extraction) -> Unresolved:
    o = observation
    return Unresolved(o.document_id, o.start, o.end, o.quote, o.sentence, "rejected", o.indicator, o.page)


def _demand_expected(entry: Correction, observation: Observation) -> None:
    for name, wanted in entry.expect.items():
        value = getattr(observation, name)
        if not same_value(value, wanted):
            found = both("corrections.nothing") if value in (None, "") else value
            raise _refuse(entry, "corrections.unexpected", column=name, found=found, wanted=wanted)


def _typed(entry: Correction, observation: Observation, extraction: Extraction) -> Iterator[tuple[str, Any]]:
    """The columns to set, as an observation holds them; an area brings its id, level and province."""
    known = columns()
    for name, value in _with_whole_area(entry, observation.period_end, extraction).items():
        if known[name].type == "string":
            yield name, value or ""
        else:
            yield name, as_day(value) if known[name].type == "date" else None if value is None else float(value)


def _with_whole_area(entry: Correction, day: date | None, extraction: Extraction) -> dict[str, Any]:
    """What the entry sets; where it names a unit or its id alone, with all that the gazetteer knows of it."""
    changes = dict(entry.set)
    name, ident = changes.get("area"), changes.get("area_id")
    if ident and not name:
        area = area_by_id(ident, day)
        if area is None:
            raise _refuse(entry, "corrections.no_area", area=ident)
    elif name and ident is None:
        area = _named_area(entry, name, day or extraction.document.published, extraction)
    elif name == "":
        return {"area_id": "", "area_level": "", "province": ""} | changes
    else:
        return changes
    told = {"area": area.name, "area_id": area.area_id, "area_level": area.level, "province": area.province}
    return told | {key: value for key, value in changes.items() if key not in ("area", "area_id")}


def _named_area(entry: Correction, name: str, day: date | None, extraction: Extraction) -> Area:
    """The one unit of that name; where several bear it, that in the province told or the report's own."""
    found = find_area_by_name(name, day)
    provinces = (entry.set.get("province"), extraction.area.province if extraction.area else None)
    for province in provinces:
        if len(found) > 1 and province:
            found = [area for area in found if area.province == province] or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise _refuse(entry, "corrections.no_area", area=name)
    listed = ", ".join(f"{area.name}, {area.province} ({area.area_id})" for area in found[:_MOST_CANDIDATES])
    raise _refuse(entry, "corrections.areas", area=name, candidates=listed)


# ---- a number that was no observation


def _added(entry: Correction, spot: Spot[Observation | Unresolved], extraction: Extraction) -> Observation:
    document, number = extraction.document, spot.number
    start, end = (number.start, number.end) if number else (spot.start, spot.end)
    quote = document.text[start:end]
    line_start = document.text.rfind("\n", 0, start) + 1
    line = document.text[line_start:].partition("\n")[0]
    quantity = _quantity_of(entry, quote, line, start - line_start)
    sentence = number.sentence if number else one_line(line)
    area, period = extraction.area, extraction.period
    plain = Observation(
        observation_id=observation_id(document.document_id, start, end, quote), document_id=document.document_id,
        indicator=entry.set["indicator"], kind=quantity.kind, value=quantity.value, value_high=quantity.value_high,
        unit=quantity.unit or load_indicators()[entry.set["indicator"]].unit, qualifier=quantity.qualifier,
        out_of=quantity.out_of, change=quantity.change, nature="actual",
        area=area.name if area else "", area_id=area.area_id if area else "", area_level=area.level if area else "",
        province=area.province if area else "", organization="", tier="", breakdown="",
        period_start=period.start if period else None, period_end=period.end if period else None,
        quote=quote, sentence=sentence, start=start, end=end, page=document.page_at(start),
        source_kind=document.source_kind, method="text", rule=_RULE, confidence=1.0, corrected=True,
    )  # fmt: skip
    _demand_expected(entry, plain)
    return replace(plain, **dict(_typed(entry, plain, extraction)))


def _quantity_of(entry: Correction, quote: str, line: str, offset: int) -> Quantity:
    """The number at an offset of a line, as it reads there; what the line doesn't tell, the entry has to."""
    for text, at in ((line, offset), (quote, 0)):
        over = [q for q in find_quantities(text) if q.start < at + len(quote) and at < q.end]
        if over:
            return over[0]
    if "value" not in entry.set:
        raise _refuse(entry, "corrections.no_value")
    return Quantity(0, len(quote), quote, float(entry.set["value"]))
