"""Readings that are kept from run to run: used again where nothing has changed, and never where something has."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import psutil
import pytest
import yaml

from analysis import assembly, crew, store
from analysis.corpus import RunResult, extract_corpus
from analysis.corrections import Register
from analysis.dataset import read_documents, read_observations, read_text
from analysis.errors import UsageError
from analysis.model import Failure
from analysis.readings import Reader, pack_facts, unpack_facts, unpack_findings, unpack_text
from analysis.store import FOLDER, Store
from analysis.workspace import Workspace

REPORT = """UBND {kind} {place} báo cáo công tác cải cách hành chính {period}

Trong kỳ, {kind} {place} tiếp nhận 1.2{two} hồ sơ, trong đó trực tuyến 3{two} hồ sơ, đạt tỷ lệ 35%. Số hồ sơ đã giải \
quyết là 1.1{two} hồ sơ; 02 hồ sơ giải quyết quá hạn. Tỉnh Hải Phòng tiếp nhận 57.9{two} hồ sơ trong kỳ.
"""
PLACES = (("phường", "Cầu Tre"), ("quận", "Ngô Quyền"), ("huyện", "Vĩnh Bảo"), ("huyện", "Tiên Lãng"))
PERIODS = ("năm 2022", "6 tháng đầu năm 2022", "9 tháng đầu năm 2022", "năm 2023")


def write_reports(place: Workspace, count: int) -> None:
    for number in range(count):
        kind, name = PLACES[number % len(PLACES)]
        period = PERIODS[number // len(PLACES) % len(PERIODS)]
        folder = place.raw / f"{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        text = REPORT.format(kind=kind, place=name, period=period, two=f"{number:02d}")
        (folder / f"bao-cao-{number:02d}.txt").write_text(text, encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    write_reports(workspace, 6)
    return workspace


def run(place: Workspace, **how: object) -> RunResult:
    return extract_corpus(place, progress=False, **how)  # type: ignore[arg-type]


def tables(place: Workspace) -> dict[str, bytes]:
    """All that a run writes but the readings and the time it took."""
    found = {}
    for path in sorted(place.processed.rglob("*")):
        name = path.relative_to(place.processed).as_posix()
        if path.is_file() and not name.startswith(FOLDER):
            found[name] = path.read_bytes()
    record = json.loads(found.pop("run.json"))
    del record["timings"]
    return found | {"run.json": json.dumps(record).encode()}


def kept_file(place: Workspace) -> Path:
    return place.processed / FOLDER / "readings.sqlite"


# ---- used again


def test_a_second_run_reads_nothing_and_writes_the_same(place: Workspace) -> None:
    first = run(place)
    before = tables(place)
    second = run(place)
    assert (first.unchanged, second.unchanged) == (0, 6)
    assert tables(place) == before
    assert (second.observations, second.unresolved, second.findings) == (
        first.observations, first.unresolved, first.findings,
    )  # fmt: skip


def test_one_job_or_two_with_readings_or_without_give_the_same_bytes(place: Workspace, monkeypatch) -> None:
    monkeypatch.setattr(crew, "FEWEST", 2)
    run(place, jobs=1)
    alone = tables(place)
    assert run(place, jobs=2, fresh=True).unchanged == 0
    assert tables(place) == alone
    (place.raw / "0" / "bao-cao-00.txt").unlink()
    (place.raw / "0" / "bao-cao-03.txt").unlink()
    assert run(place, jobs=2).unchanged == 4
    partly = tables(place)
    run(place, fresh=True)
    assert tables(place) == partly != alone


def test_a_corpus_in_parts_gives_the_tables_of_the_whole(tmp_path: Path, monkeypatch) -> None:
    place = Workspace(tmp_path)
    write_reports(place, 20)
    (place.raw / "1" / "lan-hai.txt").write_bytes((place.raw / "1" / "bao-cao-01.txt").read_bytes())
    run(place)
    whole = tables(place)
    observations = read_observations(place.processed)
    assert observations["flags"].str.contains("between_reports").any()
    assert (observations["selected_id"] != observations["observation_id"]).any()
    monkeypatch.setattr(assembly, "_ROWS", 10)
    monkeypatch.setattr(assembly, "_FINDINGS", 10)
    run(place)
    parts = tables(place)
    changed = {name for name in whole if whole[name] != parts[name]}
    assert changed == {"datapackage.json", *(f"{name}.parquet" for name in ("observations", "unresolved", "findings"))}
    pd.testing.assert_frame_equal(read_observations(place.processed), observations)


# ---- never stale


def test_a_changed_file_is_read_again_though_size_and_time_are_the_same(place: Workspace) -> None:
    run(place)
    path = place.raw / "0" / "bao-cao-00.txt"
    times = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("1.200", "1.209"), encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert run(place).unchanged == 5
    assert 1209 in read_observations(place.processed)["value"].tolist()


def test_a_touched_file_is_not_read_again(place: Workspace) -> None:
    run(place)
    (place.raw / "0" / "bao-cao-00.txt").touch()
    assert run(place).unchanged == 6


def test_a_file_under_another_name_is_another_document(place: Workspace) -> None:
    run(place)
    (place.raw / "0" / "bao-cao-00.txt").rename(place.raw / "0" / "khac.txt")
    assert run(place).unchanged == 5
    ids = set(read_documents(place.processed)["document_id"])
    assert "khac" in ids and "bao-cao-00" not in ids
    (place.raw / "0" / "khac.txt").rename(place.raw / "1" / "khac.txt")
    assert run(place).unchanged == 5
    assert "1/khac.txt" in set(read_documents(place.processed)["path"])


def correct(place: Workspace, value: int) -> None:
    entry = {
        "match": {"document_id": "bao-cao-00", "quote": "1.200"}, "expect": {"value": 1200}, "action": "correct",
        "set": {"value": value}, "reason": "Thử", "who": "A", "date": "2022-10-01",
    }  # fmt: skip
    place.corrections.write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")


def test_a_correction_added_changed_or_removed_rereads_its_document_alone(place: Workspace) -> None:
    run(place)
    before = tables(place)
    for value in (857, 858):
        correct(place, value)
        assert run(place).unchanged == 5
        assert value in read_observations(place.processed)["value"].tolist()
        assert run(place).unchanged == 6
    place.corrections.unlink()
    assert run(place).unchanged == 5
    assert tables(place) == before


def test_the_workspace_s_vocabulary_is_part_of_the_key(place: Workspace) -> None:
    run(place)
    place.vocabulary.mkdir()
    said = {"code": "dossiers.received", "phrases": [{"phrase": "đón nhận", "text": "Phường đón nhận [45] hồ sơ."}]}
    (place.vocabulary / "rieng.yaml").write_text(yaml.safe_dump([said], allow_unicode=True), encoding="utf-8")
    assert run(place).unchanged == 0
    assert run(place).unchanged == 6
    (place.vocabulary / "rieng.yaml").unlink()
    assert run(place).unchanged == 0


def test_processes_read_with_the_workspace_s_vocabulary(place: Workspace, monkeypatch) -> None:
    place.vocabulary.mkdir()
    said = {"code": "dossiers.received", "phrases": [{"phrase": "đón nhận", "text": "Phường đón nhận [45] hồ sơ."}]}
    (place.vocabulary / "rieng.yaml").write_text(yaml.safe_dump([said], allow_unicode=True), encoding="utf-8")
    for path in place.raw.rglob("*.txt"):
        path.write_text(path.read_text(encoding="utf-8").replace("tiếp nhận", "đón nhận"), encoding="utf-8")
    run(place)
    alone = tables(place)
    monkeypatch.setattr(crew, "FEWEST", 2)
    run(place, jobs=2, fresh=True)
    assert tables(place) == alone


@pytest.mark.parametrize("changed", ["sources", "libraries", "ocr"])
def test_program_libraries_and_ocr_are_part_of_the_key(place: Workspace, monkeypatch, changed: str) -> None:
    run(place)
    if changed == "libraries":
        monkeypatch.setattr(store, "_libraries", lambda: {"lxml": "0"})
    elif changed == "sources":
        others = [*store._files(store.files("analysis"))][1:]
        monkeypatch.setattr(store, "_files", lambda folder: others)
    store._program.cache_clear()
    try:
        assert run(place, ocr=changed == "ocr").unchanged == 0
    finally:
        monkeypatch.undo()
        store._program.cache_clear()
    assert run(place).unchanged == 0


def test_the_key_knows_the_vocabulary_beside_the_sources() -> None:
    names = {name for name, _ in store._files(store.files("analysis"))}
    assert {"/corpus.py", "/areas/gazetteer.py", "/vocabulary/messages.yaml"} <= names
    assert not any("__pycache__" in name for name in names)


def test_a_file_that_failed_is_tried_again(place: Workspace, monkeypatch) -> None:
    from analysis import readings

    def refuse(*_: object, **__: object) -> None:
        raise MemoryError("đầy")

    with monkeypatch.context() as broken:
        broken.setattr(readings, "extract_document", refuse)
        assert len(run(place).failures) == 6
    done = run(place)
    assert (done.failures, done.unchanged, done.documents) == ((), 0, 6)


def test_what_a_report_lacks_is_told_again_in_both_languages(place: Workspace) -> None:
    (place.raw / "nghi-le.txt").write_text("UBND phường Cầu Tre thông báo nghỉ lễ ngày 30/4/2024.", encoding="utf-8")
    (first,) = run(place).failures
    (again,) = run(place).failures
    assert again == first
    assert (again.reason.english, again.remedy.english) == (first.reason.english, first.remedy.english)  # type: ignore[attr-defined]


def test_entries_of_files_that_are_gone_are_dropped(place: Workspace) -> None:
    run(place)
    for path in list(place.raw.rglob("*.txt"))[1:]:
        path.unlink()
    run(place)
    with sqlite3.connect(kept_file(place)) as base:
        assert base.execute("SELECT count(*) FROM readings").fetchone() == (1,)
    base.close()


# ---- damaged


def test_a_damaged_entry_is_read_again(place: Workspace) -> None:
    run(place)
    before = tables(place)
    spoilt = {"observations": b"xx", "facts": b"{}", "text": "chữ", "sum": "0", "key": "0"}
    with sqlite3.connect(kept_file(place)) as base:
        for (ident,), (column, value) in zip(
            base.execute("SELECT document_id FROM readings ORDER BY 1").fetchall(), spoilt.items(), strict=False
        ):
            base.execute(f"UPDATE readings SET {column} = ? WHERE document_id = ?", (value, ident))
    base.close()
    assert run(place).unchanged == 1
    assert tables(place) == before


@pytest.mark.parametrize("content", [b"", b"not a database" * 100, None])
def test_a_file_of_another_kind_is_begun_anew(place: Workspace, content: bytes | None) -> None:
    run(place)
    before = tables(place)
    if content is None:
        kept_file(place).unlink()
        with sqlite3.connect(kept_file(place)) as base:
            base.execute("CREATE TABLE readings (something)")
        base.close()
    else:
        kept_file(place).write_bytes(content)
    assert run(place).unchanged == 0
    assert tables(place) == before
    assert run(place).unchanged == 6


def test_a_file_with_a_spoilt_middle_is_begun_anew(place: Workspace) -> None:
    run(place)
    before = tables(place)
    data = bytearray(kept_file(place).read_bytes())
    data[4096 : len(data) - 4096] = bytes(len(data) - 8192)
    kept_file(place).write_bytes(data)
    run(place)
    assert tables(place) == before


def test_readings_that_another_run_is_using_are_left_alone(place: Workspace) -> None:
    run(place)
    before = tables(place)
    with Store(place.processed / FOLDER):
        assert run(place).unchanged == 0
    assert tables(place) == before
    assert run(place).unchanged == 6


# ---- packed


def test_what_is_packed_comes_back(place: Workspace) -> None:
    path = place.raw / "0" / "bao-cao-00.txt"
    reading = Reader(place.raw, place.converted, Register((), ())).read(path, "bao-cao-00")
    assert not isinstance(reading, Failure)
    assert unpack_facts(pack_facts(reading.facts)) == reading.facts
    assert unpack_text(reading.text) == path.read_text(encoding="utf-8")
    assert "share_mismatch" in [finding.code for finding in unpack_findings(reading.findings)]
    run(place)
    assert read_text(place.processed, "bao-cao-00") == unpack_text(reading.text)


# ---- processes


class Deadly(Reader):
    """Stands in for a file that no process survives."""

    def read(self, path: Path, document_id: str):
        if document_id == "bao-cao-03":
            os._exit(9)
        return super().read(path, document_id)


def test_a_process_that_dies_costs_its_file_alone(place: Workspace, monkeypatch) -> None:
    monkeypatch.setattr(crew, "FEWEST", 2)
    reader = Deadly(place.raw, place.converted, Register((), ()))
    tasks = [(path, path.stem) for path in sorted(place.raw.rglob("*.txt"), key=lambda path: path.stem)]
    outcomes = list(crew.read_files(reader, tasks, 2))
    names = [o.what if isinstance(o, Failure) else o.facts.document_id for o in outcomes]
    assert sorted(names) == ["0/bao-cao-03.txt", *(f"bao-cao-0{n}" for n in (0, 1, 2, 4, 5))]
    (failure,) = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    assert failure.code == "died" and "--jobs 1" in failure.remedy


def test_a_number_of_jobs_below_one_is_wrong_usage(place: Workspace) -> None:
    with pytest.raises(UsageError, match="--jobs 2"):
        run(place, jobs=0)


SCRIPT = """
import sys
from pathlib import Path
from analysis import crew
from analysis.corpus import extract_corpus
from analysis.workspace import Workspace

