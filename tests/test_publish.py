import pickle
import sys
from pathlib import Path

import nbformat
import pytest
from lxml import html
from workspaces import NOTEBOOKS, make_dataset

from analysis.dataset import write_dataset
from analysis.errors import NotebookError
from analysis.publish import Download, execute_notebook, find_stop, render_page, texts, write_text


def run(name, tmp_path, **parameters):
    """The kept notebook, and the error where it stopped."""
    kept, caught = tmp_path / "ket-qua" / f"{name}.ipynb", None
    try:
        execute_notebook(NOTEBOOKS / f"{name}.ipynb", parameters, kept, workspace=tmp_path, timeout=30)
    except NotebookError as error:
        caught = error
    return kept, caught


def test_a_notebook_becomes_a_page(tmp_path):
    processed = tmp_path / "data" / "processed"
    write_dataset(processed, make_dataset())
    kept, error = run("area_report", tmp_path, area="Thành phố Phủ Lý", processed=str(processed))
    assert error is None
    files = (Download("observations.csv", "Số liệu"), Download("report.ipynb", "Notebook"))
    text = render_page(kept, lang="vi", title="Thành phố Phủ Lý", home="../../index.html", downloads=files)
    page = html.document_fromstring(text)
    assert page.get("lang") == "vi"
    assert page.findtext(".//title") == "Thành phố Phủ Lý"
    assert page.xpath("//h1/text()") == ["Cải cách hành chính: Thành phố Phủ Lý"]
    assert page.xpath("//figure/img/@alt") == ["Biểu đồ thanh: cao nhất là 4545"]
    assert page.xpath("//figure/figcaption/text()") == ["Nguồn: báo cáo của đơn vị"]
    assert {"observations.csv", "report.ipynb", "../../index.html"} <= set(page.xpath("//a/@href"))
    targets = {f"#{name}" for name in page.xpath("//@id")}
    assert {link for link in page.xpath("//a/@href") if link.startswith("#")} <= targets
    assert "Notebook nhỏ để thử" not in text
    assert "script-src" not in text and "default-src 'none'" in text
    assert len(text) - sum(len(src) for src in page.xpath("//img/@src")) < 30_000


def test_the_same_input_gives_the_same_bytes_in_other_folders(tmp_path):
    kept = []
    for name in ("một", "hai{ngoac}"):
        folder = tmp_path / name
        folder.mkdir()
        path, error = run("machine", folder, area='Huyện "Ứng Hoà"', processed=str(folder / "data" / "processed"))
        assert error is None
        kept.append(path.read_bytes())
    assert kept[0] == kept[1]


def test_a_kept_notebook_shows_no_trace_of_the_machine(tmp_path):
    path, _ = run("machine", tmp_path, area="A", processed=str(tmp_path / "data" / "processed"))
    text = path.read_text(encoding="utf-8")
    for trace in (
        str(tmp_path),
        sys.prefix,
        str(Path.home()),
        "ipykernel_",
        "start_time",
        "papermill",
        "without encryp",
    ):
        assert trace not in text
    content = nbformat.read(path, as_version=4)
    assert 'processed = "data/processed"' in content.cells[1].source
    assert content.cells[-1].outputs[0].data["text/plain"].endswith("'python/bin/python')") or sys.platform == "win32"
    nbformat.validate(content)


def test_parameters_are_data_whatever_they_hold(tmp_path):
    name = "Xã \"A\"\n'''; raise SystemExit('bị chiếm') #{x}\\"
    path, error = run("machine", tmp_path, area=name)
    assert error is None
    namespace = {}
    exec(nbformat.read(path, as_version=4).cells[1].source, namespace)
    assert namespace["area"] == name


def test_a_cell_that_raises_is_named_and_the_half_run_notebook_kept(tmp_path):
    path, error = run("raises", tmp_path, area="Huyện Ứng Hoà")
    assert error.message == "raises.ipynb dừng ở ô 4: ValueError: không chia được cho không: Huyện Ứng Hoà"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    content = nbformat.read(path, as_version=4)
    assert content.cells[2].outputs[0].text == "đã qua bước một\n"
    assert content.cells[4].execution_count is None
    stop = find_stop(content)
    assert (stop.cell, stop.error) == (4, "ValueError")
    assert "\x1b" not in stop.traceback


def test_a_kernel_that_dies_is_told_from_a_cell_that_raises(tmp_path):
    path, error = run("dies", tmp_path)
    assert "tiến trình tính toán bị ngắt" in error.message
    assert "trước khi ngắt" in path.read_text(encoding="utf-8")


def test_a_cell_that_hangs_is_stopped(tmp_path):
    with pytest.raises(NotebookError, match="quá thời hạn"):
        execute_notebook(NOTEBOOKS / "hangs.ipynb", {}, tmp_path / "hangs.ipynb", timeout=1)
    assert (tmp_path / "hangs.ipynb").is_file()


def test_a_chart_without_a_message_is_an_error(tmp_path):
    path, error = run("chart_without_alt", tmp_path)
    assert error is None
    with pytest.raises(NotebookError, match="ô 3 .*không có lời mô tả"):
        render_page(path)


def test_what_a_notebook_shows_of_other_people_s_text_is_harmless(tmp_path):
    path, _ = run("hostile", tmp_path)
    page = html.document_fromstring(render_page(path, title="Trang"))
    assert len(page.xpath("//h1")) == 1
    assert not page.xpath("//script | //@onclick | //@onerror | //main//img/@src")


def test_interface_texts_are_the_same_set_in_both_languages():
    assert _shape(texts("vi")) == _shape(texts("en"))


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "trang.html"
    write_text(path, "cũ")
    monkeypatch.setattr("os.replace", _refuse)
    with pytest.raises(PermissionError):
        write_text(path, "mới")
    assert [each.name for each in tmp_path.iterdir()] == ["trang.html"]
    assert path.read_text(encoding="utf-8") == "cũ"


def _refuse(source, target):
    raise PermissionError(13, "đang mở", str(target))


def _shape(node):
    if isinstance(node, dict):
        return {key: _shape(value) for key, value in node.items()}
    return len(node) if isinstance(node, list) else type(node)
