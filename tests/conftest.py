"""What all tests share: nobody's own settings, and hypothesis without surprises from one run to the next."""

from __future__ import annotations

import os
import tempfile

from hypothesis import settings

# Before anything reads them: a machine's own Jupyter settings, and a screen, have no say in the tests.
os.environ["JUPYTER_CONFIG_DIR"] = tempfile.mkdtemp(prefix="cchc-jupyter-")
os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="cchc-ipython-")
os.environ["MPLBACKEND"] = "agg"

settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")
