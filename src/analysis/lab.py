"""JupyterLab on the notebooks of a workspace: in the user's language, and without asking the network for anything.

The settings are defaults, in templates/lab; what a user chooses in JupyterLab itself goes before them.
"""

from __future__ import annotations

import os
from importlib.resources import as_file, files
from pathlib import Path

from analysis.errors import UsageError
from analysis.messages import Lang, Messages
from analysis.workspace import Workspace

FIRST_NOTEBOOK = "01_explore.ipynb"


def lab_arguments(place: Workspace, *, browser: bool = True, port: int | None = None) -> list[str]:
    """The arguments for JupyterLab: the folder it shows, and the notebook it opens with.

    >>> lab_arguments(Workspace(Path("reports")), browser=False, port=8900)[1:3]
    ['--ServerApp.open_browser=False', '--ServerApp.port=8900']
    """
    arguments = [f"--ServerApp.root_dir={place.root.resolve()}"]
    if (place.notebooks / FIRST_NOTEBOOK).exists():
        arguments.append(f"--LabApp.default_url=/lab/tree/{place.notebooks.name}/{FIRST_NOTEBOOK}")
    if not browser:
        arguments.append("--ServerApp.open_browser=False")
    if port:
        arguments.append(f"--ServerApp.port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--ServerApp.allow_root=True")  # in a container; the server listens on this machine alone
    return arguments


def config_path(templates: Path, lang: Lang, inherited: str = "") -> str:
    """The folders of settings, nearest first, for JUPYTER_CONFIG_PATH."""
    own = [templates / "offline"] if lang == "en" else [templates / lang, templates / "offline"]
    return os.pathsep.join([*map(str, own), *filter(None, [inherited])])


def start_lab(place: Workspace, say: Messages, *, browser: bool = True, port: int | None = None) -> None:
    """Runs JupyterLab until its user ends it."""
    if not any(place.notebooks.glob("*.ipynb")):
        raise UsageError(say("lab.no_notebooks", path=place.notebooks))
    with as_file(files("analysis") / "templates" / "lab") as templates:
        os.environ["JUPYTER_CONFIG_PATH"] = config_path(templates, say.lang, os.environ.get("JUPYTER_CONFIG_PATH", ""))
        from jupyterlab.labapp import LabApp  # reads the environment

        LabApp.launch_instance(argv=lab_arguments(place, browser=browser, port=port))
