"""When variational inference collapses onto one mode, why, and which annealing schedule prevents it.

>>> import collapsar
>>> problem = collapsar.Problem(
...     target={"separation": 3.0, "weights": [0.8, 0.2]},
...     family={"preset": "paper"},
...     schedule={"kind": "geometric", "initial_temperature": 30.0, "duration": 20.0},
...     start={"dimension": 512},
... )
>>> found = collapsar.probability(problem, routes=["exact"])
>>> round(found.exact.value, 4)
0.3754

Functions take a `Problem`, a dict of sections or the path of a configuration. They free the interpreter while they
compute, stop at Ctrl-C, and raise `ConfigError`, with key, value and rule, for what cannot be taken.
"""

from . import errors, results
from ._native import VERSION as __version__
from .errors import ComputationError, ConfigError
from .flow import Flow, sample
from .grid import sweep
from .problem import Problem
from .results import Record, Result
from .runs import diagnose
from .schedule import AdaptiveSchedule, Schedule
from .studies import (
    bifurcate,
    boundary,
    critical_temperature,
    density,
    design,
    equilibria,
    mean_field,
    portrait,
    probability,
    solve,
    train_flow,
)

__all__ = [
    "AdaptiveSchedule",
    "ComputationError",
    "ConfigError",
    "Flow",
    "Problem",
    "Record",
    "Result",
    "Schedule",
    "__version__",
    "bifurcate",
    "boundary",
    "critical_temperature",
    "density",
    "design",
    "diagnose",
    "equilibria",
    "errors",
    "mean_field",
    "portrait",
    "probability",
    "results",
    "sample",
    "solve",
    "sweep",
    "train_flow",
]
