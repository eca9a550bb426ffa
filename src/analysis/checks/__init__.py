"""Consistency of the observations: sums, shares, ranges, report against report -> findings.

What is compared: actual values that are no change, stated exactly, of one area, organization, tier,
breakdown and period. Relations and messages are in vocabulary/checks.yaml; results are collected, never raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any, Literal

import pandas as pd

from analysis.catalogue import load_indicators
from analysis.findings import (
    CHECK,
    CHECKS,
    Row,
    Words,
    listed,
    load_rules,
    make_finding,
    name_of,
    part_of,
    period_of,
    statement_of,
    written,
)
from analysis.model import Finding
from analysis.numerals import Lang, format_number
from analysis.relations import Statement, Violation, find_violations, says_the_same, share_agrees
from analysis.text import match_form

__all__ = ["CHECKS", "flag_observations", "run_checks"]


def run_checks(frame: pd.DataFrame) -> list[Finding]:
    """All findings over an observations frame, each once, in a stable order."""
    rows = sorted(frame.itertuples(index=False), key=lambda row: (row.document_id, row.start))
    found = {finding.finding_id: finding for check in _CHECKERS for finding in check(rows)}
    return sorted(found.values(), key=lambda f: (f.area_id, f.area, f.document_id, f.code, f.finding_id))


def flag_observations(frame: pd.DataFrame, findings: Iterable[Finding]) -> pd.DataFrame:
    """The frame with `flags` naming the codes of the findings that name each row."""
    flags: dict[str, set[str]] = {}
    for finding in findings:
        for observation_id in finding.observation_ids:
            flags.setdefault(observation_id, set()).add(finding.code)
    joined = frame["observation_id"].map(lambda row: ";".join(sorted(flags.get(row, ()))))
    return frame.assign(flags=joined.astype(frame["flags"].dtype))


def check_relations(rows: Sequence[Row]) -> Iterator[Finding]:
    """Shares against their parts, sums against theirs, parts against wholes, inside each document."""
    rules = load_rules()
    tied = {percent.observation_id for _, percent in _ratio_pairs(rows)}
    comparable = [row for row in rows if _is_comparable(row) and row.observation_id not in tied]
    named = {row.observation_id: row for row in comparable}
    for owned in _grouped(comparable, _owner):
        for group in _same_period_groups(owned):
            stated: dict[str, list[Statement]] = {}
            for row in group:
                stated.setdefault(row.indicator, []).append(statement_of(row))
            for violation in find_violations(rules.relations, stated, rules.share_tolerance, rules.most_values):
                yield _relation_finding(violation, named)


def _is_comparable(row: Row) -> bool:
    """True for a dated result of a known indicator, stated as one exact number."""
    is_result = row.change == "none" and row.nature == "actual" and row.indicator != "other"
    is_dated = pd.notna(row.period_start) and pd.notna(row.period_end)
    return is_result and row.qualifier == "exact" and pd.isna(row.value_high) and is_dated


def _owner(row: Row) -> tuple:
    return (row.document_id, row.area_id or row.area, row.organization, row.tier, row.breakdown)


def _grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> Iterator[list[Row]]:
    """Rows that have the key in common, in the order of their first."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    yield from groups.values()


