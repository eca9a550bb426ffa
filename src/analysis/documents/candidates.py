"""One line of a document, and what can be told from it alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from analysis.documents.drafts import Line
from analysis.documents.looks import Rule, load_looks
from analysis.model import FURNITURE, BlockKind
from analysis.text import match_form

NUMBERED = re.compile(
    r"(?:[ivx]{1,5}|\d{1,2}(?:\.\d{1,2}){0,3})\s*[.)/-]\s*(?!\d)\S|[a-zđ]\s?[.)]\s*\S|(?:phần|mục|chương)\s+\w"
)
BULLET = re.compile(r"[-•+*▪●○◦✓→]\s*\S")
_SENTENCE_END = (".", "!", "?", "…", ".”", '."', ";", "./.")
_WORDS_OF_BODY = 15


@dataclass
class Candidate:
    """A line with what the rules ask about it."""

    line: Line
    raw: str
    kind: BlockKind | None = None
    rule: Rule | None = None

    @cached_property
    def form(self) -> str:
        return match_form(self.raw)

    @cached_property
    def words(self) -> list[str]:
        return re.findall(r"[^\W_]+", self.form)

    @cached_property
    def has_digit(self) -> bool:
        return any(map(str.isdigit, self.raw))

    @property
    def is_sentence(self) -> bool:
        return self.raw.rstrip().endswith(_SENTENCE_END)

    @property
    def is_body(self) -> bool:
        """True for what only running text looks like."""
        return (self.is_sentence and len(self.words) >= _WORDS_OF_BODY) or len(self.words) > 60

    @property
    def is_furniture(self) -> bool:
        return self.kind in FURNITURE


def is_dateline(c: Candidate) -> bool:
    """True where dates, times, their labels, and at most a name are all that a line holds."""
    looks = load_looks().dateline
    form = c.form.strip()
    if looks.place_and_date.search(form):
        return True
    rest, found = c.raw, False
    for pattern in (*looks.dates, *looks.parts):
        while match := pattern.search(match_form(rest)):
            found |= pattern in looks.dates
            rest = rest[: match.start()] + " | " + rest[match.end() :]
    left = [
        part for part in re.split(r"[|,:;()•\-–\s]*\|[|,:;()•\-–\s]*|^[•\-–\s(]+", rest) if part.strip(" ,:;()•-–.")
    ]
    return found and len(left) <= 1 and all(is_name(part.strip(" ,:;()•-–")) for part in left)


def is_name(raw: str) -> bool:
    """True for `Mai Hương`, `ANH ĐÀO - ĐỨC QUANG`, `Hữu Lộc (TTXVN)`, `T. Hà`."""
    names = load_looks().names
    bare = raw.strip(" |-–•")
    form = match_form(bare)
    if agency := names.agency.search(form):
        bare = bare[: agency.start()]
    if not bare or len(bare) > 60 or form in names.never or any(c.isdigit() for c in bare):
        return False
    parts = re.split(names.joints, bare)
    return len(parts) <= 4 and all(_is_one_name(part) for part in parts)


def _is_one_name(part: str) -> bool:
    words = part.split()
    return (
        1 <= len(words) <= 5
        and all(w[0].isupper() and w.replace(".", "").isalpha() and len(w) <= 8 for w in words)
        and not part.rstrip().endswith("..")
    )
