"""Document -> observations and unresolved numbers: the line of stages, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analysis.areas import AreaMention, ancestors, find_areas, find_subject, resolve_area, resolve_areas
from analysis.attribution import (
    Place, Setting, attribute_area, attribute_nature, attribute_organization, attribute_period, attribute_tier,
    find_breakdown, find_tier, is_target_heading, note_sentence,
)  # fmt: skip
from analysis.catalogue import load_indicators
from analysis.claims import Claim, find_claims
from analysis.identity import observation_id
from analysis.indicators import Cue, cues_between, find_cues, load_cues, match_signature
from analysis.model import Area, Block, Document, Extraction, Observation, Period, Quantity, Table, Unresolved
from analysis.numerals import digit_runs
from analysis.periods import PeriodMention, find_periods, report_period
from analysis.quantities import find_quantities
from analysis.reading import Memory, Read, note_heading, read_sentence
from analysis.scopes import Scope, find_scopes
from analysis.tables import Labelled, labelled_cells
from analysis.text import match_form, sentences

TWO_TIERS = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class _Source:
    """The document and all that was found in its whole text."""

    document: Document
    folded: str
    quantities: tuple[Quantity, ...]
    cues: tuple[Cue, ...]
    places: tuple[Place, ...]
    periods: tuple[PeriodMention, ...]


def extract_document(document: Document) -> Extraction:
    """All observations of a document, and every other number of it with the reason why it is none.

    Pure: the same document gives the same extraction, whatever other documents there are.
    """
    text = document.text
    claims = find_claims(text, today=document.published)
    body = _body(document)
    period = report_period(document.title, "\n".join(text[b.start : b.end] for b in body), document.published)
    day = document.published or (period.end if period else None)
    if period and day and period.end < TWO_TIERS <= day:
        day = period.end
    area = _subject(document, day)
    source = _Source(
        document, match_form(text), tuple(find_quantities(text, claims)), tuple(find_cues(match_form(text))),
        tuple(_places(text, day, area)), tuple(find_periods(text, today=document.published, base=period)),
    )  # fmt: skip
    setting = Setting(area, period, _related(area))
    found = [*_from_text(source, body, setting), *_from_tables(source, setting)]
    observations = tuple(sorted((o for o in found if isinstance(o, Observation)), key=lambda o: o.start))
    leftover = [u for u in found if isinstance(u, Unresolved)]
    unresolved = _ledger(source, claims, observations, leftover)
    return Extraction(document, area, period, observations, unresolved)


def _subject(document: Document, day: date | None) -> Area | None:
    """The report's own subject: from its body, else from the page around it, else from its folder and file name."""
    body = "\n".join(document.text[b.start : b.end] for b in _body(document))
    for text, hint in ((body, ""), (document.text, ""), (document.text, document.path)):
        area, _ = find_subject(document.title, text, file_hint=hint, on=day)
        if area:
            return area
    return None


def _body(document: Document) -> list[Block]:
    return [block for block in document.blocks if not block.is_furniture]


def _related(area: Area | None) -> frozenset[str]:
    return frozenset({area.area_id, *(a.area_id for a in ancestors(area))}) if area else frozenset()


def _places(text: str, day: date | None, subject: Area | None) -> list[Place]:
    mentions = find_areas(text, on=day)
    areas = resolve_areas(mentions, on=day, within=subject, near=[subject] if subject else [])
    return [Place(mention, area) for mention, area in zip(mentions, areas, strict=True)]


# ---- running text


def _from_text(source: _Source, body: Sequence[Block], setting: Setting) -> Iterator[Observation | Unresolved]:
    memory = Memory()
    for block in body:
        if block.kind == "table":
            continue
        setting.paragraph_period, setting.index_period, setting.tier = None, None, setting.heading_tier
        if block.kind in ("heading", "title") or source.document.text[block.start : block.end].rstrip().endswith(":"):
            _note_heading(source, block, memory, setting)
        for sentence in sentences(source.document.text, block.start, block.end):
            yield from _from_sentence(source, sentence, memory, setting)


def _note_heading(source: _Source, block: Block, memory: Memory, setting: Setting) -> None:
    """A heading, or a line that ends in a colon, holds for what stands below it."""
    folded = source.folded[block.start : block.end]
    note_heading(source.folded, (block.start, block.end), source.cues, memory)
    if block.kind == "title":
        return
    inside = [m for m in source.periods if block.start <= m.start and m.end <= block.end and m.period]
    setting.heading_tier = find_tier(folded, setting)
    setting.heading_period = inside[-1].period if inside and inside[-1].role_hint != "programme" else None
    if block.kind == "heading":
        setting.heading_targets = is_target_heading(folded)


