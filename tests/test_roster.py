"""Who hasn't reported, and who has though nobody expected it."""

from datetime import date

import pytest

from analysis.errors import UsageError, in_language
from analysis.findings import Source
from analysis.model import Period
from analysis.roster import Attendance, Received, attendance_findings, check_attendance, parse_period, read_roster

Q3 = Period(date(2022, 7, 1), date(2022, 9, 30))
TABLE = """area,level,province,period
Thành phố Phủ Lý,district,Hà Nam,Quý III/2022
Thị xã Duy Tiên,huyện,Tỉnh Hà Nam,2022-Q3
Huyện Bình Lục,,,
"""


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def names(roster):
    return [(line.area.name, line.area.area_id, line.period, line.line) for line in roster]


def test_a_roster_is_read(tmp_path):
    phu_ly, duy_tien, binh_luc = read_roster(write(tmp_path, TABLE))
    assert (phu_ly.area.name, phu_ly.area.area_id, phu_ly.period, phu_ly.line) == (
        "Thành phố Phủ Lý",
        "vn63:d:347",
        Q3,
        2,
    )
    assert (duy_tien.area.name, duy_tien.period, duy_tien.written) == ("Thị xã Duy Tiên", Q3, "2022-Q3")
    assert (binh_luc.area.name, binh_luc.period) == ("Huyện Bình Lục", None)


def test_no_roster_expects_nobody(tmp_path):
    assert read_roster(tmp_path / "roster.csv") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace(",", ";"),
        lambda text: "sep=;\r\n" + text.replace(",", ";").replace("\n", "\r\n"),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: (
            text.replace("area", "Đơn vị")
            .replace("level", "CẤP")
            .replace("province", "Tỉnh")
            .replace("period", "Kỳ báo cáo")
        ),
        lambda text: text.replace("Quý III/2022", '"từ 01/07/2022 đến 30/09/2022"'),
        lambda text: text.replace("\n", "\n\n,,,\n"),
    ],
    ids=["bom", "semicolons", "sep", "tabs-utf16", "vietnamese", "quotes", "blank-lines"],
)
def test_what_excel_makes_of_it_is_read_alike(tmp_path, change):
    plain = [each[:3] for each in names(read_roster(write(tmp_path, TABLE)))]
    assert [each[:3] for each in names(read_roster(write(tmp_path, change(TABLE))))] == plain


def test_the_old_vietnamese_code_page_is_read(tmp_path):
    marks = {
        "à": "a\u0300",
        "ủ": "u\u0309",
        "ý": "y\u0301",
        "ố": "ô\u0301",
        "ị": "i\u0323",
        "ã": "a\u0303",
        "ệ": "ê\u0323",
        "ụ": "u\u0323",
        "ì": "i\u0300",
        "ỉ": "i\u0309",
    }
    spelled = "".join(marks.get(letter, letter) for letter in TABLE)
    assert names(read_roster(write(tmp_path, spelled, "cp1258"))) == names(read_roster(write(tmp_path, TABLE)))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Thành phố Phủ Lý,phố,Hà Nam,", "Dòng 2: không có cấp “phố”"),
        ("Thành phố Phủ Lý,huyện,Hà Nam,quý vừa rồi", "Dòng 2: không hiểu kỳ “quý vừa rồi”"),
        ("Huyện Không Có,huyện,Hà Nam,", "Dòng 2: không tìm thấy đơn vị “Huyện Không Có”"),
        (
            "Thành phố Phủ Lý,huyện,Hà Nam,Quý III/2025",
            "Dòng 2: không tìm thấy đơn vị “Thành phố Phủ Lý” vào thời gian đó",
        ),
        ("Huyện Châu Thành,huyện,,Quý III/2022", "Dòng 2: “Huyện Châu Thành” có thể là Huyện Châu Thành (An Giang)"),
        (",huyện,Hà Nam,", "Dòng 2: thiếu tên đơn vị"),
    ],
)
def test_a_line_that_can_t_be_understood_is_named_with_what_to_do(tmp_path, line, said):
    with pytest.raises(UsageError) as raised:
        read_roster(write(tmp_path, f"area,level,province,period\n{line}\n"))
    assert said in raised.value.message and "sửa các dòng này" in raised.value.remedy
    assert "Line 2:" in in_language(raised.value.message, "en")


