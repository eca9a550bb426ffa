"""An explanation as an analyst reads it: plain lines of at most 100 characters, or JSON for tools."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from analysis.catalogue import load_indicators, load_words
from analysis.errors import in_language
from analysis.explain.tracing import Explanation, NumberExplained, SentenceExplained
from analysis.model import Area, Observation
from analysis.numerals import Lang, format_number
from analysis.wording import describe_period, format_date, format_value, label, say_code

WIDTH = 100
_LABEL = 14
"""Room for the label of a line."""
_LONGEST = 700
"""Characters of a sentence that are shown, around its numbers."""
Mark = Callable[[str], str]


def _wrap(text: str, **indents: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False, **indents)


def _plain(text: str) -> str:
    return f"«{text}»"


def format_explanation(explanation: Explanation, lang: Lang = "vi", mark: Mark = _plain) -> str:
    """The document's head, each sentence with its numbers marked, and below it what became of each number.

    `mark` puts a number in relief; on a terminal it may use colours.
    """
    lines = [*_head(explanation, lang), ""]
    for sentence in explanation.sentences:
        lines += [*_sentence(sentence, lang, mark), ""]
    return "\n".join([*lines, *_foot(explanation, lang)])


def _say(key: str, lang: Lang, **slots: object) -> str:
    return load_words("explain.yaml")["words"][key][lang].format(**slots)


def _named(section: str, code: str, lang: Lang) -> str:
    """A code in words; the code itself where explain.yaml has none."""
    return load_words("explain.yaml")[section].get(code, {}).get(lang, code)


def _head(explanation: Explanation, lang: Lang) -> Iterator[str]:
    extraction = explanation.extraction
    document, period = extraction.document, extraction.period
    yield from _wrap(f"{document.title or document.document_id} ({document.path})")
    yield f"{_say('subject', lang)} {_area(extraction.area) or _say('unknown', lang)}"
    told = describe_period(period.start, period.end, lang) if period else _say("unknown", lang)
    yield f"{_say('report_period', lang)} {told}"
    for fault in (*extraction.notes, *explanation.faults):
        yield from _wrap(in_language(fault, lang))


def _area(area: Area | None) -> str:
    if area is None:
        return ""
    return f"{area.name}, {area.province}" if area.level not in ("country", "region", "province") else area.name


def _foot(explanation: Explanation, lang: Lang) -> Iterator[str]:
    results = [number.result for sentence in explanation.sentences for number in sentence.numbers]
    reasons = Counter(result.reason for result in results if not isinstance(result, Observation))
    used, left = len(results) - reasons.total(), reasons.total()
    listed = ", ".join(f"{say_code('reasons', reason, lang)} {n}" for reason, n in reasons.most_common())
    told = _say("total", lang, used=used, left=left, reasons=listed) if left else _say("total_used", lang, used=used)
    yield from _wrap(told)


# ---- a sentence


def _sentence(sentence: SentenceExplained, lang: Lang, mark: Mark) -> Iterator[str]:
    where = [_say("at", lang, start=sentence.start)]
    where += [_say("page", lang, page=sentence.page)] if sentence.page else []
    yield f"[{', '.join(where)}]"
    labels = f"{sentence.labels}: " if sentence.labels else ""
    yield from _relieved(labels + " ".join("".join(_marked(sentence)).split()), mark)
    for number in sentence.numbers:
        yield from _number(number, lang, mark)


_OPEN, _CLOSE = "\x01", "\x02"


def _marked(sentence: SentenceExplained) -> Iterator[str]:
    """The sentence with its numbers between marks; the far ends of a very long one are left out."""
    first, last = sentence.numbers[0].result.start, sentence.numbers[-1].result.end
    room = max(0, _LONGEST - (last - first)) // 2
    at = max(sentence.start, first - room)
    yield "… " if at > sentence.start else ""
    for number in sentence.numbers:
        start, end = max(at, number.result.start), number.result.end
        yield sentence.text[at - sentence.start : start - sentence.start]
        yield _OPEN + sentence.text[start - sentence.start : end - sentence.start] + _CLOSE
        at = end
    stop = min(sentence.end, last + room)
    yield sentence.text[at - sentence.start : stop - sentence.start]
    yield " …" if stop < sentence.end else ""


def _relieved(text: str, mark: Mark, indent: str = "") -> Iterator[str]:
    """The text in lines, its numbers marked; one that the end of a line cuts is marked on both."""
    lines = textwrap.wrap(
        text, WIDTH - 2, break_on_hyphens=False, initial_indent=indent, subsequent_indent=indent * 3
    )  # fmt: skip
    for line in lines:
        if line.count(_OPEN) < line.count(_CLOSE):
            line = _OPEN + line
        if line.count(_OPEN) > line.count(_CLOSE):
            line += _CLOSE
        before, *rest = line.split(_OPEN)
        yield before + "".join(mark(inside) + after for inside, _, after in (part.partition(_CLOSE) for part in rest))


# ---- a number


def _number(number: NumberExplained, lang: Lang, mark: Mark) -> Iterator[str]:
    result = number.result
    if isinstance(result, Observation):
        name = f"{label(result.indicator, lang)} ({result.indicator})"
        sure = _say("confidence", lang, value=format_number(result.confidence, 2, lang))
        head = f"{name}; {sure}"
        rows = list(_observation_rows(number, result, lang))
    else:
        head = f"{_say('not_used', lang)}: {say_code('reasons', result.reason, lang)}"
        rows = [("detail", _detail(result.detail, lang))] if result.detail else []
        rows += [("why", _named("rules", number.rule, lang))] if number.rule else []
        rows += [("suggested", _rivals(number, lang))] if number.rivals else []
    if number.correction:
        rows.append(("register", _entry(number, lang)))
    yield from _relieved(f"{_OPEN}{' '.join(result.quote.split())}{_CLOSE} → {head}", mark, "  ")
    for name, text in rows:
        yield from _row(_say(name, lang), text)


def _detail(detail: str, lang: Lang) -> str:
    """What is known of a number that isn't used: where it stands, or the period or day that it is, in words."""
    if detail in load_words("explain.yaml")["details"]:
        return _named("details", detail, lang)
    try:
        days = [date.fromisoformat(day) for day in detail.split("/")]
    except ValueError:
        return detail
    return describe_period(days[0], days[-1], lang) if len(days) == 2 else format_date(days[0], lang)


