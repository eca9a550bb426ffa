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

from analysis.errors import Text, UsageError
from analysis.messages import both, explain
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
        raise UsageError(*explain("parameter.no_notebook", notebook=notebook.name)) from error
    except Exception as error:  # nbformat raises a dozen unrelated types on a damaged file
        raise UsageError(*explain("parameter.bad_notebook", notebook=notebook.name)) from error
    for cell in content.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return parse_parameters(cell.source, notebook.name)
    raise UsageError(*explain("parameter.no_cell", notebook=notebook.name))


def parse_parameters(source: str, notebook: str = "") -> dict[str, Parameter]:
    """The assignments of a `parameters` cell.

    >>> parse_parameters('area: str = "Thành phố Phủ Lý"  # đơn vị')["area"]
    Parameter(name='area', hint='str', default='Thành phố Phủ Lý')
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise UsageError(*explain("parameter.syntax", notebook=notebook, line=error.lineno)) from error
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
        raise UsageError(*explain("parameter.reversed", start=start, end=end))
    return checked


def suggest(word: str, among: list[str]) -> str:
    """A “did you mean”, or an empty text where nothing is near.

    >>> suggest("aera", ["area", "lang"])
    'Có phải bạn muốn viết “area”?'
    """
    near = get_close_matches(word, among, n=1, cutoff=0.6)
    return both("usage.did_you_mean", name=near[0]) if near else ""


def _checked(notebook: str, declared: Mapping[str, Parameter], name: str, value: object) -> object:
    if name not in declared:
        names = sorted(declared)
        remedy = suggest(name, names) or both("parameter.known", names=", ".join(names))
        raise UsageError(both("parameter.unknown", notebook=notebook, name=name), remedy)
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
        told = {"name": parameter.name, "wanted": wanted, "value": repr(value), "example": repr(parameter.default)}
        raise UsageError(*explain("parameter.type", **told)) from error


def _type_of(parameter: Parameter) -> Any:
    if not parameter.hint:
        return None if parameter.default is None else type(parameter.default)
    try:
        return eval(parameter.hint, {"__builtins__": {}}, _TYPES)  # the hint of a notebook that is about to run
    except Exception as error:
        told = {"hint": parameter.hint, "name": parameter.name, "types": ", ".join(sorted(_TYPES))}
        raise UsageError(*explain("parameter.hint", **told)) from error


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
        remedy = suggest(str(value), list(choices)) or both("usage.one_of", names=", ".join(choices))
        raise UsageError(both("parameter.choice", name=name, value=value), remedy)


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
    raise UsageError(both("parameter.date", name=name, text=text), _probable_date(text))


def _probable_date(text: str) -> Text:
    written = _VIETNAMESE_DATE.fullmatch(text.strip())
    if not written:
        return both("parameter.date_example")
    day, month, year = (int(part) for part in written.groups())
    try:
        return both("usage.did_you_mean", name=date(year, month, day).isoformat())
    except ValueError:
        return both("parameter.no_such_day")


_MEANINGS: dict[str, Callable[[str, object], None]] = {
    "lang": _check_language,
    "level": _check_level,
    "period_from": _check_date,
    "period_to": _check_date,
}
