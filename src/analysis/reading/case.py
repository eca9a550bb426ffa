"""One number and all that may tell what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from analysis.catalogue import load_indicators, load_pattern, load_words
from analysis.indicators import Cue, Reading, match_signature, weigh
from analysis.model import Quantity
from analysis.reading.memory import Memory, Read
from analysis.scopes import Situated, Stretch
from analysis.searches import Searches
from analysis.spans import within

TELLING = ("state", "unit", "index")
"""Roles of the cues that tell indicators of one topic apart."""
_TAKEN_NOUN = 1.5
"""How much the noun of the number before counts for one that stands for a part of it."""
_FEW_WORDS = 4
_NEAR = 25
"""How far, in characters, words behind a number count where its label stands before it."""

words = partial(load_pattern, "reading.yaml")
"""The patterns of the vocabulary, by their path of keys."""
near = Searches(
    "reading.yaml", "aimed_at", "listed", "part_of", "part_of_index", "sample", "this", "nothing.above_average",
    "nothing.above_others", "nothing.before", "nothing.costs", "nothing.other_level", "nothing.others_reach",
    "nothing.rate",
)  # fmt: skip
"""Those that are looked for around each number of a text."""


def tells(cues: Sequence[Cue]) -> bool:
    """True where a cue tells more than the topic."""
    if any(cue.role in TELLING and cue.name != "unit_noun" for cue in cues):
        return True
    return {"unit_noun", "existing"} <= {cue.name for cue in cues}


def tells_topic(cues: Sequence[Cue]) -> bool:
    """True where a cue tells more than the topic, be it only a noun for units."""
    return any(cue.role in TELLING for cue in cues)


@dataclass(frozen=True)
class Case:
    """A number, the words that are its label, and what is known around it."""

    number: Situated
    label: Stretch
    cues: Sequence[Cue]
    reads: Sequence[Read]
    """Of the numbers before it in the sentence."""
    memory: Memory

    @cached_property
    def quantity(self) -> Quantity:
        """The number."""
        return self.number.quantity

    @cached_property
    def folded(self) -> str:
        """The whole text in its matching form."""
        return self.number.sentence.folded

    @cached_property
    def previous(self) -> Reading | None:
        """The reading of the number that this one may be said of."""
        parent = self.number.scope.parent
        at = self.number.index - 1 if parent is None else parent
        return self.reads[at].reading if 0 <= at < len(self.reads) else None

    @property
    def changes_count(self) -> bool:
        """True for a change in percent of the count before it: `6.118 hồ sơ, tăng 61%`, in points of none."""
        index, quantities = self.number.index, self.number.sentence.quantities
        points = words("points").match(self.folded, self.quantity.end)
        is_change = self.quantity.kind == "percent" and self.quantity.change != "none" and not points
        return is_change and index > 0 and quantities[index - 1].kind == "count" and self.number.scope.parent is None

    def is_ahead(self, key: str) -> bool:
        """True where a pattern is found in the words of its clause before it."""
        return near.search(key, self.folded, self.number.clause_start, self.quantity.start) is not None

    @property
    def share_before(self) -> Reading | None:
        """What the last share of the sentence was one of: `A 500 hồ sơ, đúng hạn 99%; B 300 hồ sơ, đạt 97%`."""
        said = zip(self.number.sentence.quantities, self.reads, strict=False)
        shares = [read.reading for quantity, read in said if quantity.kind == "percent" and read.reading]
        return self.as_said_of(shares[-1]) if shares else None

    @property
    def counts(self) -> list[tuple[float, Reading]]:
        """The last counts said before it, with what each was read as."""
        return self.memory.counts

    @property
    def count_before(self) -> Reading | None:
        """Of `cấp huyện nhận 88 hồ sơ, đúng hẹn 94,9%; cấp xã 322 hồ sơ`: the count before its share."""
        sentence = self.number.sentence
        label = self.folded[slice(*self.label)].rstrip()
        of_others = label.endswith(":") or words("of_whom").fullmatch(self.folded, *self.label)
        if self.quantity.kind != "count" or not of_others or sentence.holders[self.number.index] is not None:
            return None
        said = list(zip(sentence.quantities, self.reads, sentence.holders, strict=False))
        skipped = said and (said[-1][0].unit != self.quantity.unit or said[-1][2] is not None)
        counts = [r.reading for q, r, held in said if held is None and q.unit == self.quantity.unit and r.reading]
        return counts[-1] if skipped and counts else None

    @property
    def is_bare_value(self) -> bool:
        """True for a number of dossiers with hardly a word before it, as in a list under a heading."""
        start, end = self.label
        return self.quantity.unit in ("", "dossier") and len(self.folded[start:end].split()) <= _FEW_WORDS

    @property
    def counts_the_same(self) -> bool:
        """True where it counts what the number before it in the sentence does."""
        index, quantities = self.number.index, self.number.sentence.quantities
        counts = index > 0 and self.quantity.kind == "count" and bool(self.quantity.unit)
        return counts and self.quantity.unit == quantities[index - 1].unit

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
        if self.number.scope.base or tells(self.near):
            return self.near
        return self._own(self.own_reach)

    @property
    def own_reach(self) -> int:
        """How far words behind it may be its own."""
        return self.number.scope.after[1] if self._is_label_ahead else self.number.scope.reach

    @property
    def whole(self) -> Reading | None:
        """Of `14 cuộc tại 10 xã, trong đó 5 cuộc không báo trước`: the count before that has the same noun."""
        if not self.quantity.unit or not near.search("part_of", self.folded, *self.label):
            return None
        said = zip(self.number.sentence.quantities, self.reads, strict=False)
        return next((r.reading for q, r in reversed(list(said)) if q.unit == self.quantity.unit and r.reading), None)

    @property
    def _is_label_ahead(self) -> bool:
        """True where what is behind its own words, past a comma, is the label of the next number."""
        scope, number = self.number.scope, self.number
        is_last = number.index + 1 == len(number.sentence.quantities)
        return not is_last and words("clause_mark").search(self.folded, scope.after[1], scope.reach) is not None

    @cached_property
    def noun(self) -> str:
        """The noun of units.yaml that it counts; `12 trong số đó` counts what the number before does."""
        quantities, index = self.number.sentence.quantities, self.number.index
        if self.quantity.unit or index == 0 or not words("part_follows").match(self.folded, self.quantity.end):
            return self.quantity.unit
        return quantities[index - 1].unit

    def _own(self, stop: int) -> list[Cue]:
        """Where its label comes first, what follows counts only if the label is dumb."""
        scope = self.number.scope
        ahead, behind = within(self.cues, *self.label), self.cues_behind(stop)
        if self.quantity.out_of is not None and any(cue.role == "state" for cue in ahead):
            return ahead  # what stands behind `402/455` is what 455 counts
        if scope.led and tells_topic(ahead):
            mark = words("clause_mark").search(self.folded, self.quantity.end, scope.after[1])
            stop = min(self.quantity.end + _NEAR, mark.start() if mark else scope.after[1])
            behind = [cue for cue in behind if cue.end <= stop]
        if self.quantity.kind == "percent" and any(cue.role == "state" for cue in ahead):
            mark = words("clause_mark").search(self.folded, self.quantity.end, scope.after[1])
            behind = [cue for cue in behind if not mark or cue.end <= mark.start()]
        if tells(behind) and self.folded[self.label[0] : self.label[1]].rstrip().endswith(","):
            ahead = [cue for cue in ahead if cue.role not in TELLING]  # `trong số tiếp nhận mới, 20 hồ sơ trực tuyến`
        return [*ahead, *behind]

    def cues_behind(self, stop: int) -> list[Cue]:
        """Cues behind it, but for those in brackets and of what it is a share of (`18,9% trên tổng số ...`)."""
        quantity = self.quantity
        if quantity.kind == "percent" and words("denominator").match(self.folded[quantity.end : stop]):
            return []
        sentence = self.number.sentence
        inside = [b for b in sentence.brackets if b != sentence.holders[self.number.index]]
        return [
            cue for cue in within(self.cues, quantity.end, stop)
            if not any(a <= cue.start < b for a, b in inside) and (quantity.unit or cue.role != "unit")
        ]  # fmt: skip

    def as_said_of(self, reading: Reading | None) -> Reading | None:
        """The same thing measured otherwise: the share of a count, the rank of a score."""
        if reading is None or not self._is_admitted_by(reading) or self._counts_another(reading):
            return None
        code = reading.signature.code(self.quantity.kind, change=self.quantity.change != "none")
        return Reading(code, reading.signature, reading.score) if code in load_indicators() else None

    def _is_admitted_by(self, reading: Reading) -> bool:
        """True where the nouns fit; a bare number is the next level of anything: `từ 83 thôn xuống còn 78`."""
        if reading.signature.admits(self.quantity.unit):
            return True
        return not self.quantity.unit and bool(words("next_level").search(self.folded[slice(*self.label)]))

    def _counts_another(self, reading: Reading) -> bool:
        """True where a noun stands behind the number that units.yaml doesn't know: `phát hiện 19 tồn tại`."""
        return bool(reading.signature.units) and self.counts_unknown

    @cached_property
    def counts_unknown(self) -> bool:
        """True where it counts something that no noun of units.yaml names."""
        if self.quantity.unit or self.quantity.kind != "count":
            return False
        behind = self.folded[self.quantity.end : self.number.sentence.end]
        if not words("word_follows").match(behind) or words("no_noun").match(behind):
            return False
        starts = {cue.start for cue in self.cues if cue.role != "topic"}
        return self.quantity.end + 1 not in starts

    @cached_property
    def shares_a_noun(self) -> bool:
        """True for a share of a thing named right behind it: `100% đơn vị cấp huyện`, `64% hồ sơ`."""
        if self.quantity.kind != "percent":
            return False
        behind = self.folded[self.quantity.end : self.number.sentence.end]
        return bool(words("word_follows").match(behind)) and not words("no_noun").match(behind)

    def with_topics(self, weights: dict[str, float], cues: Sequence[Cue]) -> dict[str, float]:
        """Adds what the rest of the sentence, the heading and the sentences before say of the topic."""
        start = self.quantity.start
        topics = [cue for cue in cues if cue.role == "topic" or (cue.role == "index" and cue.end <= start)]
        wider = weigh(topics, self.number.at, 0.5)
        merged = {**wider, **{k: max(v, wider.get(k, 0.0)) for k, v in weights.items()}}
        vocabulary = load_words("reading.yaml")
        default = vocabulary["default_topic"]["cue"]
        if default in merged or self.noun == default:
            merged[f"{default}_said"] = 1.0
        if self.quantity.kind == "score" and self.memory.index:
            merged.setdefault(self.memory.index.signature.cues[0], 0.5)
        for name, weight in self.memory.topics.items():
            merged.setdefault(name, weight)
        if self.noun in vocabulary["topic_nouns"]:
            merged[self.noun] = max(1.0 if self.quantity.unit else _TAKEN_NOUN, merged.get(self.noun, 0.0))
        if not any(weights.get(topic, 0.0) > 0.8 for topic in vocabulary["other_topics"]):
            if not (self.memory.index and self.quantity.kind == "percent" and not self.memory.last_count):
                merged.setdefault(default, vocabulary["default_topic"]["weight"])
        elif default not in weights and self.noun != default:
            merged.pop(default, None)
        return merged

    def match(self, weights: dict[str, float], cues: Sequence[Cue]) -> Reading | None:
        """The signature that these cues, with the topics around, speak for."""
        reading = match_signature(self.quantity, self.with_topics(weights, cues))
        if reading and self.quantity.out_of is not None and reading.indicator.startswith("apparatus."):
            return None  # `3/16 xã đạt`: some of them, not how many there are
        return None if reading and self._counts_another(reading) else reading
