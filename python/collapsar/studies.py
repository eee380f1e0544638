"""The questions of a configuration, one function each.

Each takes a problem (a `Problem`, a dict of sections, or the path of a file in TOML) and, as keywords, the settings of its
own section; further sections are given as ``sections={...}``. Numbers equal those of the command line to the last bit, for
any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt

from . import _native, results
from .errors import ConfigError
from .problem import Problem, document_of, problem_of
from .progress import Progress, told
from .results import Record, Result

__all__ = [
    "bifurcate",
    "boundary",
    "critical_temperature",
    "density",
    "design",
    "equilibria",
    "mean_field",
    "portrait",
    "probability",
    "solve",
    "train_flow",
]

FloatArray = npt.NDArray[np.float64]
AnyProblem = Problem | Mapping[str, Mapping[str, Any]] | str | os.PathLike[str]
Sections = Mapping[str, Mapping[str, Any]]
R = TypeVar("R", bound=Result)


def _settings(sections: Sections | None, own: tuple[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    settings = {name: dict(section) for name, section in (sections or {}).items()}
    name, values = own
    if values:
        settings[name] = {**settings.get(name, {}), **values}
    return settings


def _answer(
    kind: type[R],
    verb: str,
    problem: AnyProblem,
    sections: Sections | None,
    own: tuple[str, Mapping[str, Any]],
    threads: int | None,
    progress: Progress,
    routes: Iterable[str] = (),
    journal: str | os.PathLike[str] | None = None,
) -> R:
    document = document_of(problem, _settings(sections, own))
    book = None if journal is None else os.fspath(journal)
    with told(progress) as tell:
        return kind(_native.run(verb, document, list(routes), threads, tell, book))


def solve(
    problem: AnyProblem,
    *,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.SolveResult:
    """Integrates the closed flow of one problem and says where it ends.

    Parameters
    ----------
    problem
        With [target], [family], [schedule], [start].
    sections
        Further sections of this call.
    threads
        Threads to use; all cores unless given.
    progress
        True for a progress bar of tqdm, or what makes one.
    settings
        Keys of [solve], such as ``times``.

    Raises
    ------
    ConfigError
        A value breaks a rule.
    ComputationError
        The integration failed.
    """
    return _answer(results.SolveResult, "solve", problem, sections, ("solve", settings), threads, progress)


def bifurcate(
    problem: AnyProblem,
    *,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.BifurcateResult:
    """Equilibria, branches and critical values of a pair: at which separations and temperatures a collapsed state exists.

    Parameters are those of `solve`; `settings` are keys of [bifurcation].
    """
    own = ("bifurcation", settings)
    return _answer(results.BifurcateResult, "bifurcate", problem, sections, own, threads, progress)


def equilibria(
    problem: AnyProblem,
    temperature: float | None = None,
    *,
    threads: int | None = None,
) -> list[Record]:
    """All equilibria of a pair at one temperature: that of the schedule's start unless given.

    Each has `coordinates`, `kind`, `eigenvalues`, `eigenvectors`, `unstable`, `residual` and `uncertainty`; what the
    coordinates are, and why there are no others, is in the result of `bifurcate`.
    """
    own = {} if temperature is None else {"temperature": temperature}
    return bifurcate(problem, sections={"bifurcation": own}, threads=threads).equilibria


def critical_temperature(problem: AnyProblem, *, threads: int | None = None) -> float | None:
    """The temperature above which a pair has no collapsed state; None if it has one at every temperature, or none at any."""
    return bifurcate(problem, threads=threads).critical_temperature


def boundary(
    problem: AnyProblem,
    *,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.BoundaryResult:
    """Which starts of a pair collapse under a schedule: the boundary between the two.

    Parameters are those of `solve`; `settings` are keys of [boundary].
    """
    return _answer(results.BoundaryResult, "boundary", problem, sections, ("boundary", settings), threads, progress)


def probability(
    problem: AnyProblem,
    routes: Iterable[str] = (),
    *,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Mapping[str, Any],
) -> results.ProbabilityResult:
    """The probability of collapse of a random start by several routes.

    Parameters
    ----------
    problem
        With a law of starts: [start] with ``dimension``.
    routes
        Of "exact", "formula", "refined", "montecarlo", "simulation", "realnvp"; all that say something unless given.
    settings
        Sections of the routes, such as ``montecarlo={"samples": 10_000}``.
    sections, threads, progress
        As for `solve`.
    """
    given = {**(sections or {}), **settings}
    chosen = [routes] if isinstance(routes, str) else routes
    return _answer(results.ProbabilityResult, "probability", problem, given, ("", {}), threads, progress, chosen)


def design(
    problem: AnyProblem,
    *,
    journal: str | os.PathLike[str] | None = None,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.DesignResult:
    """The cheapest schedule that keeps collapse as seldom as wanted, or the best for a budget.

    Further parameters are those of `solve`; `settings` are keys of [design], such as ``wanted`` or ``budget``.

    Parameters
    ----------
    journal
        A file that what was counted is kept in: killed and called again, the search goes on where it stopped, to the same
        answer. It is deleted when all is done.
    """
    own = ("design", settings)
    return _answer(results.DesignResult, "design", problem, sections, own, threads, progress, journal=journal)


def mean_field(
    problem: AnyProblem,
    *,
    rotation: Mapping[str, Any] | None = None,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
) -> results.MeanFieldResult:
    """The optima of product measures on a target, which modes they lose, and whether a rotation keeps them.

    Parameters
    ----------
    problem
        With [target]; [family] may be left out.
    rotation
        Keys of [rotation]; {} for its defaults.
    sections, threads, progress
        As for `solve`; [scan] draws curves and maps.
    """
    problem = problem_of(problem)
    given: dict[str, Mapping[str, Any]] = dict(sections or {})
    if "family" not in problem:
        given["family"] = {"preset": "mean-field", **given.get("family", {})}
    own = ("rotation", {} if rotation is None else rotation)
    if rotation is not None and "rotation" not in problem:
        # A section without a key asks for its defaults.
        problem = problem.with_(rotation={})
    return _answer(results.MeanFieldResult, "mean-field", problem, given, own, threads, progress)


def density(
    problem: AnyProblem,
    *,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.DensityResult:
    """Target, tempered target and fit along a run.

    Parameters are those of `solve`; `settings` are keys of [density].
    """
    return _answer(results.DensityResult, "density", problem, sections, ("density", settings), threads, progress)


def portrait(
    problem: AnyProblem,
    *,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.PortraitResult:
    """How the free pair flows at given temperatures.

    Parameters are those of `solve`; `settings` are keys of [portrait].
    """
    return _answer(results.PortraitResult, "portrait", problem, sections, ("portrait", settings), threads, progress)


@overload
def train_flow(
    problem: AnyProblem,
    *,
    log_prob: None = None,
    grad: None = None,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.FlowResult: ...


@overload
def train_flow(
    problem: AnyProblem,
    *,
    log_prob: Callable[[FloatArray], Any],
    grad: Callable[[FloatArray], npt.ArrayLike] | None = None,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.DensityFlowResult: ...


def train_flow(
    problem: AnyProblem,
    *,
    log_prob: Callable[[FloatArray], Any] | None = None,
    grad: Callable[[FloatArray], npt.ArrayLike] | None = None,
    sections: Sections | None = None,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> results.FlowResult | results.DensityFlowResult:
    """Trains a normalizing flow on the tempered reverse divergence.

    Further parameters are those of `solve`; `settings` are keys of [training], such as ``steps``. [flow] says which flow: a
    RealNVP, or with ``kind`` "mean-field" a product measure.

    Parameters
    ----------
    log_prob
        The target as a function, in place of [target]: the log density up to a constant, (n,), at a batch of points,
        (n, d), d = ``start.dimension``. NumPy arrays go in; whatever `numpy.asarray` takes comes out.
    grad
        Its gradient at the same points, (n, d). Without it `log_prob` gives both, as ``jax.vmap(jax.value_and_grad(f))``
        does.

    Raises
    ------
    ConfigError
        A value breaks a rule, or a function gave another shape.
    Exception
        What `log_prob` or `grad` raised.

    >>> import numpy as np
    >>> import collapsar
    >>> problem = collapsar.Problem(start={"dimension": 2}, flow={"couplings": 2, "hidden": [8]})
    >>> fit = collapsar.train_flow(problem, log_prob=lambda x: -np.sum(x**2, axis=1), grad=lambda x: -2.0 * x, steps=400, samples=2000)
    >>> bool(abs(fit.evaluation.log_z.value - np.log(np.pi)) < 0.05)
    True
    """
    if log_prob is None:
        if grad is not None:
            raise ConfigError.breaking("grad", "a function", "come with `log_prob`")
        return _answer(results.FlowResult, "realnvp", problem, sections, ("training", settings), threads, progress)
    document = document_of(problem, _settings(sections, ("training", settings)))
    with told(progress) as tell:
        return results.DensityFlowResult(*_native.train_density(document, log_prob, grad, threads, tell))
