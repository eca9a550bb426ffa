"""Tables that a Word file, a page or a PDF holds as mere lines: found as in plain text."""

from __future__ import annotations

from itertools import pairwise

from analysis.documents.drafts import Draft, Line
from analysis.documents.grids import is_number
from analysis.documents.plain import read_plain

_PLAIN = (None, "item", "heading")
"""What the file says of lines that may be a table's rows; of menus and the like it says something else."""


def find_flattened(draft: Draft) -> None:
    r"""Put the lines together, in place, that make a table; tabs outside of tables become spaces.

    >>> text = "Xã\tNhận\tTrả\nTân An\t45\t40\nMỹ Lộc\t12\t11"
    >>> draft = Draft(text, [Line(0, 11), Line(12, 24), Line(25, 37)])
    >>> find_flattened(draft)
    >>> [line.hint for line in draft.lines], len(draft.tables)
    (['table'], 1)
    """
    for table in read_plain(_without_letterhead(draft)).tables:
        inside = [line for line in draft.lines if line.start < table.end and table.start < line.end]
        whole = inside and table.start <= inside[0].start and inside[-1].end <= table.end
        if not whole or any(line.hint not in _PLAIN for line in inside):
            continue
        at = draft.lines.index(inside[0])
        draft.lines[at : at + len(inside)] = [Line(table.start, table.end, "table")]
        draft.tables.append(table)
    draft.tables.sort(key=lambda table: table.start)
    parts, done = [], 0
    for line in draft.lines:
        if line.hint == "table":
            parts += [draft.text[done : line.start].replace("\t", " "), draft.text[line.start : line.end]]
            done = line.end
    draft.text = "".join([*parts, draft.text[done:].replace("\t", " ")])


def _without_letterhead(draft: Draft) -> str:
    """The text, as long as it is, without the tabs of lines that begin no table: those of a letterhead.

    Such a line has no number, and the next line with tabs, further down, has another number of cells.
    """
    text = draft.text
    plain = ((i, line) for i, line in enumerate(draft.lines) if line.hint != "table")
    tabbed = [(i, line) for i, line in plain if "\t" in text[line.start : line.end]]
    for (i, line), (j, following) in pairwise(tabbed):
        cells, below = (text[each.start : each.end].split("\t") for each in (line, following))
        if j > i + 1 and len(cells) != len(below) and not any(map(is_number, cells)):
            text = text[: line.start] + " ".join(cells) + text[line.end :]
    return text
