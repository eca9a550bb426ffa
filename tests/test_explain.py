"""`cchc explain`: the same reading as ever, told number by number."""

from __future__ import annotations

import ast
import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
import yaml

import analysis
from analysis.catalogue import load_words
from analysis.cli import main
from analysis.confidence import Basis
from analysis.corrections import Correction
from analysis.documents import read_document
from analysis.documents.legacy import load_encodings
from analysis.explain import Explanation, explain_document, format_explanation, json_of
from analysis.extract import extract_document
from analysis.mending import mend
from analysis.model import Document, Observation
from analysis.workspace import Workspace

SOURCE = Path(analysis.__file__).parent
GOLDEN = Path(__file__).with_name("golden")
READ = sorted(GOLDEN.glob("*.txt"))[::9]
"""Some of the annotated reports, of several writers."""
REPORT = """UBND phường Cầu Tre báo cáo công tác cải cách hành chính năm 2022

Theo Kế hoạch số 18/KH-UBND, phường Cầu Tre đã tiếp nhận 1.200 hồ sơ, trong đó 300 hồ sơ trực tuyến, đạt 25%.
Phấn đấu năm 2023 tỷ lệ hồ sơ trực tuyến đạt trên 60%.
"""


def read(path: Path) -> Document:
    return read_document(path, path.parent, path.stem)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    place = Workspace(tmp_path)
    (place.raw / "cau-tre").mkdir(parents=True)
    (place.raw / "cau-tre" / "nam-2022.txt").write_text(REPORT, encoding="utf-8")
    return place


@pytest.fixture
def explained(workspace: Workspace) -> Explanation:
    return explain_document(read(workspace.raw / "cau-tre" / "nam-2022.txt"))


# ---- words for everything


def rule_names() -> set[str]:
    """The names that the rules give: the second argument of every `Read(...)`."""
    paths = [*(SOURCE / "reading").glob("*.py"), *(SOURCE / "tables").glob("*.py"), SOURCE / "extract.py"]
    calls = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    given = [c.args[1] for c in calls if isinstance(c, ast.Call) and getattr(c.func, "id", "") == "Read" and c.args[1:]]
    return {name.value for arg in given for name in ast.walk(arg) if isinstance(name, ast.Constant)}


def test_every_rule_is_explained_in_both_languages() -> None:
    rules = load_words("explain.yaml")["rules"]
    assert rule_names() ^ set(rules) == {"correction"}
    assert all(len(said) == 2 and said["vi"].endswith(".") and said["en"].endswith(".") for said in rules.values())
    assert {"own_words", "linked", "table_heads", "none"} <= rule_names()


def test_every_part_of_a_basis_that_was_measured_has_words() -> None:
    words, points = load_words("explain.yaml"), load_words("confidence.yaml")["points"]
    for name in ("area", "period"):
        assert set(points[name]) <= set(words[name])
    assert set(words["doubts"]) <= {field.name for field in fields(Basis)}
    assert all(value in words["rules"] for value in points["rule"]), "run tools/calibrate.py again"


def test_all_words_are_there_in_both_languages() -> None:
    content = load_words("explain.yaml")
    for section in ("rules", "area", "period", "kinds", "qualifiers", "changes", "natures", "actions", "words"):
        assert all(set(said) == {"vi", "en"} for said in content[section].values()), section
    assert all(set(said) == {"vi", "en"} for part in content["doubts"].values() for said in part.values())


# ---- the same reading


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_who_watches_changes_nothing_and_sees_every_number(path: Path) -> None:
    document = read(path)
    plain, watched = extract_document(document), explain_document(document)
    assert watched.extraction == plain
    numbers = [number.result for sentence in watched.sentences for number in sentence.numbers]
    assert sorted(numbers, key=lambda n: n.start) == sorted(
        (*plain.observations, *plain.unresolved), key=lambda n: n.start
    )  # fmt: skip
    for sentence in watched.sentences:
        assert document.text[sentence.start : sentence.end] == sentence.text
        assert all(n.result.quote in sentence.text for n in sentence.numbers)
        assert all(n.basis for n in sentence.numbers if isinstance(n.result, Observation))


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_lines_fit_a_hundred_columns(path: Path, lang: str) -> None:
    text = format_explanation(explain_document(read(path)), lang)
    assert max(map(len, text.split("\n"))) <= 100
    assert "\x01" not in text and "\x02" not in text and "{" not in text.replace("{{", "")


# ---- what is told


