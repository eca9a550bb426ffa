"""Annotated reports: which figures an attentive reader finds in a text, and where.

An annotation is NAME.json beside NAME.txt (or .html, .docx, .pdf); each figure is a stretch of the text that
occurs once in it, the number in brackets: `thực hiện được [229] thủ tục`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.catalogue import read_vocabulary
from analysis.errors import UsageError
from analysis.messages import both, explain
from analysis.text import tone_key

ENDINGS = (".txt", ".html", ".htm", ".docx", ".pdf")

Span = tuple[str, str]
"""First and last day as ISO dates."""


class _Annotated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldFigure(_Annotated):
    """One annotated figure; a list means that any of its values is right, `any` that it isn't checked."""

    context: str
    kind: str | tuple[str, ...]
    value: float
    qualifier: str | tuple[str, ...] = "exact"
    out_of: float | None = None
    change: str = "none"
    indicator: str | tuple[str, ...]
    area: str | tuple[str, ...] | None = None
    tier: str = "any"
    period: Literal["any"] | Span | tuple[Span, ...] | None = None
    nature: str = "actual"
    level: str = ""
    optional: bool = False


class _GoldFile(_Annotated):
    report: str = ""
    source: Any = None
    area: str = "any"
    province: str = ""
    level: str = ""
    period: Literal["any"] | Span = "any"
    figures: tuple[GoldFigure, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """An annotated figure at its place in the text, with the report's area and period filled in."""

    figure: GoldFigure
    start: int
    end: int
    areas: tuple[str, ...]
    province: str
    periods: tuple[Span, ...]
    """Empty where the period isn't checked."""


@dataclass(frozen=True)
class GoldReport:
    """An annotated report: its text and what is to be read from it."""

    name: str
    path: Path
    text: str
    expected: tuple[Expected, ...]


def list_annotations(gold_dir: Path) -> list[Path]:
    """The annotation files of a folder; raises UsageError where there is none."""
    paths = sorted(gold_dir.glob("*.json"))
    if not paths:
        raise UsageError(*explain("gold.none", folder=gold_dir))
    return paths


def report_beside(path: Path) -> Path:
    """The report that an annotation belongs to: the file of the same name beside it."""
    for ending in ENDINGS:
        if path.with_suffix(ending).is_file():
            return path.with_suffix(ending)
    raise UsageError(*explain("gold.alone", name=path.name, endings=", ".join(ENDINGS)))


def read_gold(path: Path, text: str) -> GoldReport:
    """The annotation of a report whose text is given; every figure is found at its one place in it."""
    try:
        content = _GoldFile.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(*explain("gold.unreadable", name=path.name, reason=error)) from error
    except ValidationError as error:
        raise _bad_annotation(path, error) from error
    expected = tuple(_locate(figure, number, content, path, text) for number, figure in enumerate(content.figures, 1))
    return GoldReport(path.stem, path, text, expected)


def _bad_annotation(path: Path, error: ValidationError) -> UsageError:
    fault = error.errors()[0]
    place = [str(part) for part in fault["loc"]]
    inside = place[:1] == ["figures"] and len(place) > 1
    where = both("gold.figure", name=path.name, number=int(place[1]) + 1) if inside else path.name
    return UsageError(*explain("gold.field", where=where, field=place[-1], reason=fault["msg"]))


def _locate(figure: GoldFigure, number: int, content: _GoldFile, path: Path, text: str) -> Expected:
    where = both("gold.figure", name=path.name, number=number)
    context = unicodedata.normalize("NFC", figure.context)
    before, opening, rest = context.partition("[")
    quote, closing, after = rest.partition("]")
    if not opening or not closing or not quote:
        raise UsageError(*explain("gold.no_brackets", where=where, context=context))
    times = text.count(before + quote + after)
    if times != 1:
        raise UsageError(*explain("gold.not_once", where=where, times=times, context=context))
    start = text.index(before + quote + after) + len(before)
    area = content.area if figure.area is None else figure.area
    period = content.period if figure.period is None else figure.period
    periods = () if period == "any" else (period,) if isinstance(period[0], str) else period
    return Expected(
        figure,
        start,
        start + len(quote),
        (area,) if isinstance(area, str) else area,
        content.province if figure.area is None else "",
        periods,  # type: ignore[arg-type]
    )


def same_place(one: str, two: str) -> bool:
    """True where names agree, and levels where both are said.

    >>> same_place("TP. Hoà Bình", "Thành phố Hòa Bình"), same_place("Hòa Bình", "Tỉnh Hòa Bình")
    (True, True)
    >>> same_place("Thị xã Phú Mỹ", "Phường Phú Mỹ"), same_place("Phú Lý", "Phủ Lý")
    (False, False)
    """
    (level, name), (other_level, other_name) = place_key(one), place_key(two)
    return name == other_name and (not level or not other_level or level == other_level)


@cache
def place_key(written: str) -> tuple[str, str]:
    """The level of a place (empty where none is said) and its name, without the style of tone marks.

    >>> place_key("TP. Phủ Lý")[0], place_key("Hà Nam")[0]
    ('thành phố', '')
    """
    folded = " ".join(unicodedata.normalize("NFC", written).casefold().replace("-", " ").split())
    levels = _place_levels()
    for prefix in sorted(levels, key=len, reverse=True):
        separator = r"(\.\s*| )" if len(prefix) <= 2 else r"\.?\s*"
        if apart := re.match(rf"{prefix}{separator}(?=\S)", folded):
            return levels[prefix], tone_key(folded[apart.end() :])
    return "", tone_key(folded)


@cache
def _place_levels() -> dict[str, str]:
    return read_vocabulary("evaluation.yaml")["place_levels"]
