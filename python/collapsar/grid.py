"""Grids of probabilities on this machine, or wherever an executor works."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from functools import lru_cache
from typing import Any

from . import _native
from .problem import Problem, document_of
from .progress import Progress, told
from .results import SweepResult
from .studies import AnyProblem, Sections

__all__ = ["sweep"]

TRIES = 3
"""How often a point is handed out whose worker was lost."""


def sweep(
    problem: AnyProblem,
    grid: Mapping[str, Any] | None = None,
    *,
    routes: list[str] | None = None,
    executor: Executor | None = None,
    journal: str | os.PathLike[str] | None = None,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
) -> SweepResult:
    """The probability of collapse over a grid, point by point.

    A point depends on its place in the grid alone: whoever computes it, the bytes of the result are the same.

    Parameters
    ----------
    problem
        With a law of starts.
    grid
        A list of values for each dotted key, ``{"schedule.initial_temperature": [1.0, 3.0, 9.0]}``; the last runs
        fastest. The problem's own [sweep] unless given.
    routes
        As for `probability`.
    executor
        Any `concurrent.futures.Executor`: a process pool, Dask's ``client.get_executor()``, an MPI pool. Each point is
        a task of its own on one thread (or on `threads`); one whose worker is lost is handed out again. The threads of
        this process unless given.
    journal
        A file that finished points are kept in: killed and called again, the work goes on where it stopped. It is
        deleted when all is done.
    sections, threads, progress
        As for `solve`.

    Raises
    ------
    ConfigError
        A value breaks a rule, at any point of the grid; a journal of another grid.
    ComputationError
        The journal cannot be written.
    """
    settings: dict[str, Mapping[str, Any]] = dict(sections or {})
    own: dict[str, Any] = dict(grid or {})
    if routes is not None:
        own["routes"] = routes
    if grid is not None and isinstance(problem, Problem):
        problem = _without_sweep(problem)
    if own:
        settings["sweep"] = {**settings.get("sweep", {}), **own}
    document = document_of(problem, settings)
    work = _native.Grid(document)
    book = None if journal is None else _native.Journal(os.fspath(journal), work.identity())
    earlier = [] if book is None else book.lines
    try:
        with told(progress) as tell:
            if executor is None:
                fresh = work.part(1, 1, earlier, book, threads, tell)
            else:
                fresh = _spread(work, document.text, executor, earlier, book, threads, tell)
        computed = sum(map(_is_point, fresh))
        found = work.judged([line for line in earlier + fresh if _is_point(line)], computed)
        if book is not None:
            book.remove()
    finally:
        if book is not None:
            book.close()
    failure = found.failure()
    if failure is not None:
        warnings.warn(failure, RuntimeWarning, stacklevel=2)
    return SweepResult(found)


def _without_sweep(problem: Problem) -> Problem:
    sections = problem.to_dict()
    sections.pop("sweep", None)
    return Problem(sections)


def _is_point(line: str) -> bool:
    """Lines of single trainings say of which point they are; points have their index."""
    return line.startswith('{"index":')


def _spread(
    work: _native.Grid,
    text: str,
    executor: Executor,
    earlier: list[str],
    book: _native.Journal | None,
    threads: int | None,
    tell: Any,
) -> list[str]:
    known = set(work.known([line for line in earlier if _is_point(line)]))
    partly = [line for line in earlier if not _is_point(line)]
    open_points = [index for index in range(len(work)) if index not in known]
    one = 1 if threads is None else threads
    lines: list[str] = []
    tries: dict[int, int] = {}
    pending: dict[Future[list[str]], int] = {}

    def hand_out(index: int) -> None:
        own = [line for line in partly if line.startswith(f'{{"point":{index},')]
        pending[executor.submit(_point, text, index, own, one)] = index

    try:
        for index in open_points:
            hand_out(index)
        while pending:
            finished, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            broken: BrokenExecutor | None = None
            for future in finished:
                index = pending.pop(future)
                try:
                    new = future.result()
                except BrokenExecutor as error:
                    # A pool whose process died takes no further work, but what is finished is kept.
                    broken = error
                    continue
                except Exception as error:
                    tries[index] = tries.get(index, 0) + 1
                    if tries[index] >= TRIES or not _lost(error):
                        raise
                    hand_out(index)
                    continue
                for line in new:
                    if book is not None:
                        book.append(line)
                lines.extend(new)
            if broken is not None:
                raise broken
            if tell is not None:
                tell(len(work) - len(pending), len(work), "points", "")
    finally:
        for future in pending:
            future.cancel()
    return lines


def _lost(error: Exception) -> bool:
    """Whether the worker, not the point, is at fault: Dask's KilledWorker and the like."""
    return type(error).__name__ in {"KilledWorker", "CancelledError", "WorkerCrashedError", "CommClosedError"}


@lru_cache(maxsize=8)
def _grid(text: str) -> _native.Grid:
    return _native.Grid(_native.Document.from_text("sweep", text))


def _point(text: str, index: int, lines: list[str], threads: int) -> list[str]:
    """The lines of one point: what a worker does."""
    return _grid(text).point(index, lines, threads)
