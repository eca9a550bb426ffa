"""The register of corrections: what it holds, how its numbers are found again, what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.corrections import (
    Correction,
    Register,
    correct_extraction,
    find_spots,
    match_number,
    read_corrections,
    write_corrections,
)
from analysis.corrections.register import Match
from analysis.documents import read_document
from analysis.errors import CorrectionError
from analysis.extract import extract_document
from analysis.model import Block, Document, Extraction, Observation, Unresolved

SPECS = yaml.safe_load((Path(__file__).parent / "specs" / "corrections.yaml").read_text(encoding="utf-8"))
REPORTS = sorted((Path(__file__).parent / "golden").glob("*.txt"))[::6]
SIGNED = {"reason": "Đảo chữ số; bảng cuối báo cáo ghi 4.545.", "who": "Nguyễn Thị A", "date": date(2022, 11, 2)}
RECEIVED = "Phường Cầu Tre tiếp nhận 4.554 hồ sơ từ đầu năm."
RESOLVED = "Đã giải quyết 4.554 hồ sơ, trong đó 12 hồ sơ quá hạn."
TEXT = f"""UBND phường Cầu Tre báo cáo công tác cải cách hành chính năm 2022

{RECEIVED}
{RESOLVED}
Có 4.554 lượt, 87 lượt xem.
"""


def read(text: str = TEXT, document_id: str = "cau-tre-2022", sha256: str = "ab" * 32) -> Extraction:
    """What is read from a text of lines."""
    blocks, at = [], 0
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            blocks.append(Block("paragraph" if number else "title", at, at + len(line)))
        at += len(line) + 1
    title = text.partition("\n")[0]
    return extract_document(
        Document(
            document_id, f"{document_id}.txt", sha256, "txt", text, title, date(2022, 12, 20), blocks=tuple(blocks)
        )
    )


def entry(action: str = "correct", match: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """An entry of the register about the dossiers received, as YAML has it."""
    found = {"document_id": "cau-tre-2022", "quote": "4.554", "sentence": RECEIVED} | (match or {})
    made: dict[str, Any] = {"match": found, "action": action} | SIGNED
    made |= {} if action == "add" else {"expect": {"value": 4554}}
    made |= {"set": {"value": 4545}} if action == "correct" else {}
    return made | fields


def of(*entries: dict[str, Any]) -> list[Correction]:
    """The entries as the program has them, each on a line of its own."""
    return [Correction.model_validate(made | {"line": 10 * n}) for n, made in enumerate(entries, 1)]


def corrected(*entries: dict[str, Any], text: str = TEXT) -> Extraction:
    return correct_extraction(read(text), of(*entries))


def figure(extraction: Extraction, words: str, value: float | None = None) -> Observation:
    """The figure that stands right behind some words of the text, by its value where they are said again."""
    behind = [o for o in extraction.observations if extraction.document.text.endswith(words, 0, o.start)]
    return next(o for o in behind if value in (None, o.value))


# ---- what becomes of a number


def test_correct_changes_the_one_figure_and_makes_it_sure() -> None:
    before, after = read(), corrected(entry())
    row = figure(after, "tiếp nhận ")
    assert (row.value, row.corrected, row.confidence, row.quote) == (4545, True, 1.0, "4.554")
    assert figure(after, "giải quyết ") == figure(before, "giải quyết ")
    assert len(after.observations) == len(before.observations) and after.unresolved == before.unresolved


def test_every_kind_of_column_can_be_corrected() -> None:
    changes = {
        "indicator": "dossiers.received_new", "out_of": 5000, "period_end": date(2022, 9, 15), "nature": "target",
        "qualifier": "at_least", "breakdown": "đất đai", "value_high": None, "tier": "commune", "change": "increase",
    }  # fmt: skip
    row = figure(corrected(entry(set=changes)), "tiếp nhận ")
    assert {name: getattr(row, name) for name in changes} == changes
    assert row.value == 4554 and isinstance(row.out_of, float)


def test_an_area_brings_its_id_level_and_province() -> None:
    row = figure(corrected(entry(set={"area": "Tỉnh Hà Nam"})), "tiếp nhận ")
    assert (row.area, row.area_level, row.province) == ("Tỉnh Hà Nam", "province", "Hà Nam")
    assert row.area_id.startswith("vn63:p:")
    assert figure(corrected(entry(set={"area_id": row.area_id})), "tiếp nhận ").area == "Tỉnh Hà Nam"
    none = figure(corrected(entry(set={"area": ""})), "tiếp nhận ")
    assert (none.area, none.area_id, none.area_level, none.province) == ("", "", "", "")
    own = figure(corrected(entry(set={"area": "Cụm thi đua số 2", "area_id": ""})), "tiếp nhận ")
    assert (own.area, own.area_id) == ("Cụm thi đua số 2", "")


@pytest.mark.parametrize(
    ("area", "words"),
    [("Xã Không Có Thật", "không có đơn vị"), ("Huyện Châu Thành", "nhiều đơn vị.*Tây Ninh.*area_id")],
)
def test_an_area_that_nobody_or_several_bear_is_refused(area: str, words: str) -> None:
    with pytest.raises(CorrectionError, match=words):
        corrected(entry(set={"area": area}))


def test_reject_moves_the_figure_to_the_numbers_left_over() -> None:
    before, after = read(), corrected(entry("reject"))
    assert len(after.observations) == len(before.observations) - 1
    left = [number for number in after.unresolved if number not in before.unresolved]
    assert [(u.quote, u.reason, u.sentence) for u in left] == [("4.554", "rejected", RECEIVED)]


def test_accept_makes_the_figure_sure_and_changes_nothing() -> None:
    row, before = figure(corrected(entry("accept")), "tiếp nhận "), figure(read(), "tiếp nhận ")
    assert row == replace(before, confidence=1.0, alternatives="")


def test_add_makes_a_figure_of_a_number_left_over() -> None:
    changed = "Cuối năm, đơn giá là 87 nghìn; xem 26 tại đây."
    before = read(f"{TEXT}{changed}\n")
    at = before.document.text.index("26 tại")
    before = replace(
        before,
        observations=tuple(o for o in before.observations if o.start != at),
        unresolved=(
            *(u for u in before.unresolved if u.start != at),
            Unresolved("cau-tre-2022", at, at + 2, "26", changed, "no_indicator"),
        ),
    )
    made = entry("add", {"quote": "26", "sentence": changed}, set={"indicator": "outreach.leaflets", "tier": "commune"})
    after = correct_extraction(before, of(made))
    row = figure(after, "xem ")
    assert (row.value, row.indicator, row.tier, row.rule, row.corrected) == (
        26, "outreach.leaflets", "commune", "correction", True,
    )  # fmt: skip
    assert (row.area, row.period_end) == (before.area.name, before.period.end) and row.sentence == changed
    assert len(after.unresolved) == len(before.unresolved) - 1


def test_what_an_added_number_does_not_tell_the_entry_has_to() -> None:
    text = f"{TEXT}Có rất nhiều lượt truy cập cổng.\n"
    made = entry("add", {"quote": "rất nhiều", "sentence": ""}, set={"indicator": "other"})
    with pytest.raises(CorrectionError, match="value"):
        corrected(made, text=text)
    made["set"]["value"] = 900
    assert figure(corrected(made, text=text), "Có ", 900).value == 900


def test_what_one_document_has_wrong_is_told_at_once() -> None:
    with pytest.raises(CorrectionError) as caught:
        corrected(entry(match={"quote": "9.999"}), entry("accept", expect={"value": 1}))
    assert "dòng 10: không tìm thấy" in str(caught.value) and "dòng 20: số" in str(caught.value)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (entry(match={"quote": "9.999"}), "không tìm thấy số “9.999”"),
        (entry(match={"sentence": "Một câu khác hẳn có 4.554 trang giấy in."}), "không tìm thấy"),
        (entry(match={"sentence": ""}), "3 chỗ ghi số"),
        (entry(expect={"value": 4545}, set={"value": 1}), "value hiện là 4554.0, không phải 4545"),
        (entry(expect={"tier": "commune"}), "tier hiện là trống, không phải commune"),
        (entry(expect={"period_end": date(2022, 9, 15)}), "period_end"),
        (entry("accept", {"quote": "2022", "sentence": ""}), "không được đọc thành số liệu.*action thành add"),
    ],
)
def test_an_entry_that_no_longer_fits_is_named_with_what_to_do(made: dict[str, Any], words: str) -> None:
    with pytest.raises(CorrectionError, match=f"corrections.yaml, dòng 10: .*{words}") as caught:
        corrected(made)
    assert caught.value.remedy and "line 10" in caught.value.said.in_language("en")


def test_two_entries_for_one_number_are_refused_with_both_lines() -> None:
    with pytest.raises(CorrectionError, match="dòng 20: cùng sửa số.*dòng 10"):
        corrected(entry(), entry("accept", {"quote": "4.554"}))


def test_a_fault_changes_nothing_and_no_entries_change_nothing() -> None:
    extraction = read()
    assert correct_extraction(extraction, ()) is extraction


# ---- better rules


def test_what_is_read_right_by_now_is_noted_and_stays() -> None:
    read_right = figure(read(), "tiếp nhận ").indicator
    made = entry(expect={"indicator": "dossiers.handled"}, set={"indicator": read_right})
    after = corrected(made)
    row = figure(after, "tiếp nhận ")
    assert (row.indicator, row.confidence, row.corrected) == (read_right, 1.0, False)
    assert any("dòng 10" in note and "có thể xóa" in note for note in after.notes)


def test_a_number_that_is_no_figure_by_now_needs_no_rejecting() -> None:
    after = corrected(entry("reject", {"quote": "2022", "sentence": ""}, expect={"value": 2022}))
    assert after.observations == read().observations and len(after.notes) == 1


def test_a_number_added_that_is_a_figure_by_now_is_corrected() -> None:
    row = figure(corrected(entry("add", set={"indicator": "dossiers.received_new"})), "tiếp nhận ")
    assert (row.indicator, row.corrected, row.rule) == ("dossiers.received_new", True, read().observations[0].rule)


def test_a_changed_indicator_keeps_the_entry() -> None:
    extraction = read()
    other = replace(figure(extraction, "tiếp nhận "), indicator="procedures.total", rule="rule_of_tomorrow")
    rest = [o for o in extraction.observations if o.start != other.start]
    after = correct_extraction(replace(extraction, observations=(other, *rest)), of(entry()))
    assert figure(after, "tiếp nhận ").value == 4545


# ---- where the number stands


@pytest.mark.parametrize("spec", SPECS["found"], ids=lambda spec: spec["why"][:50])
def test_the_number_is_found(spec: dict[str, Any]) -> None:
    text = spec["text"].replace("[", "").replace("]", "")
    spots = find_spots(Match.model_validate({"document_id": "d"} | spec["match"]), text, ())
    wanted = spec["text"].index("[") if "[" in spec["text"] else None
    assert [spot.start for spot in spots] == ([wanted] if wanted is not None else [])


@pytest.mark.parametrize("spec", SPECS["ambiguous"], ids=lambda spec: spec["why"][:50])
def test_the_number_may_be_any_of_several(spec: dict[str, Any]) -> None:
    match = Match.model_validate({"document_id": "d"} | spec["match"])
    assert len(find_spots(match, spec["text"], ())) == spec["spots"]


def test_a_cell_is_found_by_its_labels() -> None:
    text = "Đất đai\t15\nHộ tịch\t15\n"
    at = text.rindex("15")
    plain = read().observations[0]
    cells = [
        replace(plain, start=start, end=start + 2, quote="15", method="table", sentence=f"{row} | Quá hạn: 15")
        for start, row in ((text.index("15"), "Đất đai"), (at, "Hộ tịch"))
    ]
    match = Match(document_id="d", quote="15", sentence="Hộ tịch | Quá hạn: 15")
    assert [spot.start for spot in find_spots(match, text, cells)] == [at]


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_every_figure_of_a_report_can_be_meant_and_is_found_in_a_later_edition(path: Path, tmp_path: Path) -> None:
    """Also where a line is put in before it and the white space is another."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n")
    moved = body.replace(" và ", "  và ").replace(" là ", "   là ")
    (tmp_path / path.name).write_text(f"{head}\n\nVăn phòng tổng hợp, 3 phụ lục kèm theo.\n{moved}", encoding="utf-8")
    extraction = extract_document(read_document(path, path.parent, path.stem))
    later = extract_document(read_document(tmp_path / path.name, tmp_path, path.stem))
    numbers = [*extraction.observations, *extraction.unresolved]
    later_numbers = [*later.observations, *later.unresolved]
    lost = 0
    for number in extraction.observations:
        match = match_number(number, extraction.document.text, numbers, path.stem)
        found = find_spots(match, extraction.document.text, numbers)
        assert [spot.start for spot in found] == [number.start]
        again = find_spots(match, later.document.text, later_numbers)
        same = len(again) == 1 and isinstance(again[0].number, Observation) and again[0].number.value == number.value
        lost += not same
    assert lost <= 0.03 * len(extraction.observations)


