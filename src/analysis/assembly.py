"""The readings of a corpus put together: what reports hold against each other, which value is shown, and the tables.

Everything that several reports have to do with one another is of one area, so that a corpus is compared area by area,
and written document by document: no more of it is in memory at a time than `_ROWS` figures or one area's.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow

from analysis.checks import check_reports
from analysis.dataset import area_keys
from analysis.errors import DatasetError
from analysis.findings import Row, Sources
from analysis.messages import explain
from analysis.model import Finding
from analysis.precedence import select_values
from analysis.readings import Facts, frame_of, unpack_findings, unpack_table, unpack_text
from analysis.schema import table_schema
from analysis.store import Store

_ROWS = 20_000
"""Figures that are worked on together."""
_FINDINGS = 5_000
"""Findings that are; their messages are long."""
_MOST_PARTS = 100
"""Files open at a time."""


class Texts(Mapping[str, str]):
    """The texts of the documents, each read from the store when it is wanted."""

    def __init__(self, store: Store, facts: Sequence[Facts]) -> None:
        self._store = store
        self._ids = dict.fromkeys(each.document_id for each in facts)

    def __getitem__(self, document_id: str) -> str:
        return unpack_text(self._store.part(document_id, "text"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class FindingsTable:
    """All findings of a run, each once, on the disk."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "findings.sqlite", isolation_level=None)
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("BEGIN")
        self._names = table_schema("findings").names
        columns = ", ".join(name + " PRIMARY KEY" * (name == "finding_id") for name in self._names)
        self._base.execute(f"CREATE TABLE findings ({columns})")
        self._base.execute("CREATE TABLE named (finding_id, document_id, PRIMARY KEY (finding_id, document_id))")

    def close(self) -> None:
        """Lets go of the file."""
        self._base.close()

    def add(self, finding: Finding, document_ids: Iterable[str]) -> None:
        """A finding, with the documents that it names."""
        row = astuple(replace(finding, observation_ids=";".join(finding.observation_ids)))  # type: ignore[arg-type]
        self._base.execute(f"INSERT OR REPLACE INTO findings VALUES ({', '.join('?' * len(row))})", row)
        named = [(finding.finding_id, each) for each in {*document_ids, finding.document_id} if each]
        self._base.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", named)

    def __len__(self) -> int:
        return self._base.execute("SELECT count(*) FROM findings").fetchone()[0]

    def per_document(self) -> dict[str, int]:
        """How many findings name each document."""
        return dict(self._base.execute("SELECT document_id, count(*) FROM named GROUP BY document_id"))

    def frames(self) -> Iterator[pd.DataFrame]:
        """The table in its order: area, document, code."""
        order = "area_id, area, document_id, code, finding_id"
        found = self._base.execute(f"SELECT {', '.join(self._names)} FROM findings ORDER BY {order}")
        while rows := found.fetchmany(_FINDINGS):
            yield table_schema("findings").frame_of(dict(zip(self._names, zip(*rows, strict=True), strict=True)))


