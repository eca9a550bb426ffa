"""Which indicator the number of a cell stands for: by its heads, its row's labels, and what the row is a part of."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.catalogue import cache_by_vocabulary, load_words
from analysis.indicators import Cue, Reading, Signature, index_signature, load_cues, load_signatures, match_signature
from analysis.model import Quantity
from analysis.reading import Read
from analysis.tables.context import Context, cues_of, unit_code
from analysis.tables.grid import Column, Row, bare_label, form, is_said, one_line, words

_DEPTH = 0.85
"""How much a head counts against the one below it: `Trực tuyến` under `Số hồ sơ nhận giải quyết`."""
_PARENT, _FURTHER = 0.45, 0.3
_CAPTION = 0.4
_UNIT_TOPIC = 0.7
_BESIDE_TELLING = 0.5
TELLING = ("state", "index", "unit")


def read_number(quantity: Quantity, column: Column, row: Row, context: Context) -> Read:
    """The indicator of the number of a cell; `other` where its labels name none."""
    if not column.heads and len(row.values) > 1:
        return Read(None, "unknown")  # several numbers in a row and nothing that tells them apart
    if _tells_nothing(quantity, column, row, context):
        return Read(None, "cell_unmeasured")
    own = names_measure(row, column)
    heads = tuple(text for text in column.texts if not (own and is_said("frame_head", text)))
    if quantity.kind == "percent" and not own and not _tells(column):
        heads = (*_share_of(column), *heads)
    labels = tuple(bare_label(text) for text in row.labels) if own else ()
    reading = _matched(
        quantity,
        heads,
        labels,
        row.parents if own else (),
        context,
        _tells(column),
        of_count=_counts(row),
        unit_of_row=_unit_of(row),
    ) or _rank_beside(quantity, column)
    return Read(reading, "table_heads") if reading else Read(None, "cell_unknown")


def names_measure(row: Row, column: Column) -> bool:
    """False where a row's label names a place, an office or a field, while the heads tell what is counted."""
    placed = words("dimension_head").fullmatch(row.head) and (_tells(column) or _is_share(column))
    return not placed and not row.is_total


def _share_of(column: Column) -> tuple[str, ...]:
    """`Đúng hạn | Tỷ lệ (%)`: the column before that says what is counted."""
    telling = (one_line(head) for head in column.beside if any(c.role in ("state", "index") for c in cues_of(head)))
    return tuple(telling)[:1]


def _is_share(column: Column) -> bool:
    """True for a bare `Tỷ lệ (%)`."""
    return is_said("share_head", column.inner)


def _tells(column: Column) -> bool:
    """True where the heads say by themselves what a column holds."""
    dumb = load_words("headings.yaml")["dumb_states"]
    return any(c.role in ("state", "index") and c.name not in dumb for text in column.texts for c in cues_of(text))


def is_part(row: Row, column: Column, reading: Reading | None) -> bool:
    """True where a row's label is a part of the thing measured (a field), and not the thing itself."""
    if reading is None:
        return True
    names = {cue.name for text in row.labels for cue in cues_of(text) if cue.role in TELLING}
    return not names_measure(row, column) or not any(group & names for group in reading.signature.groups)


def _unit_of(row: Row) -> str:
    """The unit of measure that a row states; one that units.yaml lacks stands for none of its own."""
    return (unit_code(row.unit) or "unknown") if row.unit else ""


def _counts(row: Row) -> bool:
    """True where a row is of a number and not of a share, so that `tăng 5%` is a change of the number."""
    labels = form(" ".join((*row.labels, row.unit)))
    return not any(words("kinds", kind).search(labels) for kind in ("percent", "rank", "score"))


# ---- weights


@cache_by_vocabulary(maxsize=16384)
def _matched_as(
    kind: str, unit: str, change: str, heads: tuple[str, ...], labels: tuple[str, ...], parents: tuple[str, ...],
    above: tuple[tuple[str, str], ...], told: bool, of_dossiers: bool,
) -> Reading | None:  # fmt: skip
    default = load_words("reading.yaml")["default_topic"]
    told_of = [cue for text in (*labels, *heads) for cue in cues_of(text)]
    weights: dict[str, float] = {}
    if of_dossiers and not any(_is_of_else(cue) for cue in told_of):
        weights[default["cue"]] = default["weight"]
    if unit in load_words("reading.yaml")["topic_nouns"]:
        weights[unit] = load_cues()[unit].strength * _UNIT_TOPIC
    beside = _BESIDE_TELLING if told and not _is_channel(labels, heads) else 1.0
    layers: list[tuple[Sequence[Cue], float]] = [(cues_of(label), beside) for label in labels]
    layers += [(cues_of(p), _PARENT if not k else _FURTHER) for k, p in enumerate(reversed(parents))]
    layers += [(cues_of(head), _DEPTH**depth) for depth, head in enumerate(reversed(heads))]
    for name, _ in above:
        weights[name] = max(weights.get(name, 0.0), load_cues()[name].strength * _CAPTION)
    for cues, factor in layers:
        for cue in cues:
            weights[cue.name] = max(weights.get(cue.name, 0.0), load_cues()[cue.name].strength * factor)
    quantity = Quantity(0, 1, "0", 0.0, kind=kind, unit=unit, change=change)  # type: ignore[arg-type]
    return match_signature(quantity, weights)


