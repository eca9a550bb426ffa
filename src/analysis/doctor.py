"""Whether this machine and workspace can do a run, and what to do where not: `cchc doctor`."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import IO, Any, Literal

from analysis.documents import list_raw_files
from analysis.documents.ocr import missing_tools
from analysis.documents.office import find_office
from analysis.errors import VocabularyError
from analysis.messages import Messages
from analysis.workspace import Workspace

State = Literal["ok", "note", "problem"]

KERNEL = "python3"
FONT = "DejaVu Sans"
LETTERS = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
RUN_NEEDS_MB = 200
COMFORTABLE_MB = 1000
LONGEST_ON_WINDOWS = 259
ROOM_BELOW_WORKSPACE = 120
"""What the longest name that a run writes below its workspace takes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its state, what was found, and what to do about it."""

    state: State
    message: str
    remedy: str = ""


def examine(place: Workspace, say: Messages) -> list[Check]:
    """All checks, in the order in which to solve their problems."""
    return [
        check_python(say),
        check_packages(say),
        check_kernel(say),
        check_font(say),
        check_disk(place, say),
        check_raw(place, say),
        check_notebooks(place, say),
        *check_vocabulary(place, say),
        *check_writable(place, say),
        *check_path_length(place, say),
        check_office(say),
        check_ocr(say),
    ]


def format_checks(checks: list[Check], say: Messages, *, verdict: bool = True) -> str:
    """The checks as lines of text, each remedy below its check, and whether the machine is ready."""
    width = max(len(say(f"doctor.{state}")) for state in ("ok", "note", "problem"))
    lines = []
    for check in checks:
        lines.append(f"{say(f'doctor.{check.state}'):<{width}}  {check.message}")
        if check.remedy:
            lines.append(f"{'':<{width}}  → {check.remedy}")
    problems = sum(check.state == "problem" for check in checks)
    if not verdict:
        return "\n".join(lines)
    lines += ["", say("doctor.to_do", count=problems) if problems else say("doctor.all_well")]
    return "\n".join(lines)


def check_python(say: Messages, running: tuple[int, int] = sys.version_info[:2]) -> Check:
    """The version of Python against the one that the package asks for."""
    wanted = importlib.metadata.metadata("cchc")["Requires-Python"]
    version = ".".join(map(str, running))
    if _allows(wanted, running):
        return Check("ok", say("doctor.python", version=version))
    return Check("problem", say("doctor.python.wrong", version=version, wanted=wanted), say("doctor.python.remedy"))


def check_packages(say: Messages) -> Check:
    """The libraries that the package names, each installed or not."""
    needed = [
        re.match(r"[\w.-]+", line)[0]  # type: ignore[index]
        for line in importlib.metadata.requires("cchc") or []
        if "extra ==" not in line
    ]
    missing = [name for name in needed if not _is_installed(name)]
    if missing:
        names = ", ".join(missing)
        return Check("problem", say("doctor.packages.missing", names=names), say("doctor.packages.remedy"))
    return Check("ok", say("doctor.packages", count=len(needed)))


def check_kernel(say: Messages, name: str = KERNEL, patience: float = 60) -> Check:
    """The notebooks' kernel: started for real, and asked to import this package."""
    from jupyter_client.kernelspec import NoSuchKernel

    remedy = say("doctor.kernel.remedy", python=sys.executable)
    began = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        try:
            reply = _ask_kernel(name, "import analysis", patience, log)
        except NoSuchKernel:
            return Check("problem", say("doctor.kernel.none"), remedy)
        except (RuntimeError, OSError, TimeoutError, Empty) as error:
            log.seek(0)
            last_words = log.read().decode("utf-8", "replace").strip().splitlines()
            reason = last_words[-1] if last_words else str(error)
            return Check("problem", say("doctor.kernel.dead", reason=reason), remedy)
    if reply["status"] != "ok":
        return Check("problem", say("doctor.kernel.other", reason=reply.get("evalue", "")), remedy)
    return Check("ok", say("doctor.kernel", seconds=round(time.perf_counter() - began)))


def _ask_kernel(name: str, code: str, patience: float, log: IO[bytes]) -> dict[str, Any]:
    """The reply of a new kernel to a piece of code; what it complains of goes to `log`."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name=name, startup_timeout=patience, stdout=log, stderr=log)
    try:
        return client.execute_interactive(code, timeout=patience, output_hook=lambda _: None)["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def check_font(say: Messages, font: str = FONT, letters: str = LETTERS) -> Check:
    """The font of the charts, and its letters."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    try:
        path = findfont(FontProperties(family=font), fallback_to_default=False)
    except ValueError:
        return Check("problem", say("doctor.font.none", font=font), say("doctor.font.remedy"))
    known: Any = get_font(path).get_charmap()
    missing = [letter for letter in letters + letters.upper() if ord(letter) not in known]
    if missing:
        return Check(
            "problem",
            say("doctor.font.letters", font=font, letters=" ".join(missing)),
            say("doctor.font.remedy"),
        )
    return Check("ok", say("doctor.font", font=font))


