"""How long the sample reports take to become a site, step by step. Times only; nothing is asserted.

python benchmarks/bench_site.py [--jobs N] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from analysis.batch import extract_corpus, run_reports
from analysis.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent


def run_once(folder: Path, jobs: int | None) -> dict[str, float]:
    """Seconds of each step for one run on the samples, from an empty workspace."""
    for name in ("data/raw", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    corrections = ROOT / "data" / "corrections.yaml"
    if corrections.is_file():
        shutil.copy(corrections, folder / "data")
    workspace = Workspace(folder)
    began = time.perf_counter()
    extract_corpus(workspace, progress=False)
    extracted = time.perf_counter()
    result = run_reports(workspace, jobs=jobs, progress=False)
    ended = time.perf_counter()
    pages = json.loads((workspace.site / "run.json").read_text(encoding="utf-8"))["pages"].values()
    made = [page["seconds"] for page in pages if "seconds" in page]
    return {
        "pages": float(result.pages),
        "extract": extracted - began,
        "site, wall time": ended - extracted,
        "site, per page": (ended - extracted) / max(1, len(made)),
        "one notebook, run": statistics.median(each["execute"] for each in made),
        "one page, rendered": statistics.median(each["render"] for each in made),
        "whole": ended - began,
    }


def main() -> int:
    """Run the rounds and print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    rounds = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            rounds.append(run_once(Path(folder), options.jobs))
    print(f"{os.cpu_count()} cores, jobs: {options.jobs or 'cores + 1'}, rounds: {options.rounds}")
    print("| step | seconds (median) |\n|---|---|")
    for step in rounds[0]:
        value = statistics.median(each[step] for each in rounds)
        print(f"| {step} | {value:.0f} |" if step == "pages" else f"| {step} | {value:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
