"""Numbers in the cells of a table, each with the headings that say what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from analysis.areas import find_areas, resolve_area
from analysis.attribution import Setting
from analysis.catalogue import load_pattern, load_words
from analysis.indicators import Cue, Reading, find_cues, index_signature, load_cues, match_signature
from analysis.model import Area, Cell, Kind, Nature, Period, Quantity, Table
from analysis.periods import find_periods
from analysis.reading import Read
from analysis.text import match_form

_words = partial(load_pattern, "headings.yaml")
_DEPTH = 0.85
"""How much a head counts against the one below it: `Trực tuyến` under `Số hồ sơ nhận giải quyết`."""
_WHOLE_LABEL = 0.6
"""A place that fills so much of a row's label is the row's."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A cell with its head path, from the outermost, and the labels of its row, from the left."""

    cell: Cell
    heads: tuple[Cell, ...]
    row: tuple[Cell, ...]
    beside: tuple[Cell, ...] = ()
    """Heads to the left of its innermost head, the nearest first: `SIPAS (%)` beside `Xếp hạng`."""
    years: tuple[str, ...] = ()
    """Years that stand alone in a cell of the row or of the heads."""

    @property
    def labels(self) -> str:
        """All labels and heads in their matching form."""
        return match_form(" \n ".join(c.text for c in (*self.row, *self.heads)))

    @property
    def name(self) -> str:
        """The label of the row, without its number and its unit of measure."""
        numbered, unit = _words("label_number"), _words("unit_only")
        texts = (_one_line(cell.text) for cell in self.row)
        return " ".join(t for t in texts if not numbered.fullmatch(t.lower()) and not unit.fullmatch(match_form(t)))

    @property
    def sentence(self) -> str:
        """The cell as a reader may check it: `Lĩnh vực đất đai | Quá hạn: 12`."""
        path = " | ".join(_one_line(c.text) for c in (*self.row, *self.heads))
        return f"{path}: {_one_line(self.cell.text)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ---- headings


def labelled_cells(table: Table) -> Iterator[Labelled]:
    """The body cells that hold a digit, with their headings; a row of column numbers is left out.

    The heads of a cell are all head cells that span its column (never the last one alone: `Quá hạn` stands
    twice in form II.06). The labels of its row are the cells to its left without a number of their own.
    """
    heads = [cell for cell in table.cells if cell.is_head]
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if not cell.is_head:
            rows.setdefault(cell.row, []).append(cell)
    for cells in rows.values():
        cells.sort(key=lambda cell: cell.col)
        if _numbers_columns(cells):
            continue
        for cell in cells:
            if any(c.isdigit() for c in cell.text) and not _is_row_number(cell, cells, heads):
                over = _heads_of(cell, heads)
                beside = _beside(over[-1], heads) if over else ()
                yield Labelled(cell, over, _labels_of(cell, cells), beside, _years(cell, (*cells, *over)))


def _numbers_columns(cells: list[Cell]) -> bool:
    """True for a row that reads 1, 2, 3 = 4 + 5, ...: it numbers the columns."""
    filled = [cell.text.strip() for cell in cells if cell.text.strip()]
    if len(filled) <= 2 or not all(_words("column_number").fullmatch(text) for text in filled):
        return False
    numbers = [int(digits) for text in filled if (digits := text.strip("()")).isdigit()]
    return bool(numbers) and numbers == sorted(set(numbers)) and numbers[0] <= 2


def _is_row_number(cell: Cell, cells: list[Cell], heads: list[Cell]) -> bool:
    """The running number at the left: under `STT`, or first and followed by a label."""
    if cell is not cells[0] or not _words("row_number").fullmatch(cell.text.strip()):
        return False
    if any(_words("row_number_head").fullmatch(match_form(head.text.strip())) for head in _heads_of(cell, heads)):
        return True
    label = cells[1].text.strip() if len(cells) > 2 else ""
    return bool(label) and not any(c.isdigit() for c in label)


def running_numbers(table: Table) -> Iterator[Cell]:
    """The cells that only number the rows and columns."""
    counted = {id(labelled.cell) for labelled in labelled_cells(table)}
    for cell in table.cells:
        if not cell.is_head and id(cell) not in counted and any(c.isdigit() for c in cell.text):
            yield cell


def _years(cell: Cell, around: tuple[Cell, ...]) -> tuple[str, ...]:
    texts = (c.text.strip() for c in around if c is not cell and (c.is_head or c.col < cell.col))
    return tuple(text for text in texts if _words("year_only").fullmatch(text))


def _heads_of(cell: Cell, heads: list[Cell]) -> tuple[Cell, ...]:
    over = [
        head
        for head in heads
        if head.col <= cell.col < head.col + head.colspan and head.row < cell.row and head.text.strip()
    ]
    return tuple(sorted(over, key=lambda head: head.row))


def _beside(inner: Cell, heads: list[Cell]) -> tuple[Cell, ...]:
    left = [head for head in heads if head.row == inner.row and head.col < inner.col]
    return tuple(sorted(left, key=lambda head: -head.col))


