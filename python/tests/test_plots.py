"""Pictures: each kind of result draws itself on the axes of the user's."""

import matplotlib
import numpy as np
import pytest

import collapsar
from conftest import CONFIGS
from test_diagnose import pair_of_modes

matplotlib.use("agg")


@pytest.fixture
def ax():
    from matplotlib import pyplot

    figure, ax = pyplot.subplots()
    yield ax
    figure.canvas.draw()
    pyplot.close(figure)


def test_a_run(ax, pair):
    assert collapsar.solve(pair).plot(ax, linewidth=3.0) is ax
    assert ax.get_xlabel() == "time $t$" and len(ax.lines) == 4 and ax.lines[0].get_linewidth() == 3.0


def test_probabilities(ax, sphere):
    found = collapsar.probability(sphere, ["formula", "montecarlo"], montecarlo={"samples": 1000})
    found.plot(ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["montecarlo", "formula"]


def test_a_grid(ax, sphere):
    grid = {"schedule.initial_temperature": [3.0, 30.0], "schedule.duration": [5.0, 10.0]}
    collapsar.sweep(sphere, grid, routes=["formula"]).plot(ax)
    assert ax.get_xlabel() == "$t_0$" and [t.get_text() for t in ax.get_legend().get_texts()] == ["$T_0$ = 3.0", "$T_0$ = 30.0"]


def test_runs(ax):
    collapsar.diagnose(pair_of_modes()).plot(ax)
    assert ax.get_ylabel() == "run" and len(ax.patches) == 16


def test_pairs(ax):
    problem = {"target": {"separation": 3.0}, "family": {"preset": "free"}}
    collapsar.bifurcate(problem, points=5).plot(ax)
    assert ax.get_xlabel() == "temperature $T$"


def test_boundaries(ax):
    collapsar.boundary(CONFIGS / "boundary-free.toml", points=6).plot(ax)
    assert ax.get_xlabel() == "$x$" and ax.get_ylabel() == "$Y_{b}$" and len(ax.lines) == 6


def test_products(ax):
    collapsar.mean_field({"target": {"means": [[2.0, 2.0], [-2.0, -2.0]], "weights": [0.6, 0.4]}}).plot(ax)
    assert ax.get_ylabel() == "$x_2$"


def test_flows(ax, trained):
    trained.plot(ax)
    assert ax.get_xlabel() == "step"


def test_what_a_notebook_shows(pair):
    found = collapsar.solve(pair)
    page = found._repr_html_()
    assert page.startswith("<pre") and ">problem" in page and "<svg" in page and "recovered" in page
    assert found.png()[:8] == b"\x89PNG\r\n\x1a\n" and found.figures == [""]
    with pytest.raises(collapsar.ConfigError, match="below the number of figures"):
        found.svg(1)
    with pytest.raises(collapsar.ConfigError, match="others have `svg`"):
        collapsar.density(CONFIGS / "density.toml").plot()
    assert np.isfinite(found.average_error)

