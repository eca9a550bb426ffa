"""Observations and documents made up for the tests of the table and what is computed from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analysis.identity import observation_id
from analysis.model import Area, Document, Extraction, Observation, Period, Unresolved

AREA = Area("vn63:c:00001", "Phường Thử Nghiệm", "commune", "Hà Nam", "vn63:d:001")
PERIOD = Period(date(2022, 1, 1), date(2022, 9, 30))


def observation(indicator: str, value: float, quote: str = "", start: int = 0, **fields) -> Observation:
    """An exact, actual observation of the test ward; anything else by keyword."""
    kind = "percent" if indicator.endswith("share") else "rank" if indicator.endswith("rank") else "count"
    quote = quote or f"{value:g}".replace(".", ",") + ("%" if kind == "percent" else "")
    document_id = fields.get("document_id", "thu-nghiem-2022")
    base = Observation(
        observation_id=observation_id(document_id, start, start + len(quote), f"{indicator}{quote}"),
        document_id=document_id,
        indicator=indicator,
        kind=kind,
        value=float(value),
        value_high=None,
        unit="",
        qualifier="exact",
        out_of=None,
        change="none",
        nature="actual",
        area=AREA.name,
        area_id=AREA.area_id,
        area_level=AREA.level,
        province=AREA.province,
        organization="",
        tier="",
        breakdown="",
        period_start=PERIOD.start,
        period_end=PERIOD.end,
        quote=quote,
        sentence=f"Câu có số {quote}.",
        start=start,
        end=start + len(quote),
        page=None,
        source_kind="news",
        method="text",
        rule="test",
        confidence=0.9,
    )
    return replace(base, **fields)


def extraction(document_id: str, text: str, *observations: Observation, unresolved=()) -> Extraction:
    """A document of the test ward with the given observations, and unresolved spans as (quote, reason)."""
    document = Document(document_id, f"{document_id}.txt", "0" * 64, "txt", text, "Báo cáo thử", date(2022, 10, 1))
    left = [
        Unresolved(document_id, text.index(quote), text.index(quote) + len(quote), quote, text, reason)
        for quote, reason in unresolved
    ]
    return Extraction(document, AREA, PERIOD, observations, tuple(left), ("ghi chú",))
