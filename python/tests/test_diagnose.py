"""Runs of the user's: arrays, dicts, files."""

import numpy as np
import pytest

import collapsar


def pair_of_modes(count=8, lost=2, n=600, d=3, seed=5):
    """Runs on two modes 6 apart, the last `lost` of which hold one alone."""
    rng = np.random.default_rng(seed)
    shift = np.zeros(d)
    shift[0] = 3.0
    runs = []
    for i in range(count):
        side = rng.choice([-1.0, 1.0], size=(n, 1)) if i < count - lost else np.ones((n, 1))
        runs.append(rng.normal(size=(n, d)) + side * shift)
    return runs


def log_prob(x):
    shift = np.zeros(x.shape[1])
    shift[0] = 3.0
    return np.logaddexp(-0.5 * ((x - shift) ** 2).sum(1), -0.5 * ((x + shift) ** 2).sum(1))


def test_arrays_files_and_dicts_say_the_same(tmp_path):
    runs = pair_of_modes()
    found = collapsar.diagnose(runs)
    assert len(found.modes) == 2 and (found.probability.n, found.probability.value) == (8, 0.25)
    assert [bool(run.lost_modes) for run in found.runs] == [False] * 6 + [True] * 2
    assert found.runs[0].file == "run 1"
    paths = []
    for i, run in enumerate(runs):
        paths.append(tmp_path / f"{i}.npy")
        np.save(paths[-1], run)
    for same in (collapsar.diagnose(paths), collapsar.diagnose([{"samples": run, "name": f"r{i}"} for i, run in enumerate(runs)])):
        assert same.probability == found.probability
        assert [run.lost_modes for run in same.runs] == [run.lost_modes for run in found.runs]


def test_log_densities_from_a_function_or_arrays():
    runs = pair_of_modes()
    by_function = collapsar.diagnose(runs, log_prob=log_prob)
    by_arrays = collapsar.diagnose(runs, log_prob=[log_prob(run) for run in runs])
    assert by_function.to_json() == by_arrays.to_json()
    assert by_function.separations[0].barrier > 3.0
    with_q = collapsar.diagnose(runs, log_prob=log_prob, log_q=[log_prob(run) - np.log(2.0 if i < 6 else 1.0) for i, run in enumerate(runs)])
    assert with_q.recognition is not None


def test_known_modes_weights_and_a_second_set():
    cold, warm = pair_of_modes(lost=5), pair_of_modes(lost=0, seed=6)
    modes = [[3.0, 0.0, 0.0], [-3.0, 0.0, 0.0]]
    found = collapsar.diagnose(cold, against=warm, modes=modes, weights=[0.5, 0.5])
    assert found.probability.value == 5 / 8 and found.comparison.p < 0.05
    assert found.to_pandas().shape[0] == 16
    assert "collapsed" in found.summary


def test_traces_and_coverages():
    times = np.linspace(0.0, 10.0, 21)
    means = np.zeros((21, 2, 2))
    means[:, 0, 0] = means[:, 1, 0] = 3.0 * np.tanh(times)
    apart = means.copy()
    apart[:, 1, 0] *= -1.0
    trace = {"weights": np.full((21, 2), 0.5), "variances": np.ones((21, 2)), "times": times}
    found = collapsar.diagnose([{"means": apart, **trace}, {"means": means, **trace}, {"means": apart, **trace}])
    assert found.probability.value == pytest.approx(1 / 3)
    assert [run.get("mechanism") for run in found.runs][1] == "mean-alignment"
    shares = collapsar.diagnose([{"coverage": [0.5, 0.5]}, {"coverage": [0.98, 0.0]}])
    assert shares.runs[1].lost_modes == [1] and shares.probability.value == 0.5


def test_the_fitted_problem_goes_on_to_the_theory():
    found = collapsar.diagnose(pair_of_modes(d=2), family="mixture")
    problem = found.problem()
    probability = collapsar.probability(problem, ["montecarlo"], montecarlo={"samples": 1000})
    assert 0.0 <= probability.montecarlo.value <= 1.0


def test_what_is_refused():
    runs = pair_of_modes()
    for call, words in [
        (lambda: collapsar.diagnose([]), "run"),
        (lambda: collapsar.diagnose([runs[0], runs[1][:, :2]]), "dimension"),
        (lambda: collapsar.diagnose([np.full((5, 2), np.nan)]), "not finite"),
        (lambda: collapsar.diagnose([np.zeros(5)]), "axes sample, coordinate"),
        (lambda: collapsar.diagnose([["a", "b"]]), "array of numbers"),
        (lambda: collapsar.diagnose(["nowhere.npy"]), "be readable"),
        (lambda: collapsar.diagnose([{"sample": runs[0]}]), "hold samples, means or coverage"),
        (lambda: collapsar.diagnose(runs, log_prob=[runs[0][:, 0]]), "each of the 8 runs"),
        (lambda: collapsar.diagnose([{"samples": runs[0], "log_p": [1.0]}]), "hold 600"),
        (lambda: collapsar.diagnose(runs, lost_below=2.0), "lost_below"),
        (lambda: collapsar.diagnose(runs, modes=[[1.0]]), "coordinates"),
    ]:
        with pytest.raises(collapsar.ConfigError, match=words):
            call()
