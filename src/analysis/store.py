"""The readings of former runs, one entry a document, in data/processed/.readings: used again where nothing changed.

What an entry depends on is its key: the file, its name, its corrections, how it was read, the program with its
libraries and vocabulary, and the workspace's own vocabulary. An entry that is damaged or of another key is none.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis import catalogue
from analysis.corrections import Correction
from analysis.readings import Facts, Reading, pack_facts, unpack_facts

FOLDER = ".readings"
_FILE = "readings.sqlite"
_PARTS = ("facts", "text", "observations", "unresolved", "findings")
_TABLE = f"CREATE TABLE IF NOT EXISTS readings (document_id TEXT PRIMARY KEY, key TEXT, sum TEXT, {', '.join(_PARTS)})"
_TOGETHER = 100
"""How many entries are written in one transaction."""


class Store:
    """The entries of one folder; use it in a `with`. What other runs keep in it is theirs until they end."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self._unsaved = 0
        try:
            self._base = _open(self._path)
        except sqlite3.OperationalError:  # another run has it, or the folder's system knows no locks: do without
            self._own = tempfile.TemporaryDirectory(prefix="cchc-", ignore_cleanup_errors=True)
            self._path = Path(self._own.name) / _FILE
            self._base = _open(self._path)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.commit()
        self._base.close()
        if self._own:
            self._own.cleanup()

    def find(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Facts]:
        """Of (document, key) those that are kept whole, by document; a file that can't be read is begun anew."""
        try:
            found = {document_id: self._facts(document_id, key) for document_id, key in wanted}
        except sqlite3.DatabaseError:
            self._base.close()
            self._base = _begin(self._path)
            return {}
        return {document_id: facts for document_id, facts in found.items() if facts}

    def _facts(self, document_id: str, key: str) -> Facts | None:
        query = f"SELECT sum, {', '.join(_PARTS)} FROM readings WHERE document_id = ? AND key = ?"
        row = self._base.execute(query, (document_id, key)).fetchone()
        if row is None or not all(isinstance(part, bytes) for part in row[1:]) or row[0] != _sum(row[1:]):
            return None
        try:
            facts = unpack_facts(row[1])
        except ValidationError:
            return None
        return facts if facts.document_id == document_id else None

    def put(self, reading: Reading, key: str) -> None:
        """Keeps a reading under a key, in place of the document's former one."""
        parts = (pack_facts(reading.facts), *(getattr(reading, name) for name in _PARTS[1:]))
        row = (reading.facts.document_id, key, _sum(parts), *parts)
        self._base.execute(f"INSERT OR REPLACE INTO readings VALUES ({', '.join('?' * len(row))})", row)
        self._unsaved += 1
        if self._unsaved % _TOGETHER == 0:
            self._base.commit()

    def part(self, document_id: str, name: str) -> bytes:
        """One packed part of a reading that is kept: text, observations, unresolved or findings."""
        query = f"SELECT {_PARTS[_PARTS.index(name)]} FROM readings WHERE document_id = ?"
        return self._base.execute(query, (document_id,)).fetchone()[0]

    def keep_only(self, document_ids: Iterable[str]) -> None:
        """Drops the entries of all other documents."""
        kept = set(document_ids)
        known = [each for (each,) in self._base.execute("SELECT document_id FROM readings")]
        gone = [(each,) for each in known if each not in kept]
        if gone:
            self._base.executemany("DELETE FROM readings WHERE document_id = ?", gone)
        self._base.commit()
        if len(gone) > len(kept):
            self._base.execute("VACUUM")


def _open(path: Path) -> sqlite3.Connection:
    """The file of the entries, locked for this run; one that is no such file is begun anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    base = sqlite3.connect(path, timeout=1.0)
    try:
        base.execute("PRAGMA locking_mode = EXCLUSIVE")
        base.execute("PRAGMA synchronous = NORMAL")
        base.execute("BEGIN EXCLUSIVE")
        base.execute(_TABLE)
        base.execute(f"SELECT document_id, key, sum, {', '.join(_PARTS)} FROM readings LIMIT 0")
        base.commit()
    except sqlite3.OperationalError as error:
        base.close()
        if "no such column" not in str(error):
            raise
        return _begin(path)
    except sqlite3.DatabaseError:
        base.close()
        return _begin(path)
    return base


def _begin(path: Path) -> sqlite3.Connection:
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    return _open(path)


def _sum(parts: Sequence[bytes]) -> str:
    return _digest([hashlib.sha256(part).hexdigest() for part in parts])


# ---- what a reading depends on


def reading_key(
    sha256: str, path: str, document_id: str, corrections: Sequence[Correction], *, ocr: bool
) -> str:  # fmt: skip
    """All that a reading depends on, in one hash."""
    changes = [repr(entry) for entry in corrections]
    return _digest([sha256, path, document_id, changes, ocr, _program(), _digest(catalogue.laid_over())])


def _digest(content: Any) -> str:
    written = json.dumps(content, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(written.encode("ascii")).hexdigest()


@cache
def _program() -> str:
    """Hash of the package's sources and vocabulary, and of the versions of Python and the libraries."""
    sources = {name: hashlib.sha256(entry.read_bytes()).hexdigest() for name, entry in _files(files("analysis"))}
    return _digest([sources, _libraries(), platform.python_version()])


def _files(folder: Traversable, above: str = "") -> Iterable[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{above}/{entry.name}"
        if entry.is_file() and not name.endswith(".pyc"):
            yield name, entry
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry, name)


def _libraries() -> dict[str, str]:
    """The versions of all that is installed beside the program."""
    return {str(each.name): each.version for each in metadata.distributions()}
