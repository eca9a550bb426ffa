"""The analysts' walk-through (docs/them_chi_tieu.md) does what it says, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_documents import TITLE

from analysis.cli import main
from analysis.corpus import extract_corpus
from analysis.dataset import read_observations
from analysis.overlay import kept_overlay
from analysis.workspace import Workspace

PAGE = (Path(__file__).parents[1] / "docs" / "them_chi_tieu.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """The fenced blocks of a kind, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, flags=re.M | re.S)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    place = Workspace(tmp_path)
    place.vocabulary.mkdir()
    monkeypatch.chdir(tmp_path)
    return place


def write(place: Workspace, content: str) -> None:
    (place.vocabulary / "chi_tieu.yaml").write_text(content, encoding="utf-8")


def test_the_first_example_is_read_and_answered_as_shown(workspace: Workspace, capsys) -> None:
    write(workspace, blocks("yaml")[0])
    assert main(["catalogue", "--check"]) == 0
    said = capsys.readouterr().out.replace(str(workspace.vocabulary), "vocabulary")
    assert said == blocks("console")[0]


def test_the_faulty_example_is_answered_as_shown(workspace: Workspace, capsys) -> None:
    write(workspace, blocks("yaml sai")[0])
    assert main(["catalogue", "--check"]) == 1
    assert capsys.readouterr().out == blocks("console sai")[0]


def test_the_report_shown_is_read_as_said(workspace: Workspace) -> None:
    write(workspace, blocks("yaml")[0])
    workspace.raw.mkdir(parents=True)
    (workspace.raw / "bao-cao.txt").write_text(f"{TITLE}\n\n{blocks('text')[0]}", encoding="utf-8")
    extract_corpus(workspace, progress=False)
    read = read_observations(workspace.processed)
    said = re.findall(r"(\d+) \(`([\w.]+)`\)", PAGE)
    assert len(said) == 2 and list(zip(read["quote"], read["indicator"], strict=True)) == said
    assert (kept_overlay(workspace.processed) / "chi_tieu.yaml").is_file()


def test_the_last_example_gives_a_known_indicator_another_phrase(workspace: Workspace, capsys) -> None:
    assert len(blocks("yaml")) == 2
    write(workspace, blocks("yaml")[1])
    assert main(["catalogue", "--check"]) == 0
    assert "1 chỉ tiêu; 1 câu" in capsys.readouterr().out
