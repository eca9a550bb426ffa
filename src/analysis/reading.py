"""The indicator of each number of a sentence: from its own words, else from the number before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from analysis.catalogue import load_indicators, load_pattern, load_words
from analysis.indicators import Cue, Reading, index_signature, match_signature, weigh
from analysis.model import Quantity
from analysis.scopes import Sentence, Situated, Stretch
from analysis.spans import within

TELLING = ("state", "unit", "index")
"""Roles of the cues that tell indicators of one topic apart."""
_NEAR = 25
"""How far, in characters, words behind a number count where its label stands before it."""

_words = partial(load_pattern, "reading.yaml")


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

    def note_topics(self, cues: Sequence[Cue]) -> None:
        """Takes over what a sentence speaks of; what those before it spoke of counts less and less."""
        topics = {cue.name: 0.4 for cue in cues if cue.role == "topic"}
        self.topics = {name: weight * 0.7 for name, weight in self.topics.items() if weight > 0.1} | topics
        indices = [cue for cue in cues if cue.role == "index"]
        if indices:
            signature = index_signature(indices[-1].name)
            self.index = Reading(signature.score or signature.rank, signature, 1.0)

    def note_heading(self, cues: Sequence[Cue]) -> None:
        """Takes the topic of a heading or title over for the sentences below it."""
        self.topics = {}
        self.note_topics(cues)

    def note_reading(self, quantity: Quantity, read: Read) -> None:
        """Takes a number over as the one that the next may be said of."""
        if read.reading is None or read.reading.signature.strict:
            return
        self.last = read.reading
        if read.indicator.startswith("index."):
            self.index = read.reading
            self.ranked.setdefault((quantity.kind, quantity.value), read.reading)


def read_sentence(sentence: Sentence, cues: Sequence[Cue], memory: Memory) -> list[Read]:
    """What each number of a sentence stands for; `memory` is read and brought up to date.

    `cues` are those of the sentence.

    >>> from analysis.indicators import find_cues
    >>> from analysis.quantities import find_quantities
    >>> text = "tiếp nhận 500 hồ sơ, quá hạn 12 hồ sơ (2,4%)"
    >>> sentence = Sentence(text, 0, len(text), tuple(find_quantities(text)))
    >>> [read.indicator for read in read_sentence(sentence, find_cues(text), Memory())]
    ['dossiers.received', 'dossiers.overdue', 'dossiers.overdue_share']
    """
    reads: list[Read] = []
    labels = _listed_labels(sentence)
    for number in sentence.numbers():
        label = labels.get(number.index) or _after_colon(number, cues)
        own = [cue for cue in cues if cue.role != "place" or cue.end == number.quantity.start]
        case = _Case(number, label, own, reads, memory)
        read = next(read for rule in _RULES if (read := rule(case)))
        reads.append(read)
        memory.note_reading(number.quantity, read)
    memory.note_topics(cues)
    return reads


def _after_colon(number: Situated, cues: Sequence[Cue]) -> Stretch:
    """The words before a number; of `2. Tiếp nhận, giải quyết hồ sơ: tổng số tiếp nhận là` those behind the colon."""
    start, end = number.scope.before
    colon = number.sentence.folded.rfind(": ", start, end)
    return (colon + 1, end) if colon >= 0 and tells(within(cues, colon, end)) else (start, end)


def _listed_labels(sentence: Sentence) -> dict[int, Stretch]:
    """Each number's label, by its place in a list such as `số nhận mới, số tồn lần lượt là 14; 2`."""
    labels: dict[int, Stretch] = {}
    quantities, folded = sentence.quantities, sentence.folded
    for i, quantity in enumerate(quantities):
        start = quantities[i - 1].end if i else sentence.start
        match = _words("listed").search(folded[start : quantity.start])
        if not match:
            continue
        offset = start + match.start("labels")
        parts = [
            (offset + m.start(), offset + m.end()) for m in _words("listed_label").finditer(match["labels"])
        ]  # fmt: skip
        run = [i]
        while run[-1] + 1 < len(quantities):
            gap = folded[quantities[run[-1]].end : quantities[run[-1] + 1].start]
            if not _words("listed_gap").fullmatch(gap):
                break
            run.append(run[-1] + 1)
        if 1 < len(run) <= len(parts):
            labels.update(dict(zip(run, parts[-len(run) :], strict=True)))
    return labels


