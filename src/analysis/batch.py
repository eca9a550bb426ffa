"""The whole run: one notebook per area side by side, then pages and index; a failed one stops no other."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import nbformat
from tqdm import tqdm

from analysis import __version__
from analysis.areas import find_area_by_name, suggest_areas
from analysis.corpus import RunResult, extract_corpus
from analysis.dataset import read_documents, read_findings, read_observations
from analysis.errors import AnalysisError, UsageError, in_language, join_texts
from analysis.kernels import stop_kernels
from analysis.messages import Messages, both, explain
from analysis.model import Failure
from analysis.numerals import format_number
from analysis.overlay import kept_overlay, reads_with
from analysis.parameters import check_parameters
from analysis.publish import execute_notebook, find_stop, texts, write_text
from analysis.site import (
    DATA,
    NOTEBOOK,
    PAGE,
    AreaEntry,
    copy_data,
    list_areas,
    remove_stale,
    write_area_data,
    write_failed_page,
    write_index,
    write_page,
)
from analysis.text import tone_key
from analysis.workspace import Workspace

__all__ = ["ReportResult", "RunResult", "extract_corpus", "run_reports"]

AREA_REPORT, COMPARISON = "03_area_report.ipynb", "04_area_comparison.ipynb"
CELL_TIMEOUT = 900.0
"""Seconds after which a cell counts as hung."""
_MOST_JOBS = 16
_RECORD = "run.json"


@dataclass(frozen=True)
class ReportResult:
    """What a run published: how many pages, the index, what failed, and the seconds that each step took."""

    pages: int
    index: Path
    failures: tuple[Failure, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Task:
    """One notebook to run and publish."""

    slug: str
    what: str
    notebook: Path
    parameters: Mapping[str, object]
    folder: Path
    home: str
    entries: tuple[AreaEntry, ...]
    command: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    task: _Task
    failure: Failure | None
    seconds: Mapping[str, float]

    @property
    def state(self) -> str:
        return "failed" if self.failure else "done"


@reads_with(lambda workspace: kept_overlay(workspace.processed))
def run_reports(
    workspace: Workspace,
    *,
    areas: Sequence[str] = (),
    period_from: date | None = None,
    period_to: date | None = None,
    lang: str = "vi",
    jobs: int | None = None,
    progress: bool = True,
    cell_timeout: float = CELL_TIMEOUT,
) -> ReportResult:
    """Run the report notebooks on data/processed and publish them as a site with an index.

    `areas` restricts which pages are made anew; the index lists all. Raises UsageError before any kernel
    starts; a notebook that stops is a Failure in the result and a page that says why.
    """
    began = time.perf_counter()
    options = _options(workspace, period_from, period_to, lang)
    documents = read_documents(workspace.processed)
    tables = (read_observations(workspace.processed), read_findings(workspace.processed), documents)
    entries = list_areas(*tables, period_from, period_to)
    if not entries:
        raise UsageError(*explain("run.no_areas"))
    chosen = _choose(entries, areas)
    tasks = _tasks(workspace, entries, chosen, options, lang)
    if not any(entry.observations for entry in chosen):
        raise UsageError(*explain("run.empty_range"))
    threads = _jobs(jobs, len(tasks))
    copy_data(workspace.processed, workspace.site)
    outcomes = _run(tasks, workspace, lang, threads, progress, cell_timeout)
    removed = remove_stale(workspace.site, entries)
    before = _read_record(workspace.site) if areas else {}
    record = _record(workspace.site, list_areas(*tables), chosen, outcomes, before.get("pages", {}))
    command = str(before.get("command") or _command(options, lang))
    index = write_index(
        workspace.site, _listed(entries, record), {slug: each["state"] for slug, each in record.items()}, lang=lang,
        command=command, documents=len(documents),
        comparison_failed=any(each.failure for each in outcomes if each.task.slug == "comparison"),
    )  # fmt: skip
    timings = _timings(outcomes, time.perf_counter() - began)
    _write_record(workspace.site, options, command, record, removed, timings)
    failures = tuple(outcome.failure for outcome in outcomes if outcome.failure)
    return ReportResult(len(outcomes) - len(failures), index, failures, timings)


def _options(workspace: Workspace, period_from: date | None, period_to: date | None, lang: str) -> dict[str, object]:
    """The parameters that all notebooks share."""
    days = {"period_from": period_from, "period_to": period_to}
    stated = {name: day.isoformat() for name, day in days.items() if day}
    return {**stated, "lang": lang, "processed": str(workspace.processed.resolve())}


def _tasks(
    workspace: Workspace,
    entries: Sequence[AreaEntry],
    chosen: Sequence[AreaEntry],
    options: Mapping[str, object],
    lang: str,
) -> list[_Task]:
    """One task per chosen area that has figures, and the comparison; their parameters are checked here."""
    report, comparison = workspace.notebooks / AREA_REPORT, workspace.notebooks / COMPARISON
    tasks = []
    for entry in chosen:
        if entry.observations:
            folder = workspace.site / "areas" / entry.slug
            parameters = check_parameters(report, {"area": entry.key, **options})
            command = _command(options, lang, entry.key)
            home = f"../../{PAGE}"
            tasks.append(_Task(entry.slug, entry.label, report, parameters, folder, home, (entry,), command))
    folder, home, what = workspace.site / "comparison", f"../{PAGE}", texts(lang)["comparison"]
    parameters = check_parameters(comparison, options)
    command = _command(options, lang)
    tasks.append(_Task("comparison", what, comparison, parameters, folder, home, tuple(entries), command))
    return tasks


def _choose(entries: Sequence[AreaEntry], names: Sequence[str]) -> list[AreaEntry]:
    """The areas named, by name, official id, slug, or folder of reports; all of them where none is named."""
    chosen = [_named(entries, name) for name in names] or list(entries)
    return list(dict.fromkeys(chosen))


def _named(entries: Sequence[AreaEntry], name: str) -> AreaEntry:
    exact = [e for e in entries if name in (e.area.area_id, e.slug) or tone_key(e.area.name) == tone_key(name)]
    meant = {area.area_id for area in find_area_by_name(name)} - {""}
    found = exact or [e for e in entries if e.area.area_id in meant] or [e for e in entries if name in e.folders]
    if len(found) == 1:
        return found[0]
    if found:
        candidates = "; ".join(f"{e.area.name}, {e.area.province} ({e.area.area_id or e.slug})" for e in found)
        told = {"name": name, "candidates": candidates}
        raise UsageError(*explain("run.ambiguous_area", **told))
    near = suggest_areas(name, among=[e.area.name for e in entries])
    if not near:
        raise UsageError(*explain("run.unknown_area", name=name))
    raise UsageError(both("run.unknown_area", name=name), both("usage.did_you_mean", name=near[0]))


def _jobs(asked: int | None, tasks: int) -> int:
    """Threads: one more than cores, since a kernel that starts or ends leaves its core idle."""
    if asked is not None and asked < 1:
        raise UsageError(*explain("run.jobs", number=asked))
    return max(1, min(asked or (os.cpu_count() or 1) + 1, _MOST_JOBS, tasks))


def _run(
    tasks: Sequence[_Task], workspace: Workspace, lang: str, jobs: int, progress: bool, cell_timeout: float
) -> list[_Outcome]:
    """All tasks, `jobs` at a time; the outcomes in the order of the tasks. Ctrl-C kills what runs, then ends."""
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="report")
    stopping = Event()
    futures = [pool.submit(_publish, task, workspace, lang, cell_timeout, stopping) for task in tasks]
    try:
        with _progress(len(tasks), Messages("en" if lang == "en" else "vi"), progress) as tell:
            for future in _as_completed(futures):
                tell(future.result())
    except BaseException:
        stopping.set()
        pool.shutdown(wait=False, cancel_futures=True)
        while not all(future.done() for future in futures):
            stop_kernels()
            wait(futures, timeout=0.2)
        raise
    pool.shutdown()
    return [future.result() for future in futures]


def _as_completed(futures: Sequence[Future[_Outcome]]) -> Iterator[Future[_Outcome]]:
    """Futures as they end; wakes often, since Windows can't interrupt a long wait by Ctrl-C."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, timeout=0.5, return_when="FIRST_COMPLETED")
        yield from done


