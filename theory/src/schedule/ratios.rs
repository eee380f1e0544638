//! Quotients with a removable singularity at 0.

/// (e^x - 1)/x, with its limit at 0.
pub(super) fn expm1_over(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.exp_m1() / x }
}

/// ln(1 + x)/x, with its limit at 0.
pub(super) fn log1p_over(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.ln_1p() / x }
}
