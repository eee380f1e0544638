"""What the peers share: the kernels of the closed flows as mixtures of normals, Tsitouras' pair in numba, timing."""

import math
import time

import numpy as np
from numba import njit

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


def stepper(rates, certain, collapsed):
    """An ensemble in numba: rates(mode, t, x, y, z), certain(x, y, z) and collapsed(x, y, z) are compiled functions."""

    @njit
    def one(mode, early, rtol, atol, end, knot, start):
        y = start.copy()
        new = np.empty(3)
        k = np.empty((7, 3))
        t, h = 0.0, 1e-2
        k[0] = rates(mode, t, y[0], y[1], y[2])
        while t < end:
            if early and certain(y[0], y[1], y[2]):
                break
            # The field is not smooth at the knot.
            stop = knot if t < knot else end
            onto = h >= stop - t
            h = min(h, stop - t)
            for i in range(1, 7):
                for n in range(3):
                    total = 0.0
                    for j in range(i):
                        total += A[i, j] * k[j, n]
                    new[n] = y[n] + h * total
                k[i] = rates(mode, t + C[i] * h, new[0], new[1], new[2])
            error = 0.0
            for n in range(3):
                e = 0.0
                for i in range(7):
                    e += E[i] * k[i, n]
                ratio = h * e / (atol + rtol * max(abs(y[n]), abs(new[n])))
                error += ratio * ratio
            error = math.sqrt(error / 3.0)
            if error <= 1.0:
                t = stop if onto else t + h
                y[:] = new
                k[0] = k[6]
            h *= min(5.0, max(0.2, 0.9 * max(error, 1e-10) ** -0.2))
        return collapsed(y[0], y[1], y[2])

    @njit
    def ensemble(mode, early, rtol, atol, end, knot, starts):
        count = 0
        for i in range(starts.shape[0]):
            count += one(mode, early, rtol, atol, end, knot, starts[i])
        return count

    return ensemble


def diffrax_vmap(rates, certain, collapsed, end, knot, early, rtol, atol):
    """diffrax, one vectorised solve; rates(t, y) and certain(y) take the three statistics as an array."""
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    event = diffrax.Event(lambda t, y, args, **_: certain(y)) if early else None
    inner = diffrax.PIDController(rtol=rtol, atol=atol)
    control = inner if knot >= end else diffrax.ClipStepSizeController(inner, jump_ts=jnp.array([knot]))

    def solve(start):
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(lambda t, y, args: rates(t, y)), diffrax.Tsit5(), 0.0, end, 1e-2, start, event=event,
            stepsize_controller=control, max_steps=4096, saveat=diffrax.SaveAt(t1=True), throw=False,
        )
        return collapsed(solution.ys[-1])

    # Blocks: a vectorised solve goes on until the slowest of its runs is done.
    batch = jax.jit(jax.vmap(solve))

    def run(starts):
        block = 512
        pieces = [starts[i : i + block] for i in range(0, len(starts) - len(starts) % block, block)]
        return sum(int(np.sum(np.asarray(batch(jnp.asarray(piece))))) for piece in pieces)

    return run


def timed(name, starts, run, warm=8):
    """Processor time, best and median of three."""
    run(starts[:warm])
    took = []
    for _ in range(3):
        began = time.process_time()
        count = run(starts)
        took.append((time.process_time() - began) / len(starts) * 1e6)
    share = count / len(starts)
    print(f"{name:44s} {sorted(took)[1]:10.2f} us a trajectory, collapsed {share:.5f} of {len(starts)}", flush=True)
