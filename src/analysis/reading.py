"""The indicator of each number of a sentence: from its own words, else from the number before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.catalogue import load_indicators
from analysis.indicators import Cue, Reading, cues_between, load_signatures, match_signature, weigh
from analysis.model import Quantity
from analysis.scopes import Scope, find_scopes

TELLING = ("state", "unit", "index")
"""Roles of the cues that tell indicators of one topic apart."""
DEFAULT_TOPIC = "dossier"
OTHER_TOPICS = ("petition", "feedback", "task", "workfile", "edocument", "legal_document")
"""Where one of these stands in a number's own words, it isn't one of dossiers."""
_PRONOUN = re.compile(
    r"(?:con số|số|t[ỷỉ] lệ|kết quả|chỉ số|điểm|thứ hạng|mức|phần|trong số|trong)\s(?:này|đó|ấy|nói trên|trên|còn lại|lại)|còn lại"
)
_INDEX_PRONOUN = re.compile(r"(?:chỉ số|bảng|thứ hạng|kết quả|điểm số|vị trí|giá trị trung bình)(?:\s(?:này|đó|trên))?")
_DENOMINATOR = re.compile(r"\s?(?:trên|so với|trong)\s(?:tổng|số|toàn bộ|kế hoạch|hồ sơ|các hồ sơ)")
_LISTED = re.compile(r"(?P<labels>[^.;\d]*?)\s*lần lượt\s(?:là|đạt|gồm|có|:)?\s*$")


@dataclass(frozen=True, slots=True)
class Read:
    """What a number was read as: its indicator, by which rule, and how sure (0 to 1). No reading: None."""

    reading: Reading | None
    rule: str
    confidence: float

    @property
    def indicator(self) -> str:
        """The code; `other` where none was found."""
        return self.reading.indicator if self.reading else "other"


@dataclass(slots=True)
class Memory:
    """What the sentences so far leave for those that follow."""

    last: Reading | None = None
    index: Reading | None = None
    ranked: dict[tuple[str, float], Reading] = field(default_factory=dict)
    """Ranks and scores so far: the same number again is the same index."""
    topics: dict[str, float] = field(default_factory=dict)


def read_sentence(
    folded: str, sentence: tuple[int, int], quantities: Sequence[Quantity], cues: Sequence[Cue], memory: Memory,
) -> list[Read]:  # fmt: skip
    """What each number of a sentence stands for; `memory` is read and brought up to date.

    `cues` are those of the whole document, in its matching form `folded`.
    """
    scopes = find_scopes(folded, sentence, quantities)
    within = cues_between(cues, *sentence)
    reads: list[Read] = []
    labels = _listed_labels(folded, sentence, quantities)
    for i, (quantity, scope) in enumerate(zip(quantities, scopes, strict=True)):
        read = _read(folded, sentence, quantities, i, scope, within, labels.get(i), reads, memory)
        reads.append(read)
        if read.reading and not read.reading.signature.strict:
            memory.last = read.reading
            if read.indicator.startswith("index."):
                memory.index = read.reading
                memory.ranked.setdefault((quantity.kind, quantity.value), read.reading)
    _note_topics(within, memory)
    return reads


def note_heading(folded: str, span: tuple[int, int], cues: Sequence[Cue], memory: Memory) -> None:
    """Takes the topic of a heading or title over for the sentences below it."""
    memory.topics = {}
    _note_topics(cues_between(cues, *span), memory)


def _note_topics(cues: Sequence[Cue], memory: Memory) -> None:
    topics = {cue.name: 0.4 for cue in cues if cue.role == "topic"}
    memory.topics = {name: weight * 0.7 for name, weight in memory.topics.items() if weight > 0.1} | topics
    indices = [cue for cue in cues if cue.role == "index"]
    if indices:
        name = indices[-1].name
        signature = next(s for s in load_signatures() if s.cues == (name,))
        memory.index = Reading(signature.score or signature.rank, signature, 1.0)


def _read(folded, sentence, quantities, i, scope: Scope, within, label, reads, memory) -> Read:
    quantity = quantities[i]
    at = (quantity.start, quantity.end)
    before = label or scope.before
    previous = _previous(scope, i, reads)
    near = _local_cues(folded, quantity, scope, before, within, scope.after[1])
    joined = scope.linked or scope.parent is not None or quantity.change != "none"
    if not _tells(near) and previous and joined and (taken := _as_kind(previous, quantity)):
        return Read(taken, "linked", 0.9)
    local = near if scope.base or _tells(near) else _local_cues(folded, quantity, scope, before, within, scope.reach)
    if _tells(local):
        weights = weigh(local, at)
        if "pending" in weights:
            weights |= weigh(
                [c for c in _behind(folded, quantity, scope.reach, within, []) if c.name in ("in_time", "overdue")], at
            )
        elif _part_of_pending(folded, sentence, quantity, reads, memory):
            weights["pending"] = max(weights.get("pending", 0.0), 1.2)
        reading = match_signature(quantity, _with_topics(weights, within, at, memory, quantity))
        if reading:
            return Read(reading, "own_words", 0.95)
    if previous and joined and (taken := _as_kind(previous, quantity)):
        return Read(taken, "linked", 0.9)
    if _speaks_of_index(folded, sentence, quantity, within, memory):
        if indexed := _indexed(quantity, within, memory):
            return Read(indexed, "index", 0.85)
    pronoun = _PRONOUN.search(folded[slice(*before)])
    if previous is None and pronoun and memory.last:
        taken = _as_kind(memory.last, quantity)
        if taken:
            return Read(taken, "pronoun", 0.8)
    if previous and (quantity.kind != "count" or pronoun or quantity.unit in ("", "case", "dossier")):
        taken = _as_kind(previous, quantity)
        if taken:
            return Read(taken, "carried", 0.75)
    if scope.base:
        within = [cue for cue in within if cue.role == "topic"]
    wide = weigh([c for c in within if quantity.unit or c.role != "unit"], at, factor=0.5)
    reading = match_signature(quantity, _with_topics(wide, within, at, memory, quantity))
    if reading:
        return Read(reading, "sentence", 0.6)
    if not quantity.unit and memory.last and (taken := _as_kind(memory.last, quantity)):
        return Read(taken, "carried_over", 0.5) if quantity.kind != "count" else Read(None, "none", 0.0)
    return Read(None, "other", 0.5) if quantity.unit else Read(None, "none", 0.0)


def _part_of_pending(folded, sentence, quantity, reads: list[Read], memory: Memory) -> bool:
    """`còn 75 hồ sơ chưa trả, trong đó 12 đã quá hạn`: what is overdue is a part of what is pending."""
    if not re.search(r"trong (?:đó|số (?:này|đó))", folded[sentence[0] : quantity.start]):
        return False
    whole = reads[0].reading if reads else memory.last
    return bool(whole and "pending" in whole.signature.cues)


def _tells(cues: Sequence[Cue]) -> bool:
    return any(cue.role in TELLING and cue.name != "unit_noun" for cue in cues)


def _local_cues(folded, quantity, scope: Scope, before, within, stop: int) -> list[Cue]:
    """Cues in the number's own words; where its label comes first, what follows counts only if the label is dumb."""
    inside = [] if scope.parent is not None else _bracketed(folded, quantity, scope)
    ahead = cues_between(within, *before)
    behind = _behind(folded, quantity, stop, within, inside)
    if scope.led and any(cue.role in TELLING for cue in ahead):
        comma = re.search(r"[,;.(]", folded[quantity.end : scope.after[1]])
        near = quantity.end + min(25, comma.start() if comma else 25)
        behind = [cue for cue in behind if cue.end <= near]
    return [*ahead, *behind]