def _publish(task: _Task, workspace: Workspace, lang: str, cell_timeout: float, stopping: Event) -> _Outcome:
    """One task from notebook to page. Whatever goes wrong in it is its own failure, told on its own page."""
    began = time.perf_counter()
    executed = 0.0
    failure: Failure | None = None
    try:
        write_area_data(workspace.processed, task.folder / DATA, [entry.area for entry in task.entries])
        _execute(task, workspace, cell_timeout, stopping)
        executed = time.perf_counter()
        write_page(task.folder, title=task.what, lang=lang, home=task.home)
    except Exception as error:  # one area's trouble, of whatever kind, is not the others'
        failure = _failure(task, error)
        if not stopping.is_set():
            failure = _tell_failure(task, failure, lang)
    ended = time.perf_counter()
    executed = executed or ended
    return _Outcome(task, failure, {"execute": executed - began, "render": ended - executed})


def _execute(task: _Task, workspace: Workspace, cell_timeout: float, stopping: Event) -> None:
    """Run the notebook; it takes its place when it has ended by itself, not when the run was interrupted."""
    draft = task.folder / f".{NOTEBOOK}"
    try:
        execute_notebook(task.notebook, task.parameters, draft, workspace=workspace.root, timeout=cell_timeout)
    finally:
        if stopping.is_set():
            draft.unlink(missing_ok=True)
        elif draft.is_file():
            os.replace(draft, task.folder / NOTEBOOK)


def _failure(task: _Task, error: Exception) -> Failure:
    again = both("run.again", command=task.command)
    if isinstance(error, AnalysisError):
        return Failure(task.what, error.message, join_texts(error.remedy, again), "notebook")
    if isinstance(error, OSError):
        name = Path(error.filename).name if error.filename else task.folder.name
        reason = both("run.cannot_write", name=name, reason=error.strerror or type(error).__name__)
        return Failure(task.what, reason, join_texts(both("run.close_file"), again), "file")
    return Failure(task.what, both("run.page_error", error=f"{type(error).__name__}: {error}"), again, "page")


