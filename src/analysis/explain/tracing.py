"""What was seen of each number, what was decided, and on what grounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

from analysis.catalogue import load_words
from analysis.confidence import Basis, estimate_confidence
from analysis.corrections import Correction, correct_extraction, find_spots
from analysis.errors import CorrectionError
from analysis.extract import Step, extract_document
from analysis.indicators import Rivals, match_signature, weigh
from analysis.model import Document, Extraction, Observation, Unresolved
from analysis.text import sentences

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cited:
    """A phrase of the vocabulary that stands in the words of a number."""

    cue: str
    role: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class NumberExplained:
    """One number: what became of it, and why."""

    result: Observation | Unresolved
    rule: str = ""
    """The rule that answered; empty for what was no candidate (a date, a legal reference)."""
    basis: Basis | None = None
    cues: tuple[Cited, ...] = ()
    """In the number's own words."""
    rivals: Rivals = ()
    """The next best indicators, with their scores against the chosen one's; where none was chosen, what all words of
    the sentence would speak for, with scores against the best of these."""
    doubts: tuple[tuple[str, str], ...] = ()
    """Parts of the basis that make it less sure, the worst first."""
    correction: Correction | None = None
    """The entry of the register about it."""


@dataclass(frozen=True, slots=True)
class SentenceExplained:
    """A sentence, a table's cell or a line of the page, with its numbers in order."""

    start: int
    end: int
    text: str
    page: int | None
    numbers: tuple[NumberExplained, ...]
    labels: str = ""
    """Of a table's cell: the labels of its row and its heads, before the number."""


@dataclass(frozen=True)
class Explanation:
    """A document with all its numbers explained, or those of the one sentence asked for."""

    extraction: Extraction
    sentences: tuple[SentenceExplained, ...]
    faults: tuple[str, ...] = field(default=())
    """What keeps entries of the register from being applied."""


def explain_document(
    document: Document, offset: int | None = None, entries: Sequence[Correction] = ()
) -> Explanation:  # fmt: skip
    """Every number of a document, by sentence, with what it was read as and why; `offset` asks for one sentence.

    The reading is that of `extract_document`, watched. `entries` are those of the register about this document.
    """
    steps: dict[Span, Step] = {}
    extraction = extract_document(document, lambda step: steps.update({(step.result.start, step.result.end): step}))
    read = (*extraction.observations, *extraction.unresolved)
    named = {spots[0].start: e for e in entries if len(spots := find_spots(e.match, document.text, read)) == 1}
    faults: tuple[str, ...] = ()
    try:
        extraction = correct_extraction(extraction, entries)
    except CorrectionError as error:
        faults = (error.said,)
    numbers = sorted((*extraction.observations, *extraction.unresolved), key=lambda number: number.start)
    groups: dict[Span, list[NumberExplained]] = {}
    places = _Places(document, steps)
    for number in numbers:
        span = places.of(number)
        if offset is None or span[0] <= offset < span[1]:
            explained = _explained(number, steps.get((number.start, number.end)))
            entry = next((e for at, e in named.items() if number.start <= at < number.end), None)
            groups.setdefault(span, []).append(replace(explained, correction=entry))
    found = (
        SentenceExplained(*span, document.text[slice(*span)], document.page_at(span[0]), tuple(inside), _labels(inside))
        for span, inside in sorted(groups.items())
    )
    return Explanation(extraction, tuple(found), faults)


def _labels(numbers: Sequence[NumberExplained]) -> str:
    """What the table says of a cell, where these numbers stand in one: `Đất đai | Quá hạn`."""
    cell = next((n.result for n in numbers if isinstance(n.result, Observation) and n.result.method == "table"), None)
    return cell.sentence.rpartition(": ")[0] if cell else ""


class _Places:
    """The sentence of each number: as it was read, else as the text has it."""

    def __init__(self, document: Document, steps: dict[Span, Step]) -> None:
        self._document = document
        self._read = sorted({step.span for step in steps.values()})
        self._starts = [start for start, _ in self._read]

    def of(self, number: Observation | Unresolved) -> Span:
        """The span of the sentence, the cell or the line."""
        at = bisect_right(self._starts, number.start) - 1
        if at >= 0 and number.end <= self._read[at][1]:
            return self._read[at]
        text, block = self._document.text, self._document.block_at(number.start)
        start = max(text.rfind("\n", 0, number.start) + 1, block.start if block else 0)
        line = start, (text.find("\n", number.end) + 1 or len(text) + 1) - 1
        holding = [s for s in sentences(text, *line) if s[0] <= number.start and number.end <= s[1]]
        return holding[0] if holding else line


def _explained(number: Observation | Unresolved, step: Step | None) -> NumberExplained:
    rule = getattr(number, "rule", step.read.rule if step else "")
    if step is None or rule != step.read.rule:
        return NumberExplained(number, rule)  # no candidate; or an analyst's own
    doubts = tuple(_doubts(step.basis)) if step.basis else ()
    rivals = step.read.rivals if step.read.reading else _suggested(step)
    return NumberExplained(number, rule, step.basis, tuple(_cited(step)), rivals, doubts)


def _suggested(step: Step) -> Rivals:
    """For a number without an indicator: those that the words of its whole sentence fit."""
    if step.number is None:
        return ()
    reading = match_signature(step.number.quantity, weigh(step.cues, step.number.at))
    found = ((reading.indicator, 1.0), *reading.rivals) if reading else ()
    return tuple((code, score) for code, score in found if code != "other")


def _cited(step: Step) -> Iterator[Cited]:
    """The cues in the number's own words."""
    if step.number is None:
        return
    scope = step.number.scope
    for cue in step.cues:
        if scope.before[0] <= cue.start and cue.end <= max(scope.reach, scope.after[1]):
            yield Cited(cue.name, cue.role, " ".join(step.text[cue.start : cue.end].split()), cue.start)


def _doubts(basis: Basis) -> Iterator[tuple[str, str]]:
    """What takes points off, the most first, as far as there are words for it."""
    points, words = load_words("confidence.yaml")["points"], load_words("explain.yaml")
    if estimate_confidence(basis) >= words["doubt_below"]:
        return
    off = [(points[name].get(value, 0.0), name, value) for name, value in asdict(basis).items()]
    for number, name, value in sorted(off):
        if number <= words["doubt_from"] and value in words["doubts"].get(name, {}):
            yield name, value
