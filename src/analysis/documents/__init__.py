"""Raw files (txt, html, docx, pdf) -> Document; the only reader of raw files."""

from __future__ import annotations

import hashlib
import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from analysis.documents.drafts import Draft
from analysis.documents.furniture import classify
from analysis.documents.origin import find_published, find_source_kind, find_title
from analysis.errors import DocumentError
from analysis.model import Block, Document
from analysis.text import normalise, sentences

__all__ = ["DocumentError", "assign_document_ids", "document_sentences", "list_raw_files", "read_document"]

Format = Literal["txt", "html", "docx", "pdf"]

MAX_BYTES = 50 * 1024 * 1024
"""No report is as large; a larger file would hold up the whole batch."""

FORMATS: dict[str, Format] = {
    ".txt": "txt", ".html": "html", ".htm": "html", ".xhtml": "html", ".docx": "docx", ".pdf": "pdf",
}  # fmt: skip

_NOT_REPORTS = ("readme", "corrections", "changelog", "license", "thumbs.db", "desktop.ini")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_WORD = "Mở tệp bằng Word hoặc LibreOffice, lưu lại dạng .docx rồi đặt vào chỗ cũ."


def list_raw_files(raw_dir: Path) -> list[Path]:
    """The files of a raw folder that are meant as reports, of known type or not, in a fixed order.

    READMEs, hidden files, lock files of Office (`~$x.docx`) and the register of corrections are left out.
    """
    files = [p for p in raw_dir.rglob("*") if p.is_file() and _is_report(p.relative_to(raw_dir))]
    return sorted(files, key=lambda p: _posix(p, raw_dir))


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
    ids = {path: normalise(path.stem) for path in given}
    for wider in (_with_folder, _with_ending):
        taken = Counter(name.casefold() for name in ids.values())
        ids = {p: wider(p, raw_dir) if taken[name.casefold()] > 1 else name for p, name in ids.items()}
    return ids


def _posix(path: Path, raw_dir: Path) -> str:
    inside = path.is_relative_to(raw_dir)
    return normalise((path.relative_to(raw_dir) if inside else PurePosixPath(path.name)).as_posix())


def _with_folder(path: Path, raw_dir: Path) -> str:
    return str(PurePosixPath(_posix(path, raw_dir)).with_suffix(""))


def _with_ending(path: Path, raw_dir: Path) -> str:
    return _posix(path, raw_dir)


def read_document(path: Path, raw_dir: Path, document_id: str = "") -> Document:
    """Read one raw file; `DocumentError` says why it can't be read, and what to do about it."""
    data = _read_bytes(path)
    kind = _format_of(path, data)
    draft = _reader(kind)(data)
    if not draft.lines:
        raise DocumentError(f"Tệp {path.name} không có chữ nào.", "Kiểm tra lại tệp, hoặc bỏ tệp khỏi thư mục dữ liệu.")
    blocks = classify(draft)
    return Document(
        document_id=document_id or normalise(path.stem),
        path=_posix(path, raw_dir),
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
    )


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES // (1024 * 1024)
            raise DocumentError(
                f"Tệp {path.name} quá lớn: {size / 1024 / 1024:.0f} MB, giới hạn {limit} MB.",
                "Tách phần báo cáo ra tệp riêng, hoặc giảm dung lượng ảnh trong tệp.",
            )
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"Không mở được tệp {path.name}: {error.strerror or error}.",
            "Đóng chương trình đang mở tệp, kiểm tra quyền đọc rồi chạy lại.",
        ) from error
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise DocumentError(f"Tệp {path.name} trống.", "Tải hoặc chép lại tệp, hoặc bỏ tệp khỏi thư mục dữ liệu.")
    return data


def _format_of(path: Path, data: bytes) -> Format:
    ending = path.suffix.lower()
    if ending == ".doc":
        raise DocumentError("Định dạng Word cũ (.doc) chưa đọc được.", _IN_WORD)
    if ending not in FORMATS:
        raise DocumentError(
            f"Chưa hỗ trợ loại tệp {ending or 'không có phần mở rộng'}.",
            "Chuyển sang .txt, .html, .docx hoặc .pdf, hoặc bỏ tệp khỏi thư mục dữ liệu.",
        )
    if data.startswith(_OLD_OFFICE):
        raise DocumentError("Tệp được đặt mật khẩu, hoặc là Word cũ (.doc) đổi tên.", f"Gỡ mật khẩu nếu có. {_IN_WORD}")
    return FORMATS[ending]


def _reader(kind: Format) -> Callable[[bytes], Draft]:
    """The reader of a format; its library is loaded only when a file needs it."""
    module = importlib.import_module(f"analysis.documents.{'plain' if kind == 'txt' else kind}")
    return module.read


def document_sentences(document: Document) -> Iterator[tuple[Block, int, int]]:
    """The sentences of every block but tables, with their offsets; lines broken to a width don't end one."""
    for block in document.blocks:
        if block.kind != "table":
            yield from ((block, s, e) for s, e in sentences(document.text, block.start, block.end, wrapped=True))