def test_entries_go_to_their_documents_by_name_or_by_hash() -> None:
    mine, renamed, gone = of(
        entry(),
        entry(match={"document_id": "ten-cu", "sha256": "abababab"}),
        entry(match={"document_id": "cau-tre-2021"}),
    )
    register = Register([mine, renamed, gone], {"cau-tre-2022"})
    assert register.of(read().document) == (mine, renamed)
    strays = register.strays(["cau-tre-2022"], ["ab" * 32])
    assert [stray.what for stray in strays] == ["corrections.yaml, dòng 30"]
    assert "cau-tre-2021" in strays[0].reason and "cau-tre-2022" in strays[0].remedy
    by_name = Register([renamed], {"cau-tre-2022", "ten-cu"})
    assert by_name.of(read().document) == ()


# ---- the file


def register_file(tmp_path: Path, *entries: Any) -> Path:
    path = tmp_path / "corrections.yaml"
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_no_register_and_an_empty_one_correct_nothing(tmp_path: Path) -> None:
    assert read_corrections(tmp_path / "corrections.yaml") == ()
    for text in ("# chưa có mục nào\n", "", "[]\n"):
        (tmp_path / "corrections.yaml").write_text(text, encoding="utf-8")
        assert read_corrections(tmp_path / "corrections.yaml") == ()


