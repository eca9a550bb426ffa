"""The order of the modules: each imports only those below it, so that a reader can start anywhere and go down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import analysis

ROOT = Path(analysis.__file__).parent

ORDER = [
    "cli", "console", "doctor", "lab",
    "batch", "corpus", "assembly", "crew", "store", "readings", "site", "publish", "pages", "kernels", "parameters",
    "explain", "calibration", "evaluate", "gold", "codebook",
    "explore", "display", "narrative", "charts", "comparison", "report", "targets", "wording",
    "corrections", "roster", "checks", "precedence", "dataset", "duplicates", "agreement",
    "totals", "findings", "slips", "relations", "schema",
    "attest",
    "extract", "tables", "reading", "attribution", "indicators", "scopes", "areas", "quantities",
    "ledger", "confidence", "claims", "periods", "mending", "searches",
    "documents", "overlay", "catalogue", "numerals", "text", "matching", "spans", "identity",
    "messages", "model", "workspace", "handwritten", "errors",
]  # fmt: skip
"""From the command at the top to the errors at the bottom; a folder is one layer."""

PURE = ORDER[ORDER.index("extract") :]
"""Text in, values out: fast, easy to test, safe to send to another machine."""

HEAVY = {"pandas", "pandera", "numpy", "pyarrow", "duckdb", "matplotlib", "seaborn", "papermill", "nbconvert"}


def layer_of(path: Path) -> str:
    """The layer of a source file: its module's name, or that of the folder it stands in."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports_of(source: str, package: str = "analysis") -> Iterator[str]:
    """Full names of all modules that a source imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) + 1 - node.level]
                base = ".".join([*above, *filter(None, [base])])
            if base == "analysis":
                yield from (f"analysis.{alias.name}" for alias in node.names if not alias.name.startswith("__"))
            else:
                yield base


def layers_imported(source: str, package: str = "analysis") -> set[str]:
    """Layers of the project that a source imports."""
    return {name.split(".")[1] for name in imports_of(source, package) if name.startswith("analysis.")}


def complaints(layer: str, source: str, package: str = "analysis") -> list[str]:
    """What a source of a layer does against the order."""
    found = []
    for other in sorted(layers_imported(source, package) - {layer}):
        if other not in ORDER:
            found.append(f"{layer} imports {other}, which has no place in ORDER")
        elif ORDER.index(other) < ORDER.index(layer):
            found.append(f"{layer} imports {other}, which lies above it")
    if layer in PURE:
        outside = {name.split(".")[0] for name in imports_of(source, package)}
        found += [f"{layer} imports {name}, but is to stay pure" for name in sorted(outside & HEAVY)]
    return found


SOURCES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


@pytest.mark.parametrize("path", SOURCES, ids=[path.relative_to(ROOT).as_posix() for path in SOURCES])
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    layer = layer_of(path)
    assert layer in ORDER, f"{layer} has no place in ORDER"
    package = ".".join(["analysis", *path.parent.relative_to(ROOT).parts])
    assert complaints(layer, path.read_text(encoding="utf-8"), package) == []


@pytest.mark.parametrize(
    ("layer", "source", "word"),
    [
        ("text", "from analysis.extract import extract_document", "above"),
        ("text", "from analysis import extract", "above"),
        ("text", "def late():\n    import analysis.cli", "above"),
        ("text", "from . import extract", "above"),
        ("quantities", "import pandas as pd", "pure"),
        ("batch", "from analysis.gizmo import turn", "no place"),
    ],
)
def test_the_order_is_really_kept(layer: str, source: str, word: str) -> None:
    assert [word in line for line in complaints(layer, source)] == [True]


def test_every_name_in_the_order_is_a_module_and_stands_there_once() -> None:
    assert len(ORDER) == len(set(ORDER))
    assert set(ORDER) == {layer_of(path) for path in SOURCES}


def test_imports_downward_are_fine() -> None:
    assert complaints("extract", "from analysis.model import Area\nfrom analysis import text, __version__") == []
    assert complaints("documents", "from .plain import read\nfrom ..text import normalise", "analysis.documents") == []
