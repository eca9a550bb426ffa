"""A workspace's own `vocabulary/` laid over ours: indicators, and phrases for those that are there.

Analysts write plain phrases; cues and signatures (indicators.py) are made from them. What is wrong in a file is told
with its line, in words that name what to do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from analysis import catalogue
from analysis.overlay.combine import Overlay, put_together
from analysis.overlay.entries import FOLDER, read_entries, read_file
from analysis.overlay.phrases import is_said
from analysis.workspace import Workspace

__all__ = [
    "FOLDER", "Overlay", "is_said", "keep_overlay", "kept_overlay", "overlay_files", "read_overlay", "reads_with",
    "use_vocabulary", "vocabulary_of",
]  # fmt: skip

ENDINGS = (".yaml", ".yml")
F = TypeVar("F", bound=Callable[..., Any])


def use_vocabulary(folder: Path | None) -> None:
    """From now on this process reads with what the folder lays over our vocabulary; None, or no folder: ours alone.

    VocabularyError where a file doesn't hold what it should; then ours stay as they were.
    """
    catalogue.lay_over(read_overlay(folder).additions)


@contextmanager
def vocabulary_of(folder: Path | None) -> Iterator[Overlay]:
    """The vocabulary of a workspace inside the `with`, and the one before it afterwards."""
    before = catalogue.laid_over()
    overlay = read_overlay(folder)
    catalogue.lay_over(overlay.additions)
    try:
        yield overlay
    finally:
        catalogue.lay_over(before)


def reads_with(folder_of: Callable[[Workspace], Path]) -> Callable[[F], F]:
    """A function that, while it runs, reads with the vocabulary in a folder of the workspace that it is given."""

    def wrap(function: F) -> F:
        @wraps(function)
        def wrapped(workspace: Workspace, *rest: Any, **options: Any) -> Any:
            with vocabulary_of(folder_of(workspace)):
                return function(workspace, *rest, **options)

        return wrapped  # type: ignore[return-value]

    return wrap


def kept_overlay(processed: Path) -> Path:
    """Where data/processed keeps the overlay that its tables were read with, for whoever names their indicators."""
    return processed / FOLDER


def keep_overlay(folder: Path, processed: Path) -> None:
    """Puts a copy of the overlay beside the tables, in place of the one of an earlier run."""
    kept, files = kept_overlay(processed), overlay_files(folder)
    for old in overlay_files(kept):
        if old.name not in {path.name for path in files}:
            old.unlink()
    for path in files:
        kept.mkdir(parents=True, exist_ok=True)
        draft = kept / f"~{path.name}"
        draft.write_bytes(path.read_bytes())
        os.replace(draft, kept / path.name)
    if kept.is_dir() and not any(kept.iterdir()):
        kept.rmdir()


def read_overlay(folder: Path | None) -> Overlay:
    """What the YAML files of a folder add to our vocabulary; VocabularyError names each fault with file and line."""
    files = [read_file(path) for path in overlay_files(folder)]
    if not files:
        return Overlay({}, {})
    with _ours_alone():
        return put_together(read_entries(files))


def overlay_files(folder: Path | None) -> list[Path]:
    """The YAML files of the folder, by name."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.name[0] not in ".~_")


@contextmanager
def _ours_alone() -> Iterator[None]:
    before = catalogue.laid_over()
    catalogue.lay_over({})
    try:
        yield
    finally:
        catalogue.lay_over(before)