def test_all_lines_at_fault_are_told_at_once_but_not_too_many(tmp_path):
    with pytest.raises(UsageError) as raised:
        read_roster(write(tmp_path, "area\n" + "".join(f"Xã Không Có {n}\n" for n in range(9))))
    assert raised.value.message.count("Dòng") == 5 and "Và 4 dòng khác." in raised.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "không có dòng nào"),
        ("tên;cấp\nA;xã\n", "không có cột area"),
        (b"area\n\x8a\n", "Không đọc được chữ"),
    ],
)
def test_a_file_that_is_no_roster(tmp_path, text, said):
    with pytest.raises(UsageError, match=said):
        read_roster(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2025", (date(2025, 1, 1), date(2025, 12, 31))),
        ("Q3/2025", (date(2025, 7, 1), date(2025, 9, 30))),
        ("2025-08", (date(2025, 8, 1), date(2025, 8, 31))),
        ("2025-H1", (date(2025, 1, 1), date(2025, 6, 30))),
        ("6 tháng 2025", (date(2025, 1, 1), date(2025, 6, 30))),
        ("9 tháng năm 2025", (date(2025, 1, 1), date(2025, 9, 30))),
        ("2025-07-01..2025-08-31", (date(2025, 7, 1), date(2025, 8, 31))),
        ("2025-08-31..2025-07-01", None),
        ("2025-13", None),
        ("sắp tới", None),
    ],
)
def test_periods_as_people_write_them(text, period):
    assert parse_period(text) == (Period(*period) if period else None)


def received(ident, area_id, period=Q3):
    return Received(ident, {"vn63:d:347": "Thành phố Phủ Lý"}.get(area_id, "Khác"), area_id, period)


@pytest.fixture
def roster(tmp_path):
    return read_roster(write(tmp_path, TABLE))


def test_who_is_missing_and_who_is_not_expected(roster):
    reports = [
        received("a", "vn63:d:347", Period(date(2022, 6, 15), date(2022, 9, 14))),
        received("b", roster[2].area.area_id, None),
        received("c", "vn63:d:347", Period(date(2022, 1, 1), date(2022, 12, 31))),
        received("d", "vn63:d:999"),
        received("e", ""),
    ]
    attendance = check_attendance(roster, [r for r in reports if r.document_id != "e"])
    assert attendance.expected == 3
    assert [line.area.name for line in attendance.missing] == ["Thị xã Duy Tiên"]
    assert [report.document_id for report in attendance.unexpected] == ["c", "d"], "one line is of any period"
    assert attendance.record()["missing"] == [
        {"area": "Thị xã Duy Tiên", "area_id": roster[1].area.area_id, "province": "Hà Nam", "period": "2022-Q3"}
    ]


def test_a_report_of_no_known_period_answers_no_line_that_names_one(roster):
    attendance = check_attendance(roster[:1], [received("a", "vn63:d:347", None)])
    assert len(attendance.missing) == 1 and attendance.unexpected == ()


def test_reports_of_periods_that_the_roster_does_not_name_are_none_of_its_business(roster):
    last_year = Period(date(2021, 7, 1), date(2021, 9, 30))
    reports = [
        received("a", "vn63:d:347"),
        received("b", "vn63:d:347", last_year),
        received("c", "vn63:d:999", last_year),
    ]
    reports += [received("d", "vn63:d:999"), received("e", "vn63:d:999", None), received("f", "vn63:d:347", None)]
    attendance = check_attendance(roster[:2], reports)
    assert [report.document_id for report in attendance.unexpected] == ["d", "e"]


def test_what_is_missing_or_too_much_is_a_finding(roster):
    attendance = Attendance(3, roster[1:2], (received("c", "vn63:d:347"),))
    missing, unexpected = attendance_findings(attendance, {"c": Source("Báo cáo quý III", date(2022, 9, 20))})
    assert (missing.code, missing.level, missing.observation_ids) == ("report_missing", "warning", ())
    assert missing.message_vi == "Thị xã Duy Tiên (Hà Nam) chưa có báo cáo kỳ 2022-Q3."
    assert missing.message_en == "Thị xã Duy Tiên (Hà Nam) has no report for 2022-Q3."
    assert (unexpected.code, unexpected.level, unexpected.document_id) == ("report_unexpected", "info", "c")
    assert unexpected.message_vi.startswith(
        "“Báo cáo quý III” (20/09/2022) của Thành phố Phủ Lý, 01/07/2022–30/09/2022"
    )
