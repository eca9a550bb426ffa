"""The entries of data/corrections.yaml: what each must hold, and how they are read, with the lines they stand on."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis.catalogue import load_indicators
from analysis.errors import CorrectionError, Text, join_texts
from analysis.handwritten import compose, content_of
from analysis.messages import both, explain
from analysis.schema import Column, table_schema

Action = Literal["correct", "reject", "add", "accept"]
ACTIONS: tuple[str, ...] = ("correct", "reject", "add", "accept")
_FORMER_ACTIONS = {"set": "correct"}
_FIXED = frozenset(
    {
        "observation_id", "document_id", "quote", "sentence", "start", "end", "page", "source_kind", "method", "rule",
        "confidence", "alternatives", "corrected", "selected", "selected_id", "flags",
    }
)  # fmt: skip
"""Columns that say where a number stands and what the program did; the rest is an analyst's to correct."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Entry):
    """Which number: its document and quote, with the sentence where the quote stands elsewhere too.

    `nth` counts where one sentence has the quote more than once; `start` or `observation_id` tell apart what a
    document says twice; `sha256` finds a document whose name has changed.
    """

    document_id: str = Field(min_length=1)
    quote: str = Field(min_length=1)
    sentence: str = ""
    nth: int | None = Field(default=None, ge=1)
    start: int | None = Field(default=None, ge=0)
    sha256: str = Field(default="", pattern="^([0-9a-f]{8,64})?$")
    observation_id: str = ""

    @field_validator("quote", "sentence", "document_id")
    @classmethod
    def _composed(cls, text: str) -> str:
        return unicodedata.normalize("NFC", text).strip()

    @property
    def told(self) -> str:
        """The number as a message names it."""
        return f"“{self.quote}” ({self.document_id})"


class Correction(_Entry):
    """One entry of the register; `line` is where it stands in its file, 0 for one that stands in none yet."""

    match: Match
    action: Action
    expect: dict[str, Any] = {}
    set: dict[str, Any] = {}
    reason: str = Field(min_length=1)
    who: str = Field(min_length=1)
    date: date
    line: int = Field(default=0, exclude=True)
    file: str = Field(default="corrections.yaml", exclude=True)

    @field_validator("action", mode="before")
    @classmethod
    def _as_now_called(cls, action: Any) -> Any:
        return _FORMER_ACTIONS.get(action, action) if isinstance(action, str) else action

    @model_validator(mode="after")
    def _is_whole(self) -> Correction:
        for fault in _faults(self):
            raise ValueError(fault)
        return self

    @property
    def source(self) -> Text:
        """The entry as a message names it: its file and line."""
        return both("corrections.entry", file=self.file, line=self.line)


def _faults(entry: Correction) -> Iterator[str]:
    """What keeps an entry from being one, as the key of a message with the part of the entry that it is about."""
    changes = entry.action in ("correct", "add")
    if changes and not entry.set:
        yield "corrections.no_set set"
    if not changes and entry.set:
        yield "corrections.needless_set set"
    if entry.action == "add" and "indicator" not in entry.set:
        yield "corrections.no_indicator set"
    if entry.action != "add" and not entry.expect:
        yield "corrections.no_expect expect"


def columns() -> dict[str, Column]:
    """The columns that an entry may set, by name.

    >>> "indicator" in columns(), "quote" in columns()
    (True, False)
    """
    return {column.name: column for column in table_schema("observations").columns if column.name not in _FIXED}


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """The register's entries in order; none where there is no file.

    CorrectionError names every fault with its line, field and remedy.
    """
    if not path.is_file():
        return ()
    return parse_corrections(_text_of(path), path.name)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorrectionError(*explain("corrections.encoding", file=path.name)) from error
    except OSError as error:
        raise CorrectionError(
            *explain("corrections.unreadable", file=path.name, reason=error.strerror or error)
        ) from error


def parse_corrections(text: str, file: str = "corrections.yaml") -> tuple[Correction, ...]:
    """The entries of a register's text."""
    nodes = entry_nodes(text, file)
    made = [_read_entry(node, file) for node in nodes]
    faults = [fault for fault in made if isinstance(fault, Text)]
    if faults:
        raise CorrectionError(join_texts(*faults), both("corrections.faulty.remedy"))
    return tuple(entry for entry in made if isinstance(entry, Correction))


def entry_nodes(text: str, file: str) -> list[yaml.Node]:
    """The entries of a register as YAML nodes, which know their lines."""
    try:
        root = compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise CorrectionError(*explain("corrections.syntax", file=file, line=line)) from error
    except yaml.YAMLError as error:
        raise CorrectionError(*explain("corrections.syntax", file=file, line=1)) from error
    if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise CorrectionError(*explain("corrections.no_list", file=file))
    return root.value


