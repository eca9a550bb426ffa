"""How a finding is named and worded: the checks' catalogue, and messages with numbers as an official writes them."""

from __future__ import annotations

import hashlib
import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from analysis.catalogue import load_indicators, read_vocabulary
from analysis.model import Finding, Level
from analysis.numerals import Lang, format_number
from analysis.relations import Relation, Statement

Row = Any
"""What the checks read of an observation: a row of its table, with the same names."""
_READ = (
    "observation_id", "document_id", "indicator", "kind", "value", "value_high", "qualifier", "out_of", "change",
    "nature", "area", "area_id", "area_level", "organization", "tier", "breakdown", "period_start", "period_end",
    "quote", "sentence", "start", "method", "confidence", "unit",
)  # fmt: skip
_Row = namedtuple("_Row", _READ)  # type: ignore[misc]
Words = dict[str, Callable[[Lang], str]]
"""What stands for each field of a message, by language."""

_BEFORE, _AFTER, _LONGEST = 60, 45, 130
"""How much of a sentence is quoted around its number."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(_Entry):
    """A check: its stable code, its title and its rule in one sentence."""

    code: str
    title_vi: str
    title_en: str
    rule_vi: str
    rule_en: str
    message_vi: str
    message_en: str
    ranked: dict[str, str] = {}
    unranked: dict[str, str] = {}
    how: dict[str, dict[str, str]] = {}


class Moves(_Entry):
    """The words of a rise or a fall from one value to another: `giảm từ 12,4% xuống 2,6%`."""

    before: tuple[str, ...]
    between: tuple[str, ...]
    vi: str
    en: str


class Rules(_Entry):
    """The content of vocabulary/checks.yaml."""

    share_tolerance: float
    sure: float
    doubtful: float
    closeness: float
    far_points: float
    most_values: int
    ratio_bridge: tuple[str, ...]
    ratio_reach: int
    one_value: tuple[str, ...]
    summed: tuple[str, ...]
    taken_up: tuple[str, ...]
    compared: tuple[str, ...]
    unlike: dict[str, tuple[str, ...]]
    averages: tuple[str, ...]
    narrowing: tuple[str, ...]
    year_before: tuple[str, ...]
    moves: dict[str, Moves]
    hints: dict[str, dict[str, str]]
    scope: dict[str, dict[str, dict[str, str]]]
    checks: tuple[Check, ...]
    relations: tuple[Relation, ...]


@cache
def load_rules() -> Rules:
    """Limits, relations and checks."""
    return Rules.model_validate(read_vocabulary("checks.yaml"))


CHECKS: tuple[Check, ...] = load_rules().checks
"""Every check that is run, in the order in which findings are explained."""
CHECK = {check.code: check for check in CHECKS}


@dataclass(frozen=True, slots=True)
class Source:
    """What findings need to know of a document: its title, its day, and which other one it repeats or replaces."""

    title: str = ""
    published: date | None = None
    duplicate_of: str = ""
    replaces: str = ""


Sources = Mapping[str, Source]
"""The documents by their id."""


@dataclass(frozen=True)
class Case:
    """What a check holds against some figures, before it is worded.

    `far`: the figures are so far apart that they are rather a misreading than a slip of the report.
    """

    code: str
    level: Level
    rows: tuple[Row, ...]
    fields: Words
    hint: str = ""
    far: bool = False


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of an observations frame, its days as `date`; many times faster than by `itertuples`."""
    return list(map(_Row._make, zip(*(_values_of(frame[name]) for name in _READ), strict=True)))


