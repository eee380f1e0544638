"""Results drawn with matplotlib, on the axes of the user's."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from . import results
from .errors import ConfigError

__all__ = ["draw"]

# Okabe and Ito: told apart by everybody.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


def draw(found: results.Result, ax: Axes | None, style: dict[str, Any]) -> Axes:
    """Draws a result on `ax`, or on new axes."""
    for kind, drawing in _DRAWINGS.items():
        if isinstance(found, kind):
            if ax is None:
                ax = pyplot.figure(layout="constrained").add_subplot()
            drawing(found, ax, style)
            return ax
    kinds = ", ".join(kind.__name__ for kind in _DRAWINGS)
    rule = f"be one of {kinds} (others have `svg` and `png`)"
    raise ConfigError.breaking("result", type(found).__name__, rule)


def _solve(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    if "variants" in found:
        raise ConfigError.breaking("result", "several variants", "be one run: draw its variants by `svg`")
    weights = found.config["target"]["weights"]
    for k, weight in enumerate(weights):
        colour = COLOURS[k % len(COLOURS)]
        line = {"color": colour, "label": f"$C_{{{k + 1}}}$", **style}
        ax.plot(found.times, found.coverage[:, k], **line)
        ax.axhline(weight, color=colour, linestyle=":", linewidth=1.0)
    ax.set(xlabel="time $t$", ylabel="coverage $C_k$", ylim=(-0.02, 1.02))
    ax.legend(frameon=False)


def _probability(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    names, values, below, above = [], [], [], []
    for name, answer in found.answers.items():
        value, error = answer["value"], answer.get("error") or 0.0
        names.append(name)
        values.append(value)
        below.append(max(value - answer.get("low", value - error), 0.0))
        above.append(max(answer.get("high", value + error) - value, 0.0))
    ax.errorbar(values, range(len(names)), xerr=[below, above], **{"fmt": "o", "color": COLOURS[0], "capsize": 3, **style})
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="probability of collapse $P_c$", ylim=(len(names) - 0.5, -0.5))


def _bifurcate(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    for branch in found.branches:
        stable = np.asarray(branch["stable"], dtype=bool)
        for part, line in ((stable, "-"), (~stable, "--")):
            shown = np.where(part, branch["states"][:, 0], np.nan)
            ax.plot(branch["parameter"], shown, **{"color": COLOURS[0], "linestyle": line, "linewidth": 1.2, **style})
    ax.plot([], [], color=COLOURS[0], linestyle="-", label="stable")
    ax.plot([], [], color=COLOURS[0], linestyle="--", label="unstable")
    if found.parameter == "temperature" and found.critical_temperature is not None:
        ax.axvline(found.critical_temperature, color=COLOURS[1], linewidth=1.0, label="$T_c$")
    names = {"temperature": "temperature $T$", "separation": "separation"}
    ax.set(xlabel=names.get(found.parameter, found.parameter), ylabel=f"${found.coordinates[0]}$")
    ax.legend(frameon=False)


def _boundary(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    for i, curve in enumerate(found.curves):
        label = ", ".join(f"{_symbol(key)} = {curve[key.split('.')[-1]]:g}" for key in found.varied)
        line = {"color": COLOURS[i % len(COLOURS)], "label": label or None, **style}
        ax.plot(curve["abscissae"], curve["ordinates"], **line)
    ax.set(xlabel=f"${_name(found.axes[0])}$", ylabel=f"${_name(found.axes[1])}$")
    if any(found.varied):
        ax.legend(frameon=False)


def _design(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    kinds = list(dict.fromkeys(point["kind"] for point in found.curve))
    for i, kind in enumerate(kinds):
        points = sorted((p["cost"], p["probability"]) for p in found.curve if p["kind"] == kind and p["probability"])
        line = {"color": COLOURS[i % len(COLOURS)], "marker": ".", "label": kind, **style}
        ax.plot(*zip(*points), **line) if points else None
    chosen = found.probability
    bars = [[max(chosen.value - chosen.low, 0.0)], [max(chosen.high - chosen.value, 0.0)]]
    ax.errorbar([found.cost], [chosen.value], yerr=bars, fmt="*", color="black", markersize=10, label="found, counted")
    ax.set(xlabel="time of one fit", ylabel="probability of collapse $P_c$", yscale="log")
    ax.legend(frameon=False)


def _sweep(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    keys = [key for axis in found.axes for key in axis["keys"]]
    last = len(keys) - 1
    curves: dict[tuple[Any, ...], list[tuple[float, float, float, float]]] = {}
    for point in found.points:
        values = list(point["values"])
        for route in results.ROUTES:
            if route in point:
                answer = point[route]
                value = answer["value"]
                spread = (value - answer.get("low", value), answer.get("high", value) - value)
                curves.setdefault(tuple(values[:last]), []).append((values[last], value, *spread))
                break
    for i, (fixed, points) in enumerate(curves.items()):
        x, y, below, above = zip(*sorted(points))
        label = ", ".join(f"{_symbol(key)} = {value}" for key, value in zip(keys, fixed))
        line = {"color": COLOURS[i % len(COLOURS)], "marker": "o", "capsize": 2, "label": label or None, **style}
        ax.errorbar(x, y, yerr=[np.maximum(below, 0.0), np.maximum(above, 0.0)], **line)
    ax.set(xlabel=_symbol(keys[last]), ylabel="probability of collapse $P_c$", ylim=(-0.02, 1.02))
    if last:
        ax.legend(frameon=False)


def _diagnose(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    coverage = np.array([run["coverage"] for run in found.runs], dtype=float)
    left = np.zeros(len(coverage))
    for k in range(coverage.shape[1]):
        bar = {"color": COLOURS[k % len(COLOURS)], "label": f"mode {k + 1}", **style}
        ax.barh(np.arange(1, len(coverage) + 1), coverage[:, k], left=left, **bar)
        left += coverage[:, k]
    ax.set(xlabel="share of the samples", ylabel="run", xlim=(0.0, 1.0), ylim=(len(coverage) + 0.5, 0.5))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _mean_field(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    plane = found["plane"] if "plane" in found else None
    if plane is None:
        for i, marginal in enumerate(m for m in found.marginals if m["coordinate"] == 1):
            line = {"color": COLOURS[i % len(COLOURS)], "label": f"optimum {marginal['optimum']}", **style}
            ax.plot(marginal["y"], marginal["density"], **line)
        ax.set(xlabel="$x_1$", ylabel="density")
        ax.legend(frameon=False)
        return
    x, y = plane["x"], plane["y"]
    target = np.asarray(plane["target"]).reshape(len(y), len(x))
    ax.contour(x, y, target, sorted(plane["target_levels"]), colors="black", linewidths=1.0)
    ax.plot([], [], color="black", label="target")
    for i, fit in enumerate(plane["fits"]):
        colour = COLOURS[i % len(COLOURS)]
        density = np.asarray(fit["density"]).reshape(len(y), len(x))
        ax.contour(x, y, density, sorted(fit["levels"]), **{"colors": colour, "linewidths": 1.2, **style})
        ax.plot([], [], color=colour, label=f"optimum {fit['optimum']}")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.legend(frameon=False)


def _flow(found: Any, ax: Axes, style: dict[str, Any]) -> None:
    for i, variant in enumerate(found.variants):
        moments = [m for m in variant["moments"] if m["kl_reverse"] is not None]
        label = variant["label"] or None
        line = {"color": COLOURS[i % len(COLOURS)], "label": label, **style}
        ax.plot([m["step"] for m in moments], [m["kl_reverse"] for m in moments], **line)
    ax.set(xlabel="step", ylabel=r"$\mathrm{KL}(q\|p)$")
    if any(variant["label"] for variant in found.variants):
        ax.legend(frameon=False)


_DRAWINGS: dict[type[results.Result], Any] = {
    results.SolveResult: _solve,
    results.BifurcateResult: _bifurcate,
    results.BoundaryResult: _boundary,
    results.ProbabilityResult: _probability,
    results.DesignResult: _design,
    results.MeanFieldResult: _mean_field,
    results.FlowResult: _flow,
    results.SweepResult: _sweep,
    results.DiagnoseResult: _diagnose,
}

_SYMBOLS = {
    "schedule.initial_temperature": "$T_0$",
    "schedule.duration": "$t_0$",
    "schedule.rate": r"$\kappa$",
    "target.separation": "separation",
    "start.dimension": "$d$",
    "start.scale": r"$\sigma$",
}


def _symbol(key: str) -> str:
    return _SYMBOLS.get(key, key)


def _name(axis: str) -> str:
    """Y_b as TeX has it."""
    head, _, tail = axis.partition("_")
    return f"{head}_{{{tail}}}" if tail else head