def _same_period_groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows of one period; what is stated for a day belongs with every period that ends on it."""
    for start, end in sorted({(row.period_start, row.period_end) for row in rows}):
        dates = {(start, end), (end, end)}
        yield [row for row in rows if (row.period_start, row.period_end) in dates]


def _relation_finding(violation: Violation, rows: dict[str, Row]) -> Finding:
    relation = violation.relation
    named = [rows[statement.observation_id] for statement in violation.statements]
    left, right = violation.left, violation.right
    fields: Words = {
        "name": lambda lang: name_of(named[0], lang),
        "part": lambda lang: listed(left, lang),
        "whole": lambda lang: listed(right, lang),
        "parts": lambda lang: listed(right, lang),
    }
    if violation.share:
        computed = 100 * sum(row.value for row in left) / sum(row.value for row in right)
        computed = 100 - computed if relation.check == "rest_exceeded" else computed
        fields |= _share_fields(violation.share, computed)
    elif relation.check == "sum_mismatch":
        total, computed = sum(row.value for row in left), sum(row.value for row in right)
        decimals = max(row.decimals for row in left + right)
        ending = "%" if named[0].kind == "percent" else ""
        fields |= {
            "stated": lambda lang: format_number(total, decimals, lang) + ending,
            "computed": lambda lang: format_number(computed, decimals, lang) + ending,
            "difference": lambda lang: format_number(abs(total - computed), decimals, lang),
        }
        if len(left) > 1:
            fields["name"] = fields["part"]
    return make_finding(relation.check, relation.level, named, fields)


def _share_fields(share: Statement, computed: float) -> Words:
    decimals = max(2, share.decimals)
    return {
        "stated": lambda lang: format_number(share.value, share.decimals, lang) + "%",
        "computed": lambda lang: format_number(computed, decimals, lang) + "%",
        "difference": lambda lang: format_number(abs(share.value - computed), decimals, lang),
    }


def check_splits(rows: Sequence[Row]) -> Iterator[Finding]:
    """Dossiers of the levels of government, and lines of a table, against the total stated beside them."""
    summed = [
        r for r in rows if r.kind == "count" and _is_comparable(r) and r.indicator.startswith(load_rules().summed)
    ]
    for split, given in (("tier", summed), ("breakdown", [row for row in summed if row.method == "table"])):
        other = "breakdown" if split == "tier" else "tier"
        for stated in _grouped(given, lambda row, other=other: (_measured(row), row.document_id, getattr(row, other))):
            totals = [row for row in stated if not getattr(row, split)]
            parts = [row for row in stated if getattr(row, split)]
            names = {getattr(row, split) for row in parts}
            if len({row.value for row in totals}) == 1 and len(parts) > 1 and len(names) == len(parts):
                yield from _split_findings(totals[0], parts, split)


def _measured(row: Row) -> tuple:
    """What is measured of whom and when, whatever the split."""
    return (row.indicator, row.kind, row.area_id or row.area, row.organization, row.period_start, row.period_end)


def _split_findings(total: Row, parts: list[Row], split: str) -> Iterator[Finding]:
    stated, computed = statement_of(total), sum(row.value for row in parts)
    if abs(computed - total.value) <= max(row.unit for row in (stated, *map(statement_of, parts))) - 1:
        return
    fields = {
        "name": lambda lang: name_of(total, lang),
        "stated": lambda lang: format_number(total.value, None, lang),
        "parts": lambda lang: " + ".join(part_of(row, split, lang) for row in parts),
        "computed": lambda lang: format_number(computed, None, lang),
        "difference": lambda lang: format_number(abs(computed - total.value), None, lang),
    }
    yield make_finding("sum_mismatch", "warning", [total, *parts], fields)


def check_ratios(rows: Sequence[Row]) -> Iterator[Finding]:
    """`a/b` against the percent that stands with it: `14/27 nhiệm vụ, đạt 51,8%`."""
    for ratio, percent in _ratio_pairs(rows):
        share, computed = statement_of(percent), 100 * ratio.value / ratio.out_of
        if share_agrees(share, computed, computed, load_rules().share_tolerance):
            continue
        fields = {
            "name": lambda lang, row=ratio: name_of(row, lang),
            "part": lambda lang, row=ratio: format_number(row.value, None, lang),
            "whole": lambda lang, row=ratio: format_number(row.out_of, None, lang),
        }
        yield make_finding("ratio_mismatch", "error", [ratio, percent], fields | _share_fields(share, computed))


def _ratio_pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Each `a/b` with the percent that is said to be the same thing."""
    levels = [row for row in rows if row.change == "none"]
    for one, two in pairwise(levels):
        for ratio, percent in ((one, two), (two, one)):
            if _is_ratio(ratio) and percent.kind == "percent" and _belong_together(ratio, percent):
                yield ratio, percent


def _is_ratio(row: Row) -> bool:
    return row.kind == "count" and row.out_of > 0 and row.qualifier == "exact"


def _belong_together(ratio: Row, percent: Row) -> bool:
    if (ratio.document_id, ratio.sentence, ratio.nature) != (percent.document_id, percent.sentence, percent.nature):
        return False
    if percent.qualifier != "exact" or pd.notna(percent.out_of):
        return False
    between = _text_between(ratio, percent)
    if between is None or len(between) > load_rules().ratio_reach:
        return percent.indicator == f"{ratio.indicator}_share"
    if percent.start < ratio.start:
        return between.strip() == "("
    return percent.indicator == f"{ratio.indicator}_share" or _bridges(between)


def _bridges(between: str) -> bool:
    """True where the words from `a/b` to the percent end in `đạt`, `=`, `tỷ lệ`, and no new clause begins."""
    form = match_form(between).rstrip(" (:")
    if ";" in form:
        return False
    endings = (match_form(word) for word in load_rules().ratio_bridge)
    return between.strip() == "(" or any(re.search(rf"(?:^|\W){re.escape(word)}$", form) for word in endings)


