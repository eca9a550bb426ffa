import pytest
from lxml import html

from analysis.pages import arrange_page

TEXT = {"table": "Bảng"}


def arrange(main: str, title: str = "Tên trang", lang: str = "vi"):
    page = (
        f"<!DOCTYPE html><html lang='{lang}'><head><title>{title}</title></head><body><div class='page'>"
        f"<nav id='contents'></nav><main id='main'>{main}</main></div></body></html>"
    )
    return html.document_fromstring(arrange_page(page, TEXT))


def headings(page):
    return [(each.tag, each.text_content()) for each in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]


def test_a_page_without_h1_gets_its_title():
    assert headings(arrange("<h2>Hồ sơ</h2>"))[0] == ("h1", "Tên trang")


def test_only_the_first_h1_stays_and_no_level_is_skipped():
    page = arrange("<h1>Một</h1><h4>Hai</h4><h1>Ba</h1><h3>Bốn</h3><h6>Năm</h6>")
    assert [tag for tag, _ in headings(page)] == ["h1", "h2", "h2", "h3", "h4"]


def test_contents_list_leads_to_every_h2_and_h3():
    page = arrange("<h1>A</h1><h2>Hồ sơ</h2><h3>Theo kênh</h3><h2>Hồ sơ</h2>")
    links = page.xpath("//nav//a/@href")
    assert links == ["#ho-so", "#theo-kenh", "#ho-so-2"]
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in links)


def test_cards_and_folded_parts_are_not_contents():
    page = arrange("<h1>A</h1><h2>B</h2><div class='card'><h3>C</h3></div><details><h3>D</h3></details>")
    assert page.xpath("//nav//a/text()") == ["B"]


def test_without_headings_there_is_no_empty_contents_list():
    assert not arrange("<p>Không có mục nào</p>").xpath("//nav")


def test_a_table_stands_in_a_named_region_that_the_keyboard_reaches():
    page = arrange("<h2>Nguồn</h2><table><tr><td>1</td></tr></table><table><tr><td>2</td></tr></table>")
    regions = page.xpath("//*[@role='region']")
    assert [region.get("aria-label") for region in regions] == ["Bảng: Nguồn", "Bảng: Nguồn (2)"]
    assert all(region.get("tabindex") == "0" and region.find("table") is not None for region in regions)


def test_a_region_made_by_the_notebook_is_kept_with_its_name():
    page = arrange("<div class='table-wrap' aria-label='Chỉ số'><table><tr><td>1</td></tr></table></div>")
    assert [region.get("aria-label") for region in page.xpath("//*[@role='region']")] == ["Chỉ số"]


def test_text_after_a_table_stays_after_it():
    page = arrange("<h2>A</h2><table><tr><td>1</td></tr></table>sau bảng")
    assert page.get_element_by_id("main").text_content().endswith("1sau bảng")


def test_heading_cells_say_what_they_head():
    page = arrange("<table><thead><tr><th></th><th>Năm</th></tr></thead><tbody><tr><th>A</th><td>1</td></tr></table>")
    assert [(each.text, each.get("scope")) for each in page.iter("th")] == [("Năm", "col"), ("A", "row")]


def test_no_id_is_given_twice():
    page = arrange("<p id='obs-1'>a</p><p id='obs-1'>b</p>")
    assert page.xpath("//p/@id") == ["obs-1"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src='https://example.org/a.png' alt='1'>",
        "<p onclick='x()'>a</p>",
        "<a href=' JavaScript:x()'>a</a>",
        "<iframe src='a.html'></iframe>",
        "<link rel='stylesheet' href='https://example.org/a.css'>",
        "<form action='https://example.org'><input></form>",
    ],
)
def test_nothing_from_a_report_runs_or_loads(hostile):
    page = html.tostring(arrange(f"<h2>A</h2>{hostile}<p>còn lại</p>"), encoding="unicode")
    assert "còn lại" in page
    for forbidden in ("<script", "onclick", "example.org", "iframe", "avaScript", "<form"):
        assert forbidden not in page


def test_links_out_for_readers_are_kept():
    assert arrange("<a href='https://example.org/bao-cao'>nguồn</a>").xpath("//a/@href") == [
        "https://example.org/bao-cao"
    ]


def test_code_is_folded_below_the_result_that_it_made():
    code = "<details class='code'><summary>Xem mã</summary><pre>{}</pre></details>"
    page = arrange(
        f"<section class='cell'>{code.format('nhập')}</section>"
        f"<section class='cell'>{code.format('tính')}<h1>Kết quả</h1></section>"
    )
    [section] = page.xpath("//section")
    assert [each.tag for each in section] == ["h1", "details"]
    assert section.xpath("./details/pre/text()") == ["nhập", "tính"]


def test_on_an_english_page_the_reports_sentences_are_marked_as_vietnamese():
    page = arrange("<table><tr><td class='sentence'>Đạt 97%.</td><td>97%</td></tr></table>", lang="en")
    assert page.xpath("//td[@lang='vi']/text()") == ["Đạt 97%."]