def test_a_figure_is_told_with_all_that_was_decided(explained: Explanation) -> None:
    told = " ".join(format_explanation(explained).split())
    for words in (
        "UBND phường Cầu Tre báo cáo công tác cải cách hành chính năm 2022 (nam-2022.txt)",
        "tiếp nhận «1.200» hồ sơ, trong đó «300» hồ sơ trực tuyến",
        "«1.200» → Hồ sơ tiếp nhận, phải giải quyết (dossiers.received); tin cậy 0,",
        "thấy: 1.200 hồ sơ, số lượng, ghi chính xác",
        "“tiếp nhận”",
        "đơn vị: Phường Cầu Tre, Hải Phòng (đơn vị của báo cáo)",
        "kỳ: năm 2022 (kỳ của báo cáo)",
        "vì sao: Các từ ngay quanh con số cho biết chỉ tiêu.",
        "«Kế hoạch số 18/KH-UBND» → không dùng: số hiệu văn bản",
        "tính chất: chỉ tiêu, kế hoạch",
        "số không dùng: ",
    ):
        assert words in told, words


def test_it_is_told_in_english_too(explained: Explanation) -> None:
    told = " ".join(format_explanation(explained, "en").split())
    for words in ("period: 2022 (the report's own)", "why: The words right around the number", "not used: legal ref"):
        assert words in told, words


def test_runners_up_and_doubts_are_told(explained: Explanation) -> None:
    first, *rest = explained.sentences
    number = next(n for s in explained.sentences for n in s.numbers if isinstance(n.result, Observation))
    doubtful = replace(number, rivals=(("dossiers.handled", 0.93),), doubts=(("rival", "near"),))
    told = format_explanation(replace(explained, sentences=(replace(first, numbers=(doubtful,)), *rest)))
    assert "(dossiers.handled) 0,93" in told and "một chỉ tiêu khác cũng khớp gần như vậy" in told


def test_numbers_are_marked_as_asked(explained: Explanation) -> None:
    told = format_explanation(explained, mark=lambda number: f"<b>{number}</b>")
    assert "tiếp nhận <b>1.200</b> hồ sơ" in told and "«" not in told


def test_a_number_that_the_line_breaks_is_marked_on_both() -> None:
    words = "Trong kỳ, bộ phận một cửa của phường đã hướng dẫn, tiếp nhận và chuyển xử lý tổng cộng"
    text = f"{words} hai mươi mốt nghìn hồ sơ trong năm 2022."
    document = Document("d", "d.txt", "0" * 64, "txt", text, published=date(2023, 1, 1))
    told = format_explanation(explain_document(document))
    assert told.count("«") == told.count("»") and "«năm 2022»" in told


def test_the_entry_of_the_register_is_told(workspace: Workspace) -> None:
    document = read(workspace.raw / "cau-tre" / "nam-2022.txt")
    entry = {
        "match": {"document_id": "nam-2022", "quote": "1.200"}, "action": "correct", "expect": {"value": 1200},
        "set": {"value": 1210}, "reason": "Nhầm số", "who": "Chị A", "date": date(2023, 1, 5), "line": 7,
    }  # fmt: skip
    found = explain_document(document, entries=[Correction.model_validate(entry)])
    told = " ".join(format_explanation(found).split())
    assert "đính chính: sửa: Nhầm số (Chị A, 2023-01-05; corrections.yaml, dòng 7)" in told
    assert "thấy: 1.210 hồ sơ" in told and "tin cậy 1,00" in told
    wrong = Correction.model_validate(entry | {"expect": {"value": 1}})
    faulty = explain_document(document, entries=[wrong])
    assert "dòng 7" in faulty.faults[0] and "value hiện là" in " ".join(format_explanation(faulty).split())


def test_json_has_the_same_numbers(explained: Explanation) -> None:
    content = json.loads(json_of(explained))
    numbers = [number for sentence in content["sentences"] for number in sentence["numbers"]]
    assert sum(number["used"] for number in numbers) == len(explained.extraction.observations)
    first = next(number for number in numbers if number["used"])
    assert first["result"]["value"] == 1200 and first["rule"] == "own_words" and first["cues"]
    assert first["result"]["period_start"] == "2022-01-01" and first["label"]


# ---- the command


