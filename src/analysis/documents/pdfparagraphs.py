"""Which lines of a PDF make one paragraph: by how they are spaced, how far they reach, and how they begin and end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.documents.candidates import BULLET, NUMBERED
from analysis.documents.pdflines import TextLine
from analysis.documents.pdfpages import Page
from analysis.text import match_form

_FAR = 1.6  # times the usual distance of lines: another paragraph whatever else
_WIDER, _LEAST_WIDER = 1.12, 0.5  # times it, and points: space between paragraphs
_LARGE = 1.25  # times the usual height of letters
_INDENT = 10.0  # points
_STOPS = (".", ";", ":", "?", "!", "…", "./.", ".”", '."')
_BROKEN = re.compile(r"[^\W_][-/]$")
_SMALL_NUMBER = re.compile(r"[a-zđ]\s?[.)]|[ivx]{1,5}\s?[.)]")
_INITIAL = re.compile(r"[A-ZĐ]\.\S")


@dataclass(frozen=True, slots=True)
class Measure:
    """The edges of full lines, by column, how far lines lie apart, and the height of plain letters."""

    edges: dict[int, tuple[float, float]]
    height: float = 0.0
    pitch: float = 0.0

    @classmethod
    def of(cls, pages: Sequence[Page]) -> Measure:
        """What is usual in a document."""
        lines = [part for page in pages for part in page.parts if isinstance(part, TextLine)]
        edges = {}
        for column in {line.column for line in lines}:
            lefts, rights = zip(*((line.left, line.right) for line in lines if line.column == column), strict=True)
            edges[column] = sorted(lefts)[len(lefts) // 10], sorted(rights)[int(len(rights) * 0.9)]
        heights = sorted(line.height for line in lines)
        height = heights[len(heights) // 2] if heights else 0.0
        steps = Counter(
            round(2 * (a.base - b.base)) / 2
            for page in pages
            for a, b in pairwise(page.parts)
            if isinstance(a, TextLine) and isinstance(b, TextLine) and 0.5 * height < a.base - b.base < 3 * height
        )
        most = max(steps.values(), default=0)
        return cls(edges, height, min((step for step, n in steps.items() if 2 * n > most), default=2 * height))


def goes_on(line: TextLine, following: TextLine, measure: Measure) -> bool:
    """True where the next line belongs to the same paragraph.

    So it does after a line that had no room for its first word, after one that breaks off before a small letter, and
    between two lines of a large heading.
    """
    ends, full = line.text.endswith(_STOPS), _is_full(line, following, measure)
    apart = line.base - following.base
    if apart > _FAR * measure.pitch and apart > 2 * line.height or 0 in (line.column, following.column) != (0, 0):
        return False
    if _begins_item(following) and not (full and not ends and following.text[0].isdecimal()):
        return False
    large, capitals = line.height > _LARGE * measure.height, _is_capitals(line.text)
    if large:
        return not ends and abs(line.height - following.height) < 0.3 * line.height
    if capitals != _is_capitals(following.text) and len(following.text) > 10:
        return False
    if not ends and _is_column(line, following, measure):
        return True
    small = following.text[:1].islower()
    if apart > _WIDER * measure.pitch + _LEAST_WIDER or (ends and _is_indented(line, following)):
        return small and full and not ends
    if capitals:
        return not ends and full
    return full or (not ends and small)


def joined(lines: Sequence[TextLine]) -> str:
    """The lines as one; a document's number (`12/QĐ-` `UBND`) isn't parted where it was broken."""
    text = ""
    for line in lines:
        text += line.text if not text or _BROKEN.search(text) and line.text[0].isalnum() else f" {line.text}"
    return text


def _begins_item(line: TextLine) -> bool:
    """True for a bullet or a number; a word such as `phần` in the middle of a sentence, or an initial, is none."""
    if BULLET.match(line.text):
        return True
    if line.text[0].islower() and not _SMALL_NUMBER.match(line.text):
        return False
    return NUMBERED.match(match_form(line.text)) is not None and not _INITIAL.match(line.text)


def _is_indented(line: TextLine, following: TextLine) -> bool:
    """True where the next line begins further in, and not since it hangs below a bullet."""
    return following.left - line.left > _INDENT and not _begins_item(line)


def _is_column(line: TextLine, following: TextLine, measure: Measure) -> bool:
    """True for the rest of a line of the right half, such as the date under the motto of a letterhead."""
    left, right = measure.edges[line.column]
    right_half = line.left > (left + right) / 2 - 10
    below = line.left - 5 <= following.left and following.right <= line.right + 5
    return right_half and below and line.right >= right - 0.1 * (right - left)


def _is_capitals(text: str) -> bool:
    return text.isupper() and sum(map(str.isalpha, text)) > 5


def _is_full(line: TextLine, following: TextLine, measure: Measure) -> bool:
    """True for a line from edge to edge, or one in which the next line's first word had no room."""
    left, right = measure.edges[line.column]
    width = right - left
    room = right - line.right
    return line.left <= left + 0.25 * width and room < max(following.first + 0.3 * line.height, 0.03 * width)
