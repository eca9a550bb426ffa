from datetime import date

import pandas as pd
import pytest
import yaml
from rows import observation

from analysis.corrections import apply_corrections, read_corrections
from analysis.dataset import observations_frame
from analysis.errors import CorrectionError
from analysis.schema import frame_schema

SIGNED = {"reason": "Đảo chữ số; bảng cuối báo cáo ghi 4.545.", "who": "Nguyễn Thị A", "date": date(2022, 11, 2)}
ROWS = [
    observation("dossiers.received", 4554, "4.554", 10),
    observation("dossiers.resolved", 4554, "4.554", 40),
    observation("tasks.completed", 14, "14/27", 80, out_of=27.0, tier="commune"),
]
FRAME = observations_frame(ROWS)
WHICH = {"document_id": "thu-nghiem-2022", "quote": "4.554", "start": 10}


def register(tmp_path, *entries):
    path = tmp_path / "corrections.yaml"
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")
    return path


def entry(match=WHICH, expect=None, action="set", changes=None, **fields):
    made = {"match": match, "expect": expect or {"value": 4554}, "action": action} | SIGNED | fields
    return made | ({"set": changes or {"value": 4545}} if action == "set" else {})


def corrected(tmp_path, *entries):
    return apply_corrections(FRAME, read_corrections(register(tmp_path, *entries)))


def test_set_changes_the_one_row_and_marks_it(tmp_path):
    frame = corrected(tmp_path, entry())
    assert frame["value"].tolist() == [4545, 4554, 14]
    assert frame["corrected"].tolist() == [True, False, False]
    assert FRAME["value"].tolist() == [4554, 4554, 14] and not FRAME["corrected"].any()
    pd.testing.assert_frame_equal(frame.iloc[1:], FRAME.iloc[1:])
    frame_schema("observations").validate(frame)


def test_all_kinds_of_columns_can_be_set(tmp_path):
    changes = {
        "indicator": "dossiers.received_new", "out_of": 5000, "period_end": date(2022, 9, 15),
        "qualifier": "at_least", "breakdown": "đất đai", "area": "", "value_high": None,
    }  # fmt: skip
    row = corrected(tmp_path, entry(changes=changes)).iloc[0]
    assert (row.indicator, row.out_of, row.qualifier, row.breakdown, row.area) == (
        "dossiers.received_new", 5000, "at_least", "đất đai", "",
    )  # fmt: skip
    assert row.period_end == pd.Timestamp("2022-09-15") and pd.isna(row.value_high)


def test_reject_takes_the_row_out(tmp_path):
    assert corrected(tmp_path, entry(action="reject"))["start"].tolist() == [40, 80]


def test_accept_makes_the_row_sure(tmp_path):
    frame = corrected(tmp_path, entry(match={"observation_id": ROWS[0].observation_id}, action="accept"))
    assert frame["confidence"].tolist() == [1.0, 0.9, 0.9] and not frame["corrected"].any()


def test_corrections_are_made_in_order(tmp_path):
    frame = corrected(tmp_path, entry(), entry(expect={"value": 4545}, changes={"value": 4546}))
    assert frame["value"].tolist()[0] == 4546


@pytest.mark.parametrize(
    "expect",
    [
        {"value": 4554, "indicator": "dossiers.received", "out_of": None, "tier": ""},
        {"period_start": date(2022, 1, 1), "period_end": "2022-09-30"},
    ],
)
def test_what_is_expected_may_be_any_column(tmp_path, expect):
    assert corrected(tmp_path, entry(expect=expect))["value"].tolist()[0] == 4545


def test_no_register_and_an_empty_one_correct_nothing(tmp_path):
    assert read_corrections(tmp_path / "corrections.yaml") == ()
    (tmp_path / "corrections.yaml").write_text("# chưa có mục nào\n", encoding="utf-8")
    assert read_corrections(tmp_path / "corrections.yaml") == ()


@pytest.mark.parametrize(
    "made, words",
    [
        (entry(match=WHICH | {"start": 11}), "không có số liệu nào khớp"),
        (entry(match=WHICH | {"document_id": "khac"}), "document_id = khac"),
        (entry(match={k: v for k, v in WHICH.items() if k != "start"}), "2 số liệu cùng khớp.*10, 40"),
        (entry(expect={"value": 4545}), "value hiện là 4554.0, không phải 4545"),
        (entry(expect={"tier": "commune"}), "tier hiện là trống, không phải commune"),
        (entry(expect={"period_end": date(2022, 9, 15)}), "period_end"),
        (entry(changes={"value": "4.545"}), "không hợp lệ ở cột value"),
        (entry(changes={"value": None}), "không hợp lệ ở cột value"),
        (entry(changes={"qualifier": "about"}), "qualifier.*exact, at_least"),
        (entry(changes={"confidence": 2}), "confidence"),
        (entry(changes={"period_end": "hôm qua"}), "period_end"),
    ],
)
def test_an_entry_that_no_longer_fits_is_named_with_what_to_do(tmp_path, made, words):
    with pytest.raises(CorrectionError, match=f"corrections.yaml, mục 2: .*{words}") as caught:
        corrected(tmp_path, entry(match=WHICH | {"start": 40}), made)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "made, words",
    [
        ({k: v for k, v in entry().items() if k != "reason"}, "reason"),
        (entry(who=""), "who"),
        (entry(expect={"value": 1}) | {"expect": {}}, "expect"),
        (entry(date="hôm qua"), "date"),
        (entry(action="fix"), "action"),
        (entry() | {"ghi_chú": "x"}, "ghi_chú"),
        (entry(match={"document_id": "a"}), "observation_id"),
        (entry(match={"document_id": "a", "quote": 4.554}), "dấu nháy"),
        (entry(changes={"observation_id": "0"}), "observation_id"),
        (entry(changes={"quote": "4.545"}), "quote"),
        (entry(expect={"giá trị": 1}), "giá trị"),
        (entry(action="reject") | {"set": {"value": 1}}, "reject"),
        ("4.545", "mục 1"),
    ],
)
def test_a_malformed_entry_is_named(tmp_path, made, words):
    with pytest.raises(CorrectionError, match="corrections.yaml, mục 1") as caught:
        read_corrections(register(tmp_path, made))
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["- match: {", "match: {}", "- !!python/object/apply:os.getcwd []"])
def test_a_file_that_is_no_register_is_refused(tmp_path, text):
    path = tmp_path / "corrections.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorrectionError, match="corrections.yaml"):
        read_corrections(path)
