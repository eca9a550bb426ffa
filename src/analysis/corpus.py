"""A folder of raw reports -> the tables in data/processed; a file that fails is named, and the others go on."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from analysis.assembly import Assembly, FindingsTable, Texts
from analysis.corrections import Register, read_corrections
from analysis.crew import read_files
from analysis.dataset import Dataset, counted_documents, write_dataset
from analysis.documents import assign_document_ids, list_raw_files, raw_name
from analysis.duplicates import Kinship, find_kinships, kinship_findings
from analysis.errors import UsageError
from analysis.findings import Source, Sources
from analysis.messages import Lang, Messages, explain
from analysis.model import Document, Failure, Finding
from analysis.overlay import keep_overlay, reads_with
from analysis.readings import Facts, Reader
from analysis.roster import Attendance, Expected, Received, attendance_findings, check_attendance, read_roster
from analysis.store import FOLDER, Store, reading_key
from analysis.workspace import Workspace


@dataclass(frozen=True)
class RunResult:
    """What one extraction made: how many rows of each table, what failed, and where the time went."""

    processed: Path
    documents: int
    observations: int
    unresolved: int
    findings: int
    failures: tuple[Failure, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    attendance: Attendance | None = None
    """Who is missing and who wasn't expected; None where there is no roster."""
    unchanged: int = 0
    """How many documents were taken as a former run had read them."""


@dataclass(frozen=True)
class _Read:
    """All that was read, in the order of the files."""

    facts: tuple[Facts, ...]
    failures: tuple[Failure, ...]
    unchanged: int


@reads_with(lambda workspace: workspace.vocabulary)
def extract_corpus(
    workspace: Workspace, *, lang: Lang = "vi", progress: bool = True, ocr: bool = False, jobs: int | None = None,
    fresh: bool = False,
) -> RunResult:  # fmt: skip
    """Reads every report of the raw folder and writes the tables; raises UsageError where there is none.

    A file that can't be read or extracted is a Failure in the result, and so is a report that gave nothing to
    publish. A correction that no longer fits is one too: its document is left out, the others are not. A register
    that can't be read raises CorrectionError before anything is done. `jobs` processes read, by default one for each
    core; what a former run has read and nothing has changed since is not read again, but with `fresh`. The tables
    are the same, byte for byte, either way.
    """
    began = time.perf_counter()
    roster = read_roster(workspace.roster)
    paths = list_raw_files(workspace.raw)
    if not paths:
        raise UsageError(*explain("read.no_reports", folder=workspace.raw))
    ids = assign_document_ids(paths, workspace.raw)
    register = Register(read_corrections(workspace.corrections), frozenset(ids.values()))
    reader = Reader(workspace.raw, workspace.converted, register, ocr, lang, progress)
    with Store(workspace.processed / FOLDER) as store:
        read = _read_all(reader, store, ids, Messages(lang), jobs, fresh)
        done = _write_tables(workspace, store, read, roster, began)
    keep_overlay(workspace.vocabulary, workspace.processed)
    return done


def _read_all(
    reader: Reader, store: Store, ids: Mapping[Path, str], say: Messages, jobs: int | None, fresh: bool
) -> _Read:
    """All files: as the store has them where nothing has changed, else anew."""
    keys = {} if fresh else {path: _key_of_file(reader, path, ident) for path, ident in ids.items()}
    kept = store.find((ids[path], key) for path, key in keys.items() if key)
    unread = [(path, ident) for path, ident in ids.items() if ident not in kept]
    failed: dict[Path, Failure] = {}
    outcomes = read_files(reader, unread, jobs)
    told = tqdm(
        zip(unread, outcomes, strict=True), total=len(unread), desc=say("progress.reading"),
        unit=f" {say('progress.files')}", file=sys.stderr, disable=not (reader.shown and sys.stderr.isatty()),
    )  # fmt: skip
    unchanged = len(kept)
    for (path, ident), outcome in told:
        told.set_postfix_str(raw_name(path, reader.raw))
        if isinstance(outcome, Failure):
            failed[path] = outcome
        else:
            kept[ident] = outcome.facts
            store.put(outcome, _key(reader, outcome.facts.document))
    store.keep_only(kept)
    facts = tuple(kept[ident] for ident in ids.values() if ident in kept)
    failures = [each for path, ident in ids.items() for each in _failures(failed.get(path), kept.get(ident))]
    failures += reader.register.strays(list(ids.values()), [each.document.sha256 for each in facts])
    return _Read(facts, tuple(failures), unchanged)


