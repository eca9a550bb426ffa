"""The area report: title, cards, summary, charts, targets, gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from analysis.charts import Chart, chart_channels, chart_ranks, chart_scores, chart_shares, chart_states
from analysis.display.fragments import figure_link, heading, paragraph, sentence_html, show, show_html, table
from analysis.narrative import describe_gap, describe_target, narrate
from analysis.numerals import format_number
from analysis.report import AreaReport, row_period
from analysis.targets import Target, as_target, judge, official_target, targets_of
from analysis.wording import Lang, Row, caveat_of, format_value, label, row_label, say, say_code, value_with_caveat

_DRAW = {
    "states": chart_states,
    "channels": chart_channels,
    "shares": chart_shares,
    "scores": chart_scores,
    "ranks": chart_ranks,
}
_MOST_IN_A_PARAGRAPH = 3


def show_title(report: AreaReport) -> None:
    """The page's one h1, and a line that says where, when, from how many reports."""
    lang = report.lang
    below = report.level in ("district", "commune") and report.province
    place = say("titles.place", lang, province=report.province) if below else ""
    lead = say(
        "titles.area_lead", lang, place=place, period=report.period_name,
        documents=format_number(len(report.documents), lang=lang),
    )  # fmt: skip
    title = escape(say("titles.area", lang, area=report.area))
    show_html(f"<h1>{title}</h1>{paragraph(lead, 'lead')}")


def show_headlines(report: AreaReport) -> None:
    """A card for each headline number, with its period and the value before."""
    rows = report.headlines()
    if rows:
        cards = "".join(_card(row, report) for row in rows)
        show_html(f'{heading("headlines", report.lang)}<ul class="cards">{cards}</ul>')


def _card(row: Row, report: AreaReport) -> str:
    lang, before = report.lang, report.previous(row)
    name = row_label(row, lang, short=True)
    if row["scope"]:
        name = say("values.of_organization", lang, value=name, organization=say(f"tiers.{row['scope']}", lang))
    note = escape("; ".join(filter(None, (caveat_of(row, lang), row_period(row, lang)))))
    if before:
        value = figure_link(value_with_caveat(before, lang, unit=False), before["observation_id"])
        note += f"; {escape(row_period(before, lang))}: {value}"
    return (
        f'<li class="card"><span class="card-label">{escape(name)}</span> '
        f"{figure_link(format_value(row, lang), row['observation_id'], 'card-value')} "
        f'<span class="card-note">{note}</span></li>'
    )


def show_summary(report: AreaReport) -> None:
    """The narrative: a paragraph for each topic, every number linked."""
    paragraphs: dict[tuple[str, str], list[str]] = {}
    for sentence in narrate(report):
        paragraphs.setdefault((sentence.topic, sentence.lead), []).append(sentence_html(sentence.parts))
    body = "".join(_told(topic, lead, sentences) for (topic, lead), sentences in paragraphs.items())
    show_html(f'{heading("summary", report.lang)}<div class="narrative">{body}</div>')


def _told(topic: str, lead: str, sentences: Sequence[str]) -> str:
    """The headline as a paragraph, a long topic as a list, and so what stands under words of its own."""
    if lead:
        items = "".join(f"<li>{sentence}</li>" for sentence in sentences)
        return f"<p><strong>{escape(lead)}:</strong></p><ul>{items}</ul>"
    if topic == "headline" or len(sentences) <= _MOST_IN_A_PARAGRAPH:
        return f"<p>{' '.join(sentences)}</p>"
    return f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in sentences)}</ul>"


def draw_charts(report: AreaReport) -> dict[str, list[Chart]]:
    """The charts of each section; an empty list where there is too little to draw."""
    return {name: draw(report) for name, draw in _DRAW.items()}


def show_section(report: AreaReport, charts: Mapping[str, Sequence[Chart]], name: str) -> None:
    """A section with its charts; nothing where there are none (`show_missing` says so)."""
    if charts[name]:
        show_html(heading(name, report.lang))
        for chart in charts[name]:
            show(chart)


