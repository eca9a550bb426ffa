"""The README says what is so: its example runs, its commands and folders exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from analysis.corrections import apply_corrections, read_corrections
from analysis.dataset import observations_frame
from analysis.documents import read_document
from analysis.extract import extract_document

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
README_VI = (ROOT / "README.vi.md").read_text(encoding="utf-8")


def test_the_example_gives_what_it_shows() -> None:
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert block
    test = doctest.DocTestParser().get_doctest(block[1], {}, "README.md", "README.md", 0)
    failures, tried = doctest.DocTestRunner().run(test)
    assert (failures, tried) == (0, len(test.examples))


def test_the_correction_shown_is_one_that_applies(tmp_path: Path) -> None:
    register = tmp_path / "corrections.yaml"
    register.write_text(re.search(r"```yaml\n(.*?)```", README_VI, re.DOTALL)[1], encoding="utf-8")
    corrections = read_corrections(register)
    raw = ROOT / "data" / "raw"
    path = next(raw.rglob("duy-tien-2023-6-thang.txt"))
    frame = observations_frame(extract_document(read_document(path, raw, path.stem)).observations)
    assert "73,9%" in set(frame["quote"])
    assert "73,9%" not in set(apply_corrections(frame, corrections)["quote"])


def test_links_and_folders_exist() -> None:
    for text in (README, README_VI):
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (ROOT / target).exists(), target
    for folder in re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE):
        if folder not in ("data/processed/", "site/"):
            assert (ROOT / folder).is_dir(), folder


def test_every_make_target_and_command_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^ {4}make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    commands = (ROOT / "src" / "analysis" / "cli.py").read_text(encoding="utf-8")
    for command in set(re.findall(r"cchc (run|report|extract|lab|doctor|evaluate)\b", README + README_VI)):
        assert re.search(rf'command\(.*"{command}"|def {command}\(', commands), command
