"""Flows on targets that are functions of Python."""

import pickle

import collapsar
import numpy as np
import pytest

FLOW = {"couplings": 4, "hidden": [32], "precision": "double"}
MODES = np.array([[2.0, 0.5], [-2.0, -0.5]])
WEIGHTS = np.array([0.7, 0.3])
SHORT = {"steps": 60, "batch": 64, "samples": 500}


def parts(x: np.ndarray) -> np.ndarray:
    return np.log(WEIGHTS) - 0.5 * np.sum((x[:, None] - MODES) ** 2, axis=2)


def log_mixture(x: np.ndarray) -> np.ndarray:
    return np.logaddexp.reduce(parts(x), axis=1) - np.log(2 * np.pi)


def mixture_score(x: np.ndarray) -> np.ndarray:
    share = parts(x)
    share = np.exp(share - np.logaddexp.reduce(share, axis=1)[:, None])
    return share @ MODES - x


@pytest.fixture
def problem() -> collapsar.Problem:
    schedule = {"kind": "geometric", "initial_temperature": 10.0, "duration": 0.03}
    return collapsar.Problem(start={"dimension": 2, "seed": 3}, flow=FLOW, schedule=schedule)


def test_a_mixture_as_a_function_is_fitted_as_the_mixture(problem: collapsar.Problem) -> None:
    told = collapsar.train_flow(problem, log_prob=log_mixture, grad=mixture_score, **SHORT)
    target = {"means": MODES, "weights": WEIGHTS}
    own = collapsar.train_flow(problem.with_(target=target), **SHORT).variants[0]
    assert told.parameters == own.parameters
    for one, two in zip(told.moments, own.moments, strict=True):
        assert (one.step, one.time, one.temperature) == (two.step, two.time, two.temperature)
        assert one.objective == pytest.approx(two.objective, abs=1e-9)
    assert told.evaluation.kl_reverse.value == pytest.approx(own.evaluation.kl_reverse.value, abs=1e-9)
    assert told.evaluation.log_z.error == pytest.approx(own.evaluation.log_z.error, abs=1e-9)
    # A batch at a time, and the samples of the evaluation.
    assert told.calls == SHORT["steps"] + 1 and told.seconds > 0


def test_both_at_once_and_any_number_of_threads(problem: collapsar.Problem) -> None:
    apart = collapsar.train_flow(problem, log_prob=log_mixture, grad=mixture_score, threads=1, **SHORT)
    both = collapsar.train_flow(problem, log_prob=lambda x: (log_mixture(x), mixture_score(x)), threads=2, **SHORT)
    assert both.evaluation.log_z.value == apart.evaluation.log_z.value
    assert [m.objective for m in both.moments] == [m.objective for m in apart.moments]
    again = pickle.loads(pickle.dumps(both))
    points = np.array([[0.1, 0.2], [1.0, -1.0]])
    assert np.array_equal(again.flow().log_prob(points), apart.flow().log_prob(points))
    assert again.calls == both.calls and again.config == both.config


