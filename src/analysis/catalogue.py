"""The vocabulary: reads and validates the files of `vocabulary/`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis.errors import VocabularyError
from analysis.model import Kind

Group = Literal[
    "leadership", "institutions", "procedures", "apparatus", "civil_service",
    "public_finance", "digital", "indices", "other",
]  # fmt: skip


T = TypeVar("T", bound=BaseModel)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Indicator(_Entry):
    """An indicator (chỉ tiêu): what is measured. `range` holds the least and greatest possible value."""

    code: str
    label_vi: str
    label_en: str
    group: Group
    kind: Kind
    unit: str
    direction: Literal["higher_better", "lower_better", "neutral"]
    measure: Literal["flow", "stock", "share", "index"]
    aggregation: Literal["none", "sum", "latest", "mean"]
    range: tuple[float | None, float | None]
    definition_en: str

    def label(self, lang: str) -> str:
        """The name in `vi` or `en`."""
        return self.label_en if lang == "en" else self.label_vi


class Unit(_Entry):
    """A unit of measure, its names, and the nouns that carry it in a text."""

    code: str
    vi: str
    en: str
    nouns: tuple[str, ...]
    kind: Kind = "count"


def read_vocabulary(name: str) -> Any:
    """The content of a vocabulary file, by a loader that can't run code."""
    path = files("analysis") / "vocabulary" / name
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise VocabularyError(f"Không đọc được tệp từ vựng {name}: {error}.") from error


@cache
def load_words(name: str) -> Any:
    """The content of a vocabulary file, read once."""
    return read_vocabulary(name)


@cache
def load_pattern(name: str, *path: str, at_end: bool = False) -> re.Pattern[str]:
    """The regular expression that stands in a vocabulary file under a path of keys; of a list, any entry.

    With `at_end` it has to begin a word and to end where the text ends, but for white space.

    >>> bool(load_pattern("qualifiers.yaml", "comparatives", at_end=True).search("tỷ lệ cao hơn "))
    True
    """
    words = load_words(name)
    for key in path:
        words = words[key]
    expression = "|".join(f"(?:{entry})" for entry in words) if isinstance(words, list) else words
    return re.compile(rf"(?:^|(?<=\W))(?:{expression})\s*$" if at_end else expression)


def load_entries(name: str, entry: type[T]) -> tuple[T, ...]:
    """The entries of a vocabulary file that is a list, each validated as `entry`."""
    try:
        return TypeAdapter(tuple[entry, ...]).validate_python(read_vocabulary(name))
    except ValidationError as error:
        raise VocabularyError(f"Tệp từ vựng {name} sai cấu trúc: {error}.") from error


@cache
def load_indicators() -> dict[str, Indicator]:
    """The catalogue by code, in its order; `other` is the last.

    >>> load_indicators()["dossiers.overdue"].label_vi
    'Hồ sơ giải quyết quá hạn'
    """
    return {indicator.code: indicator for indicator in load_entries("indicators.yaml", Indicator)}


@cache
def load_units() -> dict[str, Unit]:
    """Units of measure by code.

    >>> load_units()["dossier"].vi
    'hồ sơ'
    """
    return {unit.code: unit for unit in load_entries("units.yaml", Unit)}
