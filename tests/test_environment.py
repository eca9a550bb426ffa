"""pyproject.toml, requirements.lock and environment.yml name the same libraries, and the code uses just these."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["dev"]]
BUILD = [Requirement(line) for line in PROJECT["build-system"]["requires"]]
LOCKED = [Requirement(re.sub(r"\s+--hash=\S+", "", line)) for line in LOCK.replace("\\\n", " ").splitlines()]

NOT_IMPORTED = {
    "ipykernel": "the kernel of the notebooks",
    "jupyterlab-language-pack-vi-vn": "the interface of `cchc lab` in Vietnamese",
}

PLACES = [
    {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.9", "sys_platform": system, "os_name": name}
    for minor in (11, 12, 13)
    for system, name in (("linux", "posix"), ("darwin", "posix"), ("win32", "nt"))
]


def name_of(requirement: Requirement) -> str:
    return canonicalize_name(requirement.name)


def applies(requirement: Requirement, place: dict[str, str]) -> bool:
    marker: Marker | None = requirement.marker
    return marker is None or marker.evaluate({**default_environment(), "extra": "", **place})


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['sys_platform']}-{place['python_version']}")
def test_every_dependency_is_locked_once_at_a_version_that_it_allows(place: dict[str, str]) -> None:
    for wanted in (*RUNTIME, *DEVELOPMENT, *BUILD):
        found = [line for line in LOCKED if name_of(line) == name_of(wanted) and applies(line, place)]
        assert len(found) == 1, f"{wanted.name} is locked {len(found)} times"
        version = str(found[0].specifier).removeprefix("==")
        assert wanted.specifier.contains(version), f"{found[0]} isn't {wanted}"


def test_every_locked_line_is_pinned_and_hashed() -> None:
    lines = LOCK.replace("\\\n", " ").splitlines()
    assert len(lines) > 100
    for line in lines:
        assert re.match(r"[a-z0-9.-]+==\S+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+$", line), line[:80]


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*(-i|-f|-e|--(?!hash=))", LOCK, re.MULTILINE)


def test_a_dependency_has_a_lower_bound() -> None:
    for requirement in (*RUNTIME, *DEVELOPMENT):
        assert str(requirement.specifier).startswith(">="), requirement


def test_the_conda_environment_pins_what_the_lock_pins() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, inside = environment["dependencies"]
    assert SpecifierSet(python.removeprefix("python ")) == SpecifierSet(PROJECT["project"]["requires-python"])
    assert pip == "pip"
    direct = {name_of(requirement) for requirement in (*RUNTIME, *DEVELOPMENT)}
    expected = sorted(str(line) for line in LOCKED if name_of(line) in direct)
    assert inside["pip"][-1] == "-e ."
    assert sorted(str(Requirement(line)) for line in inside["pip"][:-1]) == expected


def third_party(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"analysis", "__future__"}


def distributions_of(modules: set[str]) -> set[str]:
    owners = importlib.metadata.packages_distributions()
    return {canonicalize_name(owners[module][0]) if module in owners else module for module in modules}


def code_of_notebooks() -> list[str]:
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    cells = [cell for path in paths for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def sources(*folders: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(code: list[str]) -> set[str]:
    """Distributions that own the third-party modules which a code imports."""
    return distributions_of(set().union(*map(third_party, code)))


def names(requirements: list[Requirement]) -> set[str]:
    return {name_of(requirement) for requirement in requirements}


def test_what_the_program_imports_is_declared() -> None:
    assert imported([*sources("src"), *code_of_notebooks()]) - names(RUNTIME) == set()


def test_what_is_declared_is_used() -> None:
    assert names(RUNTIME) - imported([*sources("src"), *code_of_notebooks()]) - set(NOT_IMPORTED) == set()


def test_what_the_tests_import_is_declared() -> None:
    own = {path.stem for path in (ROOT / "tests").glob("*.py")}
    assert imported(sources("tests", "benchmarks")) - own - names([*RUNTIME, *DEVELOPMENT]) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="no make there; README.md gives the same steps without it")
def test_make_help_names_every_target() -> None:
    targets = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    assert set(targets) - {"help"} == set(re.findall(r"^make (\w+)", shown, re.MULTILINE))
