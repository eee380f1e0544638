//! The Gauss-Legendre rule of a cell and what it says about its own error.

/// Nodes along each axis of a cell: three vectors of four.
pub(super) const N: usize = 12;

/// A number at each node of a line.
pub(super) type LineValues = [f64; N];

/// Nodes and weights on [-1, 1], and the functionals that give the last two Legendre coefficients.
#[derive(Debug, Clone)]
pub(super) struct LegendreRule {
    pub(super) nodes: LineValues,
    pub(super) weights: LineValues,
    /// `(2j+1)/2 w_a P_j(x_a)` for `j = N-2, N-1`.
    pub(super) last: [LineValues; 2],
}

/// `P_(n-1)(x)` and `P_n(x)` by their recursion.
fn legendre(n: usize, x: f64) -> [f64; 2] {
    let (mut before, mut now) = (1.0, x);
    for j in 1..n {
        let j = j as f64;
        (before, now) = (now, ((2.0 * j + 1.0) * x * now - j * before) / (j + 1.0));
    }
    [before, now]
}

impl LegendreRule {
    /// Newton's method on `P_N` from the Chebyshev-like first guesses; the last step is below rounding.
    pub(super) fn new() -> Self {
        let n = N as f64;
        let mut rule = Self { nodes: [0.0; N], weights: [0.0; N], last: [[0.0; N]; 2] };
        for a in 0..N {
            let mut x = -libm::cos(std::f64::consts::PI * (a as f64 + 0.75) / (n + 0.5));
            let slope = |x: f64, [before, now]: [f64; 2]| n * (before - x * now) / (1.0 - x * x);
            for _ in 0..6 {
                let p = legendre(N, x);
                x -= p[1] / slope(x, p);
            }
            let d = slope(x, legendre(N, x));
            let weight = 2.0 / ((1.0 - x * x) * d * d);
            let [p2, p1] = legendre(N - 1, x);
            (rule.nodes[a], rule.weights[a]) = (x, weight);
            (rule.last[0][a], rule.last[1][a]) = ((n - 1.5) * weight * p2, (n - 0.5) * weight * p1);
        }
        rule
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_to_its_degree_and_its_last_coefficients() {
        let rule = LegendreRule::new();
        let sum = |weights: &LineValues, f: &dyn Fn(f64) -> f64| -> f64 {
            rule.nodes.iter().zip(weights).map(|(x, w)| w * f(*x)).sum()
        };
        for degree in 0..=2 * N as i32 - 1 {
            let exact = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((sum(&rule.weights, &|x| x.powi(degree)) - exact).abs() < 1e-15, "{degree}");
        }
        let above = sum(&rule.weights, &|x| x.powi(2 * N as i32));
        assert!((above - 2.0 / (2.0 * N as f64 + 1.0)).abs() > 1e-9);
        for (row, j) in rule.last.iter().zip([N - 2, N - 1]) {
            for k in 1..N {
                let found = sum(row, &|x| legendre(k, x)[1]);
                assert!((found - if k == j { 1.0 } else { 0.0 }).abs() < 1e-14, "{j} {k}: {found}");
            }
        }
    }
}
