"""Other programs: found where they are installed, run with a time limit, never left over."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

_WINDOWS = os.name == "nt"


def find_program(name: str, *places: str) -> str | None:
    """The full path of a program on the search path, or at one of the places where its installer puts it."""
    return shutil.which(name) or next((place for place in places if Path(place).is_file()), None)


def run_program(command: Sequence[str], seconds: float, folder: Path) -> str | None:
    """Run a program in a folder; what it said where it failed or took too long, None where all went well.

    A program that takes longer is ended with all that it started.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            list(command), cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            start_new_session=not _WINDOWS, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return f"> {seconds:.0f} s"
        finally:
            _end(process)
        said.seek(0)
        words = said.read().decode("utf-8", errors="replace").strip()
    return None if code == 0 else (words.splitlines() or [f"exit {code}"])[-1][:300]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program, and those that it started, where it hasn't ended by itself."""
    if process.poll() is not None:
        return
    if _WINDOWS:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kept(data: bytes, ending: str, folder: Path | None, make: Callable[[Path], bytes]) -> bytes:
    """What `make` makes of a file, once: kept in a folder, under the hash of the file that it was made from.

    `make` is given a folder of its own to work in, which is removed afterwards.
    """
    place = folder / f"{hashlib.sha256(data).hexdigest()}{ending}" if folder else None
    if place and place.is_file():
        return place.read_bytes()
    with tempfile.TemporaryDirectory(prefix="cchc-", ignore_cleanup_errors=True) as working:
        made = make(Path(working))
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        draft.write_bytes(made)
        os.replace(draft, place)
    return made
