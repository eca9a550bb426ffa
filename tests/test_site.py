import csv
import json
from datetime import date

import pytest
from lxml import html
from workspaces import PEER, SUBJECTS, make_dataset, twins

from analysis.dataset import write_dataset
from analysis.model import Area
from analysis.publish import Stop
from analysis.site import copy_data, list_areas, remove_stale, write_area_data, write_failed_page, write_index


@pytest.fixture(scope="module")
def data():
    return make_dataset()


@pytest.fixture(scope="module")
def entries(data):
    return list_areas(data.observations, data.findings, data.documents)


@pytest.fixture
def site(tmp_path, data, entries):
    write_dataset(tmp_path / "processed", data)
    copy_data(tmp_path / "processed", tmp_path / "site")
    for entry in entries[:2]:
        write_area_data(tmp_path / "processed", tmp_path / "site" / "areas" / entry.slug / "index.html", [])
    return tmp_path / "site"


def index_page(site, entries, lang="vi", **options):
    states = {entries[0].slug: "done", entries[1].slug: "failed"}
    path = write_index(site, entries, states, lang=lang, command="cchc report", documents=5, **options)
    return html.document_fromstring(path.read_text(encoding="utf-8"))


def test_an_area_that_is_only_mentioned_gets_no_page(entries):
    names = {entry.area.name for entry in entries}
    assert set(SUBJECTS) <= names and PEER not in names


def test_entries_count_what_the_page_shows(entries):
    entry = next(each for each in entries if each.area.name == "Thành phố Phủ Lý")
    assert (entry.reports, entry.observations, entry.findings) == (1, 4, 1)
    assert (entry.period_start, entry.period_end) == (date(2022, 1, 1), date(2022, 9, 30))


def test_areas_of_one_name_are_told_apart_everywhere(entries):
    pair = [entry for entry in entries if entry.area.name == "Phường Tân Phú"]
    assert {entry.key for entry in pair} == set(twins())
    assert len({entry.slug for entry in pair}) == len({entry.label for entry in pair}) == 2
    assert all(entry.key == entry.area.name for entry in entries if entry not in pair)


def test_outside_the_range_an_area_is_listed_as_empty(data):
    found = list_areas(data.observations, data.findings, data.documents, period_from=date(2023, 1, 1))
    assert {entry.area.name: entry.observations > 0 for entry in found}["Huyện Thạnh Phú"]
    assert sum(entry.observations > 0 for entry in found) == 1
    assert len(found) == 5


def test_an_area_s_csv_holds_its_rows_as_the_table_has_them(tmp_path, data):
    write_dataset(tmp_path, data)
    area_id = twins()[0]
    write_area_data(tmp_path, tmp_path / "own.csv", [Area(area_id, "Phường Tân Phú", "commune")])
    whole = (tmp_path / "observations.csv").read_text(encoding="utf-8").splitlines()
    own = (tmp_path / "own.csv").read_text(encoding="utf-8").splitlines()
    assert own == [whole[0], *(line for line in whole if area_id in line)]
    assert len(own) == 5


def test_the_index_names_every_area_with_its_state(site, entries):
    page = index_page(site, entries)
    rows = page.xpath("//tbody/tr")
    assert [row.findtext(".//a") or row.findtext("th") for row in rows] == [entry.area.name for entry in entries]
    assert rows[0].xpath("string(.//*[contains(@class,'state')])") == "Đã lập"
    assert rows[1].xpath("string(.//*[contains(@class,'state')])") == "Lỗi"
    assert rows[2].xpath("string(.//*[contains(@class,'state')])") == "Chưa lập"
    assert page.xpath("//tbody//a/@href") == [f"areas/{entry.slug}/index.html" for entry in entries[:2]]


@pytest.mark.parametrize("lang, word", [("vi", "Tỉnh, thành phố"), ("en", "Province")])
def test_the_index_speaks_both_languages(site, entries, lang, word):
    page = index_page(site, entries, lang)
    assert page.get("lang") == lang
    assert word in page.xpath("//thead//th/text()")
    assert "built-in" not in page.text_content()


def test_the_index_is_whole_without_its_script(site, entries):
    page = index_page(site, entries)
    assert page.get_element_by_id("finder").get("hidden") is not None
    assert not page.xpath("//thead//button")
    assert len(page.xpath("//tbody/tr[not(@hidden)]")) == len(entries)


def test_a_failed_comparison_is_said_on_the_index(site, entries):
    assert "chưa lập được" in index_page(site, entries, comparison_failed=True).xpath("string(//*[@class='doors'])")


def test_the_data_description_names_the_files_that_are_there(site):
    package = json.loads((site / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert {each["path"] for each in package["resources"]} == {"observations.csv", "findings.csv"}
    with (site / "data" / "observations.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 21


def test_pages_of_areas_that_are_gone_are_removed_but_no_other_file(site, entries):
    folder = site / "areas" / entries[0].slug
    (folder / "ghi-chu.txt").write_text("của người dùng", encoding="utf-8")
    assert remove_stale(site, entries[2:]) == sorted(entry.slug for entry in entries[:2])
    assert [path.name for path in folder.iterdir()] == ["ghi-chu.txt"]
    assert not (site / "areas" / entries[1].slug).exists()


def test_a_failed_page_says_why_where_and_what_to_do(tmp_path):
    stop = Stop(4, "x = <y>", "ValueError", "hỏng", "dòng 1")
    write_failed_page(
        tmp_path, what="Xã A & B", reason="Ô 4: hỏng <b>", stop=stop, command='cchc report --area "Xã A & B"',
        lang="vi", home="../../index.html",
    )  # fmt: skip
    page = html.document_fromstring((tmp_path / "index.html").read_text(encoding="utf-8"))
    text = page.text_content()
    for said in ("Xã A & B", "Ô 4: hỏng <b>", "x = <y>", 'cchc report --area "Xã A & B"', "Ô số 4"):
        assert said in text
