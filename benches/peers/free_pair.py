"""The ensemble of the free pair by the tools that one would else reach for, one thread.

rho = 3, T = 1 + 4 exp(-0.3 t), starts read from the file that `cargo bench --bench ensemble` writes (lines x,y,z).

    python free_pair.py STARTS [RTOL]

Two stopping rules: `fixed`, every run to t = 60; `early`, a run ends once |y| >= |x| (it is then certain to recover), at
t = 60 at the latest. Prints microseconds of processor time a trajectory and the share with |x| > |y| at the end.
"""

import math
import sys
import time

import numpy as np
from numba import njit

RHO, HOT, KAPPA, END = 3.0, 5.0, 0.3, 60.0

# The logistic law as a mixture of 12 normals (variances and weights): L(a, b) = sum_k p_k Phi(a/sqrt(v_k + b^2)), error 5e-12.
V = np.array([
    0.36972822721540893, 0.5519267459942789, 0.802432360218032, 1.1603575333827056, 1.6800470671783148, 2.441097862106829,
    3.559617400787278, 5.201051403664852, 7.600942628079569, 11.117274110785866, 16.369472734356453, 24.77975281452498,
])
P = np.array([
    7.319034937140416e-05, 0.0028446583430298366, 0.02495292378571084, 0.09163150761023084, 0.18573828123553213,
    0.24285446634893115, 0.22293072865371838, 0.14628306281812128, 0.0644783835140133, 0.016364602848953084,
    0.0018020552729534705, 4.613921943428255e-05,
])


@njit(cache=True)
def logistic(a, b):
    total = 0.0
    for k in range(12):
        total += P[k] * 0.5 * math.erfc(-a / math.sqrt(2.0 * (V[k] + b * b)))
    return total


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


@njit(cache=True, inline="always")
def look(table, low, per_step, x):
    place = (x - low) * per_step
    i = min(max(int(place), 0), CELLS - 1)
    t = min(max(place - i, 0.0), 1.0)
    f0, d0, f1, d1 = table[i, 0], table[i, 1], table[i + 1, 0], table[i + 1, 1]
    rise = f1 - f0
    return f0 + t * (d0 + t * (3.0 * rise - 2.0 * d0 - d1 + t * (d0 + d1 - 2.0 * rise)))


@njit(cache=True, inline="always")
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


# Tsitouras 5(4), the pair that the Rust code uses.
C = np.array([0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0])
A = np.zeros((7, 6))
A[1, :1] = [0.161]
A[2, :2] = [-0.008480655492356989, 0.335480655492357]
A[3, :3] = [2.8971530571054935, -6.359448489975075, 4.3622954328695815]
A[4, :4] = [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525]
A[5, :5] = [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383]
A[6, :6] = [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774]
E = np.array([
    -0.001780011052225777, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629, 0.5823571654525552,
    -0.45808210592918697, 1.0 / 66.0,
])


@njit(cache=True)
def one(tables, early, rtol, atol, start):
    y = start.copy()
    new = np.empty(3)
    k = np.empty((7, 3))
    t, h = 0.0, 1e-2
    k[0] = rates(tables, t, y[0], y[1], y[2])
    while t < END:
        if early and abs(y[1]) >= abs(y[0]):
            break
        h = min(h, END - t)
        for i in range(1, 7):
            for n in range(3):
                total = 0.0
                for j in range(i):
                    total += A[i, j] * k[j, n]
                new[n] = y[n] + h * total
            k[i] = rates(tables, t + C[i] * h, new[0], new[1], new[2])
        error = 0.0
        for n in range(3):
            e = 0.0
            for i in range(7):
                e += E[i] * k[i, n]
            ratio = h * e / (atol + rtol * max(abs(y[n]), abs(new[n])))
            error += ratio * ratio
        error = math.sqrt(error / 3.0)
        if error <= 1.0:
            t += h
            y[:] = new
            k[0] = k[6]
        h *= min(5.0, max(0.2, 0.9 * max(error, 1e-10) ** -0.2))
    return abs(y[0]) > abs(y[1])


@njit(cache=True)
def ensemble(tables, early, rtol, atol, starts):
    count = 0
    for i in range(starts.shape[0]):
        count += one(tables, early, rtol, atol, starts[i])
    return count


def timed(name, starts, run):
    run(starts[:8])
    began = time.process_time()
    count = run(starts)
    took = (time.process_time() - began) / len(starts) * 1e6
    print(f"{name:40s} {took:10.2f} us a trajectory, collapsed {count / len(starts):.5f} of {len(starts)}", flush=True)


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
    for rule, early in (("fixed", False), ("early", True)):
        for kernels, tables in (("normal mixture", False), ("tables", True)):
            some = starts if tables else starts[: len(starts) // 4]
            timed(f"numba, {kernels}, {rule}", some, lambda s: ensemble(tables, early, rtol, atol, s))
    for batch in (4, 8):
        timed(f"heyoka, batch of {batch}, fixed", starts[: len(starts) // 4], heyoka_batch(rtol, batch))
    timed("scipy DOP853 on numba's field, fixed", starts[: max(len(starts) // 200, 8)], scipy_one_by_one(rtol, atol))


main()