def _tell_failure(task: _Task, failure: Failure, lang: str) -> Failure:
    """The page that says why; where not even that can be written, the failure says so too."""
    kept = task.folder / NOTEBOOK
    try:
        stop = find_stop(nbformat.read(kept, as_version=4)) if kept.is_file() else None
        write_failed_page(
            task.folder, what=task.what, reason=in_language(failure.reason, lang), stop=stop,
            command=task.command, lang=lang, home=task.home,
        )  # fmt: skip
    except OSError as error:
        return replace(failure, reason=join_texts(failure.reason, both("run.no_failed_page", reason=error.strerror)))
    return failure


@contextmanager
def _progress(total: int, say: Messages, shown: bool) -> Iterator[Callable[[_Outcome], None]]:
    """Tells of each outcome on stderr: a bar in a terminal, a line each elsewhere, nothing where not wanted."""
    failed = done = 0
    pages = say("progress.pages", left="{remaining}")
    bar = tqdm(
        total=total, desc=say("progress.making"), file=sys.stderr, disable=not (shown and sys.stderr.isatty()),
        bar_format=f"{{desc}}: {{percentage:3.0f}}%|{{bar}}| {{n_fmt}}/{{total_fmt}} {pages}{{postfix}}",
    )  # fmt: skip

    def tell(outcome: _Outcome) -> None:
        nonlocal failed, done
        failed, done = failed + bool(outcome.failure), done + 1
        if not bar.disable:
            bar.set_postfix_str(say("progress.failed", count=failed) if failed else "", refresh=False)
            bar.update()
        elif shown:
            seconds = format_number(sum(outcome.seconds.values()), 1, say.lang)
            state = say("progress.page_failed" if outcome.failure else "progress.page_done")
            told = {"done": done, "total": total, "what": outcome.task.what, "state": state, "seconds": seconds}
            print(say("progress.page", **told), file=sys.stderr, flush=True)

    with bar:
        yield tell


def _command(options: Mapping[str, object], lang: str, area: str = "") -> str:
    """What one types to make it again; no machine paths, no number of jobs."""
    words = ["cchc report"]
    words += [f'--area "{area}"'] if area else []
    words += [
        f"--{name.removeprefix('period_')} {options[name]}" for name in ("period_from", "period_to") if name in options
    ]
    words += [f"--lang {lang}"] if lang != "vi" else []
    return " ".join(words)


def _record(
    site: Path, whole: Sequence[AreaEntry], chosen: Sequence[AreaEntry], outcomes: Sequence[_Outcome],
    before: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """State, seconds and row of each area: of this run where it was chosen, else of the run that made its page."""
    made = {outcome.task.slug: outcome for outcome in outcomes}
    rows = {entry.slug: entry.row for entry in whole}
    asked = {entry.slug: entry.row for entry in chosen}
    record: dict[str, dict[str, Any]] = {}
    for slug in [*rows, "comparison"]:
        kept = before.get(slug, {})
        if slug in made:
            seconds = {name: round(spent, 3) for name, spent in made[slug].seconds.items()}
            record[slug] = {"state": made[slug].state, "seconds": seconds, "row": asked.get(slug)}
        elif slug in asked:
            record[slug] = {"state": "empty", "row": asked[slug]}
        elif (site / "areas" / slug / PAGE).is_file() and kept.get("state") != "empty":
            record[slug] = {"state": "done", "row": rows[slug], **kept}
        else:
            record[slug] = {"state": "absent", "row": rows[slug]}
    return record


def _listed(entries: Sequence[AreaEntry], record: Mapping[str, Mapping[str, Any]]) -> list[AreaEntry]:
    """The areas as the index shows them: each with the numbers of the run that made its page."""
    return [entry.with_row(record[entry.slug]["row"]) for entry in entries]


def _read_record(site: Path) -> dict[str, Any]:
    """What the last run wrote of itself; nothing where there is none."""
    try:
        record = json.loads((site / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    pages = record.get("pages") if isinstance(record, dict) else None
    return record if isinstance(pages, dict) and all(isinstance(each, dict) for each in pages.values()) else {}


def _timings(outcomes: Sequence[_Outcome], total: float) -> dict[str, float]:
    """Wall time of the run, and the time of all notebooks together by step."""
    summed = {step: sum(outcome.seconds[step] for outcome in outcomes) for step in ("execute", "render")}
    return {name: round(seconds, 3) for name, seconds in {"total": total, **summed}.items()}


def _write_record(
    site: Path, options: Mapping[str, object], command: str, pages: Mapping[str, Any], removed: Sequence[str],
    timings: Mapping[str, float],
) -> None:  # fmt: skip
    shown = {name: value for name, value in options.items() if name != "processed"}
    content = {
        "version": __version__, "parameters": shown, "command": command, "pages": pages, "removed": list(removed),
        "timings": timings,
    }  # fmt: skip
    write_text(site / _RECORD, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
