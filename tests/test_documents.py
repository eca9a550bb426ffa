"""analysis.documents: the four formats, page furniture, and each way to fail."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import docx
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pdf import PdfWriter, wrap

from analysis.documents import (
    DocumentError,
    assign_document_ids,
    document_sentences,
    list_raw_files,
    read_document,
)
from analysis.documents.decoding import decode
from analysis.documents.furniture import classify
from analysis.documents.plain import read_plain
from analysis.model import Document
from analysis.text import match_form

SPECS = Path(__file__).parent / "specs"
SEEDS = Path(__file__).parents[2] / "shared" / "gold" / "seeds"
TITLE = "Huyện Tân Hà sơ kết cải cách hành chính quý I/2024"
DATE = "Cập nhật: 05/04/2024 08:30"
BODY = (
    "Trong quý I năm 2024, bộ phận một cửa các cấp của huyện Tân Hà tiếp nhận 4.545 hồ sơ thủ tục hành chính, trong đó "
    "có 2.756 hồ sơ nộp trực tuyến, đạt 60,64%. Huyện đã giải quyết 4.500 hồ sơ; còn 45 hồ sơ đang trong hạn.",
    "Đến hết năm 2024, huyện phấn đấu có trên 80% hồ sơ được nộp trực tuyến, mọi phản ánh của người dân được trả lời.",
)
ROWS = (("Đơn vị", "Tổng số", "Đúng hạn"), ("Cấp huyện", "1.545", "99,7%"), ("Cấp xã", "3.000", "98,5%"))
AUTHOR = "Minh Hà"


# --- made files: the same content in each format --------------------------------------------------------------------


def make_txt(path: Path) -> None:
    table = "\n".join("\t".join(row) for row in ROWS)
    path.write_text("\n\n".join([TITLE, DATE, BODY[0], table, BODY[1], AUTHOR]), encoding="utf-8")


def make_html(path: Path) -> None:
    head = "".join(f"<th>{c}</th>" for c in ROWS[0])
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in ROWS[1:])
    path.write_text(
        f"<html><head><meta charset='utf-8'><title>{TITLE} - Cổng thông tin</title><script>var n = 77;</script></head>"
        "<body><nav><a>Trang chủ</a></nav><div class='content has-sidebar'>"
        f"<h1>{TITLE}</h1><div class='date'>{DATE}</div>"
        f"<p>{BODY[0]}</p><table><tr>{head}</tr>{rows}</table><p>{BODY[1]}</p><p>{AUTHOR}</p></div>"
        "<div class='tin-lien-quan'><ul><li><a>Huyện Bình Sơn tiếp nhận 9.999 hồ sơ</a></li></ul></div>"
        "<footer>Lượt truy cập: 123.456</footer></body></html>",
        encoding="utf-8",
    )


def make_docx(path: Path) -> None:
    document = docx.Document()
    document.add_heading(TITLE, level=1)
    document.add_paragraph(DATE)
    document.add_paragraph(BODY[0])
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph(BODY[1])
    document.add_paragraph(AUTHOR)
    document.sections[0].header.paragraphs[0].text = "Đầu trang 77"
    document.save(str(path))


def make_pdf(path: Path) -> None:
    writer = PdfWriter()
    writer.lines([TITLE], size=17)
    writer.lines([DATE])
    writer.lines(wrap(BODY[0], 80))
    writer.table(ROWS)
    half = wrap(BODY[1], 80)
    writer.lines(half[:1])
    writer.new_page()
    writer.lines(half[1:])
    writer.lines([AUTHOR])
    writer.save(path)


MAKERS = {".txt": make_txt, ".html": make_html, ".docx": make_docx, ".pdf": make_pdf}


def made(folder: Path, ending: str) -> Document:
    path = folder / f"tan-ha{ending}"
    MAKERS[ending](path)
    return read_document(path, folder)


def own_sentences(document: Document) -> list[str]:
    return [" ".join(document.text[s:e].split()) for b, s, e in document_sentences(document) if not b.is_furniture]


def assert_sound(document: Document) -> None:
    """Blocks in order, apart, and over all that isn't space; every cell where it says it is."""
    assert unicodedata.is_normalized("NFC", document.text)
    ends = [0, *(b.end for b in document.blocks)]
    assert all(b.start >= end and b.start < b.end for b, end in zip(document.blocks, ends, strict=False))
    covered = "".join("".join(document.text[b.start : b.end].split()) for b in document.blocks)
    assert covered == "".join(document.text.split())
    for table in document.tables:
        assert all(document.text[c.start : c.end] == c.text for c in table.cells)
        places = [(c.row + i, c.col + j) for c in table.cells for i in range(c.rowspan) for j in range(c.colspan)]
        assert len(places) == len(set(places))


