//! Shorter rules for the hot path.

use super::gauss::{INV_SQRT_2PI, TAIL_END, tail_pair_rough, tail_pair_short, tail_short};
use super::rules::{LOGISTIC_FAST, LOGISTIC_FAST_WIDE, LOGISTIC_ROUGH, LOGISTIC_ROUGH_WIDE, Rule};
use super::scales::WIDE_FROM;

/// `L(a,b)` by a 12-node rule, for loops in which `b` varies.
///
/// Formula, symbols and source as for [`logistic_normal`](crate::logistic_normal), with a shorter mixture.
///
/// Absolute error: below 1e-11 (measured 5e-12) for every `a` and `|b| <= 1e150`, `b = 0` included. `L(-a,b) = 1 - L(a,b)`
/// holds to rounding. Edges: `a = +-inf` gives 1 or 0 to 1e-300 while `b` is finite; NaN gives NaN.
pub fn logistic_normal_fast(a: f64, b: f64) -> f64 {
    let [value] = logistic_normal_fast_array([a], b);
    value
}

/// [`logistic_normal_fast`] for `N` means of the logit that share one deviation `b`, written so that the terms of all share
/// vector instructions; equal to it to the bit.
#[inline(always)]
pub fn logistic_normal_fast_array<const N: usize>(a: [f64; N], b: f64) -> [f64; N] {
    let b2 = b * b;
    let mut terms = [[0.0; SCALES]; N];
    for k in 0..SCALES {
        let tau = (LOGISTIC_FAST.variance[k] + b2).sqrt();
        for i in 0..N {
            terms[i][k] = a[i].abs() / tau;
        }
    }
    for term in terms.as_flattened_mut() {
        *term = tail_short(*term);
    }
    let mut out = [0.0; N];
    for i in 0..N {
        for k in 0..SCALES {
            out[i] += LOGISTIC_FAST.weight[k] * terms[i][k];
        }
        out[i] = if a[i] > 0.0 { 1.0 - out[i] } else { out[i] };
    }
    out
}

/// `(S, L, dL/da)` at `R` arguments for each of `N` noise widths, written so that the widths share vector instructions.
///
/// Symbols: `a[r][i]`, and `square[i] = b[i]^2`; the result is `[S, L, dL/da]` for each `r`. Formula and source as for
/// [`logistic_softplus_normal`](crate::logistic_softplus_normal), with the mixture of [`logistic_normal_fast`].
///
/// Absolute error: below 1e-11 in `L`, 2e-11 in `dL/da`, 1e-11 (1 + b) in `S`, for every `a` and `|b| <= 1e150`, `b = 0`
/// included. `L(-a,b) = 1 - L(a,b)` and `S(a,b) - S(-a,b) = a` hold to rounding. Edges: `a = -inf` gives 0, 0 and 0 to
/// 1e-300; NaN gives NaN.
#[inline(always)]
pub fn logistic_softplus_normal_fast_array<const R: usize, const N: usize>(
    a: &[[f64; N]; R],
    square: &[f64; N],
) -> [[[f64; N]; 3]; R] {
    let mut out = [[[0.0; N]; 3]; R];
    for (variance, weight) in LOGISTIC_FAST.variance.iter().zip(&LOGISTIC_FAST.weight) {
        let (mut tau, mut inverse) = ([0.0; N], [0.0; N]);
        for i in 0..N {
            tau[i] = (variance + square[i]).sqrt();
            inverse[i] = 1.0 / tau[i];
        }
        for r in 0..R {
            add_scale(tail_pair_short, &a[r], (&tau, &inverse, *weight), &mut out[r]);
        }
    }
    for r in 0..R {
        unfold(&a[r], &mut out[r]);
    }
    out
}

/// [`logistic_softplus_normal_fast_array`] for one noise width and many arguments, with no more scales than that takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastScales {
    is_rough: bool,
    count: usize,
    tau: [f64; SCALES],
    inverse: [f64; SCALES],
    weight: [f64; SCALES],
}

/// The shorter kernels are good to this.
pub(crate) const FINE: f64 = 1e-10;
/// The shortest ones.
const ROUGH: f64 = 1e-7;

