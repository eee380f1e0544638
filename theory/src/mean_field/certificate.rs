//! Bounds on the mass that any optimum keeps on the smaller side, mean field (M32)-(M33).

use std::f64::consts::{FRAC_1_SQRT_2, LN_2};

use crate::numerics::root;
use crate::parameter::{InvalidParameter, finite, positive};

/// kl(t||p) = t log(t/p) + (1-t) log((1-t)/(1-p)) for t in \[0,1\], p in (0,1).
pub fn binary_divergence(t: f64, p: f64) -> f64 {
    let term = |t: f64, p: f64| if t > 0.0 { t * libm::log(t / p) } else { 0.0 };
    term(t, p) + term(1.0 - t, 1.0 - p)
}

/// off = pi(1{x_i > c} != 1{x_j > c}) for a pair of half separations a_i, a_j and unit variances; c = 0 is the middle:
/// 2 Phi(-min a) at most. Any weight at c = 0; at other c the weights are equal.
pub fn disagreement(a_i: f64, a_j: f64, threshold: f64) -> f64 {
    let above = |x: f64| 0.5 * libm::erfc(-x * FRAC_1_SQRT_2);
    let differ = |x: f64, y: f64| above(x) * above(-y) + above(-x) * above(y);
    0.5 * (differ(a_i - threshold, a_j - threshold) + differ(a_i + threshold, a_j + threshold))
}

/// L = min_k -log w_k of mean field (M32), an upper bound of KL* where the components are product measures; at most log 2
/// for two. Any computed F(q) at T = 1 that is smaller is a better one.
///
/// Errors: no weight, or one outside (0,1\].
pub fn heaviest_mode_bound(weights: &[f64]) -> Result<f64, InvalidParameter> {
    let heaviest = weights.iter().fold(0.0, |m: f64, &w| m.max(w));
    if !(heaviest > 0.0 && heaviest <= 1.0) {
        return Err(InvalidParameter::new("weights", format!("{weights:?}"), "hold probabilities, and not none"));
    }
    Ok(-libm::log(heaviest))
}

/// t* of mean field (M33): the largest root below 1/2 of kl(t||off) = L. Every minimiser q of F with F <= `bound` = L has
/// q(A), q(B) >= 1 - t* or both <= t*, where pi(A xor B) = `off` and A, B depend on disjoint coordinates.
///
/// Proof. Data processing for the indicator of A xor B gives kl(t||off) <= KL(q||pi) <= L, t = q(A xor B), so t <= t*. A and B
/// are independent under q: (1 - 2q(A))(1 - 2q(B)) = 1 - 2t >= 1 - 2t* > 0, and both factors have one sign and at least this
/// modulus.
///
/// `None` where kl(1/2||off) <= L and nothing follows.
///
/// Errors: `off` outside (0,1), L negative or not finite.
pub fn minority_bound(off: f64, bound: f64) -> Result<Option<f64>, InvalidParameter> {
    if !(off > 0.0 && off < 1.0) {
        return Err(InvalidParameter::new("off", off, "lie strictly between 0 and 1"));
    }
    if finite("bound", bound)? < 0.0 {
        return Err(InvalidParameter::new("bound", bound, "not be negative"));
    }
    if off >= 0.5 || binary_divergence(0.5, off) <= bound {
        return Ok(None);
    }
    Ok(root(off, 0.5, |t| binary_divergence(t, off) - bound).map(|found| found.value))
}

/// (L + log 2)/log(1/off) >= t*, mean field (M33): the bound in closed form.
///
/// Errors: `off` outside (0,1), L not positive and finite.
pub fn explicit_minority_bound(off: f64, bound: f64) -> Result<f64, InvalidParameter> {
    if !(off > 0.0 && off < 1.0) {
        return Err(InvalidParameter::new("off", off, "lie strictly between 0 and 1"));
    }
    Ok((positive("bound", bound)? + LN_2) / libm::log(1.0 / off))
}

/// A lower bound of KL(q||pi) for every even product measure q, mean field 3: -log(4 p (1-p))/2 with p = `off`, the pi-
/// probability that two signs differ, since under q it is 1/2. Where it exceeds log 2 the optimum of equal weights is not even.
///
/// Errors: `off` outside (0,1).
pub fn even_bound(off: f64) -> Result<f64, InvalidParameter> {
    if !(off > 0.0 && off < 1.0) {
        return Err(InvalidParameter::new("off", off, "lie strictly between 0 and 1"));
    }
    Ok(-0.5 * libm::log(4.0 * off * (1.0 - off)))
}
