//! The repulsion of two equally weighted components as a function of their squared distance.

use super::rules::SECH;

/// Below this the continuation to negative arguments is frozen: an honest squared distance is negative by rounding
/// only, and the expansion about `q = 0` is asymptotic, of accuracy `e^(-5/|q|)`.
const Q_MIN: f64 = -0.05;

/// `r(q)` and its first two derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepulsionJet {
    /// `r(q)`.
    pub value: f64,
    /// `dr/dq`.
    pub d1: f64,
    /// `d^2 r/dq^2`.
    pub d2: f64,
}

/// `(e^(-q/8)/2, sums of T^j u^(-j-1/2))` with `u = 1 + q T/4`.
#[inline(always)]
fn sums(q: f64) -> (f64, [f64; 3]) {
    let q = if q < Q_MIN { Q_MIN } else { q };
    let mut lanes = [[0.0; 4]; 3];
    for (t, p) in SECH.variance.chunks_exact(4).zip(SECH.weight.chunks_exact(4)) {
        for i in 0..4 {
            let inverse = 1.0 / (1.0 + 0.25 * q * t[i]);
            let root = p[i] * inverse.sqrt();
            let step = t[i] * inverse;
            lanes[0][i] += root;
            lanes[1][i] += root * step;
            lanes[2][i] += root * step * step;
        }
    }
    (0.5 * libm::exp(-0.125 * q), lanes.map(|l| (l[0] + l[2]) + (l[1] + l[3])))
}

/// Repulsion `r(q) = L(-q/2, sqrt q)`, the responsibility of one component under the other.
///
/// Symbols: `q` is `delta^2`, the squared distance of the two means in units of the common standard deviation.
/// `r(0) = 1/2`, `r = 1/2 - q/8 + ...`, decreasing.
///
/// Source: theory (6), sections 3 to 5 (the `r` of (11), the `f` of (8)). Tilting by half the distance gives
/// `r = e^(-q/8) E[1/(2 cosh(sqrt(q) g/2))]`, and `1/cosh x = E e^(-x^2 T/2)` with `T` the exit time of Brownian motion
/// from `(-1, 1)`, hence `r = e^(-q/8)/2 E (1 + qT/4)^(-1/2)`: a sum of 24 positive terms.
///
/// Relative error: below 1e-14 for `0 <= q <= 5000`; underflows to zero past `q` of about 5960. Slightly negative `q`
/// continue the function smoothly down to -0.05; below, the value at -0.05 is returned. NaN gives NaN.
pub fn repulsion(q: f64) -> f64 {
    let (half, sums) = sums(q);
    half * sums[0]
}

/// Repulsion `r(q)` with `dr/dq` and `d^2 r/dq^2`.
///
/// Symbols, source and domain as for [`repulsion`]; `dr/dq = -(L_a - L_aa)/2` at `(-q/2, sqrt q)`, computed without that
/// difference. Relative error of each below 1e-13 for `0 <= q <= 5000`. Below `q = -0.05` the jet at -0.05 is returned.
pub fn repulsion_jet(q: f64) -> RepulsionJet {
    let (half, [s0, s1, s2]) = sums(q);
    RepulsionJet { value: half * s0, d1: -0.125 * half * (s0 + s1), d2: half * (s0 + 2.0 * s1 + 3.0 * s2) / 64.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The law that the rule stands for: `E e^(-x^2 T/2) = 1/cosh x`, mean 1.
    #[test]
    fn rule_reproduces_the_exit_time() {
        let average =
            |f: &dyn Fn(f64) -> f64| -> f64 { SECH.variance.iter().zip(&SECH.weight).map(|(&t, &p)| p * f(t)).sum() };
        // Rounding of 24 terms below 1; exponentials converge as fast as the powers that the rule was made for.
        assert!((average(&|_| 1.0) - 1.0).abs() < 1e-15 && (average(&|t| t) - 1.0).abs() < 1e-14);
        for i in 0..=60 {
            let x = 0.1 * f64::from(i);
            let sech = 1.0 / libm::cosh(x);
            assert!((average(&|t| libm::exp(-0.5 * x * x * t)) - sech).abs() < 1e-14, "{x}");
        }
    }
}
