"""Reference softmax averages by tensor trapezoid sums in extended precision (python3 with numpy; about a minute).

    python3 softmax_table.py          writes softmax_table.csv beside this file

Lines: n, q, offsets, loadings (row-major n*q), log_sum, n means, n*n second moments. The step follows from the distance
pi/(largest difference of loadings) of the nearest pole, the range is +-9.6; both errors are below 1e-18, and the sums
are taken in 80-bit floats. Collinear cases of any width are integrated by mpmath between their crossings.
"""
import itertools
import os
import random
import numpy as np
from mpmath import mp, mpf, exp, log, pi, quad, sqrt

mp.dps = 30
LD = np.longdouble


def tensor(a, b):
    """Full tensor sum over the noise, in slabs of its first coordinate."""
    n, q = b.shape
    scale = max(max(np.linalg.norm(b[i] - b[j]) for i in range(n) for j in range(i)), 1.0)
    h = min(0.42, 2 * np.pi**2 / (43 * scale))
    g = LD(h) * np.arange(-int(9.6 / h), int(9.6 / h) + 1).astype(LD)
    w = LD(h) * np.exp(-g * g / 2) / np.sqrt(2 * LD(np.pi) + LD(2.4492935982947064e-16))
    grid = np.stack([m.ravel() for m in np.meshgrid(*[g] * (q - 1), indexing="ij")]) if q > 1 else np.zeros((0, 1), LD)
    weight = np.prod(np.stack([m.ravel() for m in np.meshgrid(*[w] * (q - 1), indexing="ij")]), 0) if q > 1 else np.ones(1, LD)
    total = np.zeros(1 + n + n * n, LD)
    for gi, wi in zip(g, w):
        u = a[:, None] + b[:, :1] * gi + b[:, 1:] @ grid
        top = u.max(0)
        p = np.exp(u - top)
        s = p.sum(0)
        p /= s
        pw = p * (weight * wi)
        total[0] += ((top + np.log(s)) * weight).sum() * wi
        total[1:n + 1] += pw.sum(1)
        total[n + 1:] += (pw @ p.T).ravel()
    return total


def line(a, b):
    """Rank one, any width: mpmath between graded points about every crossing."""
    n = len(a)
    a, b = [mpf(float(x)) for x in a], [mpf(float(x)) for x in b]
    cuts = {mpf(-12), mpf(12), mpf(0)}
    for i, j in itertools.combinations(range(n), 2):
        if b[i] != b[j]:
            place, width = (a[j] - a[i]) / (b[i] - b[j]), 1 / abs(b[i] - b[j])
            for k in (0, 2, 8, 25, 60, 100):
                cuts |= {place - k * width, place + k * width}
    cuts = sorted(c for c in cuts if -12 <= c <= 12)

    def f(g, m):
        u = [x + y * g for x, y in zip(a, b)]
        top = max(u)
        e = [exp(v - top) for v in u]
        s = sum(e)
        w = exp(-g * g / 2) / sqrt(2 * pi)
        if m == 0:
            return w * (top + log(s))
        if m <= n:
            return w * e[m - 1] / s
        j, k = divmod(m - n - 1, n)
        return w * e[j] * e[k] / s**2

    out = [None] * (1 + n + n * n)
    for m in range(len(out)):
        j, k = divmod(max(m - n - 1, 0), n)
        if m > n and k < j:
            out[m] = out[1 + n + k * n + j]
        else:
            out[m] = quad(lambda g: f(g, m), cuts)
    return out


def cases():
    rng = random.Random(11)
    normal = lambda scale: rng.gauss(0, 1) * scale
    for n, q, scales in ((3, 2, (0.3, 1.5, 4, 10)), (4, 2, (0.5, 2, 5)), (4, 3, (0.3, 0.8)), (5, 2, (0.7, 2)), (6, 3, (0.4,))):
        for scale in scales:
            yield [normal(1 + scale) for _ in range(n)], [[normal(scale) for _ in range(q)] for _ in range(n)]
    # The responsibilities of components: offsets cancel half the variance.
    for m in ([(0, 0), (3, 0), (0, 2.5)], [(1, 1), (1, 1.01), (-2, 1)], [(2, 0), (-2, 0), (0, 2), (0, -2)], [(1, 0), (1, 0.2), (-1, 0), (-1.1, 0.1)]):
        yield [-(x * x + y * y) / 2 + m[0][0] * x + m[0][1] * y for x, y in m], [list(v) for v in m]
    # Coinciding and far apart.
    yield [0.3, -0.2, 0.1], [[1, 2], [1, 2], [0, -1]]
    yield [0, 0, 0, 0], [[1, 2], [1, 2], [0, -1], [0, -1]]
    yield [-300, 5, 0], [[1, 0], [0, 4], [2, 2]]
    # Collinear, up to the widths of hot starts.
    for scale in (1, 6, 60, 1e4):
        yield [0.5, -scale / 3, scale / 4], [[scale], [-scale], [0.25 * scale]]
        yield [0.5, -scale / 3, scale / 4, 0], [[scale], [-scale], [0.25 * scale], [-0.9 * scale]]
    yield [0.5, -1, 2, 0, 1], [[8], [-8], [2], [-7], [0]]


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "softmax_table.csv")
    with open(path, "w") as out:
        for a, b in cases():
            a, b = [float(x) for x in a], [[float(y) for y in row] for row in b]
            n, q = len(a), len(b[0])
            values = line(a, [r[0] for r in b]) if q == 1 else tensor(np.array(a, LD), np.array(b, LD))
            text = [mp.nstr(v, 20) if q == 1 else np.format_float_scientific(v, precision=19) for v in values]
            inputs = [repr(x) for x in a] + [repr(x) for row in b for x in row]
            out.write(",".join([str(n), str(q)] + inputs + text) + "\n")
            print(n, q, a, flush=True)
