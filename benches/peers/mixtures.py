"""Many components on many modes in the plane: NumPy/SciPy, JAX with diffrax, then the command line, in one run on one core.

    taskset -c 0 python mixtures.py COLLAPSAR

1. Eight components with trained weights on a ring of eight modes of radius 4, cooled from T = 4 at rate 0.3, through t = 20,
   at relative tolerance 1e-8: solve_ivp (RK45) and diffrax (Tsit5), both with averages over a plain grid of 61 x 61 nodes
   about every component. COLLAPSAR goes on to the limit.
2. An ensemble of three components on three modes at distance 3 from the origin, cooled from T = 5 at rate 0.3, each through
   t = 60 at 1e-5: diffrax with vmap, 41 x 41 nodes. COLLAPSAR goes on to certain ends.

COLLAPSAR is the program. Prints seconds, without compilation, and how far the means are apart at t = 20.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import logsumexp

jax.config.update("jax_enable_x64", True)


def ring(count, radius):
    angle = 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angle), np.sin(angle)], 1)


def scattered(count, first, size):
    at = np.arange(first, first + count)[:, None] * np.array([0.754877666246693, 0.5698402909980532])
    return size * (2 * ((0.5 + at) % 1) - 1)


def grid(nodes, reach=7.5):
    axis = np.linspace(-reach, reach, nodes)
    g = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)
    w = np.exp(-0.5 * (g**2).sum(1))
    return g, w / w.sum()


def field(np_, lse, modes, g, w, hot, rate, t, means, logits):
    """Theory (2), (4): Euclidean metric, unit variance, softmax weights where logits are given."""
    beta = 1 / (1 + (hot - 1) * np_.exp(-rate * t))
    x = means[:, None, :] + g[None]
    log_w = logits - lse(logits, 0)

    def log_and_centre(points, logs):
        u = logs - 0.5 * ((x[:, :, None, :] - points) ** 2).sum(-1)
        total = lse(u, 2)
        return total, np_.exp(u - total[..., None]) @ points

    log_q, own = log_and_centre(means, log_w)
    log_p, target = log_and_centre(modes, np_.zeros(len(modes)) - np_.log(len(modes)))
    # b = grad log q - beta grad log p.
    b = (own - x) - beta * (target - x)
    share = np_.exp(log_w)
    f = (log_q - beta * log_p) @ w
    return -share[:, None] * np_.einsum("n,knd->kd", w, b), -share * (f - share @ f)


def by_scipy(modes, start, nodes, end):
    g, w = grid(nodes)
    k = len(start)

    def rates(t, y):
        m, l = field(np, lambda u, axis: logsumexp(u, axis), modes, g, w, 4.0, 0.3, t, y[: 2 * k].reshape(k, 2), y[2 * k :])
        return np.concatenate([m.ravel(), l])

    begun = time.perf_counter()
    y0 = np.concatenate([start.ravel(), np.full(k, -np.log(k))])
    found = solve_ivp(rates, (0, end), y0, rtol=1e-8, atol=1e-10)
    return time.perf_counter() - begun, found.nfev, found.y[: 2 * k, -1].reshape(k, 2)


def jax_run(modes, nodes, end, hot, rate, tolerance, trained):
    g, w = map(jnp.asarray, grid(nodes))
    modes = jnp.asarray(modes)

    def rates(t, y, _):
        m, l = field(jnp, lambda u, axis: jax.nn.logsumexp(u, axis), modes, g, w, hot, rate, t, *y)
        return m, l if trained else 0 * l

    def run(start):
        y0 = (start, jnp.full(len(start), -jnp.log(float(len(start)))))
        control = diffrax.PIDController(rtol=tolerance, atol=tolerance / 100)
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(rates), diffrax.Tsit5(), 0.0, end, 0.01, y0, stepsize_controller=control, max_steps=100_000
        )
        return found.ys[0][-1], found.stats["num_steps"]

    return run


def timed(f, *arguments):
    jax.block_until_ready(f(*arguments))
    begun = time.perf_counter()
    found = jax.block_until_ready(f(*arguments))
    return time.perf_counter() - begun, found


def command(program, verb, config, *more):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(config)
        begun = time.perf_counter()
        subprocess.run([program, verb, str(path), "--out", folder, *more], check=True, capture_output=True)
        return time.perf_counter() - begun, json.loads((Path(folder) / "config.json").read_text())


def main():
    program = sys.argv[1]
    modes, start = ring(8, 4.0), scattered(8, 100, 0.5)
    config = f"""
[target]
means = {modes.tolist()}
[family]
train_weights = "softmax"
[schedule]
kind = "exponential"
initial_temperature = 4.0
rate = 0.3
[start]
means = {start.tolist()}
[solve]
times = [0.0, 20.0]
relative_tolerance = 1e-8
absolute_tolerance = 1e-10
"""
    ours, record = command(program, "solve", config)
    means = np.array(record["means"][-1])
    seconds, evaluations, found = by_scipy(modes, start, 61, 20.0)
    apart = np.abs(found - means).max()
    print(f"ring of 8, scipy: {seconds:.2f} s, {evaluations} evaluations, means within {apart:.1e}", flush=True)
    seconds, (found, steps) = timed(jax.jit(jax_run(modes, 61, 20.0, 4.0, 0.3, 1e-8, True)), jnp.asarray(start))
    apart = np.abs(found - means).max()
    print(f"ring of 8, diffrax: {seconds:.2f} s, {steps} steps, means within {apart:.1e}", flush=True)
    print(f"ring of 8, collapsar solve, to the limit: {ours:.2f} s", flush=True)

    modes, draws = ring(3, 3.0), 64
    starts = jnp.asarray(np.random.default_rng(1).normal(size=(draws, 3, 2)))
    seconds, _ = timed(jax.jit(jax.vmap(jax_run(modes, 41, 60.0, 5.0, 0.3, 1e-5, False))), starts)
    print(f"three on three, diffrax vmap of {draws}: {1e3 * seconds / draws:.1f} ms a run to t = 60", flush=True)
    config = f"""
[target]
means = {modes.tolist()}
[family]
components = 3
[schedule]
kind = "exponential"
initial_temperature = 5.0
rate = 0.3
[start]
dimension = 2
scale = 1.0
[montecarlo]
samples = 640
"""
    seconds, _ = command(program, "probability", config, "--route", "montecarlo")
    print(f"three on three, collapsar: {1e3 * seconds / 640:.1f} ms a run to its certain end", flush=True)


if __name__ == "__main__":
    main()