def _text_between(one: Row, two: Row) -> str | None:
    """What the sentence says between two of its numbers; None where they can't be found in it."""
    first, second = (one, two) if one.start <= two.start else (two, one)
    apart = second.start - first.start
    for match in re.finditer(re.escape(first.quote), first.sentence):
        if first.sentence.startswith(second.quote, match.start() + apart):
            return first.sentence[match.end() : match.start() + apart]
    return None


def check_ranges(rows: Sequence[Row]) -> Iterator[Finding]:
    """Ranks within the number ranked, shares within 0 to 100, numerators within denominators."""
    indicators = load_indicators()
    for row in rows:
        if row.change != "none":
            continue
        name = {"name": lambda lang, row=row: name_of(row, lang)}
        numbers = {
            "stated": lambda lang, row=row: written(row, lang),
            "part": lambda lang, row=row: format_number(row.value, None, lang),
            "whole": lambda lang, row=row: format_number(row.out_of, None, lang),
        }
        if row.kind == "rank" and (row.value < 1 or row.value > row.out_of):
            ranked = {"ranked": lambda lang, row=row: _ranked(row, lang)}
            yield make_finding("rank_out_of_range", "error", [row], name | numbers | ranked)
        elif row.kind == "percent":
            known = indicators.get(row.indicator)
            if known and known.measure == "share" and not 0 <= row.value <= 100:
                yield make_finding("percent_out_of_range", "error", [row], name | numbers)
        elif row.nature == "actual" and row.value > row.out_of:
            yield make_finding("part_exceeds_whole", "warning", [row], name | numbers)


def _ranked(row: Row, lang: Lang) -> str:
    check = CHECK["rank_out_of_range"]
    if row.value < 1:
        return check.unranked[lang]
    return check.ranked[lang].replace("{whole}", format_number(row.out_of, None, lang))


def check_conflicts(rows: Sequence[Row]) -> Iterator[Finding]:
    """One indicator stated with different values in one report, or in two."""
    most = load_rules().most_values
    single = [row for row in rows if _is_comparable(row) and _has_one_value(row.indicator)]
    for stated in _grouped(single, lambda row: (_measured(row), row.tier, row.breakdown)):
        reports = list(_grouped(stated, lambda row: row.document_id))
        for report in reports:
            if _conflict_in_report(report):
                yield _conflict_finding("value_conflict_in_report", "error", report)
        plain = [report for report in reports if len(_different(report)) <= most]
        if any(_conflict_between(one, two) for one, two in combinations(plain, 2)):
            named = [row for report in plain for row in _different(report)]
            yield _conflict_finding("value_conflict_between_reports", "warning", named)


def _has_one_value(indicator: str) -> bool:
    return indicator.startswith(load_rules().one_value) or indicator.endswith("share")


def _different(rows: list[Row]) -> list[Row]:
    """The rows with one for each value, the first in the text."""
    first: dict[float, Row] = {}
    for row in rows:
        first.setdefault(row.value, row)
    return list(first.values())


def _conflict_in_report(rows: list[Row]) -> bool:
    """True for two values in two sentences; more, or two in one sentence, are rather a split of the total."""
    values = _different(rows)
    if not 1 < len(values) <= load_rules().most_values:
        return False
    return any(one.sentence != two.sentence and _contradict(one, two) for one, two in combinations(values, 2))


def _conflict_between(one: list[Row], two: list[Row]) -> bool:
    pairs = [(a, b) for a in one for b in two]
    return not any(_same(a, b) for a, b in pairs) and all(_contradict(a, b) for a, b in pairs)


def _same(one: Row, two: Row) -> bool:
    return says_the_same(statement_of(one), statement_of(two))


def _contradict(one: Row, two: Row) -> bool:
    """True for two values near enough to mean one thing; `58/62` beside `62` is a part, a rank needs its number."""
    if _same(one, two) or one.out_of == two.value or two.out_of == one.value:
        return False
    if one.kind == "rank" or (pd.notna(one.out_of) and pd.notna(two.out_of)):
        return one.out_of == two.out_of
    low, high = sorted((one.value, two.value))
    return low >= load_rules().closeness * high


def _conflict_finding(code: str, level: Literal["error", "warning"], rows: list[Row]) -> Finding:
    between = code == "value_conflict_between_reports"
    values = _different(rows) if not between else rows

    def shown(lang: Lang) -> str:
        return "; ".join(written(row, lang) + (f" ({row.document_id})" if between else "") for row in values)

    fields = {
        "name": lambda lang: name_of(rows[0], lang),
        "period": lambda lang: period_of(rows[0], lang),
        "values": shown,
    }
    return make_finding(code, level, values, fields)


_CHECKERS: tuple[Callable[[Sequence[Row]], Iterator[Finding]], ...] = (
    check_relations,
    check_splits,
    check_ratios,
    check_ranges,
    check_conflicts,
)