def test_an_entry_knows_its_line_and_its_former_action(tmp_path: Path) -> None:
    path = register_file(tmp_path, entry(), entry("set", set={"value": 1}))
    found = read_corrections(path)
    assert [made.action for made in found] == ["correct", "correct"]
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [lines[made.line - 1].startswith("- ") for made in found] == [True, True]
    assert found[1].line > 1


@pytest.mark.parametrize("spec", SPECS["malformed"], ids=lambda spec: spec["says"])
def test_a_malformed_entry_is_named_with_line_field_and_remedy(tmp_path: Path, spec: dict[str, Any]) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_text(spec["file"], encoding="utf-8")
    with pytest.raises(CorrectionError) as caught:
        read_corrections(path)
    told = str(caught.value)
    assert f"corrections.yaml, dòng {spec['line']}:" in told and spec["says"] in told and spec["remedy"] in told
    assert f"corrections.yaml, line {spec['line']}:" in caught.value.said.in_language("en")


def test_all_faults_of_a_register_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError) as caught:
        read_corrections(register_file(tmp_path, entry(who=""), entry(), entry(set={"indicator": "dossiers.recieved"})))
    assert str(caught.value).count("corrections.yaml, dòng") == 2
    assert "dossiers.received" in str(caught.value)


@pytest.mark.parametrize("text", ["- match: {", "match: {}", "- !!python/object/apply:os.getcwd []", "4.554"])
def test_a_file_that_is_no_register_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorrectionError, match="corrections.yaml"):
        read_corrections(path)