@pytest.mark.parametrize("ending", MAKERS)
def test_each_format_gives_the_same_sentences_and_table(tmp_path: Path, ending: str) -> None:
    document = made(tmp_path, ending)
    assert_sound(document)
    assert document.document_id == "tan-ha"
    assert document.title == TITLE
    assert document.published == date(2024, 4, 5)
    assert own_sentences(document) == own_sentences(made(tmp_path, ".txt"))
    (table,) = document.tables
    assert [c.text for c in table.cells] == [c for row in ROWS for c in row]
    assert [c.is_head for c in table.cells] == [True] * 3 + [False] * 6


def test_html_furniture_is_kept_and_marked(tmp_path: Path) -> None:
    document = made(tmp_path, ".html")
    kinds = {document.text[b.start : b.end]: b.kind for b in document.blocks}
    assert kinds["Trang chủ"] == "menu"
    assert kinds["Huyện Bình Sơn tiếp nhận 9.999 hồ sơ"] == "related"
    assert kinds["Lượt truy cập: 123.456"] in ("footer", "counter")
    assert "77" not in document.text


def test_docx_headers_are_kept_and_marked(tmp_path: Path) -> None:
    document = made(tmp_path, ".docx")
    assert document.block_at(document.text.index("77")).kind == "footer"


def test_pdf_pages_and_page_numbers(tmp_path: Path) -> None:
    document = made(tmp_path, ".pdf")
    assert len(document.page_starts) == 2
    assert document.page_at(document.text.index("4.545")) == 1
    assert document.page_at(document.text.index(AUTHOR)) == 2
    assert [b.kind for b in document.blocks if document.text[b.start : b.end] in "12"] == ["footer", "footer"]


