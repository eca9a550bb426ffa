import json
import os
import sys
import time

import pytest
import yaml

from analysis import readings
from analysis.corpus import extract_corpus
from analysis.dataset import read_documents, read_findings, read_observations, read_text, read_unresolved
from analysis.errors import CorrectionError, DocumentError, UsageError, in_language
from analysis.extract import extract_document
from analysis.workspace import Workspace

REPORT = """UBND phường Cầu Tre báo cáo công tác cải cách hành chính năm 2022

Từ ngày 01/01/2022 đến ngày 15/9/2022, phường Cầu Tre tiếp nhận 1.200 hồ sơ, trong đó tiếp nhận trực tuyến 300 hồ sơ, \
đạt tỷ lệ 35%. Số hồ sơ đã giải quyết là 1.150 hồ sơ; 02 hồ sơ giải quyết quá hạn.
"""


@pytest.fixture
def workspace(tmp_path):
    place = Workspace(tmp_path)
    (place.raw / "cau-tre").mkdir(parents=True)
    (place.raw / "cau-tre" / "nam-2022.txt").write_text(REPORT, encoding="utf-8")
    return place


def record_of(place):
    return json.loads((place.processed / "run.json").read_text(encoding="utf-8"))


def values(place):
    return read_observations(place.processed).set_index("indicator")["value"].to_dict()


def test_reports_become_tables_with_their_texts(workspace):
    done = extract_corpus(workspace, progress=False)
    observations = read_observations(workspace.processed)
    assert (done.documents, done.failures) == (1, ())
    assert done.observations == len(observations) > 0
    assert done.unresolved == len(read_unresolved(workspace.processed)) > 0
    assert 1200 in observations["value"].tolist()
    for row in observations.itertuples():
        assert read_text(workspace.processed, row.document_id)[row.start : row.end] == row.quote
        assert row.quote in row.sentence


def test_findings_flag_their_rows(workspace):
    extract_corpus(workspace, progress=False)
    findings = read_findings(workspace.processed)
    assert "share_mismatch" in findings["code"].tolist()
    flagged = read_observations(workspace.processed).query("flags.str.contains('share_mismatch')")
    assert 35 in flagged["value"].tolist()
    assert read_documents(workspace.processed)["n_findings"].tolist() == [len(findings)]


def test_every_number_seen_is_used_or_explained(workspace):
    extract_corpus(workspace, progress=False)
    for document_id, ledger in record_of(workspace)["documents"].items():
        assert ledger["seen"] == ledger["used"] + sum(ledger["unresolved"].values())
        assert document_id == "nam-2022"


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(workspace):
    (workspace.raw / "trong.txt").write_bytes(b"")
    (workspace.raw / "bang.xlsx").write_bytes(b"PK")
    done = extract_corpus(workspace, progress=False)
    assert [failure.what for failure in done.failures] == ["bang.xlsx", "trong.txt"]
    assert all(failure.reason and failure.remedy for failure in done.failures)
    assert done.documents == 1
    assert [f["what"] for f in record_of(workspace)["failures"]] == ["bang.xlsx", "trong.txt"]


def test_a_report_that_gives_nothing_to_publish_is_named(workspace):
    twin = (
        "UBND huyện Châu Thành sơ kết cải cách hành chính.\n\nUBND huyện Châu Thành tiếp nhận 1.200 hồ sơ quý I/2024.\n"
    )
    (workspace.raw / "hai-noi.txt").write_text(twin, encoding="utf-8")
    (workspace.raw / "nghi-le.txt").write_text(
        "UBND phường Cầu Tre thông báo nghỉ lễ ngày 30/4/2024.", encoding="utf-8"
    )
    done = extract_corpus(workspace, progress=False)
    assert done.documents == 3
    subject, nothing = done.failures
    assert (subject.what, subject.code, nothing.what, nothing.code) == (
        "hai-noi.txt", "subject", "nghi-le.txt", "nothing",
    )  # fmt: skip
    assert "Huyện Châu Thành (An Giang)" in subject.reason and "tên tỉnh" in subject.remedy
    assert "can't be told: Huyện Châu Thành (An Giang)" in in_language(subject.reason, "en")
    assert in_language(nothing.reason, "en") == "No figure could be read in the report (numbers seen: 1)."
    assert [f["what"] for f in record_of(workspace)["failures"]] == ["hai-noi.txt", "nghi-le.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows has not")
