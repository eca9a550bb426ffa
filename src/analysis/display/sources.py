"""Where every number comes from: the figures with their sentences, the findings, the documents, the stamp."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Any, Protocol

import pandas as pd

from analysis import __version__
from analysis.catalogue import load_indicators
from analysis.display.fragments import Shown, figure_link, heading, paragraph, show_html, table
from analysis.numerals import format_number
from analysis.report import row_period
from analysis.wording import Lang, Row, capital, format_date, format_value, label, say, say_code


class Cited(Shown, Protocol):
    """What has figures to show with their sentences."""

    observations: pd.DataFrame


def show_observations(shown: Cited, *, areas: bool = False) -> None:
    """A table for each area of reform: every figure, its sentence with the number marked, and its document."""
    lang, frame = shown.lang, shown.observations
    marked = mark_sentences(frame)
    places = {ident: at for at, ident in enumerate(shown.documents["document_id"], start=1)}
    catalogue = load_indicators()
    order = {code: at for at, code in enumerate(catalogue)}
    rows = sorted(frame.to_dict("records"), key=lambda row: (order.get(row["indicator"], len(order)), _newest(row)))
    groups: dict[str, list[Row]] = {}
    for row in rows:
        known = catalogue.get(row["indicator"])
        groups.setdefault(known.group if known else "other", []).append(row)
    show_html(heading("observations", lang) + paragraph(say("tables.observations_lead", lang)))
    columns = ("indicator", *(("area",) if areas else ()), "period", "value", "nature", "sentence", "document")
    for group, members in groups.items():
        name = say(f"groups.{group}", lang)
        lines = [_figure_cells(row, marked[row["observation_id"]], places, lang, areas=areas) for row in members]
        idents = [f"obs-{row['observation_id']}" for row in members]
        body = table(columns, lines, lang, name=name, numbers=(columns.index("value"),), row_ids=idents)
        show_html(f"<h3>{escape(name)}</h3>{body}")


def _newest(row: Row) -> tuple[float, str, int]:
    end = row["period_end"]
    return (0.0 if pd.isna(end) else -end.timestamp(), row["document_id"], row["start"])


def _figure_cells(row: Row, sentence: str, places: dict[str, int], lang: Lang, *, areas: bool) -> tuple[str, ...]:
    nature = row["nature"] if row["change"] == "none" else row["change"]
    notes = [say(f"natures.{nature}", lang)]
    notes += [say("tables.corrected", lang)] if row["corrected"] else []
    notes += [] if row["selected"] else [say("tables.not_selected", lang)]
    document = places.get(row["document_id"])
    source = f'<a href="#doc-{document}">{document}</a>' if document else escape(row["document_id"])
    if pd.notna(row["page"]):
        source += f" {escape(say('tables.page', lang, page=int(row['page'])))}"
    return (
        escape(figure_name(row, lang)), *((escape(row["area"]),) if areas else ()), escape(row_period(row, lang)),
        escape(format_value(row, lang)), escape("; ".join(notes)), sentence, source,
    )  # fmt: skip


def figure_name(row: Row, lang: Lang) -> str:
    """An indicator with whatever narrows it: tier, field, office."""
    tier = say(f"tiers.{row['tier']}", lang) if row["tier"] else ""
    narrower = [part for part in (tier, row["breakdown"], row["organization"]) if part]
    name = label(row["indicator"], lang)
    return f"{name} ({', '.join(narrower)})" if narrower else name


def mark_sentences(frame: pd.DataFrame) -> dict[str, str]:
    """Each figure's sentence as HTML with its number marked, by observation id.

    Where a number stands twice in a sentence, its offset decides: all figures of one sentence must agree on where
    in the document the sentence begins.
    """
    marked: dict[str, str] = {}
    for _, group in frame.groupby(["document_id", "sentence"], sort=False):
        rows = group.to_dict("records")
        begins = Counter(row["start"] - at for row in rows for at in _places(row["sentence"], row["quote"]))
        for row in rows:
            marked[row["observation_id"]] = _mark(row["sentence"], row["quote"], _likeliest_place(row, begins))
    return marked


def _likeliest_place(row: Row, begins: Counter[int]) -> int:
    places = _places(row["sentence"], row["quote"])
    return max(places, key=lambda at: (begins[row["start"] - at], -at), default=-1)


def _places(sentence: str, quote: str) -> list[int]:
    found, at = [], sentence.find(quote)
    while at >= 0 and quote:
        found.append(at)
        at = sentence.find(quote, at + 1)
    return found


def _mark(sentence: str, quote: str, at: int) -> str:
    if at < 0:
        return f"{escape(sentence)} [<mark>{escape(quote)}</mark>]"
    end = at + len(quote)
    return f"{escape(sentence[:at])}<mark>{escape(sentence[at:end])}</mark>{escape(sentence[end:])}"


def show_findings(shown: Shown) -> None:
    """What the consistency checks found, with links to the figures concerned."""
    lang = shown.lang
    listed = set(shown.observations["observation_id"])
    items = [_finding(finding._asdict(), listed, lang) for finding in shown.findings.itertuples(index=False)]
    note = paragraph(say("tables.findings_note", lang), "note")
    listing = f'{note}<ul class="findings">{"".join(items)}</ul>'
    body = listing if items else paragraph(say("tables.no_findings", lang))
    show_html(heading("findings", lang) + body)


def _finding(finding: dict[str, Any], listed: set[str], lang: Lang) -> str:
    """One finding; figures that stand outside of what the page lists are named by the message alone."""
    level = finding["level"]
    links = [
        figure_link(say("tables.figure", lang, number=at), ident)
        for at, ident in enumerate(finding["observation_ids"].split(";"), start=1)
        if ident in listed
    ]
    figures = f" <span>({', '.join(links)})</span>" if links else ""
    return (
        f'<li class="finding finding-{escape(level)}"><strong>{escape(say(f"finding_levels.{level}", lang))}:</strong> '
        f"{escape(finding[f'message_{lang}'])}{figures}</li>"
    )


def show_sources(shown: Shown) -> None:
    """The documents: title, kind, date, file and SHA-256."""
    lang = shown.lang
    rows = [
        _document(document._asdict(), at, lang) for at, document in enumerate(shown.documents.itertuples(), start=1)
    ]
    idents = [f"doc-{at}" for at in range(1, len(rows) + 1)]
    columns = ("document", "title", "source_kind", "published", "file", "sha256")
    show_html(
        heading("sources", lang) + table(columns, rows, lang, name=say("headings.sources", lang), row_ids=idents)
    )  # fmt: skip


def _document(document: dict[str, Any], number: int, lang: Lang) -> tuple[str, ...]:
    published = document["published"]
    return (
        str(number), escape(document["title"] or document["document_id"]),
        escape(say_code("source_kinds", document["source_kind"], lang)),
        "" if pd.isna(published) else escape(format_date(published.date(), lang)),
        escape(document["path"]), f"<code>{escape(document['sha256'])}</code>",
    )  # fmt: skip


def show_stamp(shown: Cited) -> None:
    """What this page was made of and how to make it again."""
    lang, parameters = shown.lang, shown.parameters
    ends = shown.observations.loc[shown.observations["nature"] == "actual", ["period_start", "period_end"]]
    first, last = ends["period_start"].min(), ends["period_end"].max()
    period = say("periods.unknown", lang)
    if pd.notna(first) and pd.notna(last):
        days = {"start": format_date(first.date(), lang), "end": format_date(last.date(), lang)}
        period = say("periods.range", lang, **days)
    counts = {
        "observations": len(shown.observations),
        "documents": len(shown.documents),
        "findings": len(shown.findings),
    }
    counts["unresolved"] = len(getattr(shown, "unresolved", ()))
    numbers = {name: format_number(count, lang=lang) for name, count in counts.items()}
    given = ", ".join(f"{name} = {value or '–'}" for name, value in parameters.items())
    lines = {
        "period": escape(capital(period)), "counts": escape(say("stamp.counts_text", lang, **numbers)),
        "parameters": escape(given), "version": escape(__version__),
        "rerun": f"<code>{escape(rerun_command(parameters))}</code>",
    }  # fmt: skip
    body = "".join(f"<dt>{escape(say(f'stamp.{name}', lang))}</dt><dd>{line}</dd>" for name, line in lines.items())
    note = paragraph(say("stamp.sources_note", lang), "note")
    show_html(f'{heading("stamp", lang)}<dl class="stamp">{body}</dl>{note}')


def rerun_command(parameters: Mapping[str, str]) -> str:
    """The command that makes the page again, to be given in the workspace's folder.

    >>> rerun_command({"area": "Phường Hoa Sen", "period_from": "2022-01-01", "processed": "data/processed"})
    'cchc report --area "Phường Hoa Sen" --from 2022-01-01'
    """
    options = [f'--area "{parameters["area"]}"'] if parameters.get("area") else []
    options += [f"--from {parameters['period_from']}"] if parameters.get("period_from") else []
    options += [f"--to {parameters['period_to']}"] if parameters.get("period_to") else []
    options += ["--lang en"] if parameters.get("lang") == "en" else []
    return " ".join(["cchc report", *options])
