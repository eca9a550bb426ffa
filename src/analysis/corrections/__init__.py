"""data/corrections.yaml: the analysts' public, reasoned changes, each guarded by what it expects to find.

    - match: {document_id: phu-ly-2022, quote: "4.554", sentence: Đã giải quyết 4.554 hồ sơ trong 9 tháng.}
      expect: {value: 4554}
      action: correct                                             # or reject, add, accept
      set: {value: 4545}
      reason: Đảo chữ số; bảng ở cuối báo cáo ghi 4.545.
      who: Nguyễn Thị A
      date: 2022-11-02

`correct` changes columns; `reject` takes a figure out, because the number isn't what it was read as; `add` makes a
figure of a number that was left unresolved; `accept` says that a figure was checked and is right. What an analyst has
looked at has confidence 1. An entry is found by its document, its quote and the words around it (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from difflib import get_close_matches

from analysis.corrections.applying import correct_extraction
from analysis.corrections.locating import find_spots, match_number
from analysis.corrections.register import Correction, Match, parse_corrections, read_corrections
from analysis.corrections.writing import write_corrections
from analysis.messages import explain
from analysis.model import Document, Failure

__all__ = [
    "Correction",
    "Match",
    "Register",
    "correct_extraction",
    "find_spots",
    "match_number",
    "parse_corrections",
    "read_corrections",
    "write_corrections",
]


class Register:
    """The entries of a register by document, for a run over documents whose ids are all known."""

    def __init__(self, entries: Sequence[Correction], document_ids: Container[str]) -> None:
        self._of_id: dict[str, list[Correction]] = {}
        self._of_hash: list[Correction] = []
        for entry in entries:
            if entry.match.document_id in document_ids:
                self._of_id.setdefault(entry.match.document_id, []).append(entry)
            else:
                self._of_hash.append(entry)

    def of(self, document: Document) -> tuple[Correction, ...]:
        """The entries about a document: by its id, or by its hash where no document has the entry's id any more."""
        renamed = [e for e in self._of_hash if e.match.sha256 and document.sha256.startswith(e.match.sha256)]
        return (*self._of_id.get(document.document_id, ()), *renamed)

    def strays(self, document_ids: Sequence[str], hashes: Iterable[str]) -> list[Failure]:
        """A failure for each entry whose document isn't there, under its name or another."""
        known = tuple(hashes)
        lost = [e for e in self._of_hash if not (e.match.sha256 and any(h.startswith(e.match.sha256) for h in known))]
        return [_stray(entry, document_ids) for entry in lost]


def _stray(entry: Correction, document_ids: Sequence[str]) -> Failure:
    wanted = entry.match.document_id
    near = ", ".join(get_close_matches(wanted, document_ids, n=3)) or "-"
    reason, remedy = explain("corrections.stray", document=wanted, near=near)
    return Failure(entry.source, reason, remedy, "CorrectionError")
