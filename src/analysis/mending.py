"""Errors of whole texts that a program made when it converted them (`thơng tin`, `kiểm sốt`): read as they were meant.

The document stays as it was published. What is found in the mended text is led back to the places, quotes and
sentences of the published one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, TypeVar

from analysis.catalogue import load_pattern, load_words
from analysis.documents.syllables import is_syllable
from analysis.identity import observation_id
from analysis.messages import both
from analysis.model import Block, Cell, Document, Extraction, Observation, Table, Unresolved

_WORD = re.compile(r"[^\W\d_]+")
_MOST_LETTERS = 3
"""Letters of one word that may be wrong at once."""

Found = TypeVar("Found", Observation, Unresolved)


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the published text and what was meant there."""

    start: int
    end: int
    meant: str


class System:
    """One error that a conversion makes everywhere alike."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self._meant_by: dict[str, str] = entry["produced"]
        self._contradicted = re.compile(entry["contradicted"])
        by_letter = sorted(self._meant_by.items(), key=lambda pair: -len(pair[1]))
        self.known: dict[str, str] = {}
        for phrase in (*entry["words"], *entry["phrases"]):
            written = phrase.lower()
            for letter, meant in by_letter:
                written = written.replace(meant, letter)
            if written != phrase.lower():
                self.known[written] = phrase.lower()
        longest_first = sorted(self.known, key=len, reverse=True)
        phrases = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in longest_first)
        self._known = re.compile(rf"(?<![^\W\d_])(?:{phrases})(?![^\W\d_])", re.IGNORECASE)

    def speaks_against(self, text: str) -> bool:
        """True for a text with letters that the error would have changed."""
        return self._contradicted.search(text) is not None

    def impossible(self, text: str) -> Iterator[Edit]:
        """Words that are no syllables, and are one when the error is undone."""
        for match in _WORD.finditer(text):
            if meant := self._undone(match.group()):
                yield Edit(match.start(), match.end(), meant)

    def edits(self, text: str) -> list[Edit]:
        """All that the error changed in a text, as far as it can be told, in order."""
        found = [Edit(m.start(), m.end(), self._meant(m.group())) for m in self._known.finditer(text)]
        taken = [(edit.start, edit.end) for edit in found]
        found += [e for e in self.impossible(text) if not any(s < e.end and e.start < t for s, t in taken)]
        return sorted(found, key=lambda edit: edit.start)

    def _meant(self, written: str) -> str:
        return _in_case(written, self.known[" ".join(written.lower().split())])

    @lru_cache(maxsize=10_000)  # noqa: B019 -- the systems live as long as the program
    def _undone(self, word: str) -> str:
        """The one syllable that a word can have been meant as; empty for a syllable, and where there are several."""
        low = word.lower()
        places = [i for i, char in enumerate(low) if char in self._meant_by]
        if not places or len(places) > _MOST_LETTERS or is_syllable(low):
            return ""
        options = ((char, self._meant_by[char]) if char in self._meant_by else (char,) for char in low)
        meant = {joined for parts in product(*options) if is_syllable(joined := "".join(parts))}
        return _in_case(word, meant.pop()) if len(meant) == 1 else ""


def _in_case(written: str, meant: str) -> str:
    """What was meant in the capitals of what was written, word by word."""
    words = []
    for old, new in zip(written.split(), meant.split(), strict=True):
        words.append(new.upper() if old.isupper() and len(old) > 1 else new.capitalize() if old[0].isupper() else new)
    return " ".join(words)


@lru_cache(maxsize=1)
def load_systems() -> tuple[System, ...]:
    """The errors of vocabulary/mending.yaml."""
    return tuple(System(entry) for entry in load_words("mending.yaml")["systems"])


def find_edits(text: str, blocks: tuple[Block, ...]) -> list[Edit]:
    """What a conversion spoilt in a text; nothing in nearly every text.

    Blocks with letters that the error leaves nowhere are left alone, and so are blocks without an impossible word
    where there are such.
    """
    if load_pattern("mending.yaml", "gate").search(text) is None:
        return []
    edits: list[Edit] = []
    for system in load_systems():
        spoilt = [b for b in blocks if not system.speaks_against(text[b.start : b.end])]
        sure = {b: len(list(system.impossible(text[b.start : b.end]))) for b in spoilt}
        if sum(sure.values()) < load_words("mending.yaml")["least"]:
            continue
        whole = len(spoilt) == len(blocks)
        for block in (b for b in spoilt if whole or sure[b]):
            inside = system.edits(text[block.start : block.end])
            edits += [Edit(block.start + e.start, block.start + e.end, e.meant) for e in inside]
    edits.sort(key=lambda edit: edit.start)
    return [edit for before, edit in zip([None, *edits], edits, strict=False) if not before or before.end <= edit.start]


@dataclass(frozen=True)
class Mended:
    """A document with what was meant, and the way back to the published one."""

    published: Document
    edits: tuple[Edit, ...]

    @cached_property
    def _shifts(self) -> tuple[list[int], list[int]]:
        """Ends of the edits in the published text and in the mended one."""
        ends, mended, grown = [0], [0], 0
        for edit in self.edits:
            grown += len(edit.meant) - (edit.end - edit.start)
            ends.append(edit.end)
            mended.append(edit.end + grown)
        return ends, mended

    def _moved(self, offset: int, source: list[int], target: list[int]) -> int:
        i = bisect_right(source, offset) - 1
        place = target[i] + offset - source[i]
        return min(place, target[i + 1]) if i + 1 < len(target) else place

    def forth(self, offset: int) -> int:
        """Where an offset of the published text lies in the mended one."""
        return self._moved(offset, *self._shifts)

    def back(self, offset: int) -> int:
        """Where an offset of the mended text lies in the published one."""
        return self._moved(offset, *self._shifts[::-1])

    @cached_property
    def document(self) -> Document:
        """The document as it was meant."""
        old, at, parts = self.published.text, 0, []
        for edit in self.edits:
            parts += [old[at : edit.start], edit.meant]
            at = edit.end
        text = "".join([*parts, old[at:]])
        doc = self.published
        return replace(
            doc, text=text, title=self._title(),
            blocks=tuple(Block(b.kind, self.forth(b.start), self.forth(b.end)) for b in doc.blocks),
            tables=tuple(self._table(table, text) for table in doc.tables),
            page_starts=tuple(map(self.forth, doc.page_starts)),
        )  # fmt: skip

    def _title(self) -> str:
        """The title, with what was mended in the text mended there as well."""
        meant = {self.published.text[e.start : e.end]: e.meant for e in self.edits}
        longest_first = sorted(map(re.escape, meant), key=len, reverse=True)
        known = re.compile(rf"(?<![^\W\d_])(?:{'|'.join(longest_first)})(?![^\W\d_])")
        return known.sub(lambda match: meant[match.group()], self.published.title)

    def _table(self, table: Table, text: str) -> Table:
        cells = tuple(self._cell(cell, text) for cell in table.cells)
        return replace(table, start=self.forth(table.start), end=self.forth(table.end), cells=cells)

    def _cell(self, cell: Cell, text: str) -> Cell:
        start, end = self.forth(cell.start), self.forth(cell.end)
        return replace(cell, start=start, end=end, text=text[start:end])

    def restore(self, extraction: Extraction) -> Extraction:
        """What was found in the mended document, as it stands in the published one, with a note that says so."""
        words = len(self.edits)
        return replace(
            extraction,
            document=self.published,
            observations=tuple(map(self.restore_number, extraction.observations)),
            unresolved=tuple(map(self.restore_number, extraction.unresolved)),
            notes=(*extraction.notes, both("note.mended", count=words, word=self._first())),
        )

    def _first(self) -> str:
        edit = self.edits[0]
        return f"{self.published.text[edit.start : edit.end]} → {edit.meant}"

    def restore_number(self, found: Found) -> Found:
        """A number that was found in the mended document, as it stands in the published one."""
        restored = self._restored(found)
        if not isinstance(restored, Observation):
            return restored
        name = observation_id(restored.document_id, restored.start, restored.end, restored.quote)
        return replace(restored, observation_id=name)

    def _restored(self, found: Found) -> Found:
        start, end = self.back(found.start), self.back(found.end)
        sentence, near = found.sentence, max(0, found.start - len(found.sentence))
        at = self.document.text.find(sentence, near, found.end + len(sentence)) if sentence else -1
        if at >= 0:
            sentence = self.published.text[self.back(at) : self.back(at + len(sentence))]
        return replace(found, start=start, end=end, quote=self.published.text[start:end], sentence=sentence)


def mend(document: Document) -> Mended | None:
    """The document as it was meant, where a conversion spoilt it; None for nearly every document."""
    edits = find_edits(document.text, document.blocks)
    return Mended(document, tuple(edits)) if edits else None
