"""Title, date and kind of source of a document, from its blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from analysis.documents.drafts import Draft
from analysis.documents.furniture import is_official_report
from analysis.documents.looks import load_looks
from analysis.model import Block, SourceKind
from analysis.text import match_form

_DATES = (
    re.compile(r"\b(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})\s+năm\s+(?P<y>\d{4})\b"),
    re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})\s?(?P<sep>[/.-])\s?(?P<m>\d{1,2})\s?(?P=sep)\s?(?P<y>\d{4})(?![\d/])"),
    re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"),
)

_HEAD = 6
"""Blocks at the head of a document among which a line may state the day: `Đăng ngày 04/9/2025 bởi Ban biên tập`."""
_SHORT = 110


def find_title(draft: Draft, blocks: Sequence[Block]) -> str:
    """The title: what the blocks show, else what the file says of itself."""
    shown = [" ".join(draft.text[b.start : b.end].split()) for b in blocks if b.kind == "title"]
    return " ".join(shown) or draft.title


def find_published(draft: Draft, blocks: Sequence[Block]) -> date | None:
    """The day of publication: of the first dateline, else of a short line at the head, else what the page states.

    Datelines of related items are left out, since they lie in blocks of another kind. The day on which a Word or
    PDF file was made is no such day: a file is saved again years later, and would date the report wrongly.
    """
    for block in blocks:
        if block.kind == "dateline" and (found := first_date(draft.text[block.start : block.end])):
            return found
    for block in blocks[:_HEAD]:
        line = draft.text[block.start : block.end].strip()
        if block.kind != "title" and len(line) <= _SHORT and not line.endswith((".", ":", ";")) and _is_single(line):
            if found := first_date(line):
                return found
    return draft.published


def _is_single(line: str) -> bool:
    """True where a line names one day only, and not as the end of a period: `Kỳ báo cáo: từ ngày ... đến ngày ...`."""
    form = match_form(line)
    return sum(1 for p in _DATES for _ in p.finditer(form)) == 1 and not re.search(r"\b(?:từ|đến|kỳ)\b", form)


def first_date(raw: str) -> date | None:
    """The first whole date of a line; None for a truncated or impossible one.

    >>> first_date("Cập nhật: 16/09/2022 17:29")
    datetime.date(2022, 9, 16)
    >>> first_date("14/10/202") is None
    True
    """
    form = match_form(raw)
    found = sorted((m for p in _DATES for m in p.finditer(form)), key=lambda m: m.start())
    for match in found:
        try:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
        except ValueError:
            continue
    return None


def find_source_kind(draft: Draft, blocks: Sequence[Block]) -> SourceKind:
    """Which sort of source: a report of an authority, a page of statistics, little but a table, or else news."""
    if is_official_report(draft.text):
        return "official_report"
    own = [b for b in blocks if not b.is_furniture]
    lengths = {kind: sum(b.end - b.start for b in own if b.kind == kind) for kind in ("table", "paragraph", "item")}
    if lengths["table"] > 0.7 * max(1, sum(b.end - b.start for b in own if b.kind != "title")):
        return "table"
    top = [draft.text[b.start : b.end] for b in blocks[:8]]
    statistics = any(load_looks().portal.search(match_form(line)) for line in top if len(line) <= 120)
    sentences = sum(b.end - b.start for b in own if b.kind == "paragraph" and b.end - b.start > 200)
    in_rows = lengths["table"] + sum(b.end - b.start for b in own if b.end - b.start <= 120)
    return "portal" if statistics and in_rows > sentences else "news"
