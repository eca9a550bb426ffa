"""The errors that a user can meet: what happened, where, and what to do about it."""

from __future__ import annotations


class AnalysisError(Exception):
    """Base of every error raised on purpose; `str()` is a full Vietnamese sentence for the user.

    `remedy` says what to do. Instances survive pickling, since they may be raised in another process.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(AnalysisError):
    """A wrong parameter, option or folder: exit code 2."""


class DocumentError(AnalysisError):
    """A raw file that can't be read; the run records it and goes on with the others."""


class VocabularyError(AnalysisError):
    """A vocabulary file that doesn't hold what its schema demands."""


class DatasetError(AnalysisError):
    """A table in data/processed that is missing, of another schema version, or damaged."""


class CorrectionError(AnalysisError):
    """An entry of data/corrections.yaml that matches nothing, or no longer what it expects."""


class NotebookError(AnalysisError):
    """A notebook that stopped: names the notebook, the cell and the cause."""
