"""analysis.documents.legacy: every letter of TCVN3 and VNI, what is told from what, and broken UTF-8."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.documents import read_document
from analysis.documents.fonts import Fonts, encoding_of_font
from analysis.documents.legacy import Encoding, find_legacy, load_encodings
from analysis.documents.legacy import repair_mojibake as repair
from analysis.documents.syllables import is_syllable
from analysis.model import Document

TCVN3, VNI = load_encodings()
SMALL = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
LETTERS = SMALL + SMALL.upper()

REPORT = (
    "Tỉnh Hà Nam: Cải cách hành chính 9 tháng đầu năm 2021, tỷ lệ hồ sơ giải quyết đúng hạn đạt 98,2%.",
    "Ủy ban nhân dân huyện tiếp nhận 4.545 hồ sơ; trong đó 2.756 hồ sơ trực tuyến, chiếm 60,64%.",
    "Đề nghị các phòng, ban chuyên môn khẩn trương khắc phục những tồn tại, hạn chế đã nêu.",
    "Chỉ số hài lòng của người dân, tổ chức xếp thứ 5/13 địa phương, tăng 3 bậc so với năm trước.",
)
UNICODE = (
    "Ngài Müller (São Paulo) và bà Françoise Noël thăm bộ phận một cửa; Điều 19 § 2; nhiệt độ 25°C; 12 m²; ±0,5.",
    "Café Genève và công ty Windows® © 2024 tài trợ «một cửa»; giá ½ triệu; Ø 12 mm; Ðắk Lắk; Krông Búk.",
    "The Señor's El Niño naïve façade: coöperation, Ærø, Größe über, på så må, año, où étés, thé, dû.",
    "QUYẾT ĐỊNH số 12/QĐ-UBND · Phần I · Mục 2 · XÃ TÂN AN · HÒA BÌNH · Gò Vấp · Củ Chi · Cần Giờ · Bến Lức · Cái Bè",
)


def spelled(text: str, encoding: Encoding) -> str:
    """Text in an old encoding; TCVN3 writes the capitals that it has not as small letters."""
    spelling = {}
    for written, letter in encoding.letters.items():
        spelling.setdefault(letter, written)
    return "".join(spelling.get(c, spelling.get(c.lower(), c)) for c in text)


def test_there_are_134_letters() -> None:
    assert len(set(LETTERS)) == 134 and set(VNI.letters.values()) == set(LETTERS)
    assert set(TCVN3.letters.values()) >= {*SMALL, *"ĂÂÊÔƠƯĐ"}


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_of_vni(letter: str) -> None:
    assert VNI.convert(spelled(letter, VNI)) == letter


@pytest.mark.parametrize("letter", SMALL)
def test_every_letter_of_tcvn3_in_a_small_and_a_capital_font(letter: str) -> None:
    written = spelled(letter, TCVN3)
    assert len(written) == 1 and len(written.encode("cp1252")) == 1
    fonts = Fonts((TCVN3,))
    assert fonts.convert(written, ".VnTime") == letter
    assert fonts.convert(written, ".VnTimeH") == letter.upper()


@pytest.mark.skipif(shutil.which("iconv") is None, reason="iconv, which knows the standard, is not installed")
def test_tcvn3_agrees_with_the_standard() -> None:
    written = "".join(TCVN3.letters)
    done = subprocess.run(
        ["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=written.encode("cp1252"), capture_output=True
    )
    assert done.stdout.decode("utf-8") == "".join(TCVN3.letters.values())


def test_capitals_of_vni_may_have_small_marks() -> None:
    assert VNI.convert("UÛY BAN NHAÂN DAÂN, Uûy ban, Ñaát, AÙnh, Aùnh") == "ỦY BAN NHÂN DÂN, Ủy ban, Đất, Ánh, Ánh"


@pytest.mark.parametrize("line", REPORT)
@pytest.mark.parametrize("encoding", [TCVN3, VNI], ids=lambda e: e.name)
def test_lines_are_told_and_converted(encoding: Encoding, line: str) -> None:
    legacy = find_legacy(spelled(line, encoding))
    assert legacy is not None and legacy.encodings == (encoding,) and legacy.whole
    expected = line.replace("Ủy ban", "ủy ban") if encoding is TCVN3 else line
    assert legacy.mend(spelled(line, encoding)) == expected


@pytest.mark.parametrize("encoding", [TCVN3, VNI], ids=lambda e: e.name)
def test_a_legacy_line_in_a_unicode_report_is_converted_and_nothing_else(encoding: Encoding) -> None:
    lines = [*UNICODE, spelled(REPORT[0], encoding), *REPORT[1:], *UNICODE]
    legacy = find_legacy("\n".join(lines))
    assert legacy is not None and legacy.encodings == (encoding,) and not legacy.whole
    assert legacy.mend("\n".join(lines)).splitlines() == [*UNICODE, REPORT[0], *REPORT[1:], *UNICODE]


@pytest.mark.parametrize("text", [*REPORT, *UNICODE, "\n".join([*REPORT, *UNICODE]), "", "ASCII 12", "© 2024 ®"])
def test_unicode_is_never_taken_for_an_old_encoding(text: str) -> None:
    assert find_legacy(text) is None


@given(st.text(alphabet="abcghiknotuy ăâđêôơưáàảãạếềờủ©®·Müçéñø.,12\n", max_size=80))
def test_mending_leaves_lines_that_are_syllables_alone(text: str) -> None:
    legacy = find_legacy("\n".join([spelled(REPORT[0], TCVN3), REPORT[1]]))
    assert legacy is not None
    for line in text.splitlines():
        words = line.split()
        if words and all(is_syllable(word) for word in words):
            assert legacy.mend(line) == line


def test_capitals_in_a_tcvn3_line() -> None:
    legacy = find_legacy("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM\nñy ban nh©n d©n tØnh, UBND tØnh")
    assert legacy is not None
    assert legacy.mend("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM") == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert legacy.mend("UBND tØnh, X· Hßa") == "UBND tỉnh, Xã Hòa"


def test_a_cell_without_evidence_is_as_the_whole_document_is() -> None:
    whole = find_legacy(spelled("\n".join(REPORT), TCVN3))
    mixed = find_legacy("\n".join([spelled(REPORT[0], TCVN3), *REPORT]))
    assert whole is not None and mixed is not None
    assert (whole.mend("cã"), mixed.mend("cã")) == ("có", "cã")


@pytest.mark.parametrize(
    ("font", "name"),
    [
        (".VnTime", "TCVN3 (ABC)"),
        (".VnTimeH,Bold", "TCVN3 (ABC)"),
        ("ABCDEE+.VnArial", "TCVN3 (ABC)"),
        ("VNI-Times", "VNI"),
        ("BCDEFG+VNI-Helve-Condense,Bold", "VNI"),
        ("Times New Roman", None),
        ("Verdana", None),
        ("VNU-Times", None),
    ],
)
def test_fonts(font: str, name: str | None) -> None:
    encoding = encoding_of_font(font)
    assert (encoding.name if encoding else None) == name


def test_unicode_pasted_into_an_old_font_stays() -> None:
    pasted = Fonts.of([("Cải cách", ".VnTime"), ("các", ".VnTime"), ("là", ".VnTime")])
    assert pasted.trusted == () and pasted.convert("các", ".VnTime") == "các"
    written = Fonts.of([("C¶i c¸ch", ".VnTime"), ("Cải cách", ".VnTime"), ("céng hßa", "Arial")])
    assert written.convert("cã", ".VnTime") == "có"
    assert written.convert("Cải", ".VnTime") == "Cải"
    assert written.convert("céng hßa", "Arial") == "céng hßa"


@pytest.mark.parametrize("line", [*REPORT, "Hà Nội, Đà Nẵng: là nơi làm tốt"])
@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_utf8_read_as_windows_1252(line: str, codec: str) -> None:
    def misread(text: str) -> str:
        return "".join(
            bytes([b]).decode(codec) if codec == "latin-1" or b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b)
            for b in text.encode("utf-8")
        )

    assert repair(misread(line)) == line
    assert repair(misread(misread(line))) == line
    assert repair(misread(line).replace("\xa0", " ")).replace(" ", "") == line.replace(" ", "")


@pytest.mark.parametrize("text", [*REPORT, *UNICODE, "XÃ “TÂN AN” LÀ XÃ – HỘI Â»"])
def test_good_text_is_no_mojibake(text: str) -> None:
    assert repair(text) == text


def test_syllables_of_names() -> None:
    names = "Nguyễn Thuý Quỳnh Giang Khuya Hoạch Quyết Gìn Giếng Nghuếch Ủy Hoà Hòa Uỷ Kỹ Kĩ Yên Ý Oanh Ưu Ngoằn"
    assert [name for name in names.split() if not is_syllable(name)] == []
    assert unicodedata.is_normalized("NFC", names)


# --- whole files ----------------------------------------------------------------------------------------------------


def read(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    document = read_document(folder / name, folder)
    assert unicodedata.is_normalized("NFC", document.text)
    assert [b for b in document.blocks if document.text[b.start : b.end].strip() == ""] == []
    return document


@pytest.mark.parametrize("encoding", [TCVN3, VNI], ids=lambda e: e.name)
@pytest.mark.parametrize("codec", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_a_text_file_in_an_old_encoding(tmp_path: Path, encoding: Encoding, codec: str) -> None:
    text = "\n".join(REPORT[1:])
    document = read(tmp_path, "a.txt", spelled(text, encoding).encode(codec))
    assert document.text == (text.replace("Ủy ban", "ủy ban") if encoding is TCVN3 else text)
    assert document.encoding == encoding.name
    assert document.notes == (f"Văn bản dùng bảng mã cũ {encoding.name}, đã chuyển sang Unicode.",)


@pytest.mark.parametrize("encoding", [TCVN3, VNI], ids=lambda e: e.name)
@pytest.mark.parametrize("form", ["bytes", "characters", "entities"])
def test_a_page_in_an_old_encoding(tmp_path: Path, encoding: Encoding, form: str) -> None:
    body = spelled(REPORT[2], encoding)
    if form == "entities":
        body = body.encode("ascii", errors="xmlcharrefreplace").decode("ascii")
    page = f"<html><head><title>{spelled('Báo cáo', encoding)}</title></head><body><p>{body}</p></body></html>"
    document = read(tmp_path, "a.html", page.encode("cp1252" if form == "bytes" else "utf-8"))
    assert document.text == REPORT[2] + "\n" and document.encoding == encoding.name
    assert document.notes != ()


def test_fonts_of_a_page(tmp_path: Path) -> None:
    page = (
        "<p><font face='.VnTimeH'>b¸o c¸o</font> <span style='font-family: \"VNI-Times\"'>thaùng naêm</span>"
        " <font face='Arial'>của 12 xã</font></p><table><tr><td>Xã</td><td><font face='.VnTime'>cã</font></td></tr>"
        "<tr><td>A</td><td>12</td></tr></table>"
    )
    document = read(tmp_path, "a.html", page.encode("utf-8"))
    assert document.text.split() == "BÁO CÁO tháng năm của 12 xã Xã có A 12".split()
    assert document.encoding == "TCVN3 (ABC), VNI"


def test_a_misread_page_is_restored_and_noted(tmp_path: Path) -> None:
    misread = REPORT[0].encode("utf-8").decode("latin-1").encode("utf-8")
    document = read(tmp_path, "a.html", b"<meta charset=utf-8><p>" + misread + b"</p>")
    assert document.text == REPORT[0] + "\n"
    assert document.notes == ("Chữ bị vỡ dấu (UTF-8 đọc nhầm thành Windows-1252), đã khôi phục.",)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("thủ\u00ad tục\u200b hành\ufeff chính", "thủ tục hành chính"),
        ("c\u00e1\u0302p, \u01a1\u0301, o\u0301\u031b, ê\u0323", "cấp, ớ, ớ, ệ"),
        (unicodedata.normalize("NFD", "Cải cách hành chính năm 2021"), "Cải cách hành chính năm 2021"),
        ("\uf0b7 Hồ sơ đúng hạn", "• Hồ sơ đúng hạn"),
        (
            "Hoà Bình, Uỷ ban, kĩ thuật, Ðắk Lắk, “một cửa” – 12%",
            "Hoà Bình, Uỷ ban, kĩ thuật, Ðắk Lắk, “một cửa” – 12%",
        ),
    ],
)
def test_what_nobody_sees_is_left_out_and_what_people_wrote_is_kept(tmp_path: Path, written: str, text: str) -> None:
    assert read(tmp_path, "a.html", f"<meta charset=utf-8><p>{written}</p>".encode()).text == text + "\n"
