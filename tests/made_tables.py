"""The tables of tests/specs/made_reports.yaml, as the package itself would hold them."""

import hashlib
from datetime import date
from pathlib import Path

import yaml

from analysis.catalogue import load_indicators
from analysis.numerals import format_number
from analysis.report import Tables
from analysis.schema import table_schema

SPEC = yaml.safe_load((Path(__file__).parent / "specs" / "made_reports.yaml").read_text(encoding="utf-8"))


def made_tables() -> Tables:
    """All made-up reports."""
    observations = [row for report in SPEC["reports"] for row in _rows(report)]
    return Tables(
        table_schema("observations").frame(observations),
        table_schema("findings").frame([_finding(finding, observations) for finding in SPEC["findings"]]),
        table_schema("documents").frame(_documents()),
        table_schema("unresolved").frame([_unresolved(number) for number in SPEC["unresolved"]]),
    )


def observation_id(document: str, indicator: str, **extra: object) -> str:
    """The id that a made-up figure has."""
    stated = f"{document}|{indicator}|{sorted(extra.items())}"
    return hashlib.sha256(stated.encode()).hexdigest()[:12]


def _rows(report: dict) -> list[dict]:
    start, end = (date.fromisoformat(day) if day else None for day in report["period"])
    rows = []
    for at, (indicator, value, *extra) in enumerate(report["figures"]):
        known, extra = load_indicators()[indicator], extra[0] if extra else {}
        number = format_number(value) + ("%" if known.kind == "percent" else "")
        at = at * 100 + (50 if report["period"][0] is None else 0)
        ident = observation_id(report["document"], indicator, **extra, **({"at": at} if indicator == "other" else {}))
        rows.append(
            {
                "observation_id": ident, "document_id": report["document"], "indicator": indicator, "kind": known.kind,
                "value": float(value), "value_high": None, "unit": known.unit, "qualifier": "exact", "out_of": None,
                "change": "none", "nature": "actual", **SPEC["areas"][report["area"]], "organization": "", "tier": "",
                "breakdown": "", "period_start": start, "period_end": end, "quote": number,
                "sentence": f"{known.label_vi} là {number}.", "start": at + len(known.label_vi) + 4,
                "end": at + len(known.label_vi) + 4 + len(number), "page": None, "source_kind": "official_report",
                "method": "text", "rule": "made", "confidence": 0.9, "corrected": False, "selected": True, "flags": "",
                **extra,
            }
        )  # fmt: skip
    return rows


def _documents() -> list[dict]:
    seen = {}
    for report in SPEC["reports"]:
        start, end = (date.fromisoformat(day) if day else None for day in report["period"])
        if start is None:
            continue
        name = report["document"]
        seen[name] = {
            "document_id": name, "path": f"{report['area']}/{name}.txt", "format": "txt", "title": f"Báo cáo <{name}>",
            "sha256": hashlib.sha256(name.encode()).hexdigest(), "source_kind": "official_report",
            "published": end, **SPEC["areas"][report["area"]], "period_start": start, "period_end": end,
            "n_observations": len(report["figures"]), "n_unresolved": 0, "n_findings": 0,
        }  # fmt: skip
    return list(seen.values())


def _finding(finding: dict, observations: list[dict]) -> dict:
    document, indicators = finding["of"]
    named = [
        row for code in indicators for row in observations if (row["document_id"], row["indicator"]) == (document, code)
    ]
    return {
        "finding_id": f"{finding['code']}-{document}", "code": finding["code"], "level": finding["level"],
        "message_vi": finding["vi"], "message_en": finding["en"], "document_id": document,
        "observation_ids": ";".join(row["observation_id"] for row in named[: len(indicators)]),
        "area": named[0]["area"], "area_id": named[0]["area_id"],
    }  # fmt: skip


def _unresolved(number: dict) -> dict:
    start = number["sentence"].index(number["quote"])
    return {
        "document_id": number["document"], "start": start, "end": start + len(number["quote"]), "detail": "",
        "quote": number["quote"], "sentence": number["sentence"], "reason": number["reason"], "page": None,
    }  # fmt: skip
