"""Trained normalizing flows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _native

__all__ = ["Flow", "sample"]

FloatArray = npt.NDArray[np.float64]


class Flow:
    """A flow that `train_flow` or the command line trained, in double precision.

    Parameters
    ----------
    weights
        The path of a safetensors file, or its bytes.
    """

    __slots__ = ("_inner",)

    def __init__(self, weights: bytes | str | os.PathLike[str]) -> None:
        self._inner = _native.Flow(weights if isinstance(weights, bytes) else Path(weights).read_bytes())

    @property
    def dimension(self) -> int:
        """d."""
        return self._inner.dimension

    @property
    def parameters(self) -> int:
        """Number of trained parameters."""
        return self._inner.parameters

    def sample(self, count: int, seed: int = 1, *, threads: int | None = None) -> tuple[FloatArray, FloatArray]:
        """`count` samples (count x d), and log q of each; the same for the same seed."""
        return self._inner.sample(count, seed, threads)

    def log_prob(self, points: npt.ArrayLike, *, threads: int | None = None) -> FloatArray:
        """log q at points (n x d)."""
        return self._inner.log_prob(points, threads)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the weights to a safetensors file."""
        Path(path).write_bytes(self._inner.weights())

    def __repr__(self) -> str:
        return f"Flow(dimension={self.dimension}, parameters={self.parameters})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Flow, (bytes(self._inner.weights()),)


def sample(
    weights: Flow | bytes | str | os.PathLike[str], count: int, seed: int = 1, *, threads: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """`count` samples of a trained flow (count x d), and log q of each, as ``collapsar sample`` draws them."""
    flow = weights if isinstance(weights, Flow) else Flow(weights)
    return flow.sample(count, seed, threads=threads)
