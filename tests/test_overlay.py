"""A workspace's own vocabulary: what it adds is read, what is wrong in it is told, and nothing of it stays behind."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import yaml
from made_documents import SPECS, made_document, made_table

import analysis
from analysis.attest import read_attestations
from analysis.catalogue import load_indicators, load_units
from analysis.cli import main
from analysis.corpus import extract_corpus
from analysis.dataset import read_observations
from analysis.errors import VocabularyError, in_language
from analysis.extract import extract_document
from analysis.indicators import load_cues, load_signatures
from analysis.overlay import keep_overlay, kept_overlay, read_overlay, reads_with, use_vocabulary, vocabulary_of
from analysis.quantities import find_quantities
from analysis.report import load_tables
from analysis.targets import targets_of
from analysis.workspace import Workspace

SPEC = yaml.safe_load((SPECS / "overlay.yaml").read_text(encoding="utf-8"))
CAMERAS = "Huyện Thanh Liêm có 145 camera an ninh."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "one" / "vocabulary", SPEC["good"])


def written(folder: Path, content: str, name: str = "chi_tieu.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder


def indicators_in(text: str) -> list[str]:
    return [o.indicator for o in extract_document(made_document(text)).observations]


def test_every_sentence_of_an_overlay_is_read(folder: Path) -> None:
    with vocabulary_of(folder) as overlay:
        read = list(read_attestations(overlay.attested))
        assert len(read) == 10
        assert [(each.attestation.text, each.found) for each in read if not each.holds] == []


def test_what_is_left_out_of_an_entry_is_filled_in(folder: Path) -> None:
    with vocabulary_of(folder) as overlay:
        schools, cameras = load_indicators()["schools.digital_records"], load_indicators()["security.cameras"]
        assert (schools.measure, schools.over_areas, schools.over_time) == ("stock", "sum", "last")
        assert (schools.label_en, schools.range) == (schools.label_vi, (0, None))
        assert (cameras.measure, cameras.label("en"), load_units()["camera"].en) == (
            "flow",
            "Security cameras",
            "cameras",
        )
        assert load_indicators()["health.records_share"].measure == "share"
        assert list(load_indicators())[-1] == "other"
        assert load_indicators()["dossiers.online"].label_vi == "Hồ sơ gửi qua mạng"
        assert overlay.lines["security.cameras"] == "vocabulary/chi_tieu.yaml:21"
        assert [target.value for target in targets_of("health.records_share", "district")] == [90]


def test_a_noun_of_a_new_unit_is_counted(folder: Path) -> None:
    with vocabulary_of(folder):
        assert [q.unit for q in find_quantities("lắp 12 camera")] == ["camera"]
    assert [q.unit for q in find_quantities("lắp 12 camera")] == [""]


def test_an_overlay_leaves_other_readings_alone(folder: Path) -> None:
    text = "Tiếp nhận 45 hồ sơ, trong đó 12 hồ sơ quá hạn; PAR INDEX đạt 88,1 điểm."
    before = indicators_in(text)
    with vocabulary_of(folder):
        assert indicators_in(text) == before == ["dossiers.received", "dossiers.overdue", "index.par.score"]


def test_two_workspaces_in_one_process_know_nothing_of_each_other(folder: Path, tmp_path: Path) -> None:
    plain = (load_indicators(), load_cues(), load_signatures(), load_units())
    with vocabulary_of(folder):
        assert indicators_in(CAMERAS) == ["security.cameras"]
        with vocabulary_of(tmp_path / "two" / "vocabulary"):
            assert indicators_in(CAMERAS) == ["other"]
        assert indicators_in(CAMERAS) == ["security.cameras"]
    assert indicators_in(CAMERAS) == ["other"]
    assert (load_indicators(), load_cues(), load_signatures(), load_units()) == plain


def test_tables_are_read_by_the_vocabulary_in_force(folder: Path) -> None:
    table = made_table([["Xã", "Camera an ninh"], ["Xã Thanh Hà", "12"]], heads=1)
    read = []
    for place in (None, folder, None):
        with vocabulary_of(place):
            read += [(o.indicator, o.quote) for o in extract_document(table).observations]
    assert read == [("other", "12"), ("security.cameras", "12"), ("other", "12")]


def test_an_overlay_is_taken_off_again_after_a_failure(folder: Path) -> None:
    @reads_with(lambda workspace: workspace.vocabulary)
    def stop(workspace: Workspace) -> None:
        assert "security.cameras" in load_indicators()
        raise KeyError

    with pytest.raises(KeyError):
        stop(Workspace(folder.parent))
    assert "security.cameras" not in load_indicators()


@pytest.mark.parametrize("spec", SPEC["faults"], ids=lambda spec: spec["why"])
def test_a_fault_is_told_with_file_line_and_remedy(spec: dict, tmp_path: Path) -> None:
    before = load_indicators()
    with pytest.raises(VocabularyError) as caught:
        use_vocabulary(written(tmp_path / "vocabulary", spec["file"]))
    told = str(caught.value)
    assert (
        told.startswith("vocabulary/chi_tieu.yaml, dòng ") and [word for word in spec["told"] if word not in told] == []
    )
    assert "line" in in_language(caught.value.said, "en") and load_indicators() == before


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = written(tmp_path, "- code: schools.x\n- code: schools.y\n")
    written(folder, "- code: dossiers.overdue\n  unit: day\n", "khac.yml")
    with pytest.raises(VocabularyError) as caught:
        read_overlay(folder)
    lines = str(caught.value).splitlines()
    assert len(lines) == 9 and sum(line.startswith("vocabulary/khac.yml, dòng 2:") for line in lines) == 1


def test_other_files_and_marks_of_notepad_are_no_matter(tmp_path: Path) -> None:
    folder = written(tmp_path, "﻿" + SPEC["good"])
    written(folder, "{", "~chi_tieu.yaml")
    written(folder, "", "trong.yaml")
    written(folder, "?", "ghi-chu.txt")
    assert "security.cameras" in read_overlay(folder).lines


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "cu.yaml").write_bytes("- code: trường".encode("utf-16"))
    with pytest.raises(VocabularyError, match="cu.yaml, dòng 1: tệp không phải văn bản UTF-8"):
        read_overlay(tmp_path)


VOCABULARY = {
    "load_entries", "load_indicators", "load_units", "load_attestations", "load_cues", "load_signatures",
    "load_targets", "index_signature", "find_cues", "find_quantities", "noun_pattern", "cues_of", "unit_code",
    "extract_document",
}  # fmt: skip
"""Functions whose answer depends on the vocabulary in force."""


@pytest.mark.parametrize("path", sorted(Path(analysis.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_what_depends_on_the_vocabulary_is_not_remembered_beyond_it(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            kept = {n.id for d in node.decorator_list for n in ast.walk(d) if isinstance(n, ast.Name)}
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & VOCABULARY
            assert not (kept & {"cache", "lru_cache"} and used), f"{node.name}: use cache_by_vocabulary"


def make_corpus(root: Path, vocabulary: str = "") -> Workspace:
    place = Workspace(root)
    place.raw.mkdir(parents=True)
    (place.raw / "bao-cao.txt").write_text(
        f"Huyện Thanh Liêm (Hà Nam) sơ kết công tác cải cách hành chính 9 tháng đầu năm 2023\n\n{CAMERAS}\n",
        encoding="utf-8",
    )
    if vocabulary:
        written(place.vocabulary, vocabulary)
    return place


def test_an_extraction_reads_with_its_workspace_and_keeps_what_it_read_with(tmp_path: Path) -> None:
    own, plain = make_corpus(tmp_path / "own", SPEC["good"]), make_corpus(tmp_path / "plain")
    for place, expected in ((own, ["security.cameras"]), (plain, ["other"]), (own, ["security.cameras"])):
        extract_corpus(place, progress=False)
        assert read_observations(place.processed)["indicator"].tolist() == expected
    assert (kept_overlay(own.processed) / "chi_tieu.yaml").is_file() and not kept_overlay(plain.processed).exists()
    load_tables(own.processed)
    assert "security.cameras" in load_indicators()
    load_tables(plain.processed)
    assert "security.cameras" not in load_indicators()


def test_a_number_is_explained_by_the_vocabulary_of_its_workspace(tmp_path: Path, capsys) -> None:
    place = make_corpus(tmp_path, SPEC["good"])
    assert main(["explain", "bao-cao", "--workspace", str(place.root)]) == 0
    told = capsys.readouterr().out
    assert "Camera an ninh" in told and "camera an ninh" in told


def test_an_extraction_with_a_faulty_vocabulary_stops_before_anything_is_written(tmp_path: Path) -> None:
    place = make_corpus(tmp_path, "- code: schools.x\n")
    with pytest.raises(VocabularyError, match="chi_tieu.yaml, dòng 1"):
        extract_corpus(place, progress=False)
    assert not place.processed.exists()


def test_the_kept_overlay_follows_the_workspace(folder: Path, tmp_path: Path) -> None:
    processed = tmp_path / "processed"
    keep_overlay(folder, processed)
    written(folder, "[]", "moi.yaml")
    (folder / "chi_tieu.yaml").unlink()
    keep_overlay(folder, processed)
    assert [path.name for path in kept_overlay(processed).iterdir()] == ["moi.yaml"]
    (folder / "moi.yaml").unlink()
    keep_overlay(folder, processed)
    assert not kept_overlay(processed).exists()


def test_a_record_of_the_run_stays_readable(tmp_path: Path) -> None:
    place = make_corpus(tmp_path, SPEC["good"])
    extract_corpus(place, progress=False)
    assert json.loads((place.processed / "run.json").read_text(encoding="utf-8"))["counts"]["observations"] == 1
