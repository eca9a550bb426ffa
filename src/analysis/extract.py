"""Document -> observations and unresolved numbers: the line of stages, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal

from analysis.areas import ancestors, core_name, find_areas, find_subject, resolve_areas
from analysis.attribution import (
    Place,
    Setting,
    Times,
    area_source,
    attribute_area,
    attribute_nature,
    attribute_organization,
    attribute_period,
    attribute_tier,
    begin_heading,
    begin_item,
    find_breakdown,
    find_times,
    heads_targets,
    is_item,
    is_target_heading,
    note_sentence,
    note_tiers,
    outside_organizations,
    period_source,
)  # fmt: skip
from analysis.catalogue import load_indicators
from analysis.claims import find_claims
from analysis.confidence import Basis, estimate_confidence, evidence_of, rival_of, written_rivals
from analysis.identity import observation_id
from analysis.indicators import Cue, find_cues
from analysis.ledger import close_ledger, one_line, unresolved
from analysis.mending import Mended, mend
from analysis.model import Area, Block, Document, Extraction, Nature, Observation, Period, Quantity, Table, Unresolved
from analysis.periods import PeriodMention, find_periods, is_plan, report_period, written_by
from analysis.quantities import find_quantities
from analysis.reading import Memory, Read, is_measured, read_sentence
from analysis.scopes import Sentence, Situated, as_listed, readable_pieces
from analysis.spans import within
from analysis.tables import Figure, NoFigure, read_table
from analysis.text import match_form, sentences

TWO_TIERS = date(2025, 7, 1)
"""On that day districts ended and the provinces were merged."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Source:
    """The document and all that was found in its whole text."""

    document: Document
    folded: str
    body: tuple[Block, ...]
    quantities: tuple[Quantity, ...]
    cues: tuple[Cue, ...]
    places: tuple[Place, ...]
    periods: tuple[PeriodMention, ...]
    watch: Watch | None


@dataclass(frozen=True, slots=True)
class Step:
    """How one number was read, for those who ask (`cchc explain`)."""

    result: Observation | Unresolved
    span: Span
    """Of the sentence, or of the table's cell."""
    read: Read
    basis: Basis | None
    """What the reading rests on; None for a number that is no observation."""
    cues: tuple[Cue, ...] = ()
    """Of the sentence."""
    text: str = ""
    """What the offsets of the cues and of `number` lie in."""
    number: Situated | None = None
    """Where it stands in running text; None in a table."""


Watch = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class _Belonging:
    """Whose number it is, when, and all else that the table says of it."""

    area: Area
    period: Period | None
    sources: tuple[str, str]
    """Where the area and the period come from, as in `Basis`."""
    nature: Nature = "actual"
    tier: str = ""
    organization: str = ""
    breakdown: str = ""
    method: Literal["text", "table"] = "text"


def extract_document(document: Document, watch: Watch | None = None) -> Extraction:
    """All observations of a document, and every other number of it with the reason why it is none.

    Pure: the same document gives the same extraction, whatever other documents there are. `watch` is told how
    each number was read, and changes nothing. A text that a conversion spoilt is read as it was meant.
    """
    mended = mend(document)
    if mended is None:
        return _extract(document, watch)
    return mended.restore(_extract(mended.document, partial(_tell_as_published, mended, watch) if watch else None))


def _tell_as_published(mended: Mended, watch: Watch, step: Step) -> None:
    """Tells of a number where it stands in the published text; the words are those that were read."""
    span = mended.back(step.span[0]), mended.back(step.span[1])
    watch(replace(step, result=mended.restore_number(step.result), span=span))


