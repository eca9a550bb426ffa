"""`cchc doctor`: every check in its good state and in its bad one."""

from __future__ import annotations

import json
import os
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from analysis import doctor
from analysis.cli import main
from analysis.messages import Messages
from analysis.workspace import Workspace

SAY = Messages("vi")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    for folder in ("data/raw/phu-ly", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/raw/phu-ly/bao-cao.txt").write_text("Báo cáo", encoding="utf-8")
    (tmp_path / "notebooks/03_area_report.ipynb").touch()
    return Workspace(tmp_path)


@pytest.mark.slow
def test_a_good_machine_is_ready(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--workspace", str(place.root)]) == 0
    out = capsys.readouterr().out
    assert "Máy này sẵn sàng." in out and "LỖI" not in out
    assert "Kernel python3 chạy được" in out and "1 báo cáo" in out
    assert not (place.root / "site").exists()


def test_a_problem_makes_exit_1_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "check_kernel", lambda say: doctor.Check("ok", "kernel"))
    assert main(["doctor", "--workspace", str(tmp_path), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert (
        f"PROBLEM  There is no folder of reports {tmp_path / 'data' / 'raw'}\n         → Put the reports there" in out
    )
    assert "2 problems to solve" in out


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10), "problem"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "problem")]
)
def test_python(version: tuple[int, int], state: str) -> None:
    assert doctor.check_python(SAY, version).state == state


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.check_packages(SAY).state == "ok"
    monkeypatch.setattr(doctor, "_is_installed", lambda name: name not in ("pandas", "lxml"))
    check = doctor.check_packages(SAY)
    assert check.state == "problem" and "lxml, pandas" in check.message and "make env" in check.remedy


def kernel_spec(folder: Path, command: list[str]) -> None:
    spec = folder / "kernels" / "odd"
    spec.mkdir(parents=True)
    content = {"argv": command, "display_name": "odd", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (None, "Chưa có kernel"),
        (["no-such-program", "{connection_file}"], "không chạy được"),
        ([sys.executable, "-c", "raise SystemExit('hết bộ nhớ')", "{connection_file}"], "hết bộ nhớ"),
        ([sys.executable, "-c", "import sys; sys.modules['analysis'] = None; "
          "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()",
          "-f", "{connection_file}"], "môi trường khác"),
    ],
    ids=["none", "no program", "dies at once", "without the package"],
)  # fmt: skip
def test_kernels_that_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str] | None, said: str
) -> None:
    if command:
        kernel_spec(tmp_path, command)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    check = doctor.check_kernel(SAY, "odd", patience=20)
    assert check.state == "problem" and said in check.message and "ipykernel install" in check.remedy


def test_fonts() -> None:
    assert doctor.check_font(SAY).state == "ok"
    assert doctor.check_font(SAY, "Không Có").state == "problem"
    check = doctor.check_font(SAY, "DejaVu Sans Mono")
    assert check.state == "problem" and "ả" in check.message
    assert doctor.check_font(SAY, letters="ả字").message.count("字") == 2


@pytest.mark.parametrize(("megabytes", "state"), [(50, "problem"), (500, "note"), (5000, "ok")])
def test_disk(place: Workspace, monkeypatch: pytest.MonkeyPatch, megabytes: int, state: str) -> None:
    usage = namedtuple("usage", "total used free")(0, 0, megabytes * 1_000_000)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    check = doctor.check_disk(place, SAY)
    assert check.state == state and f"{megabytes} MB" in check.message and bool(check.remedy) == (state != "ok")


def test_reports_that_are_missing_or_locked(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.check_raw(place, SAY).state == "ok"
    report = next(place.raw.rglob("*.txt"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda path, mode: Path(path) != report)
        assert doctor.check_raw(place, SAY).message.startswith(f"Không đọc được {report}")
    report.unlink()
    assert doctor.check_raw(place, SAY).state == "note"
    assert doctor.check_raw(Workspace(place.root / "elsewhere"), SAY).state == "problem"


def test_notebooks_that_are_missing(place: Workspace) -> None:
    assert doctor.check_notebooks(place, SAY).state == "ok"
    assert doctor.check_notebooks(Workspace(place.root / "elsewhere"), SAY).state == "problem"


def test_a_folder_that_cannot_be_written(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [check.state for check in doctor.check_writable(place, SAY)] == ["ok", "ok"]

    def refuse(dir: Path) -> None:
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    checks = list(doctor.check_writable(place, SAY))
    assert [check.state for check in checks] == ["problem", "problem"]
    assert str(place.site) in checks[1].message and "Permission denied" in checks[1].message


def test_long_paths_matter_on_windows_only(tmp_path: Path) -> None:
    deep = Workspace(tmp_path.joinpath(*["mot-thu-muc-co-ten-kha-dai"] * 6))
    assert list(doctor.check_path_length(deep, SAY, windows=False)) == []
    assert [check.state for check in doctor.check_path_length(deep, SAY, windows=True)] == ["note"]
    assert [check.state for check in doctor.check_path_length(Workspace(Path("/")), SAY, windows=True)] == ["ok"]


def test_optional_programs_are_noted_where_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_office", lambda: None)
    monkeypatch.setattr(doctor, "missing_tools", lambda: ["Tesseract", "vie.traineddata"])
    office, ocr = doctor.check_office(SAY), doctor.check_ocr(SAY)
    assert office.state == ocr.state == "note"
    assert "libreoffice.org" in office.remedy and "Tesseract, vie.traineddata" in ocr.message
    assert "tesseract-ocr-vie" in ocr.remedy


def test_optional_programs_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_office", lambda: "/usr/bin/soffice")
    monkeypatch.setattr(doctor, "missing_tools", list)
    assert [doctor.check_office(SAY).state, doctor.check_ocr(SAY).state] == ["ok", "ok"]
    assert "/usr/bin/soffice" in doctor.check_office(SAY).message
