"""The files of a workspace's vocabulary: their schema, and each fault with its line and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis.catalogue import Attestation, Group, Source, Together, load_indicators, load_units
from analysis.errors import Text, VocabularyError, join_texts
from analysis.handwritten import compose, content_of
from analysis.messages import both
from analysis.model import Kind
from analysis.overlay.phrases import is_said, phrase_parts
from analysis.text import match_form

FOLDER = "vocabulary"
_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){1,2}")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewUnit(_Entry):
    """A unit of measure that ours don't have; `nouns` carry it in a text where its name alone doesn't."""

    code: str
    vi: str
    en: str = ""
    nouns: tuple[str, ...] = ()


class OwnTarget(_Entry):
    """A target that a text of the province sets."""

    operator: Literal[">=", ">", "<="] = ">="
    value: float
    by: int
    source_vi: str
    source_en: str = ""
    levels: tuple[str, ...] = ()


class Phrases(_Entry):
    """More phrases, another name or targets for an indicator that is there."""

    code: str
    phrases: tuple[Attestation, ...] = ()
    label_vi: str | None = None
    label_en: str | None = None
    definition_vi: str | None = None
    definition_en: str | None = None
    targets: tuple[OwnTarget, ...] = ()


class NewIndicator(_Entry):
    """An indicator of the workspace's own; all but code, name, kind, unit and phrases may be left out."""

    code: str
    label_vi: str
    kind: Kind
    unit: str | NewUnit
    phrases: tuple[Attestation, ...]
    label_en: str = ""
    group: Group = "other"
    direction: Literal["higher_better", "lower_better", "neutral"] = "neutral"
    measure: Literal["flow", "stock", "share", "index"] | None = None
    over_areas: Together | None = None
    over_time: Together | None = None
    weight: str = ""
    share: str = ""
    """The indicator of its share, for `29/35 trường, đạt 82,9%`."""
    range: tuple[float | None, float | None] | None = None
    definition_vi: str = ""
    definition_en: str = ""
    legal: tuple[Source, ...] = ()
    targets: tuple[OwnTarget, ...] = ()


@dataclass(frozen=True)
class File:
    """A file of the folder with the lines on which its parts stand."""

    name: str
    node: yaml.Node | None
    content: Any

    def line(self, path: tuple[int | str, ...]) -> int:
        """The line, from 1, of the part that a path of keys and positions leads to, or of the nearest above it."""
        node = self.node
        for key in path:
            inner = _inside(node, key)
            if inner is None:
                break
            node = inner
        return node.start_mark.line + 1 if node else 1


@dataclass(frozen=True)
class Located:
    """An entry, the file that it stands in, and which of its entries it is."""

    file: File
    at: int
    entry: Phrases | NewIndicator

    @property
    def where(self) -> str:
        """Its file and line."""
        return f"{FOLDER}/{self.file.name}:{self.file.line((self.at,))}"


def read_file(path: Path) -> File:
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
        node = compose(text)
        return File(path.name, node, content_of(node))
    except UnicodeDecodeError as error:
        raise VocabularyError(*_told(path.name, 1, "overlay.encoding")) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise VocabularyError(*_told(path.name, line, "overlay.syntax")) from error


