"""Every number is the command line's, to the last bit, for any number of threads."""

import json
import pickle
import subprocess

import numpy as np
import pytest

import collapsar
from conftest import CONFIGS, PROGRAM

# A verb, its function, the configuration, and what makes it quick.
CASES = [
    ("solve", collapsar.solve, "free-pair", {}),
    ("solve", collapsar.solve, "paper-pair", {}),
    ("solve", collapsar.solve, "trajectories-free", {}),
    ("bifurcate", collapsar.bifurcate, "bifurcation-free", {"bifurcation": {"points": 5}}),
    ("boundary", collapsar.boundary, "boundary-free", {"boundary": {"points": 5}}),
    ("probability", collapsar.probability, "probability-free", {"montecarlo": {"samples": 2000}}),
    ("density", collapsar.density, "density", {}),
    ("portrait", collapsar.portrait, "portrait", {"portrait": {"temperatures": [2.0]}}),
    ("mean-field", collapsar.mean_field, "mean-field", {}),
    ("design", collapsar.design, "design-sphere", {"design": {"route": "formula", "schedules": ["hold"], "verify": 1000}}),
    ("realnvp", collapsar.train_flow, "realnvp", {"training": {"steps": 20, "samples": 200}, "compare": None}),
]


def configuration(name, changes):
    problem = collapsar.Problem.from_toml(CONFIGS / f"{name}.toml")
    sections = problem.to_dict()
    for section, values in changes.items():
        if values is None:
            sections.pop(section, None)
        else:
            sections[section] = {**sections.get(section, {}), **values}
    return collapsar.Problem(sections)


@pytest.mark.parametrize(("verb", "function", "name", "changes"), CASES, ids=[f"{c[0]}-{c[2]}" for c in CASES])
def test_the_record_is_that_of_the_command_line(command_line, verb, function, name, changes):
    problem = configuration(name, changes)
    code, record, errors = command_line(verb, problem.to_toml())
    assert code == 0, errors
    one, two = function(problem, threads=1), function(problem, threads=2)
    # A flow's record names the file of its weights, which is called after the configuration.
    named = {"realnvp": lambda text: text.replace('"run.safetensors"', '"problem.safetensors"')}.get(verb, lambda text: text)
    assert one.to_json() == two.to_json() == named(record)


def test_sweep(command_line, sphere):
    problem = collapsar.Problem(sphere, sweep={"schedule.duration": [5.0, 20.0], "routes": ["formula", "montecarlo"]})
    problem = problem.with_(montecarlo={"samples": 1000})
    code, record, errors = command_line("sweep", problem.to_toml())
    assert code == 0, errors
    assert collapsar.sweep(problem).to_json() == record
    grid = {"schedule.duration": np.array([5.0, 20.0])}
    assert collapsar.sweep(problem, grid, routes=["formula", "montecarlo"]).to_json() == record


def test_sample(tmp_path, trained, flow):
    path = tmp_path / "flow.safetensors"
    path.write_bytes(list(trained.files().values())[0])
    command = [PROGRAM, "sample", path, "--count", "50", "--seed", "3"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    rows = np.genfromtxt(printed.splitlines()[1:], delimiter=",")
    points, log_q = collapsar.sample(path, 50, seed=3)
    assert np.array_equal(rows[:, :-1], points) and np.array_equal(rows[:, -1], log_q)
    assert np.array_equal(flow.log_prob(points), log_q)
    flow.save(path)
    assert np.array_equal(pickle.loads(pickle.dumps(collapsar.Flow(path))).log_prob(points), log_q)


def test_fields_are_arrays_attributes_and_items(pair):
    found = collapsar.solve(pair)
    assert found.means.shape == (4, 2, 2) and found.gram.shape == (4, 4, 4)
    assert found.times.tolist() == [0.0, 1.0, 10.0, 40.0] and found.times.dtype == np.float64
    assert found.collapsed is False and found["mechanism"] == "none"
    assert found.limit.status == "equilibrium" and found.limit.lost_modes == []
    assert found.at_end.coverage.sum() == pytest.approx(1.0, abs=1e-12)
    plain = found.to_dict()
    assert plain == json.loads(found.to_json()) and plain["times"] == [0.0, 1.0, 10.0, 40.0]
    assert collapsar.Problem(found.config).to_dict()["target"] == found.config["target"]
    assert collapsar.solve(found.config).to_json() == found.to_json()
    assert found.summary.splitlines()[-1].startswith("verdict     recovered")
    assert dir(found).count("coverage") == 1 and "coverage" in repr(found)
    with pytest.raises(AttributeError, match="no field 'overage'"):
        found.overage


def test_variants_have_the_configuration_of_the_first(trained):
    several = collapsar.solve(CONFIGS / "trajectories-free.toml")
    assert several.config == several.to_dict()["variants"][0]["config"]
    assert trained.config["training"]["steps"] == 20
    assert collapsar.density(CONFIGS / "density.toml").config["target"]["weights"]


def test_tables(pair):
    frame = collapsar.solve(pair).to_pandas()
    assert list(frame.columns[:2]) == ["time", "temperature"] and len(frame) > 50
    assert float(frame["temperature"].iloc[0]) == 5.0
    law = {"target": {"separation": 2.5}, "start": {"dimension": 1, "scale": 1.0}, "montecarlo": {"samples": 500}}
    found = collapsar.probability(law, ["montecarlo", "exact"])
    with pytest.raises(collapsar.ConfigError, match="one that has a table"):
        found.to_csv()
    frame = found.to_pandas()
    assert list(frame.index) == ["exact", "montecarlo"] and frame["value"]["exact"] == found.exact.value
    assert frame["n"]["montecarlo"] == 500 and np.isnan(frame["n"]["exact"])


def test_short_cuts():
    problem = {"target": {"separation": 3.0}, "family": {"preset": "free"}}
    # Reference of the critical temperature: theory section 6, by the interval method of the bifurcation module.
    assert collapsar.critical_temperature(problem) == pytest.approx(3.3129993481511977, rel=1e-12)
    cold, hot = collapsar.equilibria(problem, 1.0), collapsar.equilibria(problem, 6.0)
    stable = [e for e in cold if e.kind == "stable-node" or e.unstable == 0]
    assert len(cold) == 13 and stable and len(hot) < len(cold)


def test_a_probability_is_a_number():
    found = collapsar.probability({"target": {"separation": 2.5}, "start": {"dimension": 1, "scale": 1.0}}, "exact")
    # The example of the library, checked there against Monte Carlo and simulation.
    assert float(found) == pytest.approx(0.21537910, abs=1e-6)
