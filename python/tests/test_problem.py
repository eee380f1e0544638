"""Problems: where they come from, what they refuse."""

import pickle

import numpy as np
import pytest

import collapsar


def test_the_same_problem_from_a_dict_keywords_a_text_and_a_file(tmp_path, pair):
    whole = collapsar.Problem(pair)
    assert collapsar.Problem(**pair) == whole == collapsar.Problem.from_dict(whole.to_dict())
    path = tmp_path / "pair.toml"
    path.write_text(whole.to_toml())
    assert collapsar.Problem.from_toml(path) == collapsar.Problem.from_toml(whole.to_toml()) == whole
    answers = {collapsar.solve(p).to_json() for p in (pair, whole, path, str(path), collapsar.Problem.from_toml(path))}
    assert len(answers) == 1


def test_values_of_numpy_and_none(pair):
    pair["start"]["means"] = np.array(pair["start"]["means"])
    pair["target"]["separation"] = np.float64(3.0)
    pair["solve"]["times"] = (np.float32(0.0), np.int64(1), 10, 40.0)
    pair["family"]["metric"] = None
    assert collapsar.solve(pair).times.tolist() == [0.0, 1.0, 10.0, 40.0]


def test_changes(pair):
    problem = collapsar.Problem(pair)
    cold = problem.with_(schedule={"kind": "constant", "initial_temperature": 1.0, "rate": None})
    assert problem["schedule"]["kind"] == "exponential" and "rate" not in cold["schedule"] and "solve" in cold
    assert collapsar.solve(cold).collapsed and not collapsar.solve(problem).collapsed
    assert collapsar.solve(problem, times=[0.0, 2.0]).times.tolist() == [0.0, 2.0]
    warm = collapsar.solve(problem, sections={"schedule": {"initial_temperature": 1.0}})
    assert warm.collapsed and warm.config["schedule"]["initial_temperature"] == 1.0


def test_pickles(tmp_path, pair):
    path = tmp_path / "pair.toml"
    path.write_text(collapsar.Problem(pair).to_toml())
    for problem in (collapsar.Problem(pair), collapsar.Problem.from_toml(path)):
        again = pickle.loads(pickle.dumps(problem))
        assert again == problem and again.name == problem.name
    with pytest.raises(collapsar.ConfigError) as refused:
        collapsar.Problem(target={"seperation": 1.0})
    again = pickle.loads(pickle.dumps(refused.value))
    assert (str(again), again.key, again.line) == (str(refused.value), "target.seperation", None)
    record = collapsar.solve(pair).limit
    assert pickle.loads(pickle.dumps(record)).status == record.status
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(collapsar.solve(pair))


BAD = [
    # What is given, the function, key, value, a part of the rule or of the message.
    ({"target": {"seperation": 3.0}}, None, "target.seperation", None, "did you mean `separation`?"),
    ({"targets": {"separation": 3.0}}, None, "targets", None, "did you mean `target`?"),
    ({"target": {"separation": -1.0}}, collapsar.solve, "target.separation", "-1", "must"),
    ({"target": {"separation": "far"}}, collapsar.solve, "target.separation", '"far"', "must"),
    ({"target": {"separation": object()}}, None, "target.separation", None, "be a number"),
    ({"target": {"separation": 2**70}}, None, "target.separation", str(2**70), "be a number"),
    ({"target": {"separation": float("nan")}}, collapsar.solve, "target.separation", None, "must"),
    ({"target": {"means": [[1.0, 2.0], [3.0]]}}, collapsar.solve, "target.means", None, "must"),
    ({"target": {"means": [[1.0], [3.0]], "weights": [0.5, 0.6]}}, collapsar.solve, "target.weights", None, "must"),
    ({"target": 3.0}, None, "target", "3.0", "be a dict of its keys"),
    ({"target": {1: 2}}, None, "target", "1", "have texts for keys"),
    ({"target": {"separation": 3.0}, "schedule": {"kind": "geometrical"}}, collapsar.solve, "schedule.kind", None, ""),
    ({"target": {"separation": 3.0}, "solve": {"times": []}}, collapsar.solve, "solve.times", None, "must"),
]


@pytest.mark.parametrize(("sections", "function", "key", "value", "words"), BAD, ids=range(len(BAD)))
def test_what_is_refused(sections, function, key, value, words):
    with pytest.raises(collapsar.ConfigError) as refused:
        problem = collapsar.Problem(sections)
        function({**problem.to_dict(), "start": {"means": [[0.1], [0.2]]}, "family": {"preset": "free"}})
    error = refused.value
    assert isinstance(error, ValueError)
    assert error.key == key and error.line is None
    assert value is None or error.value == value
    assert words in str(error), str(error)


def test_lines_of_a_text_are_named(tmp_path, command_line):
    text = "[target]\nseparation = 3.0\n\n[schedule]\nkind = \"geometric\"\ninitial_temperature = 0\nduration = 3\n[start]\nmeans = [[1.0]]\n"
    with pytest.raises(collapsar.ConfigError) as refused:
        collapsar.solve(collapsar.Problem.from_toml(text))
    assert (refused.value.line, refused.value.key, refused.value.value) == (6, "schedule.initial_temperature", "0")
    code, _, errors = command_line("solve", text)
    assert code == 2 and refused.value.rule in errors and "line 6" in errors
    path = tmp_path / "no.toml"
    with pytest.raises(FileNotFoundError):
        collapsar.solve(path)
    path.write_text("[target\n")
    with pytest.raises(collapsar.ConfigError, match="line 1"):
        collapsar.solve(path)


def test_arguments_are_refused_like_keys(pair, sphere):
    for call, key in [
        (lambda: collapsar.solve(pair, threads=0), "threads"),
        (lambda: collapsar.solve(pair, threads=-1), "threads"),
        (lambda: collapsar.probability(sphere, ["exactly"]), "routes"),
        (lambda: collapsar.solve(pair, time=[1.0]), "solve.time"),
        (lambda: collapsar.probability(sphere, ["exact"], montecarlos={"samples": 3}), "montecarlos"),
        (lambda: collapsar.Flow(b"nothing"), "weights"),
        (lambda: collapsar.sweep(sphere, {"schedule.duration": []}), "sweep.schedule.duration"),
        (lambda: collapsar.sweep(sphere, {"schedule.pace": [1.0]}), "schedule.pace"),
    ]:
        with pytest.raises(collapsar.ConfigError) as refused:
            call()
        assert refused.value.key == key, refused.value


def test_what_has_no_answer_says_why():
    problem = {"target": {"separation": 3.0}, "family": {"preset": "free"}, "start": {"means": [[1.0], [2.0]]}}
    with pytest.raises(collapsar.ConfigError, match="a probability needs a law"):
        collapsar.probability(problem)
