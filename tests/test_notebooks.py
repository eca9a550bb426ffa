"""The notebooks: the contract that keeps them readable, and what they show when run."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from lxml import html
from made_tables import made_tables

from analysis.charts import Chart
from analysis.dataset import Dataset, write_dataset
from analysis.display import fragments
from analysis.display.fragments import csv_link
from analysis.display.sources import mark_sentences, rerun_command
from analysis.explore import Explorer
from analysis.report import Tables, select_area

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
OURS = ["01_explore", "03_area_report", "04_area_comparison"]
CITY = "Thành phố Trung tâm Sơn Hà Thượng Nguyên"


def notebook(name: str):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code_cells(name: str) -> list:
    return [cell for cell in notebook(name).cells if cell.cell_type == "code"]


# --- the contract ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_notebook_keeps_the_contract(path):
    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    cells = [cell for cell in content.cells if cell.cell_type == "code"]
    assert content.metadata.kernelspec.name == "python3"
    assert all(not cell.outputs and cell.execution_count is None for cell in cells), "outputs are stripped"
    assert content.cells[0].source.startswith("# ") and "**Câu hỏi:**" in content.cells[0].source
    parameters, imports, *rest = cells
    assert [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])] == [parameters]
    for line in parameters.source.splitlines():
        assert re.fullmatch(r"\w+: \w+ = .+  # .+", line), f"a type hint and a comment: {line}"
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(imports.source).body)
    assert 0 < len(rest) <= 12
    for cell in rest:
        assert len(cell.source.splitlines()) <= 8
        banned = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.Import, ast.ImportFrom, ast.Div, ast.For, ast.If)
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, banned)], cell.source
        assert not re.search(r"\bre\.|Path\(|os\.", cell.source)
    assert "show_findings(" in rest[-1].source and "show_sources(" in rest[-1].source, "last: sources and findings"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_file_says_nothing_of_a_machine(path):
    text = path.read_text(encoding="utf-8")
    assert "\\u1e" not in text, "letters, not escapes"
    assert not re.search(r"/home/|/tmp/|/root|[A-Z]:\\\\", text)
    assert set(json.loads(text)["metadata"]) <= {"kernelspec", "language_info", "title"}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("01_explore", ["processed", "lang"]),
        ("03_area_report", ["area", "period_from", "period_to", "lang", "processed"]),
        ("04_area_comparison", ["processed", "lang", "period_from", "period_to", "level"]),
    ],
)
def test_parameters_are_those_agreed(name, parameters):
    declared = ast.parse(code_cells(name)[0].source).body
    assert [node.target.id for node in declared] == parameters
    assert {node.annotation.id for node in declared} == {"str"}


# --- what they show ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def processed(tmp_path_factory) -> Path:
    """The made-up tables as files, one figure with a sentence that tries to be HTML."""
    tables, folder = made_tables(), tmp_path_factory.mktemp("workspace") / "data" / "processed"
    frame = tables.observations
    first = frame["document_id"] == "son-2022"
    frame.loc[first, "sentence"] = frame.loc[first, "sentence"] + " <script>alert(1)</script>"
    write_dataset(folder, Dataset(frame, tables.unresolved, tables.findings, tables.documents, {}))
    return folder


class Shown:
    """What a notebook displayed, in order."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.images: list[dict] = []

    def __call__(self, shown, metadata=None, raw=False) -> None:
        if raw:
            self.images.append(metadata["image/png"])
        else:
            self.pieces.append(shown.data)

    @property
    def page(self):
        return html.fromstring(f"<main>{''.join(self.pieces)}</main>")


def run(name: str, monkeypatch, **parameters: str) -> Shown:
    """The notebook's cells in this process, with parameters as papermill would inject them."""
    shown = Shown()
    monkeypatch.setattr(fragments, "display", shown)
    space: dict = {}
    for at, cell in enumerate(code_cells(name)):
        exec(compile(cell.source, name, "exec"), space)
        if at == 0:
            assert set(parameters) <= set(space)
            space |= parameters
    return shown


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("03_area_report", {"area": CITY}),
        ("03_area_report", {"area": "Phường Hoa Sen"}),
        ("03_area_report", {"area": "vn63:c:90022"}),
        ("04_area_comparison", {}),
        ("04_area_comparison", {"level": "province"}),
    ],
)
def test_a_page_is_whole(name, given, lang, processed, monkeypatch):
    shown = run(name, monkeypatch, processed=str(processed), lang=lang, **given)
    page = shown.page
    assert len(page.xpath("//h1")) == 1
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3")]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    targets = {link.get("href")[1:] for link in page.xpath("//a[starts-with(@href, '#')]")}
    assert targets <= set(page.xpath("//@id")), "every number leads to its sentence"
    assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))
    assert not page.xpath("//script"), "text from reports is escaped"
    assert not re.search(r"https?://|\bnan\b|NaT|None", page.text_content())
    assert all(any(letter.isdigit() for letter in image["alt"]) for image in shown.images)
    assert len(page.xpath("//details[@class='chart-data']//table")) == len(shown.images)
    assert len(page.xpath("//a[@download]")) == len(shown.images), "a download beside each chart"
    vietnamese = "Thông tin về trang này" in page.text_content()
    assert vietnamese == (lang == "vi")


def test_the_area_report_has_every_section_in_order(processed, monkeypatch):
    page = run("03_area_report", monkeypatch, processed=str(processed), area=CITY).page
    assert [heading.get("id") for heading in page.xpath("//h2")] == [
        "headlines", "summary", "states", "channels", "shares", "scores", "ranks", "missing", "observations",
        "findings", "sources", "stamp",
    ]  # fmt: skip
    assert page.xpath("//h1")[0].text == f"Cải cách hành chính: {CITY}"
    assert len(page.xpath("//li[@class='card']//a[@class='card-value']")) == 8
    assert "cchc report --area" in page.text_content()
    assert len(page.xpath("//h2[@id='sources']/following::code")) >= 4, "a SHA-256 for each document"