def _extract(document: Document, watch: Watch | None) -> Extraction:
    text = document.text
    written = written_by(text, document.published)
    claims = find_claims(text, today=written)
    body = tuple(block for block in document.blocks if not block.is_furniture)
    main = "\n".join(text[block.start : block.end] for block in body)
    period = report_period(document.title, main, written)
    day = _day_of_names(written, period)
    area = _subject(document, main, day)
    folded = match_form(text)
    source = _Source(
        document, folded, body, tuple(find_quantities(text, claims)), outside_organizations(text, find_cues(folded)),
        tuple(_places(text, day, area)), tuple(find_periods(text, today=written, base=period)),
        watch,
    )  # fmt: skip
    related = frozenset({area.area_id, *(a.area_id for a in ancestors(area))}) if area else frozenset()
    setting = Setting(area, period, related, is_plan=is_plan(document.title, written))
    found = [*_from_text(source, setting), *_from_tables(source, setting)]
    observations = _without_lone_tier([o for o in found if isinstance(o, Observation)], area)
    rejected = [u for u in found if isinstance(u, Unresolved)]
    return Extraction(document, area, period, observations, close_ledger(document, claims, observations, rejected))


def _without_lone_tier(observations: list[Observation], area: Area | None) -> tuple[Observation, ...]:
    """In order; the subject's own tier (`các phòng, ban đã giải quyết`) is none where no other is told from it."""
    level = area.level if area else ""
    split = any(o.tier not in ("", level) for o in observations)
    kept = (o if split or o.tier != level else replace(o, tier="") for o in observations)
    return tuple(sorted(kept, key=lambda o: o.start))


def _day_of_names(published: date | None, period: Period | None) -> date | None:
    """The day whose names of units hold: a report of early 2025, published later, still uses the old ones."""
    if published and period and period.end < TWO_TIERS <= published:
        return period.end
    return published or (period.end if period else None)


def _subject(document: Document, main: str, day: date | None) -> Area | None:
    """The report's own subject: from its body, else from the page around it, else from its folder and file name."""
    for text, hint in ((main, ""), (document.text, ""), (document.text, document.path)):
        area, _ = find_subject(document.title, text, file_hint=hint, on=day)
        if area:
            return area
    return None


def _places(text: str, day: date | None, subject: Area | None) -> list[Place]:
    mentions = find_areas(text, on=day)
    areas = resolve_areas(mentions, on=day, within=subject, near=[subject] if subject else [])
    own = core_name(subject) if subject else ""
    named = (
        subject if m.level_word is None and match_form(m.quote) == own else a
        for m, a in zip(mentions, areas, strict=True)
    )
    return [Place(mention, area) for mention, area in zip(mentions, named, strict=True)]


# ---- running text


def _from_text(source: _Source, setting: Setting) -> Iterator[Observation | Unresolved]:
    memory, text = Memory(), source.document.text
    held: int | None = None
    for block in source.body:
        if block.kind == "table":
            continue
        begin_item(source.folded[block.start : block.end], setting)
        setting.begin_paragraph(is_item=is_item(source.folded[block.start : block.end]))
        is_heading = _is_heading(source, block)
        if is_heading:
            _note_heading(source, block, memory, setting)
        if _labelled_below(source, block):
            held = block.start
            continue
        start, held = (block.start if held is None else held), None
        for sentence in sentences(text, start, block.end):
            for span in readable_pieces(source.folded, *sentence):
                yield from _from_sentence(source, span, memory, setting, opens=span[0] <= block.start + 2)
        if not is_heading and text[block.start : block.end].rstrip().endswith((":", "?")):
            _note_heading(source, _last_sentence(source, block), memory, setting)


def _is_heading(source: _Source, block: Block) -> bool:
    """True for a heading, and for a numbered line that has no figures and is no sentence: `1.2. Tình hình (từ ...)`."""
    if block.kind in ("heading", "title"):
        return True
    text = source.document.text[block.start : block.end].rstrip()
    numbered = is_item(source.folded[block.start : block.end]) and not text.lstrip().startswith(tuple("-+*•–"))
    return (
        numbered and not text.endswith((".", ";", ",", ":")) and not within(source.quantities, block.start, block.end)
    )


def _labelled_below(source: _Source, block: Block) -> bool:
    """True for a line that holds nothing but a number, whose label is the line below it: an infographic's."""
    inside = within(source.quantities, block.start, block.end)
    text = source.document.text
    if len(inside) != 1 or inside[0].unit or text[block.start : block.end].strip() != inside[0].quote:
        return False
    behind = text[block.end :].lstrip()
    return behind[:1].islower()


