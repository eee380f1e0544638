//! The logistic law as a mixture of normals: sums over its scales for one noise width `b`.

use super::gauss::{INV_SQRT_2PI, TAIL_END, tail};
use super::rules::{LOGISTIC, LOGISTIC_WIDE, Rule};
use super::{bend, sigmoid};

/// From this `b` on, the shorter rule has the accuracy of the full one (tested on both sides).
pub(super) const WIDE_FROM: f64 = 2.0;

/// `tau_k = sqrt(v_k + b^2)` for the nodes `v_k` of a rule: a logistic variable plus `b` times a normal one is a normal
/// variable of random variance `V + b^2`, hence `L(a,b) = sum_k p_k Phi(a/tau_k)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scales<const N: usize> {
    tau: [f64; N],
    inverse: [f64; N],
    weight: [f64; N],
}

/// The terms of the sums at one `|a|`.
struct ScaleTerms<const N: usize> {
    /// `x_k = |a|/tau_k`.
    x: [f64; N],
    /// `p_k e^(-x_k^2/2)`.
    bell: [f64; N],
    /// `p_k Phi(-x_k)`.
    upper: [f64; N],
}

/// `x`, at most the end of the tail; NaN stays NaN.
#[inline(always)]
fn bounded(x: f64) -> f64 {
    if x > TAIL_END { TAIL_END } else { x }
}

