"""The vocabulary: reads and validates the files of `vocabulary/`, and what a workspace lays over them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
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
Together = Literal["none", "sum", "mean", "weighted_mean", "last", "max"]
"""How several values are put together: not at all, added up, averaged, the latest or the greatest of them."""

C = TypeVar("C", bound=Callable[..., Any])
T = TypeVar("T", bound=BaseModel)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Entry):
    """A legal text, and where in it (form and column, article)."""

    text: str
    place: str = ""


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
    over_areas: Together
    over_time: Together
    """Over periods that don't overlap."""
    weight: str = ""
    """The indicator whose counts weigh in a weighted mean."""
    range: tuple[float | None, float | None]
    definition_vi: str
    definition_en: str
    legal: tuple[Source, ...] = ()

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


class Attestation(_Entry):
    """A phrase by which an indicator is known, and a sentence that attests it: its number in square brackets."""

    phrase: str
    text: str
    kind: Kind | None = None
    """Where it isn't the indicator's own."""
    known_gap: str = ""
    """Why the sentence isn't read yet."""


def read_vocabulary(name: str) -> Any:
    """The content of a vocabulary file, by a loader that can't run code."""
    path = files("analysis") / "vocabulary" / name
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError) as error:
        raise VocabularyError(f"Không đọc được tệp từ vựng {name}: {error}.") from error


_additions: Mapping[str, Any] = {}
_caches: list[Callable[[], None]] = []


def cache_by_vocabulary(load: C | None = None, *, maxsize: int | None = None) -> Any:
    """`functools.cache` for what depends on the vocabulary in force: emptied when another is laid over.

    `@cache_by_vocabulary`, or `@cache_by_vocabulary(maxsize=4096)`.
    """
    if load is None:
        return partial(cache_by_vocabulary, maxsize=maxsize)
    cached = lru_cache(maxsize)(load)
    _caches.append(cached.cache_clear)
    return cached


def lay_over(additions: Mapping[str, Any]) -> None:
    """From now on the files of the vocabulary hold these entries too, by file name; `{}`: ours alone.

    An entry with a code that is there changes what it names of it. Use analysis.overlay, which validates.
    """
    global _additions
    if additions != _additions:
        _additions = additions
        for clear in _caches:
            clear()


def laid_over() -> Mapping[str, Any]:
    """The entries that lie over our own now."""
    return _additions


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
    """The entries of a vocabulary file that is a list, each validated as `entry`, with those laid over it."""
    return _validated(name, tuple[entry, ...], _merged(read_vocabulary(name), _additions.get(name, ())))


@cache_by_vocabulary
def load_indicators() -> dict[str, Indicator]:
    """The catalogue by code, in its order; `other` is the last.

    >>> load_indicators()["dossiers.overdue"].label_vi
    'Hồ sơ giải quyết quá hạn'
    """
    found = {indicator.code: indicator for indicator in load_entries("indicators.yaml", Indicator)}
    return {**{code: known for code, known in found.items() if code != "other"}, "other": found["other"]}


@cache_by_vocabulary
def load_units() -> dict[str, Unit]:
    """Units of measure by code.

    >>> load_units()["dossier"].vi
    'hồ sơ'
    """
    return {unit.code: unit for unit in load_entries("units.yaml", Unit)}


@cache_by_vocabulary
def load_attestations() -> dict[str, tuple[Attestation, ...]]:
    """By indicator, the phrases by which it is known in reports, each with a sentence.

    >>> load_attestations()["dossiers.overdue"][0].phrase
    'quá hạn'
    """
    ours = read_vocabulary("attestations.yaml")
    added = _additions.get("attestations.yaml", {})
    together = {code: [*ours.get(code, ()), *added.get(code, ())] for code in {**ours, **added}}
    return _validated("attestations.yaml", dict[str, tuple[Attestation, ...]], together)


def _validated(name: str, kind: Any, content: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        raise VocabularyError(f"Tệp từ vựng {name} sai cấu trúc: {error}.") from error


def _merged(ours: Any, added: Sequence[Mapping[str, Any]]) -> Any:
    """A list of entries with others: those of a code that is there change it, the rest stand behind."""
    if not added:
        return ours
    changes = {entry["code"]: entry for entry in added if "code" in entry}
    known = {entry.get("code") for entry in ours}
    kept = [{**entry, **changes.get(entry.get("code"), {})} for entry in ours]
    return kept + [entry for entry in added if entry.get("code") not in known or "code" not in entry]
