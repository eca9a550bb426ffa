"""The errors that a user can meet: what happened, where, and what to do about it."""

from __future__ import annotations


class Text(str):
    """A Vietnamese text that knows its English wording; an ordinary `str` wherever only one is wanted.

    >>> said = Text("Tệp trống.", "The file is empty.")
    >>> said, said.in_language("en")
    ('Tệp trống.', 'The file is empty.')
    """

    english: str

    def __new__(cls, vietnamese: str, english: str = "") -> Text:
        """The Vietnamese text; where there is no English wording, it stands for both."""
        text = super().__new__(cls, vietnamese)
        text.english = english or vietnamese
        return text

    def __getnewargs__(self) -> tuple[str, str]:
        return str(self), self.english

    def in_language(self, lang: str) -> str:
        """The wording in a language."""
        return self.english if lang == "en" else str(self)


def in_language(text: str, lang: str) -> str:
    """A text in the language asked for, where it knows it; else as it is."""
    return text.in_language(lang) if isinstance(text, Text) else text


def join_texts(*texts: str) -> Text:
    """Sentences one after the other, in both languages; empty ones are left out."""
    said = [text for text in texts if text]
    return Text(" ".join(said), " ".join(in_language(text, "en") for text in said))


class AnalysisError(Exception):
    """Base of every error raised on purpose; `str()` is a full Vietnamese sentence for the user.

    `remedy` says what to do. Instances survive pickling, since they may be raised in another process.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return str(self.said)

    @property
    def said(self) -> Text:
        """What happened and what to do, in both languages where the message knows them."""
        return join_texts(self.message, self.remedy)


class UsageError(AnalysisError):
    """A wrong parameter, option or folder: exit code 2."""


class DocumentError(AnalysisError):
    """A raw file that can't be read; the run records it and goes on with the others."""


class ScanError(DocumentError):
    """A PDF that is only pictures of pages: its text would have to be recognised."""


class VocabularyError(AnalysisError):
    """A vocabulary file that doesn't hold what its schema demands."""


class DatasetError(AnalysisError):
    """A table in data/processed that is missing, of another schema version, or damaged."""


class CorrectionError(AnalysisError):
    """An entry of data/corrections.yaml that matches nothing, or no longer what it expects."""


class NotebookError(AnalysisError):
    """A notebook that stopped: names the notebook, the cell and the cause."""