def _read_entry(node: yaml.Node, file: str) -> Correction | Text:
    """The entry, or what is wrong with it."""
    line = node.start_mark.line + 1
    try:
        content = content_of(node)
    except yaml.YAMLError as error:
        return _told(file, line, both("corrections.value", field="-", reason=str(error).split("\n")[0]))
    if not isinstance(content, dict):
        return _told(file, line, both("corrections.no_entry"))
    try:
        entry = Correction.model_validate(content | {"line": line, "file": file})
    except ValidationError as error:
        return join_texts(*(_told(file, _line_at(node, list(e["loc"])), _fault(e)) for e in error.errors()))
    wrong = [_told(file, _line_at(node, list(where)), fault) for where, fault in _misfits(entry)]
    return join_texts(*wrong) if wrong else entry


def _told(file: str, line: int, fault: Text) -> Text:
    return join_texts(both("corrections.at", file=file, line=line), fault)


def _line_at(node: yaml.Node, path: list[int | str]) -> int:
    """The line of the part that a path of keys leads to, or of the nearest above it."""
    for key in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        inner = next((value for name, value in pairs if name.value == key), None)
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1


def _fault(error: Any) -> Text:
    """A complaint of the schema in the user's words, with what to do about it."""
    field, kind = ".".join(map(str, error["loc"])), error["type"]
    if kind == "value_error":
        key, _, field = str(error["ctx"]["error"]).partition(" ")
        return join_texts(*explain(key, field=field))
    if kind == "missing":
        return join_texts(*explain("corrections.missing", field=field))
    if kind == "extra_forbidden":
        return join_texts(*explain("corrections.unknown", field=field, known=", ".join(_known(error["loc"]))))
    if kind == "literal_error":
        return join_texts(*explain("corrections.choice", field=field, known=", ".join(ACTIONS)))
    if kind == "string_type" and not isinstance(error["input"], (dict, list, type(None))):
        return join_texts(*explain("corrections.unquoted", field=field, written=error["input"]))
    if kind == "string_too_short":
        return join_texts(*explain("corrections.missing", field=field))
    return join_texts(*explain("corrections.value", field=field, reason=error["input"]))


def _known(place: tuple[int | str, ...]) -> list[str]:
    model = Match if len(place) > 1 else Correction
    return [name for name in model.model_fields if name not in ("line", "file")]


# ---- what `set` and `expect` may hold


def _misfits(entry: Correction) -> Iterator[tuple[tuple[str, str], Text]]:
    """Columns that there aren't or that an entry may not set, and values that can't stand in theirs."""
    changeable, known = columns(), table_schema("observations").names
    for name in entry.expect:
        if name not in known:
            yield ("expect", name), join_texts(*explain("corrections.unknown", field=name, known=", ".join(known)))
    for name, value in entry.set.items():
        if name not in changeable:
            names = ", ".join(changeable)
            yield ("set", name), join_texts(*explain("corrections.unknown", field=name, known=names))
        elif name == "indicator" and value not in load_indicators():
            near = ", ".join(get_close_matches(str(value), load_indicators(), n=3)) or "other"
            yield ("set", name), join_texts(*explain("corrections.indicator", code=value, near=near))
        elif not fits(value, changeable[name]):
            wanted = ", ".join(changeable[name].enum) or both(f"corrections.type.{changeable[name].type}")
            yield (
                ("set", name),
                join_texts(*explain("corrections.misfit", field=name, value=_written(value), wanted=wanted)),
            )
    start, end = as_day(entry.set.get("period_start")), as_day(entry.set.get("period_end"))
    if start and end and start > end:
        yield ("set", "period_start"), join_texts(*explain("corrections.reversed", start=start, end=end))


def _written(value: Any) -> str:
    """A value as YAML has it."""
    return "null" if value is None else str(value)


def fits(value: Any, column: Column) -> bool:
    """True where a value can stand in a column; None empties one that may be empty."""
    if value is None or value == "":
        return not column.required and not (value == "" and column.type != "string")
    if column.type == "date":
        return as_day(value) is not None
    types = {"string": str, "number": (int, float)}[column.type]
    if not isinstance(value, types) or isinstance(value, bool) or (column.enum and value not in column.enum):
        return False
    low, high = column.minimum, column.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def as_day(value: Any) -> date | None:
    """A day written as YAML's date or as an ISO text; None for what is none.

    >>> as_day("2022-11-02") == as_day(date(2022, 11, 2)), as_day("hôm qua")
    (True, None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def same_value(found: Any, wanted: Any) -> bool:
    """True where a column holds what an entry says; nothing, an empty text and null are the same."""
    if found in (None, "") or wanted in (None, ""):
        return found in (None, "") and wanted in (None, "")
    if isinstance(found, date):
        return found == as_day(wanted)
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)) and not isinstance(found, bool):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == wanted)
