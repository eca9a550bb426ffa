"""A folder of raw reports -> the tables in data/processed; a file that fails is named, and the others go on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event, Thread

from tqdm import tqdm

from analysis.areas import find_subject
from analysis.checks import flag_observations, run_checks
from analysis.corrections import Register, correct_extraction, read_corrections
from analysis.dataset import (
    Dataset,
    documents_frame,
    findings_frame,
    observations_frame,
    unresolved_frame,
    write_dataset,
)
from analysis.documents import assign_document_ids, list_raw_files, raw_name, read_document
from analysis.duplicates import Kinship, find_kinships, kinship_findings, take_fingerprint
from analysis.errors import AnalysisError, UsageError
from analysis.extract import extract_document
from analysis.findings import Source, Sources
from analysis.messages import Lang, Messages, both, explain
from analysis.model import Area, Document, Extraction, Failure, Finding
from analysis.overlay import keep_overlay, reads_with
from analysis.precedence import select_values
from analysis.roster import Attendance, Received, attendance_findings, check_attendance, read_roster
from analysis.workspace import Workspace

_SLOW = 10.0
"""Seconds after which a file that is still being read is named; twice as long until the next time."""
_MOST_CANDIDATES = 6


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


@reads_with(lambda workspace: workspace.vocabulary)
def extract_corpus(workspace: Workspace, *, lang: Lang = "vi", progress: bool = True, ocr: bool = False) -> RunResult:
    """Reads every report of the raw folder and writes the tables; raises UsageError where there is none.

    A file that can't be read or extracted is a Failure in the result, and so is a report that gave nothing to
    publish. A correction that no longer fits is one too: its document is left out, the others are not. A register
    that can't be read raises CorrectionError before anything is done.
    """
    began = time.perf_counter()
    roster = read_roster(workspace.roster)
    extractions, failures = _extract_all(workspace, Messages(lang), progress, ocr)
    read = time.perf_counter()
    kinships = find_kinships(take_fingerprint(each) for each in extractions)
    sources = {each.document.document_id: _source(each, kinships) for each in extractions}
    attendance = None if roster is None else check_attendance(roster, _received(extractions, kinships))
    observations = observations_frame(row for each in extractions for row in each.observations)
    unresolved = unresolved_frame(row for each in extractions for row in each.unresolved)
    found = run_checks(observations, sources)
    observations = select_values(flag_observations(observations, found), sources)
    findings = findings_frame([*found, *_of_documents(extractions, kinships, attendance, sources)])
    documents = documents_frame(extractions, observations, unresolved, findings, kinships)
    texts = {each.document.document_id: each.document.text for each in extractions}
    notes = {each.document.document_id: (*each.document.notes, *each.notes) for each in extractions}
    timings = {"read": round(read - began, 3), "tables": round(time.perf_counter() - read, 3)}
    tables = (observations, unresolved, findings, documents)
    record = attendance.record() if attendance else None
    write_dataset(workspace.processed, Dataset(*tables, texts, failures, notes, timings, record))
    keep_overlay(workspace.vocabulary, workspace.processed)
    counts = (len(documents), len(observations), len(unresolved), len(findings))
    return RunResult(workspace.processed, *counts, failures, timings, attendance)


def _source(extraction: Extraction, kinships: Mapping[str, Kinship]) -> Source:
    """What findings need to know of a document."""
    document = extraction.document
    source = Source(document.title, document.published)
    if kinship := kinships.get(document.document_id):
        return replace(source, **{"duplicate_of" if kinship.repeats else "replaces": kinship.other})
    return source


def _received(extractions: Iterable[Extraction], kinships: Mapping[str, Kinship]) -> Iterator[Received]:
    """The reports that came in, copies of others left out."""
    for each in extractions:
        kinship = kinships.get(each.document.document_id)
        if each.area and not (kinship and kinship.repeats):
            yield Received(each.document.document_id, each.area.name, each.area.area_id, each.period)


def _of_documents(
    extractions: Iterable[Extraction], kinships: Mapping[str, Kinship], attendance: Attendance | None, sources: Sources
) -> Iterator[Finding]:
    areas = {each.document.document_id: each.area for each in extractions if each.area}
    yield from kinship_findings(kinships, sources, areas)
    yield from attendance_findings(attendance or Attendance(), sources)


def _extract_all(
    place: Workspace, say: Messages, progress: bool, ocr: bool
) -> tuple[list[Extraction], tuple[Failure, ...]]:
    raw, paths = place.raw, list_raw_files(place.raw)
    read = partial(read_document, ocr=ocr, cache=place.converted)
    if not paths:
        raise UsageError(*explain("read.no_reports", folder=raw))
    ids = assign_document_ids(paths, raw)
    register = Register(read_corrections(place.corrections), frozenset(ids.values()))
    extractions: list[Extraction] = []
    failures: list[Failure] = []
    bar = tqdm(
        ids.items(), desc=say("progress.reading"), unit=f" {say('progress.files')}",
        file=sys.stderr, disable=not (progress and sys.stderr.isatty()),
    )  # fmt: skip
    for path, document_id in bar:
        name = raw_name(path, raw)
        bar.set_postfix_str(name)
        with _naming_slow(name, say, progress):
            outcome = _extract_one(read, path, raw, document_id, register)
        if isinstance(outcome, Extraction):
            extractions.append(outcome)
            failures += _unpublished(outcome)
        else:
            failures.append(outcome)
    failures += register.strays(list(ids.values()), [each.document.sha256 for each in extractions])
    return extractions, tuple(failures)


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


def _extract_one(
    read: Callable[..., Document], path: Path, raw: Path, document_id: str, register: Register
) -> Extraction | Failure:
    what = raw_name(path, raw)
    try:
        document = read(path, raw, document_id)
        return correct_extraction(extract_document(document), register.of(document))
    except AnalysisError as error:
        return Failure(what, error.message, error.remedy, type(error).__name__)
    except Exception as error:  # one odd file must not stop the others; the run's record names it
        told = f"{type(error).__name__}: {error}".encode("utf-8", errors="replace").decode("utf-8")
        return Failure(what, *explain("read.unexpected", error=told), type(error).__name__)
