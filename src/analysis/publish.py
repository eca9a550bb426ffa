"""A notebook and its parameters -> the executed notebook -> an HTML page."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG
from traitlets.config import Config

from analysis.errors import NotebookError
from analysis.kernels import ReportKernel
from analysis.messages import both, explain
from analysis.pages import arrange_page

TEMPLATES = Path(__file__).parent / "templates"
START_TIMEOUT = 120
_ENGINE = "analysis"
_KEPT_LANGUAGE_INFO = ("name", "file_extension", "mimetype", "pygments_lexer")
_CELL_FILE = re.compile(r"[^\s\"'(]*ipykernel_\d+[\\/]+\d+\.py")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Download:
    """A file that lies beside a page: its address relative to the page, and what readers call it."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and why a notebook stopped: the cell (from 1), its source, the error as Python words it."""

    cell: int
    source: str
    error: str
    message: str
    traceback: str = ""

    @property
    def cause(self) -> str:
        """The error in one line."""
        return " ".join(f"{self.error}: {self.message}".split()).rstrip(": ")


def execute_notebook(
    notebook: Path,
    parameters: Mapping[str, object],
    output: Path,
    *,
    workspace: Path | None = None,
    timeout: float | None = None,
) -> None:
    """Run a notebook by papermill in a fresh kernel and keep it, outputs included, as `output`.

    The same input gives the same bytes: no times, no machine paths, ids by position. Paths among the
    parameters are kept relative to `workspace`. `timeout` is in seconds for each cell. A notebook that stops
    is kept half-run, and raises NotebookError, which names the notebook, the cell and the cause.
    """
    notebook = notebook.resolve()
    ran: list[NotebookNode] = []
    failure: Exception | None = None
    try:
        papermill.execute_notebook(
            _template_free(notebook), None, parameters=dict(parameters), engine_name=_ENGINE, kernel_name="python3",
            progress_bar=False, log_output=False, start_timeout=START_TIMEOUT, execution_timeout=timeout,
            record_timing=False, kernel_manager_class=ReportKernel, shutdown_kernel="immediate", keep=ran.append,
        )  # fmt: skip
    except (PapermillExecutionError, DeadKernelError, CellTimeoutError, RuntimeError) as error:
        failure = error
    content = ran[0] if ran else nbformat.read(notebook, as_version=4)
    settle_notebook(content, parameters, workspace)
    write_text(output, nbformat.writes(content) + "\n")
    if failure:
        raise _notebook_error(notebook, content, failure, workspace) from failure


def settle_notebook(
    content: NotebookNode, parameters: Mapping[str, object] | None = None, workspace: Path | None = None
) -> None:
    """Take out of an executed notebook, in place, all that differs from run to run or machine to machine."""
    content.cells = [cell for cell in content.cells if ERROR_MARKER_TAG not in cell.metadata.get("tags", [])]
    content.metadata = NotebookNode(
        {key: value for key, value in content.metadata.items() if key in ("kernelspec", "language_info", "title")}
    )
    info = content.metadata.get("language_info", {})
    content.metadata["language_info"] = {key: info[key] for key in _KEPT_LANGUAGE_INFO if key in info}
    roots = _machine_paths(workspace)
    for number, cell in enumerate(content.cells, start=1):
        cell["id"] = f"cell-{number:03d}"
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k == "tags" and v})
        if parameters and "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = _parameters_cell(parameters, workspace)
        for out in cell.get("outputs", []):
            _hide_machine(out, roots)


def find_stop(content: NotebookNode) -> Stop | None:
    """Where an executed notebook stopped; None where it ran to its end."""
    for number, cell in enumerate(content.cells, start=1):
        for out in cell.get("outputs", []):
            if out.output_type == "error":
                trace = _TERMINAL_COLOUR.sub("", "\n".join(out.traceback))
                return Stop(number, cell.source, out.ename, out.evalue, trace)
    return None


def render_page(
    notebook: Path,
    *,
    lang: str = "vi",
    title: str = "",
    home: str = "",
    downloads: tuple[Download, ...] = (),
) -> str:
    """An executed notebook as one HTML page that needs nothing but itself.

    `home` is the address of the index and `downloads` are files beside the page, both relative to it.
    NotebookError where a chart has no text that says its message.
    """
    content = nbformat.read(notebook, as_version=4)
    _demand_alternatives(content, notebook.name)
    exporter = _PageExporter(
        config=Config({"NbConvertBase": {"display_data_priority": list(_SHOWN)}}),
        template_name="page", extra_template_basedirs=[str(TEMPLATES)], exclude_anchor_links=True,
    )  # fmt: skip
    resources = {"page": page_context(lang, title=title, home=home, downloads=downloads)}
    html, _ = exporter.from_notebook_node(content, resources=resources)
    return arrange_page(html, texts(lang))


