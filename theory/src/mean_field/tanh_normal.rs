//! Averages of f = log cosh and its derivatives over a Gaussian argument.

use std::f64::consts::LN_2;

use crate::kernel::{logistic_normal_jet, softplus_normal};

/// E f(u), E tanh u, E sech^2 u, E f'''(u), E f''''(u) for u ~ N(mean, deviation^2), f = log cosh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TanhNormal {
    pub(super) tanh: f64,
    pub(super) sech2: f64,
    /// E f''' = -2 E sech^2 tanh.
    pub(super) d3: f64,
    /// E f'''' = E\[4 sech^2 - 6 sech^4\].
    pub(super) d4: f64,
}

/// The averages through tanh u = 2 sigma(2u) - 1: absolute errors below 1e-13, odd ones odd to the last bit.
pub(super) fn tanh_normal(mean: f64, deviation: f64) -> TanhNormal {
    let side = if mean < 0.0 { -1.0 } else { 1.0 };
    let jet = logistic_normal_jet(2.0 * mean.abs(), 2.0 * deviation);
    let (tanh, d3) = if mean == 0.0 { (0.0, 0.0) } else { (2.0 * jet.value - 1.0, 8.0 * jet.d2) };
    TanhNormal { tanh: side * tanh, sech2: 4.0 * jet.d1, d3: side * d3, d4: 16.0 * jet.d3 }
}

/// E log cosh u for u ~ N(mean, deviation^2); even to the last bit.
pub(super) fn log_cosh_normal(mean: f64, deviation: f64) -> f64 {
    softplus_normal(2.0 * mean.abs(), 2.0 * deviation) - mean.abs() - LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trapezoid sums over the Gaussian.
    #[test]
    fn averages_are_those_of_the_definitions() {
        for (mean, deviation) in [(0.0, 1.4), (0.7, 0.3), (-2.0, 3.0)] {
            let average = |f: &dyn Fn(f64) -> f64| -> f64 {
                let step = 0.01;
                let term = |k: i32| {
                    let g = f64::from(k) * step;
                    step * (-g * g / 2.0).exp() / std::f64::consts::TAU.sqrt() * f(mean + deviation * g)
                };
                (-1000..=1000).map(term).sum()
            };
            let found = tanh_normal(mean, deviation);
            let sech2 = |u: f64| 1.0 / u.cosh().powi(2);
            assert!((found.tanh - average(&f64::tanh)).abs() < 1e-13);
            assert!((found.sech2 - average(&sech2)).abs() < 1e-13);
            assert!((found.d3 - average(&|u| -2.0 * sech2(u) * u.tanh())).abs() < 1e-13);
            assert!((found.d4 - average(&|u| 4.0 * sech2(u) - 6.0 * sech2(u).powi(2))).abs() < 2e-13);
            assert!((log_cosh_normal(mean, deviation) - average(&|u: f64| u.cosh().ln())).abs() < 1e-13);
        }
    }
}
