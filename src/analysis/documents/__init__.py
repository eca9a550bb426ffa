"""Raw files (txt, html, docx, xlsx, pdf, and by other programs older ones) -> Document; their only reader."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from analysis.documents.decoding import MISREAD
from analysis.documents.drafts import Draft
from analysis.documents.formats import format_of
from analysis.documents.furniture import classify
from analysis.documents.legacy import load_encodings
from analysis.documents.ocr import recognise
from analysis.documents.office import TARGETS, convert_office
from analysis.documents.origin import find_published, find_source_kind, find_title
from analysis.errors import DocumentError
from analysis.messages import both, explain
from analysis.model import Block, Document, DocumentFormat
from analysis.text import normalise, sentences

__all__ = ["DocumentError", "assign_document_ids", "document_sentences", "list_raw_files", "raw_name", "read_document"]

MAX_BYTES = 50 * 1024 * 1024
"""No report is as large; a larger file would hold up the whole batch."""

_NOT_REPORTS = ("readme", "corrections", "changelog", "license", "thumbs.db", "desktop.ini")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\ud800-\udfff]')


def list_raw_files(raw_dir: Path) -> list[Path]:
    """The files of a raw folder that are meant as reports, of known type or not, in a fixed order.

    READMEs, hidden files, lock files of Office (`~$x.docx`) and the register of corrections are left out.
    """
    files = [p for p in raw_dir.rglob("*") if p.is_file() and _is_report(p.relative_to(raw_dir))]
    return sorted(files, key=lambda p: raw_name(p, raw_dir))


def _is_report(relative: Path) -> bool:
    hidden = any(part.startswith((".", "~$", "__")) for part in relative.parts)
    return not hidden and not relative.name.lower().startswith(_NOT_REPORTS)


def assign_document_ids(paths: Iterable[Path], raw_dir: Path) -> dict[Path, str]:
    """A unique id for each file: its name without ending; with its folder, then its ending, where names meet.

    >>> raw = Path("raw")
    >>> ids = assign_document_ids([raw / "a" / "q1.txt", raw / "b" / "q1.txt", raw / "b" / "q2.pdf"], raw)
    >>> list(ids.values())
    ['a/q1', 'b/q1', 'q2']
    """
    given = list(paths)
    ids = {path: _allowed(path.stem) for path in given}
    for wider in (_with_folder, _with_ending):
        taken = Counter(name.casefold() for name in ids.values())
        ids = {p: wider(p, raw_dir) if taken[name.casefold()] > 1 else name for p, name in ids.items()}
    return ids


def raw_name(path: Path, raw_dir: Path) -> str:
    """The place of a file in the raw folder, with `/`, as it is told and recorded; odd bytes become `?`."""
    inside = path.is_relative_to(raw_dir)
    name = normalise((path.relative_to(raw_dir) if inside else PurePosixPath(path.name)).as_posix())
    return name.encode("utf-8", errors="replace").decode("utf-8")


def _allowed(name: str) -> str:
    """A name that is a file name on every system; what had to be changed is told apart by a mark of the original.

    >>> _allowed("bao-cao-2022"), _allowed("a?b").startswith("a_b-")
    ('bao-cao-2022', True)
    """
    clean = _FORBIDDEN.sub("_", normalise(name))
    if clean == normalise(name):
        return clean
    mark = hashlib.sha256(name.encode("utf-8", errors="surrogateescape")).hexdigest()[:6]
    return f"{clean}-{mark}"


def _with_folder(path: Path, raw_dir: Path) -> str:
    inside = path.relative_to(raw_dir)
    return "/".join(_allowed(part) for part in (*inside.parts[:-1], inside.stem))


def _with_ending(path: Path, raw_dir: Path) -> str:
    return "/".join(_allowed(part) for part in path.relative_to(raw_dir).parts)


def read_document(
    path: Path, raw_dir: Path, document_id: str = "", *, ocr: bool = False, cache: Path | None = None
) -> Document:
    """Read one raw file; `DocumentError` says why it can't be read, and what to do about it.

    With `ocr`, the text of scanned pages is recognised, which takes seconds for each. What other programs make of a
    file is kept in the folder `cache`, by the hash of the file.
    """
    data = _read_bytes(path)
    kind = format_of(path, data)
    draft = _read_draft(data, kind, ocr, cache)
    if not draft.lines:
        raise DocumentError(*explain("document.no_text", name=raw_name(path, path.parent)))
    blocks = classify(draft)
    return Document(
        document_id=document_id or _allowed(path.stem),
        path=raw_name(path, raw_dir),
        sha256=hashlib.sha256(data).hexdigest(),
        format=kind,
        text=draft.text,
        title=find_title(draft, blocks),
        published=find_published(draft, blocks),
        source_kind=find_source_kind(draft, blocks),
        blocks=blocks,
        tables=tuple(draft.tables),
        page_starts=draft.page_starts,
        encoding=draft.encoding,
        ocr_pages=draft.ocr_pages,
        notes=(*_encoding_notes(draft.encoding), *draft.notes),
    )


def _read_draft(data: bytes, kind: DocumentFormat, ocr: bool, cache: Path | None) -> Draft:
    """The file by its reader, whose library is loaded only when a file needs it."""
    if kind in TARGETS:
        draft = _read_draft(convert_office(data, kind, cache), TARGETS[kind], ocr, cache)
        modern = both(f"office.{TARGETS[kind]}")
        draft.notes = (both("note.office", kind=kind, modern=modern), *draft.notes)
        return draft
    module = importlib.import_module(f"analysis.documents.{'plain' if kind == 'txt' else kind}")
    if kind == "pdf" and ocr:
        return module.read(data, partial(recognise, cache=cache))
    return module.read(data)


def _encoding_notes(encoding: str) -> tuple[str, ...]:
    if encoding == MISREAD:
        return (both("note.misread"),)
    old = any(known.name in encoding for known in load_encodings())
    return (both("note.encoding", name=encoding),) if old else ()


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // (1024 * 1024)
            shown = f"{size / 1024 / 1024:.0f}"
            raise DocumentError(
                *explain("document.too_large", name=raw_name(path, path.parent), size=shown, limit=limit)
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError(
            *explain("document.cannot_open", name=raw_name(path, path.parent), reason=reason)
        ) from error
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise DocumentError(*explain("document.empty", name=raw_name(path, path.parent)))
    return data


def document_sentences(document: Document) -> Iterator[tuple[Block, int, int]]:
    """The sentences of every block but tables, with their offsets; lines broken to a width don't end one."""
    for block in document.blocks:
        if block.kind != "table":
            yield from ((block, s, e) for s, e in sentences(document.text, block.start, block.end, wrapped=True))
