"""The one schema of the tables: pandera schemas, dtypes and datapackage.json from vocabulary/tables.yaml.

In a frame, strings are never null (empty says "nothing"), numbers may be NaN, pages are `Int64`, and
dates are `datetime64[ns]` at midnight; in parquet they are dates, in CSV `YYYY-MM-DD`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow
from pydantic import BaseModel, ConfigDict

from analysis.catalogue import read_vocabulary

ColumnType = Literal["string", "number", "integer", "boolean", "date"]

_DTYPES: dict[str, Any] = {
    "string": pd.StringDtype(na_value=np.nan),
    "number": np.dtype("float64"),
    "integer": np.dtype("int64"),
    "boolean": np.dtype("bool"),
    "date": np.dtype("datetime64[ns]"),
}
_ARROW: dict[str, pyarrow.DataType] = {
    "string": pyarrow.string(),
    "number": pyarrow.float64(),
    "integer": pyarrow.int64(),
    "boolean": pyarrow.bool_(),
    "date": pyarrow.date32(),
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Part):
    """One text in Vietnamese and in English."""

    vi: str
    en: str


class Column(_Part):
    """A column: its type, its constraints, and what it means."""

    name: str
    type: ColumnType
    vi: str
    en: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None

    @property
    def nullable(self) -> bool:
        """True where a value may be null; a string never is."""
        return not self.required and self.type != "string"

    @property
    def dtype(self) -> Any:
        """The pandas dtype: `Int64` for whole numbers that may be null."""
        return pd.Int64Dtype() if self.type == "integer" and self.nullable else _DTYPES[self.type]

    def checks(self) -> list[pa.Check]:
        """The constraints as pandera checks."""
        checks = []
        if self.enum:
            checks.append(pa.Check.isin([*self.enum, *([] if self.required else [""])]))
        elif self.type == "string" and self.required:
            checks.append(pa.Check.str_length(min_value=1))
        if self.pattern:
            checks.append(pa.Check.str_matches(self.pattern))
        if self.minimum is not None:
            checks.append(pa.Check.ge(self.minimum))
        if self.maximum is not None:
            checks.append(pa.Check.le(self.maximum))
        return checks

    def field(self) -> dict[str, Any]:
        """The column as a field of a Frictionless table schema."""
        constraints = {
            "required": self.required or None,
            "unique": self.unique or None,
            "enum": list(self.enum) or None,
            "pattern": self.pattern or None,
            "minimum": self.minimum,
            "maximum": self.maximum,
        }
        field: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "description": self.vi,
            "description_en": self.en,
        }
        if self.type == "boolean":
            field |= {"trueValues": ["true"], "falseValues": ["false"]}
        given = {key: value for key, value in constraints.items() if value is not None}
        return field | ({"constraints": given} if given else {})


class TableSchema(_Part):
    """One table: title, meaning, key and columns in their fixed order."""

    title: Bilingual
    description: Bilingual
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def frame_schema(self) -> pa.DataFrameSchema:
        """The pandera schema: all columns, in this order, no others."""
        columns = {
            column.name: pa.Column(column.dtype, column.checks(), nullable=column.nullable, unique=column.unique)
            for column in self.columns
        }
        return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=list(self.primary_key))

    def arrow_schema(self) -> pyarrow.Schema:
        """The types in parquet."""
        return pyarrow.schema([pyarrow.field(column.name, _ARROW[column.type]) for column in self.columns])

    def frame(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        """Rows as a frame of this table's columns and dtypes; a missing string becomes empty."""
        return self.frame_of({name: [row.get(name) for row in rows] for name in self.names})

    def frame_of(self, values: Mapping[str, list[Any]]) -> pd.DataFrame:
        """The values of each column as a frame, like `frame` of rows."""
        data = {column.name: _series(values[column.name], column) for column in self.columns}
        return pd.DataFrame(data, columns=self.names)

    def table_schema(self) -> dict[str, Any]:
        """The table as a Frictionless table schema."""
        return {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [column.field() for column in self.columns],
            "missingValues": [""],
            "primaryKey": list(self.primary_key),
        }


def _series(values: list[Any], column: Column) -> pd.Series:
    if column.type == "string":
        values = ["" if value is None else str(value) for value in values]
    elif column.type == "date":
        values = [None if value is None else np.datetime64(value, "ns") for value in values]
    elif column.type == "number":
        values = [np.nan if value is None else float(value) for value in values]
    return pd.Series(values, dtype=column.dtype)


class _Tables(_Part):
    version: str
    tables: dict[str, TableSchema]


@cache
def _load() -> _Tables:
    return _Tables.model_validate(read_vocabulary("tables.yaml"))


def schema_version() -> str:
    """Version of the tables' schema; a table of another version is refused when read."""
    return _load().version


@cache
def table_schema(name: str) -> TableSchema:
    """The schema of `observations`, `unresolved`, `findings` or `documents`.

    >>> table_schema("observations").names[:4]
    ['observation_id', 'document_id', 'indicator', 'kind']
    """
    return _load().tables[name]


@cache
def frame_schema(name: str) -> pa.DataFrameSchema:
    """The pandera schema of a table, built once."""
    return table_schema(name).frame_schema()


def table_names() -> tuple[str, ...]:
    """The tables in the order in which they are written.

    >>> table_names()
    ('observations', 'unresolved', 'findings', 'documents')
    """
    return tuple(_load().tables)