def _failures(failed: Failure | None, facts: Facts | None) -> Iterator[Failure]:
    yield from [failed] if failed else []
    yield from facts.failures() if facts else []


def _key_of_file(reader: Reader, path: Path, document_id: str) -> str:
    """What an entry about the file as it is now must have for its key; empty where the file can't be opened."""
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
    return _key(reader, Document(document_id, raw_name(path, reader.raw), sha256, "txt", ""))


def _key(reader: Reader, document: Document) -> str:
    entries = reader.register.of(document)
    return reading_key(document.sha256, document.path, document.document_id, entries, ocr=reader.ocr)


def _write_tables(
    workspace: Workspace, store: Store, read: _Read, roster: tuple[Expected, ...] | None, began: float
) -> RunResult:
    """Compares the reports with each other, and writes what is known of them."""
    ended = time.perf_counter()
    kinships = find_kinships(each.fingerprint for each in read.facts)
    sources = {each.document_id: _source(each, kinships) for each in read.facts}
    attendance = None if roster is None else check_attendance(roster, _received(read.facts, kinships))
    in_order = sorted(read.facts, key=lambda each: each.document_id)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".sorting-", dir=workspace.processed)))
        findings = FindingsTable(folder)
        stack.callback(findings.close)
        assembly = Assembly(store, in_order, sources, findings, folder)
        assembly.compare()
        for finding in _of_documents(read.facts, kinships, attendance, sources):
            findings.add(finding, [])
        counts = {
            "n_observations": {each.document_id: each.observations for each in in_order},
            "n_unresolved": {each.document_id: each.unresolved for each in in_order},
            "n_findings": findings.per_document(),
        }
        documents = counted_documents((each.extraction for each in read.facts), counts, kinships)
        timings = {"read": round(ended - began, 3), "tables": round(time.perf_counter() - ended, 3)}
        write_dataset(
            workspace.processed,
            Dataset(
                assembly.observations(), assembly.unresolved(), findings.frames(), documents, Texts(store, in_order),
                read.failures, {each.document_id: each.notes for each in in_order}, timings,
                attendance.record() if attendance else None,
            ),
        )  # fmt: skip
        numbers = (sum(counts["n_observations"].values()), sum(counts["n_unresolved"].values()), len(findings))
    return RunResult(workspace.processed, len(documents), *numbers, read.failures, timings, attendance, read.unchanged)


def _source(facts: Facts, kinships: Mapping[str, Kinship]) -> Source:
    """What findings need to know of a document."""
    source = Source(facts.document.title, facts.document.published)
    if kinship := kinships.get(facts.document_id):
        return replace(source, **{"duplicate_of" if kinship.repeats else "replaces": kinship.other})
    return source


def _received(read: Iterable[Facts], kinships: Mapping[str, Kinship]) -> Iterator[Received]:
    """The reports that came in, copies of others left out."""
    for each in read:
        kinship = kinships.get(each.document_id)
        if each.area and not (kinship and kinship.repeats):
            yield Received(each.document_id, each.area.name, each.area.area_id, each.period)


def _of_documents(
    read: Sequence[Facts], kinships: Mapping[str, Kinship], attendance: Attendance | None, sources: Sources
) -> Iterator[Finding]:
    areas = {each.document_id: each.area for each in read if each.area}
    yield from kinship_findings(kinships, sources, areas)
    yield from attendance_findings(attendance or Attendance(), sources)