@dataclass
class Assembly:
    """The observations of a corpus: row `i` is the i-th in the order of documents and text."""

    store: Store
    facts: Sequence[Facts]
    """In the order of their ids."""
    sources: Sources
    findings: FindingsTable
    folder: Path
    """For what doesn't fit into memory."""
    ids: np.ndarray = field(init=False)
    shown: np.ndarray = field(init=False)
    """By row, the one that is shown for what it states."""
    flags: dict[int, set[str]] = field(init=False, default_factory=dict)
    """By row, the codes of findings between reports."""

    def __post_init__(self) -> None:
        rows = sum(each.observations for each in self.facts)
        self.ids = np.empty(rows, dtype="S12")
        self.shown = np.arange(rows, dtype=np.int32)

    def compare(self) -> None:
        """Finds what figures hold against each other, and which are shown."""
        self._add_findings_of_reports()
        with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as folder:
            for part in self._by_area(Path(folder)):
                self._compare(part)
                pyarrow.default_memory_pool().release_unused()

    def _add_findings_of_reports(self) -> None:
        for each in self.facts:
            if not self._repeats(each.document_id):
                for finding in unpack_findings(self.store.part(each.document_id, "findings")):
                    self.findings.add(finding, [each.document_id])

    def _repeats(self, document_id: str) -> bool:
        return bool(self.sources[document_id].duplicate_of)

    def _by_area(self, folder: Path) -> Iterator[pyarrow.Table]:
        """All observations with their row, in parts that each have all figures of some areas."""
        parts = min(-(-len(self.ids) // _ROWS), _MOST_PARTS)
        paths = [folder / f"{number}.arrow" for number in range(parts)]
        schema = table_schema("observations").arrow_schema().append(pyarrow.field("row", pyarrow.int64()))
        with ExitStack() as stack:
            writers = [stack.enter_context(pyarrow.ipc.new_stream(path, schema)) for path in paths]
            for first, table in self._numbered():
                self.ids[first : first + len(table)] = table["observation_id"].to_pylist()
                rows = pyarrow.array(range(first, first + len(table)), pyarrow.int64())
                for number, part in _divided(table.append_column("row", rows), parts):
                    writers[number].write_table(part)
        if len(np.unique(self.ids)) < len(self.ids):
            raise DatasetError(*explain("read.same_id"))
        for path in paths:
            with pyarrow.ipc.open_stream(path) as stream:
                yield stream.read_all()

    def _numbered(self) -> Iterator[tuple[int, pyarrow.Table]]:
        """The observations of some documents at a time, with the row of the first."""
        first = 0
        for batch in self._batches():
            table = pyarrow.concat_tables(self._tables(batch, "observations"))
            yield first, table
            first += len(table)

    def _batches(self) -> Iterator[list[Facts]]:
        batch: list[Facts] = []
        rows = 0
        for each in self.facts:
            if batch and rows + each.observations > _ROWS:
                yield batch
                batch, rows = [], 0
            batch.append(each)
            rows += each.observations
        if batch:
            yield batch

    def _tables(self, batch: Iterable[Facts], name: str) -> list[pyarrow.Table]:
        return [unpack_table(self.store.part(each.document_id, name)) for each in batch]

    def _compare(self, part: pyarrow.Table) -> None:
        rows = part["row"].to_numpy()
        frame = frame_of([part.drop_columns("row")], "observations")
        row_of = dict(zip(frame["observation_id"], rows, strict=True))
        document_of = dict(zip(frame["observation_id"], frame["document_id"], strict=True))
        for finding in check_reports(frame, self.sources, self._counts_beside):
            self.findings.add(finding, [document_of[ident] for ident in finding.observation_ids])
            for ident in finding.observation_ids:
                self.flags.setdefault(int(row_of[ident]), set()).add(finding.code)
        self.shown[rows] = [row_of[ident] for ident in select_values(frame, self.sources)["selected_id"]]

    def _counts_beside(self, row: Row) -> set[float]:
        """All dated counts of known place that the row's own report has."""
        own = frame_of([unpack_table(self.store.part(row.document_id, "observations"))], "observations")
        placed = (own["area"] != "") & own["period_end"].notna()
        return set(own.loc[placed & (own["kind"] == "count"), "value"])

    # ---- the tables

    def observations(self) -> Iterator[pd.DataFrame]:
        """The table, with what `compare` found out."""
        for first, table in self._numbered():
            frame = frame_of([table], "observations")
            rows = range(first, first + len(frame))
            shown = self.shown[first : first + len(frame)]
            repeated = frame["document_id"].map(self._repeats)
            flags = frame["flags"].where(~repeated.astype(bool), "").tolist()
            for row in rows:
                if row in self.flags:
                    flags[row - first] = _joined(flags[row - first], self.flags[row])
            yield frame.assign(
                flags=pd.Series(flags, dtype=frame["flags"].dtype),
                selected=shown == np.arange(first, first + len(frame)),
                selected_id=pd.Series(self.ids[shown].astype(str), dtype=frame["selected_id"].dtype),
            )

    def unresolved(self) -> Iterator[pd.DataFrame]:
        """The table of the numbers that became no observation."""
        for batch in self._batches():
            yield frame_of(self._tables(batch, "unresolved"), "unresolved")


def _joined(flags: str, more: set[str]) -> str:
    return ";".join(sorted({*filter(None, flags.split(";")), *more}))


def _divided(table: pyarrow.Table, parts: int) -> Iterator[tuple[int, pyarrow.Table]]:
    """The rows of a table by their area, each area in one of so many parts."""
    if parts == 1:
        yield 0, table
        return
    keys = area_keys(table.select(["area_id", "area"]).to_pandas())
    numbers = keys.map({key: crc32(key.encode("utf-8")) % parts for key in keys.unique()}).to_numpy()
    for number in np.unique(numbers):
        yield int(number), table.filter(pyarrow.array(numbers == number))
