"""Scanned PDF -> PDF with text, by OCRmyPDF and Tesseract's Vietnamese where they are installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from analysis.documents.programs import find_program, kept, run_program
from analysis.errors import DocumentError
from analysis.messages import explain

LANGUAGE = "vie"
MAX_PAGES = 200
SECONDS_PER_PAGE = 60
"""A page takes two to ten; a slow office machine more."""
_PLACES = (r"C:\Program Files\Tesseract-OCR\tesseract.exe",)


def missing_tools() -> list[str]:
    """What has to be installed before scans can be read; nothing where all is there."""
    missing = [] if find_program("ocrmypdf") else ["OCRmyPDF"]
    tesseract = find_program("tesseract", *_PLACES)
    if tesseract is None:
        return [*missing, "Tesseract", f"{LANGUAGE}.traineddata"]
    return missing if LANGUAGE in _languages(tesseract) else [*missing, f"{LANGUAGE}.traineddata"]


def _languages(tesseract: str) -> list[str]:
    try:
        done = subprocess.run(
            [tesseract, "--list-langs"], capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.decode("utf-8", errors="replace").split()


def recognise(data: bytes, pages: int, cache: Path | None = None) -> bytes:
    """The PDF with the text of its scanned pages under their pictures; pages with text stay as they are.

    `DocumentError` where a tool is missing, the file has too many pages, or recognition fails or takes too long.
    """
    if pages > MAX_PAGES:
        raise DocumentError(*explain("document.ocr_long", pages=pages, limit=MAX_PAGES))
    return kept(data, ".pdf", cache, lambda folder: _recognise(data, pages, folder))


def _recognise(data: bytes, pages: int, folder: Path) -> bytes:
    if missing := missing_tools():
        raise DocumentError(*explain("document.no_ocr", tools=", ".join(missing)))
    source, result = folder / "scan.pdf", folder / "text.pdf"
    source.write_bytes(data)
    program = find_program("ocrmypdf")
    command = [
        str(program), "--language", LANGUAGE, "--skip-text", "--rotate-pages", "--deskew", "--output-type", "pdf",
        "--optimize", "0", "--quiet", str(source), str(result),
    ]  # fmt: skip
    complaint = run_program(command, SECONDS_PER_PAGE * (1 + pages), folder)
    if complaint is not None or not result.is_file():
        raise DocumentError(*explain("document.ocr_failed", reason=complaint or "?"))
    return result.read_bytes()
