"""What reading reports costs, as ratios to one scan for numbers over the same characters. Nothing is asserted.

python benchmarks/bench_extract.py [--corpora 500 5000] [--full] [--jobs N] [--rounds N]

The scan is `findall` of one pattern by Python's `re`; times come and go with the machine, the ratios hardly do.
Reports are made from those of data/raw, with other numbers and places, about 6 KB each. --full adds 50,000 of them.
The peers need `pip install -e .[bench]`.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import logging
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

from analysis.areas import find_areas, find_subject
from analysis.areas.gazetteer import Unit, districts_by_province
from analysis.claims import find_claims
from analysis.corpus import extract_corpus
from analysis.documents import list_raw_files, read_document
from analysis.extract import extract_document
from analysis.indicators import find_cues, load_cues
from analysis.model import Document
from analysis.periods import report_period
from analysis.quantities import find_quantities
from analysis.text import match_form, sentences
from analysis.workspace import Workspace

RAW = Path(__file__).resolve().parent.parent / "data" / "raw"
SCAN = re.compile(r"(?<!\w)\d+(?:[.,]\d+)*(?!\w)")
BYTES = 6000
SAMPLE = 100
"""Reports on which single stages are timed: more than any stage remembers."""
FULL = 50_000


# --- made reports -------------------------------------------------------------------------------------------------


def paragraphs() -> list[str]:
    """The paragraphs of the sample reports."""
    texts = [read_document(path, RAW).text for path in list_raw_files(RAW)]
    return [line.strip() for text in texts for line in text.split("\n") if len(line.strip()) > 40]


@cache
def places() -> tuple[Unit, ...]:
    """All districts there have been: so many reports come from many units, not from a few."""
    return tuple(unit for units in districts_by_province().values() for unit in units)


def made_report(among: list[str], seed: int) -> str:
    """A report of about 6 KB: paragraphs of the samples with numbers and places of its own."""
    chance = random.Random(seed)
    unit = chance.choice(places())
    place = unit.core
    lines = [f"{unit.name}, tỉnh {unit.area.province}: kết quả cải cách hành chính năm {chance.randint(2018, 2024)}"]
    while sum(len(line.encode()) for line in lines) < BYTES:
        lines.append(_varied(chance.choice(among), place, chance))
    return "\n\n".join(lines) + "\n"


def _varied(line: str, place: str, chance: random.Random) -> str:
    line = re.sub(r"Phủ Lý|Duy Tiên|Kim Bảng|Cầu Tre|Bình Lục|Thanh Liêm|Lý Nhân", place, line)
    return re.sub(r"(?<![\d/])\d{2,3}(?:\.\d{3})*(?![\d/])", lambda match: _other(match.group(), chance), line)


def _other(number: str, chance: random.Random) -> str:
    first, rest = str(chance.randint(1, 9)), number[1:]
    return first + re.sub(r"\d", lambda _: str(chance.randint(0, 9)), rest)


def write_reports(folder: Path, count: int) -> None:
    """So many made reports, in folders of a thousand."""
    among = paragraphs()
    for k in range(count):
        if k % 1000 == 0:
            (folder / f"{k // 1000:03d}").mkdir(parents=True, exist_ok=True)
        path = folder / f"{k // 1000:03d}" / f"report-{k:05d}.txt"
        path.write_text(made_report(among, k), encoding="utf-8", newline="\n")


# --- one document after another -----------------------------------------------------------------------------------


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The best processor time of some rounds: what else runs on the machine counts little."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def run_over(work: Callable[[Document], object], documents: Iterable[Document]) -> Callable[[], None]:
    """Does some work with each document."""

    def run() -> None:
        for document in documents:
            work(document)

    return run


def stages() -> dict[str, Callable[[Document], object]]:
    """The stages that read a whole text, each with what it needs; what a text has told before isn't used again."""
    return {
        "matching form": lambda d: match_form(d.text),
        "sentences": lambda d: sentences(d.text),
        "claims (with periods)": lambda d: find_claims(d.text, today=d.published),
        "report's period": lambda d: report_period(d.title, d.text, d.published),
        "report's area": lambda d: find_subject(d.title, d.text, on=d.published),
        "areas": lambda d: find_areas(d.text, on=d.published),
        "quantities": lambda d: find_quantities(d.text),
        "cues": lambda d: find_cues(match_form(d.text)),
    }


def measure_documents(paths: list[Path], raw: Path, rounds: int) -> dict[str, float]:
    """Seconds of the scan, of reading and extracting, and of single stages over the same reports."""
    documents = [read_document(path, raw) for path in paths]
    for document in documents:
        extract_document(document)  # the vocabulary is loaded and known words are remembered, as in any long run
    times = {
        "scan": seconds(run_over(lambda d: SCAN.findall(d.text), documents), max(rounds, 3)),
        "read and extract": seconds(lambda: [extract_document(read_document(path, raw)) for path in paths], rounds),
        "reading the file": seconds(lambda: [read_document(path, raw) for path in paths], rounds),
    }
    return times | {name: seconds(run_over(work, documents), rounds) for name, work in stages().items()}


# --- peers --------------------------------------------------------------------------------------------------------