def _last_sentence(source: _Source, block: Block) -> Block:
    """What a paragraph that ends in a colon announces; of one that has figures in it, nothing but its topic."""
    *_, (start, end) = sentences(source.document.text, block.start, block.end)
    return replace(block, start=start, end=end)


def _note_heading(source: _Source, block: Block, memory: Memory, setting: Setting) -> None:
    """A heading, or a line that ends in a colon, holds for what stands below it."""
    folded = source.folded[block.start : block.end]
    memory.note_heading(within(source.cues, block.start, block.end), folded)
    if block.kind == "title":
        return
    setting.list_targets = not _is_heading(source, block) and heads_targets(folded)
    named = find_times(
        Sentence(source.folded, block.start, block.end, ()), within(source.periods, block.start, block.end)
    )
    begin_heading(folded, setting)
    if within(source.quantities, block.start, block.end):  # its periods are those of its own figures, but for dates
        named = Times(named.mentions, tuple(m for m in named.own if m.grain == "range"))
    setting.heading_period = named.own[-1].period if named.own else None
    setting.heading_since = bool(named.own) and named.own[-1].grain == "since"
    setting.in_list = None if _is_heading(source, block) else False
    if block.kind == "heading":
        setting.heading_targets = is_target_heading(folded)


def _from_sentence(
    source: _Source, span: Span, memory: Memory, setting: Setting, *, opens: bool = False
) -> Iterator[Observation | Unresolved]:  # fmt: skip
    cues = within(source.cues, *span)
    indices = [cue for cue in cues if cue.role == "index"]
    inside = within(source.quantities, *span)
    ranked = memory.index is not None and any(quantity.kind == "rank" for quantity in inside)
    quantities = as_listed(source.folded, [_as_score(q, indices, is_ranked=ranked) for q in inside])
    sentence = Sentence(source.folded, *span, quantities)
    times = find_times(sentence, within(source.periods, *span))
    note_sentence(sentence, times, setting, index=bool(indices), ranked=ranked)
    places = within(source.places, *span)
    for number, read in zip(sentence.numbers(), read_sentence(sentence, cues, memory), strict=True):
        step = _resolve(source, number, read, times, places, setting)
        if source.watch:
            source.watch(replace(step, cues=tuple(cues), text=source.document.text))
        yield step.result
    note_tiers(sentence, setting)
    setting.note_places(places, start=span[0] if opens else None)


def _as_score(quantity: Quantity, indices: Sequence[Cue], *, is_ranked: bool) -> Quantity:
    """A bare decimal behind the name of an index is its score: `chỉ số chuyển đổi số (DTI) đạt 0,6874`.

    So is one below 1 behind a rank, where the talk is of an index.
    """
    bare = quantity.kind == "count" and not quantity.unit and quantity.value % 1 and quantity.out_of is None
    if bare and (any(cue.end <= quantity.start for cue in indices) or (is_ranked and quantity.value < 1)):
        return replace(quantity, kind="score", unit="point")
    return quantity


def _resolve(
    source: _Source, number: Situated, read: Read,
    times: Times, places: Sequence[Place], setting: Setting,
) -> Step:  # fmt: skip
    document, quantity = source.document, number.quantity
    span = (number.sentence.start, number.sentence.end)
    if read.reading is None and (read.rule == "none" or (quantity.kind == "duration" and not is_measured(number))):
        reason = "duration" if quantity.kind == "duration" else "no_indicator"
        return Step(unresolved(document, quantity, span, reason), span, read, None, number=number)
    place = attribute_area(number, places, setting)
    area = place.area if place else setting.area
    if area is None:
        left = unresolved(document, quantity, span, "ambiguous_area", _candidates(place) if place else "")
        return Step(left, span, read, None, number=number)
    setting.last_area = area
    indicator = load_indicators()[read.indicator]
    stock = indicator.measure == "stock"
    nature = attribute_nature(number, setting, read.indicator)
    index = indicator.measure == "index"
    period = attribute_period(number, times, setting, stock=stock, index=index, nature=nature)
    if _is_to_come(source.document, period, setting):
        nature = "target"
    elif setting.is_plan and period and setting.period and period.end < setting.period.start:
        nature = "actual"  # what a plan says of the years before it
    belonging = _Belonging(
        area,
        period,
        (area_source(number, place), period_source(number, period, times, setting)),
        nature,
        attribute_tier(number, setting, index=index),
        attribute_organization(document.text, number),
        find_breakdown(document.text, number),
    )
    basis = _basis(document, quantity, read, belonging)
    observation = _observation(document, quantity, read, belonging, basis, one_line(document.text[slice(*span)]))
    return Step(observation, span, read, basis, number=number)


