"""data/roster.csv: who is expected to report for which period; who hasn't, and who has though nobody expected it.

    area;level;province;period
    Thành phố Phủ Lý;huyện;Hà Nam;Quý III/2022
    Phường Minh Khai;xã;Hà Nam;6 tháng đầu năm 2022

Comma, semicolon or tab, UTF-8 or what Excel writes; only `area` is needed. Without a period a report of any is enough.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.areas import find_area_by_name
from analysis.catalogue import load_words
from analysis.errors import Text, UsageError, in_language, join_texts
from analysis.findings import CHECK, Sources, Words, fill, finding_id, title_of
from analysis.messages import both, explain
from analysis.model import Area, Finding, Level, Period
from analysis.numerals import Lang
from analysis.periods import find_periods
from analysis.text import normalise, tone_key

_NEAR = 20
"""Days by which a report's dates may differ from the period asked for: a quarter is often closed on the 14th."""
_MOST_FAULTS, _MOST_CANDIDATES = 5, 4
_ENCODINGS = ("utf-8-sig", "cp1258")


@dataclass(frozen=True, slots=True)
class Expected:
    """A line of the roster: a unit, and the period that it is to report for."""

    area: Area
    period: Period | None
    written: str
    """The period as the roster writes it."""
    line: int


@dataclass(frozen=True, slots=True)
class Received:
    """What is asked of a report: whose it is, and for when."""

    document_id: str
    area: str
    area_id: str
    period: Period | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was expected, who is missing, and which reports nobody expected."""

    expected: int = 0
    missing: tuple[Expected, ...] = ()
    unexpected: tuple[Received, ...] = ()

    def record(self) -> dict[str, Any]:
        """The attendance as run.json keeps it."""
        missing = [
            {"area": each.area.name, "area_id": each.area.area_id, "province": each.area.province}
            | {"period": each.written}
            for each in self.missing
        ]
        unexpected = [
            {"document_id": each.document_id, "area": each.area, "area_id": each.area_id, "period": _span(each.period)}
            for each in self.unexpected
        ]
        return {"expected": self.expected, "missing": missing, "unexpected": unexpected}


# ---- reading


def read_roster(path: Path) -> tuple[Expected, ...] | None:
    """The roster; None where there is none. Raises UsageError that names each line at fault, and what to do."""
    if not path.is_file():
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(*explain("roster.unreadable", path=path, reason=error.strerror or error)) from error
    rows = list(_rows(_decoded(data, path)))
    if not rows:
        raise UsageError(*explain("roster.empty", path=path))
    columns = _columns(rows[0][1], path)
    expected: list[Expected] = []
    faults: list[Text] = []
    for line, cells in rows[1:]:
        found = _read_line(line, {name: cells[at].strip() for name, at in columns.items() if at < len(cells)})
        (expected if isinstance(found, Expected) else faults).append(found)
    if faults:
        more = [both("roster.more", count=len(faults) - _MOST_FAULTS)] if len(faults) > _MOST_FAULTS else []
        told = join_texts(both("roster.faults", path=path), *faults[:_MOST_FAULTS], *more)
        raise UsageError(told, both("roster.remedy"))
    return tuple(dict.fromkeys(expected))


def _decoded(data: bytes, path: Path) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else _ENCODINGS
    for encoding in encodings:
        try:
            return normalise(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UsageError(*explain("roster.encoding", path=path))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with its number in the file; Excel's `sep=;` isn't one."""
    lines = text.splitlines()
    told = re.match(r"sep=(.)\s*$", lines[0]) if lines else None
    head = next((line for line in lines if line.strip() and not line.startswith("sep=")), "")
    mark = told[1] if told else max(",;\t", key=head.count)
    reader = csv.reader(lines, delimiter=mark)
    for cells in reader:
        if any(cell.strip() for cell in cells) and not (told and reader.line_num == 1):
            yield reader.line_num, cells


def _columns(head: list[str], path: Path) -> dict[str, int]:
    names = {tone_key(name): column for column, names in load_words("roster.yaml")["columns"].items() for name in names}
    keys = [tone_key(cell.strip()) for cell in head]
    columns = {names[key]: at for at, key in reversed(list(enumerate(keys))) if key in names}
    if "area" not in columns:
        raise UsageError(*explain("roster.no_area", path=path, found=", ".join(cell.strip() for cell in head)))
    return columns


def _read_line(line: int, cells: Mapping[str, str]) -> Expected | Text:
    """What a line expects, or what is wrong with it."""
    written = cells.get("period", "")
    period = parse_period(written) if written else None
    if written and period is None:
        return both("roster.bad_period", line=line, text=written)
    levels = {tone_key(name): level for level, names in load_words("roster.yaml")["levels"].items() for name in names}
    level = levels.get(tone_key(cells.get("level", "")), "")
    if cells.get("level") and not level:
        return both("roster.bad_level", line=line, text=cells["level"])
    return _find(line, cells, level, period) if cells.get("area") else both("roster.nameless", line=line)


