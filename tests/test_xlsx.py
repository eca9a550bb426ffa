"""analysis.documents.xlsx: sheets as tables with what stands around them, and what is left out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from analysis.documents import DocumentError, office, read_document
from analysis.documents.programs import run_program
from analysis.documents.sheetcells import shown
from analysis.extract import extract_document
from analysis.model import Document

FORM = [
    ["UBND HUYỆN TÂN YÊN", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["BIỂU TỔNG HỢP KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"],
    ["6 tháng đầu năm 2023"],
    ["(Đơn vị tính: hồ sơ)"],
    [],
    ["TT", "Lĩnh vực", "Số hồ sơ tiếp nhận", None, "Tỷ lệ đúng hạn"],
    [None, None, "Tổng số", "Trực tuyến", None],
    [1, "Đất đai", 1545, 1200, 0.982],
    [2, "Hộ tịch", 3000, 2756, 1],
    [],
    ["Ghi chú: số liệu tính đến ngày 14/6/2023."],
    [None, "Người lập biểu", None, "KT. CHỦ TỊCH"],
]


def saved(path: Path, fill: Callable[[Any], None]) -> Document:
    book = openpyxl.Workbook()
    fill(book)
    book.save(path)
    return read_document(path, path.parent)


def put(sheet: Any, rows: list[list[Any]]) -> None:
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            sheet.cell(r, c).value = value


def fill_form(book: Any) -> None:
    sheet = book.active
    put(sheet, FORM)
    for merged in ("A2:E2", "A3:E3", "A6:A7", "B6:B7", "C6:D6", "E6:E7"):
        sheet.merge_cells(merged)
    for cell in ("E8", "E9"):
        sheet[cell].number_format = "0.0%"
    for cell in ("C8", "C9", "D8", "D9"):
        sheet[cell].number_format = "#,##0"


def lines_of(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind != "table"]


def test_a_form_is_a_table_between_its_title_and_its_notes(tmp_path: Path) -> None:
    document = saved(tmp_path / "bieu.xlsx", fill_form)
    (table,) = document.tables
    heads = {(c.text, c.row, c.col, c.rowspan, c.colspan) for c in table.cells if c.is_head}
    assert heads == {
        ("TT", 0, 0, 2, 1),
        ("Lĩnh vực", 0, 1, 2, 1),
        ("Số hồ sơ tiếp nhận", 0, 2, 1, 2),
        ("Tỷ lệ đúng hạn", 0, 4, 2, 1),
        ("Tổng số", 1, 2, 1, 1),
        ("Trực tuyến", 1, 3, 1, 1),
    }
    assert [c.text for c in table.cells if not c.is_head] == [
        *("1", "Đất đai", "1.545", "1.200", "98,2%"),
        *("2", "Hộ tịch", "3.000", "2.756", "100,0%"),
    ]
    assert all(document.text[c.start : c.end] == c.text for c in table.cells)
    assert lines_of(document) == [cell for row in (*FORM[:4], *FORM[-2:]) for cell in row if cell]
    assert (document.format, document.notes) == ("xlsx", ())


def test_its_numbers_are_observations_of_its_area_and_period(tmp_path: Path) -> None:
    (tmp_path / "bac-giang").mkdir()
    found = extract_document(saved(tmp_path / "bac-giang" / "bieu.xlsx", fill_form)).observations
    rows = {(o.quote, o.indicator, o.value, o.area, str(o.period_start), str(o.period_end)) for o in found}
    assert ("3.000", "dossiers.received", 3000.0, "Huyện Tân Yên", "2023-01-01", "2023-06-30") in rows
    assert {o.method for o in found} == {"table"}


def test_hidden_rows_columns_and_sheets_are_left_out_and_noted(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        put(book.active, [["Xã", "Nháp", "Nhận", "Trả"], ["A", 9, 1, 2], ["B", 9, 3, 4], ["C", 9, 5, 6]])
        book.active.column_dimensions["B"].hidden = True
        book.active.row_dimensions[3].hidden = True
        draft = book.create_sheet("Nháp")
        put(draft, [["Xã", "Nhận"], ["A", 77]])
        draft.sheet_state = "hidden"

    document = saved(tmp_path / "a.xlsx", fill)
    assert [c.text for c in document.tables[0].cells] == ["Xã", "Nhận", "Trả", "A", "1", "2", "C", "5", "6"]
    assert document.notes == (
        "Bỏ qua trang tính ẩn: Nháp.",
        "Trang tính Sheet: bỏ qua 1 hàng và 1 cột bị ẩn.",
    )


def test_a_formula_shows_its_saved_value_or_is_noted(tmp_path: Path) -> None:
    document = saved(
        tmp_path / "a.xlsx",
        lambda book: put(book.active, [["Xã", "Nhận"], ["A", 1], ["B", 2], ["Cộng", "=B2+B3"], ["C", 4]]),
    )
    assert [c.text for c in document.tables[0].cells][-4:] == ["Cộng", "", "C", "4"]
    assert "1 ô công thức chưa có kết quả tính, ví dụ B4" in document.notes[0]


def test_several_sheets_and_tables(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active.title = "Quý I"
        table = [["Xã", "Nhận", "Trả"], ["A", 1, 1], ["Khối xã"], ["B", 2, 2], [], ["C", 3, 3]]
        put(book.active, [["Bảng 1. Hồ sơ"], *table, [], ["Bảng 2. Văn bản"], ["Xã", "Đến", "Đi"], ["A", 5, 6]])
        put(book.create_sheet("Sheet2"), [["Xã", "Nhận"], ["A", 7]])

    document = saved(tmp_path / "a.xlsx", fill)
    assert [t.caption for t in document.tables] == ["Bảng 1. Hồ sơ", "Bảng 2. Văn bản", ""]
    assert [len({c.row for c in t.cells}) for t in document.tables] == [5, 2, 2]
    assert lines_of(document) == ["Quý I", "Bảng 1. Hồ sơ", "Bảng 2. Văn bản"]


def test_text_in_a_tcvn3_font(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        put(book.active, [["b¸o c¸o c¶i c¸ch hµnh chÝnh"], [], ["X·", "Hå s¬ ®óng h¹n"], ["T©n An", 12]])
        for row in book.active.iter_rows():
            for cell in row:
                cell.font = Font(name=".VnTimeH" if cell.row == 1 else ".VnTime")

    document = saved(tmp_path / "a.xlsx", fill)
    assert document.text.split() == "BÁO CÁO CẢI CÁCH HÀNH CHÍNH Xã Hồ sơ đúng hạn Tân An 12".split()
    assert document.notes == ("Văn bản dùng bảng mã cũ TCVN3 (ABC), đã chuyển sang Unicode.",)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.955, "0%", "96%"),
        (0.95512, "0.00%", "95,51%"),
        (57689, "#,##0", "57.689"),
        (57689, "General", "57689"),
        (2 / 3 * 100, "General", "66,6667"),
        (48.059, "0.000", "48,0590"),
        (0.875, "General", "0,875"),
        (12.0, "General", "12"),
        (12, '0" hồ sơ"', "12 hồ sơ"),
        (1234.5, "_(* #,##0.00_);_(* \\(#,##0.00\\);_(* \\-??_);_(@_)", "1.234,50"),
        (98.2, "0.##", "98,2"),
        (datetime(2023, 6, 30), "dd/mm/yyyy", "30/06/2023"),
        (datetime(2023, 6, 1), "mm/yyyy", "06/2023"),
        (date(2023, 6, 1), "[$-42A]dd mmmm yyyy", "01/06/2023"),
        ("#DIV/0!", "General", ""),
        (" 12 ", "@", " 12 "),
        (None, "General", ""),
    ],
)
def test_cells_as_they_look(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_a_sheet_whose_formats_reach_to_its_end_is_quick(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        put(book.active, [["Xã", "Nhận"], ["A", 12]])
        book.active.cell(1_000_000, 9_000).number_format = "0%"

    assert len(saved(tmp_path / "a.xlsx", fill).tables[0].cells) == 4


@pytest.mark.skipif(office.find_office() is None, reason="LibreOffice is not installed")
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_an_older_workbook_is_read_by_way_of_libreoffice(tmp_path: Path, kind: str) -> None:
    book = openpyxl.Workbook()
    fill_form(book)
    book.save(tmp_path / "bieu.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(office.find_office()), profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path)]
    assert run_program([*command, str(tmp_path / "bieu.xlsx")], 60, tmp_path) is None
    old, new = (read_document(tmp_path / f"bieu.{ending}", tmp_path) for ending in (kind, "xlsx"))
    assert (old.format, old.text, old.tables) == (kind, new.text, new.tables)
    assert old.notes[0].startswith(f"Tệp .{kind} đã được LibreOffice")


def with_entities(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<workbook ", b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook "))
    return out.getvalue()


def damaged(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    "change", [damaged, with_entities, lambda data: b"PK\x03\x04" + bytes(50), lambda data: b"not a workbook"]
)
def test_a_broken_workbook_says_so(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.save(buffer)
    (tmp_path / "a.xlsx").write_bytes(change(buffer.getvalue()))
    with pytest.raises(DocumentError, match="Excel hỏng") as caught:
        read_document(tmp_path / "a.xlsx", tmp_path)
    assert ".xlsx" in caught.value.remedy


def test_an_empty_workbook_has_no_text(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="không có chữ"):
        saved(tmp_path / "a.xlsx", lambda book: None)


def test_a_web_page_saved_as_xls_is_read_as_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>Xã</td><td>Nhận</td></tr><tr><td>A</td><td>12</td></tr></table>", "utf-8")
    document = read_document(path, tmp_path)
    assert (document.format, [c.text for c in document.tables[0].cells]) == ("html", ["Xã", "Nhận", "A", "12"])
