"""A number that fits none of the others is rather misread: one remark about it instead of many about them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from analysis.findings import Case, Row, name_of, written
from analysis.numerals import Lang

_MOST_NAMED = 4


def settle_doubts(cases: Iterable[Case]) -> Iterator[Case]:
    """The cases, those that are far from any slip told together under the number that they share."""
    far: list[Case] = []
    for case in cases:
        if case.far:
            far.append(case)
        else:
            yield case
    while far:
        culprit = _culprit(far)
        named = [case for case in far if culprit in _ids(case)]
        yield _doubt(culprit, named)
        far = [case for case in far if culprit not in _ids(case)]


def _ids(case: Case) -> set[str]:
    return {row.observation_id for row in case.rows}


def _culprit(cases: list[Case]) -> str:
    """The number that most of the cases have in common, the least surely read of several."""
    rows = {row.observation_id: row for case in cases for row in case.rows}
    times = Counter(ident for case in cases for ident in _ids(case))
    lonely = {ident: _loneliness(row, cases) for ident, row in rows.items()}
    return min(rows, key=lambda ident: (-times[ident], rows[ident].confidence, -lonely[ident], rows[ident].start))


def _loneliness(row: Row, cases: list[Case]) -> int:
    """How many of the numbers it is held against stand in other sentences."""
    return sum(other.sentence != row.sentence for case in cases for other in case.rows if row in case.rows)


def _doubt(culprit: str, cases: list[Case]) -> Case:
    rows = list({row.observation_id: row for case in cases for row in case.rows}.values())
    (odd,) = [row for row in rows if row.observation_id == culprit]
    others = [row for row in rows if row is not odd]

    def shown(lang: Lang) -> str:
        named = [f"{written(row, lang)} ({name_of(row, lang)})" for row in others[:_MOST_NAMED]]
        return "; ".join(named) + ("; …" if len(others) > _MOST_NAMED else "")

    fields = {
        "name": lambda lang: name_of(odd, lang),
        "stated": lambda lang: written(odd, lang),
        "others": shown,
    }
    return Case("doubtful_reading", "info", (odd, *others), fields)
