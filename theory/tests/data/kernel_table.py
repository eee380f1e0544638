"""Reference values of the kernels, by mpmath quadrature at 40 digits (python3 with mpmath 1.3; about half a minute).

    python3 kernel_table.py          writes kernel_table.csv and repulsion_table.csv beside this file

L(a,b) = E sigma(a + b g) and its derivatives in a are trapezoid sums in g with the step chosen from the distance
pi/b of the poles (error below 1e-30); for b >= 3 the sum is over the logistic variable instead,
L = E_Lambda Phi((a - Lambda)/b). Neither is the method of the crate.
"""
import os
import random
from mpmath import mp, mpf, e, pi, sqrt, erfc, log, log1p, nstr, exp, cosh

mp.dps = 50
HERE = os.path.dirname(os.path.abspath(__file__))


def sigma_jet(u):
    s = 1 / (1 + exp(-u)) if u > 0 else exp(u) / (1 + exp(u))
    c = 1 / (1 + exp(u)) if u > 0 else 1 - s
    p = s * c
    return s, p, p * (c - s), p * (1 - 6 * p)


def softplus(u):
    return log1p(exp(u)) if u < 0 else u + log1p(exp(-u))


def small(a, b):
    """Trapezoid in g; poles at distance pi/b, Gaussian tail cut at 15."""
    h = min(mpf(1) / 4, 2 * pi**2 / (b * 85) if b > 0 else mpf(1) / 4)
    out = [mpf(0)] * 5
    for i in range(-int(15 / h), int(15 / h) + 1):
        g = i * h
        w = h * exp(-g * g / 2) / sqrt(2 * pi)
        for j, v in enumerate((*sigma_jet(a + b * g), softplus(a + b * g))):
            out[j] += w * v
    return out


def large(a, b):
    """Trapezoid in the logistic variable; its density has poles at distance pi, and is cut at 80."""
    h = mpf(1) / 4
    out = [mpf(0)] * 5
    for i in range(-320, 321):
        t = i * h
        w = h / (4 * cosh(t / 2) ** 2)
        x = (a - t) / b
        phi, cdf = exp(-x * x / 2) / sqrt(2 * pi), erfc(-x / sqrt(2)) / 2
        terms = (cdf, phi / b, -x * phi / b**2, (x * x - 1) * phi / b**3, (a - t) * cdf + b * phi)
        for j, v in enumerate(terms):
            out[j] += w * v
    return out


def kernel(a, b):
    a, b = mpf(a), mpf(b)
    return small(a, b) if b < 3 else large(a, b)


def repulsion(q):
    """r(q) = L(-q/2, sqrt q) = e^(-q/8) E 1/(2 cosh(sqrt q g/2)) and the two derivatives, from the same tilt."""
    q = mpf(q)
    # sech is its own Fourier transform: E sech(sqrt q g/2) = int sech(pi y/2)/2 e^(-q y^2/8) dy.
    # Poles of sech at distance 1, Gaussian of width 2/sqrt q: both errors are below 1e-50.
    h = min(mpf(1) / 20, 2 / (3 * sqrt(q)) if q > 0 else mpf(1))
    cut = 40 if q < 1 else min(mpf(40), 32 / sqrt(q))
    out = [mpf(0)] * 3
    for i in range(-int(cut / h), int(cut / h) + 1):
        y = i * h
        w = h / cosh(pi * y / 2) / 4
        k = -(1 + y * y) / 8
        term = w * exp(k * q)
        for j in range(3):
            out[j] += term * k**j
    return out


def points():
    random.seed(20240)
    pts = [(a, b) for b in (0, 1e-8, 1e-3, 0.1, 0.5, 1, 1.9, 2, 2.1, 3, 4.5, 6, 10, 30, 60, 100, 200)
           for a in (-400, -40, -7.5, -1, -0.01, 0, 0.3, 2, 12, 90, 400)]
    pts += [(s * b * b / 2, b) for b in (0.25, 0.7, 1.5, 2, 2.5, 5, 8, 15, 25) for s in (-1, 1)]
    pts += [(s * b * k, b) for b in (0.9, 3.5, 20, 150) for k in (1, 4, 8) for s in (-1, 1)]
    pts += [(round(random.uniform(-60, 60), 6), round(10 ** random.uniform(-2, 2.3), 6)) for _ in range(100)]
    pts += [(a, b) for b in (1e3, 1e4, 1e7) for a in (-1e7, -300.0, 0, 5e3)]
    return pts


if __name__ == "__main__":
    # The two formulas agree where both hold.
    assert all(abs(x - y) < mpf(10) ** -28 for x, y in zip(small(mpf(1.25), mpf(3)), large(mpf(1.25), mpf(3))))
    assert abs(repulsion(4)[0] - kernel(-2, 2)[0]) < mpf(10) ** -28
    assert abs(repulsion(400)[0] / kernel(-200, 20)[0] - 1) < mpf(10) ** -9
    with open(os.path.join(HERE, "kernel_table.csv"), "w") as out:
        out.write("a,b,L,L_a,L_aa,L_aaa,S\n")
        for a, b in points():
            out.write(",".join([repr(a), repr(b)] + [nstr(v, 25) for v in kernel(a, b)]) + "\n")
    with open(os.path.join(HERE, "repulsion_table.csv"), "w") as out:
        out.write("q,r,dr,d2r\n")
        random.seed(7)
        qs = [0, 1e-9, 1e-4, 0.01, 0.04, 0.06, 0.2, 0.5, 1, 2, 3.5, 5, 8, 13, 20, 40, 80, 150, 300, 399, 401, 700, 1000, 2500, 5000]
        for q in qs + [round(10 ** random.uniform(-2, 3.6), 5) for _ in range(60)]:
            out.write(",".join([repr(q)] + [nstr(v, 25) for v in repulsion(q)]) + "\n")
