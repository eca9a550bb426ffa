"""Captions that only the rest of the text gives away: what is said twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.documents.candidates import BULLET, NUMBERED, Candidate
from analysis.text import sentences


def find_captions(items: Sequence[Candidate], titles: set[int]) -> None:
    """Lines said twice: under a picture and in its alternative text, or a sentence of the running text again."""
    long_lines = [(i, c) for i, c in enumerate(items) if c.is_body and not c.is_furniture]
    seen: dict[str, int] = {}
    for i, c in enumerate(items):
        if (
            c.kind is not None
            or i in titles
            or not 5 <= len(c.words) <= 45
            or BULLET.match(c.raw)
            or c.raw[0].islower()
        ):
            continue
        key = " ".join(c.words)
        twin = seen.setdefault(key, i)
        if twin != i and (not c.has_digit or i - twin == 1):
            c.kind = "caption"
            if not c.has_digit and items[twin].kind is None:
                items[twin].kind = "caption"
        elif _is_opening_caption(items, titles, i) or _repeats(c, i, long_lines):
            c.kind = "caption"


def _is_opening_caption(items: Sequence[Candidate], titles: set[int], i: int) -> bool:
    """True for one short sentence without a number, above a text that has no title."""
    c = items[i]
    single = len(sentences(c.raw)) == 1 and c.is_sentence
    return i == 0 and not titles and single and not c.has_digit and len(c.raw) <= 200 and len(items) > 1


def _repeats(c: Candidate, i: int, long_lines: Sequence[tuple[int, Candidate]]) -> bool:
    """True for one short sentence nearly all of whose words stand, in order, in one sentence of the text."""
    if len(c.words) < 8 or len(c.raw) > 200 or NUMBERED.match(c.form) or len(sentences(c.raw)) != 1:
        return False
    digits = {w for w in c.words if w.isdigit()}
    for j, other in long_lines:
        if j == i or not digits <= set(other.words):
            continue
        for start, end in sentences(other.raw):
            words = re.findall(r"[^\W_]+", other.form[start:end])
            if _in_order(c.words, words) >= 0.85 * len(c.words) and len(words) >= len(c.words):
                return True
    return False


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
