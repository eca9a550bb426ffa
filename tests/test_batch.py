import json
import signal
import subprocess
import sys
import time
from datetime import date

import nbformat
import psutil
import pytest
from lxml import html
from workspaces import SUBJECTS, built_site, make_dataset, make_workspace, twins

from analysis import batch
from analysis.batch import run_reports
from analysis.dataset import read_documents, write_dataset
from analysis.errors import UsageError, in_language


def files_below(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def one_area(root, **names):
    workspace = make_workspace(root, **names)
    write_dataset(workspace.processed, make_dataset({"Thành phố Phủ Lý": SUBJECTS["Thành phố Phủ Lý"]}))
    return workspace


@pytest.fixture
def without_kernels(monkeypatch):
    """Notebooks are kept unrun; what would have been run is listed."""
    ran = []

    def keep(notebook, parameters, output, **options):
        ran.append(dict(parameters))
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(notebook.read_bytes())

    monkeypatch.setattr(batch, "execute_notebook", keep)
    return ran


def test_every_subject_has_its_page_and_a_failed_one_stops_no_other():
    workspace, result = built_site()
    assert result.pages == 5
    assert [failure.what for failure in result.failures] == ["Huyện Thạnh Phú"]
    assert "KeyError" in result.failures[0].reason and "ô 7" in result.failures[0].reason
    assert 'cchc report --area "Huyện Thạnh Phú"' in result.failures[0].remedy
    folders = {path.name for path in (workspace.site / "areas").iterdir()}
    assert len(folders) == 5
    for folder in folders:
        names = {path.name for path in (workspace.site / "areas" / folder).iterdir()}
        assert names == {"index.html", "report.ipynb", "observations.csv"}


def test_the_failed_area_keeps_its_half_run_notebook_and_says_why():
    workspace, _ = built_site()
    [folder] = (workspace.site / "areas").glob("huyen-thanh-phu-*")
    cells = nbformat.read(folder / "report.ipynb", as_version=4).cells
    assert cells[4].outputs and cells[6].outputs[0].ename == "KeyError" and not cells[7].outputs
    page = html.document_fromstring((folder / "index.html").read_text(encoding="utf-8"))
    assert page.xpath("//h1/text()") == ["Chưa lập được trang: Huyện Thạnh Phú"]
    assert 'rows["không_có_cột_này"]' in page.text_content()
    assert str(workspace.root) not in page.text_content()


def test_the_record_says_where_the_time_goes():
    workspace, result = built_site()
    record = json.loads((workspace.site / "run.json").read_text(encoding="utf-8"))
    assert record["timings"] == result.timings
    assert record["timings"]["execute"] > record["timings"]["render"] > 0
    assert sorted(page["state"] for page in record["pages"].values()) == ["done"] * 5 + ["failed"]


def test_the_same_bytes_in_any_folder_with_any_number_of_jobs(tmp_path):
    trees = []
    for folder, jobs in (("một", 1), ("folder hai", 3)):
        workspace = one_area(tmp_path / folder)
        run_reports(workspace, jobs=jobs, progress=False)
        tree = files_below(workspace.site)
        del tree["run.json"]
        trees.append(tree)
    assert trees[0] == trees[1]
    assert not [name for name in trees[0] if "/." in name or name.startswith(".")]
    assert not [name for name, content in trees[0].items() if str(tmp_path).encode() in content]


def test_restricted_to_one_area_the_other_pages_stay(tmp_path, without_kernels):
    workspace = make_workspace(tmp_path / "w")
    run_reports(workspace, progress=False)
    before = files_below(workspace.site)
    without_kernels.clear()
    result = run_reports(workspace, areas=["phu ly"], jobs=1, progress=False)
    assert [each.get("area") for each in without_kernels] == ["Thành phố Phủ Lý", None]
    assert result.pages == 2
    after = files_below(workspace.site)
    del before["run.json"], after["run.json"]
    assert after == before


def index_rows(workspace):
    page = html.document_fromstring((workspace.site / "index.html").read_text(encoding="utf-8"))
    return {
        row.xpath("string(th)"): [cell.text_content() for cell in row.xpath("td")] for row in page.xpath("//tbody/tr")
    }


def test_a_restricted_run_leaves_the_rows_of_the_other_areas(tmp_path, without_kernels):
    workspace = make_workspace(tmp_path / "w")
    run_reports(workspace, progress=False)
    before = index_rows(workspace)
    run_reports(workspace, areas=["Huyện Thạnh Phú"], period_from=date(2023, 1, 1), progress=False)
    assert index_rows(workspace) == before
    run_reports(workspace, areas=["Huyện Thạnh Phú"], progress=False)
    assert index_rows(workspace) == before


def test_out_of_range_holds_for_the_run_that_asked_for_the_range_alone(tmp_path, without_kernels):
    workspace = make_workspace(tmp_path / "w")
    run_reports(workspace, period_from=date(2023, 1, 1), progress=False)
    assert index_rows(workspace)["Thành phố Phủ Lý"][-1] == "Ngoài kỳ"
    run_reports(workspace, areas=["Huyện Thạnh Phú"], progress=False)
    rows = index_rows(workspace)
    assert rows["Thành phố Phủ Lý"][-1] == "Chưa lập" and rows["Thành phố Phủ Lý"][-3] == "4"
    assert rows["Huyện Thạnh Phú"][-1] == "Đã lập"


def test_an_area_is_named_by_the_folder_of_its_reports_too(tmp_path, without_kernels, monkeypatch):
    workspace = make_workspace(tmp_path / "w")
    documents = read_documents(workspace.processed)
    documents["path"] = documents["path"].where(documents["area"] != "Thành phố Phủ Lý", "hà nam/ho-so-7/bao-cao.txt")
    monkeypatch.setattr(batch, "read_documents", lambda processed: documents)
    run_reports(workspace, areas=["ho-so-7"], jobs=1, progress=False)
    assert [each.get("area") for each in without_kernels] == ["Thành phố Phủ Lý", None]


def test_failures_and_progress_speak_the_language_of_the_run(tmp_path, without_kernels, monkeypatch, capsys):
    def stop(folder, **options):
        raise PermissionError(13, "Permission denied", "index.html")

    monkeypatch.setattr(batch, "write_page", stop)
    workspace = one_area(tmp_path / "w")
    result = run_reports(workspace, lang="en", jobs=1)
    assert "[1/2] Thành phố Phủ Lý: failed (" in capsys.readouterr().err
    failure = result.failures[0]
    assert in_language(failure.reason, "en") == "The file index.html can't be written (Permission denied)."
    assert "Run again: cchc report" in in_language(failure.remedy, "en") and "Chạy lại" in failure.remedy
    with pytest.raises(UsageError) as caught:
        run_reports(workspace, areas=["Nowhere"], progress=False)
    assert caught.value.said.in_language("en").startswith('The tables have no area "Nowhere".')


def test_areas_of_one_name_are_run_by_their_codes(tmp_path, without_kernels):
    run_reports(make_workspace(tmp_path / "w"), areas=list(twins()), progress=False)
    assert {each.get("area") for each in without_kernels} == {*twins(), None}


def test_areas_without_figures_in_the_range_are_not_run(tmp_path, without_kernels):
    workspace = make_workspace(tmp_path / "w")
    run_reports(workspace, period_from=date(2023, 1, 1), lang="en", jobs=1, progress=False)
    assert [each.get("area") for each in without_kernels] == ["Huyện Thạnh Phú", None]
    assert without_kernels[0]["period_from"] == "2023-01-01"
    page = html.document_fromstring((workspace.site / "index.html").read_text(encoding="utf-8"))
    assert [each.text for each in page.xpath("//tbody//*[contains(@class,'state')]")].count("Out of range") == 4
    assert "cchc report --from 2023-01-01 --lang en" in page.text_content()


@pytest.mark.parametrize(
    "options, said",
    [
        ({"areas": ["Thành phố Phủ Lăy"]}, "“Thành phố Phủ Lý”"),
        ({"areas": ["Phường Tân Phú"]}, "ứng với nhiều đơn vị"),
        ({"areas": ["Tỉnh Không Có Đâu"]}, "không có đơn vị"),
        ({"lang": "fr"}, "Chọn một trong: vi, en"),
        ({"period_from": date(2024, 1, 1), "period_to": date(2023, 1, 1)}, "Kỳ số liệu ngược"),
        ({"jobs": 0}, "phải từ 1 trở lên"),
        ({"period_to": date(1990, 1, 1)}, "Không có số liệu nào trong khoảng thời gian"),
    ],
)
def test_wrong_use_stops_before_any_kernel_and_writes_nothing(tmp_path, without_kernels, options, said):
    workspace = make_workspace(tmp_path / "w")
    with pytest.raises(UsageError) as caught:
        run_reports(workspace, progress=False, **options)
    assert said in str(caught.value)
    assert not without_kernels and not workspace.site.exists()


def test_a_notebook_that_lacks_a_parameter_stops_before_any_kernel(tmp_path, without_kernels):
    workspace = make_workspace(tmp_path / "w", report="without_parameters")
    with pytest.raises(UsageError, match="không có ô nào mang nhãn"):
        run_reports(workspace, progress=False)
    assert not without_kernels


def test_a_file_held_open_is_one_clear_failure(tmp_path, without_kernels, monkeypatch):
    workspace = make_workspace(tmp_path / "w")

    def refuse(folder, **options):
        if "phu-ly" in folder.name:
            raise PermissionError(13, "Permission denied", str(folder / "index.html"))
        real(folder, **options)

    real = batch.write_page
    monkeypatch.setattr(batch, "write_page", refuse)
    result = run_reports(workspace, progress=False)
    assert result.pages == 5
    [failure] = result.failures
    assert failure.code == "file" and "index.html" in failure.reason and "Đóng tệp" in failure.remedy


def test_an_unforeseen_error_is_a_failure_of_its_area_alone(tmp_path, without_kernels, monkeypatch):
    def break_page(folder, **options):
        raise ZeroDivisionError("ngoài dự kiến")

    monkeypatch.setattr(batch, "write_page", break_page)
    result = run_reports(one_area(tmp_path / "w"), progress=False)
    assert result.pages == 0
    assert "ZeroDivisionError: ngoài dự kiến" in result.failures[0].reason
    assert "chưa lập được" in result.index.read_text(encoding="utf-8")


def test_progress_is_a_line_each_where_there_is_no_terminal(tmp_path, without_kernels, capsys):
    run_reports(one_area(tmp_path / "w"), jobs=1)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("[1/2] Thành phố Phủ Lý: xong (")
    assert lines[1].startswith("[2/2] So sánh các đơn vị: xong (")


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a process group")
def test_ctrl_c_ends_the_run_and_every_kernel(tmp_path):
    workspace = one_area(tmp_path / "w", report="hangs", comparison="hangs_too")
    code = (
        "from pathlib import Path\nfrom analysis.batch import run_reports\nfrom analysis.workspace import Workspace\n"
        f"run_reports(Workspace(Path({str(workspace.root)!r})), progress=False)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) as process:
        try:
            kernels = _wait_for_kernels(process, 2)
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            started = time.monotonic()
            _, told = process.communicate(timeout=20)
            assert time.monotonic() - started < 10
        finally:
            process.kill()
    assert b"KeyboardInterrupt" in told
    assert not [kernel for kernel in kernels if kernel.is_running() and kernel.status() != psutil.STATUS_ZOMBIE]
    assert not [path.name for path in workspace.site.rglob("*") if path.suffix in (".html", ".ipynb")]


def _wait_for_kernels(process, count):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = psutil.Process(process.pid).children(recursive=True)
        if len(children) >= count:
            return children
        time.sleep(0.1)
    raise AssertionError("no kernel started")
