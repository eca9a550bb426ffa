"""One indicator of one area and period, stated with different values in one report or in two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from analysis.checks.comparable import (
    grouped,
    has_one_value,
    is_average,
    is_level,
    is_narrowed,
    measured,
    said_together,
)
from analysis.checks.relating import swap_fields
from analysis.findings import (
    Case,
    Row,
    Source,
    Sources,
    Words,
    known,
    load_rules,
    name_of,
    period_of,
    statement_of,
    title_of,
    written,
)
from analysis.numerals import Lang
from analysis.relations import says_the_same
from analysis.slips import TELLING, swapped_digits

_EPSILON = 1e-6
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def check_conflicts(rows: Sequence[Row]) -> Iterator[Case]:
    """Different values in one report; what its words keep to a part of the whole isn't compared."""
    single = [row for row in _without_components(rows) if is_single(row)]
    for stated in grouped(single, lambda row: (measured(row), row.tier, row.breakdown)):
        values = _different([row for row in stated if row.qualifier == "exact"])
        if 1 < len(values) <= load_rules().most_values and any(
            _contradict(one, two) and not _told_apart(one, two, rows) for one, two in combinations(values, 2)
        ):
            yield _case("value_conflict_in_report", "error", values)
        elif len(values) == 1:
            for bound in _different([row for row in stated if row.qualifier != "exact"]):
                if _contradict(bound, values[0]) and not _told_apart(bound, values[0], rows):
                    yield _case("value_conflict_in_report", "error", [bound, values[0]])


def _without_components(rows: Sequence[Row]) -> Iterator[Row]:
    """All but the values of an index in a sentence that goes through its parts: `... 91,08%; ... 83,57%; ... 79,2%`."""
    levels = [row for row in rows if row.change == "none"]
    told = Counter((row.sentence, row.kind, row.indicator) for row in levels)
    for row in rows:
        alike = sum(told[row.sentence, row.kind, indicator] for indicator in (row.indicator, "other"))
        if not row.indicator.startswith("index.") or alike < 2:
            yield row


def check_reports_against_each_other(rows: Sequence[Row], sources: Sources) -> Iterator[Case]:
    """Values of one thing in several reports: a conflict, or what a later edition has changed."""
    reports = [_different(report) for report in grouped(filter(is_single, rows), lambda row: row.document_id)]
    plain = [report for report in reports if len(report) <= load_rules().most_values]
    plain = list({tuple(sorted(row.value for row in report)): report for report in reversed(plain)}.values())[::-1]
    clashing = [(one, two) for one, two in combinations(plain, 2) if _conflict_between(one, two)]
    for one, two in clashing:
        for old, new in ((one, two), (two, one)):
            if (sources.get(new[0].document_id) or Source()).replaces == old[0].document_id:
                yield _case("value_revised", "info", [*old, *new], sources)
    left = [report for report in plain if not _is_replaced(report, sources, plain)]
    if any(_conflict_between(one, two) for one, two in combinations(left, 2)):
        yield _case("value_conflict_between_reports", "warning", [row for report in left for row in report], sources)


def is_single(row: Row) -> bool:
    """True for a level of which a report states one value, exact or with a bound."""
    narrow = is_level(row) and has_one_value(row.indicator) and not known(row.value_high)
    rounded = row.qualifier in ("at_least", "at_most") and row.kind in ("count", "amount")
    return narrow and (rounded or row.qualifier == "exact") and not is_average(row) and not is_narrowed(row)


def _is_replaced(report: list[Row], sources: Sources, others: list[list[Row]]) -> bool:
    replaced = {(sources.get(other[0].document_id) or Source()).replaces for other in others}
    return report[0].document_id in replaced


def _different(rows: list[Row]) -> list[Row]:
    """The rows with one for each value, the first in the text."""
    first: dict[float, Row] = {}
    for row in rows:
        first.setdefault(row.value, row)
    return list(first.values())


def _conflict_between(one: list[Row], two: list[Row]) -> bool:
    pairs = [(a, b) for a in one for b in two]
    return not any(_same(a, b) for a, b in pairs) and all(_contradict(a, b) for a, b in pairs)


def _same(one: Row, two: Row) -> bool:
    """True where both can be one number: rounded, or `hơn 57.000` beside 57.689."""
    if one.qualifier == two.qualifier == "exact":
        return says_the_same(statement_of(one), statement_of(two))
    if one.qualifier == two.qualifier or "exact" not in (one.qualifier, two.qualifier):
        return True
    exact, bound = (one, two) if one.qualifier == "exact" else (two, one)
    return exact.value >= bound.value if bound.qualifier == "at_least" else exact.value <= bound.value


def _contradict(one: Row, two: Row) -> bool:
    """True for two values near enough to mean one thing; `58/62` beside `62` is a part, a rank needs its number."""
    if _same(one, two) or one.out_of == two.value or two.out_of == one.value:
        return False
    if one.kind == "rank" or (known(one.out_of) and known(two.out_of)):
        return one.out_of == two.out_of
    low, high = sorted((one.value, two.value))
    return low >= load_rules().closeness * high


def _told_apart(one: Row, two: Row, rows: Sequence[Row]) -> bool:
    """True where the text itself tells the two apart: in one sentence, in two columns, or by what stands with them.

    The one is a part of the other where the rest is stated, too, or lies in another period where a change makes
    the difference or the sentences name other years; and where the sentences differ in another figure
    as well (`8.213 hồ sơ, ... 92,8%` and `9.870 hồ sơ, ... 78,5%`), they are about two things.
    """
    if one.sentence == two.sentence or (one.method == two.method == "table" and said_together([one, two])):
        return True
    years = [set(_YEAR.findall(row.sentence)) for row in (one, two)]
    if all(years) and not years[0] & years[1]:
        return True
    apart = abs(one.value - two.value)
    beside: dict[str, dict[str, set[float]]] = {one.sentence: {}, two.sentence: {}}
    for row in rows:
        if abs(row.value - apart) < _EPSILON and (row.sentence in beside or (row.kind == "count" and apart >= TELLING)):
            return True
        if row.sentence in beside and row.change == "none" and row.indicator not in (one.indicator, "other"):
            beside[row.sentence].setdefault(row.indicator, set()).add(row.value)
    first, second = beside.values()
    return any(not values & second.get(indicator, values) for indicator, values in first.items())


def _case(code: str, level: str, rows: list[Row], sources: Sources | None = None) -> Case:
    def shown(lang: Lang) -> str:
        titles = [f" ({title_of(row.document_id, sources, lang)})" if sources is not None else "" for row in rows]
        return "; ".join(_bounded(row, lang) + title for row, title in zip(rows, titles, strict=True))

    fields: Words = {
        "name": lambda lang: name_of(rows[0], lang),
        "period": lambda lang: period_of(rows[0], lang),
        "values": shown,
    }
    one, two = rows[0], rows[-1]
    swapped = len(rows) == 2 and swapped_digits(one.value, two.value, statement_of(one).unit)
    if swapped:
        fields |= swap_fields(statement_of(one), two.value, "%" if one.kind == "percent" else "")
    return Case(code, level, tuple(rows), fields, "transposed" if swapped else "")


def _bounded(row: Row, lang: Lang) -> str:
    words = load_rules().scope["qualifier"].get(row.qualifier)
    return f"{words[lang]} {written(row, lang)}" if words else written(row, lang)