def show_targets(report: AreaReport) -> None:
    """The values that a target stands against: official, or named in the reports themselves."""
    lang = report.lang
    codes = [code for code in dict.fromkeys(report.levels["indicator"]) if report.focus(code)]
    rows = [row for row in map(report.focus, codes) if row]
    lines = [line for row in rows for line in _target_lines(row, report)]
    if lines:
        columns = ("indicator", "period", "value", "target", "verdict")
        shown = table(columns, lines, lang, name=say("headings.targets_area", lang), numbers=(2,))
        note = paragraph(say("targets.note", lang), "note")
        show_html(f"{heading('targets_area', lang, 3)}{shown}{note}")
    show_html(_reference([(target, row) for row in rows for target in _aside(row)], lang))


def _target_lines(row: Row, report: AreaReport) -> list[tuple[str, ...]]:
    lang, official, own = report.lang, official_target(row), report.own_target(row)
    start = (
        escape(label(row["indicator"], lang)), escape(row_period(row, lang)),
        figure_link(value_with_caveat(row, lang), row["observation_id"]),
    )  # fmt: skip
    lines = []
    if official:
        verdict = describe_verdict(row, official, lang)
        lines.append((*start, escape(_goal(official, row, lang)), escape(verdict)))
    if own:
        target = as_target(own)
        goal = figure_link(describe_target(target, row, lang), own["observation_id"])
        lines.append((*start, goal, escape(describe_verdict(row, target, lang))))
    return lines


def _reference(found: list[tuple[Target, Row]], lang: Lang) -> str:
    """Targets that no value is held against, folded away."""
    items = [
        say("targets.reference_item", lang, label=label(row["indicator"], lang), goal=_goal(target, row, lang))
        for target, row in found
    ]
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    summary = escape(say("targets.reference", lang))
    return f"<details><summary>{summary}</summary><ul>{listed}</ul></details>" if items else ""


def _goal(target: Target, row: Row, lang: Lang) -> str:
    """A target in words with what narrows it and whether its text was checked."""
    goal = describe_target(target, row, lang)
    notes = [target.note(lang)] if target.note(lang) else []
    if not target.confirmed and not notes:
        notes.append(say("targets.unconfirmed", lang))
    return say("targets.goal_note", lang, goal=goal, note="; ".join(notes)) if notes else goal


def _aside(row: Row) -> list[Target]:
    """Targets of the coming years that measure something near the indicator, yet not the same."""
    near = [t for t in targets_of(row["indicator"], row["area_level"]) if not t.comparable]
    return [target for target in near if target.by >= row["key"].year]


def describe_verdict(row: Row, target: Target, lang: Lang) -> str:
    """Whether a level meets a target, in words."""
    return say(f"targets.{judge(row, target)}", lang, gap=describe_gap(row, target, lang))


def show_missing(report: AreaReport, charts: Mapping[str, Sequence[Chart]]) -> None:
    """What isn't there: usual indicators, areas of reform, sections too thin to draw, numbers not used."""
    lang = report.lang
    lines = [sentence_html(s.parts) for s in narrate(report) if s.topic == "missing"]
    empty = [say(f"headings.{name}", lang) for name in _DRAW if not charts[name]]
    if empty:
        lines.append(
            escape(say("missing.sections", lang, list="; ".join(name[0].lower() + name[1:] for name in empty)))
        )
    undated = int((report.observations["period_end"].isna() & (report.observations["nature"] == "actual")).sum())
    if undated:
        lines.append(escape(say("missing.undated", lang, count=format_number(undated, lang=lang))))
    body = "".join(f"<p>{line}</p>" for line in lines) + _unresolved(report)
    show_html(heading("missing", lang) + body if body else "")


def _unresolved(report: AreaReport) -> str:
    lang, counts = report.lang, report.unresolved["reason"].value_counts()
    if counts.empty:
        return ""
    lead = say("missing.unresolved", lang, count=format_number(int(counts.sum()), lang=lang))
    order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [(escape(say_code("reasons", str(code), lang)), format_number(count, lang=lang)) for code, count in order]
    name = say("columns.reason", lang)
    return paragraph(lead) + table(("reason", "count"), rows, lang, name=name, numbers=(1,))
