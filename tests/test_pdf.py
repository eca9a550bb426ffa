"""analysis.documents.pdf: columns, turned pages, running heads, tables over pages, old fonts, scans."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_pdf import PdfWriter, pdf_in_font, wrap
from PIL import Image

from analysis.documents import DocumentError, read_document
from analysis.documents.ocr import missing_tools
from analysis.model import Document

LONG = (
    "Trong quý I năm 2024, bộ phận một cửa các cấp của huyện Tân Hà tiếp nhận 4.545 hồ sơ thủ tục hành chính, trong đó "
    "có 2.756 hồ sơ nộp trực tuyến, đạt 60,64%. Huyện đã giải quyết 4.500 hồ sơ; còn 45 hồ sơ đang trong hạn."
)
MORE = (
    "Công tác tuyên truyền được chú trọng với 36 tin, bài đăng trên cổng thông tin điện tử, 120 lượt phát thanh ở các "
    "thôn, xóm. Người dân đánh giá hài lòng đạt 98,5%, cao hơn cùng kỳ; không có đơn thư phản ánh về thái độ phục vụ."
)


def written(folder: Path, fill: Callable[[PdfWriter], None]) -> Document:
    writer = PdfWriter()
    fill(writer)
    writer.save(folder / "a.pdf")
    return read_document(folder / "a.pdf", folder)


def paragraphs(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if not b.is_furniture and b.kind != "table"]


@pytest.mark.parametrize("by_rows", [True, False], ids=["written row by row", "written column by column"])
def test_two_columns_are_read_one_after_the_other(tmp_path: Path, by_rows: bool) -> None:
    left, right = wrap(f"{LONG} {LONG}", 36), wrap(f"{MORE} {MORE}", 36)

    def fill(writer: PdfWriter) -> None:
        writer.text("Huyện Tân Hà sơ kết công tác cải cách hành chính quý I năm 2024", 50, 740, 15)
        places = [(50, y, line) for y, line in zip(range(700, 0, -18), left, strict=False)]
        places += [(315, y, line) for y, line in zip(range(700, 0, -18), right, strict=False)]
        for x, y, line in sorted(places, key=lambda p: (-p[1], p[0])) if by_rows else places:
            writer.text(line, x, y)

    assert paragraphs(written(tmp_path, fill))[1:] == [f"{LONG} {LONG}", f"{MORE} {MORE}"]


def test_a_list_of_labels_and_numbers_is_no_page_in_columns(tmp_path: Path) -> None:
    names = ["An", "Bình", "Cát", "Dương", "Giang", "Hà", "Khê", "Lâm", "Mỹ", "Nghĩa", "Phú", "Quang"]
    rows = [
        (f"Xã Tân {name} tiếp nhận hồ sơ qua bưu chính công ích", f"{n}.120 hồ sơ") for n, name in enumerate(names, 1)
    ]

    def fill(writer: PdfWriter) -> None:
        for y, (label, number) in zip(range(700, 0, -18), rows, strict=False):
            writer.text(label, 50, y)
            writer.text(number, 420, y)

    text = written(tmp_path, fill).text
    assert all(" ".join(text.split()).find(f"{label} {number}") >= 0 for label, number in rows)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_upright(tmp_path: Path, turn: int) -> None:
    def fill(writer: PdfWriter) -> None:
        writer.numbered = False
        writer.new_page(*((842, 595) if turn == 180 else (595, 842)))
        for i, line in enumerate([*wrap(LONG, 90), "Nơi nhận: lưu VT"]):
            down = 60 + 18 * i
            place = {90: (down, 50), 180: (842 - 50, down), 270: (595 - down, 842 - 50)}[turn]
            writer.text(line, *place, turn=turn)
        writer.page.set_rotation(turn)

    document = written(tmp_path, fill)
    assert paragraphs(document) == [LONG]
    assert document.text.endswith("Nơi nhận: lưu VT\n") or "Nơi nhận" in document.text


@pytest.mark.parametrize(
    "head",
    [
        "BẢN TIN CẢI CÁCH HÀNH CHÍNH - Số 5 (tháng 5/2021) - Trang 7",
        "Báo cáo cải cách hành chính quý I/2024 | Trang 1/2",
        "Trang 3 - Công báo tỉnh",
    ],
)
def test_a_running_head_is_no_part_of_the_title(tmp_path: Path, head: str) -> None:
    def fill(writer: PdfWriter) -> None:
        writer.text(head, 130, 790, 9)
        writer.lines(["Huyện Tân Hà sơ kết cải cách hành chính quý I/2024"], size=17)
        writer.lines(wrap(LONG, 80))

    document = written(tmp_path, fill)
    assert document.title == "Huyện Tân Hà sơ kết cải cách hành chính quý I/2024"
    assert head in [document.text[b.start : b.end] for b in document.blocks if b.kind == "footer"]


def test_heads_of_left_and_right_pages_are_moved(tmp_path: Path) -> None:
    def fill(writer: PdfWriter) -> None:
        for number in range(6):
            if number:
                writer.new_page()
                writer.text("UBND huyện Tân Hà" if number % 2 else "Báo cáo số 12/BC-UBND", 60, 800, 9)
            writer.lines(wrap(LONG if number % 2 else MORE, 80))

    assert paragraphs(written(tmp_path, fill)) == [MORE, LONG] * 3


def test_the_number_of_a_footnote_does_not_lengthen_a_figure(tmp_path: Path) -> None:
    def fill(writer: PdfWriter) -> None:
        writer.text("Đã tiếp nhận 4.545", 50, 740)
        writer.text("1", 50 + 112, 745, 6)
        writer.text("hồ sơ trong năm, xây dựng 12 m", 172, 740)
        writer.text("2", 172 + 180, 745, 6)

    assert paragraphs(written(tmp_path, fill)) == ["Đã tiếp nhận 4.545 hồ sơ trong năm, xây dựng 12 m²"]


def test_a_number_broken_at_a_line_end_is_whole(tmp_path: Path) -> None:
    def fill(writer: PdfWriter) -> None:
        writer.lines(
            [LONG[:85] + " theo Quyết định số 12/QĐ-", "UBND ngày 5/1/2024 và giai đoạn 2021-", "2025 của huyện."]
        )

    text = paragraphs(written(tmp_path, fill))[0]
    assert "12/QĐ-UBND ngày" in text and "2021-2025" in text


def test_a_table_over_three_pages_is_one(tmp_path: Path) -> None:
    head = ("Đơn vị", "Tiếp nhận", "Đúng hạn")
    rows = [(f"Xã số {n}", f"1.{n:03}", "98,5%") for n in range(1, 10)]

    def fill(writer: PdfWriter) -> None:
        writer.lines(["Bảng 1. Kết quả giải quyết hồ sơ"])
        writer.table((head, *rows[:3]))
        writer.new_page()
        writer.table((head, *rows[3:6]))
        writer.new_page()
        writer.table(tuple(rows[6:]))
        writer.lines(wrap(LONG, 80))

    document = written(tmp_path, fill)
    (table,) = document.tables
    assert [c.text for c in table.cells] == [text for row in (head, *rows) for text in row]
    assert [c.text for c in table.cells if c.is_head] == list(head)
    pages = {c.text: document.page_at(c.start) for c in table.cells}
    assert [pages[row[0]] for row in rows] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert document.page_at(document.text.index("Trong quý")) == 3


@pytest.mark.parametrize(
    "parts",
    [
        [LONG, MORE, LONG],
        ["Thực hiện Kế hoạch số 2845/KH-UBND về cải cách hành chính năm 2023, phương hướng 2024", LONG],
        [f"{LONG[:150]} theo nghị quyết và các phần mềm dùng chung của tỉnh đã được nâng cấp xong", MORE],
        [f"{LONG[:140]}, vươn lên vị trí số 2. Tinh thần phục vụ của công chức được nâng cao rõ rệt.", MORE],
        ["1. Kết quả đạt được trong quý", LONG, "2. Khó khăn", MORE],
    ],
    ids=[
        "full last lines",
        "a line of title",
        "a word that numbers parts",
        "a number at the head of a line",
        "numbered heads",
    ],
)
def test_paragraphs_are_told_by_the_space_between_them(tmp_path: Path, parts: list[str]) -> None:
    def fill(writer: PdfWriter) -> None:
        for part in parts:
            writer.lines(wrap(part, 85))
            writer.y += 14

    assert paragraphs(written(tmp_path, fill)) == parts


def test_a_gap_parts_words_where_no_space_is_written(tmp_path: Path) -> None:
    def fill(writer: PdfWriter) -> None:
        writer.text("Hồ sơ đúng", 50, 740)
        writer.text("hạn... và trước hạn", 130, 740)

    assert paragraphs(written(tmp_path, fill)) == ["Hồ sơ đúng hạn... và trước hạn"]


UNRULED = (
    ((300, "Số hồ sơ tiếp nhận"), (450, "Đúng hạn")),
    ((50, "TT"), (80, "Đơn vị"), (300, "Tổng số"), (352, "Trực tuyến"), (450, "(%)")),
    ((50, "1"), (80, "Phòng Tài nguyên và Môi trường"), (300, "1.545"), (370, "1.200"), (450, "98,2")),
    ((80, "huyện Tân Hà"),),
    ((50, "2"), (80, "Xã Tân An"), (300, "3.000"), (370, "2.756"), (450, "100")),
    ((50, "3"), (80, "Xã Tân Bình có tên rất dài nằm sát cột"), (306, "12"), (374, "4"), (450, "95,5")),
    ((80, "Tổng cộng"), (300, "4.557"), (370, "3.960"), (450, "99,1")),
)


@pytest.mark.parametrize("by_columns", [False, True])
def test_a_table_without_rules_is_told_by_its_columns(tmp_path: Path, by_columns: bool) -> None:
    def fill(writer: PdfWriter) -> None:
        writer.lines(["Bảng 1. Kết quả giải quyết thủ tục hành chính"])
        cells = [(x, writer.y - 16 * r, text) for r, row in enumerate(UNRULED) for x, text in row]
        for x, y, text in sorted(cells) if by_columns else cells:
            writer.text(text, x, y, 10)
        writer.y -= 16 * len(UNRULED) + 20
        writer.lines(wrap(LONG, 85))

    document = written(tmp_path, fill)
    (table,) = document.tables
    assert [c.text for c in table.cells if not c.is_head] == [
        *("1", "Phòng Tài nguyên và Môi trường huyện Tân Hà", "1.545", "1.200", "98,2"),
        *("2", "Xã Tân An", "3.000", "2.756", "100"),
        *("3", "Xã Tân Bình có tên rất dài nằm sát cột", "12", "4", "95,5"),
        *("", "Tổng cộng", "4.557", "3.960", "99,1"),
    ]
    heads = {c.text: (c.row, c.col, c.colspan) for c in table.cells if c.is_head and c.text}
    assert heads["Số hồ sơ tiếp nhận"] == (0, 2, 2)
    assert (heads["Tổng số"], heads["Trực tuyến"]) == ((1, 2, 1), (1, 3, 1))
    assert table.caption == "Bảng 1. Kết quả giải quyết thủ tục hành chính"
    assert paragraphs(document)[-1] == LONG


def test_a_letterhead_and_prose_with_numbers_are_no_table(tmp_path: Path) -> None:
    def fill(writer: PdfWriter) -> None:
        for y, left, right in (
            (790, "UBND HUYỆN TÂN HÀ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (772, "PHÒNG NỘI VỤ", "Độc lập - Tự do - Hạnh phúc"),
            (754, "Số: 12/BC-NV", "Tân Hà, ngày 5 tháng 4 năm 2024"),
        ):
            writer.text(left, 60, y)
            writer.text(right, 310, y, 10)
        writer.y = 700
        for part in (LONG, MORE, LONG):
            writer.lines(wrap(part, 85))

    document = written(tmp_path, fill)
    assert document.tables == ()
    assert paragraphs(document)[-3:] == [LONG, MORE, LONG]


TCVN3_LINES = [
    b"c\xb6i c\xb8ch h\xb5nh ch\xddnh n\xa8m 2021",
    b"Huy\xd6n ti\xd5p nh\xcbn 4.545 h\xe5 s\xac, gi\xb6i quy\xd5t \xae\xf3ng h\xb9n \xae\xb9t 98,2%, "
    b"ng\xad\xeai d\xa9n \xae\xad\xeec ph\xf4c v\xf4.",
]


@pytest.mark.parametrize(("font", "capitals"), [(".VnTime", False), ("ABCDEF+.VnTimeH", True), ("Garbled", False)])
def test_letters_of_an_old_font(tmp_path: Path, font: str, capitals: bool) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_in_font(TCVN3_LINES, font))
    document = read_document(tmp_path / "a.pdf", tmp_path)
    said = "Huyện tiếp nhận 4.545 hồ sơ, giải quyết đúng hạn đạt 98,2%, người dân được phục vụ."
    assert " ".join(document.text.split()) == " ".join(
        line.upper() if capitals else line for line in ("cải cách hành chính năm 2021", said)
    )
    assert document.encoding == "TCVN3 (ABC)" and "TCVN3" in document.notes[0]


# --- scans ----------------------------------------------------------------------------------------------------------


def picture_of(lines: list[str]) -> Image.Image:
    """A page as a scanner sees it: 200 dots an inch, slightly grey."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.font_manager import FontProperties, findfont
    from PIL import ImageDraw, ImageFont

    image = Image.new("L", (1654, 2339), 250)
    font = ImageFont.truetype(findfont(FontProperties(family="DejaVu Serif")), 36)
    for i, line in enumerate(lines):
        ImageDraw.Draw(image).text((150, 200 + 60 * i), line, fill=20, font=font)
    return image


