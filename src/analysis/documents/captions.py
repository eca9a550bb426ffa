"""Captions that only the rest of the text gives away: what is said twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.documents.candidates import BULLET, NUMBERED, Candidate
from analysis.text import sentences

_SAME_WORDS = 0.85
_CLOSE = 2  # lines
_NEAR = 12


def find_captions(items: Sequence[Candidate], titles: set[int]) -> None:
    """Lines said twice: under a picture and in its alternative text, or a sentence of the running text again."""
    body = _Body(items)
    seen: dict[str, int] = {}
    for i, c in enumerate(items):
        if i in titles or not _can_be_caption(c):
            continue
        twin = seen.setdefault(" ".join(c.words), i)
        if twin != i and (not c.has_digit or i - twin == 1):
            c.kind = "caption"
            if not c.has_digit and items[twin].kind is None:
                items[twin].kind = "caption"
        elif _is_opening_caption(items, titles, i) or body.says(c, i):
            c.kind = "caption"


def _can_be_caption(c: Candidate) -> bool:
    return c.kind is None and 5 <= len(c.words) <= 45 and not BULLET.match(c.raw) and not c.raw[0].islower()


def _is_opening_caption(items: Sequence[Candidate], titles: set[int], i: int) -> bool:
    """True for one short sentence without a number, above a text that has no title."""
    c = items[i]
    single = len(sentences(c.raw)) == 1 and c.is_sentence
    return i == 0 and not titles and single and not c.has_digit and len(c.raw) <= 200 and len(items) > 1


class _Body:
    """The sentences of the running text, with their words, by line."""

    def __init__(self, items: Sequence[Candidate]) -> None:
        self.sentences: dict[int, list[list[str]]] = {
            i: [re.findall(r"[^\W_]+", c.form[start:end]) for start, end in sentences(c.raw)]
            for i, c in enumerate(items)
            if c.is_body and not c.is_furniture
        }

    def says(self, c: Candidate, i: int) -> bool:
        """True for one short sentence nearly all of whose words stand, in order, in one sentence of a line near by.

        With a figure in it, that line must be close, as the text about a picture is.
        """
        if len(c.words) < 8 or len(c.raw) > 200 or NUMBERED.match(c.form) or len(sentences(c.raw)) != 1:
            return False
        reach = _CLOSE if c.has_digit else _NEAR
        digits = {w for w in c.words if w.isdigit()}
        least = _SAME_WORDS * len(c.words)
        return any(
            digits <= (said := set(words))
            and sum(word in said for word in c.words) >= least  # quicker to tell than their order
            and _in_order(c.words, words) >= least
            for j in range(i - reach, i + reach + 1)
            if j != i
            for words in self.sentences.get(j, ())
        )


def _in_order(words: Sequence[str], others: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(others) + 1)
    for word in words:
        diagonal = 0
        for k, other in enumerate(others, 1):
            above = row[k]
            row[k] = diagonal + 1 if word == other else max(above, row[k - 1])
            diagonal = above
    return row[-1]
