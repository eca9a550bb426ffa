"""Raw files read by several processes, a bounded number at a time; the results in the order of the files."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from analysis import catalogue
from analysis.documents import raw_name
from analysis.errors import UsageError
from analysis.messages import explain
from analysis.model import Failure
from analysis.readings import Reader, Reading

Task = tuple[Path, str]
"""A file and its document's id."""
Outcome = Reading | Failure

FEWEST = 30
"""Fewer files are read sooner by one process than others start: each loads the vocabulary, which takes seconds."""
_MOST = 61
"""Windows can't wait for more."""
_AHEAD = 4
"""Files handed out for each process, so that a long one doesn't keep the others waiting."""


def read_files(reader: Reader, tasks: Sequence[Task], jobs: int | None = None) -> Iterator[Outcome]:
    """Reads files by so many processes, by default as many as there are cores; the outcomes in the given order.

    A file at which a process dies (out of memory, say) is a Failure; the others are read nevertheless.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(*explain("run.jobs", number=jobs))
    several = min(jobs or os.cpu_count() or 1, _MOST, len(tasks))
    if several <= 1 or len(tasks) < FEWEST:
        return (reader.read(*task) for task in tasks)
    return _in_processes(reader, deque(tasks), several)


def _in_processes(reader: Reader, left: deque[Task], jobs: int) -> Iterator[Outcome]:
    """All files; those that were handed out when a process died are read one by one, so that the culprit shows."""
    while left:
        suspects = deque((yield from _by_pool(reader, left, jobs, jobs * _AHEAD)))
        while suspects:
            for path, _ in (yield from _by_pool(reader, suspects, 1, 1)):
                yield Failure(raw_name(path, reader.raw), *explain("read.died"), "died")


def _by_pool(
    reader: Reader, left: deque[Task], jobs: int, ahead: int
) -> Generator[Outcome, None, list[Task]]:  # fmt: skip
    """Takes tasks from the left until none is there; returns those without an outcome when a process died."""
    pending: deque[tuple[Task, Future[Outcome]]] = deque()
    with _pool(reader, jobs) as pool:
        if not _starts(pool):
            yield from (reader.read(*left.popleft()) for _ in range(len(left)))
        try:
            while left or pending:
                while left and len(pending) < ahead:
                    pending.append((left[0], pool.submit(_read, *left[0])))
                    left.popleft()
                outcome = _result(pending[0][1])
                pending.popleft()
                yield outcome
        except BrokenProcessPool:
            return [task for task, _ in pending]
    return []


def _result(future: Future[Outcome]) -> Outcome:
    """The outcome; wakes often, since Windows can't interrupt a long wait by Ctrl-C."""
    while True:
        try:
            return future.result(timeout=0.5)
        except TimeoutError:
            if future.done():
                raise


@contextmanager
def _pool(reader: Reader, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are ended with the `with`, at once where it ends by an error or Ctrl-C."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _begin, (reader, catalogue.laid_over()))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    pool.shutdown()


def _starts(pool: ProcessPoolExecutor) -> bool:
    """False where no process can be started: from a script that runs its work when it is imported, say."""
    try:
        return pool.submit(_is_ready).result()
    except BrokenProcessPool:
        return False


# ---- in the other process

_reader: Reader | None = None


def _begin(reader: Reader, additions: Mapping[str, Any]) -> None:
    """The vocabulary of the run laid over; Ctrl-C is left to the process that started this one, which none outlives."""
    global _reader
    Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # warns of fonts, in English, page by page
    catalogue.lay_over(additions)
    _reader = reader


def _end_with_parent() -> None:
    """Ends this process where the one that started it was killed: nobody would give it work, or end it."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _is_ready() -> bool:
    return _reader is not None


def _read(path: Path, document_id: str) -> Outcome:
    assert _reader is not None
    return _reader.read(path, document_id)