def _row(name: str, text: str) -> list[str]:
    indent = " " * (4 + _LABEL)
    return _wrap(text, initial_indent=f"    {name + ':':{_LABEL}}", subsequent_indent=indent)


def _observation_rows(number: NumberExplained, row: Observation, lang: Lang) -> Iterator[tuple[str, str]]:
    yield "seen", _seen(row, lang)
    if number.cues:
        yield "cues", "; ".join(dict.fromkeys(f"“{cue.text}”" for cue in number.cues))
    basis = number.basis
    area = f"{row.area}, {row.province}" if row.province and row.province not in row.area else row.area
    yield "area", area + (f" ({_named('area', basis.area, lang)})" if basis else "")
    period = describe_period(row.period_start, row.period_end, lang)
    yield "period", period + (f" ({_named('period', basis.period, lang)})" if basis else "")
    if row.nature != "actual":
        yield "nature", _named("natures", row.nature, lang)
    if row.tier:
        yield "tier", say_code("tiers", row.tier, lang)
    yield from ((name, getattr(row, name)) for name in ("organization", "breakdown") if getattr(row, name))
    yield "why", _named("rules", number.rule, lang)
    if number.rivals:
        yield "suggested" if row.indicator == "other" else "rivals", _rivals(number, lang)
    if number.doubts:
        yield "doubts", "; ".join(_doubt(name, value, lang) for name, value in number.doubts)


def _rivals(number: NumberExplained, lang: Lang) -> str:
    named = (f"{label(code, lang)} ({code}) {format_number(score, 2, lang)}" for code, score in number.rivals)
    return "; ".join(named)


def _doubt(name: str, value: str, lang: Lang) -> str:
    return load_words("explain.yaml")["doubts"][name][value][lang]


def _seen(row: Observation, lang: Lang) -> str:
    """The number as it was read before anything was made of it."""
    parts = [format_value(asdict(row), lang), _named("kinds", row.kind, lang)]
    parts += [_named("qualifiers", row.qualifier, lang), _named("changes", row.change, lang)]
    parts += [_say("out_of", lang, value=format_number(row.out_of, lang=lang))] if row.out_of is not None else []
    return ", ".join(part for part in parts if part)


def _entry(number: NumberExplained, lang: Lang) -> str:
    entry = number.correction
    assert entry is not None
    action, source = _named("actions", entry.action, lang), in_language(entry.source, lang)
    return _say("entry", lang, action=action, reason=entry.reason, who=entry.who, date=entry.date, source=source)


# ---- for tools


def json_of(explanation: Explanation) -> str:
    """The whole explanation as JSON; codes stay codes, dates are ISO."""
    extraction = explanation.extraction
    document, period = extraction.document, extraction.period
    content = {
        "document_id": document.document_id, "path": document.path, "sha256": document.sha256,
        "title": document.title, "area": asdict(extraction.area) if extraction.area else None,
        "period": [period.start, period.end] if period else None,
        "notes": [*extraction.notes, *explanation.faults],
        "sentences": [_json_sentence(sentence) for sentence in explanation.sentences],
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1, default=str)


def _json_sentence(sentence: SentenceExplained) -> dict[str, Any]:
    place = {"start": sentence.start, "end": sentence.end, "page": sentence.page, "text": sentence.text}
    place |= {"labels": sentence.labels} if sentence.labels else {}
    return place | {"numbers": [_json_number(number) for number in sentence.numbers]}


def _json_number(number: NumberExplained) -> dict[str, Any]:
    used = isinstance(number.result, Observation)
    known = load_indicators().get(number.result.indicator) if isinstance(number.result, Observation) else None
    return {
        "used": used,
        "result": asdict(number.result),
        "label": known.label_vi if known else "",
        "rule": number.rule,
        "basis": asdict(number.basis) if number.basis else None,
        "cues": _dicts(number.cues),
        "rivals": [{"indicator": code, "score": score} for code, score in number.rivals],
        "doubts": [f"{name}.{value}" for name, value in number.doubts],
        "correction": number.correction.model_dump(mode="json") if number.correction else None,
    }


def _dicts(items: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(item) for item in items]