# ---- one number and all that may tell what it is


@dataclass(frozen=True)
class _Case:
    """A number, the words that are its label, and what is known around it."""

    number: Situated
    label: Stretch
    cues: Sequence[Cue]
    reads: Sequence[Read]
    """Of the numbers before it in the sentence."""
    memory: Memory

    @property
    def quantity(self) -> Quantity:
        return self.number.quantity

    @property
    def folded(self) -> str:
        return self.number.sentence.folded

    @cached_property
    def previous(self) -> Reading | None:
        """The reading of the number that this one may be said of."""
        parent = self.number.scope.parent
        at = self.number.index - 1 if parent is None else parent
        return self.reads[at].reading if 0 <= at < len(self.reads) else None

    @property
    def joined(self) -> bool:
        """True where the number is said of the one before it: its share, its change."""
        scope = self.number.scope
        return scope.linked or scope.parent is not None or self.quantity.change != "none"

    @cached_property
    def near(self) -> list[Cue]:
        """Cues in its own words."""
        return self._own(self.number.scope.after[1])

    @cached_property
    def local(self) -> list[Cue]:
        """Cues in its own words, or somewhat further behind it where those tell nothing."""
        return self.near if self.number.scope.base or tells(self.near) else self._own(self.number.scope.reach)

    def _own(self, stop: int) -> list[Cue]:
        """Where its label comes first, what follows counts only if the label is dumb."""
        scope = self.number.scope
        ahead, behind = within(self.cues, *self.label), self.cues_behind(stop)
        if scope.led and tells_topic(ahead):
            mark = _words("clause_mark").search(self.folded, self.quantity.end, scope.after[1])
            stop = min(self.quantity.end + _NEAR, mark.start() if mark else scope.after[1])
            behind = [cue for cue in behind if cue.end <= stop]
        return [*ahead, *behind]

    def cues_behind(self, stop: int) -> list[Cue]:
        """Cues behind it, but for those in brackets and of what it is a share of (`18,9% trên tổng số ...`)."""
        quantity = self.quantity
        if quantity.kind == "percent" and _words("denominator").match(self.folded[quantity.end : stop]):
            return []
        sentence = self.number.sentence
        inside = [b for b in sentence.brackets if b != sentence.holders[self.number.index]]
        return [
            cue for cue in within(self.cues, quantity.end, stop)
            if not any(a <= cue.start < b for a, b in inside) and (quantity.unit or cue.role != "unit")
        ]  # fmt: skip

    def as_said_of(self, reading: Reading | None) -> Reading | None:
        """The same thing measured otherwise: the share of a count, the rank of a score."""
        if reading is None or not reading.signature.admits(self.quantity.unit) or self._counts_another(reading):
            return None
        code = reading.signature.code(self.quantity.kind, change=self.quantity.change != "none")
        return Reading(code, reading.signature, reading.score) if code in load_indicators() else None

    def _counts_another(self, reading: Reading) -> bool:
        """True where a noun stands behind the number that units.yaml doesn't know: `phát hiện 19 tồn tại`."""
        return bool(reading.signature.units) and self._unknown_noun

    @cached_property
    def _unknown_noun(self) -> bool:
        if self.quantity.unit or self.quantity.kind != "count":
            return False
        behind = self.folded[self.quantity.end : self.number.sentence.end]
        if not _words("word_follows").match(behind) or _words("no_noun").match(behind):
            return False
        starts = {cue.start for cue in self.cues if cue.role != "topic"}
        return self.quantity.end + 1 not in starts

    def with_topics(self, weights: dict[str, float], cues: Sequence[Cue]) -> dict[str, float]:
        """Adds what the rest of the sentence, the heading and the sentences before say of the topic."""
        start = self.quantity.start
        topics = [cue for cue in cues if cue.role == "topic" or (cue.role == "index" and cue.end <= start)]
        wider = weigh(topics, self.number.at, 0.5)
        merged = {**wider, **{k: max(v, wider.get(k, 0.0)) for k, v in weights.items()}}
        words = load_words("reading.yaml")
        default = words["default_topic"]["cue"]
        if default in merged or self.quantity.unit == default:
            merged[f"{default}_said"] = 1.0
        for name, weight in self.memory.topics.items():
            merged.setdefault(name, weight)
        if self.quantity.unit == default:
            merged[default] = max(1.0, merged.get(default, 0.0))
        if not any(weights.get(topic, 0.0) > 0.8 for topic in words["other_topics"]):
            merged.setdefault(default, words["default_topic"]["weight"])
        return merged

    def match(self, weights: dict[str, float], cues: Sequence[Cue]) -> Reading | None:
        """The signature that these cues, with the topics around, speak for."""
        reading = match_signature(self.quantity, self.with_topics(weights, cues))
        return None if reading and self._counts_another(reading) else reading


