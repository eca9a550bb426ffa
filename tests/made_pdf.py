"""PDF files made line by line, and one whose font is of an old encoding."""

from __future__ import annotations

import ctypes
from pathlib import Path

import matplotlib
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image


def wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


class PdfWriter:
    """Just enough of a PDF: lines of text, ruled tables, page numbers."""

    def __init__(self, *, numbered: bool = True) -> None:
        self.numbered = numbered
        self.document = pypdfium2.PdfDocument.new()
        font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf").read_bytes()
        self._data = (ctypes.c_uint8 * len(font)).from_buffer_copy(font)
        self.font = pdfium.FPDFText_LoadFont(self.document, self._data, len(font), pdfium.FPDF_FONT_TRUETYPE, 1)
        self.page = None
        self.new_page()

    def new_page(self, width: float = 595, height: float = 842) -> None:
        self._finish()
        self.page = self.document.new_page(width, height)
        self.y = height - 102

    def _finish(self) -> None:
        if self.page:
            if self.numbered:
                self.text(str(len(self.document)), 290, 30)
            self.page.gen_content()

    def text(self, text: str, x: float, y: float, size: float = 11, *, unseen: bool = False, turn: int = 0) -> None:
        """A line of text; `turn` is by how many degrees it will be turned clockwise, with its page."""
        shape = pdfium.FPDFPageObj_CreateTextObj(self.document, self.font, size)
        encoded = (text + "\0").encode("utf-16-le")
        units = (ctypes.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded)
        pdfium.FPDFText_SetText(shape, units)
        if unseen:
            pdfium.FPDFTextObj_SetTextRenderMode(shape, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
        along = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[turn]
        pdfium.FPDFPageObj_Transform(shape, *along, x, y)
        pdfium.FPDFPage_InsertObject(self.page, shape)

    def lines(self, lines: list[str], size: float = 11) -> None:
        for line in lines:
            self.text(line, 50, self.y, size)
            self.y -= 18
        self.y -= 22

    def table(self, rows: tuple[tuple[str, ...], ...]) -> None:
        for row in rows:
            for col, cell in enumerate(row):
                box = pdfium.FPDFPageObj_CreateNewRect(50 + 150 * col, self.y - 6, 150, 22)
                pdfium.FPDFPath_SetDrawMode(box, 0, 1)
                pdfium.FPDFPage_InsertObject(self.page, box)
                self.text(cell, 55 + 150 * col, self.y)
            self.y -= 22
        self.y -= 22

    def picture(self, image: Image.Image, x: float = 0, y: float = 0, width: float = 595, height: float = 842) -> None:
        shape = pypdfium2.PdfImage.new(self.document)
        shape.set_bitmap(pypdfium2.PdfBitmap.from_pil(image))
        shape.set_matrix(pypdfium2.PdfMatrix().scale(width, height).translate(x, y))
        self.page.insert_obj(shape)

    def save(self, path: Path) -> None:
        self._finish()
        with path.open("wb") as file:
            self.document.save(file)


def pdf_in_font(lines: list[bytes], font: str) -> bytes:
    """A PDF of one page whose letters are bytes in a font that it names and doesn't hold."""
    shown = b" ".join(b"(" + line.replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj 0 -20 Td" for line in lines)
    stream = b"BT /F1 12 Tf 50 700 Td " + shown + b" ET"
    name = font.encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        b"<</Type/Font/Subtype/TrueType/BaseFont/" + name + b"/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 255"
        b"/Widths[" + b" ".join([b"500"] * 224) + b"]/FontDescriptor 6 0 R>>",
        b"<</Length " + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream",
        b"<</Type/FontDescriptor/FontName/" + name + b"/Flags 32/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900"
        b"/Descent -200/CapHeight 700/StemV 80>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + content + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + b"trailer<</Root 1 0 R/Size %d>>" % 7
    return out + b"\nstartxref\n%d\n%%%%EOF" % out.rindex(b"xref")