def check_disk(place: Workspace, say: Messages) -> Check:
    """Free space where the tables and pages go."""
    free = shutil.disk_usage(_nearest(place.processed)).free // 1_000_000
    state: State = "ok" if free >= COMFORTABLE_MB else "note" if free >= RUN_NEEDS_MB else "problem"
    remedy = "" if state == "ok" else say("doctor.disk.remedy", needed=RUN_NEEDS_MB)
    return Check(state, say("doctor.disk", free=free), remedy)


def check_raw(place: Workspace, say: Messages) -> Check:
    """The folder of reports: there, readable, and with reports."""
    if not place.raw.is_dir():
        return Check("problem", say("doctor.raw.none", path=place.raw), say("doctor.raw.remedy"))
    reports = list_raw_files(place.raw)
    for path in (place.raw, *reports):
        if not os.access(path, os.R_OK):
            reason = os.strerror(13)
            return Check("problem", say("doctor.unreadable", path=path, reason=reason), say("doctor.unreadable.remedy"))
    if not reports:
        return Check("note", say("doctor.raw.empty", path=place.raw), say("doctor.raw.remedy"))
    return Check("ok", say("doctor.raw", count=len(reports), path=place.raw))


def check_notebooks(place: Workspace, say: Messages) -> Check:
    """The notebooks that the pages are made from."""
    count = len(list(place.notebooks.glob("*.ipynb")))
    if not count:
        return Check("problem", say("doctor.notebooks.none", path=place.notebooks), say("doctor.notebooks.remedy"))
    return Check("ok", say("doctor.notebooks", count=count, path=place.notebooks))


def check_vocabulary(place: Workspace, say: Messages, *, common: bool = False) -> Iterator[Check]:
    """The workspace's own indicators: the files, then each sentence; with `common` ours too, where it has none."""
    from analysis.attest import read_attestations, tell_unread
    from analysis.overlay import vocabulary_of

    try:
        with vocabulary_of(place.vocabulary) as overlay:
            if not overlay.attested and not common:
                return
            read = [each for each in read_attestations(overlay.attested or None) if not each.attestation.known_gap]
            told = [tell_unread(each, overlay.lines.get(each.code, "")) for each in read if not each.holds]
    except VocabularyError as error:
        yield Check("problem", error.said.in_language(say.lang))
        return
    key = "doctor.vocabulary" if overlay.attested else "doctor.vocabulary.common"
    codes = len({each.code for each in read})
    yield Check("ok", say(key, folder=place.vocabulary, indicators=codes, count=len(read) - len(told)))
    for what, remedy in told:
        yield Check("problem", what.in_language(say.lang), remedy.in_language(say.lang))


def check_writable(place: Workspace, say: Messages) -> Iterator[Check]:
    """The folders of tables and pages, each tried with a file that is removed again."""
    for folder in (place.processed, place.site):
        try:
            with tempfile.TemporaryFile(dir=_nearest(folder)):
                yield Check("ok", say("doctor.writable", path=folder))
        except OSError as error:
            yield Check(
                "problem",
                say("doctor.writable.not", path=folder, reason=error.strerror),
                say("doctor.writable.remedy"),
            )


def check_office(say: Messages) -> Check:
    """LibreOffice, which only old Word and Excel files need."""
    program = find_office()
    if program:
        return Check("ok", say("doctor.office", path=program))
    return Check("note", say("doctor.office.none"), say("doctor.office.remedy"))


def check_ocr(say: Messages) -> Check:
    """The tools of `--ocr`, which only scans need."""
    if missing := missing_tools():
        return Check("note", say("doctor.ocr.none", tools=", ".join(missing)), say("document.no_ocr.remedy"))
    return Check("ok", say("doctor.ocr"))


def check_path_length(place: Workspace, say: Messages, windows: bool = os.name == "nt") -> Iterator[Check]:
    """On Windows, room for the names below the workspace; elsewhere nothing."""
    length = len(str(place.root.resolve()))
    if windows and length + ROOM_BELOW_WORKSPACE > LONGEST_ON_WINDOWS:
        yield Check("note", say("doctor.paths.long", length=length), say("doctor.paths.remedy"))
    elif windows:
        yield Check("ok", say("doctor.paths"))


def _allows(wanted: str, version: tuple[int, int]) -> bool:
    """Whether a specifier such as `>=3.11,<3.14`, of those two operators, holds."""
    tests = {">=": version.__ge__, "<": version.__lt__}
    parts = (re.match(r"(>=|<)(\d+)\.(\d+)", part.strip()) for part in wanted.split(","))
    return all(tests[part[1]]((int(part[2]), int(part[3]))) for part in parts if part)


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.resolve()
    return next(path for path in (folder, *folder.parents) if path.is_dir())