def _behind(folded, quantity: Quantity, stop: int, within, inside) -> list[Cue]:
    """Cues behind a number, but for those in brackets and those of a share's denominator (`18,9% trên tổng số ...`)."""
    if quantity.kind == "percent" and _DENOMINATOR.match(folded[quantity.end : stop]):
        return []
    return [
        cue for cue in cues_between(within, quantity.end, stop)
        if not any(a <= cue.start < b for a, b in inside) and (quantity.unit or cue.role != "unit")
    ]  # fmt: skip


def _bracketed(folded: str, quantity: Quantity, scope: Scope) -> list[tuple[int, int]]:
    offset = quantity.end
    return [(m.start() + offset, m.end() + offset) for m in re.finditer(r"\([^()]*\)", folded[offset : scope.reach])]


def _with_topics(weights, within, at, memory: Memory, quantity: Quantity) -> dict[str, float]:
    """Adds what the rest of the sentence, the heading and the sentences before say of the topic."""
    wider = weigh([cue for cue in within if cue.role == "topic" or (cue.role == "index" and cue.end <= at[0])], at, 0.5)
    merged = {**wider, **{k: max(v, wider.get(k, 0.0)) for k, v in weights.items()}}
    for name, weight in memory.topics.items():
        merged.setdefault(name, weight)
    if quantity.unit == "dossier":
        merged["dossier"] = max(1.0, merged.get("dossier", 0.0))
    if not any(weights.get(topic, 0.0) > 0.8 for topic in OTHER_TOPICS):
        merged.setdefault(DEFAULT_TOPIC, 0.3)
    return merged


