"""The ledger of a document: every number seen is used in an observation or listed with the reason why not."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.claims import Claim
from analysis.model import Document, Observation, Quantity, Unresolved
from analysis.numerals import digit_runs
from analysis.spans import Spans

_LONGEST = 300


def one_line(text: str) -> str:
    """A text on one line.

    >>> one_line("tiếp nhận\\n  45 hồ sơ ")
    'tiếp nhận 45 hồ sơ'
    """
    return " ".join(text.split())


def unresolved(
    document: Document, number: Quantity | Claim, sentence: tuple[int, int], reason: str, detail: str = ""
) -> Unresolved:
    """A number of a document that makes no observation."""
    return Unresolved(
        document.document_id, number.start, number.end, number.quote, one_line(document.text[slice(*sentence)]),
        reason, detail, document.page_at(number.start),
    )  # fmt: skip


def close_ledger(
    document: Document, claims: Sequence[Claim], used: Sequence[Observation], rejected: Sequence[Unresolved]
) -> tuple[Unresolved, ...]:
    """All unresolved numbers: those rejected, the claims, and each digit that is in none of them.

    No two of them share a character, nor with an observation.
    """
    taken = Spans((n.start, n.end) for n in (*used, *rejected))
    rest = list(rejected)
    for claim in claims:
        if any(c.isdigit() for c in claim.quote) and not taken.meets(claim.start, claim.end):
            rest.append(
                unresolved(document, claim, _line(document, claim.start, claim.end), claim.reason, claim.detail)
            )
    taken.add((u.start, u.end) for u in rest[len(rejected) :])
    for start, end in digit_runs(document.text):
        if not taken.meets(start, end):
            rest.append(_leftover(document, start, end))
    return tuple(sorted(rest, key=lambda u: u.start))


def _leftover(document: Document, start: int, end: int) -> Unresolved:
    block = document.block_at(start)
    reason = "furniture" if block and block.is_furniture else "unclear"
    number = Quantity(start, end, document.text[start:end], 0.0)
    return unresolved(document, number, _line(document, start, end), reason, block.kind if block else "")


def _line(document: Document, start: int, end: int) -> tuple[int, int]:
    """The line that a stretch stands in, cut to a readable length around it."""
    text = document.text
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = line_end if line_end >= 0 else len(text)
    if line_end - line_start <= _LONGEST:
        return line_start, line_end
    return max(line_start, start - _LONGEST // 2), max(end, min(line_end, start + _LONGEST // 2))
