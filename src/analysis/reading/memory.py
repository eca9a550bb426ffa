"""What a number was read as, and what the sentences so far leave for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.catalogue import load_pattern
from analysis.indicators import Cue, Reading, Rivals, index_signature
from analysis.model import Quantity

_COUNTS = 8
"""How many counts are kept."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a number was read as: its indicator, and by which rule. No reading: None."""

    reading: Reading | None
    rule: str

    @property
    def indicator(self) -> str:
        """The code; `other` where none was found."""
        return self.reading.indicator if self.reading else "other"

    @property
    def rivals(self) -> Rivals:
        """The next best indicators."""
        return self.reading.rivals if self.reading else ()


@dataclass(slots=True)
class Memory:
    """What the sentences so far leave for those that follow."""

    last: Reading | None = None
    last_count: float | None = None
    """The value of the number read last, where it is a count."""
    last_unit: str = ""
    """The noun of units.yaml that the count read last counts."""
    last_share: Reading | None = None
    """What the share read last is one of."""
    counts: list[tuple[float, Reading]] = field(default_factory=list)
    """The last counts, which a share may be worked out from."""
    index: Reading | None = None
    ranked: dict[tuple[str, float], Reading] = field(default_factory=dict)
    """Ranks and scores so far: the same number again, said without its scale, is the same index."""
    topics: dict[str, float] = field(default_factory=dict)
    unsaid: Sequence[Cue] = ()
    """The cues of the sentence before, where it has no number: `công khai các TTHC. Việc này đã đạt 100%`."""
    heading: Sequence[Cue] = ()
    """The cues of the heading, or of the question, that nothing has been said under yet but of it."""
    heading_is_said: bool = False
    """The heading is but a short sentence: it tells of shares, and not of bare counts."""
    in_components: bool = False
    """Under a heading that announces the parts of an index."""

    def note_topics(self, cues: Sequence[Cue], last_number: int = 0) -> None:
        """Takes over what a sentence speaks of; what those before it spoke of counts less and less.

        Of several indices the one that its last number, at that offset, may be of; else the first.
        """
        topics = {cue.name: 0.4 for cue in cues if cue.role == "topic"}
        self.topics = {name: weight * 0.7 for name, weight in self.topics.items() if weight > 0.1} | topics
        indices = [cue for cue in cues if cue.role == "index"]
        if indices:
            told = [cue for cue in indices if cue.end <= last_number]
            signature = index_signature((told[-1] if told else indices[0]).name)
            self.index = Reading(signature.score or signature.rank, signature, 1.0)

    def note_heading(self, cues: Sequence[Cue], folded: str) -> None:
        """Takes the topic of a heading or title over for the sentences below it."""
        self.in_components = load_pattern("reading.yaml", "components").search(folded) is not None
        self.topics = {}
        self.heading, self.heading_is_said = tuple(cues), False
        self.note_topics(cues)

    def note_reading(self, quantity: Quantity, read: Read) -> None:
        """Takes a number over as the one that the next may be said of."""
        if read.reading is None or read.reading.signature.strict:
            return
        if read.rule == "own_words":
            self.heading = ()
        self.last, self.last_count = read.reading, quantity.value if quantity.kind == "count" else None
        if quantity.kind == "count":
            self.last_unit = quantity.unit
            if quantity.change == "none":
                self.counts = [*self.counts[-_COUNTS:], (quantity.value, read.reading)]
        elif quantity.kind == "percent":
            self.last_share = read.reading
        if read.indicator.startswith("index."):
            self.index = read.reading
            self.ranked.setdefault((quantity.kind, quantity.value), read.reading)
