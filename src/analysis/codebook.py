"""The catalogue as a page: each indicator with all that is known of it, in Vietnamese first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.catalogue import Attestation, Indicator, load_attestations, load_indicators, load_units, load_words
from analysis.findings import load_rules
from analysis.numerals import format_number
from analysis.relations import Alternative, Relation
from analysis.targets import Target, load_targets
from analysis.wording import format_date

_TEMPLATES = Path(__file__).parent / "templates"


def save_codebook(path: Path) -> None:
    """Writes the page, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"~{path.name}")
    draft.write_bytes(codebook().encode("utf-8"))
    os.replace(draft, path)


def codebook() -> str:
    """The page on the vocabulary in force, in Markdown.

    >>> "### Hồ sơ giải quyết quá hạn" in codebook()
    True
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=False, trim_blocks=True
    )
    known = [indicator for indicator in load_indicators().values() if indicator.code != "other"]
    page = environment.get_template("codebook.md.j2").render(count=len(known), groups=list(_groups(known)))
    return page.strip("\n") + "\n"


def _groups(known: list[Indicator]) -> Iterator[dict[str, Any]]:
    for code, name in load_words("codebook.yaml")["groups"].items():
        members = [indicator for indicator in known if indicator.group == code]
        if members:
            yield {"code": code, "name": name, "indicators": [_described(indicator) for indicator in members]}


def _described(indicator: Indicator) -> dict[str, Any]:
    """An indicator with each of its codes in words."""
    words = load_words("codebook.yaml")
    return {
        "code": indicator.code,
        "label_vi": indicator.label_vi,
        "label_en": indicator.label_en,
        "definition_vi": indicator.definition_vi,
        "unit": load_units()[indicator.unit].vi,
        "kind": words["kinds"][indicator.kind],
        "measure": words["measures"][indicator.measure],
        "direction": words["directions"][indicator.direction],
        "over_areas": words["together"][indicator.over_areas],
        "over_time": words["together"][indicator.over_time],
        "weight": _link(indicator.weight) if indicator.weight else "",
        "legal": [", ".join(filter(None, (source.text, source.place))) for source in indicator.legal],
        "relations": [
            _formula(relation) for relation in load_rules().relations if _subject(relation) == indicator.code
        ],
        "targets": [_target(target) for target in load_targets() if target.indicator == indicator.code],
        "phrases": [_phrase(each) for each in load_attestations().get(indicator.code, ())],
    }


def _link(code: str) -> str:
    return f"[`{code}`](#{code})"


def _subject(relation: Relation) -> str:
    """The indicator that a relation is told under: the share, the total, or the part that has a bound."""
    return relation.of or relation.any[0].left[0]


def _formula(relation: Relation) -> str:
    """A relation in signs, with the other ways of counting that may hold instead."""
    ways = [_way(relation, way) for way in relation.any if not way.lenient] or [_way(relation, relation.any[0])]
    sign = {"share_mismatch": "=", "sum_mismatch": "=", "bound": "≤", "rest_exceeded": "≤"}[relation.check]
    return f"{_left(relation)} {sign} {load_words('codebook.yaml')['or'].join(dict.fromkeys(ways))}"


def _left(relation: Relation) -> str:
    return f"`{relation.of}`" if relation.of else _sum(relation.any[0].left)


def _way(relation: Relation, way: Alternative) -> str:
    if relation.check == "share_mismatch":
        return f"{_sum(way.left, bracket=True)} / {_sum(way.right, bracket=True)}"
    if relation.check == "rest_exceeded":
        return f"100% − {_sum(way.left, bracket=True)} / {_sum(way.right, bracket=True)}"
    own = "" if way.left == relation.any[0].left else f"{_sum(way.left)} = " if relation.check == "sum_mismatch" else ""
    return own + _sum(way.right)


def _sum(codes: tuple[str, ...], *, bracket: bool = False) -> str:
    text = " + ".join(f"`{code}`" for code in codes)
    return f"({text})" if bracket and len(codes) > 1 else text


def _target(target: Target) -> str:
    """`từ 80% trở lên vào năm 2025, cấp huyện (Quyết định 942/QĐ-TTg)`."""
    words = load_words("codebook.yaml")
    kind = load_indicators()[target.indicator]
    sign = "%" if kind.kind == "percent" else f" {load_units()[kind.unit].vi}"
    said = words["operators"][target.operator].format(value=format_number(target.value) + sign)
    where = "".join(f", {words['levels'][level]}" for level in target.levels)
    source = (
        words["dated"].format(source=target.source_vi, day=format_date(target.dated, "vi"))
        if target.dated
        else target.source_vi
    )
    note = f"; {target.note_vi}" if target.note_vi else ""
    return words["target"].format(said=said, year=target.by, where=where, source=source + note)


def _phrase(entry: Attestation) -> dict[str, Any]:
    text = entry.text.replace("[", "**").replace("]", "**").replace("|", "\\|")
    return {"phrase": entry.phrase.replace("...", "…"), "text": text, "gap": bool(entry.known_gap)}