def _previous(scope: Scope, i: int, reads: list[Read]) -> Reading | None:
    at = scope.parent if scope.parent is not None else i - 1
    return reads[at].reading if 0 <= at < len(reads) else None


def _as_kind(reading: Reading, quantity: Quantity) -> Reading | None:
    """The same thing measured otherwise: the share of a count, the rank of a score."""
    if not reading.signature.admits(quantity.unit):
        return None
    code = reading.signature.code(quantity.kind, change=quantity.change != "none")
    return Reading(code, reading.signature, reading.score) if code in load_indicators() else None


def _speaks_of_index(folded, sentence, quantity: Quantity, within: Sequence[Cue], memory: Memory) -> bool:
    """True for ranks and scores, and for shares where the talk is of an index and of nothing else."""
    if quantity.kind in ("rank", "score"):
        return True
    if quantity.kind != "percent" or any(cue.role == "state" for cue in within):
        return False
    named = any(cue.role == "index" and cue.end <= quantity.start for cue in within)
    still = memory.last is None or memory.last.indicator.startswith("index.")
    return named or bool(memory.index and still)


def _indexed(quantity: Quantity, within: Sequence[Cue], memory: Memory) -> Reading | None:
    ahead = [cue for cue in within if cue.role == "index" and cue.end <= quantity.start]
    near = ahead[-1:] or [cue for cue in within if cue.role == "index"][:1]
    if near:
        signature = next(s for s in load_signatures() if s.cues == (near[0].name,))
        code = signature.code(quantity.kind)
        return Reading(code, signature, 3.0) if code else None
    again = memory.ranked.get((quantity.kind, quantity.value)) or memory.index
    return _as_kind(again, quantity) if again else None


def _listed_labels(folded, sentence, quantities) -> dict[int, tuple[int, int]]:
    """`số nhận mới, số tồn và số đến hạn lần lượt là 14; 2 và 5`: each number's label, by its place in the list."""
    labels: dict[int, tuple[int, int]] = {}
    for i, quantity in enumerate(quantities):
        start = quantities[i - 1].end if i else sentence[0]
        match = _LISTED.search(folded[start : quantity.start])
        if not match:
            continue
        offset, parts = start + match.start("labels"), []
        for piece in re.finditer(r"(?:(?!\svà\s)[^,])+", match["labels"]):
            parts.append((offset + piece.start(), offset + piece.end()))
        run = [i]
        for j in range(i + 1, len(quantities)):
            if re.fullmatch(
                r"(?:\s[^\W\d]+){0,3}\s*(?:[,;]|và|,? và)?\s*", folded[quantities[j - 1].end : quantities[j].start]
            ):
                run.append(j)
            else:
                break
        if len(run) > 1 and len(parts) >= len(run):
            labels.update(dict(zip(run, parts[-len(run) :], strict=True)))
    return labels