def _is_channel(labels: tuple[str, ...], heads: tuple[str, ...]) -> bool:
    """`Trực tuyến` in a row under `Tiếp nhận`: how they came in, not only that they did."""
    said = load_words("headings.yaml")
    states = {cue.name for text in heads for cue in cues_of(text) if cue.role == "state"}
    return states <= set(said["intake"]) and any(c.name in said["channels"] for text in labels for c in cues_of(text))


def _is_of_else(cue: Cue) -> bool:
    """True for a cue of something that isn't dossiers: plans, tasks, staff."""
    words_of_reading = load_words("reading.yaml")
    known = (*words_of_reading["topic_nouns"], *words_of_reading["who_cues"])
    return cue.role in ("topic", "unit") and cue.name not in known and load_cues()[cue.name].weight is None


def _matched(
    quantity: Quantity, heads: tuple[str, ...], labels: tuple[str, ...], parents: tuple[str, ...],
    context: Context, told: bool, of_count: bool, unit_of_row: str,
) -> Reading | None:  # fmt: skip
    """The signature that the labels speak for most; where the unit of measure allows none, without it."""
    own = [cue for text in (*labels, *heads) for cue in cues_of(text)]
    named = any(cue.role == "topic" and load_cues()[cue.name].weight is None for cue in own)
    above = {(cue.name, cue.role) for cue in context.cues if cue.role == "index" or not named}
    if not any(_tells_what(cue) for cue in own) and not words("unknown_state").search(form(" ".join(heads))):
        above |= {(cue.name, cue.role) for cue in context.states}
    caption = tuple(sorted(above))
    kind = "count" if quantity.change != "none" and of_count else quantity.kind
    unit = unit_of_row if kind != quantity.kind else quantity.unit or unit_of_row
    found = _matched_as(kind, unit, quantity.change, heads, labels, parents, caption, told, context.of_dossiers)
    if not found and kind == "count" and unit:
        found = _matched_as(kind, "", quantity.change, heads, labels, (), (), told, False)
    return None if found and _leaves_out(found, own, heads or labels) else found


def _tells_what(cue: Cue) -> bool:
    """True for a cue of more than whose or how much it is."""
    dumb = (*load_words("headings.yaml")["dumb_states"], *load_words("reading.yaml")["who_cues"])
    return cue.role in TELLING and cue.name not in dumb


def _leaves_out(found: Reading, own: Sequence[Cue], texts: Sequence[str]) -> bool:
    """True where nothing but the topic was understood, while the labels say which of them: `Chưa thực hiện`."""
    if len(found.signature.groups) != 1 or not all(load_cues()[c].role == "topic" for c in found.signature.groups[0]):
        return False
    known = set(load_words("headings.yaml")["dumb_states"])
    stated = any(cue.role == "state" and cue.name not in known for cue in own)
    return stated or words("unknown_state").search(form(texts[-1] if texts else "")) is not None


def _rank_beside(quantity: Quantity, column: Column) -> Reading | None:
    """The rank of the index whose column stands to the left."""
    indices = [cue for head in column.beside for cue in cues_of(head) if cue.role == "index"]
    if quantity.kind != "rank" or not indices:
        return None
    signature: Signature = index_signature(indices[0].name)
    return Reading(signature.rank, signature, 1.0) if signature.rank else None


# ---- what measures nothing of its own


def _tells_nothing(quantity: Quantity, column: Column, row: Row, context: Context) -> bool:
    """A ratio to a plan or to an earlier time; a score that is none of the whole."""
    heads = " | ".join(form(text) for text in column.texts)
    if quantity.change == "none" and quantity.kind in ("percent", "count") and words("ratio_head").search(heads):
        return True
    if quantity.change != "none" and words("from_plan_head").search(heads):
        return True
    return quantity.kind in ("score", "percent") and _is_component(quantity, column, row, context)


def _is_component(quantity: Quantity, column: Column, row: Row, context: Context) -> bool:
    """`Điểm tối đa`; a criterion's score beside that of the whole index."""
    if words("other_score").search(column.inner):
        return True
    named = any(cue.role == "index" for text in (*column.texts, *row.labels) for cue in cues_of(text))
    if named or not context.names_index:
        return False
    if is_said("criterion_head", row.head) and not row.is_total:
        return True
    if words("time_head").match(column.inner) or is_said("year_only", column.inner):
        return False
    return quantity.kind == "score" and bool(column.heads) and not is_said("whole_score", column.inner)


# ---- what the other columns of a row tell


def newly_received(reads: Sequence[tuple[Read, Column]]) -> dict[int, Read]:
    """Of two numbers received beside one that was carried over, the one that isn't the whole: by its place.

    `Tổng số phải giải quyết | Kỳ trước chuyển sang | Tiếp nhận`.
    """
    codes = load_words("headings.yaml")["newly_received"]
    taken = [k for k, (read, _) in enumerate(reads) if read.indicator == codes["of"]]
    wholes = [k for k in taken if _is_whole(reads[k][1])]
    beside = any(read.indicator == codes["beside"] for read, _ in reads)
    if not beside or not wholes or len(wholes) == len(taken):
        return {}
    signature = next(s for s in load_signatures() if s.count == codes["is"])
    renamed = Read(Reading(codes["is"], signature, 1.0), "table_heads")
    return {k: renamed for k in taken if k not in wholes}


def _is_whole(column: Column) -> bool:
    cues = {cue.name for cue in cues_of(column.texts[-1])} if column.texts else set()
    return is_said("total_head", column.inner) or bool(
        cues & {"to_process", *load_words("headings.yaml")["dumb_states"]}
    )