def test_a_product_measure_on_a_function(problem: collapsar.Problem) -> None:
    """Two modes on the diagonal: the trained maps end on the optimum of the mean-field equations, on one of them."""
    modes = np.array([[1.6, 1.6], [-1.6, -1.6]])

    def both(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        parts = np.log([0.6, 0.4]) - 0.5 * np.sum((x[:, None] - modes) ** 2, axis=2)
        log_p = np.logaddexp.reduce(parts, axis=1)
        return log_p - np.log(2 * np.pi), np.exp(parts - log_p[:, None]) @ modes - x

    exact = collapsar.mean_field({"target": {"means": modes, "weights": [0.6, 0.4]}}).optima
    settings = {"steps": 1500, "step_size": 2e-2, "settle": 0.5, "samples": 20_000}
    for knots, above in [(33, 0.0), (1, 1e-3)]:
        problem = collapsar.Problem(start={"dimension": 2}, flow={"kind": "mean-field", "knots": knots})
        fit = collapsar.train_flow(problem, log_prob=both, **settings)
        found = fit.evaluation.kl_reverse
        best = min(exact, key=lambda optimum: abs(optimum.objective - found.value)).objective
        assert found.value > best + above - 3 * found.error
        assert found.value < best + 0.02
        again = pickle.loads(pickle.dumps(fit)).flow()
        x, log_q = again.sample(100)
        assert np.allclose(again.log_prob(x), log_q, atol=1e-10)
    with pytest.raises(collapsar.ConfigError, match="flow.couplings"):
        collapsar.train_flow(problem.with_(flow={"kind": "mean-field", "couplings": 2}), log_prob=both)


def test_a_function_of_jax(problem: collapsar.Problem) -> None:
    jax = pytest.importorskip("jax")

    def banana(x):
        return -0.5 * x[0] ** 2 - 2.0 * (x[1] - 0.5 * x[0] ** 2 + 1.0) ** 2

    fit = collapsar.train_flow(
        problem.with_(flow={**FLOW, "couplings": 6}, schedule={"kind": "constant", "initial_temperature": 1.0, "duration": None}),
        log_prob=jax.jit(jax.vmap(jax.value_and_grad(banana))),
        steps=1500,
        batch=128,
        step_size=3e-3,
        settle=0.5,
        samples=20000,
    )
    # Z = 2 pi sqrt(1/4); single precision of JAX.
    assert fit.evaluation.log_z.value == pytest.approx(np.log(np.pi), abs=0.02)
    assert fit.evaluation.reverse_ess > 0.9
    # What was trained can be diagnosed: bent, and one mode.
    found = collapsar.diagnose([fit.flow().sample(2000, seed)[0] for seed in (1, 2, 3)])
    assert len(found.modes) == 1 and len(found.runs) == 3


def test_what_a_function_raises_is_raised(problem: collapsar.Problem) -> None:
    calls = []

    def fails(x: np.ndarray) -> np.ndarray:
        calls.append(len(x))
        if len(calls) == 5:
            raise ZeroDivisionError("at the fifth batch")
        return log_mixture(x)

    with pytest.raises(ZeroDivisionError, match="fifth"):
        collapsar.train_flow(problem, log_prob=fails, grad=mixture_score, **SHORT)
    assert calls == [64] * 5


def test_an_interrupt_in_a_function_is_one(problem: collapsar.Problem) -> None:
    def interrupted(x: np.ndarray) -> np.ndarray:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collapsar.train_flow(problem, log_prob=interrupted, grad=mixture_score, **SHORT)


def test_numbers_that_are_not_finite_end_the_run(problem: collapsar.Problem) -> None:
    fit = collapsar.train_flow(problem, log_prob=lambda x: np.full(len(x), np.nan), grad=mixture_score, **SHORT)
    assert fit.diverged_at == 0 and fit.evaluation is None


@pytest.mark.parametrize(
    ("more", "key", "words"),
    [
        ({"log_prob": lambda x: np.zeros(3)}, "log_prob", "shape"),
        ({"log_prob": log_mixture, "grad": lambda x: x[:, :1]}, "grad", "shape"),
        ({"log_prob": lambda x: ["a"] * len(x)}, "log_prob", "array of numbers"),
        ({"log_prob": log_mixture, "grad": None}, "log_prob", "come with `grad`"),
        ({"sections": {"target": {"separation": 3.0}}}, "target.separation", "the target is a function"),
        ({"sections": {"family": {"preset": "free"}}}, "family.preset", "the target is a function"),
        ({"criterion": "spread"}, "training.criterion", "modes of a function"),
        ({"batch": 1}, "training.batch", "2"),
        ({"sections": {"start": {"dimension": None}}}, "start.dimension", "missing"),
        ({"sections": {"start": {"dimension": 1}}}, "start.dimension", "between 2 and 4096"),
    ],
)
def test_bad_input_is_named(problem: collapsar.Problem, more: dict, key: str, words: str) -> None:
    given = {"log_prob": log_mixture, "grad": mixture_score, **SHORT, **more}
    with pytest.raises(collapsar.ConfigError, match=words) as caught:
        collapsar.train_flow(problem, **given)
    assert caught.value.key == key


def test_a_gradient_alone_is_refused(problem: collapsar.Problem) -> None:
    with pytest.raises(collapsar.ConfigError, match="log_prob"):
        collapsar.train_flow(problem, grad=mixture_score)
