"""Old and other office files (.doc, .rtf, .odt, .xls, .ods) -> .docx or .xlsx, by LibreOffice where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from analysis.documents.programs import find_program, kept, run_program
from analysis.errors import DocumentError
from analysis.messages import both, explain

SECONDS = 120
"""For one file; LibreOffice takes two to ten."""
TARGETS: dict[str, Literal["docx", "xlsx"]] = {
    "doc": "docx",
    "rtf": "docx",
    "odt": "docx",
    "xls": "xlsx",
    "ods": "xlsx",
}
_PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/usr/lib/libreoffice/program/soffice",
)


def find_office() -> str | None:
    """LibreOffice's command, where it is installed."""
    return find_program("soffice", *_PLACES)


def convert_office(data: bytes, kind: str, cache: Path | None = None) -> bytes:
    """The file as .docx or .xlsx; `DocumentError` where LibreOffice is missing, fails or takes too long."""
    target = TARGETS[kind]
    return kept(data, f".{target}", cache, lambda folder: _convert(data, kind, target, folder))


def _convert(data: bytes, kind: str, target: str, folder: Path) -> bytes:
    """One conversion in a folder of its own, with a profile of its own: an open LibreOffice is no obstacle."""
    program = find_office()
    modern = both(f"office.{target}")
    if program is None:
        raise DocumentError(both("document.old_office", kind=f".{kind}"), both("document.no_office", modern=modern))
    source, result = folder / f"report.{kind}", folder / "out" / f"report.{target}"
    source.write_bytes(data)
    profile = (folder / "profile").as_uri()
    complaint = run_program(
        [
            program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", target, "--outdir", str(result.parent), str(source),
        ],
        SECONDS, folder,
    )  # fmt: skip
    if complaint is not None or not result.is_file():
        reason = complaint or both("document.office_nothing")
        what, remedy = explain("document.office_failed", kind=f".{kind}", reason=reason, modern=modern)
        raise DocumentError(what, remedy)
    return result.read_bytes()