def render_template(name: str, page: Mapping[str, Any], **values: Any) -> str:
    """One of the templates of the site, filled in; values are escaped."""
    return _environment().get_template(name).render(page=page, **values) + "\n"


def page_context(lang: str, **values: Any) -> dict[str, Any]:
    """What every template of a page sees: language, interface texts, style, and the values given."""
    base = {"title": "", "home": "", "downloads": (), "script": ""}
    return {**base, "lang": lang, "text": texts(lang), "style": page_style(), **values}


def texts(lang: str) -> dict[str, Any]:
    """The interface texts of the pages in a language."""
    return yaml.safe_load((TEMPLATES / "site" / "texts.yaml").read_text(encoding="utf-8"))[lang]


def page_style() -> str:
    """The style sheet that stands in every page."""
    sheet = (TEMPLATES / "page" / "style.css").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)).strip()


def write_text(path: Path, content: str) -> None:
    """Write a text whole or not at all: to a file beside it first."""
    write_bytes(path, content.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes whole or not at all: to a file beside it first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class _KeepingEngine(NBClientEngine):
    """papermill's own engine, except that the notebook stays at hand when its kernel dies."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, keep: Any, **options: Any) -> Any:
        keep(nb_man.nb)
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register(_ENGINE, _KeepingEngine)
for _name in ("papermill", "papermill.translators", "traitlets"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class _PageExporter(HTMLExporter):
    """nbconvert's HTML exporter without its second parse, which writes filler for missing alternative texts."""

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> tuple[str, Any]:
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="python", parent=self))
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **options)


_SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")


def _template_free(path: Path) -> str:
    """papermill fills `{names}` into paths; a folder may have braces in its name."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _environment() -> Environment:
    loader = FileSystemLoader([TEMPLATES / "site", TEMPLATES / "page"])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _parameters_cell(parameters: Mapping[str, object], workspace: Path | None) -> str:
    """papermill's injected cell as an analyst would type it: letters not escaped, paths relative."""
    lines = ["# Parameters"]
    for name, value in parameters.items():
        if workspace and isinstance(value, str) and os.path.isabs(value):
            value = _relative(Path(value), workspace)
        shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
        lines.append(f"{name} = {shown}")
    return "\n".join(lines)


def _relative(path: Path, workspace: Path) -> str:
    try:
        return path.resolve().relative_to(workspace.resolve()).as_posix()
    except ValueError:
        return path.name


def _machine_paths(workspace: Path | None) -> list[tuple[str, str]]:
    """Folders of this machine, longest first, and what stands for them in a kept notebook."""
    roots = {str(Path(__file__).resolve().parent): "analysis", sys.prefix: "python", sys.base_prefix: "python"}
    roots[str(Path.home())] = "~"
    if workspace:
        roots[str(workspace.resolve())] = "."
    return sorted(((path, name) for path, name in roots.items() if len(path) > 3), key=lambda item: -len(item[0]))


def _hide_machine(out: NotebookNode, roots: list[tuple[str, str]]) -> None:
    if out.output_type == "stream":
        out.text = _hidden(out.text, roots)
    elif out.output_type == "error":
        out.evalue = _hidden(out.evalue, roots)
        out.traceback = [_hidden(line, roots) for line in out.traceback]
    elif "text/plain" in out.get("data", {}):
        out.data["text/plain"] = _hidden(out.data["text/plain"], roots)


def _hidden(text: str, roots: list[tuple[str, str]]) -> str:
    text = _CELL_FILE.sub("<cell>", text)
    for path, name in roots:
        text = text.replace(path, name)
    return _ADDRESS.sub("0x…", text)


def _demand_alternatives(content: NotebookNode, notebook: str) -> None:
    for number, cell in enumerate(content.cells, start=1):
        for out in cell.get("outputs", []):
            for kind in ("image/png", "image/jpeg", "image/svg+xml"):
                alone = kind in out.get("data", {}) and "text/html" not in out.data
                if alone and not str(out.metadata.get(kind, {}).get("alt", "")).strip():
                    raise NotebookError(*explain("notebook.no_alternative", number=number, name=notebook))


def _notebook_error(notebook: Path, content: NotebookNode, failure: Exception, workspace: Path | None) -> NotebookError:
    stop = find_stop(content)
    started = [n for n, cell in enumerate(content.cells, start=1) if cell.get("execution_count")]
    number = stop.cell if stop else started[-1] if started else None
    place = both("notebook.at_cell", number=number) if number else both("notebook.before_cells")
    cause: str
    if stop:
        cause = stop.cause
    elif isinstance(failure, CellTimeoutError):
        cause = both("notebook.timeout")
    elif isinstance(failure, DeadKernelError):
        cause = both("notebook.killed")
    else:
        cause = _hidden(str(failure).strip() or type(failure).__name__, _machine_paths(workspace))
    return NotebookError(*explain("notebook.stopped", name=notebook.name, place=place, cause=cause))