def test_sections_without_figures_are_left_out_and_said(processed, monkeypatch):
    page = run("03_area_report", monkeypatch, processed=str(processed), area="Phường Hoa Sen").page
    assert not page.xpath("//h2[@id='scores']")
    assert "Không đủ số liệu để vẽ: điểm chỉ số; xếp hạng." in page.text_content()


def test_every_figure_has_its_sentence_with_the_number_marked(processed, monkeypatch):
    page = run("03_area_report", monkeypatch, processed=str(processed), area=CITY).page
    rows = page.xpath("//tr[starts-with(@id, 'obs-')]")
    assert len(rows) == len(select_area(made_tables(), CITY).observations)
    for row in rows:
        assert len(row.xpath(".//mark")) == 1
        assert row.xpath(".//mark")[0].text in row.xpath(".//td[@class='sentence']")[0].text_content()
    assert "<script>" in page.text_content(), "shown as text"


def test_results_targets_and_changes_are_told_apart(processed, monkeypatch):
    page = run("03_area_report", monkeypatch, processed=str(processed), area=CITY).page
    natures = {row.xpath("td")[2].text for row in page.xpath("//tr[starts-with(@id, 'obs-')]")}
    assert natures == {"Kết quả", "Chỉ tiêu, kế hoạch", "Mức tăng"}


def test_the_comparison_with_nothing_to_compare_says_so(processed, monkeypatch):
    shown = run("04_area_comparison", monkeypatch, processed=str(processed), level="province")
    assert not shown.images and "chưa thể so sánh" in shown.page.text_content()


def test_a_repeated_number_is_marked_where_it_stands():
    tables = made_tables()
    frame = tables.observations.iloc[:3].copy()
    sentence = "Tiếp nhận 15 hồ sơ, giải quyết 15 hồ sơ, trễ 5 hồ sơ."
    frame["sentence"], frame["document_id"] = sentence, "một"
    frame["quote"] = ["15", "15", "5"]
    frame["start"] = [110, 131, 145]
    assert sentence.index("15") == 10 and sentence.index("15", 11) == 31 and sentence.index("trễ 5") + 4 == 45
    marked = [re.sub(r"</?mark>", "|", text) for text in mark_sentences(frame).values()]
    assert marked == [
        "Tiếp nhận |15| hồ sơ, giải quyết 15 hồ sơ, trễ 5 hồ sơ.",
        "Tiếp nhận 15 hồ sơ, giải quyết |15| hồ sơ, trễ 5 hồ sơ.",
        "Tiếp nhận 15 hồ sơ, giải quyết 15 hồ sơ, trễ |5| hồ sơ.",
    ]


def test_the_download_opens_rightly_in_excel():
    report = select_area(made_tables(), CITY)
    chart = _first_chart(report)
    data = chart.data.assign(label=["=1+1", *chart.data["label"][1:]], value=[0.5, *chart.data["value"][1:]])
    vietnamese, english = csv_link(data, "vi"), csv_link(data, "en")
    assert vietnamese.startswith("data:text/csv;charset=utf-8,%EF%BB%BF")
    assert "%27%3D1%2B1%3B" in vietnamese and "%3B0%2C5%3B" in vietnamese
    assert "%2C0.5%2C" in english and "%2C12710%2C" in english


def _first_chart(report) -> Chart:
    from analysis.charts import chart_states

    return chart_states(report)[0]


def test_the_command_to_rerun_quotes_the_name():
    given = {"area": "Xã A", "period_from": "", "period_to": "2022-12-31", "lang": "vi"}
    assert rerun_command(given) == 'cchc report --area "Xã A" --to 2022-12-31'


# --- exploring ---------------------------------------------------------------------------------------------------


@pytest.fixture
def explorer() -> Explorer:
    return Explorer(made_tables())


def test_exploring_offers_what_the_area_has(explorer):
    assert len(explorer.selection()) == len(made_tables().observations)
    explorer.area.value = "vn63:c:90001"
    assert len(explorer.selection()) == 6
    assert "satisfaction.share" not in [value for _, value in explorer.indicator.options]
    explorer.indicator.value = "dossiers.received"
    assert [value for _, value in explorer.period.options] == ["", "6 tháng đầu năm 2022"]
    assert "<mark>1.234</mark>" in explorer.view.value


def test_a_choice_that_is_no_longer_offered_is_given_up(explorer):
    explorer.indicator.value = "satisfaction.share"
    explorer.area.value = "vn63:c:90001"
    assert explorer.indicator.value == "" and len(explorer.selection()) == 6


def test_exploring_draws_one_area_over_time_or_areas_side_by_side(explorer):
    assert explorer.charts() == []
    explorer.indicator.value = "dossiers.received"
    assert list(explorer.charts()[0].data["label"]) == ["Xã Hoa Mai", "Phường Hoa Sen", "Phường Hoa Cúc"]
    explorer.area.value = "vn63:d:90010"
    assert list(explorer.charts()[0].data["period"]) == ["năm 2019", "năm 2020", "năm 2021", "năm 2022"]
    assert 'src="data:image/png;base64,' in explorer.view.value


def test_exploring_an_empty_table(processed):
    tables = made_tables()
    empty = Tables(tables.observations.iloc[:0], tables.findings, tables.documents, tables.unresolved)
    assert "Không có số liệu nào" in Explorer(empty).view.value