def test_a_name_that_other_systems_refuse_stops_nothing(workspace):
    for name in ("a?b.txt", "a_b.txt", "a:b.txt", 'c\\d|"e".txt'):
        (workspace.raw / name).write_text(REPORT, encoding="utf-8")
    (workspace.raw / os.fsdecode(b"le-\xff.txt")).write_bytes(b"")
    done = extract_corpus(workspace, progress=False)
    assert done.documents == 5 and [failure.what for failure in done.failures] == ["le-?.txt"]
    ids = set(read_documents(workspace.processed)["document_id"])
    assert {"a_b", "nam-2022"} < ids and not any(set(each) & set('\\:*?"<>|') for each in ids)


@pytest.mark.parametrize(("lang", "said"), [("vi", "Đang đọc cau-tre/nam-2022"), ("en", "cau-tre/nam-2022.txt has")])
def test_a_file_that_takes_long_is_named(workspace, monkeypatch, capsys, lang, said):
    def slow(document):
        time.sleep(0.15)
        return extract_document(document)

    monkeypatch.setattr(readings, "extract_document", slow)
    monkeypatch.setattr(readings, "_SLOW", 0.05)
    extract_corpus(workspace, lang=lang)
    assert said in capsys.readouterr().err
    extract_corpus(workspace, progress=False)
    assert capsys.readouterr().err == ""


def test_an_unexpected_error_in_one_document_is_recorded_with_its_type(workspace, monkeypatch):
    (workspace.raw / "le.txt").write_text(REPORT, encoding="utf-8")

    def fragile(document):
        if document.document_id == "le":
            raise ZeroDivisionError("chia cho không")
        return extract_document(document)

    monkeypatch.setattr(readings, "extract_document", fragile)
    done = extract_corpus(workspace, progress=False)
    assert [(f.what, f.code) for f in done.failures] == [("le.txt", "ZeroDivisionError")]
    assert "chia cho không" in done.failures[0].reason and done.documents == 1


def test_all_files_failing_leaves_an_empty_table_and_the_reasons(workspace, monkeypatch):
    def refuse(path, raw, document_id, **how):
        raise DocumentError("Bản quét không có chữ.", "Hãy gõ lại.")

    monkeypatch.setattr(readings, "read_document", refuse)
    done = extract_corpus(workspace, progress=False)
    assert (done.documents, done.observations) == (0, 0)
    assert done.failures[0].remedy == "Hãy gõ lại."


