"""The letters of a PDF page -> its lines, upright, in one column or two."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, takewhile

import pypdfium2
import pypdfium2.raw as pdfium

from analysis.documents.drafts import one_line

_WORD_GAP = 0.5  # of the height of a line
_LEAST_HEIGHT = 6.0  # points
_COLUMN_GAP = 4  # times the height of the letters
_SOFT_HYPHENS = "\x02\ufffe"  # what PDFium makes of a hyphen at a line's end
_RAISED, _SMALL = 0.25, 0.8  # of the height of the letter before: a footnote's number
_LEAST_ROWS, _LEAST_LETTERS = 8, 400  # of a page in two columns
_FILLED = 0.6  # of the width of a column, that its lines fill in the middle

Box = Sequence[float]
Convert = Callable[[str, str], str]
"""A run of text and the name of its font -> the text in Unicode."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and where it stands; points from the lower left corner of the upright page."""

    char: str
    left: float
    right: float
    bottom: float
    top: float
    font: str = ""

    def is_inside(self, box: Box) -> bool:
        """True where its middle lies in a box (left, bottom, right, top)."""
        x, y = (self.left + self.right) / 2, (self.bottom + self.top) / 2
        return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of letters; `column` numbers the columns of a page that has several, 0 is the whole width."""

    text: str
    left: float
    right: float
    base: float
    """Where its letters stand."""
    height: float
    first: float
    """The width of its first word."""
    column: int = 0

    @property
    def middle(self) -> float:
        """The middle of its letters."""
        return self.base + self.height / 2


# --- letters and lines ----------------------------------------------------------------------------------------------


def read_glyphs(page: pypdfium2.PdfPage, *, fonts: bool) -> list[Glyph]:
    """The characters of a page in the order of PDFium, which puts spaces and line ends between them."""
    text = page.get_textpage()
    upright = _upright(page)
    glyphs = []
    box = [ctypes.c_double() for _ in range(4)]
    for i in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, i))
        pdfium.FPDFText_GetCharBox(text, i, *map(ctypes.byref, box))
        left, right, bottom, top = upright(*(value.value for value in box))
        font = _font_of(text, i) if fonts else ""
        glyphs.append(Glyph("-" if char in _SOFT_HYPHENS else char, left, right, bottom, top, font))
    return glyphs


def _upright(page: pypdfium2.PdfPage) -> Callable[[float, float, float, float], tuple[float, float, float, float]]:
    """How the box of a character (left, right, bottom, top) lies on the page as it is shown."""
    width, height = page.get_size()
    turns: dict[int, Callable[[float, float, float, float], tuple[float, float, float, float]]] = {
        90: lambda left, right, bottom, top: (bottom, top, height - right, height - left),
        180: lambda left, right, bottom, top: (width - right, width - left, height - top, height - bottom),
        270: lambda left, right, bottom, top: (width - top, width - bottom, left, right),
    }
    return turns.get(page.get_rotation(), lambda left, right, bottom, top: (left, right, bottom, top))


def _font_of(text: pypdfium2.PdfTextPage, index: int) -> str:
    name = ctypes.create_string_buffer(128)
    size = pdfium.FPDFText_GetFontInfo(text, index, name, len(name), ctypes.byref(ctypes.c_int()))
    return name.value.decode("utf-8", errors="replace") if size else ""


def text_lines(
    glyphs: Sequence[Glyph], gutter: float | None, tables: Sequence[Box], convert: Convert | None
) -> list[TextLine]:
    """The lines of a page in reading order, in one column, or in two with a gutter between them."""
    rows = _split_lines(glyphs)
    if gutter is None:
        return [line for row in rows for line in _text_line(row, convert)]
    lines: list[TextLine] = []
    for row in rows:
        for column, piece in _split_at(row, gutter):
            lines += [replace(line, column=column) for line in _text_line(piece, convert)]
    return _by_column(lines, [top for left, _, right, top in tables if left < gutter < right])


def words_by_row(glyphs: Sequence[Glyph], convert: Convert | None) -> list[list[TextLine]]:
    """The words on each line of a page, from left to right, whatever order they were written in."""
    words: list[TextLine] = []
    for line in _split_lines(glyphs):
        apart = _word_gap(line)
        word: list[Glyph] = []
        for glyph in line:
            if word and (glyph.char.isspace() or glyph.left - word[-1].right > apart):
                words += _text_line(word, convert)
                word = []
            if not glyph.char.isspace():
                word.append(glyph)
        words += _text_line(word, convert)
    rows: list[list[TextLine]] = []
    for each in sorted(words, key=lambda word: -word.base):
        if rows and rows[-1][0].base - each.base < 0.4 * each.height:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _split_lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """The glyphs by lines, as PDFium ends them, parted at wide gaps."""
    lines: list[list[Glyph]] = [[]]
    inked: list[Glyph] = []
    for glyph in glyphs:
        is_space = glyph.char.isspace()
        if glyph.char in "\r\n" or (inked and not is_space and _is_apart(inked, glyph)):
            lines.append([])
            inked = []
        lines[-1].append(glyph)
        if not is_space:
            inked.append(glyph)
    return lines


def _is_apart(inked: Sequence[Glyph], glyph: Glyph) -> bool:
    """True across the gap between the two columns of a letterhead."""
    last = inked[-1]
    height = max(g.top - g.bottom for g in inked[-8:])
    return len(inked) >= 8 and glyph.left - last.right > _COLUMN_GAP * max(height, 1)


def _text_line(glyphs: Sequence[Glyph], convert: Convert | None) -> list[TextLine]:
    inked = [g for g in glyphs if not g.char.isspace()]
    text = joined_glyphs(glyphs, convert)
    if not inked or not text:
        return []
    bottom, top = min(g.bottom for g in inked), max(g.top for g in inked)
    base = Counter(round(g.bottom, 1) for g in inked).most_common(1)[0][0]
    left, right = min(g.left for g in inked), max(g.right for g in inked)
    begun = next(i for i, g in enumerate(glyphs) if not g.char.isspace())
    word = list(takewhile(lambda g: not g.char.isspace(), glyphs[begun:]))
    return [TextLine(text, left, right, base, top - bottom, word[-1].right - word[0].left)]


def joined_glyphs(glyphs: Sequence[Glyph], convert: Convert | None) -> str:
    """The text of glyphs, with a space where they lie apart without one, as after a tab.

    Numbers of footnotes are left out, which would run into the numbers before them.
    """
    kept: list[Glyph] = []
    inked: Glyph | None = None
    apart = _word_gap(glyphs)
    for glyph in glyphs:
        if inked and glyph.char.isdecimal() and _is_raised(glyph, inked):
            if inked.char in "mM" and glyph.char in "23":
                kept.append(replace(glyph, char="²" if glyph.char == "2" else "³"))
            continue
        if inked and kept[-1] is inked and not glyph.char.isspace() and glyph.left - inked.right > apart:
            kept.append(replace(glyph, char=" "))
        kept.append(glyph)
        inked = inked if glyph.char.isspace() else glyph
    if convert is None:
        return one_line("".join(glyph.char for glyph in kept))
    runs = groupby(kept, key=lambda glyph: glyph.font)
    return one_line("".join(convert("".join(glyph.char for glyph in run), font) for font, run in runs))


def _word_gap(glyphs: Sequence[Glyph]) -> float:
    """How far apart letters of one word never are; a line of hyphens is hardly high."""
    return _WORD_GAP * max([_LEAST_HEIGHT, *(g.top - g.bottom for g in glyphs)])


def _is_raised(glyph: Glyph, before: Glyph) -> bool:
    """True for a small digit that stands higher than the letter before it, and close behind."""
    height, size = before.top - before.bottom, glyph.top - glyph.bottom
    close = -1 <= glyph.left - before.right < max(height, size)
    digit = before.char.isalnum() or before.char in '%)”".'
    return digit and close and height > 4 and size < _SMALL * height and glyph.bottom > before.bottom + _RAISED * height


# --- columns --------------------------------------------------------------------------------------------------------


def _split_at(row: Sequence[Glyph], gutter: float) -> list[tuple[int, Sequence[Glyph]]]:
    """A line in its column, 1 or 2; one that reaches over both is split where it is white, else it is in column 0."""
    inked = sorted((g for g in row if not g.char.isspace()), key=lambda g: g.left)
    if not inked or inked[-1].right <= gutter:
        return [(1, row)]
    if inked[0].left >= gutter:
        return [(2, row)]
    if not any(start <= gutter <= end for start, end in _wide_gaps(inked)):
        return [(0, row)]
    cut = next(i for i, g in enumerate(row) if not g.char.isspace() and g.left >= gutter)
    return [(1, row[:cut]), (2, row[cut:])]


def _by_column(lines: Sequence[TextLine], tables: Sequence[float]) -> list[TextLine]:
    """Those of the left before those of the right, between lines, and tops of tables, of the full width."""
    ordered: list[TextLine] = []
    waiting: list[TextLine] = []
    for line in lines:
        passed = any(line.middle < top < other.middle for top in tables for other in waiting)
        if line.column == 0 or passed:
            ordered += sorted(waiting, key=lambda each: each.column)
            waiting = []
        (waiting if line.column else ordered).append(line)
    return ordered + sorted(waiting, key=lambda each: each.column)


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs by the line that they stand on, over the whole width, from top to bottom."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: -(g.top + g.bottom)):
        middle = (glyph.top + glyph.bottom) / 2
        if rows and any(g.bottom <= middle <= g.top for g in rows[-1][:1]):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda g: g.left) for row in rows]


def find_gutter(glyphs: Sequence[Glyph]) -> float | None:
    """The middle of the white strip between two columns of running text; None for a page in one column."""
    inked = [g for g in glyphs if not g.char.isspace() and g.top > g.bottom]
    if len(inked) < _LEAST_LETTERS:
        return None
    left, right = min(g.left for g in inked), max(g.right for g in inked)
    rows = _rows(inked)
    gaps = [_wide_gaps(row) for row in rows]
    for step in range(8):
        for x in [(left + right) / 2 + side * step * (right - left) / 50 for side in (1, -1)]:
            both = [i for i, row in enumerate(rows) if row[0].right < x < row[-1].left]
            free = [rows[i] for i in both if any(start <= x <= end for start, end in gaps[i])]
            if len(free) >= _LEAST_ROWS and len(free) > 0.8 * len(both) and _are_full(free, x, left, right):
                return x
    return None


def _wide_gaps(row: Sequence[Glyph]) -> list[tuple[float, float]]:
    """Where a row is white for nearly the height of its letters."""
    height = max((g.top - g.bottom for g in row), default=0.0)
    return [(a.right, b.left) for a, b in pairwise(row) if b.left - a.right > 0.8 * height]


def _are_full(rows: Sequence[Sequence[Glyph]], x: float, left: float, right: float) -> bool:
    """True where the lines on both sides fill their column with words, as prose does and a table doesn't."""
    fills = []
    for side, low, high in ((0, left, x), (1, x, right)):
        parts = [[g for g in row if not g.char.isspace() and (g.left >= x) == bool(side)] for row in rows]
        widths = sorted((part[-1].right - part[0].left) / (high - low) for part in parts if part)
        letters = [g.char for part in parts for g in part]
        words = sum(map(str.isalpha, letters)) > 0.7 * len(letters)
        fills.append(bool(widths) and widths[len(widths) // 2] > _FILLED and words)
    return all(fills)