def _labels_of(cell: Cell, cells: list[Cell]) -> tuple[Cell, ...]:
    return tuple(
        c for c in cells if c.col < cell.col and c.text.strip() and not _words("number_only").fullmatch(c.text)
    )


# ---- what the number of a cell stands for


@dataclass(frozen=True, slots=True)
class CellRead:
    """What the number of a cell was read as."""

    quantity: Quantity
    """With its kind as the headings tell it."""
    read: Read
    nature: Nature
    breakdown: str
    """The row's label, where it is a part of the thing measured (a field) and not the thing itself."""


def read_cell(labelled: Labelled, quantity: Quantity, caption: str) -> CellRead:
    """The number of a cell with its indicator, by its headings, its row's label and the table's caption."""
    quantity = _typed(quantity, labelled)
    row = _cues_of(labelled.row)
    inner = match_form(labelled.heads[-1].text) if labelled.heads else ""
    reading = None
    if quantity.kind != "percent" or quantity.change != "none" or not _words("compared_head").search(inner):
        reading = match_signature(quantity, _weights(labelled, row, caption)) or _rank_beside(quantity, labelled)
    read = Read(reading, "table_heads", 0.9) if reading else Read(None, "other", 0.5)
    names = {cue.name for cue in row if cue.role in ("state", "index", "unit")}
    told_by_row = reading is not None and any(group & names for group in reading.signature.groups)
    heads = match_form(" \n ".join(cell.text for cell in labelled.heads))
    return CellRead(
        quantity,
        read,
        "target" if _words("target_head").search(heads) else "actual",
        "" if told_by_row else labelled.name,
    )


def _rank_beside(quantity: Quantity, labelled: Labelled) -> Reading | None:
    """The rank of the index whose column stands to the left."""
    indices = [cue for head in labelled.beside for cue in _cues_of((head,)) if cue.role == "index"]
    if quantity.kind != "rank" or not indices:
        return None
    signature = index_signature(indices[0].name)
    return Reading(signature.rank, signature, 1.0) if signature.rank else None


def _weights(labelled: Labelled, row: list[Cue], caption: str) -> dict[str, float]:
    """Cues of the heads, the innermost first; of the row's label at half where the heads tell enough.

    Of the caption the topic only.
    """
    heads = [cue for cell in labelled.heads for cue in _cues_of((cell,))]
    dumb = load_words("headings.yaml")["dumb_states"]
    told = any(cue.role in ("state", "index") and cue.name not in dumb for cue in heads)
    above = [cue for cue in find_cues(match_form(caption)) if cue.role in ("topic", "index")]
    default = load_words("reading.yaml")["default_topic"]
    weights: dict[str, float] = {default["cue"]: default["weight"]}
    layers = [(above, 0.4), (row, 0.5 if told else 1.0)]
    layers += [(_cues_of((cell,)), _DEPTH**depth) for depth, cell in enumerate(reversed(labelled.heads))]
    for cues, factor in layers:
        for cue in cues:
            weights[cue.name] = max(weights.get(cue.name, 0.0), load_cues()[cue.name].strength * factor)
    return weights


def _cues_of(cells: tuple[Cell, ...]) -> list[Cue]:
    return find_cues(match_form(" \n ".join(cell.text for cell in cells)))


_UNITS: dict[Kind, str] = {"percent": "percent", "rank": "position", "score": "point"}


def _typed(quantity: Quantity, labelled: Labelled) -> Quantity:
    """A bare number is a share, a rank or a score where its headings say so, the innermost first."""
    if quantity.kind != "count" or quantity.unit:
        return quantity
    row = " \n ".join(cell.text for cell in labelled.row)
    for label in (*(head.text for head in reversed(labelled.heads)), row):
        for kind, unit in _UNITS.items():
            if _words("kinds", kind).search(match_form(label)):
                value = quantity.value
                if kind == "score" and value >= 1000:
                    value /= 1000  # 85.123 read as thousands
                return replace(quantity, kind=kind, unit=unit, value=value)
    return quantity


def row_setting(labelled: Labelled, setting: Setting) -> tuple[Area | None, Period | None, bool]:
    """The area and period that the row's labels name, else the report's own; and whether the label is one of them."""
    label = labelled.name
    day = setting.period.end if setting.period else None
    heads = " ".join(c.text for c in labelled.heads)
    years = " ".join(f"năm {year}" for year in labelled.years)
    mentions = find_periods(f"{years} . {label} . {heads}", today=day)
    periods = [m.period for m in mentions if m.period and m.role_hint != "comparison"]
    period = periods[0] if periods else setting.period
    places = find_areas(label, on=day)
    if places and places[0].end - places[0].start >= _WHOLE_LABEL * len(label):
        near = [setting.area] if setting.area else []
        return resolve_area(places[0], on=day, within=setting.area, near=near), period, True
    in_label = find_periods(label, today=day) if label else []
    return setting.area, period, bool(in_label) or bool(_words("total").fullmatch(match_form(label)))