def test_a_register_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_bytes("- reason: Sửa\n".encode("utf-16"))
    with pytest.raises(CorrectionError, match="corrections.yaml: tệp không phải văn bản UTF-8"):
        read_corrections(path)


# ---- writing


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "data" / "corrections.yaml"
    made = of(
        entry(set={"value": 4545, "period_end": date(2022, 9, 15), "area": "Tỉnh Hà Nam", "value_high": None}),
        entry("reject", {"quote": "12", "nth": 2, "start": 7, "sha256": "ab" * 32}),
        entry("add", {"quote": "1/2"}, set={"indicator": "other", "breakdown": "đất đai: “một cửa” # 2"}),
        entry("accept", reason="Đã đối chiếu:\nđúng."),
    )
    write_corrections(path, made)
    assert [e.model_dump() for e in read_corrections(path)] == [e.model_dump() for e in made]
    assert path.read_text(encoding="utf-8").startswith("#") and not list(path.parent.glob("~*"))


KEPT = f"""\
# Sổ đính chính của phường Cầu Tre

# đã hỏi chị B, xem công văn 12
- match: {{document_id: cau-tre-2022, quote: '4.554', sentence: "{RECEIVED}"}}   # câu thứ nhất
  expect: {{value: 4554}}
  action: set
  set: {{value: 4545}}
  reason: >
    Đảo chữ số;
    bảng cuối báo cáo ghi 4.545.
  who: Nguyễn Thị A
  date: 2022-11-02

# còn phải hỏi lại
- match: {{document_id: cau-tre-2022, quote: "12"}}
  expect: {{value: 12}}
  action: reject
  reason: Không phải số hồ sơ.
  who: Nguyễn Thị A
  date: 2022-11-02
"""


