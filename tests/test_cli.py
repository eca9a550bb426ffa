"""The command: its exit codes, its languages, and what it hands to those that do the work."""

from __future__ import annotations

import inspect
import json
import os
import pickle
import re
import socket
import string
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import nbformat
import pytest

from analysis import __version__
from analysis.areas import find_area_by_name
from analysis.cli import main, parse_date
from analysis.errors import DatasetError, UsageError
from analysis.lab import config_path, lab_arguments
from analysis.messages import explain, load_messages
from analysis.model import Failure
from analysis.roster import Attendance, Expected, Received
from analysis.workspace import Workspace

SCAN = Failure("a/scan.pdf", "Tệp chỉ có ảnh.", "Nhận dạng chữ trước.")
BROKEN = Failure("Quận 5", "Sổ phân tích dừng ở ô 3.", "Xem trang lỗi.")


class Work:
    """Stands in for the modules that do the work; keeps what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, Workspace, dict[str, Any]]] = []
        self.extract_failures: tuple[Failure, ...] = ()
        self.report_failures: tuple[Failure, ...] = ()
        self.error: Exception | None = None
        for module, function in (("corpus", self.extract_corpus), ("batch", self.run_reports)):
            stand_in = ModuleType(f"analysis.{module}")
            setattr(stand_in, function.__name__, function)
            monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)

    attendance: Attendance | None = None

    def extract_corpus(self, workspace: Workspace, **options: Any) -> SimpleNamespace:
        self.calls.append(("extract", workspace, options))
        return SimpleNamespace(
            documents=16, observations=1234, unresolved=567, findings=8, failures=self.extract_failures,
            attendance=self.attendance, unchanged=6,
        )  # fmt: skip

    def run_reports(self, workspace: Workspace, **options: Any) -> SimpleNamespace:
        self.calls.append(("report", workspace, options))
        if self.error:
            raise self.error
        return SimpleNamespace(pages=9, index=workspace.site / "index.html", failures=self.report_failures)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "03_area_report.ipynb").touch()
    return tmp_path


def test_extract_says_what_it_read(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", "--workspace", str(place)]) == 0
    out, err = capsys.readouterr()
    assert "16 báo cáo" in out and "1.234 số liệu" in out and "Đọc mới 10 báo cáo; 6 báo cáo" in out
    assert str(place / "data" / "processed") in out
    assert err == ""


def test_english_where_asked(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "run", "--workspace", str(place)]) == 0
    out = capsys.readouterr().out
    assert "16 reports" in out and "1,234 observations" in out and "Published 9 pages" in out
    assert work.calls[1][2]["lang"] == "en"


def test_run_extracts_then_reports_with_all_that_was_asked(work: Work, place: Path) -> None:
    arguments = ["--from", "1/1/2022", "--to", "2022-09-30", "--area", "Thành phố Phủ Lý", "--area", "Quận 5"]
    assert main(["run", *arguments, "--jobs", "3", "--site", str(place / "pages"), "--workspace", str(place)]) == 0
    (first, _, _), (second, workspace, options) = work.calls
    assert (first, second) == ("extract", "report")
    assert workspace.site == place / "pages"
    assert options["areas"] == ["Thành phố Phủ Lý", "Quận 5"]
    assert (options["period_from"], options["period_to"]) == (date(2022, 1, 1), date(2022, 9, 30))
    assert (options["jobs"], options["lang"]) == (3, "vi")


def test_report_reads_no_report_again(work: Work, place: Path) -> None:
    assert main(["report", "--workspace", str(place)]) == 0
    assert [name for name, _, _ in work.calls] == ["report"]


def test_without_notebooks_nothing_is_read(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "notebooks" / "03_area_report.ipynb").unlink()
    for command in ("run", "report"):
        assert main([command, "--workspace", str(place)]) == 2
        assert "Không có sổ phân tích nào" in capsys.readouterr().err
    assert work.calls == []


def test_failures_and_wrong_usage_in_english(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.extract_failures = (Failure("a.txt", *explain("document.empty", name="a.txt")),)
    assert main(["--lang", "en", "extract", "--workspace", str(place)]) == 1
    assert "- a.txt: The file a.txt is empty. Download or copy the file again" in capsys.readouterr().err
    work.error = pickle.loads(pickle.dumps(UsageError(*explain("run.empty_range"))))
    assert main(["--lang", "en", "report", "--workspace", str(place)]) == 2
    said = "There are no figures in the period chosen. Widen --from and --to and run again."
    assert capsys.readouterr().err == f"{said}\n"


@pytest.mark.parametrize("before", [True, False], ids=["before the command", "after it"])
def test_workspace_stands_before_or_after_the_command(work: Work, place: Path, before: bool) -> None:
    option = ["--workspace", str(place)]
    assert main([*option, "extract"] if before else ["extract", *option]) == 0
    assert work.calls[0][1].root == place


def test_the_current_folder_is_the_workspace(work: Work, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    assert main(["extract"]) == 0
    assert work.calls[0][1].raw.resolve() == (place / "data" / "raw").resolve()


def test_failures_are_each_named_and_make_exit_1(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.extract_failures, work.report_failures = (SCAN,), (BROKEN,)
    assert main(["run", "--workspace", str(place)]) == 1
    out, err = capsys.readouterr()
    assert "9 trang" in out
    for failure in (SCAN, BROKEN):
        assert f"{failure.what}: {failure.reason} {failure.remedy}" in err
    assert "2 tệp hoặc đơn vị" in err


@pytest.mark.parametrize(
    "error", [UsageError("Không có “Phủ Ly”.", "Có phải “Phủ Lý”?"), DatasetError("Chưa có bảng.")]
)
def test_what_stops_the_work_makes_exit_2(
    work: Work, place: Path, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    work.error = error
    assert main(["report", "--workspace", str(place)]) == 2
    assert str(error) in capsys.readouterr().err


def test_a_file_held_open_is_one_clear_message(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.error = PermissionError(13, "Permission denied", "observations.csv")
    assert main(["report", "--workspace", str(place)]) == 1
    err = capsys.readouterr().err
    assert "observations.csv" in err and "Đóng chương trình" in err and "Traceback" not in err


def test_stopped_by_the_user(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.error = KeyboardInterrupt()  # type: ignore[assignment]
    assert main(["report", "--workspace", str(place)]) == 130
    assert "Đã dừng" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reprot"], "Có phải bạn muốn viết “report”?"),
        (["run", "--aera", "Quận 5"], "Có phải bạn muốn viết “--area”?"),
        (["run", "--jobs", "nhiều"], "--jobs cần một số nguyên"),
        (["run", "--jobs", "0"], "--jobs cần một số nguyên"),
        (["run", "--jobs"], "--jobs"),
        (["run", "--from", "31/9/2022"], "“31/9/2022” ở --from"),
        (["run", "--to", "tháng 9"], "“tháng 9” ở --to"),
        (["run", "--from", "1/10/2022", "--to", "30/9/2022"], "từ 2022-09-30 đến 2022-10-01?"),
        (["run", "Phủ Lý"], "Tên đơn vị viết sau --area"),
        (["extract", "Phủ Lý"], "Thừa tham số: Phủ Lý.\n"),
        (["run", "--workspace", "no-such-folder"], "Không có thư mục no-such-folder"),
        (["run", "--raw", "no-such-folder"], "Không có thư mục báo cáo no-such-folder"),
        (["evaluate"], "Thiếu THƯ_MỤC"),
        (["evaluate", "no-such-folder"], "Không có thư mục no-such-folder (THƯ_MỤC)"),
        (["lab", "--port", "0"], "--port cần một số nguyên"),
        (["lab", "--port", "99999"], "từ 1 đến 65535"),
        (["lab"], "Không có sổ phân tích nào"),
        (["--lang", "fr", "run"], "chọn vi hoặc en"),
        (["run", "--lang=fr"], "chọn vi hoặc en"),
        ([], "Cách dùng: cchc"),
    ],
    ids=" ".join,
)
def test_wrong_usage_makes_exit_2_and_starts_nothing(
    work: Work,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert said in err and out == ""
    assert work.calls == []


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"cchc {__version__}\n"


COMMANDS = ["extract", "run", "report", "evaluate", "explain", "catalogue", "lab", "doctor"]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_all_in_one_language(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [command, "--help"] if command else ["--help"]
    assert main(arguments) == 0
    vietnamese = capsys.readouterr().out
    assert main([*arguments, "--lang", "en"] if command else ["--lang", "en", *arguments]) == 0
    english = capsys.readouterr().out
    assert not re.search(r"\b(Usage|Options|Show|exit|Arguments|Commands|default|required)\b", vietnamese)
    assert "--lang" in vietnamese and not re.search("[ăâđêôơưạảấầếềộờụừ]", english.replace("Thành phố Phủ Lý", ""))


def test_evaluate_shows_the_evaluation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = ModuleType("analysis.evaluate")
    module.evaluate = lambda folder: SimpleNamespace(  # type: ignore[attr-defined]
        format=lambda lang, errors: f"{folder.name} {lang} {errors}"
    )
    monkeypatch.setitem(sys.modules, "analysis.evaluate", module)
    assert main(["evaluate", str(tmp_path), "--errors", "--lang", "en"]) == 0
    assert capsys.readouterr().out == f"{tmp_path.name} en True\n"


def test_those_that_do_the_work_take_what_they_are_given() -> None:
    from analysis.batch import run_reports
    from analysis.corpus import extract_corpus
    from analysis.evaluate import evaluate

    place = Workspace(Path())
    inspect.signature(extract_corpus).bind(place, progress=False)
    inspect.signature(run_reports).bind(
        place, areas=[], period_from=None, period_to=None, lang="vi", jobs=None, progress=False
    )
    inspect.signature(evaluate).bind(Path())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-09-30", date(2022, 9, 30)),
        ("30/9/2022", date(2022, 9, 30)),
        ("05-06-2023", date(2023, 6, 5)),
        (" 1.2.2024 ", date(2024, 2, 1)),
        ("29/2/2023", None),
        ("9/2022", None),
        ("20220930", None),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert parse_date(text) == day


def test_messages_say_the_same_in_both_languages() -> None:
    for key, entry in load_messages().items():
        assert set(entry) == {"vi", "en"}, key
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in entry.values()]
        assert fields[0] == fields[1], key


def test_help_comes_at_once_and_output_is_utf8_everywhere() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": ""}
    seconds = []
    for _ in range(3):
        before = os.times()
        done = subprocess.run([sys.executable, "-m", "analysis.cli", "--help"], env=environment, capture_output=True)
        after = os.times()
        seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert done.returncode == 0 and "Cách dùng" in done.stdout.decode("utf-8")
    assert min(seconds) < 0.5  # of the processor, which other work on the machine doesn't lengthen much
    loaded = "import sys, analysis.cli; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, encoding="utf-8").stdout.split()
    assert not {"pandas", "pydantic", "matplotlib", "jupyterlab"} & set(modules)


def test_lab_opens_the_first_notebook_where_there_is_one(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    assert not any("default_url" in argument for argument in lab_arguments(place))
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_explore.ipynb").touch()
    assert "--LabApp.default_url=/lab/tree/notebooks/01_explore.ipynb" in lab_arguments(place)


def test_lab_keeps_settings_that_the_environment_brings() -> None:
    folders = config_path(Path("t"), "vi", "own").split(os.pathsep)
    assert [Path(folder).name for folder in folders] == ["vi", "offline", "own"]
    assert [Path(folder).name for folder in config_path(Path("t"), "en").split(os.pathsep)] == ["offline"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _fetch(url: str, patience: float = 40) -> str:
    """The page at an address of this machine, as soon as something answers there."""
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode("utf-8")
        except (urllib.error.URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.mark.slow
def test_lab_starts_in_vietnamese_and_asks_the_network_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "notebooks" / "01_explore.ipynb")
    port = _free_port()
    command = [sys.executable, "-m", "analysis.cli", "lab", "--no-browser", "--port", str(port)]
    environment = {**os.environ, "JUPYTER_TOKEN": "test", "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    log = (tmp_path / "log").open("w", encoding="utf-8")
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/lab"
        page = _fetch(f"{address}?token=test")
        config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
        settings = {
            name: json.loads(_fetch(f"{address}/api/settings/{name}?token=test"))["schema"]["properties"]
            for name in ("@jupyterlab/translation-extension:plugin", "@jupyterlab/apputils-extension:notification")
        }
        packs = json.loads(_fetch(f"{address}/api/translations?token=test"))["data"]
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()
    assert config["news"] == {"disabled": True}
    assert config["extensionManager"]["name"] == "read-only"
    assert Path(config["serverRoot"]).resolve() == tmp_path.resolve()
    assert settings["@jupyterlab/translation-extension:plugin"]["locale"]["default"] == "vi_VN"
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert (notification["checkForUpdates"]["default"], notification["fetchNews"]["default"]) == (False, "false")
    assert "vi_VN" in packs


def test_extract_names_who_has_not_reported(work: Work, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (area,) = find_area_by_name("Thị xã Duy Tiên")
    missing = tuple(Expected(area, None, f"Quý {n}", n) for n in range(1, 13))
    work.attendance = Attendance(20, missing, (Received("le", "Phường Lê", "", None),))
    assert main(["extract", "--workspace", str(place)]) == 0
    told = capsys.readouterr().out
    assert "Chưa có báo cáo: 12/20 theo data/roster.csv.\n- Thị xã Duy Tiên (Quý 1)\n" in told
    assert told.count("Duy Tiên") == 10 and "… và 2 mục khác" in told
    assert "Báo cáo ngoài danh sách: 1.\n- Phường Lê: le\n" in told
