"""The ensemble of the free pair by the tools that one would else reach for, one thread.

rho = 3, T = 1 + 4 exp(-0.3 t), starts read from the file that `cargo bench --bench ensemble` writes (lines x,y,z).

    taskset -c 0 python free_pair.py STARTS [RTOL]

Two stopping rules: `fixed`, every run to t = 60; `early`, a run ends once |y| >= |x| (it is then certain to recover), at
t = 60 at the latest. Prints microseconds of processor time a trajectory and the share with |x| > |y| at the end.
"""

import math
import sys

import numpy as np
from laws import P, V, diffrax_vmap, logistic, stepper, timed
from numba import njit

RHO, HOT, KAPPA, END = 3.0, 5.0, 0.3, 60.0

# Tables with cubic Hermite interpolation, error below 1e-10: tau(m) on [-12, 12], r in u = sqrt(1 + 4 (y^2 + z^2)).
CELLS = 6000
M_END, U_END = 12.0, 25.0


def _table(low, high, f):
    x = np.linspace(low, high, CELLS + 1)
    step = x[1] - x[0]
    value = np.array([f(v) for v in x])
    # Slopes by differences of a narrow centred stencil of order 4.
    h = 1e-3
    slope = np.array([(8 * (f(v + h) - f(v - h)) - (f(v + 2 * h) - f(v - 2 * h))) / (12 * h) for v in x])
    return np.stack([value, slope * step], axis=1)


TAU = _table(-M_END, M_END, lambda m: 2.0 * logistic(2.0 * RHO * m, 2.0 * RHO) - 1.0)
PUSH = _table(1.0, U_END, lambda u: 2.0 * logistic(-(u * u - 1.0) / 2.0, math.sqrt(max(u * u - 1.0, 0.0))))


@njit(inline="always")
def look(table, low, per_step, x):
    place = (x - low) * per_step
    i = min(max(int(place), 0), CELLS - 1)
    t = min(max(place - i, 0.0), 1.0)
    f0, d0, f1, d1 = table[i, 0], table[i, 1], table[i + 1, 0], table[i + 1, 1]
    rise = f1 - f0
    return f0 + t * (d0 + t * (3.0 * rise - 2.0 * d0 - d1 + t * (d0 + d1 - 2.0 * rise)))


@njit(inline="always")
def rates(tables, t, x, y, z):
    beta = 1.0 / (1.0 + (HOT - 1.0) * math.exp(-KAPPA * t))
    if tables:
        plus = look(TAU, -M_END, CELLS / (2.0 * M_END), x + y)
        minus = look(TAU, -M_END, CELLS / (2.0 * M_END), x - y)
        push = look(PUSH, 1.0, CELLS / (U_END - 1.0), math.sqrt(1.0 + 4.0 * (y * y + z * z)))
    else:
        plus = 2.0 * logistic(2.0 * RHO * (x + y), 2.0 * RHO) - 1.0
        minus = 2.0 * logistic(2.0 * RHO * (x - y), 2.0 * RHO) - 1.0
        q = 4.0 * (y * y + z * z)
        push = 2.0 * logistic(-q / 2.0, math.sqrt(q))
    drive = beta * RHO / 2.0
    spread = push - beta
    return (
        0.5 * (drive * (plus + minus) - beta * x),
        0.5 * (drive * (plus - minus) + spread * y),
        0.5 * spread * z,
    )


@njit(inline="always")
def certain(x, y, z):
    return abs(y) >= abs(x)


@njit(inline="always")
def collapsed(x, y, z):
    return abs(x) > abs(y)


