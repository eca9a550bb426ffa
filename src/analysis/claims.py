"""Numbers that are no figures: dates, laws, levels, names, list numbers, telephones; each with its reason."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter

from analysis.catalogue import load_pattern, read_vocabulary
from analysis.matching import PatternSet
from analysis.periods import compose_pattern, find_dates, find_periods
from analysis.text import match_form


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of text whose numbers state no result; `reason` is one of those of `model.Unresolved`."""

    start: int
    end: int
    quote: str
    reason: str
    detail: str = ""


def find_claims(text: str, *, today: date | None = None) -> list[Claim]:
    """What in a text looks like a number of a result and isn't one, in order, never overlapping.

    Number words are claimed too where they are part of a name or a period (`một cửa`, `sáu tháng đầu năm`).
    Where two claims overlap, the longer one wins; two of one reason are joined.
    `today` is the day of publication, for years left out.

    >>> text = "Ngày 17-6, xã nhận 812 hồ sơ mức độ 3, 4 theo Nghị định số 61/2018/NĐ-CP"
    >>> [(claim.quote, claim.reason) for claim in find_claims(text, today=date(2020, 6, 17))]
    [('Ngày 17-6', 'date'), ('mức độ 3, 4', 'service_level'), ('Nghị định số 61/2018/NĐ-CP', 'legal_reference')]
    """
    folded = match_form(text)
    found = [*_named(text, folded), *_times_of_year(text, today), *_row_numbers(text, folded)]
    kept: list[Claim] = []
    for claim in sorted(found, key=lambda c: (c.start - c.end, c.reason != "date")):
        first = bisect_right(kept, claim.start, key=_end)
        behind = bisect_left(kept, claim.end, key=_start)
        if first >= behind:
            kept.insert(first, claim)
        elif behind - first == 1 and kept[first].reason == claim.reason:
            kept[first] = _joined(text, kept[first], claim)
    return kept


_start, _end = attrgetter("start"), attrgetter("end")


def _joined(text: str, longer: Claim, other: Claim) -> Claim:
    """Both claims as one: `Nghị quyết 18` and `18-NQ/TW`."""
    start, end = min(longer.start, other.start), max(longer.end, other.end)
    return Claim(start, end, text[start:end], longer.reason, longer.detail)


@cache
def _patterns() -> tuple[tuple[tuple[str, str], ...], PatternSet]:
    """Reason and detail of each pattern, and the patterns."""
    words = read_vocabulary("claims.yaml")
    patterns = [_compiled(entry["pattern"], words["fragments"]) for entry in words["claims"]]
    return tuple((entry["reason"], entry.get("detail", "")) for entry in words["claims"]), PatternSet(patterns)


def _compiled(pattern: str, fragments: dict[str, str]) -> re.Pattern[str]:
    """Whole words only, and no part of a longer number."""
    return re.compile(rf"(?<!\w)(?<![0-9][./,])(?:{compose_pattern(pattern, fragments)})", re.MULTILINE)


def _named(text: str, folded: str) -> Iterator[Claim]:
    """Claims by the entries of the vocabulary."""
    reasons, patterns = _patterns()
    for k, match in patterns.matches(folded):
        if _has_capitals(text, match):
            start, end = match.span("span") if match.groupdict().get("span") is not None else match.span()
            yield Claim(start, end, text[start:end], *reasons[k])


def _has_capitals(text: str, match: re.Match[str]) -> bool:
    """True where the groups that ask for capitals have them in the text."""
    said = {name: text[slice(*match.span(name))] for name, value in match.groupdict().items() if value}
    return all(
        said[name][:1].isupper() if name.startswith("capital") else said[name].isupper()
        for name in said
        if name.startswith(("capital", "upper"))
    )


def _times_of_year(text: str, today: date | None) -> Iterator[Claim]:
    """Claims of periods and dates."""
    for mention in find_periods(text, today=today):
        ends = f"{mention.period.start}/{mention.period.end}" if mention.period else ""
        reason, detail = ("date", ends[:10]) if mention.grain == "day" else ("period", ends)
        yield Claim(mention.start, mention.end, mention.quote, reason, detail)
    for day in find_dates(text, today=today):
        yield Claim(day.start, day.end, day.quote, "date", str(day.date or ""))


# --- numbers of rows and columns ---------------------------------------------------------------------------------

_LINE = re.compile(r"[^\n]+")
_ROW_NUMBER = re.compile(r"(?P<row>[0-9]{1,3})(?:\.(?P<part>[0-9]{1,2}))?\.?")
_CELL = re.compile(r"[^\t\n]+")


def _row_numbers(text: str, folded: str) -> Iterator[Claim]:
    """Row numbers of a table that was flattened to one cell a line, and rows that number the columns."""
    lines = list(_LINE.finditer(folded))
    row, part, in_table = 0, 0, False
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        cell = line.group().strip()
        if load_pattern("headings.yaml", "row_number_head").fullmatch(cell):
            row, part, in_table = 0, 0, True
        elif (
            in_table
            and (number := _ROW_NUMBER.fullmatch(cell))
            and following
            and following.group().strip()[:1].isalpha()
        ):
            said = (int(number["row"]), int(number["part"] or 0))
            if said in ((row + 1, 0), (row, part + 1)):
                row, part = said
                yield _row_claim(text, line.start() + line.group().index(cell), cell)
        if "\t" in line.group():
            yield from _column_numbers(text, line)


def _row_claim(text: str, start: int, cell: str) -> Claim:
    return Claim(start, start + len(cell), text[start : start + len(cell)], "numbering", "row")


def _column_numbers(text: str, line: re.Match[str]) -> Iterator[Claim]:
    """The cells of a line that reads 1, 2, 3, ... from its first cell on."""
    cells = list(_CELL.finditer(line.group()))
    if len(cells) >= 3 and [c.group().strip(" ()") for c in cells] == [str(n) for n in range(1, len(cells) + 1)]:
        for cell in cells:
            start = line.start() + cell.start()
            yield Claim(
                start, start + len(cell.group()), text[start : start + len(cell.group())], "numbering", "column"
            )