def scan(folder: Path, lines: list[str], *, unseen: bool = False, text_page: bool = False) -> Path:
    writer = PdfWriter()
    if text_page:
        writer.lines(wrap(LONG, 80))
        writer.new_page()
    writer.picture(picture_of(lines))
    if unseen:
        for i, line in enumerate(lines):
            writer.text(line, 50, 760 - 20 * i, unseen=True)
    writer.numbered = False
    writer.save(folder / "a.pdf")
    return folder / "a.pdf"


def test_a_scan_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="bản quét") as caught:
        read_document(scan(tmp_path, wrap(LONG, 60)), tmp_path)
    assert "--ocr" in caught.value.remedy


def test_text_that_a_scanner_put_behind_its_picture_is_told(tmp_path: Path) -> None:
    document = read_document(scan(tmp_path, wrap(LONG, 60), unseen=True), tmp_path)
    assert document.ocr_pages == (1,) and "4.545" in document.text
    assert document.notes == ("Chữ ở trang 1 do máy nhận dạng từ ảnh quét; cần đối chiếu với bản gốc.",)


def test_a_scanned_page_among_others_is_noted(tmp_path: Path) -> None:
    document = read_document(scan(tmp_path, wrap(MORE, 60), text_page=True), tmp_path)
    assert document.ocr_pages == ()
    assert document.notes == ("Trang 2 là ảnh quét, chưa đọc được chữ; chạy lại với --ocr để nhận dạng.",)


