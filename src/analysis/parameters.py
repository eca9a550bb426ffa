"""What a notebook may be told: its `parameters` cell, read and held against the values given."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Optional, Union, get_args

import nbformat
from pydantic import TypeAdapter, ValidationError

from analysis.errors import UsageError
from analysis.model import AreaLevel

LANGUAGES = ("vi", "en")
_TYPES: dict[str, Any] = {
    "str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict, "tuple": tuple,
    "date": date, "Literal": Literal, "Optional": Optional, "Union": Union, "None": None,
}  # fmt: skip
_VIETNAMESE_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name of the `parameters` cell: its type hint as written, and its default."""

    name: str
    hint: str = ""
    default: object = None


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """The parameters that a notebook declares, by name; UsageError where it has no `parameters` cell."""
    try:
        content = nbformat.read(notebook, as_version=4)
    except OSError as error:
        raise UsageError(f"Không mở được notebook {notebook.name}.", "Kiểm tra thư mục notebooks.") from error
    except Exception as error:  # nbformat raises a dozen unrelated types on a damaged file
        raise UsageError(f"Tệp {notebook.name} không phải là notebook hợp lệ.", "Lấy lại bản gốc của tệp.") from error
    for cell in content.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return parse_parameters(cell.source, notebook.name)
    raise UsageError(
        f"Notebook {notebook.name} không có ô nào mang nhãn (tag) “parameters”.",
        "Gắn nhãn parameters cho ô khai báo tham số.",
    )


def parse_parameters(source: str, notebook: str = "") -> dict[str, Parameter]:
    """The assignments of a `parameters` cell.

    >>> parse_parameters('area: str = "Thành phố Phủ Lý"  # đơn vị')["area"]
    Parameter(name='area', hint='str', default='Thành phố Phủ Lý')
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise UsageError(
            f"Ô tham số của {notebook} sai cú pháp ở dòng {error.lineno}.", "Sửa ô đó rồi chạy lại."
        ) from error
    found: dict[str, Parameter] = {}
    for statement in statements:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name, hint, value = statement.target.id, ast.unparse(statement.annotation), statement.value
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name, hint, value = statement.targets[0].id, "", statement.value
        else:
            continue
        found[name] = Parameter(name, hint, _literal(value))
    return found


def check_parameters(notebook: Path, given: Mapping[str, object]) -> dict[str, object]:
    """The values given, checked by name, type and meaning before any kernel starts.

    UsageError names the parameter, what was given, and what was probably meant.
    """
    declared = read_parameters(notebook)
    checked = {name: _checked(notebook.name, declared, name, value) for name, value in given.items()}
    start, end = checked.get("period_from"), checked.get("period_to")
    if start and end and str(start) > str(end):
        raise UsageError(
            f"Kỳ số liệu ngược: ngày bắt đầu {start} sau ngày kết thúc {end}.",
            f"Có phải bạn muốn từ {end} đến {start}?",
        )
    return checked


def suggest(word: str, among: list[str]) -> str:
    """A Vietnamese “did you mean”, or an empty text where nothing is near.

    >>> suggest("aera", ["area", "lang"])
    'Có phải bạn muốn viết “area”?'
    """
    near = get_close_matches(word, among, n=1, cutoff=0.6)
    return f"Có phải bạn muốn viết “{near[0]}”?" if near else ""


def _checked(notebook: str, declared: Mapping[str, Parameter], name: str, value: object) -> object:
    if name not in declared:
        names = sorted(declared)
        raise UsageError(
            f"Notebook {notebook} không có tham số “{name}”.",
            suggest(name, names) or f"Các tham số có thể dùng: {', '.join(names)}.",
        )
    value = _of_type(declared[name], value)
    check = _MEANINGS.get(name)
    if check:
        check(name, value)
    return value


def _of_type(parameter: Parameter, value: object) -> object:
    kind = _type_of(parameter)
    if kind is None:
        return value
    try:
        return TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError as error:
        wanted = parameter.hint or getattr(kind, "__name__", str(kind))
        raise UsageError(
            f"Tham số “{parameter.name}” phải thuộc kiểu {wanted}, nhưng nhận được {value!r}.",
            f"Ví dụ giá trị hợp lệ: {parameter.default!r}.",
        ) from error


def _type_of(parameter: Parameter) -> Any:
    if not parameter.hint:
        return None if parameter.default is None else type(parameter.default)
    try:
        return eval(parameter.hint, {"__builtins__": {}}, _TYPES)  # the hint of a notebook that is about to run
    except Exception as error:
        raise UsageError(
            f"Không hiểu kiểu “{parameter.hint}” của tham số “{parameter.name}”.",
            f"Dùng một trong các kiểu: {', '.join(sorted(_TYPES))}.",
        ) from error


def _literal(value: ast.expr | None) -> object:
    try:
        return None if value is None else ast.literal_eval(value)
    except ValueError:
        return None


def _check_language(name: str, value: object) -> None:
    _check_choice(name, value, LANGUAGES)


def _check_level(name: str, value: object) -> None:
    if value:
        _check_choice(name, value, get_args(AreaLevel))


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UsageError(
            f"Giá trị “{value}” của tham số “{name}” không hợp lệ.",
            suggest(str(value), list(choices)) or f"Chọn một trong: {', '.join(choices)}.",
        )


def _check_date(name: str, value: object) -> None:
    """An ISO date, or nothing at all: an open end."""
    text = str(value or "")
    if not text:
        return
    try:
        if date.fromisoformat(text).isoformat() == text:
            return
    except ValueError:
        pass
    raise UsageError(
        f"Tham số “{name}” phải là ngày dạng năm-tháng-ngày, nhưng nhận được “{text}”.", _probable_date(text)
    )


def _probable_date(text: str) -> str:
    written = _VIETNAMESE_DATE.fullmatch(text.strip())
    if not written:
        return "Ví dụ: 2024-06-15."
    day, month, year = (int(part) for part in written.groups())
    try:
        return f"Có phải bạn muốn viết “{date(year, month, day).isoformat()}”?"
    except ValueError:
        return "Ngày này không có trong lịch; ví dụ đúng: 2024-06-15."


_MEANINGS: dict[str, Callable[[str, object], None]] = {
    "lang": _check_language,
    "level": _check_level,
    "period_from": _check_date,
    "period_to": _check_date,
}
