"""Runs that were made elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _native
from .errors import ConfigError
from .progress import Progress, told
from .results import DiagnoseResult

__all__ = ["diagnose"]

Run = str | os.PathLike[str] | Mapping[str, Any] | npt.ArrayLike
LogDensity = Callable[[Any], Any] | Sequence[npt.ArrayLike] | None


def diagnose(
    runs: Iterable[Run],
    *,
    log_prob: LogDensity = None,
    log_q: LogDensity = None,
    against: Iterable[Run] = (),
    modes: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> DiagnoseResult:
    """Says of runs that were made elsewhere whether they lost modes, how often further ones will, and why.

    Parameters
    ----------
    runs
        One for each fit: an array of samples (n x d), the path of a file, or a dict with ``samples`` (and ``log_q``,
        ``log_p``), or with a trace of a mixture: ``means`` (T x K x d), ``weights``, ``variances`` (T x K), ``times``,
        ``temperature`` (T), or with its ``coverage`` of known modes. ``name`` is what results call it.
    log_prob
        log p of the samples, up to a constant: a function of an array (n x d), or an array for each run.
    log_q
        The same of the fits: a function for all is not known here, so arrays, one for each run.
    against
        A second set beside the first: two schedules, two families.
    modes, weights
        Known modes (P x d), and their weights; they are found unless given.
    settings
        Further keys of [diagnose], such as ``family``, ``lost_below``, ``level``.

    Examples
    --------
    >>> import collapsar, numpy
    >>> rng = numpy.random.default_rng(1)
    >>> both = [rng.normal(size=(500, 2)) + [[3.0, 0.0]] * rng.choice([-1, 1], (500, 1)) for _ in range(6)]
    >>> one = [rng.normal(size=(500, 2)) + [3.0, 0.0] for _ in range(2)]
    >>> found = collapsar.diagnose(both + one)
    >>> len(found.modes), found.probability.value
    (2, 0.25)

    Raises
    ------
    ConfigError
        A run, or a setting, that cannot be taken.
    """
    given = {**settings, "modes": modes, "weights": weights}
    document = _native.Document.from_values("settings", {"diagnose": given})
    mine = _dicts(runs, "run", log_prob, log_q)
    others = _dicts(against, "against", log_prob if callable(log_prob) else None, None)
    with told(progress) as tell:
        return DiagnoseResult(_native.diagnose(document, mine, others, threads, tell))


def _dicts(runs: Iterable[Run], label: str, log_prob: LogDensity, log_q: LogDensity) -> list[str | dict[str, Any]]:
    runs = list(runs)
    log_p, log_q = _each(runs, "log_prob", log_prob), _each(runs, "log_q", log_q)
    return [_dict(run, f"{label} {i + 1}", log_prob, log_p[i], log_q[i]) for i, run in enumerate(runs)]


def _each(runs: list[Run], key: str, given: LogDensity) -> Sequence[Any]:
    if given is None or callable(given):
        return [None] * len(runs)
    if len(given) != len(runs):
        raise ConfigError.breaking(key, f"{len(given)} arrays", f"hold an array for each of the {len(runs)} runs")
    return given


def _dict(run: Run, name: str, log_prob: LogDensity, log_p: Any, log_q: Any) -> str | dict[str, Any]:
    if isinstance(run, (str, os.PathLike)):
        return os.fspath(run)
    found: dict[str, Any] = {"name": name}
    if isinstance(run, Mapping):
        found.update(run)
    else:
        found["samples"] = _on_host(run)
    if log_p is not None:
        found["log_p"] = _on_host(log_p)
    if log_q is not None:
        found["log_q"] = _on_host(log_q)
    if callable(log_prob) and "samples" in found and "log_p" not in found:
        found["log_p"] = _on_host(log_prob(found["samples"]))
    return found


def _on_host(array: Any) -> Any:
    """A tensor that has a gradient says how it becomes an array."""
    return np.asarray(array.detach().cpu() if hasattr(array, "detach") else array)
