"""Derive the constants of theory/src/kernel/rules.rs and kernel/gauss.rs (python3 with mpmath 1.3).

    python3 kernel_rules.py rules > ../../src/kernel/rules.rs    then `cargo fmt`
    python3 kernel_rules.py gauss 24     (or 18, 11)                 the coefficients in kernel/gauss.rs

Two laws are mixtures of centred normals over a random variance:

- the standard logistic: variance V with density sum_j (-1)^(j-1) j^2 exp(-j^2 V/2) (V = 4 K^2, K Kolmogorov);
- 1/cosh(x) = E exp(-x^2 T/2), T the exit time of Brownian motion from (-1, 1).

Both densities vanish faster than any power at both ends of log-variance, so a trapezoid rule in the logarithm is
exact to more than 30 digits. It is then compressed to the n-point Gauss rule for polynomials in
x = (v^p - c^p)/(v^p + c^p), the variable in which the integrands are smoothest.
"""
import sys
from mpmath import mp, mpf, e, pi, sqrt, matrix, eigsy, erfc, cos

mp.dps = 50


def logistic_density(v):
    if v > 2:
        return sum((-1) ** (j - 1) * j * j * e ** (-mpf(j * j) * v / 2) for j in range(1, 16))
    total = mpf(0)
    for k in range(1, 12):
        c = mpf((2 * k - 1) ** 2) * pi**2 / 2
        total += 2 * sqrt(2 * pi) * e ** (-c / v) * (c * v ** mpf(-2.5) - v ** mpf(-1.5) / 2)
    return total


def exit_density(t):
    if t > 0.6:
        return pi / 2 * sum(
            (-1) ** k * (2 * k + 1) * e ** (-mpf((2 * k + 1) ** 2) * pi**2 * t / 8) for k in range(14)
        )
    return 2 / sqrt(2 * pi * t**3) * sum(
        (-1) ** k * (2 * k + 1) * e ** (-mpf((2 * k + 1) ** 2) / (2 * t)) for k in range(14)
    )


def discrete(density, low, high, step):
    nodes = [e ** (mpf(low) + step * i) for i in range(int((high - low) / step) + 1)]
    return nodes, [step * v * density(v) for v in nodes]


def gauss(xs, ws, n):
    """Gauss rule of a discrete measure: Stieltjes recurrence, then the Jacobi matrix."""
    before, now, alpha, beta, norm = [mpf(0)] * len(xs), [mpf(1)] * len(xs), [], [sum(ws)], sum(ws)
    for k in range(n):
        a = sum(w * x * p * p for w, x, p in zip(ws, xs, now)) / norm
        after = [(x - a) * p - (beta[k] if k else 0) * q for x, p, q in zip(xs, now, before)]
        new = sum(w * p * p for w, p in zip(ws, after))
        alpha.append(a)
        beta.append(new / norm)
        norm, before, now = new, now, after
    jacobi = matrix(n, n)
    for i in range(n):
        jacobi[i, i] = alpha[i]
        if i + 1 < n:
            jacobi[i, i + 1] = jacobi[i + 1, i] = sqrt(beta[i + 1])
    values, vectors = eigsy(jacobi)
    return [values[i] for i in range(n)], [beta[0] * vectors[0, i] ** 2 for i in range(n)]


def rule(nodes, weights, n, p, centre):
    p, c = mpf(p), mpf(centre) ** mpf(p)
    xs, ws = gauss([(v**p - c) / (v**p + c) for v in nodes], weights, n)
    return [(c * (1 + x) / (1 - x)) ** (1 / p) for x in xs], ws


def show(name, doc, nodes, weights):
    fmt = lambda values: ", ".join(repr(float(v)) for v in values)
    n = len(nodes)
    print(f"\n/// {doc}\npub(crate) const {name}: Rule<{n}> = Rule {{")
    print(f"    variance: [{fmt(nodes)}],\n    weight: [{fmt(weights)}],\n}};")


def rules():
    print("//! Quadrature rules over the variance of two normal scale mixtures.")
    print("//!")
    print("//! Written by `theory/tests/data/kernel_rules.py`, which derives them; tests in `scales` and `repulsion` check the laws")
    print("//! that they stand for. Gauss rules in `x = (v^p - c^p)/(v^p + c^p)` for the law of the mixing variance `v`.")
    print("\n/// Variances and weights: `E f(V)` is about `sum_k weight[k] f(variance[k])`.")
    print("#[derive(Debug, Clone, Copy)]\npub(crate) struct Rule<const N: usize> {")
    print("    pub(crate) variance: [f64; N],\n    pub(crate) weight: [f64; N],\n}")
    law = discrete(logistic_density, -3.9, 5.6, mpf(1) / 20)
    show("LOGISTIC", "The logistic law, p = 3/4, c = 2.25: truncation below 2e-16 in L, S and four derivatives, for every b >= 0.",
         *rule(*law, 24, 0.75, 2.25))
    show("LOGISTIC_WIDE", "The logistic law, p = 3/4, c = 6: truncation below 2e-16 for b >= 2 only.", *rule(*law, 16, 0.75, 6))
    show("LOGISTIC_FAST", "The logistic law, p = 3/4, c = 3: truncation below 5e-12 in L and 2e-11 in dL/da for every b >= 0.",
         *rule(*law, 12, 0.75, 3))
    show("LOGISTIC_FAST_WIDE", "The logistic law, p = 1, c = 16: truncation below 1e-11 in L for b >= 2 only.", *rule(*law, 7, 1, 16))
    show("LOGISTIC_ROUGH", "The logistic law, p = 3/4, c = 3: truncation below 3e-8 in L for every b >= 0.", *rule(*law, 7, 0.75, 3))
    show("LOGISTIC_ROUGH_WIDE", "The logistic law, p = 1, c = 16: truncation below 6e-8 in L for b >= 2 only.", *rule(*law, 4, 1, 16))
    law = discrete(exit_density, -4.9, 3.7, mpf(1) / 20)
    show("SECH", "The exit time of (-1, 1), p = 1/2, c = 2: relative truncation below 1e-15 in r, r' and r'' for q >= -0.05.",
         *rule(*law, 24, 0.5, 2))


def gauss_coefficients(degree, k=mpf("4.5"), n=96):
    """Monomial coefficients in t = (x-k)/(x+k) of (1 + sqrt2 x) e^(x^2/2) Phi(-x), from its Chebyshev series."""
    def f(t):
        x = k * (1 + t) / (1 - t)
        return (1 + sqrt(2) * x) * e ** (x * x / 2) * erfc(x / sqrt(2)) / 2
    ts = [cos(pi * (j + mpf(1) / 2) / n) for j in range(n)]
    values = [f(t) for t in ts]
    cheb = [2 / mpf(n) * sum(v * cos(pi * i * (j + mpf(1) / 2) / n) for j, v in enumerate(values)) for i in range(degree + 1)]
    cheb[0] /= 2
    total, t0, t1 = [mpf(0)] * (degree + 1), [mpf(1)], [mpf(0), mpf(1)]
    for i, c in enumerate(cheb):
        for j, a in enumerate(t0):
            total[j] += c * a
        nxt = [mpf(0)] + [2 * a for a in t1]
        for j, a in enumerate(t0):
            nxt[j] -= a
        t0, t1 = t1, nxt
    return total


if __name__ == "__main__":
    if sys.argv[1:2] == ["gauss"]:
        for value in gauss_coefficients(int(sys.argv[2])):
            print(f"    {float(value)!r},")
    else:
        rules()
