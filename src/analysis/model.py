"""The vocabulary of the project as small frozen values; see docs/glossary.md.

All offsets are character offsets into `Document.text`, `start` inclusive, `end` exclusive.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

Kind = Literal["count", "percent", "score", "rank", "amount", "duration"]
Qualifier = Literal["exact", "at_least", "at_most", "approximate"]
Change = Literal["none", "increase", "decrease"]
Nature = Literal["actual", "target"]
AreaLevel = Literal["country", "region", "province", "district", "commune"]
SourceKind = Literal["official_report", "news", "portal", "table"]
DocumentFormat = Literal["txt", "html", "docx", "pdf", "xlsx", "doc", "rtf", "odt", "xls", "ods"]
Level = Literal["error", "warning", "info"]
BlockKind = Literal[
    "title", "heading", "paragraph", "item", "table",
    "byline", "dateline", "caption", "menu", "related", "counter", "footer",
]  # fmt: skip

FURNITURE: frozenset[str] = frozenset({"byline", "dateline", "caption", "menu", "related", "counter", "footer"})
"""Block kinds whose numbers are the page's, not the report's."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document that stands on lines of its own: a paragraph, a heading, a menu."""

    kind: BlockKind
    start: int
    end: int

    @property
    def is_furniture(self) -> bool:
        """True where the block belongs to the page around the report."""
        return self.kind in FURNITURE


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its place in the grid (from 0), its extent, and its text's offsets."""

    row: int
    col: int
    start: int
    end: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells; merged cells stand once, at their upper left place."""

    start: int
    end: int
    cells: tuple[Cell, ...]
    caption: str = ""


@dataclass(frozen=True)
class Document:
    """A raw report: its text (NFC, lines ended by a line feed), blocks, tables and origin.

    `blocks` are in order, don't overlap, and cover every character that isn't white space.
    """

    document_id: str
    path: str
    """Relative to the raw folder, with `/`."""
    sha256: str
    """Of the raw bytes."""
    format: DocumentFormat
    text: str
    title: str = ""
    published: date | None = None
    source_kind: SourceKind = "news"
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    page_starts: tuple[int, ...] = ()
    """Offset at which each page begins; empty where the format has no pages."""
    encoding: str = "utf-8"
    ocr_pages: tuple[int, ...] = ()
    """Pages, from 1, whose text was recognised from a picture."""
    notes: tuple[str, ...] = ()
    """What was done to the file to read it, and what of it was left out."""

    def page_at(self, offset: int) -> int | None:
        """Page number, from 1, of an offset; None where the format has no pages."""
        return bisect_right(self.page_starts, offset) if self.page_starts else None

    @cached_property
    def _block_starts(self) -> list[int]:
        return [block.start for block in self.blocks]

    def block_at(self, offset: int) -> Block | None:
        """The block that holds an offset."""
        i = bisect_right(self._block_starts, offset) - 1
        return self.blocks[i] if i >= 0 and offset < self.blocks[i].end else None


@dataclass(frozen=True, slots=True)
class Failure:
    """A raw file, or an area's report, that couldn't be made: what, why, and what to do."""

    what: str
    reason: str
    remedy: str
    code: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Dates from `start` to `end`, both included; an instant has both equal."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative unit, or a grouping such as the country or a region.

    `area_id` is scheme, level and official code (`vn63:d:347`): codes alone were reused in 2025. It is
    empty where the name is known from the text but not found in the gazetteer.
    """

    area_id: str
    name: str
    """With its level: `Thành phố Phủ Lý`."""
    level: AreaLevel
    province: str = ""
    """Name of the province without its level: `Hà Nam`."""
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and qualifier as seen in the text, not yet interpreted."""

    start: int
    end: int
    quote: str
    value: float
    value_high: float | None = None
    kind: Kind = "count"
    unit: str = ""
    qualifier: Qualifier = "exact"
    out_of: float | None = None
    change: Change = "none"


@dataclass(frozen=True, slots=True)
class Observation:
    """A quantity resolved to indicator, area and period. The columns of the observations table."""

    observation_id: str
    document_id: str
    indicator: str
    kind: Kind
    value: float
    value_high: float | None
    unit: str
    qualifier: Qualifier
    out_of: float | None
    change: Change
    nature: Nature
    area: str
    area_id: str
    area_level: str
    province: str
    organization: str
    tier: str
    breakdown: str
    period_start: date | None
    period_end: date | None
    quote: str
    sentence: str
    start: int
    end: int
    page: int | None
    source_kind: SourceKind
    method: Literal["text", "table", "ocr"]
    rule: str
    confidence: float
    alternatives: str = ""
    corrected: bool = False
    selected: bool = True
    selected_id: str = ""
    """Of the observation that is shown for what this one states; its own where it is shown itself."""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A number that was seen and not turned into an observation, with the reason.

    Reasons: date, time, period, legal_reference, service_level, name, numbering, ordinal, address, phone,
    counter, furniture, measure, duration, ambiguous_area, no_indicator, unclear
    (tests/test_extract.py keeps the list).
    """

    document_id: str
    start: int
    end: int
    quote: str
    sentence: str
    reason: str
    detail: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one document."""

    document: Document
    area: Area | None
    """The report's own subject."""
    period: Period | None
    """The report's own period."""
    observations: tuple[Observation, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one consistency check.

    `level` is `error` (a contradiction inside one source), `warning` (depends on how things are counted) or `info`
    (something to know: a document received twice, a number that may have been misread).
    """

    finding_id: str
    code: str
    level: Level
    message_vi: str
    message_en: str
    observation_ids: tuple[str, ...]
    document_id: str = ""
    area: str = ""
    area_id: str = ""