def test_an_empty_folder_is_wrong_usage(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    with pytest.raises(UsageError, match="Không có báo cáo"):
        extract_corpus(Workspace(tmp_path), progress=False)
    assert not (tmp_path / "data" / "processed").exists()


def correct(workspace, **entry):
    signed = {"reason": "Thử", "who": "A", "date": "2022-10-01"}
    match = {"document_id": "nam-2022", "quote": "1.200"}
    entries = [{"match": match, "expect": {"value": 1200}} | signed | entry]
    workspace.corrections.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")


def test_corrections_come_before_the_checks(workspace):
    extract_corpus(workspace, progress=False)
    assert (received := [code for code, value in values(workspace).items() if value == 1200])
    correct(workspace, action="set", set={"value": 857})
    extract_corpus(workspace, progress=False)
    assert values(workspace)[received[0]] == 857
    assert "share_mismatch" not in read_findings(workspace.processed)["code"].tolist()


def test_a_rejected_number_stays_in_the_ledger(workspace):
    before = extract_corpus(workspace, progress=False)
    correct(workspace, action="reject")
    after = extract_corpus(workspace, progress=False)
    assert after.observations == before.observations - 1
    assert after.unresolved == before.unresolved + 1
    assert read_unresolved(workspace.processed).query("reason == 'rejected'")["quote"].tolist() == ["1.200"]


def test_a_correction_that_no_longer_fits_stops_its_document_alone(workspace):
    (workspace.raw / "khac.txt").write_text(REPORT, encoding="utf-8")
    correct(workspace, action="reject", expect={"value": 1})
    done = extract_corpus(workspace, progress=False)
    assert [(failure.what, failure.code) for failure in done.failures] == [("cau-tre/nam-2022.txt", "CorrectionError")]
    assert "corrections.yaml, dòng 1" in done.failures[0].reason
    assert "để ngoài các bảng" in done.failures[0].remedy
    assert read_documents(workspace.processed)["document_id"].tolist() == ["khac"]
    assert set(read_observations(workspace.processed)["document_id"]) == {"khac"}


def test_a_correction_of_a_document_that_is_gone_is_named_and_stops_nothing(workspace):
    correct(workspace, match={"document_id": "nam-2021", "quote": "1.200"}, action="reject")
    done = extract_corpus(workspace, progress=False)
    assert [failure.what for failure in done.failures] == ["corrections.yaml, dòng 1"]
    assert "nam-2021" in done.failures[0].reason and "nam-2022" in done.failures[0].remedy
    assert done.documents == 1


def test_a_correction_finds_its_document_under_another_name(workspace):
    extract_corpus(workspace, progress=False)
    digest = read_documents(workspace.processed)["sha256"][0]
    (workspace.raw / "cau-tre" / "nam-2022.txt").rename(workspace.raw / "cau-tre" / "bao-cao-nam.txt")
    found = {"document_id": "nam-2022", "quote": "1.200", "sha256": digest[:12]}
    correct(workspace, match=found, action="correct", set={"value": 857})
    done = extract_corpus(workspace, progress=False)
    assert done.failures == () and 857 in values(workspace).values()


def test_a_correction_that_is_needed_no_more_is_noted(workspace):
    correct(workspace, action="correct", set={"value": 1200, "kind": "count"})
    assert extract_corpus(workspace, progress=False).failures == ()
    assert "có thể xóa mục" in str(record_of(workspace))


def test_a_register_that_cannot_be_read_stops_before_anything_is_written(workspace):
    workspace.corrections.write_text("- match: {", encoding="utf-8")
    with pytest.raises(CorrectionError, match="corrections.yaml, dòng 1"):
        extract_corpus(workspace, progress=False)
    assert not workspace.processed.exists()


def test_the_same_reports_give_the_same_bytes(workspace):
    def run():
        extract_corpus(workspace, progress=False)
        files = {p: p.read_bytes() for p in workspace.processed.rglob("*") if p.is_file() and p.name != "run.json"}
        record = record_of(workspace)
        del record["timings"]
        return files, record

    assert run() == run()


def test_a_report_received_twice_is_told_and_counted_once(workspace):
    (workspace.raw / "lan-hai.txt").write_text(REPORT, encoding="utf-8")
    extract_corpus(workspace, progress=False)
    documents = read_documents(workspace.processed).set_index("document_id")
    assert documents["duplicate_of"].to_dict() == {"lan-hai": "", "nam-2022": "lan-hai"}
    findings = read_findings(workspace.processed)
    assert findings["code"].value_counts().to_dict()["document_duplicate"] == 1
    assert findings["code"].value_counts().to_dict()["share_mismatch"] == 1, "not once for each copy"
    assert documents["n_findings"].to_dict() == {"lan-hai": 1, "nam-2022": 1}
    observations = read_observations(workspace.processed)
    copied = observations[observations["document_id"] == "nam-2022"]
    assert not copied["selected"].any() and set(copied["selected_id"]) < set(observations["observation_id"])


def test_a_roster_tells_who_is_missing(workspace):
    table = "area;province;period\nQuận Ngô Quyền;Hải Phòng;2022\nQuận Lê Chân;Hải Phòng;\n"
    workspace.roster.write_text(table, encoding="utf-8-sig")
    done = extract_corpus(workspace, progress=False)
    assert [line.area.name for line in done.attendance.missing] == ["Quận Ngô Quyền", "Quận Lê Chân"]
    assert [report.document_id for report in done.attendance.unexpected] == ["nam-2022"]
    assert record_of(workspace)["roster"]["missing"][0]["area"] == "Quận Ngô Quyền"
    codes = read_findings(workspace.processed)["code"].tolist()
    assert codes.count("report_missing") == 2 and codes.count("report_unexpected") == 1


def test_a_roster_that_cannot_be_read_stops_before_anything_is_done(workspace):
    workspace.roster.write_text("area\nHuyện Không Có\n", encoding="utf-8")
    with pytest.raises(UsageError, match="Dòng 2"):
        extract_corpus(workspace, progress=False)
    assert not workspace.processed.exists()


def test_without_a_roster_nobody_is_missing(workspace):
    assert extract_corpus(workspace, progress=False).attendance is None
    assert "roster" not in record_of(workspace)
