"""Observations, unresolved numbers, findings and documents as tidy frames, and as files in data/processed.

Columns, dtypes and datapackage.json come from the one schema (analysis.schema). Dates are
`datetime64[ns]` in a frame and `YYYY-MM-DD` in CSV; `flags` and `observation_ids` are joined by `;`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.parquet
from pandera.errors import SchemaError

from analysis import __version__
from analysis.duplicates import Kinship
from analysis.errors import DatasetError
from analysis.model import Extraction, Failure, Finding, Observation, Unresolved
from analysis.schema import frame_schema, schema_version, table_names, table_schema

_VERSION_KEY = b"cchc_schema_version"
_RUN_AGAIN = "Hãy chạy lại `cchc extract`."
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


Frames = pd.DataFrame | Iterable[pd.DataFrame]


@dataclass(frozen=True)
class Dataset:
    """The tables of one run, the texts that offsets point into, and what failed.

    A table that is too large for the memory is given as frames one after the other, in the order of the table.
    """

    observations: Frames
    unresolved: Frames
    findings: Frames
    documents: pd.DataFrame
    texts: Mapping[str, str]
    failures: tuple[Failure, ...] = ()
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the reader of each document should know, by document."""
    timings: Mapping[str, float] = field(default_factory=dict)
    roster: Mapping[str, Any] | None = None
    """Who is missing and who wasn't expected; None where there is no roster."""

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name."""
        return getattr(self, name)

    def frames(self, name: str) -> Iterator[pd.DataFrame]:
        """The pieces of a table; one at least, so that an empty table has its columns."""
        given = getattr(self, name)
        pieces = iter([given] if isinstance(given, pd.DataFrame) else given)
        yield next(pieces, table_schema(name).frame([]))
        yield from pieces


def observations_frame(observations: Iterable[Observation]) -> pd.DataFrame:
    """Observations as a frame, in the order of documents and text."""
    rows = list(observations)
    columns = {name: [getattr(row, name) for row in rows] for name in table_schema("observations").names}
    columns["flags"] = [";".join(flags) for flags in columns["flags"]]
    frame = table_schema("observations").frame_of(columns)
    return frame.sort_values(["document_id", "start", "end", "observation_id"], ignore_index=True)


def unresolved_frame(unresolved: Iterable[Unresolved]) -> pd.DataFrame:
    """Unresolved numbers as a frame, in the order of documents and text."""
    rows = list(unresolved)
    columns = {name: [getattr(row, name) for row in rows] for name in table_schema("unresolved").names}
    frame = table_schema("unresolved").frame_of(columns)
    return frame.sort_values(["document_id", "start", "end"], ignore_index=True)


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a frame, ordered by area, document and code."""
    rows = [asdict(finding) | {"observation_ids": ";".join(finding.observation_ids)} for finding in findings]
    frame = table_schema("findings").frame(rows)
    return frame.sort_values(["area_id", "area", "document_id", "code", "finding_id"], ignore_index=True)


def documents_frame(
    extractions: Iterable[Extraction],
    observations: pd.DataFrame,
    unresolved: pd.DataFrame,
    findings: pd.DataFrame,
    kinships: Mapping[str, Kinship] | None = None,
) -> pd.DataFrame:
    """One row per document, with how many observations, unresolved numbers and findings it has."""
    counts = {
        "n_observations": observations["document_id"].value_counts(),
        "n_unresolved": unresolved["document_id"].value_counts(),
        "n_findings": _findings_per_document(observations, findings),
    }
    return counted_documents(extractions, counts, kinships or {})


def counted_documents(
    extractions: Iterable[Extraction], counts: Mapping[str, Mapping[str, int]], kinships: Mapping[str, Kinship]
) -> pd.DataFrame:
    """One row per document, with what was counted for it: the name of a column -> the id of a document -> how many."""
    rows = []
    for extraction in extractions:
        row = _document_row(extraction, kinships)
        rows.append(row | {name: int(count.get(row["document_id"], 0)) for name, count in counts.items()})
    return table_schema("documents").frame(rows).sort_values("document_id", ignore_index=True)


def _document_row(extraction: Extraction, kinships: Mapping[str, Kinship]) -> dict[str, Any]:
    document, area, period = extraction.document, extraction.area, extraction.period
    row = {name: getattr(document, name) for name in ("document_id", "path", "sha256", "format", "source_kind")}
    row |= {"title": document.title, "published": document.published}
    if area:
        row |= {"area": area.name, "area_id": area.area_id, "area_level": area.level, "province": area.province}
    if period:
        row |= {"period_start": period.start, "period_end": period.end}
    if kinship := kinships.get(document.document_id):
        row["duplicate_of" if kinship.repeats else "replaces"] = kinship.other
    return row


