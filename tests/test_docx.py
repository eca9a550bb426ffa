"""analysis.documents.docx: what Word shows is read, what it hides isn't; old fonts; old Word files by LibreOffice."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

from analysis.documents import DocumentError, office, read_document
from analysis.documents.programs import run_program
from analysis.model import Document

SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    }.items()
)


def saved(folder: Path, fill: Callable[[Any], None]) -> Document:
    word = docx.Document()
    fill(word)
    word.save(str(folder / "a.docx"))
    return read_document(folder / "a.docx", folder)


def lines_of(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if not b.is_furniture]


def put(word: Any, xml: str) -> None:
    word.element.body.insert(len(word.element.body) - 1, parse_xml(f"<w:p {SPACES}>{xml}</w:p>"))


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        deleted = '<w:del w:id="1" w:author="A"><w:r><w:delText>100</w:delText></w:r></w:del>'
        put(word, run("Tiếp nhận ") + deleted + f'<w:ins w:id="2" w:author="A">{run("120")}</w:ins>' + run(" hồ sơ"))
        put(word, f'<w:moveFrom w:id="3" w:author="A">{run("Cũ 5")}</w:moveFrom>')

    document = saved(tmp_path, fill)
    assert lines_of(document) == ["Tiếp nhận 120 hồ sơ"]
    assert "2 chỗ đã xóa" in document.notes[0]


BOX = "<w:txbxContent><w:p><w:r><w:t>Trong hộp: 7 hồ sơ</w:t></w:r></w:p></w:txbxContent>"
NEW_BOX = (
    "<w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp><wps:txbx>"
    f"{BOX}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
)
OLD_BOX = f"<w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict>"


@pytest.mark.parametrize(
    "box",
    [
        OLD_BOX,
        NEW_BOX,
        f"<mc:AlternateContent><mc:Choice Requires='wps'>{NEW_BOX}</mc:Choice></mc:AlternateContent>",
        f"<mc:AlternateContent><mc:Choice Requires='wps'>{NEW_BOX}</mc:Choice>"
        f"<mc:Fallback>{OLD_BOX}</mc:Fallback></mc:AlternateContent>",
    ],
    ids=["old", "new", "alternative without fallback", "alternative with fallback"],
)
def test_a_text_box_is_read_once(tmp_path: Path, box: str) -> None:
    document = saved(tmp_path, lambda word: put(word, f"{run('Ngoài hộp')}<w:r>{box}</w:r>"))
    assert lines_of(document) == ["Ngoài hộp", "Trong hộp: 7 hồ sơ"]


def test_hidden_text_is_left_out_and_a_page_break_parts_lines(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        paragraph = word.add_paragraph("Trang trước")
        paragraph.add_run(" nháp 99").font.hidden = True
        paragraph.add_run().add_break(WD_BREAK.PAGE)
        paragraph.add_run("Trang sau")

    assert lines_of(saved(tmp_path, fill)) == ["Trang trước", "Trang sau"]


def add_list(word: Any, name: str, levels: list[tuple[str, str]]) -> None:
    numbering = word.part.numbering_part.element
    abstract = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (form, text) in enumerate(levels)
    )
    space = SPACES.split(" ")[0]
    numbering.insert(0, parse_xml(f'<w:abstractNum {space} w:abstractNumId="{name}">{abstract}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {space} w:numId="{name}"><w:abstractNumId w:val="{name}"/></w:num>'))


def test_numbers_of_lists_are_written_out(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        add_list(word, "77", [("upperRoman", "%1."), ("decimal", "%2."), ("decimal", "%2.%3."), ("lowerLetter", "%4)")])
        for depth, text in [
            (0, "TÌNH HÌNH"),
            (1, "Kết quả"),
            (2, "Đúng hạn"),
            (2, "Quá hạn"),
            (3, "Cấp xã"),
            (1, "Khó khăn"),
            (0, "PHƯƠNG HƯỚNG NHIỆM VỤ NĂM TỚI"),
        ]:
            put(
                word,
                f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr></w:pPr>{run(text)}',
            )
        word.add_paragraph("Một dòng có chấm đầu dòng", style="List Bullet")

    assert lines_of(saved(tmp_path, fill)) == [
        *(
            "I. TÌNH HÌNH",
            "1. Kết quả",
            "1.1. Đúng hạn",
            "1.2. Quá hạn",
            "a) Cấp xã",
            "2. Khó khăn",
            "II. PHƯƠNG HƯỚNG NHIỆM VỤ NĂM TỚI",
        ),
        "Một dòng có chấm đầu dòng",
    ]


def test_a_list_of_a_style_is_numbered_too(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        for text in ("Tiếp nhận 12 hồ sơ", "Giải quyết 11 hồ sơ"):
            word.add_paragraph(text, style="List Number")

    assert lines_of(saved(tmp_path, fill)) == ["1. Tiếp nhận 12 hồ sơ", "2. Giải quyết 11 hồ sơ"]


NOTE = f'<w:footnote w:id="2"><w:p>{run("Theo báo cáo số 12/BC-UBND.")}</w:p></w:footnote>'


def test_a_footnote_stands_at_the_end_and_its_mark_in_no_number(tmp_path: Path) -> None:
    word = docx.Document()
    put(word, run("Tiếp nhận 4.545") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + run(" hồ sơ."))
    word.save(str(tmp_path / "plain.docx"))
    with zipfile.ZipFile(tmp_path / "plain.docx") as old, zipfile.ZipFile(tmp_path / "a.docx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/_rels/document.xml.rels":
                kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
                link = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
                data = data.replace(b"</Relationships>", link.encode())
            new.writestr(name, data)
        new.writestr("word/footnotes.xml", f"<w:footnotes {SPACES}>{NOTE}</w:footnotes>")
    document = read_document(tmp_path / "a.docx", tmp_path)
    assert lines_of(document) == ["Tiếp nhận 4.545 hồ sơ.", "Theo báo cáo số 12/BC-UBND."]


def test_a_nested_table_is_read(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        inner = word.add_table(1, 2).cell(0, 1).add_table(3, 2)
        for row, texts in zip(inner.rows, (("Xã", "Hồ sơ"), ("A", "12"), ("B", "34")), strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text

    (table,) = saved(tmp_path, fill).tables
    assert [c.text for c in table.cells] == ["Xã", "Hồ sơ", "A", "12", "B", "34"]


def test_a_table_typed_with_tabs_is_a_table_and_other_tabs_are_spaces(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        word.add_paragraph("UBND HUYỆN TÂN HÀ\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        word.add_paragraph("BÁO CÁO")
        word.add_paragraph("Kết quả giải quyết thủ tục hành chính quý I năm 2024")
        for row in ("Đơn vị\tTiếp nhận\tĐúng hạn", "Xã Tân An\t1.545\t98,2%", "Xã Tân Bình\t3.000\t99,1%"):
            word.add_paragraph(row)
        word.add_paragraph("Trên đây là kết quả của huyện.")
        word.add_paragraph("Nơi nhận:\tTM. ỦY BAN NHÂN DÂN")

    document = saved(tmp_path, fill)
    (table,) = document.tables
    assert [c.text for c in table.cells if c.is_head] == ["Đơn vị", "Tiếp nhận", "Đúng hạn"]
    assert all(document.text[c.start : c.end] == c.text for c in table.cells)
    assert document.text.startswith("UBND HUYỆN TÂN HÀ CỘNG HÒA")
    assert "Nơi nhận: TM. ỦY BAN" in document.text


# --- old fonts ------------------------------------------------------------------------------------------------------


def set_font(element: Any, name: str) -> None:
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for side in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(side), name)


def test_fonts_of_runs_styles_and_cells(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        set_font(word.styles["Normal"].element, ".VnTime")
        title = word.add_paragraph().add_run("b¸o c¸o c¶i c¸ch hµnh chÝnh n¨m 2008")
        set_font(title._r, ".VnTimeH")
        word.add_paragraph("Huyện dùng Unicode ở đoạn này: 12 hồ sơ")
        paragraph = word.add_paragraph("Hå s¬ ®óng h¹n: ")
        set_font(paragraph.add_run("Huyeän Thanh Lieâm ")._r, "VNI-Times")
        set_font(paragraph.add_run("café 98,2%")._r, "Times New Roman")
        table = word.add_table(2, 2)
        for cell, text in zip((c for row in table.rows for c in row.cells), ("X·", "cã", "T©n An", "12"), strict=True):
            cell.text = text

    document = saved(tmp_path, fill)
    assert lines_of(document) == [
        "BÁO CÁO CẢI CÁCH HÀNH CHÍNH NĂM 2008",
        "Huyện dùng Unicode ở đoạn này: 12 hồ sơ",
        "Hồ sơ đúng hạn: Huyện Thanh Liêm café 98,2%",
        "Xã\tcó\nTân An\t12",
    ]
    assert document.encoding == "TCVN3 (ABC), VNI"
    assert document.notes == ("Văn bản dùng bảng mã cũ TCVN3 (ABC), VNI, đã chuyển sang Unicode.",)


def test_a_soft_hyphen_of_word_is_a_letter_of_tcvn3(tmp_path: Path) -> None:
    def fill(word: Any) -> None:
        run_ = word.add_paragraph("").add_run("gi¶i quyÕt ®")
        run_._r.append(OxmlElement("w:softHyphen"))
        set_font(run_._r, ".VnTime")
        set_font(run_._r.getparent().add_r(), ".VnTime")
        run_._r.getnext().text = "îc 12 hå s¬"

    assert lines_of(saved(tmp_path, fill)) == ["giải quyết được 12 hồ sơ"]


def test_text_without_its_font_is_told_by_spelling(tmp_path: Path) -> None:
    document = saved(tmp_path, lambda word: word.add_paragraph("C¶i c¸ch hµnh chÝnh: ®¹t 98,2% hå s¬ ®óng h¹n"))
    assert lines_of(document) == ["Cải cách hành chính: đạt 98,2% hồ sơ đúng hạn"]


# --- other office programs ------------------------------------------------------------------------------------------

needs_office = pytest.mark.skipif(office.find_office() is None, reason="LibreOffice is not installed")


def old_copy(folder: Path, kind: str) -> Path:
    """A Word document with a table, saved in an older format."""
    word = docx.Document()
    word.add_paragraph("Huyện Tân Hà tiếp nhận 4.545 hồ sơ, đạt 98,2%.")
    table = word.add_table(2, 2, style="Table Grid")
    for cell, text in zip((c for row in table.rows for c in row.cells), ("Xã", "Hồ sơ", "Tân An", "12"), strict=True):
        cell.text = text
    word.add_paragraph("Hết.")
    word.save(str(folder / "source.docx"))
    profile = (folder / "profile").as_uri()
    command = [str(office.find_office()), f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind]
    assert run_program([*command, "--outdir", str(folder), str(folder / "source.docx")], 60, folder) is None
    return folder / f"source.{kind}"


@needs_office
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["doc", "rtf", "odt"])
def test_an_older_word_file_is_converted_once(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = old_copy(tmp_path, kind), tmp_path / "kept"
    document = read_document(path, tmp_path, cache=cache)
    assert document.format == kind and document.notes[0].startswith(f"Tệp .{kind} đã được LibreOffice")
    assert lines_of(document)[0] == "Huyện Tân Hà tiếp nhận 4.545 hồ sơ, đạt 98,2%."
    assert [c.text for c in document.tables[0].cells] == ["Xã", "Hồ sơ", "Tân An", "12"]
    assert path.with_name("a.docx") not in list(tmp_path.iterdir())
    monkeypatch.setattr(office, "find_office", lambda: None)
    assert read_document(path, tmp_path, cache=cache) == document


@needs_office
def test_an_old_word_file_under_a_new_name_is_told_by_its_content(tmp_path: Path) -> None:
    path = old_copy(tmp_path, "doc").rename(tmp_path / "b.docx")
    assert read_document(path, tmp_path).format == "doc"


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64) + "WordDocument".encode("utf-16-le") + bytes(512)


@pytest.mark.parametrize(("name", "kind", "modern"), [("a.doc", "doc", "Word"), ("a.rtf", "rtf", "Word")])
def test_without_libreoffice_it_is_said_what_to_do(
    tmp_path: Path, name: str, kind: str, modern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)
    (tmp_path / name).write_bytes(OLD if kind == "doc" else b"{\\rtf1 x}")
    with pytest.raises(DocumentError, match=rf"\.{kind} cần LibreOffice") as caught:
        read_document(tmp_path / name, tmp_path)
    assert modern in caught.value.remedy and "Save As" in caught.value.remedy
    assert "Save As" in caught.value.said.in_language("en") and "LibreOffice" in caught.value.said.in_language("en")


@needs_office
def test_a_damaged_old_file_is_a_clear_failure(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(OLD)
    with pytest.raises(DocumentError, match="LibreOffice không chuyển được") as caught:
        read_document(tmp_path / "a.doc", tmp_path)
    assert caught.value.remedy.endswith(".")


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for a program that hangs")
def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    script = tmp_path / "hang.sh"
    script.write_text("#!/bin/sh\nsleep 60 & echo $! > child\nwait\n", encoding="utf-8")
    script.chmod(0o755)
    began = time.perf_counter()
    assert run_program([str(script)], 0.5, tmp_path) == "> 0 s"
    assert time.perf_counter() - began < 10
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child is still running")