def told_by(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_a_report_is_named_by_its_id_or_its_path(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    root = ("--workspace", str(workspace.root))
    by_id = told_by(capsys, "explain", "nam-2022", *root)
    by_path = told_by(capsys, "explain", str(workspace.raw / "cau-tre" / "nam-2022.txt"), *root)
    assert by_id == by_path and by_id[0] == 0 and "(cau-tre/nam-2022.txt)" in by_id[1]


def test_a_file_from_elsewhere_can_be_explained(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ngoai.txt").write_text(REPORT, encoding="utf-8")
    code, out, _ = told_by(capsys, "explain", str(tmp_path / "ngoai.txt"), "--workspace", str(workspace.root))
    assert code == 0 and "1.200" in out


def test_one_sentence_is_asked_for(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    at = str(REPORT.index("60%"))
    code, out, _ = told_by(capsys, "explain", "nam-2022", at, "--workspace", str(workspace.root), "--lang", "en")
    assert code == 0 and "«60%»" in out and "1.200" not in out
    code, out, _ = told_by(capsys, "explain", "nam-2022", at, "--json", "--workspace", str(workspace.root))
    assert [len(json.loads(out)["sentences"])] == [1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nam-2021"], "gần nhất: nam-2022"),
        (["xyz"], "cột document_id của documents.csv"),
        (["nam-2022", "99999"], "không có con số nào"),
        (["nam-2022", "cuối"], "Xem: cchc explain"),
        ([], "Thiếu BÁO_CÁO"),
    ],
)
def test_wrong_usage_is_told(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code, _, err = told_by(capsys, "explain", *arguments, "--workspace", str(workspace.root))
    assert code == 2
    if words.startswith("Xem"):
        assert "cchc explain" in err
    else:
        assert words in err


def test_a_fault_in_the_register_is_told_beside_the_reading(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = {
        "match": {"document_id": "nam-2022", "quote": "1.200"}, "action": "reject", "expect": {"value": 5},
        "reason": "Thử", "who": "A", "date": "2023-01-05",
    }  # fmt: skip
    workspace.corrections.write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")
    code, out, _ = told_by(capsys, "explain", "nam-2022", "--workspace", str(workspace.root))
    assert code == 0 and "corrections.yaml, dòng 1" in out and "«1.200» → Hồ sơ" in out


def test_a_cell_is_told_with_its_labels(tmp_path: Path) -> None:
    rows = "<tr><td>Đất đai</td><td>120</td><td>15</td></tr><tr><td>Hộ tịch</td><td>80</td><td>0</td></tr>"
    heads = "<tr><th>Lĩnh vực</th><th>Số hồ sơ tiếp nhận</th><th>Hồ sơ quá hạn</th></tr>"
    page = f"<html><body><h1>Phường Cầu Tre năm 2022</h1><p>Kết quả:</p><table>{heads}{rows}</table></body></html>"
    (tmp_path / "bang.html").write_text(page, encoding="utf-8")
    found = explain_document(read(tmp_path / "bang.html"))
    told = " ".join(format_explanation(found).split())
    assert "Đất đai | Hồ sơ quá hạn: «15»" in told and "Các tiêu đề cột, nhãn dòng" in told
    assert any(
        s["labels"] == "Hộ tịch | Số hồ sơ tiếp nhận" for s in json.loads(json_of(found))["sentences"] if "labels" in s
    )


def test_for_a_number_without_indicator_the_words_of_its_sentence_suggest_some(tmp_path: Path) -> None:
    text = "Phường Cầu Tre năm 2022\n\nVề hồ sơ tiếp nhận trong năm, có ngày phường đếm được 47 cái bàn.\n"
    (tmp_path / "ban.txt").write_text(text, encoding="utf-8")
    found = explain_document(read(tmp_path / "ban.txt"))
    number = next(n for s in found.sentences for n in s.numbers if n.result.quote == "47")
    assert number.basis is None or number.result.indicator == "other"
    assert "dossiers.received" in dict(number.rivals) and "other" not in dict(number.rivals)
    assert "có thể là: " in " ".join(format_explanation(found).split())


def test_a_text_that_a_conversion_spoilt_is_told_as_published(tmp_path: Path) -> None:
    meant = "Năm 2021 huyện Thanh Liêm, tỉnh Hà Nam tiếp nhận 4.545 hồ sơ; công khai thông tin, kiểm soát thủ tục."
    spoilt = load_encodings()[1].letter_by_letter(f"{meant}\n{meant.replace('4.545', '4.500')}\n")
    (tmp_path / "hong.txt").write_text(spoilt, encoding="utf-8")
    document = read(tmp_path / "hong.txt")
    found = explain_document(document)
    assert mend(document) and found.extraction == extract_document(document)
    numbers = [n for s in found.sentences for n in s.numbers if isinstance(n.result, Observation)]
    assert numbers and all(n.basis for n in numbers)
    for sentence in found.sentences:
        assert document.text[sentence.start : sentence.end] == sentence.text
        assert all(n.result.quote in sentence.text for n in sentence.numbers)


def test_what_an_analyst_added_says_so(workspace: Workspace) -> None:
    document = read(workspace.raw / "cau-tre" / "nam-2022.txt")
    entry = {
        "match": {"document_id": "nam-2022", "quote": "18/KH-UBND"}, "action": "add", "set": {"indicator": "other"},
        "reason": "Thử", "who": "A", "date": date(2023, 1, 5), "line": 3,
    }  # fmt: skip
    told = format_explanation(explain_document(document, entries=[Correction.model_validate(entry)]))
    told = " ".join(told.split())
    assert "Do người phân tích ghi trong data/corrections.yaml." in told and "đính chính: thêm: Thử" in told
