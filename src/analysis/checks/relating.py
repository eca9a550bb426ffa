"""Shares against their parts, sums against theirs, parts against wholes, inside one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analysis.checks.comparable import grouped, is_comparable, measured, place_of, said_together
from analysis.checks.ratios import ratio_pairs
from analysis.findings import Case, Row, Words, known, listed, load_rules, name_of, part_of, statement_of
from analysis.numerals import format_number
from analysis.relations import Statement, Violation, find_violations
from analysis.slips import Count, Counts, find_swap, one_digit_off


def check_relations(rows: Sequence[Row]) -> Iterator[Case]:
    """The relations of vocabulary/checks.yaml that figures of one owner and period break.

    Nothing is said where another number of the report makes the figures fit: it is counted otherwise then.
    """
    rules = load_rules()
    tied = {percent.observation_id for _, percent in ratio_pairs(rows)}
    comparable = [row for row in rows if row.observation_id not in tied and is_comparable(row)]
    named = {row.observation_id: row for row in comparable}
    counts: Counts | None = None
    for owned in grouped(comparable, place_of):
        for group in _same_period_groups(owned):
            stated: dict[str, list[Statement]] = {}
            for row in group:
                stated.setdefault(row.indicator, []).append(statement_of(row))
            broken = find_violations(rules.relations, stated, rules.share_tolerance, rules.most_values)
            for violation in _closest_sums(broken):
                counts = counts or counts_of(rows)
                sentences = frozenset(named[one.observation_id].sentence for one in violation.statements)
                apart = violation.relation.together and len(sentences) > 1
                if not apart and (find_swap(violation) or not counts.explain(violation, sentences)):
                    yield _case(violation, named)


def _closest_sums(violations: Iterable[Violation]) -> Iterator[Violation]:
    """Of several lists of parts that miss one total the one that comes closest: the others name one part too many."""
    sums: dict[tuple[Statement, ...], Violation] = {}
    for violation in violations:
        if violation.relation.check != "sum_mismatch":
            yield violation
            continue
        known = sums.setdefault(violation.left, violation)
        if abs(violation.stated - violation.computed) < abs(known.stated - known.computed):
            sums[violation.left] = violation
    yield from sums.values()


def counts_of(rows: Sequence[Row]) -> Counts:
    """All counts of a report, whatever they count; of a fraction also what it is counted among."""
    found = []
    for row in rows:
        if row.kind == "count" and row.change == "none":
            found.append(Count(row.value, row.indicator, row.sentence))
            found += [Count(row.out_of, row.indicator, row.sentence)] if known(row.out_of) else []
    return Counts(found)


def _same_period_groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows of one period; what is stated for a day belongs with every period that ends on it."""
    by_period: dict[tuple, list[Row]] = {}
    for row in rows:
        by_period.setdefault((row.period_start, row.period_end), []).append(row)
    for start, end in sorted(by_period):
        days = by_period.get((end, end), []) if start != end else []
        yield [*by_period[start, end], *days]


def _case(violation: Violation, named: dict[str, Row]) -> Case:
    relation = violation.relation
    rows = tuple(named[statement.observation_id] for statement in violation.statements)
    left, right = violation.left, violation.right
    fields: Words = {
        "name": lambda lang: name_of(rows[0], lang),
        "part": lambda lang: listed(left, lang),
        "whole": lambda lang: listed(right, lang),
        "parts": lambda lang: listed(right, lang),
    }
    if violation.share:
        fields |= share_fields(violation.share, violation.computed)
    elif relation.check == "sum_mismatch":
        fields |= _sum_fields(violation, "%" if rows[0].kind == "percent" else "")
        if len(left) > 1:
            fields["name"] = fields["part"]
    hint = ""
    if swap := find_swap(violation):
        hint, ending = "swapped", "%" if swap.statement is violation.share or rows[0].kind == "percent" else ""
        fields |= swap_fields(swap.statement, swap.fitting, ending)
    elif violation.convention:
        hint = "convention"
    level = "warning" if violation.convention and relation.level == "error" else relation.level
    slip = swap or one_digit_off(violation.stated, violation.computed)
    if relation.apart and not slip and not said_together(rows):
        level = relation.apart
    return Case(relation.check, level, rows, fields, hint, not hint and _is_far(violation, rows))


