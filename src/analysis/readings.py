"""One raw file -> what is kept of it: small facts for the run; its text, tables and findings packed for the disk."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Event, Thread

import pandas as pd
import pyarrow
from pydantic import TypeAdapter
from tqdm import tqdm

from analysis.areas import find_subject
from analysis.checks import check_report, flag_observations
from analysis.corrections import Register, correct_extraction
from analysis.dataset import observations_frame, unresolved_frame
from analysis.documents import raw_name, read_document
from analysis.duplicates import Fingerprint, take_fingerprint
from analysis.errors import AnalysisError, Text, in_language
from analysis.extract import extract_document
from analysis.findings import Source, rows_of
from analysis.messages import Lang, Messages, both, explain
from analysis.model import Area, Document, Extraction, Failure, Finding, Period
from analysis.schema import table_schema

_SLOW = 10.0
"""Seconds after which a file that is still being read is named; twice as long until the next time."""
_MOST_CANDIDATES = 6
_FAST = 1
"""Level of compression: the packed tables are read as often as they are written."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run keeps in memory of a document; `document` is without its text, blocks and tables."""

    document: Document
    area: Area | None
    period: Period | None
    notes: tuple[str, ...]
    fingerprint: Fingerprint
    observations: int
    unresolved: int
    unpublished: tuple[tuple[tuple[str, str], tuple[str, str], str], ...]
    """Why there will be no page: reason and remedy in both languages, and a code."""

    @property
    def document_id(self) -> str:
        """The document's id."""
        return self.document.document_id

    @property
    def extraction(self) -> Extraction:
        """The facts as an extraction without its numbers."""
        return Extraction(self.document, self.area, self.period)

    def failures(self) -> Iterator[Failure]:
        """Why a report that was read has no page."""
        for reason, remedy, code in self.unpublished:
            yield Failure(self.document.path, Text(*reason), Text(*remedy), code)


@dataclass(frozen=True, slots=True)
class Reading:
    """One document as it was read, with all of it that isn't a fact packed."""

    facts: Facts
    text: bytes
    observations: bytes
    unresolved: bytes
    findings: bytes


@dataclass(frozen=True, slots=True)
class Reader:
    """How raw files are read in one run; the same in every process."""

    raw: Path
    cache: Path
    """Where what other programs make of a file is kept."""
    register: Register
    ocr: bool = False
    lang: Lang = "vi"
    shown: bool = False
    """Whether a file that takes long is named on stderr."""

    def read(self, path: Path, document_id: str) -> Reading | Failure:
        """A file as it was read, with its corrections, or why it can't be; never raises for what is in the file."""
        name = raw_name(path, self.raw)
        with _naming_slow(name, Messages(self.lang), self.shown):
            try:
                document = read_document(path, self.raw, document_id, ocr=self.ocr, cache=self.cache)
                return _reading(correct_extraction(extract_document(document), self.register.of(document)))
            except AnalysisError as error:
                return Failure(name, error.message, error.remedy, type(error).__name__)
            except Exception as error:  # one odd file must not stop the others; the run's record names it
                told = f"{type(error).__name__}: {error}".encode("utf-8", errors="replace").decode("utf-8")
                return Failure(name, *explain("read.unexpected", error=told), type(error).__name__)


def _reading(extraction: Extraction) -> Reading:
    document = extraction.document
    observations = observations_frame(extraction.observations)
    source = {document.document_id: Source(document.title, document.published)}
    findings = tuple(check_report(rows_of(observations), source))
    facts = Facts(
        replace(document, text="", blocks=(), tables=(), page_starts=(), notes=()),
        extraction.area,
        extraction.period,
        (*document.notes, *extraction.notes),
        take_fingerprint(extraction),
        len(observations),
        len(extraction.unresolved),
        tuple(_told(failure) for failure in _unpublished(extraction)),
    )
    return Reading(
        facts,
        zlib.compress(document.text.encode("utf-8"), _FAST),
        pack_frame(flag_observations(observations, findings), "observations"),
        pack_frame(unresolved_frame(extraction.unresolved), "unresolved"),
        zlib.compress(_findings().dump_json(findings), _FAST),
    )