@given(st.text(min_size=1), st.text(), st.lists(st.integers(-9, 9), max_size=3))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_people_write_is_read_again(tmp_path: Path, reason: str, breakdown: str, values: list[int]) -> None:
    path = tmp_path / "corrections.yaml"
    made = of(*(entry(reason=f"- {reason}", set={"value": value, "breakdown": breakdown}) for value in values))
    write_corrections(path, made)
    write_corrections(path, [*read_corrections(path), *of(entry("accept", who=f"# {reason}"))])
    again = read_corrections(path)
    assert [e.model_dump() for e in again[:-1]] == [e.model_dump() for e in made]
    assert again[-1].who == f"# {reason}"


def test_what_is_not_changed_keeps_its_text(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_text(KEPT, encoding="utf-8")
    entries = read_corrections(path)
    write_corrections(path, entries)
    assert path.read_text(encoding="utf-8") == KEPT
    write_corrections(path, [*entries, *of(entry("accept", {"quote": "87"}))])
    text = path.read_text(encoding="utf-8")
    assert text.startswith(KEPT.rstrip("\n")) and len(read_corrections(path)) == 3
    write_corrections(path, [entries[1]])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Sổ đính chính") and "# còn phải hỏi lại\n- match" in text and "4.554" not in text
    assert read_corrections(path)[0].model_dump() == entries[1].model_dump()


def test_a_changed_entry_is_written_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_text(KEPT, encoding="utf-8")
    first, second = read_corrections(path)
    write_corrections(path, [first.model_copy(update={"set": {"value": 4546}}), second])
    text = path.read_text(encoding="utf-8")
    assert [e.set for e in read_corrections(path)] == [{"value": 4546}, {}]
    assert "# còn phải hỏi lại\n- match" in text and text.startswith("# Sổ đính chính")


def test_indented_and_inline_registers_can_be_added_to(tmp_path: Path) -> None:
    path = register_file(tmp_path, entry())
    path.write_text("".join(f"  {line}\n" for line in path.read_text(encoding="utf-8").splitlines()), encoding="utf-8")
    write_corrections(path, [*read_corrections(path), *of(entry("reject", {"quote": "12"}))])
    assert [e.action for e in read_corrections(path)] == ["correct", "reject"]
    path.write_text(yaml.safe_dump([entry()], allow_unicode=True, default_flow_style=True), encoding="utf-8")
    write_corrections(path, [*read_corrections(path), *of(entry("reject", {"quote": "12"}))])
    assert [e.action for e in read_corrections(path)] == ["correct", "reject"]


def test_a_register_with_a_fault_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_text("- match: {", encoding="utf-8")
    with pytest.raises(CorrectionError):
        write_corrections(path, of(entry()))
    assert path.read_text(encoding="utf-8") == "- match: {"