/// Sum of products in four lanes: the order is fixed and vectorises (`N` is a multiple of four).
#[inline(always)]
fn dot<const N: usize>(u: &[f64; N], v: &[f64; N]) -> f64 {
    let mut lanes = [0.0; 4];
    for (x, y) in u.chunks_exact(4).zip(v.chunks_exact(4)) {
        for i in 0..4 {
            lanes[i] += x[i] * y[i];
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// Sum in four lanes.
#[inline(always)]
fn sum<const N: usize>(u: &[f64; N]) -> f64 {
    let mut lanes = [0.0; 4];
    for x in u.chunks_exact(4) {
        for i in 0..4 {
            lanes[i] += x[i];
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

impl<const N: usize> Scales<N> {
    #[inline(always)]
    pub(crate) fn new(rule: &Rule<N>, b: f64) -> Self {
        let mut tau = [0.0; N];
        let mut inverse = [0.0; N];
        let b2 = b * b;
        for k in 0..N {
            tau[k] = (rule.variance[k] + b2).sqrt();
            inverse[k] = 1.0 / tau[k];
        }
        Self { tau, inverse, weight: rule.weight }
    }

    #[inline(always)]
    fn terms(&self, a: f64) -> ScaleTerms<N> {
        let mut out = ScaleTerms { x: [0.0; N], bell: [0.0; N], upper: [0.0; N] };
        let a = a.abs();
        for k in 0..N {
            let x = a * self.inverse[k];
            let (bell, upper) = tail(x);
            out.x[k] = x;
            out.bell[k] = self.weight[k] * bell;
            out.upper[k] = self.weight[k] * upper;
        }
        out
    }

    /// `L(a,b)`.
    #[inline(always)]
    pub(crate) fn value(&self, a: f64) -> f64 {
        let low = sum(&self.terms(a).upper);
        if a > 0.0 { 1.0 - low } else { low }
    }

    /// `(S, L, dL/da)` at `(a,b)`.
    #[inline(always)]
    pub(crate) fn triple(&self, a: f64) -> (f64, f64, f64) {
        let t = self.terms(a);
        let low = sum(&t.upper);
        let slope = INV_SQRT_2PI * dot(&t.bell, &self.inverse);
        // S(-|a|) = sum p tau (phi - x Phi(-x)); the difference loses x^2 ulps of a term that has decayed like e^(-x^2/2).
        let loss: [f64; N] = std::array::from_fn(|k| {
            // The argument is bounded where the tail is frozen, else the product would not vanish at great |a|.
            INV_SQRT_2PI * t.bell[k] - bounded(t.x[k]) * t.upper[k]
        });
        let soft = dot(&loss, &self.tau);
        if a > 0.0 { (a + soft, 1.0 - low, slope) } else { (soft, low, slope) }
    }

    /// `dL/da` and the next three derivatives.
    #[inline(always)]
    fn derivatives(&self, a: f64, t: &ScaleTerms<N>) -> [f64; 4] {
        // Where the tail is frozen the bell is 5e-306: a bounded x keeps the Hermite polynomials finite.
        let x: [f64; N] = t.x.map(bounded);
        let i = &self.inverse;
        let d: [[f64; N]; 4] = [
            t.bell,
            std::array::from_fn(|k| -x[k] * i[k] * t.bell[k]),
            std::array::from_fn(|k| (x[k] * x[k] - 1.0) * (i[k] * i[k]) * t.bell[k]),
            std::array::from_fn(|k| -x[k] * (x[k] * x[k] - 3.0) * (i[k] * i[k] * i[k]) * t.bell[k]),
        ];
        let sign = if a < 0.0 { -1.0 } else { 1.0 };
        let total = |j: usize| INV_SQRT_2PI * dot(&d[j], &self.inverse);
        [total(0), sign * total(1), total(2), sign * total(3)]
    }

    /// `L` and its four derivatives.
    #[inline(always)]
    pub(crate) fn jet(&self, a: f64) -> (f64, [f64; 4]) {
        let t = self.terms(a);
        let low = sum(&t.upper);
        (if a > 0.0 { 1.0 - low } else { low }, self.derivatives(a, &t))
    }
}

/// The kernel at one fixed `b`, for many `a`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FixedScale {
    /// `b = 0`: the logistic function itself.
    Point,
    Full(Scales<24>),
    Wide(Scales<16>),
}

impl FixedScale {
    /// The kernel at noise width `b` (finite; its sign does not matter).
    pub(crate) fn new(b: f64) -> Self {
        if b == 0.0 {
            Self::Point
        } else if b.abs() < WIDE_FROM {
            Self::Full(Scales::new(&LOGISTIC, b))
        } else {
            Self::Wide(Scales::new(&LOGISTIC_WIDE, b))
        }
    }

    /// `(S, L, dL/da)`, finite `a`.
    pub(crate) fn triple(&self, a: f64) -> (f64, f64, f64) {
        match self {
            Self::Point => {
                let (low, high, soft) = bend(a);
                (soft, high, low * high)
            }
            Self::Full(s) => s.triple(a),
            Self::Wide(s) => s.triple(a),
        }
    }

    /// `L` alone, `a` not NaN.
    pub(crate) fn value(&self, a: f64) -> f64 {
        match self {
            Self::Point => sigmoid(a),
            Self::Full(s) => s.value(a),
            Self::Wide(s) => s.value(a),
        }
    }

    /// `L` and its four derivatives in `a`.
    pub(crate) fn jet(&self, a: f64) -> (f64, [f64; 4]) {
        match self {
            Self::Point => {
                let (low, high, _) = bend(a);
                // sigma' = p, and the rest by differentiating p = s(1-s).
                let (p, tilt) = (low * high, low - high);
                (sigmoid(a), [p, p * tilt, p * (1.0 - 6.0 * p), p * tilt * (1.0 - 12.0 * p)])
            }
            Self::Full(s) => s.jet(a),
            Self::Wide(s) => s.jet(a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::rules::LOGISTIC_FAST;

    /// At `b = 0` the mixture is the logistic law itself.
    #[test]
    fn rules_reproduce_the_logistic_law() {
        for i in 0..=800 {
            let a = f64::from(i) * -0.1;
            let s = libm::exp(a) / (1.0 + libm::exp(a));
            let (soft, low, slope) = Scales::new(&LOGISTIC, 0.0).triple(a);
            // A few ulps of values below 1.
            assert!((low - s).abs() < 6e-16 && (slope - s * (1.0 - s)).abs() < 6e-16, "{a}");
            assert!((soft - libm::log1p(libm::exp(a))).abs() < 6e-16, "{a}");
            assert!((Scales::new(&LOGISTIC_FAST, 0.0).value(a) - s).abs() < 5e-12, "{a}");
        }
    }

    #[test]
    fn rules_agree_at_the_switch_and_beyond() {
        for b in [WIDE_FROM * (1.0 - 1e-15), WIDE_FROM, 3.0, 7.0, 40.0] {
            for i in -200..=200 {
                let a = f64::from(i) * 0.1 * b;
                let (full, wide) = (Scales::new(&LOGISTIC, b), Scales::new(&LOGISTIC_WIDE, b));
                let (u, v) = (full.triple(a), wide.triple(a));
                assert!((u.0 - v.0).abs() < 1e-15 * (1.0 + u.0) && (u.1 - v.1).abs() < 1e-15, "{a} {b}");
                for (p, q) in full.jet(a).1.iter().zip(wide.jet(a).1) {
                    assert!((p - q).abs() < 1e-15, "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn weights_sum_to_one_and_the_variance_is_that_of_the_logistic_law() {
        let third = std::f64::consts::PI.powi(2) / 3.0;
        let total: f64 = LOGISTIC.weight.iter().sum();
        let mean: f64 = LOGISTIC.weight.iter().zip(&LOGISTIC.variance).map(|(w, v)| w * v).sum();
        assert!((total - 1.0).abs() < 1e-15);
        // The mean of v is not in the rule's exact space (rational functions of v^(3/4)): its truncation is 1e-13.
        assert!((mean - third).abs() < 1e-12, "{}", mean - third);
    }
}
