"""Tables whose rows are lines, with one blank between the cells: what a line ends in are its numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from analysis.catalogue import load_pattern
from analysis.documents.grids import is_said, value_of
from analysis.documents.heads import arrange_heads
from analysis.documents.separated import BANNER, is_close, numbers_columns
from analysis.model import Cell
from analysis.text import match_form

Span = tuple[int, int]
_words = partial(load_pattern, "headings.yaml")
_TOKEN = re.compile(r"\S+")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*(?:/\d[\d.,]*)?%?|[-–x]|%")
_FEWEST = 3
_MOST_WORDS = 12
_LONGEST_HEAD = 400


@dataclass(frozen=True, slots=True)
class _Spaced:
    """A line that ends in numbers: its running number, its label, the numbers."""

    mark: Span | None
    label: Span
    numbers: tuple[Span, ...]


def _spaced(text: str, span: Span) -> _Spaced | None:
    """A line as a row whose cells have one space between them; None where it isn't one."""
    if any(text.find(mark, *span) >= 0 for mark in "\t|"):
        return None
    tokens = [m.span() for m in _TOKEN.finditer(text, *span)]
    first = len(tokens)
    while first and _NUMBER.fullmatch(text, *tokens[first - 1]):
        first -= 1
    if first < len(tokens) and (
        text[slice(*tokens[first])] == "%" or first == 1 and is_said("time_head", text[slice(*tokens[0])])
    ):
        first += 1  # `Tỷ lệ đúng hạn % 99,9`, `Tháng 7/2023 320 318`
    marked = first > 1 and _words("row_mark").fullmatch(match_form(text[slice(*tokens[0])])) is not None
    if first - marked < 1 or not any(c.isalpha() for c in text[tokens[int(marked)][0] : tokens[first - 1][1]]):
        return None
    if first + 1 < len(tokens) and text[slice(*tokens[first])] in ("-", "–") and first + 2 == len(tokens):
        first += 1  # `Xã Thanh Hà - 95,4`: a dash, no empty cell
    numbers: list[Span] = []
    for start, end in tokens[first:]:
        if text[start:end] == "%" and numbers:
            numbers[-1] = (numbers[-1][0], end)
        else:
            numbers.append((start, end))
    label = (tokens[int(marked)][0], tokens[first - 1][1])
    if text[slice(*label)].endswith((",", ":")) or _words("not_a_label").search(match_form(text[slice(*label)])):
        return None
    return _Spaced(tokens[0] if marked else None, label, tuple(numbers))


def find_spaced(text: str, spans: Sequence[Span], i: int) -> tuple[list[Cell], int] | None:
    """The cells of a table with single spaces between them, which begins at line `i` with its heads or a row."""
    start, end = spans[i]
    head = _words("spaced_head").match(match_form(text[start : min(end, start + 40)])) is not None
    if not head and not (text[end - 1].isdigit() or text[end - 1] == "%"):
        return None
    first = _first_row(text, spans, i) if head else i
    if first is None or (not head and not _is_row(text, spans, i)):
        return None
    if any(_begins_below(text, spans, k) for k in range(i + 1, first)):
        return None  # the name of the table, above its heads
    while first > i + 1 and (section := _spaced(text, spans[first - 1])) and section.mark and not section.numbers:
        first -= 1
    rows, after = _spaced_rows(text, spans, first)
    full = [row for row in rows if row.numbers]
    if head and _has_units(text, spans[i:first]):
        rows = [_with_unit(text, row) for row in rows]
        full = [row for row in rows if row.numbers]
        if len({len(row.numbers) for row in full}) != 1:
            return None
    ranked = [row.mark and text[slice(*row.mark)].strip(".)") for row in full] == [str(k + 1) for k in range(len(full))]
    if not full or len(full) < (2 if head else _FEWEST) or (len(full[0].numbers) < 2 and not head and not ranked):
        return None
    marked = any(row.mark for row in full)
    width = len(full[0].numbers) + 1 + marked
    heads = _spaced_heads(text, spans[i:first], width, full) if first > i else []
    if heads is None or (len(full[0].numbers) < 2 and not heads and not ranked):
        return None
    depth = max((cell.row + cell.rowspan for cell in heads), default=0)
    cells = list(heads)
    for number, row in enumerate(rows):
        cells += _spaced_cells(text, row, depth + number, width, marked)
    return cells, after - i


def _begins_below(text: str, spans: Sequence[Span], k: int) -> bool:
    """True where the heads begin at a later line."""
    line = match_form(text[slice(*spans[k])])
    found = find_spaced(text, spans, k) if _words("spaced_head").match(line) else None
    return found is not None and any(cell.is_head for cell in found[0])


def _first_row(text: str, spans: Sequence[Span], i: int) -> int | None:
    """The first row below the heads that begin at line `i`; None where sentences or blank lines come between."""
    for j in range(i + 1, min(i + 7, len(spans))):
        before = text[slice(*spans[j - 1])]
        if not is_close(text, spans, j) or before.endswith((".", ":", ";", ",")) or len(before) > _LONGEST_HEAD:
            return None
        if _is_row(text, spans, j):
            return j
    return None


def _is_row(text: str, spans: Sequence[Span], j: int) -> bool:
    row = _spaced(text, spans[j])
    return row is not None and bool(row.numbers)


