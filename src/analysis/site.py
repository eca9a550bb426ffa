"""The published site: which areas it has, a folder for each, the index, the data beside them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, get_args

import pandas as pd

from analysis import __version__
from analysis.areas import slug
from analysis.dataset import area_keys
from analysis.model import Area, AreaLevel
from analysis.numerals import format_number
from analysis.publish import (
    TEMPLATES,
    Download,
    Stop,
    page_context,
    render_page,
    render_template,
    texts,
    write_bytes,
    write_text,
)
from analysis.report import in_range
from analysis.wording import capital, describe_period, format_date, period_key

PAGE, NOTEBOOK, DATA = "index.html", "report.ipynb", "observations.csv"
DATA_FILES = ("observations.csv", "findings.csv", "datapackage.json")
_LEVELS = get_args(AreaLevel)
_SUBJECTS = ("province", "district", "commune")
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_COUNTS, _DAYS = ("reports", "observations", "findings"), ("period_start", "period_end")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """An area of the site: how much is known of it in the range chosen, and where its page lies."""

    area: Area
    slug: str
    reports: int
    observations: int
    findings: int
    period_start: date | None = None
    period_end: date | None = None
    shared_name: bool = False
    folders: tuple[str, ...] = ()
    """Of its reports, in the raw folder."""

    @property
    def row(self) -> dict[str, Any]:
        """What the index says of it, in plain values that can be kept."""
        days = {name: day.isoformat() if (day := getattr(self, name)) else None for name in _DAYS}
        return {name: getattr(self, name) for name in _COUNTS} | days

    def with_row(self, row: Mapping[str, Any]) -> AreaEntry:
        """The same area with what an earlier run said of it."""
        days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
        return replace(self, **{name: row[name] for name in _COUNTS}, **days)

    @property
    def key(self) -> str:
        """What a notebook is told: the name, or the official id where two areas share the name."""
        return self.area.area_id if self.shared_name and self.area.area_id else self.area.name

    @property
    def label(self) -> str:
        """The name, with its province where two areas share the name."""
        return f"{self.area.name} ({self.area.province})" if self.shared_name else self.area.name


def list_areas(
    observations: pd.DataFrame,
    findings: pd.DataFrame,
    documents: pd.DataFrame,
    period_from: date | None = None,
    period_to: date | None = None,
) -> tuple[AreaEntry, ...]:
    """The areas that get a page: each is what at least one report is about, and has figures.

    Areas that are only mentioned (a peer, the province above) get none.
    """
    inside = in_range(observations, period_from, period_to)
    subjects = documents[documents["area_level"].isin(_SUBJECTS) & (documents["area"] != "")]
    known = set(area_keys(observations))
    named = subjects["area"].groupby(area_keys(subjects)).first().value_counts()
    found = []
    for key, reports in subjects.groupby(area_keys(subjects), sort=False):
        if key in known:
            found.append(
                _entry(reports, inside[area_keys(inside) == key], findings, bool(named[reports["area"].iloc[0]] > 1))
            )
    return tuple(sorted(found, key=_entry_order))


def write_area_data(processed: Path, target: Path, areas: Iterable[Area]) -> None:
    """The rows of some areas out of the observations table, as they stand there."""
    wanted = {area.area_id or area.name for area in areas}
    with (processed / DATA).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        head = next(rows)
        area_id, name = head.index("area_id"), head.index("area")
        kept = [row for row in rows if (row[area_id] or row[name]) in wanted]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *kept])
    write_text(target, out.getvalue())


def write_page(folder: Path, *, title: str, lang: str, home: str) -> None:
    """The page of an executed notebook, beside it."""
    text = texts(lang)
    downloads = (Download(DATA, text["csv"]), Download(NOTEBOOK, text["notebook"]))
    write_text(folder / PAGE, render_page(folder / NOTEBOOK, lang=lang, title=title, home=home, downloads=downloads))


def write_failed_page(
    folder: Path, *, what: str, reason: str, stop: Stop | None, command: str, lang: str, home: str
) -> None:
    """The page of an area whose notebook stopped: why, where, and what to do."""
    text = texts(lang)
    files = [(DATA, text["csv"]), (NOTEBOOK, text["half_notebook"])]
    downloads = tuple(Download(name, label) for name, label in files if (folder / name).is_file())
    values = {"what": what, "reason": reason, "stop": stop, "command": command}
    page = page_context(lang, home=home, downloads=downloads)
    write_text(folder / PAGE, render_template("failed.html.j2", page, **values))


def write_index(
    site: Path,
    entries: Sequence[AreaEntry],
    states: Mapping[str, str],
    *,
    lang: str,
    command: str,
    documents: int,
    comparison_failed: bool = False,
) -> Path:
    """The index: every area with its state, found by name and filters without a server."""
    script = (TEMPLATES / "site" / "index.js").read_text(encoding="utf-8").strip()
    page = page_context(lang, script=_script_hash(script))
    text = page["text"]
    rows = [_row(site, entry, states.get(entry.slug, "absent"), lang) for entry in entries]
    values = {
        "script": script,
        "rows": rows,
        "totals": _totals(entries, documents, lang),
        "files": [Download(f"data/{name}", text[label]) for name, label in zip(DATA_FILES, _DATA_LABELS, strict=True)],
        "columns": [(key, text[key], key in _NUMBERS) for key in _COLUMNS],
        "filters": _filters(rows, text),
        "stamp": _stamp(site, entries, lang, command),
        "comparison_failed": comparison_failed,
    }
    write_text(site / PAGE, render_template("index.html.j2", page, **values))
    return site / PAGE


def copy_data(processed: Path, site: Path) -> None:
    """The open data of the whole table, beside the pages."""
    for name in DATA_FILES:
        content = (processed / name).read_bytes()
        if name == "datapackage.json":
            content = _published_package(content)
        write_bytes(site / "data" / name, content)


def remove_stale(site: Path, entries: Iterable[AreaEntry]) -> list[str]:
    """Take away the pages of areas that are no longer in the table; files of other origin stay."""
    kept = {entry.slug for entry in entries}
    gone = []
    for folder in sorted((site / "areas").glob("*/")):
        if folder.name in kept:
            continue
        for name in (PAGE, NOTEBOOK, DATA):
            (folder / name).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
        gone.append(folder.name)
    return gone


_COLUMNS = ("area", "province", "level", "period", "reports", "observations", "findings", "state")
_NUMBERS = ("reports", "observations", "findings")
_DATA_LABELS = ("all_observations", "all_findings", "datapackage")


def name_order(name: str) -> tuple[list[int], str]:
    """The place of a name in the order of the Vietnamese alphabet; tones count last.

    >>> sorted(["Đà Nẵng", "Hà Nam", "Đồng Tháp", "Điện Biên", "Cần Thơ", "Dầu Tiếng"], key=name_order)
    ['Cần Thơ', 'Dầu Tiếng', 'Đà Nẵng', 'Điện Biên', 'Đồng Tháp', 'Hà Nam']
    """
    bare = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", name.lower())))
    return [_ALPHABET.find(letter) for letter in bare], name


def _entry_order(entry: AreaEntry) -> tuple[Any, ...]:
    area = entry.area
    return name_order(area.province), _LEVELS.index(area.level), name_order(area.name), entry.slug


def _entry(reports: pd.DataFrame, rows: pd.DataFrame, findings: pd.DataFrame, shared_name: bool) -> AreaEntry:
    first = reports.iloc[0]
    area = Area(first["area_id"], first["area"], first["area_level"], first["province"])
    own = set(rows["observation_id"])
    count = sum(not own.isdisjoint(ids.split(";")) for ids in findings["observation_ids"])
    dated = rows[(rows["nature"] == "actual") & rows["period_end"].notna()]
    return AreaEntry(
        area=area,
        slug=slug(area),
        reports=len(reports),
        observations=len(rows),
        findings=count,
        period_start=None if dated.empty else dated["period_start"].min().date(),
        period_end=None if dated.empty else dated["period_end"].max().date(),
        shared_name=shared_name,
        folders=tuple(sorted({PurePosixPath(path).parent.name for path in reports["path"]} - {""})),
    )


def _row(site: Path, entry: AreaEntry, state: str, lang: str) -> dict[str, Any]:
    address = f"areas/{entry.slug}/{PAGE}"
    return {
        "name": entry.area.name,
        "province": entry.area.province,
        "level": entry.area.level,
        "level_order": str(_LEVELS.index(entry.area.level)),
        "period": _span(entry.period_start, entry.period_end, lang),
        "period_end": entry.period_end.isoformat() if entry.period_end else "",
        "reports": entry.reports,
        "observations": entry.observations,
        "findings": entry.findings,
        "state": state,
        "href": address if (site / address).is_file() else "",
    }


def _span(start: date | None, end: date | None, lang: str) -> str:
    text = texts(lang)
    if end is None:
        return text["no_period"]
    if start is None or start == end:
        return format_date(end, lang)
    if start.year != end.year:
        return f"{start.year}–{end.year}"
    if period_key(start, end):
        return capital(describe_period(start, end, lang).removeprefix("the "))
    return f"{format_date(start, lang)} – {format_date(end, lang)}"


def _totals(entries: Sequence[AreaEntry], documents: int, lang: str) -> list[tuple[str, str]]:
    text = texts(lang)
    numbers = {
        "areas": len(entries),
        "reports": documents,
        "observations": sum(entry.observations for entry in entries),
        "findings": sum(entry.findings for entry in entries),
    }
    return [(text[name], format_number(number, lang=lang)) for name, number in numbers.items()]


def _filters(rows: Sequence[Mapping[str, Any]], text: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    provinces = sorted({row["province"] for row in rows} - {""}, key=name_order)
    levels = [level for level in _LEVELS if any(row["level"] == level for row in rows)]
    states = [state for state in text["states"] if any(row["state"] == state for row in rows)]
    return [
        ("province", [(name, name) for name in provinces]),
        ("level", [(level, text["levels"][level]) for level in levels]),
        ("state", [(state, text["states"][state]) for state in states]),
    ]


def _stamp(site: Path, entries: Sequence[AreaEntry], lang: str, command: str) -> list[tuple[str, str]]:
    text = texts(lang)
    ends = [day for entry in entries for day in (entry.period_start, entry.period_end) if day]
    period = (
        f"{format_date(min(ends), lang)} {text['to']} {format_date(max(ends), lang)}" if ends else text["no_period"]
    )
    table = (site / "data" / DATA).read_bytes()
    return [
        (text["stamp_period"], period),
        (text["stamp_data"], hashlib.sha256(table).hexdigest()),
        (text["stamp_version"], __version__),
        (text["stamp_command"], command),
    ]


def _script_hash(script: str) -> str:
    """What the page's security policy lets run: this script and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}"


def _published_package(content: bytes) -> bytes:
    """The data description, naming the files that lie beside it on the site."""
    package = json.loads(content)
    package["resources"] = [each for each in package.get("resources", []) if each.get("path") in DATA_FILES]
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