def peer(name: str) -> ModuleType | None:
    """A library to compare with, or None and a line on what to do."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} isn't installed: pip install -e .[bench]", file=sys.stderr)
        return None


def measure_peers(documents: list[Document], rounds: int) -> dict[str, float]:
    """Seconds of the peers over some of the reports, and of the scan over the same."""
    times = {"scan": seconds(run_over(lambda d: SCAN.findall(d.text), documents), 5)}
    if quantulum := peer("quantulum3.parser"):
        few = documents[: max(1, len(documents) // 20)]  # it takes seconds per report
        share = sum(len(d.text) for d in few) / sum(len(d.text) for d in documents)
        times["quantulum3"] = seconds(run_over(lambda d: quantulum.parse(d.text), few), 1) / share
    if spacy := peer("spacy"):
        pipeline = spacy.blank("xx")
        ruler = pipeline.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
        phrases = [(entry.cue, p) for entry in load_cues().values() for p in entry.patterns if p.isprintable()]
        ruler.add_patterns([{"label": "NUMBER", "pattern": [{"LIKE_NUM": True}]}])
        ruler.add_patterns([{"label": cue, "pattern": p} for cue, p in phrases if re.fullmatch(r"[\w ]+", p)])
        times["spaCy blank + EntityRuler"] = seconds(run_over(lambda d: pipeline(d.text), documents), rounds)
    return times


# --- whole corpora ------------------------------------------------------------------------------------------------


def peak_memory(jobs: int) -> int:
    """The most bytes that this process has held, and each of those that read with it: at most so much at a time."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return importlib.import_module("psutil").Process().memory_info().peak_wset
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + jobs * largest) * (1 if sys.platform == "darwin" else 1024)


def run_corpus(root: Path, jobs: int) -> None:
    """Extracts a workspace in this process, and prints what it took."""
    began = time.perf_counter()
    result = extract_corpus(Workspace(root), progress=False, jobs=jobs)
    took = time.perf_counter() - began
    told = {"observations": result.observations, "unchanged": result.unchanged}
    print(json.dumps({"seconds": took, "peak": peak_memory(jobs), **told}))


def measure_corpora(counts: list[int], jobs: int) -> list[dict[str, float]]:
    """Each corpus by one job and by several, each in a process of its own; then once more with nothing changed."""
    rows: list[dict[str, float]] = []
    for count in counts:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            root = Path(folder)
            write_reports(root / "data" / "raw", count)
            size = sum(path.stat().st_size for path in list_raw_files(root / "data" / "raw"))
            for used in sorted({1, jobs}):
                shutil.rmtree(root / "data" / "processed", ignore_errors=True)
                for _ in ("first", "nothing changed"):
                    command = [sys.executable, __file__, "--run", str(root), "--jobs", str(used)]
                    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout.splitlines()[-1])
                    rows.append({"reports": count, "jobs": used, "bytes": size, **told})
                    print_corpus(rows[-1], first=len(rows) == 1)
    return rows


# --- tables -------------------------------------------------------------------------------------------------------


def print_ratios(title: str, times: dict[str, float], characters: int, reports: int) -> None:
    """Each time as a multiple of the scan's."""
    print(f"\n## {title}\n\n| step | times the scan | characters a second | ms a report |\n|---|---:|---:|---:|")
    for step, took in times.items():
        rate, each = f"{characters / took:,.0f}", f"{took / reports * 1000:.2f}"
        print(f"| {step} | {took / times['scan']:.1f} | {rate} | {each} |")


def print_corpus(row: dict[str, float], *, first: bool) -> None:
    """A line on one corpus, as soon as it is known."""
    if first:
        print("\n## Whole corpora\n")
        print("| reports | jobs | run | seconds | ms a report | MB a second | peak MB | observations |")
        print("|---:|---:|---|---:|---:|---:|---:|---:|")
    each, rate = row["seconds"] / row["reports"] * 1000, row["bytes"] / row["seconds"] / 1e6
    run = "nothing changed" if row["unchanged"] == row["reports"] else "first"
    print(
        f"| {row['reports']:,} | {row['jobs']} | {run} | {row['seconds']:.1f} | {each:.2f} | {rate:.2f}"
        f" | {row['peak'] / 1e6:,.0f} | {row['observations']:,} |", flush=True,
    )  # fmt: skip


def print_formats(rounds: int) -> None:
    """Reading and extracting of the sample reports by format: PDF and Word cost what their libraries cost."""
    by_format: dict[str, list[Path]] = {}
    for path in list_raw_files(RAW):
        by_format.setdefault(path.suffix.lower().lstrip("."), []).append(path)
    for kind, paths in sorted(by_format.items()):
        documents = [read_document(path, RAW) for path in paths]
        characters = sum(len(d.text) for d in documents)
        fresh = [dataclasses.replace(d) for d in documents]
        times = {
            "scan": seconds(run_over(lambda d: SCAN.findall(d.text), documents), 5),
            "reading the file": seconds(lambda paths=paths: [read_document(path, RAW) for path in paths], rounds),
            "extracting": seconds(run_over(extract_document, fresh), rounds),
        }
        print_ratios(f"{kind}: {len(paths)} sample reports, {characters:,} characters", times, characters, len(paths))


def main() -> int:
    """Measures, and prints the tables as they come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=int, nargs="*", default=[500, 5000], help="how many reports, once each")
    parser.add_argument("--full", action="store_true", help=f"also {FULL:,} reports (300 MB)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_corpus(options.run, options.jobs)
        return 0
    logging.disable(logging.ERROR)  # libraries that read PDF have much to say
    warnings.simplefilter("ignore")
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        raw = Path(folder)
        write_reports(raw, SAMPLE)
        paths = list_raw_files(raw)
        documents = [read_document(path, raw) for path in paths]
        characters = sum(len(d.text) for d in documents)
        title = f"Text: {len(paths)} made reports, {characters:,} characters, one core"
        print_ratios(title, measure_documents(paths, raw, options.rounds), characters, len(paths))
        print_ratios("Peers, on the same text", measure_peers(documents, options.rounds), characters, len(paths))
    print_formats(options.rounds)
    measure_corpora([*options.corpora, *([FULL] if options.full else [])], options.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
