"""What the readers of the four formats hand over: the text, its lines and its tables, not yet classified."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from analysis.model import BlockKind, Cell, Table
from analysis.text import normalise

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_BULLET_SIGN = re.compile(r"(?<!\S)[\uf020-\uf0ff](?!\S)")
_MARK = re.compile("[\u0300-\u036f]")
_MARKED = re.compile("\\w[\u0300-\u036f]+")
_VOWEL_MARKS = "\u0302\u0306\u031b"


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of text that stands for itself: a line, several wrapped ones, or a whole table."""

    start: int
    end: int
    hint: BlockKind | None = None
    """What the structure of the file says that it is; None where only its look can tell."""
    alone: bool = True
    """Nothing but white space in the lines right before and after it."""


@dataclass(slots=True)
class Draft:
    """A raw file as read, before its lines are told apart."""

    text: str
    lines: list[Line]
    tables: list[Table] = field(default_factory=list)
    title: str = ""
    published: date | None = None
    page_starts: tuple[int, ...] = ()
    encoding: str = "utf-8"
    """The encoding of the text; one from before Unicode where the text was converted from it."""
    ocr_pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table before its text has offsets."""

    row: int
    col: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    is_head: bool = False


class DraftText:
    """Collects lines and tables into one text, each on a line of its own.

    >>> draft = DraftText()
    >>> draft.add("Tiếp nhận 12 hồ sơ.")
    >>> draft.add("  Đã trả   11. ")
    >>> draft.text
    'Tiếp nhận 12 hồ sơ.\\nĐã trả 11.\\n'
    """

    def __init__(self, mend: Callable[[str], str] = str, *, tabs: bool = False) -> None:
        """A new text; `mend` converts what is in an old encoding, `tabs` says that tabs part the cells of a line."""
        self._mend = mend
        self._tabs = tabs
        self._parts: list[str] = []
        self.length = 0
        self.lines: list[Line] = []
        self.tables: list[Table] = []

    @property
    def text(self) -> str:
        """Everything that was added so far."""
        return "".join(self._parts)

    def prepared(self, raw: str) -> str:
        """A piece of text as it is written: in Unicode, on one line, without what nobody sees."""
        text = visible(self._mend(raw))
        if self._tabs and "\t" in text:
            return "\t".join(filter(None, map(one_line, text.split("\t"))))
        return one_line(text)

    def add(self, raw: str, hint: BlockKind | None = None) -> None:
        """Add a line; runs of white space become one space, an empty line nothing."""
        text = self.prepared(raw)
        if text:
            self.lines.append(Line(self.length, self.length + len(text), hint))
            self._write(text + "\n")

    def add_table(self, cells: Sequence[GridCell], caption: str = "") -> None:
        """Add a table, a line for each row, its cells separated by tabs."""
        width = max((c.col + c.colspan for c in cells), default=0)
        by_place = {(c.row, c.col): c for c in cells}
        placed: list[Cell] = []
        for row in range(max((c.row for c in cells), default=-1) + 1):
            for col in range(width):
                if col:
                    self._write("\t")
                if cell := by_place.get((row, col)):
                    placed.append(self._place(cell))
            self._write("\n")
        inked = [c for c in placed if c.start < c.end]
        if inked:
            self.tables.append(Table(inked[0].start, inked[-1].end, tuple(placed), caption))
            self.lines.append(Line(inked[0].start, inked[-1].end, "table"))

    def _place(self, cell: GridCell) -> Cell:
        start, text = self.length, self.prepared(cell.text)
        self._write(text)
        return Cell(cell.row, cell.col, start, self.length, text, cell.rowspan, cell.colspan, cell.is_head)

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)


def visible(raw: str) -> str:
    r"""Text without the characters that nobody sees, marks on their letters, and signs of bullet fonts as bullets.

    >>> visible("th\u00adủ\u200b tục"), visible("c\u00e1\u0302p"), visible("\uf0b7 Hồ sơ")
    ('thủ tục', 'cấp', '• Hồ sơ')
    """
    if raw.isascii():
        return raw
    text = _BULLET_SIGN.sub("•", _UNSEEN.sub("", raw))
    return _MARKED.sub(_compose, unicodedata.normalize("NFC", text)) if _MARK.search(text) else text


def _compose(match: re.Match[str]) -> str:
    """A letter with its marks, that of the vowel before that of the tone, each once."""
    base, *marks = unicodedata.normalize("NFD", match.group())
    ordered = sorted(dict.fromkeys(marks), key=lambda mark: mark not in _VOWEL_MARKS)
    return unicodedata.normalize("NFC", base + "".join(ordered))


def one_line(raw: str) -> str:
    """Text in NFC on one line, with single spaces; other spaces than the plain one are kept where single."""
    return " ".join(normalise(raw).split()) if raw else ""
