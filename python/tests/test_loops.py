"""A training loop of the user's: NumPyro's densities, JAX's gradients, our schedule, our verdict."""

import numpy as np
import pytest

import collapsar

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def loop():
    import jax.numpy as jnp
    import numpyro.distributions as dist

    def mixture(means):
        return dist.MixtureSameFamily(
            dist.Categorical(jnp.full(means.shape[0], 1.0 / means.shape[0])),
            dist.MultivariateNormal(means, jnp.eye(means.shape[1])),
        )

    target = mixture(jnp.array([[3.0, 0.0], [-3.0, 0.0]]))

    def loss(means, noise, beta):
        q = mixture(means)
        points = (means[:, None, :] + noise).reshape(-1, means.shape[1])
        return jnp.mean(q.log_prob(points) - beta * target.log_prob(points))

    @jax.jit
    def step(means, noise, beta, learning_rate):
        # The flow moves each mean by its own gradient: the weights of the components are in it.
        return means - learning_rate * jax.grad(loss)(means, noise, beta)

    def fit(start, schedule, steps, seed):
        rng = np.random.default_rng(seed)
        means = jnp.array(start)
        for n in range(steps):
            noise = jnp.array(rng.normal(size=(*means.shape[:1], 128, means.shape[1])))
            means = step(means, noise, schedule.beta(n), schedule.time_step)
        choice = rng.integers(0, 2, size=1000)
        return np.asarray(means)[choice] + rng.normal(size=(1000, 2)), target

    return fit


def test_the_schedule_does_in_jax_what_the_closed_flow_says(loop, pair):
    # Well inside its basin: the noise of a batch does not decide.
    pair["start"]["means"] = [[1.2, 0.6], [0.8, -0.4]]
    pair["schedule"] = {"kind": "exponential", "initial_temperature": 30.0, "rate": 0.1}
    rate = 0.1
    hot = collapsar.Schedule(**pair["schedule"], learning_rate=rate)
    cold = collapsar.Schedule("constant", initial_temperature=1.0, learning_rate=rate)
    start = pair["start"]["means"]
    runs, verdicts = [], []
    for schedule in (cold, hot):
        for seed in range(3):
            samples, target = loop(start, schedule, 800, seed)
            runs.append(samples)
        theory = collapsar.solve({**pair, "schedule": schedule.to_dict()})
        verdicts += [theory.collapsed] * 3
    found = collapsar.diagnose(runs, log_prob=target.log_prob, lost_below=0.5)
    assert verdicts == [True] * 3 + [False] * 3
    assert len(found.modes) == 2 and [bool(run.lost_modes) for run in found.runs] == verdicts


def test_the_adaptive_rule_takes_jax_arrays():
    import jax.numpy as jnp

    schedule = collapsar.AdaptiveSchedule("adaptive-kl", initial_temperature=4.0, tau=0.5, interval=0.1, learning_rate=0.1)
    log_p = jnp.array([-1.0, -2.0, -4.0])
    assert schedule.update(log_p, log_p) == pytest.approx(0.25 + 0.5 / float(jnp.std(log_p, ddof=1)), rel=1e-6)
