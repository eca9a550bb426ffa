"""What is said around a table: its caption, its unit of measure, whose and of when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.attribution import Setting, is_target_heading
from analysis.catalogue import cache_by_vocabulary, load_units, load_words
from analysis.indicators import Cue, find_cues, load_cues, load_signatures
from analysis.model import Document, Kind, Period, Table
from analysis.periods import PeriodMention, find_periods
from analysis.quantities import noun_pattern
from analysis.tables.grid import Grid, form, words
from analysis.text import match_form

_LINES, _LONGEST = 7, 220
_ABOVE = 2000
"""How far above a table of scores the index may be named."""
_SAME = 0.6
"""So much of their days two periods share where one is the other by its common name: quý I, from 15/12 on."""


@dataclass(frozen=True, slots=True)
class Context:
    """What holds for all cells of a table."""

    caption: str
    cues: tuple[Cue, ...]
    """Topics and indices that the caption names; an index of the title where the caption names none."""
    unit: str
    """As it is said: `hồ sơ`, `triệu đồng`; empty where nothing says it."""
    period: Period | None
    of_dossiers: bool = True
    """Whether the table speaks of dossiers at all, so that a bare `Tổng số` may be one of them."""
    is_scored: bool = False
    """Whether its columns are the parts of an index and their sum."""
    is_planned: bool = False
    """Whether all of it is still to be reached."""
    states: tuple[Cue, ...] = ()
    """What the caption says of the thing counted, where it says one thing: `Số hồ sơ quá hạn theo tháng`."""
    kind: Kind | None = None
    """What the caption says that the numbers are."""
    fractional: frozenset[int] = frozenset()
    """Columns with decimal fractions."""

    @property
    def names_index(self) -> bool:
        """True where the caption, or the title, names an index."""
        return any(cue.role == "index" for cue in self.cues)


@cache_by_vocabulary(maxsize=4096)
def cues_of(text: str) -> tuple[Cue, ...]:
    """The cues of a label."""
    return tuple(find_cues(match_form(text)))


def context_of(document: Document, table: Table, grid: Grid, setting: Setting) -> Context:
    """The lines above a table and what they say of it."""
    caption = caption_of(document, table)
    cues = tuple(cue for cue in cues_of(caption) if cue.role in ("topic", "index"))
    if not any(cue.role == "index" for cue in cues):
        cues = (*cues, *_index_around(document, table, grid))
    said = words("said_unit").search(match_form(caption))
    unit = said["unit"].strip(" .():") if said else ""
    topics = _topics_of_heads(grid)
    if topics:
        cues = (*(cue for cue in cues if cue.role == "index"), *topics)
    scored = any(words("sum_of_scores").fullmatch(column.inner) for column in grid.columns)
    planned = any(words("target_caption").search(match_form(line)) for line in caption.split("\n"))
    planned = planned or _is_under_targets(document, table)
    return Context(
        caption, cues, unit, _period_of(caption, setting, planned=planned),
        _speaks_of_dossiers(caption, grid) and not _speaks_of_else(topics),
        scored and any(cue.role == "index" for cue in cues), planned,
        () if topics else _states_of(caption), _kind_of(caption), _fractional(grid),
    )  # fmt: skip


def _states_of(caption: str) -> tuple[Cue, ...]:
    vague = _dumb() | set(load_words("reading.yaml")["who_cues"])
    states = [cue for cue in cues_of(caption) if cue.role in ("state", "unit") and cue.name not in vague]
    return tuple(states) if len({cue.name for cue in states}) == 1 else ()


def _dumb() -> set[str]:
    return set(load_words("headings.yaml")["dumb_states"])


def _kind_of(caption: str) -> Kind | None:
    """A share where the caption begins with that word, or ends in a percent sign; a rank or a score likewise."""
    line = form(caption.split("\n")[-1])
    found = [kind for kind in ("percent", "rank", "score") if words("caption_kinds", kind).search(line)]
    return found[0] if len(found) == 1 or "percent" in found else None  # type: ignore[return-value]


def _fractional(grid: Grid) -> frozenset[int]:
    cells = ((cell.text, column.index) for row in grid.rows for cell, column in row.values)
    return frozenset(index for text, index in cells if words("fraction").fullmatch(text.strip()))


def _index_around(document: Document, table: Table, grid: Grid) -> list[Cue]:
    """The index that the title names, else the last one said above a table of scores or ranks."""
    named = [cue for cue in cues_of(document.title) if cue.role == "index"]
    if len({cue.name for cue in named}) == 1:
        return named
    inner = [column.inner for column in grid.columns if column.role == "value"]
    if not any(words("kinds", kind).search(text) for kind in ("score", "rank") for text in inner):
        return []
    above = find_cues(match_form(document.text[max(0, table.start - _ABOVE) : table.start]))
    return [cue for cue in above if cue.role == "index"][-1:]


def _is_under_targets(document: Document, table: Table) -> bool:
    """True where the heading above speaks of what is to be done."""
    for block in reversed([block for block in document.blocks if block.end <= table.start]):
        line = match_form(document.text[block.start : block.end])
        if block.is_furniture or words("of_results").search(line):
            return False  # behind the signature, in an appendix; or announced as what was reached
        if block.kind == "heading" and words("section_heading").match(line):
            return is_target_heading(line)
    return False


def _topics_of_heads(grid: Grid) -> tuple[Cue, ...]:
    """What the heads of the columns count."""
    heads = [text for column in grid.columns if column.role == "value" for text in column.texts]
    return tuple(
        cue for text in heads for cue in cues_of(text) if cue.role == "topic" and load_cues()[cue.name].weight is None
    )


def _speaks_of_else(topics: Sequence[Cue]) -> bool:
    """True where the heads name things, and dossiers or procedures aren't among them."""
    known = set(load_words("reading.yaml")["topic_nouns"])
    return bool(topics) and not known & {cue.name for cue in topics}


