"""The same document received twice, and one that takes the place of another."""

from dataclasses import replace
from datetime import date

import pytest
from rows import AREA, PERIOD, observation

from analysis.duplicates import find_kinships, likeness, take_fingerprint
from analysis.model import Area, Document, Extraction, Period

FORM = """UBND PHƯỜNG THỬ NGHIỆM
Số: {number}/BC-UBND
BÁO CÁO
Công tác cải cách hành chính quý {quarter}

Thực hiện kế hoạch của thành phố, Ủy ban nhân dân phường báo cáo kết quả như sau.
I. Công tác chỉ đạo, điều hành. Phường đã ban hành {a} văn bản chỉ đạo, điều hành công tác cải cách hành chính.
Công tác tuyên truyền được quan tâm; phường đã thực hiện {b} tin bài trên hệ thống loa truyền thanh.
II. Kết quả. Bộ phận một cửa tiếp nhận {c} hồ sơ; đã giải quyết {d} hồ sơ; trực tuyến {e} hồ sơ.
III. Đánh giá chung. Công tác cải cách hành chính có chuyển biến; thủ tục được niêm yết công khai đầy đủ.
IV. Phương hướng. Tiếp tục thực hiện kế hoạch; nâng cao chất lượng phục vụ người dân và doanh nghiệp.
"""
FIRST = {"a": 12, "b": 30, "c": 1545, "d": 1490, "e": 1203}
AMENDED = FIRST | {"c": 1554}
SECOND = {"a": 15, "b": 41, "c": 2310, "d": 2255, "e": 1987}
INDICATORS = ("documents.issued", "outreach.news", "dossiers.received", "dossiers.resolved", "dossiers.online")


def report(ident, values=FIRST, *, number=12, quarter="I", text="", day=date(2022, 4, 1), period=PERIOD, **fields):
    text = text or FORM.format(number=number, quarter=quarter, **values)
    title = fields.pop("title", f"BÁO CÁO Công tác cải cách hành chính quý {quarter}")
    area = fields.pop("area", AREA)
    document = Document(ident, f"{ident}.txt", ident.ljust(64, "0"), "txt", text, title, day, "official_report")
    rows = [
        observation(indicator, value, document_id=ident, start=at)
        for at, (indicator, value) in enumerate(zip(INDICATORS, values.values(), strict=True))
    ]
    return take_fingerprint(Extraction(replace(document, **fields), area, period, tuple(rows)))


def kinships(*prints):
    return {ident: tuple(kinship) for ident, kinship in find_kinships(prints).items()}


def test_the_same_file_under_two_names():
    assert kinships(report("a", sha256="1" * 64), report("b", sha256="1" * 64)) == {"b": ("a", "file")}


def test_the_same_text_in_two_forms():
    spread = FORM.format(number=12, quarter="I", **FIRST).upper().replace(" ", "  ")
    assert kinships(report("a"), report("b", text=spread, format="docx")) == {"b": ("a", "text")}


def test_nearly_the_same_text():
    longer = FORM.format(number=12, quarter="I", **FIRST) + "Nơi nhận: như trên."
    assert kinships(report("a"), report("b", text=longer)) == {"b": ("a", "text")}


def test_the_official_report_is_the_original_and_of_two_the_earlier():
    news = report("a", source_kind="news")
    assert kinships(news, report("b", text=FORM.format(number=12, quarter="I", **FIRST) + "Hết.")) == {
        "a": ("b", "text")
    }
    late = report("a", day=date(2022, 5, 1), source_kind="news")
    assert kinships(late, report("b", source_kind="news")) == {"a": ("b", "text")}