def _spaced_rows(text: str, spans: Sequence[Span], first: int) -> tuple[list[_Spaced], int]:
    """The rows from line `first` on, all with as many numbers; a label may take two lines, a banner has no number."""
    rows: list[_Spaced] = []
    j = first
    opening = (_spaced(text, span) for span in spans[first : first + 4])
    count = next(len(row.numbers) for row in opening if row and row.numbers)
    while j < len(spans) and (j == first or is_close(text, spans, j)):
        row = _spaced(text, spans[j])
        following = _spaced(text, spans[j + 1]) if is_close(text, spans, j + 1) else None
        if row and len(row.numbers) == count:
            rows.append(row)
            j += 1
        elif row and not row.numbers and following and len(following.numbers) == count and _is_short(text, spans[j]):
            if row.mark and not following.mark and text[following.label[0]].islower():
                rows.append(_Spaced(row.mark, (row.label[0], following.label[1]), following.numbers))
                j += 2
            else:
                rows.append(row)
                j += 1
        else:
            break
    while rows and not rows[-1].numbers:
        rows.pop()
        j -= 1
    return rows, j


def _has_units(text: str, lines: Sequence[Span]) -> bool:
    """True where a line of heads has a column for units of measure."""
    return any(_words("unit_column").search(match_form(text[slice(*line)])) for line in lines)


def _with_unit(text: str, row: _Spaced) -> _Spaced:
    """A row whose label ends in a unit of measure, which is a cell of its own."""
    tokens = [m.span() for m in _TOKEN.finditer(text, *row.label)]
    for k in range(max(1, len(tokens) - 3), len(tokens)):
        start, end = tokens[k][0], tokens[-1][1]
        if row.numbers and is_said("unit_only", text[start:end]):
            return _Spaced(row.mark, (row.label[0], tokens[k - 1][1]), ((start, end), *row.numbers))
    return row


def _is_short(text: str, span: Span) -> bool:
    return span[1] - span[0] <= BANNER and not text[slice(*span)].endswith((".", ";"))


def _spaced_cells(text: str, row: _Spaced, number: int, width: int, marked: bool) -> list[Cell]:
    cells = []
    if row.mark:
        cells.append(Cell(number, 0, *row.mark, text[slice(*row.mark)]))
    col = int(marked)
    cells.append(Cell(number, col, *row.label, text[slice(*row.label)], colspan=1 if row.numbers else width - col))
    cells += [Cell(number, col + 1 + k, s, e, text[s:e]) for k, (s, e) in enumerate(row.numbers)]
    return cells


def _spaced_heads(
    text: str, lines: Sequence[Span], width: int, rows: Sequence[_Spaced]
) -> list[Cell] | None:  # fmt: skip
    """The heads of a table, of which each begins with a capital; None where they aren't as many as the columns."""
    numbering: list[Span] = []
    if lines and numbers_columns(text[slice(*lines[-1])].split()):
        numbering = [m.span() for m in _TOKEN.finditer(text, *lines[-1])]
        lines = lines[:-1]
    heads: list[Span] = []
    for line in lines:
        for match in _TOKEN.finditer(text, *line):
            if heads and not _begins_head(match.group(), text[slice(*heads[-1])]):
                heads[-1] = (heads[-1][0], match.end())
            else:
                heads.append(match.span())
    while len(heads) > width and is_said("note_head", text[slice(*heads[-1])]):
        heads.pop()
    values = [[*([None] * (width - len(row.numbers))), *(value_of(text[s:e]) for s, e in row.numbers)] for row in rows]
    if len(heads) != width and len(lines) == 1:
        heads = _divided(text, [m.span() for m in _TOKEN.finditer(text, *lines[0])], width)
    places = arrange_heads([text[s:e] for s, e in heads], width, values)
    if places is None:
        return None
    cells = [
        Cell(p.row, p.col, s, e, text[s:e], p.rowspan, p.colspan, True) for p, (s, e) in zip(places, heads, strict=True)
    ]
    depth = max(p.row + p.rowspan for p in places)
    return cells + [Cell(depth, c, s, e, text[s:e], is_head=True) for c, (s, e) in enumerate(numbering[:width])]


def _divided(text: str, tokens: Sequence[Span], width: int) -> list[Span]:
    """A line of words as so many heads, each as much like one as can be; none where it has too few words."""
    best: dict[tuple[int, int], tuple[float, list[Span]]] = {(0, 0): (0.0, [])}
    for at in range(len(tokens)):
        for done in range(width):
            if (at, done) not in best:
                continue
            score, heads = best[at, done]
            start = _starts_well(text[slice(*tokens[at])])
            for end in range(at + 1, min(at + _MOST_WORDS, len(tokens)) + 1):
                span = (tokens[at][0], tokens[end - 1][1])
                total = score + start + _looks_like_head(text[slice(*span)], done)
                if (end, done + 1) not in best or total > best[end, done + 1][0]:
                    best[end, done + 1] = (total, [*heads, span])
    return best.get((len(tokens), width), (0.0, []))[1]


def _starts_well(token: str) -> float:
    if token.strip("().,").isupper() and len(token) > 1:
        return -0.3
    return 0.0 if token[:1].isupper() or token == "%" else -1.5


def _looks_like_head(head: str, place: int) -> float:
    known = ["sub_head", "note_head", "measure_unit_head", "code_head", "share_head"]
    known += ["row_number_head", "label_head"] if place < 2 else []
    inside = sum(word[:1].isupper() and not word.isupper() for word in head.split()[1:])
    return (1.0 if any(is_said(what, head) for what in known) else 0.0) - 0.4 * inside


def _begins_head(token: str, head: str) -> bool:
    """True for a word with a capital, and for a lone `%`; acronyms belong to the words before them."""
    if _words("row_number_head").fullmatch(match_form(head)):
        return True
    if _words("always_head").fullmatch(match_form(token)):
        return True
    if set(token) <= set("IVX"):
        return False
    return token[:1].isupper() and not (token.strip("().,").isupper() and len(token) > 1)