def _values_of(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "M":
        return column.to_numpy().astype("datetime64[D]").astype(object).tolist()
    return column.astype(object).tolist()


def known(value: Any) -> bool:
    """True for a number or a day; a table holds NaN or None for what isn't stated."""
    return value is not None and value == value


def statement_of(row: Row) -> Statement:
    """A row as one number among others."""
    out_of = None if not known(row.out_of) or row.kind in ("rank", "score") else float(row.out_of)
    return Statement(row.observation_id, row.indicator, row.value, row.quote, row.start, out_of)


def tell(case: Case, sources: Sources) -> Finding:
    """A case as a finding with its message in both languages; its id depends on code and observations alone.

    What rests on an unsure reading, or on a scan, is no error, since the reading may be at fault, and says so.
    """
    rules, rows = load_rules(), case.rows
    surest = min(row.confidence for row in rows)
    level: Level = case.level
    scanned = any(row.method == "ocr" for row in rows)
    if scanned or (len(rows) > 1 and surest < rules.sure):
        level = "info" if surest < rules.doubtful else "warning" if level == "error" else level
    ids = tuple(row.observation_id for row in rows)
    documents = {row.document_id for row in rows}
    hints = [case.hint] if case.hint else []
    hints += ["unsure"] if surest < rules.sure and case.code != "doubtful_reading" else []
    hints += ["recognised"] if scanned else []
    return Finding(
        finding_id=finding_id(case.code, ids),
        code=case.code,
        level=level,
        message_vi=_told(case, hints, sources, "vi"),
        message_en=_told(case, hints, sources, "en"),
        observation_ids=ids,
        document_id=rows[0].document_id if len(documents) == 1 else "",
        area=rows[0].area,
        area_id=rows[0].area_id,
    )


def finding_id(code: str, named: Sequence[str]) -> str:
    """Twelve hex digits from the check and what its finding names, in any order."""
    return hashlib.sha256(";".join([code, *sorted(named)]).encode("utf-8")).hexdigest()[:12]


def fill(template: str, lang: Lang, fields: Words) -> str:
    """A sentence with its fields, begun with a capital."""
    message = re.sub(r"\{(\w+)\}", lambda match: fields[match[1]](lang), template)
    return message[:1].upper() + message[1:]


def _told(case: Case, hints: Sequence[str], sources: Sources, lang: Lang) -> str:
    check = CHECK[case.code]
    fields = case.fields | {"source": lambda lang: _where(case.rows, sources, lang)}
    said = [fill(check.message_vi if lang == "vi" else check.message_en, lang, fields)]
    said += [fill(load_rules().hints[hint][lang], lang, fields) for hint in [*hints, "source"]]
    return " ".join(said)


def _where(rows: Sequence[Row], sources: Sources, lang: Lang) -> str:
    """The sentences that figures stand in, by document: `“Báo cáo ...”, câu “...”`."""
    quoted: dict[str, dict[str, None]] = {}
    for row in rows:
        quoted.setdefault(row.document_id, {}).setdefault(row.sentence)
    first = {(row.document_id, row.sentence): row for row in reversed(rows)}
    said = load_rules().hints["sentences"][lang]
    parts = []
    for document_id, spoken in quoted.items():
        excerpts = "; ".join(f"“{excerpt(first[document_id, sentence]).rstrip('.')}”" for sentence in spoken)
        parts.append(f"{title_of(document_id, sources, lang)}, {said} {excerpts}")
    return "; ".join(parts)


def title_of(document_id: str, sources: Sources, lang: Lang) -> str:
    """A document by its title and day: `“Báo cáo CCHC quý III” (01/10/2022)`."""
    source = sources.get(document_id) or Source()
    title = source.title or document_id
    title = title if len(title) <= _LONGEST else title[:_LONGEST].rsplit(" ", 1)[0] + "…"
    return f"“{title}”" + (f" ({day_of(source.published, lang)})" if known(source.published) else "")


def excerpt(row: Row) -> str:
    """The words of a sentence around its number, on the borders of words.

    >>> from types import SimpleNamespace
    >>> excerpt(SimpleNamespace(sentence="Đã giải quyết 45 hồ sơ.", quote="45"))
    'Đã giải quyết 45 hồ sơ.'
    """
    sentence, at = row.sentence, max(0, row.sentence.find(row.quote))
    if len(sentence) <= _LONGEST:
        return sentence
    start, end = max(0, at - _BEFORE), min(len(sentence), at + len(row.quote) + _AFTER)
    start = sentence.find(" ", start, at) + 1 if start and " " in sentence[start:at] else start
    cut = sentence.rfind(" ", at + len(row.quote), end)
    end = cut if cut > 0 and end < len(sentence) else end
    return ("…" if start else "") + sentence[start:end] + ("…" if end < len(sentence) else "")


def _label(indicator: str, lang: Lang) -> str:
    entry = load_indicators().get(indicator) or load_indicators()["other"]
    return entry.label(lang)


def name_of(row: Row, lang: Lang) -> str:
    """The indicator in quotation marks, with what narrows it: “Hồ sơ đã giải quyết” (cấp xã; đất đai)."""
    tier = load_rules().scope["tier"].get(row.tier, {}).get(lang, "")
    narrower = "; ".join(filter(None, (tier, row.organization, row.breakdown)))
    return f"“{_label(row.indicator, lang)}”" + (f" ({narrower})" if narrower else "")


def written(row: Row, lang: Lang) -> str:
    """The value of a row with as many decimals as its report prints."""
    decimals = None if float(row.value).is_integer() and row.kind == "count" else statement_of(row).decimals
    return format_number(row.value, decimals, lang) + ("%" if row.kind == "percent" else "")


def listed(statements: tuple[Statement, ...], lang: Lang) -> str:
    """`4.157 (hồ sơ giải quyết đúng hạn) + 12 (hồ sơ giải quyết quá hạn)`."""
    parts = []
    for row in statements:
        label = _label(row.indicator, lang)
        label = label[:1].lower() + label[1:] if label[1:2].islower() else label
        ending = "%" if row.indicator.endswith("share") else ""
        parts.append(f"{format_number(row.value, row.decimals, lang)}{ending} ({label})")
    return " + ".join(parts)


def part_of(row: Row, split: str, lang: Lang) -> str:
    """A part of a total by its tier or breakdown: `24.588 (cấp xã)`."""
    part = getattr(row, split)
    label = load_rules().scope[split][part][lang] if split in load_rules().scope else part
    return f"{format_number(row.value, None, lang)} ({label})"


def day_of(day: date, lang: Lang) -> str:
    """A day as it is written: `30/09/2022`."""
    return day.strftime("%d/%m/%Y" if lang == "vi" else "%Y-%m-%d")


def period_of(row: Row, lang: Lang) -> str:
    """The row's period in words."""
    start, end = (day_of(day, lang) for day in (row.period_start, row.period_end))
    if start == end:
        return f"ngày {end}" if lang == "vi" else f"on {end}"
    return f"từ {start} đến {end}" if lang == "vi" else f"from {start} to {end}"