def test_one_form_filled_in_for_two_quarters_is_two_reports():
    quarters = [Period(date(2022, 1, 1), date(2022, 3, 31)), Period(date(2022, 4, 1), date(2022, 6, 30))]
    first, second = report("a", period=quarters[0]), report("b", SECOND, number=31, quarter="II", period=quarters[1])
    words, figures = likeness(first, second)
    assert words > 0.8 and figures == 0
    assert kinships(first, second) == {}
    unread = report("b", SECOND, number=31, day=date(2022, 7, 1))
    assert kinships(first, replace(unread, period=first.period)) == {}, "even where the period was misread"


def test_the_same_text_of_another_place_is_no_copy():
    other = Area("vn63:c:00002", "Phường Bên Cạnh", "commune", "Hà Nam")
    text = FORM.format(number=12, quarter="I", **FIRST).replace("THỬ NGHIỆM", "BÊN CẠNH")
    assert kinships(report("a"), report("b", text=text, area=other)) == {}


def test_too_few_figures_prove_nothing():
    few = [
        replace(report(name, text=text), figures=b"") for name, text in (("a", "Một. Hai. Ba."), ("b", "Một. Hai. Tư."))
    ]
    assert kinships(*few) == {}


def test_a_later_edition_of_the_same_issuer():
    later = report("b", AMENDED, number=15, day=date(2022, 4, 20))
    assert kinships(report("a"), later) == {"b": ("a", "later")}
    assert kinships(later, report("a")) == {"b": ("a", "later")}, "in any order"
    third = report("c", AMENDED | {"d": 1500}, number=18, day=date(2022, 5, 2))
    assert kinships(third, report("a"), later) == {"b": ("a", "later"), "c": ("b", "later")}


@pytest.mark.parametrize(
    "difference",
    [
        {"text": FORM.format(number=15, quarter="I", **AMENDED).replace("BC-UBND", "BC-VPUB")},
        {"period": Period(date(2021, 1, 1), date(2021, 9, 30))},
        {"title": "BÁO CÁO Kết quả kiểm soát thủ tục hành chính"},
        {"values": SECOND},
    ],
)
def test_another_issuer_period_title_or_other_figures_make_another_report(difference):
    later = report("b", **({"values": AMENDED, "number": 15, "day": date(2022, 4, 20)} | difference))
    assert kinships(report("a"), later) == {}


@pytest.mark.parametrize(
    "title",
    [
        "BÁO CÁO THAY THẾ Công tác cải cách hành chính quý I",
        "BÁO CÁO Công tác cải cách hành chính quý I (bản điều chỉnh)",
        "Đính chính Báo cáo công tác cải cách hành chính quý I",
        "BÁO CÁO Công tác cải cách hành chính quý I (thay thế Báo cáo số 12/BC-UBND)",
    ],
)
def test_a_report_whose_title_says_that_it_replaces_another(title):
    later = report("b", AMENDED, number=15, title=title, day=None)
    assert kinships(report("a"), later) == {"b": ("a", "said")}


def test_a_report_whose_text_names_the_one_that_it_replaces():
    said = "Báo cáo này thay thế Báo cáo số 12/BC-UBND ngày 01/4/2022."
    later = report("b", SECOND, text=FORM.format(number=15, quarter="I", **SECOND) + said, title="Khác")
    assert kinships(report("a"), report("c", SECOND, number=9), later) == {"b": ("a", "said")}


def test_words_of_replacing_that_are_about_something_else():
    said = "Phường đã điều chỉnh kế hoạch; tham mưu thay thế Quyết định số 12/QĐ-UBND."
    text = FORM.format(number=15, quarter="I", **SECOND) + said
    assert not report("b", SECOND, text=text).replaces


def test_many_reports_of_one_form_are_compared_in_linear_time():
    months = [Period(date(2000 + n // 12, n % 12 + 1, 1), date(2000 + n // 12, n % 12 + 1, 28)) for n in range(1200)]
    prints = [
        report(f"r{n:04}", {key: 1000 * n + value for key, value in FIRST.items()}, number=n, period=period)
        for n, period in enumerate(months)
    ]
    assert kinships(*prints) == {}