def _from_sentence(
    source: _Source, sentence: tuple[int, int], memory: Memory, setting: Setting,
) -> Iterator[Observation | Unresolved]:  # fmt: skip
    indices = [cue for cue in cues_between(source.cues, *sentence) if cue.role == "index"]
    quantities = [_as_score(q, indices) for q in source.quantities if sentence[0] <= q.start and q.end <= sentence[1]]
    note_sentence(source.folded, sentence, source.periods, setting, index=bool(indices), figures=bool(quantities))
    places = [p for p in source.places if sentence[0] <= p.mention.start and p.mention.end <= sentence[1]]
    reads = read_sentence(source.folded, sentence, quantities, source.cues, memory)
    scopes = find_scopes(source.folded, sentence, quantities)
    for quantity, read, scope in zip(quantities, reads, scopes, strict=True):
        found = _resolve(source, sentence, quantity, read, scope, places, setting)
        yield found
    for place in places:
        if place.area:
            setting.last_place[place.area.name.split()[0].casefold()] = place.area


def _as_score(quantity: Quantity, indices: Sequence[Cue]) -> Quantity:
    """A bare decimal behind the name of an index is its score: `chỉ số chuyển đổi số (DTI) đạt 0,6874`."""
    bare = quantity.kind == "count" and not quantity.unit and quantity.value % 1 and quantity.out_of is None
    if bare and any(cue.end <= quantity.start for cue in indices):
        return replace(quantity, kind="score", unit="point")
    return quantity


def _resolve(
    source, sentence, quantity, read: Read, scope: Scope, places, setting: Setting
) -> Observation | Unresolved:
    text, folded = source.document.text, source.folded
    if read.reading is None and (quantity.kind == "duration" or read.rule == "none"):
        return _unresolved(source, quantity, sentence, "duration" if quantity.kind == "duration" else "no_indicator")
    place = attribute_area(folded, sentence, quantity, scope, places, setting)
    if place and place.area is None:
        names = ", ".join(sorted({f"{a.name} ({a.province})" for a in place.mention.candidates})[:6])
        return _unresolved(source, quantity, sentence, "ambiguous_area", names)
    area = place.area if place else setting.area
    if area is None:
        return _unresolved(source, quantity, sentence, "ambiguous_area", "")
    setting.last_area = area
    indicator = load_indicators()[read.indicator]
    period = attribute_period(
        folded, sentence, quantity, scope, source.periods, setting,
        stock=indicator.measure == "stock" and not indicator.code.startswith("dossiers."),
        index=indicator.measure == "index",
    )  # fmt: skip
    return _observation(
        source, quantity, sentence, read, area, period,
        nature=attribute_nature(folded, sentence, quantity, scope, setting),
        tier=attribute_tier(folded, sentence, quantity, scope, setting),
        organization=attribute_organization(text, folded, sentence, quantity, scope),
        breakdown=find_breakdown(text, folded, scope, quantity),
    )  # fmt: skip


def _observation(
    source, quantity: Quantity, sentence, read: Read, area: Area, period: Period | None, **more
) -> Observation:
    document = source.document
    unit = quantity.unit or load_indicators()[read.indicator].unit
    return Observation(
        observation_id=observation_id(document.document_id, quantity.start, quantity.end, quantity.quote),
        document_id=document.document_id, indicator=read.indicator, kind=quantity.kind,
        value=quantity.value, value_high=quantity.value_high, unit=unit, qualifier=quantity.qualifier,
        out_of=quantity.out_of, change=quantity.change,
        area=area.name, area_id=area.area_id, area_level=area.level, province=area.province,
        period_start=period.start if period else None, period_end=period.end if period else None,
        quote=quantity.quote, sentence=_one_line(document.text[slice(*sentence)]),
        start=quantity.start, end=quantity.end, page=document.page_at(quantity.start),
        source_kind=document.source_kind, method=more.pop("method", "text"),
        rule=read.rule, confidence=read.confidence, **more,
    )  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ---- tables


def _from_tables(source: _Source, setting: Setting) -> Iterator[Observation | Unresolved]:
    for table in source.document.tables:
        block = source.document.block_at(table.start)
        if block and block.is_furniture:
            continue
        for labelled in labelled_cells(table):
            yield from _from_cell(source, table, labelled, setting)


def _from_cell(
    source: _Source, table: Table, labelled: Labelled, setting: Setting
) -> Iterator[Observation | Unresolved]:
    cell = labelled.cell
    span = (cell.start, cell.end)
    for quantity in source.quantities:
        if not (cell.start <= quantity.start and quantity.end <= cell.end):
            continue
        labels = " \n ".join(c.text for c in (*labelled.row, *labelled.heads))
        quantity = _typed_by_heads(quantity, match_form(labels))
        weights = _cell_weights(labelled, table.caption)
        reading = match_signature(quantity, weights)
        read = Read(reading, "table_heads", 0.9) if reading else Read(None, "other", 0.5)
        row = " | ".join(_one_line(c.text) for c in (*labelled.row, *labelled.heads))
        area, period, label = _row_of(labelled, setting)
        if area is None:
            yield _unresolved(source, quantity, span, "ambiguous_area", "")
            continue
        yield replace(
            _observation(source, quantity, span, read, area, period, nature="actual",
                         tier=find_tier(match_form(labels), setting), organization="", breakdown=label, method="table"),
            sentence=f"{row}: {_one_line(cell.text)}",
        )  # fmt: skip


