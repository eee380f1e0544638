"""What the studies answer.

A result has the fields of the record that the command line writes with ``--json``, as attributes and as items; lists of
numbers are NumPy arrays, and a missing number is NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .errors import ConfigError
from .record import Record, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BifurcateResult",
    "BoundaryResult",
    "DensityFlowResult",
    "DensityResult",
    "DesignResult",
    "DiagnoseResult",
    "FlowResult",
    "MeanFieldResult",
    "PortraitResult",
    "ProbabilityResult",
    "Record",
    "Result",
    "SolveResult",
    "SweepResult",
]

FloatArray = npt.NDArray[np.float64]

ROUTES = ("exact", "montecarlo", "simulation", "realnvp", "refined", "formula")
"""Routes to a probability, those first that err least."""


class SolveResult(Result):
    """Where a start ends, and how it gets there: lists over times, components (K), modes (P), coordinates (d).

    Attributes
    ----------
    times, temperature : array
        Reported times, and T at them.
    means : array, time x component x coordinate
    weights : array, time x component
    variance : array
        var at the times; of components that have their own the mean over the mass (`variances`: time x component; of full
        covariances tr Sigma_i/d, and `covariances`: time x component x coordinate x coordinate).
    coverage : array, time x mode
        C_k = E_q[s_k], the share of q's mass on mode k.
    gram : array, time x (K+P) x (K+P)
        Inner products of (mu_1..mu_K, nu_1..nu_P).
    objective : array
        F_beta = E_q[log q - beta log p].
    collapsed : bool or None
        Whether a mode is lost in the limit; None without a limit.
    mechanism : str or None
        "none", "mean-alignment", "vanishing-weight", "both" or "too-few-components".
    at_end, limit : Record
        What is lost at the last reported time, and in the limit (None if the integration failed before it).
    average_error : float
        Largest error estimate of the Gaussian averages.

    A problem with ``[compare]`` has `variants` in their place, a list of records with these fields and a `label`.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        dimension: int
        engine: str
        coordinates: str
        modes: FloatArray
        times: FloatArray
        temperature: FloatArray
        means: FloatArray
        weights: FloatArray
        variance: FloatArray
        coverage: FloatArray
        gram: FloatArray
        objective: FloatArray
        collapsed: bool | None
        mechanism: str | None
        at_end: Record
        limit: Record | None
        outcome: str
        average_error: float


class BifurcateResult(Result):
    """Equilibria, branches and special points of a pair.

    Attributes
    ----------
    critical_temperature, critical_separation : float or None
        Where a collapsed state comes into being; `critical_definition` says it in words.
    temperature : float
        Where the equilibria are.
    coordinates : list of str
        The names of the reduced coordinates.
    equilibria : list of Record
        Each with `coordinates`, `kind`, `eigenvalues`, `eigenvectors`, `unstable`, `uncertainty`.
    established : str or None
        Why there are no others, where that is proved.
    branches, special_points : list of Record
        Continued over `parameter`.
    collapsed_states : list of Record
    """

    __slots__ = ()
    if TYPE_CHECKING:
        pair: str
        temperature: float
        critical_temperature: float | None
        critical_separation: float | None
        critical_definition: str
        coordinates: list[str]
        equilibria: list[Record]
        established: str | None
        parameter: str
        branches: list[Record]
        special_points: list[Record]
        collapsed_states: list[Record]


class BoundaryResult(Result):
    """The curve between starts that recover and starts that collapse.

    Attributes
    ----------
    pair : str
    axes : list of str
        The names of abscissa, ordinate and transverse coordinate.
    curves : list of Record
        Each with `abscissae`, `ordinates`, `widths` and the parameters that vary.
    connection_constant, exponent : float or None
    """

    __slots__ = ()
    if TYPE_CHECKING:
        pair: str
        axes: list[str]
        critical_temperature: float | None
        curves: list[Record]
        connection_constant: float | None
        connection_error: float | None
        exponent: float | None


class ProbabilityResult(Result):
    """How often a random start collapses, by every route asked for.

    Attributes
    ----------
    pair : str
        What the closed equations are of.
    exact, formula, refined, montecarlo, simulation, realnvp : Record
        An answer has `value`, `valid`, and an `error` or the counts with `low` and `high`. A route that was not taken
        is missing.
    notes : list of str
    """

    __slots__ = ()
    if TYPE_CHECKING:
        pair: str
        exact: Record
        formula: Record
        refined: Record
        montecarlo: Record
        simulation: Record
        realnvp: Record
        notes: list[str]

    @property
    def answers(self) -> dict[str, Record]:
        """The answers by route, those first that err least: computed, then counted, then by formula."""
        return {route: self[route] for route in ROUTES if route in self._fields}

    def to_pandas(self) -> pd.DataFrame:
        """A row for each route: value, interval or error, counts, and whether its formula holds here (needs pandas)."""
        import pandas as pd

        columns = ("value", "low", "high", "error", "n", "collapsed", "valid")
        rows = {route: [answer.get(column) for column in columns] for route, answer in self.answers.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns))

    def __float__(self) -> float:
        """P_c by the route that errs least: computed, then counted, then by formula."""
        for answer in self.answers.values():
            return float(answer["value"])
        raise ValueError("no route has a value")