def test_merged_heads_in_plain_text_and_html(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(
        "<table><tr><th rowspan=2>Đơn vị</th><th colspan=2>Đúng hạn</th></tr><tr><th>SL</th><th>%</th></tr>"
        "<tr><td>Xã A</td><td>12</td><td>98%</td></tr></table>",
        encoding="utf-8",
    )
    expected = [("Đơn vị", 2, 1), ("Đúng hạn", 1, 2), ("SL", 1, 1), ("%", 1, 1)]
    plain = read_plain("Đơn vị\tĐúng hạn\n\tSL\t%\nXã A\t12\t98%\n")
    for table in (*read_document(page, tmp_path).tables, *plain.tables):
        assert [(c.text, c.rowspan, c.colspan) for c in table.cells if c.is_head] == expected


@pytest.mark.parametrize(
    ("text", "texts", "heads"),
    [
        ("| Xã | Số |\n|---|---|\n| A | 1 |", [], 0),
        ("| Xã | Nhận | Trả |\n|---|---|---|\n| A | 1 | 1 |\n| B | 2 | 2 |", "Xã Nhận Trả A 1 1 B 2 2".split(), 3),
        ("Xã      Nhận    Trả\nA       1       1\nB       2       2", "Xã Nhận Trả A 1 1 B 2 2".split(), 3),
        ("STT\nXã\nNhận\n1\nA\n120\n2\nB\n98", "STT Xã Nhận 1 A 120 2 B 98".split(), 3),
        ("Chỉ số\t2021\t2022\nPAR\t88,1\t89,2", ["Chỉ số", "2021", "2022", "PAR", "88,1", "89,2"], 3),
        ("Xã\tNhận\tTrả\n(1)\t(2)\t(3)\nA\t1\t1", "Xã Nhận Trả (1) (2) (3) A 1 1".split(), 6),
    ],
)
def test_tables_in_plain_text(text: str, texts: list[str], heads: int) -> None:
    cells = [c for t in read_plain(text).tables for c in t.cells]
    assert [c.text for c in cells] == texts
    assert sum(c.is_head for c in cells) == heads


def test_hard_wrapped_text_gives_whole_sentences(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n\n".join("\n".join(wrap(part, 72)) for part in BODY), encoding="utf-8")
    document = read_document(path, tmp_path)
    assert_sound(document)
    assert any("nộp trực tuyến, đạt 60,64%." in s for s in own_sentences(document))


# --- page furniture -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", yaml.safe_load((SPECS / "furniture.yaml").read_text("utf-8")), ids=lambda c: c["why"])
def test_made_pages(case: dict) -> None:
    draft = read_plain("\n\n".join(line for _, line in case["lines"]))
    found = [(b.kind, draft.text[b.start : b.end]) for b in classify(draft)]
    assert found == [tuple(line) for line in case["lines"]]


def attested(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict) and "pattern" in node:
        yield node["pattern"], node["example"]
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from attested(child)


def test_every_look_matches_its_example() -> None:
    source = resources.files("analysis").joinpath("vocabulary", "furniture.yaml").read_text("utf-8")
    entries = list(attested(yaml.safe_load(source)))
    assert len(entries) > 30
    assert [e for p, e in entries if not re.search(p, match_form(e))] == []


@given(st.text(alphabet="aB1ạ \n\t|.-:", max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_is_covered_by_blocks(text: str) -> None:
    draft = read_plain(text)
    document = Document("a", "a", "", "txt", text, blocks=classify(draft), tables=tuple(draft.tables))
    ends = [0, *(b.end for b in document.blocks)]
    assert all(b.start >= end for b, end in zip(document.blocks, ends, strict=False))
    assert "".join("".join(text[b.start : b.end].split()) for b in document.blocks) == "".join(text.split())
    assert all(text[c.start : c.end] == c.text for t in document.tables for c in t.cells)


def test_a_wrapper_called_a_sidebar_does_not_hide_the_report(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<div class='sidebar'><h1>{TITLE}</h1><p>{BODY[0]}</p></div>", encoding="utf-8")
    assert [b.kind for b in read_document(path, tmp_path).blocks] == ["title", "paragraph"]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="published reports not at hand")
def test_published_reports_keep_every_owed_figure() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        document = read_document(path, SEEDS)
        assert_sound(document)
        for figure in json.loads(path.with_suffix(".json").read_text("utf-8"))["figures"]:
            before, rest = unicodedata.normalize("NFC", figure["context"]).split("[", 1)
            start = document.text.index(before + rest.replace("]", "", 1)) + len(before)
            assert figure.get("optional") or not document.block_at(start).is_furniture, figure["context"]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("news", [TITLE, DATE, *BODY]),
        ("official_report", ["ỦY BAN NHÂN DÂN", "Số: 12/BC-UBND", "BÁO CÁO", "Kết quả quý I năm 2024", *BODY]),
        ("portal", ["CỔNG DỊCH VỤ CÔNG", "Thống kê tình hình xử lý", "Xã A: 12 hồ sơ", "Xã B: 98 hồ sơ"]),
        ("table", ["Hồ sơ tiếp nhận theo đơn vị", *("\t".join(row) for row in ROWS), "Cấp tỉnh\t9.120\t97,1%"]),
    ],
)
def test_source_kind(tmp_path: Path, kind: str, lines: list[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read_document(path, tmp_path).source_kind == kind


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Cập nhật ngày: 19/01/2021 | 14:20 GMT+7", date(2021, 1, 19)),
        ("Tân Hà, ngày 07 tháng 3 năm 2025", date(2025, 3, 7)),
        ("10-6-2021, 10:53 GMT+7", date(2021, 6, 10)),
        ("14/10/202", None),
    ],
)
def test_published_is_a_whole_date_or_none(tmp_path: Path, line: str, expected: date | None) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n\n".join([TITLE, line, *BODY]), encoding="utf-8")
    document = read_document(path, tmp_path)
    assert document.published == expected
    assert document.blocks[1].kind == "dateline"


# --- encodings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings(encoding: str) -> None:
    text = f"{TITLE}\r\n{BODY[0]}\r\n"
    assert decode(unicodedata.normalize("NFD", text).encode(encoding))[0] == f"{TITLE}\n{BODY[0]}\n"


def to_cp1258(text: str) -> bytes:
    """Windows-1258 keeps the tone as a mark of its own behind the vowel."""
    out = []
    for char in text:
        tones = [m for m in unicodedata.normalize("NFD", char) if m in "\u0300\u0301\u0303\u0309\u0323"]
        bare = "".join(m for m in unicodedata.normalize("NFD", char) if m not in tones)
        out += [unicodedata.normalize("NFC", bare), *tones]
    return "".join(out).encode("cp1258")


def test_cp1258_is_recognised_and_composed() -> None:
    assert decode(to_cp1258(BODY[0])) == (BODY[0], "cp1258")


@pytest.mark.parametrize("depth", [10, 300])
def test_nothing_is_lost_behind_tags_left_open(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "a.html"
    path.write_text("<meta charset=utf-8>" + "<div>Mục<b>" * (depth // 2) + "<p>Nhận 12 hồ sơ</p>", encoding="utf-8")
    assert read_document(path, tmp_path).text.endswith("Nhận 12 hồ sơ\n")


def test_html_that_is_nested_too_deep_is_refused_rather_than_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<meta charset=utf-8>" + "<div>" * 5000 + "<p>Nhận 12 hồ sơ</p>", encoding="utf-8")
    with pytest.raises(DocumentError, match="thẻ lồng nhau"):
        read_document(path, tmp_path)


def test_html_may_declare_its_encoding() -> None:
    page = f"<meta charset=windows-1258><p>{BODY[0]}</p>"
    assert BODY[0] in decode(to_cp1258(page), markup=True)[0]


# --- folders and failures -------------------------------------------------------------------------------------------


def test_raw_files_are_listed_in_order_without_the_rest(tmp_path: Path) -> None:
    for name in ("b/q1.txt", "a/q1.txt", "README.md", "a/~$q1.docx", ".hidden/x.txt", "corrections.yaml", "a/bang.xls"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("x", encoding="utf-8")
    files = list_raw_files(tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in files] == ["a/bang.xls", "a/q1.txt", "b/q1.txt"]


def test_document_ids_are_unique_and_short(tmp_path: Path) -> None:
    names = ["phu-ly/bao-cao.txt", "cau-tre/bao-cao.txt", "cau-tre/bao-cao.pdf", "hoa-binh.txt"]
    ids = assign_document_ids([tmp_path / n for n in names], tmp_path)
    assert list(ids.values()) == ["phu-ly/bao-cao", "cau-tre/bao-cao.txt", "cau-tre/bao-cao.pdf", "hoa-binh"]


def encrypted_pdf() -> bytes:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"3 0 obj<</Filter/Standard/V 1/R 2/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")/P -44>>endobj\n"
    )
    return body + b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]/Size 4>>\n%%EOF"


def scanned_pdf() -> bytes:
    writer = pypdfium2.PdfDocument.new()
    page = writer.new_page(595, 842)
    pdfium.FPDFPage_InsertObject(page, pdfium.FPDFPageObj_CreateNewRect(0, 0, 500, 700))
    page.gen_content()
    buffer = io.BytesIO()
    writer.save(buffer)
    return buffer.getvalue()


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def hostile_docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"  \r\n ", "trống"),
        ("a.txt", bytes(range(256)) * 8, "không phải là văn bản|bảng mã"),
        ("a.pages", b"x", "Chưa hỗ trợ"),
        ("a.xls", b"x", r"\.xls hỏng"),
        ("a.txt", OLD_OFFICE + bytes(64), "một tệp Word hoặc Excel cũ"),
        ("a.xlsx", OLD_OFFICE + bytes(64), "hỏng"),
        ("noending", b"x", "không có phần mở rộng"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "một tệp ảnh"),
        ("a.docx", b"\xff\xd8\xff\xe0" + bytes(64), "một tệp ảnh"),
        ("a.html", b"PK\x03\x04" + bytes(64), "tệp nén"),
        ("a.txt", b"%PDF-1.7 ", "một tệp PDF"),
        ("a.docx", b"text, no archive", "hỏng"),
        ("a.doc", b"x", r"\.doc"),
        ("a.docx", OLD_OFFICE + bytes(64) + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        ("a.docx", b"PK\x03\x04 broken", "hỏng"),
        ("a.docx", hostile_docx(), "thực thể"),
        ("a.pdf", b"%PDF-1.4 broken", "hỏng"),
        ("a.pdf", encrypted_pdf(), "mật khẩu"),
        ("a.pdf", scanned_pdf(), "bản quét ảnh"),
        ("a.html", b"<html><body><script>1</script></body></html>", "không có chữ"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=message) as caught:
        read_document(path, tmp_path)
    assert caught.value.remedy.endswith(".")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.documents.MAX_BYTES", 10)
    (tmp_path / "a.txt").write_text("Một báo cáo dài hơn giới hạn", encoding="utf-8")
    with pytest.raises(DocumentError, match="quá lớn"):
        read_document(tmp_path / "a.txt", tmp_path)
