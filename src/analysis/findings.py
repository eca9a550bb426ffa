"""How a finding is named and worded: the checks' catalogue, and messages with numbers as an official writes them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

from analysis.catalogue import load_indicators, read_vocabulary
from analysis.model import Finding
from analysis.numerals import Lang, format_number
from analysis.relations import Relation, Statement

Row = Any
"""A row of the observations table as `itertuples` gives it."""
Words = dict[str, Callable[[Lang], str]]
"""What stands for each field of a message, by language."""


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


class Rules(_Entry):
    """The content of vocabulary/checks.yaml."""

    share_tolerance: float
    sure: float
    closeness: float
    most_values: int
    ratio_bridge: tuple[str, ...]
    ratio_reach: int
    one_value: tuple[str, ...]
    summed: tuple[str, ...]
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


def statement_of(row: Row) -> Statement:
    """A row as one number among others."""
    out_of = None if pd.isna(row.out_of) or row.kind in ("rank", "score") else float(row.out_of)
    return Statement(row.observation_id, row.indicator, row.value, row.quote, row.start, out_of)


def make_finding(code: str, level: Literal["error", "warning"], rows: list[Row], fields: Words) -> Finding:
    """A finding with its message in both languages; its id depends on the code and the observations alone.

    A contradiction between readings is an error only where each of them is sure; else the reading may be at fault.
    """
    if len(rows) > 1 and min(row.confidence for row in rows) < load_rules().sure:
        level = "warning"
    ids = tuple(row.observation_id for row in rows)
    check = CHECK[code]
    digest = hashlib.sha256(";".join([code, *sorted(ids)]).encode("utf-8")).hexdigest()
    return Finding(
        finding_id=digest[:12],
        code=code,
        level=level,
        message_vi=_message(check.message_vi, "vi", fields),
        message_en=_message(check.message_en, "en", fields),
        observation_ids=ids,
        document_id=rows[0].document_id if len({row.document_id for row in rows}) == 1 else "",
        area=rows[0].area,
        area_id=rows[0].area_id,
    )


def _message(template: str, lang: Lang, fields: Words) -> str:
    message = re.sub(r"\{(\w+)\}", lambda match: fields[match[1]](lang), template)
    return message[:1].upper() + message[1:]


def _label(indicator: str, lang: Lang) -> str:
    known = load_indicators().get(indicator) or load_indicators()["other"]
    return known.label(lang)


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


def period_of(row: Row, lang: Lang) -> str:
    """The row's period in words."""
    start, end = (
        day.strftime("%d/%m/%Y" if lang == "vi" else "%Y-%m-%d") for day in (row.period_start, row.period_end)
    )
    if start == end:
        return f"ngày {end}" if lang == "vi" else f"on {end}"
    return f"từ {start} đến {end}" if lang == "vi" else f"from {start} to {end}"
