"""Schedules in training loops of PyTorch, JAX or NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from . import _native
from .errors import ConfigError

__all__ = ["AdaptiveSchedule", "Schedule"]

FloatArray = npt.NDArray[np.float64]


def _document(keys: Mapping[str, Any]) -> _native.Document:
    return _native.Document.from_values("schedule", {"schedule": dict(keys)})


class Schedule:
    """A temperature that is a function of time, or of the step of an optimiser.

    Step n of plain gradient descent with learning rate h is at the time n h. `learning_rate` is h; with ``steps`` in its
    place the schedule is stretched so that it ends with that step.

    Parameters
    ----------
    kind : str
        "geometric", "quench", "exponential", "linear-temperature", "linear-beta", "power", "cosine", "sigmoid", "steps",
        "cyclical", "table" or "constant".
    keys
        The other keys of [schedule], such as ``initial_temperature`` and ``duration``.

    >>> import collapsar
    >>> schedule = collapsar.Schedule("linear-temperature", initial_temperature=8.0, duration=30.0, learning_rate=0.01)
    >>> schedule.beta(0), schedule.temperature(1500), schedule.beta(3000)
    (0.125, 4.5, 1.0)
    """

    __slots__ = ("_inner", "_keys", "_time_step")

    def __init__(self, kind: str, *, learning_rate: float | None = None, steps: int | None = None, **keys: Any) -> None:
        self._keys = {"kind": kind, **keys}
        self._inner = _native.Schedule(_document(self._keys))
        if learning_rate is not None and steps is not None:
            raise ConfigError.breaking("learning_rate", learning_rate, "be left out where `steps` is given")
        if steps is not None:
            _positive("steps", steps)
            learning_rate = self._inner.duration / steps
        self._time_step = 1.0 if learning_rate is None else _positive("learning_rate", learning_rate)

    @property
    def kind(self) -> str:
        """Its shape."""
        kind: str = self._keys["kind"]
        return kind

    @property
    def time_step(self) -> float:
        """The time of one step: the learning rate."""
        return self._time_step

    @property
    def duration(self) -> float:
        """The time at which T = 1 is reached; to a thousandth by schedules without an end."""
        return self._inner.duration

    @property
    def steps(self) -> int:
        """The first step that is taken at T = 1."""
        return int(np.ceil(self.duration / self._time_step * (1.0 - 1e-12)))

    def to_dict(self) -> dict[str, Any]:
        """The section [schedule]."""
        return dict(self._keys)

    @overload
    def beta(self, step: float) -> float: ...
    @overload
    def beta(self, step: npt.ArrayLike) -> float | FloatArray: ...
    def beta(self, step: Any) -> Any:
        """beta = 1/T at a step, or at each of an array of them."""
        if isinstance(step, (int, float)):
            return self._inner.beta(step * self._time_step)
        steps = np.asarray(step, dtype=np.float64)
        betas = self._inner.betas((steps * self._time_step).ravel()).reshape(steps.shape)
        return betas if steps.ndim else float(betas)

    @overload
    def temperature(self, step: float) -> float: ...
    @overload
    def temperature(self, step: npt.ArrayLike) -> float | FloatArray: ...
    def temperature(self, step: Any) -> Any:
        """T at a step, or at each of an array of them."""
        if isinstance(step, (int, float)):
            return self._inner.temperature(step * self._time_step)
        return 1.0 / self.beta(step)

    __call__ = beta

    def __repr__(self) -> str:
        keys = ", ".join(f"{key}={value!r}" for key, value in self._keys.items())
        return f"Schedule({keys}, learning_rate={self._time_step!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schedule) and (self._keys, self._time_step) == (other._keys, other._time_step)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._keys, self._time_step)


def _rebuilt(keys: dict[str, Any], time_step: float) -> Schedule:
    return Schedule(learning_rate=time_step, **keys)


class AdaptiveSchedule:
    """A schedule that watches the fit: fed with log p and log q of each batch, it says the next beta.

    It needs no tensor library: whatever ``numpy.asarray`` takes will do, on the host and without a gradient.

    Parameters
    ----------
    kind : str
        "adaptive-kl" (AdaAnn, arXiv 2202.00792; key ``tau``) or "adaptive-ess" (arXiv 2505.03652; keys ``kappa``,
        ``corrected``).
    learning_rate : float
        The time of one step; beta changes every ``interval`` units of time.

    >>> import collapsar, numpy
    >>> schedule = collapsar.AdaptiveSchedule("adaptive-kl", initial_temperature=10.0, tau=0.5, interval=0.1, learning_rate=0.1)
    >>> log_p = numpy.array([-1.0, -3.0, -2.0])
    >>> schedule.update(log_p, log_q=log_p / 10)
    0.6
    """

    __slots__ = ("_inner", "_keys")

    def __init__(self, kind: str, *, learning_rate: float, **keys: Any) -> None:
        self._keys = {"kind": kind, **keys}
        self._inner = _native.AdaptiveSchedule(_document(self._keys), learning_rate)

    @property
    def beta(self) -> float:
        """beta of the next step."""
        return self._inner.beta

    @property
    def temperature(self) -> float:
        """T of the next step."""
        return 1.0 / self._inner.beta

    @property
    def steps(self) -> int:
        """Steps that were taken."""
        return self._inner.steps

    def update(self, log_p: npt.ArrayLike, log_q: npt.ArrayLike) -> float:
        """A step was taken on samples of these log densities (up to constants); returns beta of the next."""
        return self._inner.update(log_p, log_q)

    def __repr__(self) -> str:
        keys = ", ".join(f"{key}={value!r}" for key, value in self._keys.items())
        return f"AdaptiveSchedule({keys}): beta = {self.beta} after {self.steps} steps"


def _positive(name: str, value: float) -> float:
    if not (value > 0 and np.isfinite(value)):
        raise ConfigError.breaking(name, value, "be positive and finite")
    return float(value)
