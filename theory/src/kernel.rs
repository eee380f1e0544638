//! The logistic-normal integral `L`, its primitive `S` and their derivatives: theory (6).
//!
//! A standard logistic variable is a normal one of random variance `V`, so `L(a,b) = E Phi(a/sqrt(V + b^2))` and likewise
//! for `S` and every derivative: one short sum with positive weights holds for all `a` and `b`, from `b = 0` to the width
//! of a hot start, without a switch. The nodes are derived in `tests/data/kernel_rules.py`.

mod fast;
mod gauss;
mod hermite;
mod pull_table;
mod repulsion;
mod repulsion_table;
mod rules;
mod scales;
mod series;

pub(crate) use fast::{FINE, FastScales};
pub use fast::{logistic_normal_fast, logistic_normal_fast_array, logistic_softplus_normal_fast_array};
pub use gauss::exp_array;
pub(crate) use gauss::{INV_SQRT_2PI, log_array};
pub(crate) use pull_table::PullPotentialTable;
pub use pull_table::PullTable;
pub use repulsion::{RepulsionJet, repulsion, repulsion_jet};
pub(crate) use repulsion_table::RepulsionPotentialTable;
pub use repulsion_table::RepulsionTable;
pub(crate) use scales::FixedScale;
pub use series::{OddSeries, Series};

/// `L` and its derivatives in `a`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticJet {
    /// `L(a,b)`.
    pub value: f64,
    /// `dL/da`.
    pub d1: f64,
    /// `d^2 L/da^2`; also `dL/db` divided by `b`.
    pub d2: f64,
    /// `d^3 L/da^3`.
    pub d3: f64,
    /// `d^4 L/da^4`.
    pub d4: f64,
}

/// The logistic function `sigma(a) = 1/(1 + e^(-a))`, exact at both ends and without overflow.
pub(crate) fn sigmoid(a: f64) -> f64 {
    if a < 0.0 {
        let e = libm::exp(a);
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + libm::exp(-a))
    }
}

/// `log(1 + e^a)` without overflow.
pub(crate) fn softplus(a: f64) -> f64 {
    let tail = libm::log1p(libm::exp(-a.abs()));
    if a > 0.0 { a + tail } else { tail }
}

/// `(sigma(-w), sigma(w), log(1 + e^w))` from one exponential.
pub(crate) fn bend(w: f64) -> (f64, f64, f64) {
    let e = libm::exp(-w.abs());
    let (near, far) = (1.0 / (1.0 + e), e / (1.0 + e));
    let tail = libm::log1p(e);
    if w > 0.0 { (far, near, w + tail) } else { (near, far, tail) }
}

/// `(S, L, dL/da)` at infinite `a` and NaN.
fn limits(a: f64, b: f64) -> Option<(f64, f64, f64)> {
    if a.is_nan() || b.is_nan() {
        Some((f64::NAN, f64::NAN, f64::NAN))
    } else if a.is_infinite() {
        let on = if a > 0.0 { 1.0 } else { 0.0 };
        Some((if a > 0.0 { f64::INFINITY } else { 0.0 }, on, 0.0))
    } else {
        None
    }
}

/// Logistic-normal integral `L(a,b) = E sigma(a + b g)`, `g ~ N(0,1)`.
///
/// Symbols: `a` the mean, `b` the standard deviation of the logit (its sign does not matter).
///
/// Source: theory (6); computed as `E Phi(a/sqrt(V + b^2))`, `V` the mixing variance of the logistic law.
///
/// Absolute error: below 1e-14 for every `a` and every `|b| <= 1e150`; values far below 1e-16 keep their order of
/// magnitude at best. `L(-a,b) = 1 - L(a,b)` holds to rounding.
/// Edges: `b = 0` is `sigma(a)`; `a = +-inf` is 1 or 0 for every `b`; NaN gives NaN.
pub fn logistic_normal(a: f64, b: f64) -> f64 {
    match limits(a, b) {
        Some((_, value, _)) => value,
        None => FixedScale::new(b).value(a),
    }
}

/// Softplus-normal integral `S(a,b) = E log(1 + e^(a + b g))`, `g ~ N(0,1)`.
///
/// Symbols: `a` the mean, `b` the standard deviation of the logit (its sign does not matter). `dS/da = L`, `dS/db = b dL/da`.
///
/// Source: theory (6); computed as `E[a Phi(a/tau) + tau phi(a/tau)]`, `tau = sqrt(V + b^2)`, `V` the mixing variance of
/// the logistic law.
///
/// Error: below 1e-15 (1 + S), hence below 1e-12 absolutely for `|a| <= 400`, `|b| <= 200`. `S(a,b) - S(-a,b) = a` holds to
/// rounding. Edges: `b = 0` is `log(1 + e^a)`; `a = inf` is infinite, `a = -inf` is 0; NaN gives NaN; beyond
/// `|b| = 1e150` the square overflows and the result is infinite.
pub fn softplus_normal(a: f64, b: f64) -> f64 {
    logistic_softplus_normal(a, b).0
}

/// `(S, L, dL/da)` at one point for little more than the price of one of them.
///
/// Symbols, source, errors and edges as for [`softplus_normal`] and [`logistic_normal`]; the derivative is accurate to
/// 1e-14 and is 0 at `a = +-inf`.
pub fn logistic_softplus_normal(a: f64, b: f64) -> (f64, f64, f64) {
    limits(a, b).unwrap_or_else(|| FixedScale::new(b).triple(a))
}

/// `L(a,b)` with its first four derivatives in `a`.
///
/// Symbols, source and edges as for [`logistic_normal`]; `dL/db = b L_aa`, `d^2 L/db^2 = L_aa + b^2 L_aaaa`. Absolute
/// error of each derivative below 1e-14. At `a = +-inf` the derivatives are 0.
pub fn logistic_normal_jet(a: f64, b: f64) -> LogisticJet {
    match limits(a, b) {
        // At infinite a all derivatives vanish like the first.
        Some((_, value, p)) => LogisticJet { value, d1: p, d2: p, d3: p, d4: p },
        None => {
            let (value, [d1, d2, d3, d4]) = FixedScale::new(b).jet(a);
            LogisticJet { value, d1, d2, d3, d4 }
        }
    }
}
