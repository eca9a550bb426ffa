"""The published pages as a reader meets them: opened from disk, without network, in Chromium."""

import re
import shutil
from pathlib import Path

import pytest
from workspaces import built_site

playwright = pytest.importorskip("playwright.sync_api", reason="PAGES NOT CHECKED: playwright isn't installed")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="PAGES NOT CHECKED: no Chromium on this machine"),
]
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
PAGES = ("index", "thanh-pho-phu-ly", "huyen-thanh-phu", "comparison")
FOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e);
  return {tag: e.tagName, text: (e.innerText || e.id || e.getAttribute('aria-label') || '').trim(),
          visible: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2}; }"""


def address(name: str) -> Path:
    site = built_site()[0].site
    if name == "index":
        return site / "index.html"
    return site / "comparison" / "index.html" if name == "comparison" else next(site.glob(f"areas/{name}-*/index.html"))


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        yield running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def visit(browser):
    """Open a page offline; `page.asked` lists what it asked of anyone, `page.said` what the console said."""
    contexts = []

    def go(name, width=1280, javascript=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, java_script_enabled=javascript, bypass_csp=False
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(address(name).as_uri())
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_request_leaves_the_page_and_the_console_is_silent(visit, name):
    page = visit(name)
    assert [url for url in page.asked if not url.startswith("data:")] == [address(name).as_uri()]
    assert page.said == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_named_that_would_be_loaded(name):
    text = address(name).read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|srcset|data)\s*=\s*["']?(?:https?:)?//""", text)
    assert not re.findall(r"@import|url\(\s*[\"']?(?!data:)|<link\b", text)


@pytest.mark.parametrize("name", PAGES)
def test_language_title_and_headings(visit, name):
    page = visit(name)
    assert page.evaluate("document.documentElement.lang") == "vi"
    assert page.title()
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_picture_s_text_states_a_number(visit):
    alternatives = visit("thanh-pho-phu-ly").evaluate("[...document.images].map(i => i.alt)")
    assert alternatives and all(re.search(r"\d", text) for text in alternatives)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(visit, name):
    links = visit(name).evaluate("[...document.links].map(a => a.getAttribute('href'))")
    ids = set(visit(name).evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
    assert links
    for link in links:
        assert link[1:] in ids if link.startswith("#") else (address(name).parent / link).is_file(), link


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, name, width):
    page = visit(name, width)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)["violations"]
    assert [(each["id"], each["impact"], each["nodes"][0]["html"][:120]) for each in found] == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_no_sideways_scroll_at_any_width(visit, name, width):
    page = visit(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_wide_tables_scroll_in_a_region_that_the_keyboard_reaches(visit):
    page = visit("thanh-pho-phu-ly", 320)
    region = page.locator("[role=region]").first
    assert region.evaluate("r => r.scrollWidth > r.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    assert settles(page, lambda: region.evaluate("r => r.scrollLeft") > 0)


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit, name):
    page = visit(name)
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href],button,input,select,summary,[tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility()).length"
    )
    page.keyboard.press("Tab")
    first = page.evaluate(FOCUSED)
    assert first["text"] == "Đến nội dung chính"
    reached = [first]
    for _ in range(wanted - 1):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    assert all(each["tag"] != "BODY" and each["visible"] for each in reached), reached


def test_the_skip_link_leads_past_the_navigation(visit):
    page = visit("thanh-pho-phu-ly")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_number_leads_to_its_sentence(visit):
    page = visit("thanh-pho-phu-ly")
    page.locator(".card a").first.click()
    row = page.locator("tr:target")
    assert "Tiếp nhận <4.545> hồ sơ & giải quyết." in row.inner_text()


def settles(page, condition):
    """Whether a condition comes true within two seconds (the pages' security policy forbids waiting inside them)."""
    return any(condition() or page.wait_for_timeout(50) for _ in range(40))


def shown(page):
    return page.locator("tbody tr:visible th").all_inner_texts()


@pytest.mark.parametrize("typed", ["phu ly", "PHỦ LÝ", "phủ lý", "ha nam"])
def test_search_takes_names_with_and_without_tone_marks(visit, typed):
    page = visit("index")
    page.get_by_label("Tìm đơn vị").fill(typed)
    assert shown(page) == ["Thành phố Phủ Lý"]
    assert page.get_by_role("status").inner_text() == "Đang hiện 1 trên 5 đơn vị"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cau", ["Phường Cầu Tre"]),
        ("ý", []),
        ("phủ", ["Thành phố Phủ Lý"]),
        ("thạnh", ["Huyện Thạnh Phú"]),
        ("uye", []),
    ],
)
def test_search_compares_the_beginnings_of_words_and_the_marks_that_are_typed(visit, typed, found):
    page = visit("index")
    page.get_by_label("Tìm đơn vị").fill(typed)
    assert shown(page) == found


def test_search_says_when_nothing_matches_and_can_be_cleared(visit):
    page = visit("index")
    page.get_by_label("Tìm đơn vị").fill("xyz")
    assert shown(page) == [] and "Không có đơn vị nào khớp" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Bỏ lọc").click()
    assert settles(page, lambda: len(shown(page)) == 5)


@pytest.mark.parametrize(
    "filter_, value, names",
    [
        ("Tỉnh, thành phố", "Hải Phòng", ["Phường Cầu Tre"]),
        ("Cấp", "Cấp huyện", ["Huyện Thạnh Phú", "Thành phố Phủ Lý"]),
        ("Tình trạng", "Lỗi", ["Huyện Thạnh Phú"]),
    ],
)
def test_filters_narrow_the_list(visit, filter_, value, names):
    page = visit("index")
    page.locator("#finder").get_by_label(filter_, exact=True).select_option(label=value)
    assert sorted(shown(page)) == names


def test_headers_sort_both_ways(visit):
    page = visit("index")
    head = page.get_by_role("columnheader", name="Đơn vị")
    page.get_by_role("button", name="Đơn vị", exact=True).click()
    up = shown(page)
    assert head.get_attribute("aria-sort") == "ascending" and up == sorted(up)
    page.get_by_role("button", name="Đơn vị", exact=True).click()
    assert head.get_attribute("aria-sort") == "descending" and shown(page) == up[::-1]


def test_without_scripts_the_index_still_lists_and_links(visit):
    page = visit("index", javascript=False)
    assert page.locator("tbody tr").count() == 5
    assert not page.locator("#finder").is_visible()
    page.get_by_role("link", name="Thành phố Phủ Lý").click()
    assert page.locator("h1").inner_text() == "Cải cách hành chính: Thành phố Phủ Lý"


def test_print_hides_what_paper_can_t_use(visit):
    page = visit("thanh-pho-phu-ly")
    page.emulate_media(media="print")
    for selector in (".skip", ".contents", "details.code", ".home"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator("figure").first.evaluate("f => getComputedStyle(f).breakInside") == "avoid"
    assert page.locator("thead").first.evaluate("t => getComputedStyle(t).display") == "table-header-group"


def test_sizes(visit):
    page = visit("thanh-pho-phu-ly")
    pictures = page.evaluate("[...document.images].reduce((sum, i) => sum + i.src.length, 0)")
    assert address("thanh-pho-phu-ly").stat().st_size - pictures < 30_000
