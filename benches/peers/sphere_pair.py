"""The ensemble of the sphere pair, variance slaved, by other tools, one thread.

R = 3, w* = 0.8, d = 512, geometric cooling from T = 90 over 35, starts read from the file that
`cargo bench --bench ensemble` writes (lines m_1,m_2,s).

    taskset -c 0 python sphere_pair.py STARTS [RTOL]

Rules: `fixed`, every run to t = 60; `early`, a run ends once the means are beyond +-eps on different sides (it is then
certain to recover). Prints microseconds of processor time a trajectory and the share with s > 0 at the end.
"""

import math
import sys

import numpy as np
from laws import P, V, diffrax_vmap, logistic, stepper, timed
from numba import njit

R, WEIGHT, HOT, COOLING, END = 3.0, 0.8, 90.0, 35.0, 60.0
H = math.log(WEIGHT / (1.0 - WEIGHT)) / 2.0
EPS = H / R**2


@njit(inline="always")
def rates(_, t, m1, m2, s):
    beta = math.exp(-math.log(HOT) * max(1.0 - t / COOLING, 0.0))
    q = 2.0 * R * R * beta * max(1.0 - s, 0.0)
    # g c = 1/(2 beta): the repulsion over var = 1/beta, and beta tau.
    push = 0.5 * logistic(-q / 2.0, math.sqrt(q))
    spread = 2.0 * R / math.sqrt(beta)
    pull1 = 0.5 * (2.0 * logistic(2.0 * (R * R * m1 + H), spread) - 1.0)
    pull2 = 0.5 * (2.0 * logistic(2.0 * (R * R * m2 + H), spread) - 1.0)
    cross1, cross2 = m2 - m1 * s, m1 - m2 * s
    return (
        pull1 * (1.0 - m1 * m1) - push * cross1,
        pull2 * (1.0 - m2 * m2) - push * cross2,
        pull1 * cross1 + pull2 * cross2 - 2.0 * push * (1.0 - s * s),
    )


@njit(inline="always")
def certain(m1, m2, s):
    return (m1 >= EPS and m2 <= -EPS) or (m2 >= EPS and m1 <= -EPS)


@njit(inline="always")
def collapsed(m1, m2, s):
    return s > 0.0 and not certain(m1, m2, s)


def heyoka_batch(rtol, batch):
    import heyoka as hy

    m1, m2, s = hy.make_vars("m1", "m2", "s")

    def law(a, b_square):
        return sum(float(p) * 0.5 * (1.0 + hy.erf(a / hy.sqrt(2.0 * (float(v) + b_square)))) for p, v in zip(P, V))

    # par[0] is the rate of log beta, par[1] the time at which beta is 1: two smooth pieces.
    beta = hy.exp(hy.par[0] * (hy.time - hy.par[1]))
    q = 2.0 * R * R * beta * (1.0 - s)
    push = 0.5 * law(-q / 2.0, q)
    wide = 4.0 * R * R / beta
    pull1 = 0.5 * (2.0 * law(2.0 * (R * R * m1 + H), wide) - 1.0)
    pull2 = 0.5 * (2.0 * law(2.0 * (R * R * m2 + H), wide) - 1.0)
    cross1, cross2 = m2 - m1 * s, m1 - m2 * s
    system = [
        (m1, pull1 * (1.0 - m1 * m1) - push * cross1),
        (m2, pull2 * (1.0 - m2 * m2) - push * cross2),
        (s, pull1 * cross1 + pull2 * cross2 - 2.0 * push * (1.0 - s * s)),
    ]
    ta = hy.taylor_adaptive_batch(system, np.zeros((3, batch)), tol=rtol, pars=np.zeros((2, batch)))

    def run(starts):
        count = 0
        for i in range(0, len(starts) - len(starts) % batch, batch):
            ta.set_time(0.0)
            ta.state[:] = starts[i : i + batch].T
            ta.pars[0], ta.pars[1] = math.log(HOT) / COOLING, COOLING
            ta.propagate_until(COOLING)
            ta.pars[0] = 0.0
            ta.propagate_until(END)
            count += int(np.sum(ta.state[2] > 0.0))
        return count

    return run


def diffrax_rates(t, u):
    import jax.numpy as jnp
    from jax.scipy.special import erfc

    def law(a, b_square):
        return jnp.sum(jnp.asarray(P) * 0.5 * erfc(-a / jnp.sqrt(2.0 * (jnp.asarray(V) + b_square))))

    m1, m2, s = u
    beta = jnp.exp(-math.log(HOT) * jnp.maximum(1.0 - t / COOLING, 0.0))
    q = 2.0 * R * R * beta * jnp.maximum(1.0 - s, 0.0)
    push = 0.5 * law(-q / 2.0, q)
    wide = 4.0 * R * R / beta
    pull1 = 0.5 * (2.0 * law(2.0 * (R * R * m1 + H), wide) - 1.0)
    pull2 = 0.5 * (2.0 * law(2.0 * (R * R * m2 + H), wide) - 1.0)
    cross1, cross2 = m2 - m1 * s, m1 - m2 * s
    return jnp.stack([
        pull1 * (1.0 - m1 * m1) - push * cross1,
        pull2 * (1.0 - m2 * m2) - push * cross2,
        pull1 * cross1 + pull2 * cross2 - 2.0 * push * (1.0 - s * s),
    ])


def main():
    starts = np.loadtxt(sys.argv[1], delimiter=",")
    rtol = float(sys.argv[2]) if len(sys.argv) > 2 else 1e-6
    atol = rtol * 1e-2 / math.sqrt(512.0)
    ensemble = stepper(rates, certain, collapsed)
    for rule, early in (("fixed", False), ("early", True)):
        some = starts[: len(starts) // 8]
        timed(f"numba, normal mixture, {rule}", some, lambda x: ensemble(True, early, rtol, atol, END, COOLING, x))
    for batch in (4, 8):
        timed(f"heyoka, batch of {batch}, fixed", starts[: len(starts) // 16], heyoka_batch(rtol, batch))
    for rule, early in (("fixed", False), ("early", True)):
        def apart(u):
            return ((u[0] >= EPS) & (u[1] <= -EPS)) | ((u[1] >= EPS) & (u[0] <= -EPS))

        run = diffrax_vmap(
            diffrax_rates, apart, lambda u: (u[2] > 0.0) & ~apart(u), END, COOLING, early, rtol, atol
        )
        timed(f"diffrax, vmap, {rule}", starts[: len(starts) // 16], run, warm=512)


main()