def tells(cues: Sequence[Cue]) -> bool:
    """True where a cue tells more than the topic."""
    return any(cue.role in TELLING and cue.name != "unit_noun" for cue in cues)


def tells_topic(cues: Sequence[Cue]) -> bool:
    """True where a cue tells more than the topic, be it only a noun for units."""
    return any(cue.role in TELLING for cue in cues)


# ---- the rules, in their order: the first that answers has it


def _linked_if_dumb(case: _Case) -> Read | None:
    return None if tells(case.near) else _linked(case)


def _linked(case: _Case) -> Read | None:
    """`4.157 hồ sơ đúng hạn, đạt 99,71%`: the share of the number before."""
    if not case.joined or case.previous is None:
        return None
    taken = case.as_said_of(case.previous)
    if taken:
        return Read(taken, "linked", 0.9)
    return Read(None, "other", 0.5) if case.number.scope.linked and case.quantity.kind == "percent" else None


def _nothing_measured(case: _Case) -> Read | None:
    """A difference between units, a threshold, the share of a field: what has no indicator, whatever the words."""
    ahead, behind = case.folded[slice(*case.label)], case.folded[case.quantity.end : case.number.scope.reach]
    if case.quantity.kind in ("score", "percent") and _words("nothing", "before").search(ahead):
        return Read(None, "other", 0.5)
    if case.quantity.kind == "percent" and _words("nothing", "share_behind").match(behind):
        return Read(None, "other", 0.5) if _words("nothing", "share_before").search(ahead) else None
    return None


def _own_words(case: _Case) -> Read | None:
    if not tells(case.local):
        return None
    weights = weigh(case.local, case.number.at)
    if "pending" in weights:
        behind = [c for c in case.cues_behind(case.number.scope.reach) if c.name in ("in_time", "overdue")]
        weights |= weigh(behind, case.number.at)
    elif _is_part_of_pending(case):
        weights["pending"] = max(weights.get("pending", 0.0), 1.2)
    reading = case.match(weights, case.cues)
    return Read(reading, "own_words", 0.95) if reading else None


def _is_part_of_pending(case: _Case) -> bool:
    """`còn 75 hồ sơ chưa trả, trong đó 12 đã quá hạn`: what is overdue is a part of what is pending."""
    if not _words("part_of").search(case.folded, case.number.sentence.start, case.quantity.start):
        return False
    whole = case.reads[0].reading if case.reads else case.memory.last
    return bool(whole and "pending" in whole.signature.cues)


