"""A folder of raw reports -> the tables in data/processed; a file that fails is named, and the others go on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from tqdm import tqdm

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
from analysis.documents import assign_document_ids, list_raw_files, read_document
from analysis.errors import AnalysisError, UsageError
from analysis.extract import extract_document
from analysis.model import Extraction, Failure
from analysis.schema import table_schema
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


def extract_corpus(workspace: Workspace, *, progress: bool = True) -> RunResult:
    """Reads every report of the raw folder and writes the tables; raises UsageError where there is none.

    A file that can't be read or extracted is a Failure in the result. A correction that no longer fits
    raises CorrectionError before anything is written.
    """
    began = time.perf_counter()
    corrections = read_corrections(workspace.corrections)
    extractions, failures = _extract_all(workspace.raw, progress)
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
    notes = {each.document.document_id: each.notes for each in extractions}
    timings = {"read": round(read - began, 3), "tables": round(time.perf_counter() - read, 3)}
    tables = (observations, unresolved, findings, documents)
    write_dataset(workspace.processed, Dataset(*tables, texts, failures, notes, timings))
    counts = (len(documents), len(observations), len(unresolved), len(findings))
    return RunResult(workspace.processed, *counts, failures, timings)


def _extract_all(raw: Path, progress: bool) -> tuple[list[Extraction], tuple[Failure, ...]]:
    paths = list_raw_files(raw)
    if not paths:
        raise UsageError(
            f"Không có báo cáo nào trong thư mục {raw}.", "Hãy chép báo cáo (.txt, .html, .docx, .pdf) vào thư mục đó."
        )
    extractions, failures = [], []
    for path, document_id in tqdm(
        assign_document_ids(paths, raw).items(), desc="Đọc báo cáo", unit=" tệp", disable=not progress
    ):
        outcome = _extract_one(path, raw, document_id)
        (extractions if isinstance(outcome, Extraction) else failures).append(outcome)
    return extractions, tuple(failures)


def _extract_one(path: Path, raw: Path, document_id: str) -> Extraction | Failure:
    what = path.relative_to(raw).as_posix()
    try:
        return extract_document(read_document(path, raw, document_id))
    except AnalysisError as error:
        return Failure(what, error.message, error.remedy, type(error).__name__)
    except Exception as error:  # one odd file must not stop the others; the run's record names it
        return Failure(
            what,
            f"Lỗi ngoài dự kiến khi đọc tệp ({type(error).__name__}: {error}).",
            "Xin gửi tệp này cho người phát triển; các tệp khác vẫn được xử lý.",
            type(error).__name__,
        )


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
