"""The number of a cell with its kind, unit and sign, as its headings tell them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analysis.catalogue import cache_by_vocabulary, load_units, load_words
from analysis.model import Cell, Change, Kind, Quantity
from analysis.quantities import find_quantities
from analysis.spans import within
from analysis.tables.context import Context, cues_of, money_factor, unit_code
from analysis.tables.grid import Column, Row, form, is_said, words
from analysis.text import match_form

_UNITS: dict[Kind, str] = {"percent": "percent", "rank": "position", "score": "point"}
_THOUSANDS = 1000
_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?")
_SPACED_THOUSANDS = re.compile(r"[ \u00a0\u202f]")


def quantities_of(cell: Cell, found: Sequence[Quantity]) -> list[Quantity]:
    """The numbers of a cell: read by itself where it holds one and little else, so that nothing beside it counts.

    `found` are those of the whole text.
    """
    if is_said("number_cell", cell.text):
        return [replace(q, start=q.start + cell.start, end=q.end + cell.start) for q in _alone(cell.text)]
    return within(found, cell.start, cell.end)


@cache_by_vocabulary(maxsize=16384)
def _alone(text: str) -> tuple[Quantity, ...]:
    joined = _SPACED_THOUSANDS.sub(".", text) if _SPACED.fullmatch(text.strip()) else text
    return tuple(replace(q, quote=text[q.start : q.end]) for q in find_quantities(joined))


def typed(quantity: Quantity, cell: Cell, column: Column, row: Row, context: Context) -> Quantity:
    """A bare number is a share, a rank, a score or a sum where its headings say so, the innermost first."""
    quantity = _changed(quantity, cell, column)
    if quantity.unit or quantity.kind != "count":
        return quantity
    for label in _labels(column, row):
        if any(cue.role == "index" for cue in cues_of(label)) and not words("kinds", "percent").search(label):
            kind = "rank" if words("kinds", "rank").search(label) else "score"
            return replace(quantity, kind=kind, unit=_UNITS[kind], value=_scaled(quantity.value, kind))
        for kind, unit in _UNITS.items():
            if words("kinds", kind).search(label):
                return replace(quantity, kind=kind, unit=unit, value=_scaled(quantity.value, kind))
    return _in_unit(quantity, column, row, context)


def _in_unit(quantity: Quantity, column: Column, row: Row, context: Context) -> Quantity:
    """A number in the unit that its row, its head, what they count, or the line above the table states."""
    said = _said_unit(column, row)
    unit = unit_code(said) or ("" if said else _counted(column, row))
    if not said and not unit:
        if context.kind == "percent":
            unit = "percent"
        elif context.is_scored or (context.names_index and column.index in context.fractional):
            unit = "point"
        elif context.kind and context.names_index:
            unit = _UNITS[context.kind]
        elif is_said("share_head", context.unit):
            unit = "percent"
        else:
            unit = _loosely_counted(column) or unit_code(context.unit)
            said = context.unit
    if unit == "VND" and (factor := money_factor(said)):
        return replace(quantity, kind="amount", unit="VND", value=quantity.value * factor)
    if not unit:
        return quantity
    kind: Kind = load_units()[unit].kind
    return replace(quantity, kind=kind, unit=unit, value=_scaled(quantity.value, kind))


def _labels(column: Column, row: Row) -> list[str]:
    """The labels that tell the kind of a number, in the order in which they count."""
    inner = [form(text) for text in reversed(column.texts)]
    return [*inner[:1], form(row.unit), *inner[1:], form(" ".join(row.labels))]


def _scaled(value: float, kind: Kind) -> float:
    """A score or a share with three decimals, read as thousands."""
    return value / _THOUSANDS if kind in ("score", "percent") and value >= _THOUSANDS else value


def _said_unit(column: Column, row: Row) -> str:
    """The unit of measure as it is said in the row, or in brackets in a head."""
    if row.unit:
        return row.unit
    for text in (*(form(text) for text in reversed(column.texts)), form(" ".join(row.labels))):
        for bracket in words("bracket_unit").finditer(text):
            if unit_code(bracket["unit"]):
                return bracket["unit"]
    return ""


def _counted(column: Column, row: Row) -> str:
    """The noun that a head or a label counts: `Số kế hoạch đã ban hành`."""
    for text in (*(form(text) for text in reversed(column.texts)), form(row.label)):
        match = words("counted_noun").match(text)
        if match and (unit := unit_code(text[match.end() :])):
            return unit
    return ""


def _loosely_counted(column: Column) -> str:
    """The noun that a head begins with: `TTHC được thực hiện tại Bộ phận một cửa`."""
    codes = (unit_code(text) for text in reversed(column.texts))
    return next((code for code in codes if code in load_words("reading.yaml")["topic_nouns"]), "")


def _changed(quantity: Quantity, cell: Cell, column: Column) -> Quantity:
    """A number in a column of differences is one, by its sign or the column's words."""
    head = " ".join(form(text) for text in column.texts)
    before = match_form(cell.text[: quantity.start - cell.start]).strip()
    signed = before.endswith(("-", "+")) and words("compared_head").search(head) is not None
    is_difference = signed or words("difference_head").search(head) is not None
    if quantity.change != "none" or not is_difference or words("not_difference").search(head):
        return quantity
    change: Change = "increase"
    if before.endswith("-") or "giảm" in before or ("giảm" in head and "tăng" not in head):
        change = "decrease"
    return replace(quantity, change=change)