def _is_far(violation: Violation, rows: Sequence[Row]) -> bool:
    """True where a slip of the pen doesn't explain how far the figures are apart."""
    rules, (low, high) = load_rules(), sorted((violation.computed, violation.stated))
    if violation.share:
        beyond = violation.computed > 100 + rules.far_points or violation.computed < 0
        return beyond or high - low > rules.far_points * (2 if said_together(rows) else 1)
    return low < (rules.closeness / 2 if said_together(rows) else rules.closeness) * high


def _sum_fields(violation: Violation, ending: str) -> Words:
    total, computed = violation.stated, violation.computed
    decimals = max(row.decimals for row in violation.statements)
    return {
        "stated": lambda lang: format_number(total, decimals, lang) + ending,
        "computed": lambda lang: format_number(computed, decimals, lang) + ending,
        "difference": lambda lang: format_number(abs(total - computed), decimals, lang),
    }


def share_fields(share: Statement, computed: float) -> Words:
    """A stated share, what its parts make, and how far they are apart."""
    decimals = max(2, share.decimals)
    return {
        "stated": lambda lang: format_number(share.value, share.decimals, lang) + "%",
        "computed": lambda lang: format_number(computed, decimals, lang) + "%",
        "difference": lambda lang: format_number(abs(share.value - computed), decimals, lang),
    }


def swap_fields(statement: Statement, fitting: float, ending: str = "") -> Words:
    """A number in which two digits look transposed, and the number that would fit."""
    return {
        "swapped": lambda lang: format_number(statement.value, statement.decimals, lang) + ending,
        "fitting": lambda lang: format_number(fitting, statement.decimals, lang) + ending,
    }


def check_splits(rows: Sequence[Row]) -> Iterator[Case]:
    """Dossiers of the levels of government, and lines of a table, against the total stated beside them."""
    summed = [r for r in rows if r.kind == "count" and r.indicator.startswith(load_rules().summed) and is_comparable(r)]
    for split, given in (("tier", summed), ("breakdown", [row for row in summed if row.method == "table"])):
        other = "breakdown" if split == "tier" else "tier"
        for stated in grouped(given, lambda row, other=other: (measured(row), getattr(row, other))):
            totals = [row for row in stated if not getattr(row, split)]
            parts = [row for row in stated if getattr(row, split)]
            names = {getattr(row, split) for row in parts}
            if len({row.value for row in totals}) == 1 and len(parts) > 1 and len(names) == len(parts):
                yield from _split_cases(totals[0], parts, split, rows)


def _split_cases(total: Row, parts: list[Row], split: str, rows: Sequence[Row]) -> Iterator[Case]:
    """Nothing is said of a total that is one of its parts', or whose parts make another count of the report."""
    stated, computed = statement_of(total), sum(row.value for row in parts)
    if abs(computed - total.value) <= max(row.unit for row in (stated, *map(statement_of, parts))) - 1:
        return
    low, high = sorted((computed, total.value))
    if total.value in {row.value for row in parts}:
        return
    swap = find_part_swap(total, parts)
    if not swap and any(row.value == computed and row.indicator == total.indicator for row in rows):
        return
    fields: Words = {
        "name": lambda lang: name_of(total, lang),
        "stated": lambda lang: format_number(total.value, None, lang),
        "parts": lambda lang: " + ".join(part_of(row, split, lang) for row in parts),
        "computed": lambda lang: format_number(computed, None, lang),
        "difference": lambda lang: format_number(high - low, None, lang),
    }
    if swap:
        fields |= swap_fields(*swap)
    far = low < load_rules().closeness * high
    yield Case("sum_mismatch", "warning", (total, *parts), fields, "swapped" if swap else "", far and not swap)


def find_part_swap(total: Row, parts: Sequence[Row]) -> tuple[Statement, float] | None:
    """The total, or one of its parts, in which two digits the other way round make the sum."""
    relation = next(each for each in load_rules().relations if each.check == "sum_mismatch")
    swap = find_swap(Violation(relation, None, (statement_of(total),), tuple(map(statement_of, parts))))
    return (swap.statement, swap.fitting) if swap else None