def _basis(document: Document, quantity: Quantity, read: Read, belonging: _Belonging) -> Basis:
    method = "ocr" if document.page_at(quantity.start) in document.ocr_pages else belonging.method
    sort = "change" if quantity.change != "none" else "target" if belonging.nature == "target" else quantity.kind
    evidence = evidence_of(read.reading.score if read.reading else None)
    split = "split" if belonging.tier else "whole"
    return Basis(read.rule, *belonging.sources, evidence, rival_of(read.rivals), method, sort, split)


def _is_to_come(document: Document, period: Period | None, setting: Setting) -> bool:
    """True for a period behind the report's, which wasn't over when the report came out."""
    if period is None or setting.period is None:
        return False
    return setting.period.end < period.start and (document.published or setting.period.end) < period.end


def _candidates(place: Place) -> str:
    return ", ".join(sorted({f"{area.name} ({area.province})" for area in place.mention.candidates})[:6])


def _observation(
    document: Document, quantity: Quantity, read: Read, belonging: _Belonging, basis: Basis, sentence: str
) -> Observation:  # fmt: skip
    area, period = belonging.area, belonging.period
    return Observation(
        observation_id=observation_id(document.document_id, quantity.start, quantity.end, quantity.quote),
        document_id=document.document_id, indicator=read.indicator, kind=quantity.kind,
        value=quantity.value, value_high=quantity.value_high,
        unit=quantity.unit or load_indicators()[read.indicator].unit, qualifier=quantity.qualifier,
        out_of=quantity.out_of, change=quantity.change, nature=belonging.nature,
        area=area.name, area_id=area.area_id, area_level=area.level, province=area.province,
        organization=belonging.organization, tier=belonging.tier, breakdown=belonging.breakdown,
        period_start=period.start if period else None, period_end=period.end if period else None,
        quote=quantity.quote, sentence=sentence, start=quantity.start, end=quantity.end,
        page=document.page_at(quantity.start), source_kind=document.source_kind, method=basis.method,
        rule=read.rule, confidence=estimate_confidence(basis), alternatives=written_rivals(read.rivals),
    )  # fmt: skip


# ---- tables


def _from_tables(source: _Source, setting: Setting) -> Iterator[Observation | Unresolved]:
    for table in source.document.tables:
        block = source.document.block_at(table.start)
        if not (block and block.is_furniture):
            yield from _from_table(source, table, setting)


def _from_table(source: _Source, table: Table, setting: Setting) -> Iterator[Observation | Unresolved]:
    memory = Memory()
    for found in read_table(source.document, table, setting, source.quantities):
        if isinstance(found, Figure):
            yield _from_cell(source, found, setting)
        elif isinstance(found, NoFigure):
            span, detail = (found.cell.start, found.cell.end), "table" if found.reason == "numbering" else ""
            yield unresolved(source.document, found.quantity, span, found.reason, detail)
        else:
            setting.begin_paragraph()
            for sentence in sentences(source.document.text, found.cell.start, found.cell.end):
                for span in readable_pieces(source.folded, *sentence):
                    yield from _from_sentence(source, span, memory, setting)


def _from_cell(source: _Source, found: Figure, setting: Setting) -> Observation:
    sources = ("report" if found.area == setting.area else "row", "report" if found.period == setting.period else "row")
    belonging = _Belonging(
        found.area, found.period, sources, found.nature, found.tier, found.organization, found.breakdown, method="table"
    )
    basis = _basis(source.document, found.quantity, found.read, belonging)
    observation = _observation(source.document, found.quantity, found.read, belonging, basis, found.sentence)
    if source.watch:
        source.watch(Step(observation, (found.cell.start, found.cell.end), found.read, basis))
    return observation
