"""Plain text -> lines and tables. Offsets are those of the text itself: nothing is moved or joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from analysis.documents.decoding import decode
from analysis.documents.drafts import Draft, Line
from analysis.documents.grids import head_row_count, is_number, span_heads
from analysis.documents.looks import load_looks
from analysis.model import Cell, Table
from analysis.text import match_form

Span = tuple[int, int]

_WRAP_WIDTHS = range(50, 131)  # lines of hard-wrapped text are about this long
_STARTS_LINE = re.compile(r"\s*(?:[-–•+*▪►»>]|\d{1,2}(?:\.\d{1,2})*[.)]\s|[a-zđ]\)|[IVX]{1,4}\.\s)")
_STOPS = (".", ":", ";", "?", "!", "…", "”", '"', "|")
_MAX_STACKED_COLUMNS = 16


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

_SPLITS: tuple[tuple[re.Pattern[str], int, bool], ...] = (
    (re.compile(r"\t"), 2, False),
    (re.compile(r"\s*\|\s*"), 3, True),
    (re.compile(r" {2,}"), 3, True),
)
"""What separates cells; how many there must be; whether every row must have as many."""


def _table_at(text: str, spans: list[Span], i: int) -> tuple[Table, int] | None:
    for separator, least, even in _SPLITS:
        if found := _separated_table(text, spans, i, separator, least, even):
            return found
    return _stacked_table(text, spans, i)


def _row(text: str, span: Span, separator: re.Pattern[str]) -> list[Span]:
    """Spans of the cells of a line; leading tabs are empty cells."""
    start, end = span
    if separator.pattern == r"\t":
        start = text.rfind("\n", 0, start) + 1
    cells = []
    for match in separator.finditer(text, start, end):
        cells.append((start, match.start()))
        start = match.end()
    cells.append((start, end))
    if "|" in separator.pattern:
        cells = cells[cells[0][0] == cells[0][1] : len(cells) - (cells[-1][0] >= cells[-1][1])]
    return [_trimmed(text, s, e) for s, e in cells]


def _trimmed(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    lead = len(inner) - len(inner.lstrip())
    return (start, start) if lead == len(inner) else (start + lead, start + len(inner.rstrip()))


def _separated_table(
    text: str, spans: list[Span], i: int, separator: re.Pattern[str], least: int, even: bool
) -> tuple[Table, int] | None:
    rows = [_row(text, spans[i], separator)]
    if len(rows[0]) < least:
        return None
    j = i + 1
    while j < len(spans) and text[spans[j - 1][1] : spans[j][0]].count("\n") <= 1:
        row = _row(text, spans[j], separator)
        if len(row) < least or (even and len(row) != len(rows[0])):
            if not _is_banner(text, spans, j, separator, least):
                break
        rows.append(row)
        j += 1
    rule_free = [r for r in rows if text[r[0][0] : r[-1][1]].strip("|-:+= \t")]
    numbers = sum(is_number(text[s:e]) for row in rule_free for s, e in row)
    if len(rule_free) < 2 or not numbers or (even and (len(rule_free) < 3 or numbers < len(rule_free) - 1)):
        return None
    return _make_table(text, spans, i, rule_free), j - i


def _is_banner(text: str, spans: list[Span], j: int, separator: re.Pattern[str], least: int) -> bool:
    """True for a short line over the whole width between two rows, such as `Khối sở, ngành`."""
    start, end = spans[j]
    close = j + 1 < len(spans) and text[end : spans[j + 1][0]].count("\n") == 1
    return close and end - start <= 80 and len(_row(text, spans[j + 1], separator)) >= least


def _make_table(text: str, spans: list[Span], i: int, rows: list[list[Span]]) -> Table:
    heads = head_row_count([[text[s:e] for s, e in row] for row in rows])
    width = max(map(len, rows))
    cells = []
    for r, row in enumerate(rows):
        banner = len(row) == 1 and width > 1
        cells += [
            Cell(r, c, s, e, text[s:e], colspan=width if banner else 1, is_head=r < heads)
            for c, (s, e) in enumerate(row)
        ]
    ends = [e for row in rows for s, e in row if s < e]
    starts = [s for row in rows for s, e in row if s < e]
    return Table(min(starts), max(ends), span_heads(cells, heads), _caption(text, spans, i))


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


def _stacked_table(text: str, spans: list[Span], i: int) -> tuple[Table, int] | None:
    """A table that lost its columns: each cell on a line of its own, the first one `STT` or `TT`."""
    is_head: Callable[[str], object] = load_looks().table_heads.search
    if not is_head(match_form(text[slice(*spans[i])])):
        return None
    lines = [text[s:e] for s, e in spans[i:]]
    width = next((k for k in range(3, min(_MAX_STACKED_COLUMNS + 1, len(lines))) if lines[k] in ("1", "01", "I")), 0)
    if not width or any(len(cell) > 80 for cell in lines[:width]):
        return None
    used = width
    for row in _stacked_rows(lines, width):
        used += len(row)
    if used < 2 * width:
        return None
    rows = [spans[i + k : i + k + width] for k in range(0, used, width)]
    return _make_table(text, spans, i, rows), used


def _stacked_rows(lines: list[str], width: int) -> Iterator[list[str]]:
    for k in range(width, len(lines) - width + 1, width):
        row = lines[k : k + width]
        if not re.fullmatch(r"\d{1,3}(?:\.\d{1,2})*\.?|[IVX]{1,4}\.?", row[0]):
            return
        yield row