def work():
    print("begun", flush=True)
    crew.FEWEST = 2
    done = extract_corpus(Workspace(Path(sys.argv[1])), progress=False, jobs=2)
    print("documents", done.documents)

"""


def test_a_script_without_a_guard_is_served_by_one_process(place: Workspace, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT + "work()", encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True, encoding="utf-8")
    assert done.stdout.endswith("documents 6\n")


def begin_long_run(place: Workspace) -> subprocess.Popen[str]:
    """A run of two processes in a group of its own, in the midst of a long file."""
    write_reports(place, 16)
    long = place.raw / "2" / "zz-dai.txt"
    long.write_text(REPORT.format(kind="quận", place="Lê Chân", period="năm 2022", two="00") * 2000, encoding="utf-8")
    script = place.root / "script.py"
    script.write_text(SCRIPT + "if __name__ == '__main__': work()", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(place.root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "begun\n"
    wait_for(lambda: len(processes_of(process.pid)) >= 3)
    time.sleep(4)
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="sends Ctrl-C as other systems do")
def test_ctrl_c_ends_all_processes(tmp_path: Path) -> None:
    process = begin_long_run(Workspace(tmp_path))
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode != 0 and said.count("KeyboardInterrupt\n") == 1
    wait_for(lambda: not processes_of(process.pid))
    assert not list(Workspace(tmp_path).processed.glob("*.csv"))


@pytest.mark.skipif(sys.platform == "win32", reason="kills as other systems do")
def test_no_process_outlives_the_one_that_started_it(tmp_path: Path) -> None:
    process = begin_long_run(Workspace(tmp_path))
    process.kill()
    process.communicate(timeout=30)
    wait_for(lambda: not processes_of(process.pid))


def processes_of(group: int) -> list[psutil.Process]:
    """The processes of a group that are still at work."""
    found = []
    for each in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(each.pid) == group and each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
    return found


def wait_for(reached: Callable[[], bool]) -> None:
    """Until something is so; fails where it isn't within a minute."""
    for _ in range(600):
        if reached():
            return
        time.sleep(0.1)
    pytest.fail("not reached")
