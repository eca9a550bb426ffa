"""data/corrections.yaml: the analysts' public, reasoned changes, each guarded by what it expects to find.

    - match: {document_id: phu-ly-2022, quote: 4.554, start: 756}     # or {observation_id: 8735bd778623}
      expect: {value: 4554}
      action: set                                                     # or reject, accept
      set: {value: 4545}
      reason: Đảo chữ số; bảng ở cuối báo cáo ghi 4.545.
      who: Nguyễn Thị A
      date: 2022-11-02

`set` changes columns and marks the row `corrected`; `reject` takes the row out, because the number isn't what
it was read as; `accept` says that the row was checked and is right (`confidence` becomes 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis.errors import CorrectionError
from analysis.schema import Column, table_schema

_FIXED = frozenset(
    {"observation_id", "document_id", "quote", "sentence", "start", "end", "page", "corrected", "selected", "flags"}
)
_CHANGEABLE = tuple(column for column in table_schema("observations").columns if column.name not in _FIXED)
_COLUMNS = frozenset(table_schema("observations").names)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Entry):
    """Which observation: by its id, or by document and quote, with the offset where the quote occurs twice."""

    observation_id: str = ""
    document_id: str = ""
    quote: str = ""
    start: int | None = None

    @field_validator("quote", mode="before")
    @classmethod
    def _as_written(cls, quote: Any) -> str:
        if not isinstance(quote, str):
            raise ValueError(f"quote phải đặt trong dấu nháy để giữ đúng cách ghi: '{quote}'")
        return quote

    @model_validator(mode="after")
    def _names_one(self) -> Match:
        if not self.observation_id and not (self.document_id and self.quote):
            raise ValueError("match cần observation_id, hoặc document_id và quote")
        return self


class Correction(_Entry):
    """One entry of the register. `source` names the file and the entry's number in it."""

    match: Match
    expect: dict[str, Any] = Field(min_length=1)
    action: Literal["set", "reject", "accept"]
    set: dict[str, Any] = {}
    reason: str = Field(min_length=1)
    who: str = Field(min_length=1)
    date: date
    source: str = ""

    @model_validator(mode="after")
    def _sets_columns(self) -> Correction:
        if (self.action == "set") != bool(self.set):
            raise ValueError("action: set cần các cột ở `set`; reject và accept thì không")
        unknown = [name for name in self.expect if name not in _COLUMNS]
        unknown += [name for name in self.set if name not in {column.name for column in _CHANGEABLE}]
        if unknown:
            raise ValueError(f"cột không có hoặc không được sửa: {', '.join(unknown)}")
        return self


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """The register's entries in order; none where there is no file. Raises CorrectionError for a malformed one."""
    if not path.is_file():
        return ()
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorrectionError(f"Không đọc được {path}: {error}.", "Hãy sửa cú pháp YAML của tệp.") from error
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise CorrectionError(f"{path} phải là một danh sách các mục sửa.", "Mỗi mục bắt đầu bằng dấu gạch `- `.")
    return tuple(_read_entry(entry, f"{path.name}, mục {number}") for number, entry in enumerate(entries, 1))


def _read_entry(entry: Any, source: str) -> Correction:
    try:
        return Correction.model_validate(entry).model_copy(update={"source": source})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}".strip(": ") for e in error.errors())
        raise CorrectionError(f"{source}, sai cấu trúc: {faults}.", "Hãy sửa mục này rồi chạy lại.") from error


def apply_corrections(frame: pd.DataFrame, corrections: Sequence[Correction]) -> pd.DataFrame:
    """The frame with the corrections made, in order; rejected rows are no longer in it.

    An entry that matches no row, or several, or a row that isn't as it expects, raises CorrectionError.
    """
    frame = frame.copy()
    for correction in corrections:
        row = _matching_row(frame, correction)
        _demand_expected(frame.loc[row], correction)
        if correction.action == "reject":
            frame = frame.drop(index=row)
        elif correction.action == "accept":
            frame.loc[row, "confidence"] = 1.0
        else:
            _set_columns(frame, row, correction)
    return frame.reset_index(drop=True)


def _matching_row(frame: pd.DataFrame, correction: Correction) -> Any:
    wanted = correction.match.model_dump(exclude_defaults=True)
    matches = pd.Series(True, index=frame.index)
    for column, value in wanted.items():
        matches &= frame[column] == value
    found = frame.index[matches]
    if len(found) == 1:
        return found[0]
    where = ", ".join(f"{column} = {value}" for column, value in wanted.items())
    if found.empty:
        raise CorrectionError(
            f"{correction.source}: không có số liệu nào khớp với {where}.",
            "Hãy xóa mục này nếu báo cáo đã thay đổi, hoặc sửa `match` theo observations.csv.",
        )
    starts = ", ".join(str(start) for start in frame.loc[found, "start"])
    raise CorrectionError(
        f"{correction.source}: {len(found)} số liệu cùng khớp với {where}.",
        f"Hãy ghi thêm `start` ({starts}) hoặc `observation_id` vào `match`.",
    )


def _demand_expected(row: pd.Series, correction: Correction) -> None:
    for column, expected in correction.expect.items():
        if not _equal(row[column], expected):
            found = "trống" if _is_empty(row[column]) else row[column]
            raise CorrectionError(
                f"{correction.source}: cột {column} hiện là {found}, không phải {expected} như `expect` ghi.",
                "Nguồn hoặc cách đọc đã thay đổi: hãy xem lại số liệu, rồi sửa hoặc xóa mục này.",
            )


def _equal(found: Any, expected: Any) -> bool:
    if _is_empty(found) or _is_empty(expected):
        return _is_empty(found) and _is_empty(expected)
    if isinstance(found, pd.Timestamp):
        return found == _timestamp(expected)
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return isinstance(found, (int, float)) and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return found == expected


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or bool(pd.isna(value))


def _timestamp(value: Any) -> Any:
    """The day, or NaT for what is none."""
    return pd.to_datetime(value, errors="coerce")


def _set_columns(frame: pd.DataFrame, row: Any, correction: Correction) -> None:
    for column in _CHANGEABLE:
        if column.name not in correction.set:
            continue
        value = correction.set[column.name]
        if column.type == "date" and value is not None:
            value = _timestamp(value)
        if not _fits(value, column):
            raise CorrectionError(
                f"{correction.source}: {correction.set[column.name]!r} không hợp lệ ở cột {column.name}.",
                f"Cột này cần: {', '.join(column.enum) or column.type}.",
            )
        frame.loc[row, column.name] = _nothing(column) if value is None else value
    frame.loc[row, "corrected"] = True


def _nothing(column: Column) -> Any:
    return {"string": "", "date": pd.NaT}.get(column.type, math.nan)


def _fits(value: Any, column: Column) -> bool:
    """True where a value given in the register can stand in a column; `null` empties one that may be empty."""
    if _is_empty(value):
        return not column.required and not (column.type == "date" and value is not None and pd.isna(value))
    types = {"string": str, "number": (int, float), "date": pd.Timestamp}[column.type]
    if not isinstance(value, types) or isinstance(value, bool):
        return False
    if column.enum and value not in column.enum:
        return False
    low, high = column.minimum, column.maximum
    return (low is None or value >= low) and (high is None or value <= high)