def heyoka_batch(rtol, batch):
    import heyoka as hy

    x, y, z = hy.make_vars("x", "y", "z")

    def cdf_mixture(a, b_square):
        root = hy.sqrt if isinstance(b_square, hy.expression) else math.sqrt
        return sum(float(p) * 0.5 * (1.0 + hy.erf(a / root(2.0 * (float(v) + b_square)))) for p, v in zip(P, V))

    beta = 1.0 / (1.0 + (HOT - 1.0) * hy.exp(-KAPPA * hy.time))
    plus = 2.0 * cdf_mixture(2.0 * RHO * (x + y), 4.0 * RHO * RHO) - 1.0
    minus = 2.0 * cdf_mixture(2.0 * RHO * (x - y), 4.0 * RHO * RHO) - 1.0
    q = 4.0 * (y * y + z * z)
    spread = 2.0 * cdf_mixture(-q / 2.0, q) - beta
    drive = beta * RHO / 2.0
    system = [
        (x, 0.5 * (drive * (plus + minus) - beta * x)),
        (y, 0.5 * (drive * (plus - minus) + spread * y)),
        (z, 0.5 * spread * z),
    ]
    ta = hy.taylor_adaptive_batch(system, np.zeros((3, batch)), tol=rtol)

    def run(starts):
        count = 0
        for i in range(0, len(starts) - len(starts) % batch, batch):
            ta.set_time(0.0)
            ta.state[:] = starts[i : i + batch].T
            ta.propagate_until(END)
            count += int(np.sum(np.abs(ta.state[0]) > np.abs(ta.state[1])))
        return count

    return run


def diffrax_rates(t, u):
    import jax.numpy as jnp
    from jax.scipy.special import erfc

    def law(a, b_square):
        return jnp.sum(jnp.asarray(P) * 0.5 * erfc(-a / jnp.sqrt(2.0 * (jnp.asarray(V) + b_square))))

    x, y, z = u
    beta = 1.0 / (1.0 + (HOT - 1.0) * jnp.exp(-KAPPA * t))
    plus = 2.0 * law(2.0 * RHO * (x + y), 4.0 * RHO * RHO) - 1.0
    minus = 2.0 * law(2.0 * RHO * (x - y), 4.0 * RHO * RHO) - 1.0
    q = 4.0 * (y * y + z * z)
    spread = 2.0 * law(-q / 2.0, q) - beta
    drive = beta * RHO / 2.0
    return jnp.stack([
        0.5 * (drive * (plus + minus) - beta * x),
        0.5 * (drive * (plus - minus) + spread * y),
        0.5 * spread * z,
    ])


def scipy_one_by_one(rtol, atol):
    from scipy.integrate import solve_ivp

    def field(t, u):
        return rates(True, t, u[0], u[1], u[2])

    def run(starts):
        ends = (solve_ivp(field, (0.0, END), s, method="DOP853", rtol=rtol, atol=atol).y[:, -1] for s in starts)
        return sum(abs(e[0]) > abs(e[1]) for e in ends)

    return run


def main():
    starts = np.loadtxt(sys.argv[1], delimiter=",")
    rtol = float(sys.argv[2]) if len(sys.argv) > 2 else 1e-8
    atol = rtol * 1e-2 / math.sqrt(2.0)
    ensemble = stepper(rates, certain, collapsed)
    for rule, early in (("fixed", False), ("early", True)):
        for kernels, tables in (("normal mixture", False), ("tables", True)):
            some = starts if tables else starts[: len(starts) // 4]
            timed(f"numba, {kernels}, {rule}", some, lambda s: ensemble(tables, early, rtol, atol, END, END, s))
    for batch in (4, 8):
        timed(f"heyoka, batch of {batch}, fixed", starts[: len(starts) // 4], heyoka_batch(rtol, batch))
    for rule, early in (("fixed", False), ("early", True)):
        run = diffrax_vmap(
            diffrax_rates, lambda u: abs(u[1]) >= abs(u[0]), lambda u: abs(u[0]) > abs(u[1]), END, END, early, rtol, atol
        )
        timed(f"diffrax, vmap, {rule}", starts[: len(starts) // 8], run, warm=512)
    timed("scipy DOP853 on numba's field, fixed", starts[: max(len(starts) // 200, 8)], scipy_one_by_one(rtol, atol))


main()
