"""Tables: what the number of a cell stands for, by its headings and its row's label."""

from __future__ import annotations

from typing import Any

import pytest
from made_documents import cases, made_table

from analysis.extract import extract_document
from analysis.tables.grid import grid_of


@pytest.mark.parametrize("spec", cases("tables.yaml"))
def test_spec(spec: dict[str, Any]) -> None:
    document = made_table(spec["rows"], spec["heads"])
    extracted = extract_document(document)
    starts = {(cell.row, cell.col): cell.start for cell in document.tables[0].cells}
    found = {o.start: o for o in extracted.observations}
    for expected in spec["expect"]:
        observation = found[starts[tuple(expected["at"])]]
        wanted = {k: v for k, v in expected.items() if k != "at"}
        assert {k: getattr(observation, k) for k in wanted} == wanted, expected["at"]
        assert observation.method == "table"
    numbering = {starts[tuple(at)] for at in spec.get("numbering", ())}
    reasons = {u.reason for u in extracted.unresolved if any(u.start <= start < u.end for start in numbering)}
    assert reasons <= {"numbering"} and not numbering & found.keys()


def test_the_heads_of_a_cell_are_all_that_span_it() -> None:
    table = made_table([["Đơn vị", "Đã giải quyết", "<"], ["^", "Đúng hạn", "Quá hạn"], ["A", "5", "1"]], heads=2)
    paths = [column.texts for column in grid_of(table.tables[0]).columns]
    assert paths == [("Đơn vị",), ("Đã giải quyết", "Đúng hạn"), ("Đã giải quyết", "Quá hạn")]


def test_the_sentence_of_a_cell_is_its_path() -> None:
    table = made_table([["Lĩnh vực", "Quá hạn"], ["Đất đai", "12"]], heads=1)
    assert [o.sentence for o in extract_document(table).observations] == ["Đất đai | Quá hạn: 12"]