def _find(line: int, cells: Mapping[str, str], level: str, period: Period | None) -> Expected | Text:
    name, province = cells["area"], cells.get("province", "")
    found = find_area_by_name(name, period.end if period else None)
    narrowed = [area for area in found if level in ("", area.level) and _is_in(area, province)]
    if len({area.area_id for area in narrowed}) == 1:
        return Expected(narrowed[0], period, cells.get("period", ""), line)
    if narrowed:
        shown = sorted({f"{area.name} ({area.province or area.area_id})" for area in narrowed})
        return both("roster.several", line=line, name=name, found=", ".join(shown[:_MOST_CANDIDATES]))
    return both("roster.unknown", line=line, name=name)


def _is_in(area: Area, province: str) -> bool:
    names = {tone_key(area.province), tone_key(area.name)} if area.level == "province" else {tone_key(area.province)}
    bare = re.sub(r"^(?:tỉnh|thành phố|tp\.?)\s+", "", province.strip(), flags=re.IGNORECASE)
    return not province or bool({tone_key(province), tone_key(bare)} & names)


def parse_period(written: str) -> Period | None:
    """The period that a cell means; None where it can't be told.

    >>> parse_period("Quý III/2025") == parse_period("2025-Q3") == parse_period("01/07/2025 - 30/09/2025")
    True
    >>> parse_period("quý vừa rồi") is None
    True
    """
    text = written.strip()
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)\s*(?:\.\.|/|-|–|đến)\s*(\d{4}-\d\d-\d\d)", text):
        start, end = (datetime.strptime(day, "%Y-%m-%d").date() for day in match.groups())
        return Period(start, end) if start <= end else None
    for form in load_words("roster.yaml")["periods"]:
        if match := re.fullmatch(form["pattern"], text):
            text = form["words"].format(**match.groupdict())
            break
    periods = {mention.period for mention in find_periods(text) if mention.period}
    return periods.pop() if len(periods) == 1 else None


# ---- comparing


def check_attendance(roster: Iterable[Expected], reports: Iterable[Received]) -> Attendance:
    """The roster against the reports; a report whose period isn't known counts for no line that names one."""
    expected, received = list(roster), [report for report in reports if report.area]
    by_area: dict[str, list[Received]] = {}
    for report in received:
        by_area.setdefault(report.area_id or report.area, []).append(report)
    lines: dict[str, list[Expected]] = {}
    for line in expected:
        lines.setdefault(line.area.area_id, []).append(line)
    missing = [line for line in expected if not any(_answers(r, line) for r in by_area.get(line.area.area_id, ()))]
    unexpected = [report for report in received if _is_unexpected(report, lines, expected)]
    return Attendance(len(expected), tuple(missing), tuple(unexpected))


def _is_unexpected(report: Received, lines: Mapping[str, list[Expected]], roster: list[Expected]) -> bool:
    """True for a report that the roster speaks of, by its period or by listing units for any, and doesn't list.

    A report of a period that no line names is none of the roster's business: last year's, say.
    """
    own = lines.get(report.area_id or report.area, [])
    if any(_answers(report, line) for line in own):
        return False
    return any(_answers(report, line) for line in roster) or (report.period is None and not own)


def _answers(report: Received, line: Expected) -> bool:
    if line.period is None:
        return True
    if report.period is None:
        return False
    apart = (report.period.start - line.period.start, report.period.end - line.period.end)
    return all(abs(days.days) <= _NEAR for days in apart)


def attendance_findings(attendance: Attendance, sources: Sources) -> Iterator[Finding]:
    """The missing and the unexpected as findings."""
    for line in attendance.missing:
        named: Words = {
            "area": lambda lang, line=line: _full_name(line.area),
            "period": lambda lang, line=line: _period(line.written, lang),
        }
        key = [line.area.area_id, line.written]
        yield _finding("report_missing", "warning", key, named, line.area.name, line.area.area_id)
    for report in attendance.unexpected:
        named = {
            "title": lambda lang, report=report: title_of(report.document_id, sources, lang),
            "area": lambda lang, report=report: report.area,
            "period": lambda lang, report=report: _span(report.period) or in_language(both("roster.undated"), lang),
        }
        key = [report.document_id]
        yield _finding("report_unexpected", "info", key, named, report.area, report.area_id, report.document_id)


def _finding(
    code: str, level: Level, key: list[str], named: Words, area: str, area_id: str, document_id: str = ""
) -> Finding:
    check = CHECK[code]
    messages = (fill(check.message_vi, "vi", named), fill(check.message_en, "en", named))
    return Finding(finding_id(code, key), code, level, *messages, (), document_id, area, area_id)


def _full_name(area: Area) -> str:
    return f"{area.name} ({area.province})" if area.province and area.level != "province" else area.name


def _period(written: str, lang: Lang) -> str:
    return " " + in_language(both("roster.for_period", period=written), lang) if written else ""


def _span(period: Period | None) -> str:
    def day(value: date) -> str:
        return value.strftime("%d/%m/%Y")

    return f"{day(period.start)}–{day(period.end)}" if period else ""
