"""Which format a raw file is in: by its ending, and among office files by what it holds."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from analysis.errors import DocumentError
from analysis.messages import both, explain
from analysis.model import DocumentFormat

ENDINGS: dict[str, DocumentFormat] = {
    ".txt": "txt", ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf",
    ".docx": "docx", ".docm": "docx", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".doc": "doc", ".rtf": "rtf", ".odt": "odt", ".xls": "xls", ".ods": "ods",
}  # fmt: skip
_OFFICE = frozenset({"docx", "xlsx", "doc", "rtf", "odt", "xls", "ods"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTENTS = {
    "picture": (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"),
    "pdf": (b"%PDF-",),
    "zip": (b"PK\x03\x04",),
    "office": (_OLE, b"{\\rtf"),
}
"""How files of other types begin, whatever their name says."""
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|table|body|meta)\b", re.IGNORECASE)
_PACKAGES: tuple[tuple[str, DocumentFormat], ...] = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"))


def format_of(path: Path, data: bytes) -> DocumentFormat:
    """The format of a file; `DocumentError` where it is none that can be read, or not the one its name says.

    Office programs save under each other's endings (a page as .doc, a table of a web portal as .xls): there the
    content decides.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        what = both("document.unknown_type", ending=ending) if ending else both("document.no_ending")
        raise DocumentError(what, both("document.unknown_type.remedy"))
    expected = ENDINGS[ending]
    content = next((name for name, marks in _CONTENTS.items() if data.startswith(marks)), "")
    if expected in _OFFICE and content not in ("picture", "pdf"):
        return _office_format(ending, expected, data)
    if content not in ("", expected):
        raise DocumentError(*explain("document.other_content", ending=ending, content=both(f"content.{content}")))
    return expected


def _office_format(ending: str, expected: DocumentFormat, data: bytes) -> DocumentFormat:
    if data.startswith(_OLE):
        return _ole_format(expected, data)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(b"PK\x03\x04"):
        return _package_format(expected, data)
    if _PAGE.search(data[:2000].replace(b"\0", b"")):
        return "html"
    if expected in ("docx", "xlsx"):
        return expected  # its reader says what is wrong
    raise DocumentError(*explain("document.office_broken", ending=ending))


def _ole_format(expected: DocumentFormat, data: bytes) -> DocumentFormat:
    """An old office file, by the names in its directory; a new one that is locked lies in the same container."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise DocumentError(*explain("document.locked_office"))
    if holds("WordDocument"):
        return "doc"
    if holds("Workbook") or holds("Book"):
        return "xls"
    raise DocumentError(*explain("document.office_broken", ending=f".{expected}"))


def _package_format(expected: DocumentFormat, data: bytes) -> DocumentFormat:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return expected if expected in ("docx", "xlsx") else "docx"  # the reader says what is wrong
    return next((kind for part, kind in _PACKAGES if part in names), expected)
