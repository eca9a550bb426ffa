"""The vocabulary of how page furniture looks, loaded and compiled from vocabulary/furniture.yaml."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError

from analysis.errors import VocabularyError
from analysis.model import BlockKind

Pattern = Annotated[re.Pattern[str], PlainValidator(lambda source: re.compile(source["pattern"]))]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Rule(_Entry):
    """One look of one kind of furniture."""

    kind: BlockKind
    pattern: Annotated[re.Pattern[str], PlainValidator(re.compile)]
    example: str
    where: Literal["anywhere", "head", "tail", "edge"] = "anywhere"
    figures: bool = True
    """False where the rule is too free to be trusted with a line that holds a digit."""
    alone: bool = False
    """Only where the line stands between blank ones, and furniture before and after it."""
    beside: bool = False
    """Only where the line before or after is of the same kind."""
    spreads: Literal["", "related", "items", "names"] = ""
    """What of the lines that follow belongs to it."""


class Dateline(_Entry):
    """Dates, what stands beside them, and the place-and-date line of an official letter."""

    dates: tuple[Pattern, ...]
    parts: tuple[Pattern, ...]
    place_and_date: Pattern


class Names(_Entry):
    """What stands beside names in a byline, and headings that look like names."""

    joints: Annotated[re.Pattern[str], PlainValidator(re.compile)]
    agency: Annotated[re.Pattern[str], PlainValidator(re.compile)]
    never: frozenset[str]


class Official(_Entry):
    """Marks of an administrative report."""

    letterhead: Pattern
    number: Pattern
    motto: Pattern
    genre: Pattern


class Looks(_Entry):
    """The whole of vocabulary/furniture.yaml."""

    max_length: int
    rules: tuple[Rule, ...]
    dateline: Dateline
    names: Names
    official: Official
    portal: Pattern
    captions_of_tables: Pattern
    sheet_names: Pattern
    running_head: Pattern
    end_of_article: Pattern
    structure: dict[BlockKind, frozenset[str]]


@lru_cache(maxsize=1)
def load_looks() -> Looks:
    """The vocabulary, read once."""
    source = resources.files("analysis").joinpath("vocabulary", "furniture.yaml").read_text(encoding="utf-8")
    try:
        return Looks.model_validate(yaml.safe_load(source))
    except (ValidationError, re.error, yaml.YAMLError) as error:
        raise VocabularyError(
            f"Tệp vocabulary/furniture.yaml không hợp lệ: {error}", "Sửa mục được nêu rồi chạy lại."
        ) from error