def _inside(node: yaml.Node | None, key: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    if isinstance(node, yaml.MappingNode):
        return next((name if name.value == key and not value.value else value
                     for name, value in node.value if name.value == key), None)  # fmt: skip
    return None


def _told(name: str, line: int, key: str, /, **values: object) -> tuple[Text, Text]:
    where = both("overlay.at", file=f"{FOLDER}/{name}", line=line)
    return join_texts(where, both(key, **values)), both(f"{key}.remedy", **values)


def read_entries(files: list[File]) -> list[Located]:
    """The entries of all files; one VocabularyError tells every fault of them."""
    faults: list[tuple[Text, Text]] = []
    entries: list[Located] = []
    for file in files:
        if not isinstance(file.content, list):
            faults += [_told(file.name, 1, "overlay.no_list")] if file.content is not None else []
            continue
        for at, content in enumerate(file.content):
            outcome = _entry(file, at, content)
            if isinstance(outcome, list):
                faults += outcome
            else:
                entries.append(Located(file, at, outcome))
    faults += _contradictions(entries)
    if faults:
        raise VocabularyError(_listed(faults), "")
    return entries


def _listed(faults: list[tuple[Text, Text]]) -> Text:
    told = [join_texts(what, remedy) for what, remedy in faults]
    return Text("\n".join(told), "\n".join(text.in_language("en") for text in told))


def _entry(file: File, at: int, content: Any) -> Phrases | NewIndicator | list[tuple[Text, Text]]:
    """An entry as its schema wants it, or its faults."""
    if not isinstance(content, dict):
        return [_told(file.name, file.line((at,)), "overlay.no_entry")]
    model = Phrases if content.get("code") in load_indicators() else NewIndicator
    try:
        return TypeAdapter(model).validate_python(content)
    except ValidationError as error:
        return [_fault(file, at, model, problem) for problem in _worst(error)]


def _worst(error: ValidationError) -> list[Any]:
    """One problem for each place; of a unit that is neither a name nor a mapping, the first."""
    seen: dict[tuple[Any, ...], Any] = {}
    for problem in error.errors():
        place = tuple(part for part in problem["loc"] if part not in ("str", "NewUnit"))
        seen.setdefault(place, {**problem, "loc": place})
    return list(seen.values())


def _fault(file: File, at: int, model: type[BaseModel], problem: Mapping[str, Any]) -> tuple[Text, Text]:
    """A problem of the schema in the words of an analyst."""
    path, kind = (at, *problem["loc"]), problem["type"]
    name, line = str(problem["loc"][-1]), file.line(path)
    if kind == "missing":
        return _told(file.name, file.line(path[:-1]), "overlay.missing", name=name)
    if kind == "extra_forbidden":
        parts = {"phrases": Attestation, "targets": OwnTarget, "unit": NewUnit, "legal": Source}
        fields = list((model if len(path) == 2 else parts[path[1]]).model_fields)
        near = get_close_matches(name, fields, n=1)
        known = len(path) == 2 and name in NewIndicator.model_fields
        key = "overlay.fixed" if known else "overlay.misspelt" if near else "overlay.unknown"
        return _told(file.name, line, key, name=name, near="".join(near), fields=", ".join(fields))
    if kind == "literal_error":
        return _told(file.name, line, "overlay.choice", name=name, value=problem["input"],
                     choices=problem["ctx"]["expected"].replace(" or ", ", ").replace("'", ""))  # fmt: skip
    return _told(file.name, line, "overlay.value", name=name, value=problem["input"])


# ---- what a schema can't tell


def _contradictions(entries: list[Located]) -> Iterator[tuple[Text, Text]]:
    seen: dict[str, str] = {}
    own = {each.entry.code: each.entry.kind for each in entries if isinstance(each.entry, NewIndicator)}
    shares = {**{code: known.kind for code, known in load_indicators().items()}, **own}
    for located in entries:
        file, at, entry = located.file, located.at, located.entry
        line = file.line((at, "code"))
        if isinstance(entry, NewIndicator):
            if not _CODE.fullmatch(entry.code):
                yield _told(file.name, line, "overlay.code", code=entry.code)
            if entry.code in seen:
                yield _told(file.name, line, "overlay.twice", code=entry.code, where=seen[entry.code])
            seen.setdefault(entry.code, f"{file.name}:{line}")
            yield from _unit_faults(file, at, entry)
            if entry.share and shares.get(entry.share) != "percent":
                yield _told(file.name, file.line((at, "share")), "overlay.share", share=entry.share)
            if not entry.phrases:
                yield _told(file.name, line, "overlay.no_phrase", code=entry.code)
        for number, attestation in enumerate(entry.phrases):
            yield from _phrase_faults(file, (at, "phrases", number), attestation)


def _unit_faults(file: File, at: int, entry: NewIndicator) -> Iterator[tuple[Text, Text]]:
    line, unit = file.line((at, "unit")), entry.unit
    if isinstance(unit, str) and unit not in load_units():
        units = ", ".join(f"{known.code} ({known.vi})" for known in load_units().values())
        yield _told(file.name, line, "overlay.unit", unit=unit, units=units)
    if isinstance(unit, NewUnit):
        owners = {noun: known for known in load_units().values() for noun in known.nouns}
        for noun in unit.nouns:
            if match_form(noun) in owners:
                owner = owners[match_form(noun)]
                yield _told(file.name, line, "overlay.noun", noun=noun, unit=owner.code, vi=owner.vi)


def _phrase_faults(file: File, path: tuple[int | str, ...], entry: Attestation) -> Iterator[tuple[Text, Text]]:
    line = file.line(path)
    if not re.search(r"\[[^\[\]]+\]", entry.text):
        yield _told(file.name, line, "overlay.no_number", text=entry.text)
    elif not is_said(entry):
        yield _told(file.name, line, "overlay.not_said", phrase=entry.phrase, text=entry.text)
    if not phrase_parts(entry.phrase):
        yield _told(file.name, line, "overlay.empty_phrase")
