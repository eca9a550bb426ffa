"""Tables: what the number of a cell stands for, by its headings and its row's label."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from made_documents import SPECS, TITLE, cases, made_table
from made_grids import WRITERS, Grid, written

from analysis.documents.heads import arrange_heads
from analysis.documents.plain import read_plain
from analysis.extract import extract_document
from analysis.tables.grid import grid_of

SPECS_OF_FLATTENED = yaml.safe_load((SPECS / "flattened.yaml").read_text(encoding="utf-8"))


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


WAYS = list(WRITERS)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spec", cases("forms.yaml"))
def test_form(spec: dict[str, Any], way: str, tmp_path: Path) -> None:
    if way in spec.get("never", ()):
        pytest.skip("nothing tells these cells apart")
    if way == "docx" and spec["heads"] == 1:
        pytest.skip("slow, and tells no more than the others where no heads are merged")
    grid = Grid(spec["rows"], spec["heads"], tuple(spec.get("caption", ())), spec.get("title", TITLE))
    document = written(grid, way, tmp_path)
    assert len(document.tables) == 1
    starts = {(cell.row, cell.col): cell for cell in document.tables[0].cells}
    found = {o.start: o for o in extract_document(document).observations}
    wrong = {}
    for at, wanted in expected_cells(spec):
        cell = starts.get(at)
        observation = found.get(cell.start) or found.get(cell.start + 1) if cell else None
        observation = observation or next(
            (o for o in found.values() if cell and cell.start <= o.start < cell.end), None
        )
        got = {key: getattr(observation, key) for key in wanted} if observation else None
        if got != wanted:
            wrong[at] = (got, wanted)
    assert not wrong


def expected_cells(spec: dict[str, Any]) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    """What a spec says of each cell: of its column, its row, itself."""
    columns = {c: _fields(said) for c, said in spec.get("columns", {}).items()}
    rows = spec.get("of_rows", {})
    for r in range(spec["heads"], len(spec["rows"])):
        for c, fields in columns.items():
            text = spec["rows"][r][c]
            if any(char.isdigit() for char in text):
                yield (r, c), fields | rows.get(r, {})
    for cell in spec.get("cells", ()):
        yield tuple(cell["at"]), {key: value for key, value in cell.items() if key != "at"}


def _fields(said: Any) -> dict[str, Any]:
    return {"indicator": said} if isinstance(said, str) else dict(said)


@pytest.mark.parametrize("spec", cases("flattened.yaml", "none"))
def test_what_only_looks_like_a_table(spec: dict[str, Any]) -> None:
    for text in (spec["text"], spec["text"].replace("\n", "\n\n")):
        assert read_plain(text).tables == []


@pytest.mark.parametrize("spec", SPECS_OF_FLATTENED["heads"], ids=lambda spec: spec["texts"])
def test_heads_find_their_places(spec: dict[str, Any]) -> None:
    texts = spec["texts"].split("|")
    places = arrange_heads(texts, spec["width"])
    assert places is not None
    paths: list[list[str]] = [[] for _ in range(spec["width"])]
    for place, text in zip(places, texts, strict=True):
        for column in range(place.col, place.col + place.colspan):
            paths[column].append(text)
    assert [" > ".join(path) for path in paths] == spec["columns"]


@pytest.mark.parametrize("spec", SPECS_OF_FLATTENED["spaced"], ids=lambda spec: spec["text"][:30])
def test_heads_with_a_blank_between_words(spec: dict[str, Any]) -> None:
    (table,) = read_plain(spec["text"]).tables
    assert [cell.text for cell in table.cells if cell.is_head] == spec["heads"]


@pytest.mark.parametrize("spec", cases("flattened.yaml", "stacked"))
def test_one_cell_a_line(spec: dict[str, Any]) -> None:
    (table,) = read_plain(spec["lines"].replace("|", "\n")).tables
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
    assert list(rows.values()) == spec["rows"]
