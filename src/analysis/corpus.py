"""A folder of raw reports -> the tables in data/processed; a file that fails is named, and the others go on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pandas as pd
from tqdm import tqdm

from analysis.areas import find_subject
from analysis.checks import flag_observations, run_checks
from analysis.corrections import apply_corrections, read_corrections
from analysis.dataset import (
    Dataset,
    documents_frame,
    findings_frame,
    observations_frame,
    select_values,
    unresolved_frame,
    write_dataset,
)
from analysis.documents import assign_document_ids, list_raw_files, raw_name, read_document
from analysis.errors import AnalysisError, UsageError
from analysis.extract import extract_document
from analysis.messages import Lang, Messages, both, explain
from analysis.model import Area, Document, Extraction, Failure
from analysis.overlay import keep_overlay, reads_with
from analysis.schema import table_schema
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


@reads_with(lambda workspace: workspace.vocabulary)
def extract_corpus(
    workspace: Workspace, *, lang: Lang = "vi", progress: bool = True, ocr: bool = False
) -> RunResult:
    """Reads every report of the raw folder and writes the tables; raises UsageError where there is none.

    A file that can't be read or extracted is a Failure in the result, and so is a report that gave nothing to
    publish. A correction that no longer fits raises CorrectionError before anything is written.
    """
    began = time.perf_counter()
    corrections = read_corrections(workspace.corrections)
    extractions, failures = _extract_all(workspace, Messages(lang), progress, ocr)
    read = time.perf_counter()
    observations = observations_frame(row for each in extractions for row in each.observations)
    unresolved = unresolved_frame(row for each in extractions for row in each.unresolved)
    corrected = apply_corrections(observations, corrections)
    unresolved = _with_rejected(unresolved, observations, corrected)
    found = run_checks(corrected)
    observations = select_values(flag_observations(corrected, found))
    findings = findings_frame(found)
    documents = documents_frame(extractions, observations, unresolved, findings)
    texts = {each.document.document_id: each.document.text for each in extractions}
    notes = {each.document.document_id: (*each.document.notes, *each.notes) for each in extractions}
    timings = {"read": round(read - began, 3), "tables": round(time.perf_counter() - read, 3)}
    tables = (observations, unresolved, findings, documents)
    write_dataset(workspace.processed, Dataset(*tables, texts, failures, notes, timings))
    keep_overlay(workspace.vocabulary, workspace.processed)
    counts = (len(documents), len(observations), len(unresolved), len(findings))
    return RunResult(workspace.processed, *counts, failures, timings)


def _extract_all(
    place: Workspace, say: Messages, progress: bool, ocr: bool
) -> tuple[list[Extraction], tuple[Failure, ...]]:
    raw, paths = place.raw, list_raw_files(place.raw)
    read = partial(read_document, ocr=ocr, cache=place.converted)
    if not paths:
        raise UsageError(*explain("read.no_reports", folder=raw))
    extractions: list[Extraction] = []
    failures: list[Failure] = []
    bar = tqdm(
        assign_document_ids(paths, raw).items(), desc=say("progress.reading"), unit=f" {say('progress.files')}",
        file=sys.stderr, disable=not (progress and sys.stderr.isatty()),
    )  # fmt: skip
    for path, document_id in bar:
        name = raw_name(path, raw)
        bar.set_postfix_str(name)
        with _naming_slow(name, say, progress):
            outcome = _extract_one(read, path, raw, document_id)
        if isinstance(outcome, Extraction):
            extractions.append(outcome)
            failures += _unpublished(outcome)
        else:
            failures.append(outcome)
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


def _extract_one(read: Callable[..., Document], path: Path, raw: Path, document_id: str) -> Extraction | Failure:
    what = raw_name(path, raw)
    try:
        return extract_document(read(path, raw, document_id))
    except AnalysisError as error:
        return Failure(what, error.message, error.remedy, type(error).__name__)
    except Exception as error:  # one odd file must not stop the others; the run's record names it
        told = f"{type(error).__name__}: {error}".encode("utf-8", errors="replace").decode("utf-8")
        return Failure(what, *explain("read.unexpected", error=told), type(error).__name__)


def _with_rejected(unresolved: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Unresolved numbers with those observations that the register rejects, so that every number stays counted."""
    rejected = before[~before["observation_id"].isin(after["observation_id"])]
    if rejected.empty:
        return unresolved
    columns = table_schema("unresolved").names
    moved = rejected.assign(reason="rejected", detail=rejected["indicator"])[columns]
    moved = moved.astype(unresolved.dtypes.to_dict())
    both = pd.concat([unresolved, moved]) if len(unresolved) else moved
    return both.sort_values(["document_id", "start", "end"], ignore_index=True)
