"""A workspace's own `vocabulary/` laid over ours: indicators, and phrases for those that are there.

Analysts write plain phrases; cues and signatures (indicators.py) are made from them. What is wrong in a file is told
with its line, in words that name what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis import catalogue
from analysis.catalogue import Attestation, Group, Source, Together, load_indicators, load_units
from analysis.errors import Text, VocabularyError, join_texts
from analysis.messages import both
from analysis.model import Kind
from analysis.text import match_form

FOLDER = "vocabulary"
ENDINGS = (".yaml", ".yml")
_WEIGHT = 6.0
"""What a phrase of the workspace counts: more than any of our own signatures beside the same number."""
_MEASURES = {"percent": "share", "score": "index", "rank": "index"}
_RANGES: dict[str, tuple[float | None, float | None]] = {"percent": (0, 100), "rank": (1, None)}
_TOGETHER = {"flow": ("sum", "sum"), "stock": ("sum", "last"), "share": ("none", "none"), "index": ("none", "last")}


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
    range: tuple[float | None, float | None] | None = None
    definition_vi: str = ""
    definition_en: str = ""
    legal: tuple[Source, ...] = ()
    targets: tuple[OwnTarget, ...] = ()


@dataclass(frozen=True)
class Overlay:
    """What a folder adds: entries by vocabulary file, and the codes that it attests, each with its file and line."""

    additions: Mapping[str, Any]
    lines: Mapping[str, str]


@dataclass(frozen=True)
class _File:
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


def use_vocabulary(folder: Path | None) -> None:
    """From now on this process reads with what the folder lays over our vocabulary; None, or no folder: ours alone.

    VocabularyError where a file doesn't hold what it should; then ours stay as they were.
    """
    catalogue.lay_over(read_overlay(folder).additions)


@contextmanager
def vocabulary_of(folder: Path | None) -> Iterator[Overlay]:
    """The vocabulary of a workspace inside the `with`, and the one before it afterwards."""
    before = catalogue.laid_over()
    overlay = read_overlay(folder)
    catalogue.lay_over(overlay.additions)
    try:
        yield overlay
    finally:
        catalogue.lay_over(before)


def read_overlay(folder: Path | None) -> Overlay:
    """What the YAML files of a folder add to our vocabulary; VocabularyError names each fault with file and line."""
    with _ours_alone():
        return _compiled([_read_file(path) for path in overlay_files(folder)])


def overlay_files(folder: Path | None) -> list[Path]:
    """The YAML files of the folder, by name."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.name[0] not in ".~_")


@contextmanager
def _ours_alone() -> Iterator[None]:
    before = catalogue.laid_over()
    catalogue.lay_over({})
    try:
        yield
    finally:
        catalogue.lay_over(before)


# ---- files and their lines


def _read_file(path: Path) -> _File:
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _File(path.name, node, yaml.safe_load(text))
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


def _told(name: str, line: int, key: str, **values: object) -> tuple[Text, Text]:
    where = both("overlay.at", file=f"{FOLDER}/{name}", line=line)
    return join_texts(where, both(key, **values)), both(f"{key}.remedy", **values)


# ---- schema


def _compiled(found: list[_File]) -> Overlay:
    """All files together; every fault of them in one error."""
    faults: list[tuple[Text, Text]] = []
    entries: list[tuple[_File, int, Phrases | NewIndicator]] = []
    for file in found:
        if not isinstance(file.content, list):
            faults += [_told(file.name, 1, "overlay.no_list")] if file.content is not None else []
            continue
        for at, content in enumerate(file.content):
            outcome = _entry(file, at, content)
            if isinstance(outcome, list):
                faults += outcome
            else:
                entries.append((file, at, outcome))
    faults += _contradictions(entries)
    if faults:
        raise VocabularyError(_listed(faults), "")
    return _put_together(entries)


def _listed(faults: list[tuple[Text, Text]]) -> Text:
    told = [join_texts(what, remedy) for what, remedy in faults]
    return Text("\n".join(told), "\n".join(text.in_language("en") for text in told))


def _entry(file: _File, at: int, content: Any) -> Phrases | NewIndicator | list[tuple[Text, Text]]:
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


def _fault(file: _File, at: int, model: type[BaseModel], problem: Mapping[str, Any]) -> tuple[Text, Text]:
    """A problem of the schema in the words of an analyst."""
    path, kind = (at, *problem["loc"]), problem["type"]
    name, line = str(problem["loc"][-1]), file.line(path)
    if kind == "missing":
        return _told(file.name, file.line(path[:-1]), "overlay.missing", name=name)
    if kind == "extra_forbidden":
        fields = list(model.model_fields) if len(path) == 2 else list(Attestation.model_fields)
        near = get_close_matches(name, fields, n=1)
        known = name in NewIndicator.model_fields
        key = "overlay.fixed" if known else "overlay.misspelt" if near else "overlay.unknown"
        return _told(file.name, line, key, name=name, near="".join(near), fields=", ".join(fields))
    if kind == "literal_error":
        return _told(file.name, line, "overlay.choice", name=name, value=problem["input"],
                     choices=problem["ctx"]["expected"].replace(" or ", ", ").replace("'", ""))  # fmt: skip
    return _told(file.name, line, "overlay.value", name=name, value=problem["input"])


# ---- what a schema can't tell


_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){1,2}")