def _cell_weights(labelled: Labelled, caption: str) -> dict[str, float]:
    """Cues of the heads; those of the row's label at half where the heads tell enough; of the caption the topic only."""
    heads = find_cues(match_form(" \n ".join(c.text for c in labelled.heads)))
    row = find_cues(match_form(" \n ".join(c.text for c in labelled.row)))
    told = any(cue.role in ("state", "index") and cue.name != "cumulative" for cue in heads)
    above = [cue for cue in find_cues(match_form(caption)) if cue.role in ("topic", "index")]
    weights: dict[str, float] = {"dossier": 0.3}
    for cues, factor in ((above, 0.4), (row, 0.5 if told else 1.0), (heads, 1.0)):
        for cue in cues:
            weights[cue.name] = max(weights.get(cue.name, 0.0), load_cues()[cue.name].strength * factor)
    return weights


def _typed_by_heads(quantity: Quantity, labels: str) -> Quantity:
    if quantity.kind == "count" and not quantity.unit:
        if re.search(r"%|t[ỷỉ] lệ", labels):
            return replace(quantity, kind="percent", unit="percent")
        if re.search(r"(xếp|thứ) hạng|xếp thứ|vị thứ|(?<!\w)hạng(?!\w)", labels):
            return replace(quantity, kind="rank", unit="position")
        if re.search(r"điểm|chỉ số", labels):
            low = min(quantity.value, quantity.value / 1000) if quantity.value >= 1000 else quantity.value
            return replace(quantity, kind="score", unit="point", value=low)
    return quantity


def _row_of(labelled: Labelled, setting: Setting) -> tuple[Area | None, Period | None, str]:
    """The area and period that the row's labels name, else the report's own; and the label where it is neither."""
    label = _one_line(" ".join(c.text for c in labelled.row if not re.fullmatch(r"[IVXivx\d.]+", c.text.strip())))
    day = setting.period.end if setting.period else None
    heads = " ".join(c.text for c in labelled.heads)
    years = " ".join(f"năm {year}" for year in labelled.years)
    periods = [
        m for m in find_periods(f"{years} . {label} . {heads}", today=day) if m.period and m.role_hint != "comparison"
    ]
    period = periods[0].period if periods else setting.period
    mentions: list[AreaMention] = find_areas(label, on=day)
    if mentions and mentions[0].end - mentions[0].start >= 0.6 * len(label):
        area = resolve_area(mentions[0], on=day, within=setting.area, near=[setting.area] if setting.area else [])
        return area, period, ""
    total = re.fullmatch(r"(tổng( số| cộng)?|cộng|toàn (huyện|tỉnh|thành phố|xã|phường))[ :]*", match_form(label))
    return setting.area, period, "" if total or periods else label


# ---- the ledger: seen = used + unresolved


def _unresolved(source: _Source, quantity, span, reason: str, detail: str = "") -> Unresolved:
    document = source.document
    return Unresolved(
        document.document_id, quantity.start, quantity.end, quantity.quote, _one_line(document.text[slice(*span)]),
        reason, detail, document.page_at(quantity.start),
    )  # fmt: skip


def _ledger(
    source: _Source, claims: Sequence[Claim], observations: Sequence[Observation], leftover: list[Unresolved],
) -> tuple[Unresolved, ...]:  # fmt: skip
    """Every digit of the text stands in an observation or in an unresolved number, and in one of them only."""
    document, text = source.document, source.document.text
    used = [(o.start, o.end) for o in observations]
    rest = list(leftover)
    spans = sorted(used + [(u.start, u.end) for u in rest])
    for claim in claims:
        if re.search(r"\d", claim.quote) and not _touches(claim.start, claim.end, spans):
            rest.append(_plain(document, claim.start, claim.end, claim.reason, claim.detail))
    spans = sorted(used + [(u.start, u.end) for u in rest])
    for start, end in digit_runs(text):
        if not _touches(start, end, spans):
            block = document.block_at(start)
            reason = "furniture" if block and block.is_furniture else "unclear"
            rest.append(_plain(document, start, end, reason, block.kind if block else ""))
    return tuple(sorted(rest, key=lambda u: u.start))


def _touches(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(begin < end and start < stop for begin, stop in spans)


def _plain(document: Document, start: int, end: int, reason: str, detail: str) -> Unresolved:
    line_start = document.text.rfind("\n", 0, start) + 1
    line_end = document.text.find("\n", end)
    line = document.text[line_start : line_end if line_end >= 0 else len(document.text)]
    return Unresolved(
        document.document_id,
        start,
        end,
        document.text[start:end],
        _one_line(line)[:300],
        reason,
        detail,
        document.page_at(start),
    )
