"""The page on the catalogue: what stands in it, that the one on disk is up to date, and the command that makes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_documents import SPECS

from analysis.catalogue import load_attestations, load_indicators
from analysis.cli import main
from analysis.codebook import codebook
from analysis.targets import load_targets

PAGE = Path(__file__).parents[1] / "docs" / "indicators.md"
GOOD = (SPECS / "overlay.yaml").read_text(encoding="utf-8").split("good: |\n")[1].split("\nfaults:")[0]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "vocabulary").mkdir()
    lines = [line.removeprefix("  ") for line in GOOD.splitlines()]
    (tmp_path / "vocabulary" / "chi_tieu.yaml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_the_page_on_disk_is_what_the_catalogue_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == codebook(), "Run: cchc catalogue --write docs/indicators.md"


def test_every_indicator_stands_in_the_page_with_its_sentences() -> None:
    page = codebook()
    for code, indicator in load_indicators().items():
        assert (f'<a id="{code}"></a>' in page) == (code != "other"), code
        assert code == "other" or f"### {indicator.label_vi}\n" in page
    sentences = [each.text for entries in load_attestations().values() for each in entries]
    assert all(re.sub(r"[\[\]]", "**", text) in page for text in sentences)
    assert page.count("- Mục tiêu: ") == len(load_targets())
    assert all(f"(#{code})" not in page or f'<a id="{code}">' in page for code in re.findall(r"\(#([\w.]+)\)", page))


def test_a_relation_is_told_under_the_indicator_that_it_is_of() -> None:
    part = codebook().split('<a id="dossiers.pending"></a>')[1].split("<a id=")[0]
    assert "- Ràng buộc: `dossiers.pending` = `dossiers.pending_in_time` + `dossiers.pending_overdue`." in part


def test_the_command_prints_the_page_with_the_indicators_of_the_workspace(workspace: Path, capsys) -> None:
    assert main(["catalogue", "--workspace", str(workspace)]) == 0
    page = capsys.readouterr().out
    assert "### Camera an ninh" in page and "Các xã lắp đặt **145** camera an ninh" in page
    assert "từ 90% trở lên vào năm 2025 (Kế hoạch 45/KH-UBND của tỉnh)" in page
    assert "Camera an ninh" not in codebook()


def test_the_command_writes_the_page(tmp_path: Path, capsys) -> None:
    target = tmp_path / "docs" / "danh_muc.md"
    assert main(["catalogue", "--write", str(target), "--workspace", str(tmp_path)]) == 0
    assert target.read_text(encoding="utf-8") == codebook() and capsys.readouterr().out == ""


def test_the_sentences_of_a_workspace_are_checked(workspace: Path, capsys) -> None:
    assert main(["catalogue", "--check", "--workspace", str(workspace)]) == 0
    assert "7 chỉ tiêu; 10 câu minh chứng được đọc đúng" in capsys.readouterr().out
    sentence = "Có [12] trường có lớp học số; [nhiều] lớp."
    wrong = (
        "- code: schools.x\n  label_vi: Lớp\n  kind: count\n  unit: unit\n"
        f'  phrases:\n    - {{phrase: lớp học số, text: "{sentence}"}}\n'
    )
    (workspace / "vocabulary" / "sai.yaml").write_text(wrong, encoding="utf-8")
    assert main(["catalogue", "--check", "--workspace", str(workspace)]) == 1
    told = capsys.readouterr().out
    assert "vocabulary/sai.yaml:1 (schools.x)" in told and "con số 12 được đọc là" in told and "“organization”" in told
    assert "con số nhiều chưa được đọc" in told
    (workspace / "vocabulary" / "sai.yaml").write_text("- code: x", encoding="utf-8")
    assert main(["catalogue", "--check", "--workspace", str(workspace)]) == 1
    assert "vocabulary/sai.yaml, dòng 1:" in capsys.readouterr().out


def test_a_workspace_without_its_own_vocabulary_has_the_common_one_checked(tmp_path: Path, capsys) -> None:
    assert main(["catalogue", "--check", "--lang", "en", "--workspace", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("OK       No vocabulary of its own")