def _contradictions(entries: list[tuple[_File, int, Phrases | NewIndicator]]) -> Iterator[tuple[Text, Text]]:
    seen: dict[str, str] = {}
    for file, at, entry in entries:
        line = file.line((at, "code"))
        if isinstance(entry, NewIndicator):
            if not _CODE.fullmatch(entry.code):
                yield _told(file.name, line, "overlay.code", code=entry.code)
            if entry.code in seen:
                yield _told(file.name, line, "overlay.twice", code=entry.code, where=seen[entry.code])
            seen.setdefault(entry.code, f"{file.name}:{line}")
            yield from _unit_faults(file, at, entry)
            if not entry.phrases:
                yield _told(file.name, line, "overlay.no_phrase", code=entry.code)
        for number, attestation in enumerate(entry.phrases):
            yield from _phrase_faults(file, (at, "phrases", number), attestation)


def _unit_faults(file: _File, at: int, entry: NewIndicator) -> Iterator[tuple[Text, Text]]:
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


def _phrase_faults(file: _File, path: tuple[int | str, ...], entry: Attestation) -> Iterator[tuple[Text, Text]]:
    line = file.line(path)
    if not re.search(r"\[[^\[\]]+\]", entry.text):
        yield _told(file.name, line, "overlay.no_number", text=entry.text)
    elif not is_said(entry):
        yield _told(file.name, line, "overlay.not_said", phrase=entry.phrase, text=entry.text)
    if not _parts(entry.phrase):
        yield _told(file.name, line, "overlay.empty_phrase")


def is_said(entry: Attestation) -> bool:
    """True where a phrase stands in its sentence.

    >>> is_said(Attestation(phrase="cấp ... học bạ số", text="Đã cấp [45] học bạ số."))
    True
    """
    said = match_form(re.sub(r"[\[\]]", "", entry.text))
    return re.search(".*".join(map(_expression, _parts(entry.phrase))).replace(" ", r"\s+"), said) is not None


# ---- phrases into cues and signatures


def _parts(phrase: str) -> list[str]:
    return [part.strip() for part in re.split(r"\.\.\.|…", match_form(phrase)) if part.strip()]


def _expression(part: str) -> str:
    """A phrase as a cue's pattern: whole words, any white space between them."""
    return r"(?<!\w)" + " ".join(map(re.escape, part.split())) + r"(?!\w)"


def _put_together(entries: list[tuple[_File, int, Phrases | NewIndicator]]) -> Overlay:
    files: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("indicators.yaml", "units.yaml", "targets.yaml", "cues.yaml", "signatures.yaml")
    }
    attested: dict[str, list[dict[str, Any]]] = {}
    lines: dict[str, str] = {}
    cues: dict[str, str] = {}
    for file, at, entry in entries:
        code = entry.code
        files["indicators.yaml"].append(_indicator(entry))
        if isinstance(entry, NewIndicator) and isinstance(entry.unit, NewUnit):
            files["units.yaml"].append(_unit(entry.unit))
        files["targets.yaml"] += [_target(code, target) for target in entry.targets]
        files["signatures.yaml"] += _signatures(entry, cues)
        attested.setdefault(code, []).extend(a.model_dump() for a in entry.phrases)
        lines.setdefault(code, f"{FOLDER}/{file.name}:{file.line((at,))}")
    files["cues.yaml"] = [{"cue": cue, "role": "state", "patterns": [pattern]} for pattern, cue in cues.items()]
    additions: dict[str, Any] = {name: added for name, added in files.items() if added}
    return Overlay({**additions, **({"attestations.yaml": attested} if attested else {})}, lines)


def _indicator(entry: Phrases | NewIndicator) -> dict[str, Any]:
    given = entry.model_dump(exclude={"phrases", "targets"}, exclude_none=True)
    if isinstance(entry, Phrases):
        return given
    measure = entry.measure or _MEASURES.get(entry.kind, "flow")
    areas, time = _TOGETHER[measure]
    unit = entry.unit.code if isinstance(entry.unit, NewUnit) else entry.unit
    usual = {"over_areas": areas, "over_time": time, "range": _RANGES.get(entry.kind, (0, None))}
    named = {"label_en": entry.label_en or entry.label_vi, "definition_en": entry.definition_en or entry.definition_vi}
    return {**usual, **given, **named, "measure": measure, "unit": unit}


def _unit(unit: NewUnit) -> dict[str, Any]:
    nouns = [match_form(noun) for noun in unit.nouns]
    return {"code": unit.code, "vi": unit.vi, "en": unit.en or unit.vi, "nouns": nouns}


def _target(code: str, target: OwnTarget) -> dict[str, Any]:
    source_en = target.source_en or target.source_vi
    return {**target.model_dump(), "indicator": code, "source_en": source_en, "confirmed": True}


def _signatures(entry: Phrases | NewIndicator, cues: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One for each phrase: all its parts together mean the indicator; each part is a cue, named in `cues`."""
    known = load_indicators().get(entry.code)
    usual = entry.kind if isinstance(entry, NewIndicator) else known.kind if known else "count"
    for attestation in entry.phrases:
        names = [cues.setdefault(_expression(part), f"own_{len(cues)}") for part in _parts(attestation.phrase)]
        kind = attestation.kind or usual
        yield {"cues": names, kind: entry.code, "units": _units(entry, known, kind), "weight": _WEIGHT}


def _units(entry: Phrases | NewIndicator, known: catalogue.Indicator | None, kind: str) -> list[str]:
    """The nouns that a count may stand with: its unit's; a number without a noun fits anyway."""
    if kind != "count":
        return []
    if isinstance(entry, NewIndicator):
        return [entry.unit.code if isinstance(entry.unit, NewUnit) else entry.unit]
    return [known.unit, "case"] if known and known.unit else []