def _speaks_of_dossiers(caption: str, grid: Grid) -> bool:
    labels = [caption, *(text for column in grid.columns for text in column.texts)]
    labels += [text for row in grid.rows for text in (*row.labels, row.unit)]
    return any(cue.name in _states_of_dossiers() for label in labels for cue in cues_of(label))


@cache_by_vocabulary
def _states_of_dossiers() -> frozenset[str]:
    """Cues that tell one number of dossiers from another."""
    topic = load_words("reading.yaml")["default_topic"]["cue"]
    cues = {name for s in load_signatures() if topic in s.cues for group in s.groups for name in group}
    return frozenset(cues) - _dumb()


def caption_of(document: Document, table: Table) -> str:
    """The lines above a table that belong to it, up to a sentence or another table."""
    lines: list[str] = []
    end = table.start
    bound = max((other.end for other in document.tables if other.end <= table.start), default=0)
    for _ in range(2 * _LINES):
        start = max(bound, document.text.rfind("\n", 0, max(0, end - 1)) + 1)
        line = document.text[start:end].strip()
        end = start
        if line:
            lines.append(line)
        if start <= bound or len(lines) >= _LINES or _is_prose(line):
            break
    lines = [line for line in lines if not _is_prose(line) and not words("not_about").search(form(line))]
    if table.caption and table.caption not in lines:
        lines.append(table.caption)
    return "\n".join(reversed(lines))


def _is_prose(line: str) -> bool:
    """True for a line that is no caption: a sentence, or what is too long for one."""
    return len(line) > _LONGEST or (line.endswith((".", ";", "./.")) and len(line.split()) > 8)


def _period_of(caption: str, setting: Setting, *, planned: bool) -> Period | None:
    day = setting.period.end if setting.period else None
    for mention in reversed(find_periods(caption, today=day)):
        if planned and mention.period and mention.role_hint in ("", "target", "programme"):
            return mention.period
        if mention.period and mention.grain != "day" and mention.role_hint in ("", "since", "until"):
            return own_or(mention, setting.period)
    return setting.period


def own_or(mention: PeriodMention, own: Period | None) -> Period | None:
    """The report's own period where the named one is nearly the same: an official quarter begins on the 15th.

    Days that are stated hold as they are.
    """
    period = mention.period
    if own is None or period is None or mention.grain == "range":
        return period
    shared = (min(period.end, own.end) - max(period.start, own.start)).days + 1
    whole = (max(period.end, own.end) - min(period.start, own.start)).days + 1
    return own if shared >= _SAME * whole else period


@cache_by_vocabulary(maxsize=4096)
def unit_code(said: str) -> str:
    """The unit of units.yaml that a label of a measure means; empty for none.

    >>> [unit_code(said) for said in ("Hồ sơ", "số TTHC", "kế hoạch", "triệu đồng", "%")]
    ['dossier', 'procedure', 'document', 'VND', 'percent']
    """
    text = form(said).removeprefix("số ").removeprefix("lượng ").strip(" .()")
    if "%" in text:
        return "percent"
    if money_factor(text):
        return "VND"
    match = noun_pattern().match(text)
    nouns = {noun: unit.code for unit in load_units().values() for noun in unit.nouns}
    return nouns.get(match["noun"], "") if match else ""


@lru_cache(maxsize=4096)
def money_factor(said: str) -> float:
    """What a sum is multiplied by: `triệu đồng` a million; 0 where no money is meant."""
    for name, factor in (("billion", 1e9), ("million", 1e6), ("thousand", 1e3), ("one", 1.0)):
        if words("money", name).search(form(said)):
            return factor
    return 0.0