def _index(case: _Case) -> Read | None:
    """Ranks and scores, and shares where the talk is of an index and of nothing else."""
    reading = _indexed(case) if _speaks_of_index(case) else None
    return Read(reading, "index", 0.85) if reading else None


def _speaks_of_index(case: _Case) -> bool:
    if case.quantity.kind in ("rank", "score"):
        return True
    if case.quantity.kind != "percent" or any(cue.role == "state" for cue in case.cues):
        return False
    named = any(cue.role == "index" and cue.end <= case.quantity.start for cue in case.cues)
    still = case.memory.last is None or case.memory.last.indicator.startswith("index.")
    return named or bool(case.memory.index and still)


def _indexed(case: _Case) -> Reading | None:
    quantity, memory = case.quantity, case.memory
    indices = [cue for cue in case.cues if cue.role == "index"]
    near = [cue for cue in indices if cue.end <= quantity.start][-1:] or indices[:1]
    if near:
        signature = index_signature(near[0].name)
        code = signature.code(quantity.kind)
        return Reading(code, signature, 3.0) if code else None
    return case.as_said_of(memory.ranked.get((quantity.kind, quantity.value)) or memory.index)


def _has_pronoun(case: _Case) -> bool:
    return _words("pronoun").search(case.folded, *case.number.scope.before) is not None


def _pronoun(case: _Case) -> Read | None:
    """`Con số này là 98%`: the last thing said."""
    taken = case.as_said_of(case.memory.last) if case.previous is None and _has_pronoun(case) else None
    return Read(taken, "pronoun", 0.8) if taken else None


def _pronoun_if_dumb(case: _Case) -> Read | None:
    """`chỉ tiêu này đạt 80%, hồ sơ đúng hạn đạt 99%`: what follows is about the next number."""
    if tells_topic(within(case.cues, *case.label)) or not _words("this").search(case.folded, *case.label):
        return None
    return _pronoun(case)


def _carried(case: _Case) -> Read | None:
    """The thing that the number before counts, where this one names nothing else."""
    if _words("own_subject").search(case.folded[slice(*case.label)]):
        return None
    quantity, before = case.quantity, case.number.sentence.quantities[case.number.index - 1]
    same_noun = quantity.unit in ("", "case", "dossier") or (case.number.index > 0 and quantity.unit == before.unit)
    said_again = quantity.kind != "count" or same_noun or _has_pronoun(case)
    taken = case.as_said_of(case.previous) if said_again else None
    return Read(taken, "carried", 0.75) if taken else None


def _clause(case: _Case) -> Read | None:
    """From all words of its clause; those of a base (`trong 58 nhiệm vụ, ...`) are about another number."""
    if case.quantity.kind == "count" and not case.quantity.unit:
        return None
    cues = [cue for cue in case.cues if cue.role == "topic"] if case.number.scope.base else case.cues
    told = [cue for cue in within(cues, *case.number.clause) if case.quantity.unit or cue.role != "unit"]
    reading = case.match(weigh(told, case.number.at, 0.5), cues)
    return Read(reading, "clause", 0.6) if reading else None


def _carried_over(case: _Case) -> Read | None:
    """A bare number of the sentence before's thing."""
    if case.quantity.unit or not (taken := case.as_said_of(case.memory.last)):
        return None
    return Read(taken, "carried_over", 0.5) if case.quantity.kind != "count" else Read(None, "none", 0.0)


def _unknown(case: _Case) -> Read:
    said = case.quantity.unit or case.quantity.out_of is not None
    return Read(None, "other", 0.5) if said else Read(None, "none", 0.0)


_RULES: tuple[Callable[[_Case], Read | None], ...] = (
    _nothing_measured, _linked_if_dumb, _pronoun_if_dumb, _own_words, _linked, _index, _pronoun, _carried, _clause, _carried_over, _unknown,
)  # fmt: skip