class DesignResult(Result):
    """A schedule that does what was asked.

    Attributes
    ----------
    attainable : bool
        Whether what was wanted can be had.
    schedule : Record
        The section [schedule] that was found; `as_schedule` makes a function of it.
    probability : Record
        `value`, `low`, `high` of a fresh count.
    cost, total : float
        Time of one fit, and of all restarts.
    restarts : int
    steps : Record
        The same in steps of the optimiser.
    families, curve : list of Record
        The best of each family; cost against probability.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        route: str
        attainable: bool
        kind: str
        schedule: Record
        probability: Record
        cost: float
        total: float
        restarts: int
        without: float | None
        steps: Record
        families: list[Record]
        curve: list[Record]
        notes: list[str]

    def as_schedule(self, learning_rate: float | None = None) -> Any:
        """The schedule as a function of the step: a `Schedule`, for the learning rate that was designed for unless given."""
        from .schedule import Schedule

        rate = self._fields["steps"]["learning_rate"] if learning_rate is None else learning_rate
        return Schedule(learning_rate=rate, **self._fields["schedule"])


class MeanFieldResult(Result):
    """The optima of product measures, and of rotated ones.

    Attributes
    ----------
    optima : list of Record
        Each with `objective`, `mean`, `variance`, `coverage`, `stable`, `rotation`, `angle`.
    collapsed : bool
        Whether the best one has lost a mode (`lost`: which).
    certificate : Record
        `verdict` with the bound at which it holds.
    critical_norm : float or None
    """

    __slots__ = ()
    if TYPE_CHECKING:
        route: str
        temperature: float
        optima: list[Record]
        collapsed: bool | None
        lost: list[int]
        certificate: Record
        critical_norm: float | None
        critical_temperature: float | None
        marginals: list[Record]


class FlowResult(Result):
    """Trained flows: `variants`, a list of Record with `evaluation`, `moments`, `collapsed`; one unless [compare] has more."""

    __slots__ = ()
    if TYPE_CHECKING:
        variants: list[Record]

    def flow(self, variant: int = 0) -> Any:
        """The trained flow, a `Flow`."""
        from .flow import Flow

        return Flow(list(self.files().values())[variant])


class DensityFlowResult(Record):
    """A flow trained on a function: `evaluation`, `moments`, `diverged_at`.

    Attributes
    ----------
    calls : int
        Calls of the function.
    seconds : float
        The time that they took.
    """

    __slots__ = ("_weights",)
    if TYPE_CHECKING:
        calls: int
        seconds: float

    def __init__(self, fields: dict[str, Any], weights: bytes, calls: int, seconds: float) -> None:
        super().__init__({**fields, "calls": calls, "seconds": seconds})
        self._weights = weights

    def flow(self) -> Any:
        """The trained flow, a `Flow`."""
        from .flow import Flow

        return Flow(self._weights)

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {name: value for name, value in self._fields.items() if name not in ("calls", "seconds")}
        return type(self), (fields, self._weights, self.calls, self.seconds)


class DensityResult(Result):
    """Densities along a run: `variants`, a list of Record with `snapshots`."""

    __slots__ = ()
    if TYPE_CHECKING:
        variants: list[Record]


class PortraitResult(Result):
    """How the free pair flows at given temperatures: `portraits`, a list of Record."""

    __slots__ = ()
    if TYPE_CHECKING:
        critical_temperature: float | None
        portraits: list[Record]


class SweepResult(Result):
    """A grid of probabilities.

    Attributes
    ----------
    axes : list of Record
    points : list of Record
        Each with `values`, `seed`, and an answer for each route.
    agreement : Record or None
        How exact values and counts agree.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        axes: list[Record]
        routes: list[str]
        points: list[Record]
        agreement: Record | None


class DiagnoseResult(Result):
    """A verdict on runs.

    Attributes
    ----------
    modes : list of Record
        Each with `mean` and `weight`.
    runs : list of Record
        Each with `file`, `coverage`, `lost_modes`, `mechanism` where it can be told.
    probability : Record
        `value`, `n`, `low`, `high`.
    restarts : Record
        `for_99`: fits of which the best is whole with 99%.
    recognition, comparison : Record or None
        Whether the objective tells collapsed runs; whether two sets differ.
    target, advice : Record or None
    notes : list of str
    """

    __slots__ = ()
    if TYPE_CHECKING:
        dimension: int
        modes: list[Record]
        runs: list[Record]
        separations: list[Record]
        probability: Record
        restarts: Record
        recognition: Record | None
        comparison: Record | None
        target: Record | None
        notes: list[str]

    def problem(self) -> Any:
        """The target fitted to the pooled modes as a `Problem`, from which `design` goes on.

        Raises
        ------
        ConfigError
            The runs do not say enough for one.
        """
        from .problem import Problem

        for name, content in self.files().items():
            if name.endswith("-problem.toml"):
                return Problem.from_toml(content.decode())
        rule = "hold enough of the modes for a problem"
        raise ConfigError(f"the runs do not {rule}", "runs", None, rule)