impl FastScales {
    /// For a noise width of that square: `L` is good to `tolerance`, but no better than [`FINE`]; `S` to that times `1 + b`.
    #[inline(always)]
    pub(crate) fn new(square: f64, tolerance: f64) -> Self {
        let none = [0.0; SCALES];
        let mut scales = Self { is_rough: tolerance >= ROUGH, count: 0, tau: none, inverse: none, weight: none };
        match (scales.is_rough, square < WIDE_FROM * WIDE_FROM) {
            (false, true) => scales.fill(&LOGISTIC_FAST, square),
            (false, false) => scales.fill(&LOGISTIC_FAST_WIDE, square),
            (true, true) => scales.fill(&LOGISTIC_ROUGH, square),
            (true, false) => scales.fill(&LOGISTIC_ROUGH_WIDE, square),
        }
        scales
    }

    #[inline(always)]
    fn fill<const N: usize>(&mut self, rule: &Rule<N>, square: f64) {
        self.count = N;
        for k in 0..N {
            self.tau[k] = (rule.variance[k] + square).sqrt();
            self.inverse[k] = 1.0 / self.tau[k];
            self.weight[k] = rule.weight[k];
        }
    }

    /// `[S, L, dL/da]` at `N` arguments.
    #[inline(always)]
    pub(crate) fn triple<const N: usize>(&self, a: &[f64; N]) -> [[f64; N]; 3] {
        let mut out = [[0.0; N]; 3];
        for k in 0..self.count {
            let scale = (&[self.tau[k]; N], &[self.inverse[k]; N], self.weight[k]);
            if self.is_rough {
                add_scale(tail_pair_rough, a, scale, &mut out);
            } else {
                add_scale(tail_pair_short, a, scale, &mut out);
            }
        }
        unfold(a, &mut out);
        out
    }
}

/// Scales of the longest of these mixtures.
const SCALES: usize = 12;

/// Adds one scale of the mixture at `-|a|` to `[S, L, dL/da]`.
#[inline(always)]
fn add_scale<const N: usize>(
    tail: impl Fn(f64) -> (f64, f64),
    a: &[f64; N],
    (tau, inverse, weight): (&[f64; N], &[f64; N], f64),
    out: &mut [[f64; N]; 3],
) {
    for i in 0..N {
        let x = a[i].abs() * inverse[i];
        // Bounded where the tail is frozen, else the product with it would not vanish at great |a|.
        let x = if x > TAIL_END { TAIL_END } else { x };
        let (bell, upper) = tail(x);
        let bell = INV_SQRT_2PI * bell;
        out[0][i] += weight * tau[i] * (bell - x * upper);
        out[1][i] += weight * upper;
        out[2][i] += weight * inverse[i] * bell;
    }
}

/// From `-|a|` to `a`.
#[inline(always)]
fn unfold<const N: usize>(a: &[f64; N], out: &mut [[f64; N]; 3]) {
    for i in 0..N {
        let high = a[i] > 0.0;
        out[0][i] += if high { a[i] } else { 0.0 };
        out[1][i] = if high { 1.0 - out[1][i] } else { out[1][i] };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::logistic_softplus_normal;

    /// What is stated of both tolerances, on both sides of the change to fewer scales.
    #[test]
    fn no_more_scales_than_the_tolerance_takes() {
        for (tolerance, bound) in [(FINE, 2e-11), (ROUGH, 8e-8)] {
            for b in [0.0, 0.3, 1.0, 1.99, 2.0, 2.5, 4.0, 9.0, 60.0] {
                let scales = FastScales::new(b * b, tolerance);
                for i in -80..=80 {
                    let a = 0.1 * f64::from(i) * (b * b + 4.0f64).sqrt();
                    let ([[s], [l], [slope]], truth) = (scales.triple(&[a]), logistic_softplus_normal(a, b));
                    assert!((l - truth.1).abs() < bound, "{tolerance:e} {a} {b}: {:e}", l - truth.1);
                    assert!((s - truth.0).abs() < bound * (1.0 + b), "{tolerance:e} {a} {b}: {:e}", s - truth.0);
                    assert!((slope - truth.2).abs() < 20.0 * bound, "{tolerance:e} {a} {b}: {:e}", slope - truth.2);
                }
            }
        }
    }
}
