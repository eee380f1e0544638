"""Schedules in loops of the user's."""

import math
import pickle

import numpy as np
import pytest

import collapsar


def test_beta_at_steps():
    schedule = collapsar.Schedule("geometric", initial_temperature=16.0, duration=4.0, learning_rate=0.5)
    # T = T0^(1 - t/t0): a factor of sqrt 2 a step.
    assert [schedule.beta(n) for n in range(0, 10, 2)] == pytest.approx([1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0], rel=1e-14)
    assert schedule.steps == 8 and schedule.duration == 4.0 and schedule(8) == 1.0
    steps = np.arange(12).reshape(3, 4)
    assert schedule.beta(steps).shape == (3, 4)
    assert np.array_equal(schedule.beta(steps).ravel(), [schedule.beta(int(n)) for n in steps.ravel()])
    assert schedule.temperature(2) == pytest.approx(8.0) and schedule.beta(np.int64(2)) == schedule.beta(2)
    assert isinstance(schedule.beta(np.float64(2.0)), float)


def test_a_schedule_for_a_number_of_steps():
    schedule = collapsar.Schedule("linear-beta", initial_temperature=5.0, duration=7.0, steps=100)
    assert schedule.steps == 100 and schedule.beta(0) == 0.2 and schedule.beta(50) == pytest.approx(0.6)
    assert schedule.beta(99) < 1.0 == schedule.beta(100)


def test_it_travels():
    schedule = collapsar.Schedule("table", times=[0.0, 2.0, 2.0], temperatures=[9.0, 3.0, 1.0], learning_rate=0.1)
    again = pickle.loads(pickle.dumps(schedule))
    assert again == schedule and again.beta(19) == schedule.beta(19) and again.beta(20) == 1.0
    assert collapsar.Schedule(**again.to_dict(), learning_rate=0.1) == schedule


def test_what_design_found_is_used_in_one_line(sphere):
    found = collapsar.design(sphere, wanted=0.05, route="formula", schedules=["hold"], verify=1000)
    assert found.attainable and found.probability.low < 0.08
    schedule = found.as_schedule()
    assert schedule.steps == found.steps.steps and schedule.time_step == found.steps.learning_rate
    assert schedule.temperature(0) == found.schedule.initial_temperature
    again = collapsar.probability({**sphere, "schedule": schedule.to_dict()}, ["exact"]).exact.value
    assert again == pytest.approx(0.05, abs=0.01)


class StopsAt:
    """A progress bar that ends the work after some units."""

    left = 0

    def __init__(self, total: float, unit: str) -> None:
        self.unit = unit

    def update(self, units: int) -> None:
        StopsAt.left -= units
        if StopsAt.left <= 0:
            raise KeyboardInterrupt

    def close(self) -> None:
        pass


def test_an_interrupted_design_goes_on(sphere, tmp_path):
    """What was counted is kept, and the answer is that of a search which nobody interrupted."""
    book = tmp_path / "design.journal"
    counted = {"route": "montecarlo", "schedules": ["hold", "geometric"], "verify": 20_000}
    asked = {"budget": 20.0, **counted, "sections": {"montecarlo": {"samples": 20_000}}}
    whole = collapsar.design(sphere, **asked).to_json()
    StopsAt.left = 4
    with pytest.raises(KeyboardInterrupt):
        collapsar.design(sphere, journal=book, progress=StopsAt, **asked)
    lines = book.read_text().splitlines()
    assert len(lines) > 2
    # The answer of another question is not gone on with.
    with pytest.raises(collapsar.ComputationError, match="another"):
        collapsar.design({**sphere, "target": {"separation": 3.5}}, journal=book, **asked)
    assert book.read_text().splitlines() == lines
    assert collapsar.design(sphere, journal=book, **asked).to_json() == whole
    assert not book.exists()


def test_adaptive_rules_by_hand():
    rng = np.random.default_rng(3)
    log_p = rng.normal(size=500) * 4.0 - 7.0
    schedule = collapsar.AdaptiveSchedule("adaptive-kl", initial_temperature=20.0, tau=0.3, interval=0.2, learning_rate=0.1)
    # A change every second step, by tau over the standard deviation.
    assert schedule.update(log_p, log_p / 20) == 0.05
    beta = schedule.update(log_p, log_p / 20)
    assert beta == pytest.approx(0.05 + 0.3 / log_p.std(ddof=1), rel=1e-12) == schedule.beta
    for _ in range(200):
        schedule.update(log_p, log_p)
    assert schedule.beta == 1.0 and schedule.steps == 202 and schedule.temperature == 1.0
    ess = collapsar.AdaptiveSchedule("adaptive-ess", initial_temperature=20.0, kappa=0.9, interval=0.1, learning_rate=0.1)
    step = ess.update(log_p, log_p / 20) - 0.05
    weights = np.exp(step * (log_p - log_p.max()))
    assert weights.sum() ** 2 / (len(weights) * (weights**2).sum()) == pytest.approx(0.9, rel=1e-9)


def test_what_is_refused():
    for keys, key in [
        ({"kind": "geometric", "initial_temperature": 3.0}, "schedule.duration"),
        ({"kind": "geometric", "initial_temperature": 3.0, "duration": 1.0, "learning_rate": 0.0}, "learning_rate"),
        ({"kind": "geometric", "initial_temperature": 3.0, "duration": 1.0, "steps": 0}, "steps"),
        ({"kind": "geometric", "initial_temperature": 3.0, "duration": 1.0, "steps": 3, "learning_rate": 1.0}, "learning_rate"),
        ({"kind": "adaptive-kl", "initial_temperature": 3.0, "tau": 1.0, "interval": 1.0}, "kind"),
        ({"kind": "exponential", "initial_temperature": 3.0, "rate": -1.0}, "schedule.rate"),
    ]:
        with pytest.raises(collapsar.ConfigError) as refused:
            collapsar.Schedule(**keys)
        assert refused.value.key == key, refused.value
    with pytest.raises(collapsar.ConfigError, match="adaptive-kl or adaptive-ess"):
        collapsar.AdaptiveSchedule("geometric", initial_temperature=3.0, duration=1.0, learning_rate=0.1)
    schedule = collapsar.AdaptiveSchedule("adaptive-kl", initial_temperature=3.0, tau=1.0, interval=1.0, learning_rate=0.1)
    with pytest.raises(collapsar.ConfigError, match="same length"):
        schedule.update([1.0, 2.0], [1.0])
    assert math.isclose(schedule.beta, 1 / 3)
