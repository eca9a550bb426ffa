"""The indicator of each number of a sentence: from its own words, else from the number before it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.catalogue import load_words
from analysis.indicators import Cue
from analysis.reading.case import Case, near, tells, words
from analysis.reading.memory import Memory, Read
from analysis.reading.rules import RULES
from analysis.scopes import Sentence, Situated, Stretch
from analysis.spans import within

__all__ = ["Memory", "Read", "is_measured", "read_sentence"]


_FEW = 7
"""Words that a sentence has at most which only announces what follows."""


def is_measured(number: Situated) -> bool:
    """True for a stretch of time that is a result: `rút ngắn từ 20 ngày xuống 14 ngày`, not `trong 9 tháng`."""
    brief = number.quantity.unit in load_words("reading.yaml")["brief_units"]
    return brief and words("measured_duration").search(number.sentence.words) is not None


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
        case = Case(number, label, own, reads, memory)
        read = next(read for rule in RULES if (read := rule(case)))
        reads.append(read)
        memory.note_reading(number.quantity, read)
    memory.note_topics(cues, sentence.quantities[-1].start if reads else 0)
    memory.unsaid = () if reads else tuple(cues)
    if not reads and len(sentence.words.split()) <= _FEW and tells(cues):
        memory.heading, memory.heading_is_said = tuple(cues), True  # `(1) Hồ sơ trực tuyến. Mục tiêu quý I đạt 75%`
    return reads


def _after_colon(number: Situated, cues: Sequence[Cue]) -> Stretch:
    """The words before a number; of `2. Tiếp nhận, giải quyết hồ sơ: tổng số tiếp nhận là` those behind the colon."""
    start, end = number.scope.before
    folded = number.sentence.folded
    colon = folded.rfind(": ", start, end)
    if colon < 0:
        return start, end
    heads_item = words("numbered_heading").match(folded, start) is not None
    said_anew = heads_item and number.quantity.unit and words("says_anew").match(folded, colon + 1)
    behind, hardly = within(cues, colon, end), load_words("reading.yaml")["hardly_telling"]
    told = [cue for cue in behind if cue.name not in hardly]
    if tells(behind) and not tells(told) and tells(within(cues, start, colon)):
        return start, end
    return (colon + 1, end) if said_anew or tells(behind) else (start, end)


def _listed_labels(sentence: Sentence) -> dict[int, Stretch]:
    """Each number's label, by its place in a list such as `số nhận mới, số tồn lần lượt là 14; 2`."""
    labels: dict[int, Stretch] = {}
    quantities, folded = sentence.quantities, sentence.folded
    for i, quantity in enumerate(quantities):
        start = quantities[i - 1].end if i else sentence.start
        match = near.search("listed", folded, start, quantity.start)
        listed = words("listed_labels").search(folded, start, match.start()) if match else None
        if not listed:
            continue
        parts = [label.span() for label in words("listed_label").finditer(folded, *listed.span())]
        run = [i]
        while run[-1] + 1 < len(quantities):
            gap = folded[quantities[run[-1]].end : quantities[run[-1] + 1].start]
            if not words("listed_gap").fullmatch(gap):
                break
            run.append(run[-1] + 1)
        if 1 < len(run) <= len(parts):
            labels.update(dict(zip(run, parts[-len(run) :], strict=True)))
    return labels
