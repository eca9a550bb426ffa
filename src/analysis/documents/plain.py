"""Plain text -> lines and tables. Offsets are those of the text itself: nothing is moved or joined."""

from __future__ import annotations

import re
from itertools import pairwise

from analysis.documents.decoding import decode
from analysis.documents.drafts import Draft, Line
from analysis.documents.looks import load_looks
from analysis.documents.separated import LONGEST_ROW, PROSE_ENDS, find_separated
from analysis.documents.spaced import find_spaced
from analysis.documents.stacked import MOST_LINES, find_stacked, is_table_head
from analysis.model import Cell, Table
from analysis.text import match_form

Span = tuple[int, int]

_WRAP_WIDTHS = range(50, 131)  # lines of hard-wrapped text are about this long
_STARTS_LINE = re.compile(r"\s*(?:[-–•+*▪►»>]|\d{1,2}(?:\.\d{1,2})*[.)]\s|[a-zđ]\)|[IVX]{1,4}\.\s)")
_STOPS = (".", ":", ";", "?", "!", "…", "”", '"', "|")


def read(data: bytes) -> Draft:
    """A text file in any of the usual encodings."""
    text, encoding = decode(data)
    draft = read_plain(text)
    draft.encoding = encoding
    return draft


def read_plain(text: str) -> Draft:
    """Lines and tables of a text; lines broken to a width are one `Line`.

    >>> draft = read_plain("Năm\\tĐiểm\\n2020\\t38,62\\n2021\\t43,54\\n\\nHết.")
    >>> [(c.text, c.is_head) for c in draft.tables[0].cells][:3]
    [('Năm', True), ('Điểm', True), ('2020', False)]
    """
    spans = _physical_lines(text)
    draft = Draft(text, [])
    wrapped = _is_hard_wrapped(text, spans)
    i = 0
    while i < len(spans):
        if found := _table_at(text, spans, i):
            table, used = found
            draft.tables.append(table)
        else:
            used = _wrapped_count(text, spans, i) if wrapped else 1
        draft.lines.append(_line(text, spans, i, used, found is not None))
        i += used
    return draft


def _line(text: str, spans: list[Span], i: int, used: int, is_table: bool) -> Line:
    before = text[spans[i - 1][1] : spans[i][0]] if i else "\n\n"
    last = i + used - 1
    after = text[spans[last][1] : spans[last + 1][0]] if last + 1 < len(spans) else "\n\n"
    alone = before.count("\n") > 1 and after.count("\n") > 1
    return Line(spans[i][0], spans[last][1], "table" if is_table else None, alone)


def _physical_lines(text: str) -> list[Span]:
    """Spans of the lines that hold more than white space, trimmed."""
    return [match.span() for match in re.finditer(r"[^\s](?:[^\n]*[^\s])?", text)]


# --- hard-wrapped lines ---------------------------------------------------------------------------------------------


def _is_hard_wrapped(text: str, spans: list[Span]) -> bool:
    """True where no line is long and many break off in the middle of a sentence."""
    lengths = sorted(e - s for s, e in spans)
    if len(spans) < 4 or lengths[-1] > _WRAP_WIDTHS[-1]:
        return False
    breaks = [pair for pair in pairwise(spans) if _breaks_off(text, pair[0], pair[1], lengths[-1])]
    return len(breaks) >= 2 and len(breaks) * 4 >= len(spans)


def _breaks_off(text: str, line: Span, following: Span, width: int) -> bool:
    """True where a line nearly as long as any is followed, without a blank line, by the rest of its sentence."""
    length = line[1] - line[0]
    return (
        length in _WRAP_WIDTHS
        and length >= 0.75 * width
        and text[line[1] : following[0]].count("\n") == 1
        and not text[: line[1]].endswith(_STOPS)
        and not _STARTS_LINE.match(text, following[0])
    )


def _wrapped_count(text: str, spans: list[Span], i: int) -> int:
    width = max(e - s for s, e in spans)
    j = i
    while j + 1 < len(spans):
        line, following = spans[j], spans[j + 1]
        joined = text[line[1] : following[0]].count("\n") == 1 and not _STARTS_LINE.match(text, following[0])
        if not joined or line[1] - line[0] < 0.75 * width or _table_at(text, spans, j + 1):
            break
        j += 1
    return j - i + 1


# --- tables ---------------------------------------------------------------------------------------------------------


def _table_at(text: str, spans: list[Span], i: int) -> tuple[Table, int] | None:
    """The table that begins at a line, and how many lines it takes."""
    start, end = spans[i]
    if end - start > LONGEST_ROW or (text[end - 1] in PROSE_ENDS and "\t" not in text[start:end]):
        return None  # nearly all lines of a report
    found = find_separated(text, spans, i) or _stacked(text, spans, i) or find_spaced(text, spans, i)
    if not found:
        return None
    cells, used = found
    inked = [cell for cell in cells if cell.start < cell.end]
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.col)))
    table = Table(min(c.start for c in inked), max(c.end for c in inked), ordered, _caption(text, spans, i))
    return table, used


def _stacked(text: str, spans: list[Span], i: int) -> tuple[list[Cell], int] | None:
    """A table that lost its columns: each cell on a line of its own."""
    if not is_table_head(text[slice(*spans[i])]):
        return None
    found = find_stacked([text[s:e] for s, e in spans[i : i + MOST_LINES]])
    if not found:
        return None
    cells = []
    for cell in found[0]:
        start, end = spans[i + cell.first][0], spans[i + cell.last][1]
        cells.append(Cell(cell.row, cell.col, start, end, text[start:end], cell.rowspan, cell.colspan, cell.is_head))
    return cells, found[1]


def _caption(text: str, spans: list[Span], i: int) -> str:
    """The short line right above a table, which names it."""
    if not i:
        return ""
    start, end = spans[i - 1]
    line = text[start:end]
    if line.startswith("(") and text[end : spans[i][0]].count("\n") == 1:  # (Đơn vị tính: hồ sơ), (Kèm theo ...)
        return _caption(text, spans, i - 1)
    close = text[end : spans[i][0]].count("\n") == 1
    named = load_looks().captions_of_tables.search(match_form(line)) is not None
    return line if end - start <= 160 and not line.endswith((".", ";")) and (close or named) else ""