def _findings_per_document(observations: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    """How many findings name each document, by one of its figures or as a whole."""
    named = findings.set_index("finding_id")["observation_ids"].str.split(";").explode()
    documents = named.map(observations.set_index("observation_id")["document_id"]).dropna()
    by_figure = documents.rename("document_id").reset_index()
    whole = findings.loc[findings["document_id"] != "", ["finding_id", "document_id"]]
    return pd.concat([by_figure, whole]).drop_duplicates()["document_id"].value_counts()


def area_keys(frame: pd.DataFrame) -> pd.Series:
    """What tells areas apart, row by row: the official id, or the name where the gazetteer has none."""
    return frame["area_id"].where(frame["area_id"] != "", frame["area"])


def write_dataset(processed: Path, dataset: Dataset) -> None:
    """Writes all tables, texts and descriptions; what a former run wrote and this one doesn't is removed.

    Everything is written beside its place first, then moved in; where a file can't be replaced (it is
    open in another program) the folder is left as it was.
    """
    processed.mkdir(parents=True, exist_ok=True)
    former = _files_of_last_run(processed)
    draft = Path(tempfile.mkdtemp(prefix=".writing-", dir=processed))
    try:
        tables = {name: _write_table(draft, name, dataset.frames(name)) for name in table_names()}
        names = list(_write_files(draft, dataset))
        _write_json(draft / "run.json", _run_record(dataset, tables, [*names, "run.json"]))
        _move_in(draft, processed, [*names, "run.json"], [name for name in former if name not in {*names, "run.json"}])
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@dataclass
class _Written:
    """What is known of a table when it has been written."""

    rows: int = 0
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    """By document, how often each reason stands in it; of unresolved numbers."""

    def count(self, frame: pd.DataFrame) -> None:
        self.rows += len(frame)
        if "reason" in frame:
            for document_id, reason in zip(frame["document_id"], frame["reason"], strict=True):
                self.reasons.setdefault(document_id, Counter())[reason] += 1


def _write_table(folder: Path, name: str, frames: Iterable[pd.DataFrame]) -> _Written:
    """A table as parquet, a row group for each frame, and as CSV."""
    written, schema = _Written(), table_schema(name).arrow_schema()
    schema = schema.with_metadata({_VERSION_KEY: schema_version().encode()})
    with (
        pyarrow.parquet.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd") as parquet,
        (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as csv,
    ):
        for number, frame in enumerate(frames):
            checked = _validated(frame, name)
            parquet.write_table(pyarrow.Table.from_pandas(checked, schema=schema, preserve_index=False))
            _csv_ready(checked).to_csv(csv, index=False, header=number == 0, lineterminator="\n")
            written.count(checked)
    return written


def _write_files(folder: Path, dataset: Dataset) -> Iterator[str]:
    resources = []
    for name in table_names():
        resources += [_resource(folder / f"{name}.{ending}", name) for ending in ("csv", "parquet")]
        yield from (f"{name}.csv", f"{name}.parquet")
    for document_id in sorted(dataset.texts):
        path = text_path(folder, document_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dataset.texts[document_id].encode("utf-8"))
        yield path.relative_to(folder).as_posix()
    _write_json(folder / "datapackage.json", _datapackage(resources))
    yield "datapackage.json"


def _validated(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    try:
        return frame_schema(name).validate(frame)
    except SchemaError as error:
        raise DatasetError(
            f"Bảng {name} không đúng cấu trúc: {error}.", "Đây là lỗi của chương trình; xin báo cho người phát triển."
        ) from error


def _csv_ready(frame: pd.DataFrame) -> pd.DataFrame:
    flags = {name: frame[name].map({True: "true", False: "false"}) for name in frame.select_dtypes("bool")}
    dates = {name: frame[name].dt.strftime("%Y-%m-%d") for name in frame.select_dtypes("datetime64[ns]")}
    return frame.assign(**flags, **dates)


def _resource(path: Path, table: str) -> dict[str, Any]:
    schema = table_schema(table)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    is_csv = path.suffix == ".csv"
    return {
        "name": table if is_csv else f"{table}-parquet",
        "type": "table",
        "path": path.name,
        "format": path.suffix[1:],
        "mediatype": "text/csv" if is_csv else "application/vnd.apache.parquet",
        **({"encoding": "utf-8"} if is_csv else {}),
        "title": schema.title.vi,
        "title_en": schema.title.en,
        "description": schema.description.vi,
        "description_en": schema.description.en,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": schema.table_schema(),
    }


def _datapackage(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "cchc",
        "title": "Số liệu cải cách hành chính",
        "title_en": "Figures of administrative-reform reports",
        "version": schema_version(),
        "resources": resources,
    }


def _run_record(dataset: Dataset, tables: Mapping[str, _Written], files: list[str]) -> dict[str, Any]:
    reasons = tables["unresolved"].reasons
    ledger = {}
    for row in dataset.documents.itertuples():
        ledger[row.document_id] = {
            "seen": row.n_observations + row.n_unresolved,
            "used": row.n_observations,
            "unresolved": dict(sorted(reasons.get(row.document_id, {}).items())),
            "notes": list(dataset.notes.get(row.document_id, ())),
        }
    return {
        "version": __version__,
        "schema_version": schema_version(),
        "counts": {name: table.rows for name, table in tables.items()} | {"failures": len(dataset.failures)},
        "failures": [asdict(failure) for failure in dataset.failures],
        **({"roster": dict(dataset.roster)} if dataset.roster is not None else {}),
        "documents": ledger,
        "files": sorted(files),
        "timings": dict(dataset.timings),
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_bytes((json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))


def _files_of_last_run(processed: Path) -> list[str]:
    """What the last run wrote, by its own record; a folder without a readable one is not ours to clean."""
    try:
        files = json.loads((processed / "run.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [name for name in files if isinstance(name, str) and not {"..", ""} & set(name.split("/"))]


def _move_in(draft: Path, processed: Path, names: list[str], stale: list[str]) -> None:
    """Moves the new files in and the old ones out; undone as a whole where one can't be moved."""
    aside = draft / ".aside"
    done: list[tuple[Path, Path]] = []
    try:
        for name in [*stale, *names]:
            if (processed / name).is_file():
                _move(processed / name, aside / name, done)
        for name in names:
            _move(draft / name, processed / name, done)
    except OSError as error:
        for source, target in reversed(done):
            os.replace(target, source)
        raise DatasetError(
            f"Không ghi được tệp {processed / name}: {error.strerror or error}.",
            "Hãy đóng chương trình đang mở tệp (Excel chẳng hạn), kiểm tra quyền ghi, rồi chạy lại.",
        ) from error
    for folder in {(processed / name).parent for name in stale}:
        _remove_if_empty(folder, processed)


def _move(source: Path, target: Path, done: list[tuple[Path, Path]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)
    done.append((source, target))


def _remove_if_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def text_path(processed: Path, document_id: str) -> Path:
    """Where the text of a document lies; raises DatasetError for an id that leads out of the folder.

    >>> text_path(Path("processed"), "ha-nam/phu-ly-2022").as_posix()
    'processed/documents/ha-nam/phu-ly-2022.txt'
    """
    parts = document_id.split("/")
    if any(part in ("", ".", "..") or re.search(r'[\\:*?"<>|\x00-\x1f]', part) for part in parts):
        raise DatasetError(
            f"Mã văn bản không hợp lệ: {document_id!r}.", "Hãy đổi tên tệp báo cáo gốc, bỏ các ký tự đặc biệt."
        )
    parts = [f"{part}_" if _RESERVED.fullmatch(part) else part for part in parts]
    return processed.joinpath("documents", *parts[:-1], f"{parts[-1]}.txt")


def _read_table(processed: Path, name: str) -> pd.DataFrame:
    path = processed / f"{name}.parquet"
    if not path.is_file():
        raise DatasetError(f"Không tìm thấy bảng số liệu {path}.", "Hãy chạy `cchc extract` trước.")
    try:
        table = pyarrow.parquet.read_table(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise DatasetError(f"Tệp {path} bị hỏng: {error}.", _RUN_AGAIN) from error
    version = (table.schema.metadata or {}).get(_VERSION_KEY, b"?").decode()
    if version != schema_version() or table.column_names != table_schema(name).names:
        raise DatasetError(
            f"Tệp {path} có cấu trúc phiên bản {version}, chương trình cần phiên bản {schema_version()}.", _RUN_AGAIN
        )
    dtypes = {column.name: column.dtype for column in table_schema(name).columns}
    return _validated(table.to_pandas(date_as_object=False).astype(dtypes), name)


def read_observations(processed: Path) -> pd.DataFrame:
    """The observations table; raises DatasetError, with what to do, where it is missing or of another version."""
    return _read_table(processed, "observations")


def read_unresolved(processed: Path) -> pd.DataFrame:
    """The table of numbers that became no observation."""
    return _read_table(processed, "unresolved")


def read_findings(processed: Path) -> pd.DataFrame:
    """The table of findings."""
    return _read_table(processed, "findings")


def read_documents(processed: Path) -> pd.DataFrame:
    """The table of documents."""
    return _read_table(processed, "documents")


def read_text(processed: Path, document_id: str) -> str:
    """The stored text of a document, into which `start` and `end` point."""
    path = text_path(processed, document_id)
    if not path.is_file():
        raise DatasetError(f"Không tìm thấy văn bản {path}.", _RUN_AGAIN)
    return path.read_bytes().decode("utf-8")
