"""The README says what is so: its example runs, its commands and folders exist."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from analysis.corrections import correct_extraction, read_corrections
from analysis.corrections.register import ACTIONS
from analysis.documents import assign_document_ids, list_raw_files, read_document
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


def test_the_corrections_shown_apply(tmp_path: Path) -> None:
    register = tmp_path / "corrections.yaml"
    register.write_text(re.search(r"```yaml\n(.*?)```", README_VI, re.DOTALL)[1], encoding="utf-8")
    entries, raw = read_corrections(register), ROOT / "data" / "raw"
    assert {entry.action for entry in entries} == set(ACTIONS)
    for path, document_id in assign_document_ids(list_raw_files(raw), raw).items():
        own = [entry for entry in entries if entry.match.document_id == document_id]
        if own:
            before = extract_document(read_document(path, raw, document_id))
            after = correct_extraction(before, own)
            assert after.notes == ()
            changed = {o.quote for o in after.observations} ^ {o.quote for o in before.observations}
            assert changed == {entry.match.quote for entry in own if entry.action in ("reject", "add")}


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
    known = "run|report|extract|lab|doctor|evaluate|explain|catalogue"
    for command in set(re.findall(rf"cchc ({known})\b", README + README_VI)):
        assert re.search(rf'command\(.*"{command}"|def {command}\(', commands), command