def test_without_the_tools_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.documents.ocr.find_program", lambda *names: None)
    assert missing_tools() == ["OCRmyPDF", "Tesseract", "vie.traineddata"]
    with pytest.raises(DocumentError, match="OCRmyPDF, Tesseract") as caught:
        read_document(scan(tmp_path, wrap(LONG, 60)), tmp_path, ocr=True)
    assert "apt install ocrmypdf tesseract-ocr-vie" in caught.value.remedy and "Windows" in caught.value.remedy


def test_a_scan_too_long_to_recognise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.documents.ocr.MAX_PAGES", 0)
    with pytest.raises(DocumentError, match="1 trang, giới hạn"):
        read_document(scan(tmp_path, wrap(LONG, 60)), tmp_path, ocr=True)


needs_ocr = pytest.mark.skipif(bool(missing_tools()), reason="OCRmyPDF or Tesseract's Vietnamese is not installed")


@needs_ocr
@pytest.mark.slow
def test_a_scan_is_recognised_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scan(tmp_path, wrap(LONG, 60), text_page=True)
    cache = tmp_path / "kept"
    document = read_document(path, tmp_path, ocr=True, cache=cache)
    assert document.ocr_pages == (2,) and document.format == "pdf"
    assert document.text.count("4.545 hồ sơ") == 2 and document.text.count("60,64%") == 2
    assert [file.name for file in cache.iterdir()] == [f"{document.sha256}.pdf"]
    monkeypatch.setattr("analysis.documents.ocr.find_program", lambda *names: None)
    assert read_document(path, tmp_path, ocr=True, cache=cache) == document


@needs_ocr
def test_recognition_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.documents.ocr.SECONDS_PER_PAGE", 0.2)
    with pytest.raises(DocumentError, match="Không nhận dạng được"):
        read_document(scan(tmp_path, wrap(LONG, 60)), tmp_path, ocr=True)
    assert shutil.which("ocrmypdf") is not None
