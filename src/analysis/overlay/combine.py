"""Entries of a workspace into what our vocabulary files hold: plain phrases become cues and signatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.catalogue import Attestation, Indicator, load_indicators
from analysis.overlay.entries import Located, NewIndicator, NewUnit, OwnTarget, Phrases
from analysis.overlay.phrases import overlapping, phrase_parts, phrase_pattern
from analysis.text import match_form

_WEIGHT = 6.0
"""What a phrase of the workspace counts: more than any of our own signatures beside the same number."""
_MEASURES = {"percent": "share", "score": "index", "rank": "index"}
_RANGES: dict[str, tuple[float | None, float | None]] = {"percent": (0, 100), "rank": (1, None)}
_TOGETHER = {"flow": ("sum", "sum"), "stock": ("sum", "last"), "share": ("none", "none"), "index": ("none", "last")}


@dataclass(frozen=True)
class Overlay:
    """What a folder adds: entries by vocabulary file; by code, the file and line, and the sentences that attest it."""

    additions: Mapping[str, Any]
    lines: Mapping[str, str]
    attested: Mapping[str, tuple[Attestation, ...]] = field(default_factory=dict)


def put_together(entries: list[Located]) -> Overlay:
    """All that the entries add, by vocabulary file."""
    files: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("indicators.yaml", "units.yaml", "targets.yaml", "cues.yaml", "signatures.yaml")
    }
    attested: dict[str, tuple[Attestation, ...]] = {}
    lines: dict[str, str] = {}
    parts = {
        part for each in entries for attestation in each.entry.phrases for part in phrase_parts(attestation.phrase)
    }
    parts |= {joined for one in parts for other in parts for joined in overlapping(one, other)}
    cues = {part: f"own_{number}" for number, part in enumerate(sorted(parts))}
    for located in entries:
        entry, code = located.entry, located.entry.code
        files["indicators.yaml"].append(_indicator(entry))
        if isinstance(entry, NewIndicator) and isinstance(entry.unit, NewUnit):
            files["units.yaml"].append(_unit(entry.unit))
        files["targets.yaml"] += [_target(code, target) for target in entry.targets]
        files["signatures.yaml"] += _signatures(entry, cues)
        attested[code] = (*attested.get(code, ()), *entry.phrases)
        lines.setdefault(code, located.where)
    files["cues.yaml"] = [
        {"cue": cue, "role": "state", "patterns": [phrase_pattern(part)]} for part, cue in cues.items()
    ]
    additions: dict[str, Any] = {name: added for name, added in files.items() if added}
    if attested:
        dumped = {code: [each.model_dump() for each in attestations] for code, attestations in attested.items()}
        additions["attestations.yaml"] = dumped
    return Overlay(additions, lines, attested)


def _indicator(entry: Phrases | NewIndicator) -> dict[str, Any]:
    given = entry.model_dump(exclude={"phrases", "targets", "share"}, exclude_none=True)
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


def _signatures(entry: Phrases | NewIndicator, cues: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """One for each phrase: all its parts together mean the indicator."""
    known = load_indicators().get(entry.code)
    usual = entry.kind if isinstance(entry, NewIndicator) else known.kind if known else "count"
    for attestation in entry.phrases:
        names = [_said_by(part, cues) for part in phrase_parts(attestation.phrase)]
        kind = attestation.kind or usual
        share = {"percent": entry.share} if isinstance(entry, NewIndicator) and entry.share and kind == "count" else {}
        yield {"cues": names, kind: entry.code, **share, "units": _units(entry, known, kind), "weight": _WEIGHT}


def _said_by(part: str, cues: Mapping[str, str]) -> str:
    """The cue of a part, or of a longer one that holds it: of overlapping cues only the longest is found."""
    return "|".join(cue for longer, cue in cues.items() if f" {part} " in f" {longer} ")


def _units(entry: Phrases | NewIndicator, known: Indicator | None, kind: str) -> list[str]:
    """The nouns that a count may stand with: its unit's; a number without a noun fits anyway."""
    if kind != "count":
        return []
    if isinstance(entry, NewIndicator):
        return [entry.unit.code if isinstance(entry.unit, NewUnit) else entry.unit]
    return [known.unit, "case"] if known and known.unit else []