def _told(failure: Failure) -> tuple[tuple[str, str], tuple[str, str], str]:
    reason, remedy = ((str(text), in_language(text, "en")) for text in (failure.reason, failure.remedy))
    return reason, remedy, failure.code


def _unpublished(extraction: Extraction) -> Iterator[Failure]:
    """Why a report that was read has no page: nobody knows whose it is, or nothing was found in it."""
    document = extraction.document
    if extraction.area is None:
        _, candidates = find_subject(document.title, document.text, file_hint=document.path, on=document.published)
        names = _listed(candidates)
        reason = both("read.ambiguous_subject", candidates=names) if names else both("read.no_subject")
        yield Failure(document.path, reason, both("read.subject.remedy"), "subject")
    elif not extraction.observations:
        yield Failure(document.path, *explain("read.nothing", count=len(extraction.unresolved)), "nothing")


def _listed(candidates: Iterable[Area]) -> str:
    names = sorted({f"{area.name} ({area.province})" if area.province else area.name for area in candidates})
    shown, more = ", ".join(names[:_MOST_CANDIDATES]), len(names) - _MOST_CANDIDATES
    return both("read.and_more", names=shown, count=more) if more > 0 else shown


@contextmanager
def _naming_slow(name: str, say: Messages, shown: bool) -> Iterator[None]:
    """Tells on stderr which file is still being read, after `_SLOW` seconds and then less and less often."""
    done = Event()

    def tell() -> None:
        waited, pause = 0.0, _SLOW
        while not done.wait(pause):
            waited += pause
            pause = waited
            tqdm.write(say("progress.slow", name=name, seconds=round(waited)), file=sys.stderr)

    thread = Thread(target=tell, daemon=True)
    if shown:
        thread.start()
    try:
        yield
    finally:
        done.set()
        if shown:
            thread.join()


# ---- packed for the disk


def pack_frame(frame: pd.DataFrame, name: str) -> bytes:
    """The rows of a table in Arrow's stream format, compressed."""
    schema = table_schema(name).arrow_schema()
    batch = pyarrow.RecordBatch.from_pandas(frame, schema=schema, preserve_index=False)
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, schema) as stream:
        stream.write_batch(batch.replace_schema_metadata(None))
    return zlib.compress(sink.getvalue(), _FAST)


def unpack_table(packed: bytes) -> pyarrow.Table:
    """The rows that `pack_frame` packed; ArrowException or zlib.error where they are damaged."""
    return pyarrow.ipc.open_stream(zlib.decompress(packed)).read_all()


def frame_of(tables: Sequence[pyarrow.Table], name: str) -> pd.DataFrame:
    """Unpacked rows of several documents as one frame with the table's dtypes."""
    whole = pyarrow.concat_tables([table_schema(name).arrow_schema().empty_table(), *tables])
    dtypes = {column.name: column.dtype for column in table_schema(name).columns}
    return whole.to_pandas(date_as_object=False).astype(dtypes)


def unpack_text(packed: bytes) -> str:
    """The text of a document."""
    return zlib.decompress(packed).decode("utf-8")


def unpack_findings(packed: bytes) -> tuple[Finding, ...]:
    """What the figures of a document hold against each other."""
    return _findings().validate_json(zlib.decompress(packed))


def pack_facts(facts: Facts) -> bytes:
    """Facts as JSON."""
    written = replace(facts.fingerprint, **{name: getattr(facts.fingerprint, name).hex().encode() for name in _BINARY})
    return _facts().dump_json(replace(facts, fingerprint=written))


def unpack_facts(packed: bytes) -> Facts:
    """Facts from JSON; ValueError where it holds something else."""
    facts = _facts().validate_json(packed)
    plain = {name: bytes.fromhex(getattr(facts.fingerprint, name).decode()) for name in _BINARY}
    return replace(facts, fingerprint=replace(facts.fingerprint, **plain))


_BINARY = ("clauses", "figures")


@cache
def _facts() -> TypeAdapter[Facts]:
    return TypeAdapter(Facts)


@cache
def _findings() -> TypeAdapter[tuple[Finding, ...]]:
    return TypeAdapter(tuple[Finding, ...])
