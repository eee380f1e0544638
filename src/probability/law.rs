//! Densities and distribution functions of the statistics of random starts.

use std::f64::consts::FRAC_1_SQRT_2;

use collapsar_theory::numerics::regularised_beta;
use nalgebra::DMatrix;
use statrs::function::gamma::ln_gamma;

/// 2 Phi(x) - 1.
pub(crate) fn two_sided(x: f64) -> f64 {
    libm::erf(x * FRAC_1_SQRT_2)
}

/// The density of a chi variate of `freedom` n >= 1 at x > 0: x^(n-1) e^(-x^2/2)/(2^(n/2-1) Gamma(n/2)).
pub(crate) fn chi_density(freedom: f64, x: f64) -> f64 {
    let log = (freedom - 1.0) * x.ln() - x * x / 2.0 - (freedom / 2.0 - 1.0) * std::f64::consts::LN_2;
    (log - ln_gamma(freedom / 2.0)).exp()
}

/// The interval that holds all but 1e-13 of a chi law: its distance from sqrt(n) has Gaussian tails of variance at most 1.
pub(crate) fn chi_range(freedom: f64) -> (f64, f64) {
    let reach = 7.5;
    ((freedom.sqrt() - reach).max(0.0), freedom.sqrt() + reach)
}

/// The density, in the angle t = asin(u) in (-pi/2, pi/2), of one coordinate u of a uniform point on the sphere in R^n,
/// n >= 2: cos(t)^(n-2) Gamma(n/2)/(sqrt(pi) Gamma((n-1)/2)).
pub(crate) fn latitude_density(n: f64, t: f64) -> f64 {
    let log = ln_gamma(n / 2.0) - ln_gamma((n - 1.0) / 2.0);
    (log + (n - 2.0) * t.cos().ln()).exp() / std::f64::consts::PI.sqrt()
}

/// The probability that the angle is below `t`.
pub(crate) fn latitude_below(n: f64, t: f64) -> f64 {
    0.5 + t.signum() * coordinate_within(n, t.sin().abs()) / 2.0
}

/// The largest |t| of that law that matters: beyond it lies less than 3e-12 of it.
pub(crate) fn latitude_reach(n: f64) -> f64 {
    let half = std::f64::consts::FRAC_PI_2;
    // cos(t)^(n-2) <= exp(-(n-2) t^2/2).
    if n > 2.0 { (7.0 / (n - 2.0).sqrt()).min(half) } else { half }
}

/// The Gauss rule of `count` points for one coordinate u of a uniform point on the sphere in R^n, n >= 3: nodes and weights
/// (which sum to 1), by the eigenvalues of the Gegenbauer recurrence with lambda = (n-2)/2,
/// b_k = k (k + 2 lambda - 1)/(4 (k + lambda)(k + lambda - 1)) (Golub and Welsch 1969).
pub(crate) fn coordinate_rule(n: f64, count: usize) -> Vec<(f64, f64)> {
    let lambda = (n - 2.0) / 2.0;
    let mut matrix = DMatrix::<f64>::zeros(count, count);
    for k in 1..count {
        let i = k as f64;
        // At k = 1 the factor k + 2 lambda - 1 cancels against one of the denominators.
        let b = if k == 1 {
            1.0 / (2.0 + 2.0 * lambda)
        } else {
            i * (i + 2.0 * lambda - 1.0) / (4.0 * (i + lambda) * (i + lambda - 1.0))
        };
        (matrix[(k, k - 1)], matrix[(k - 1, k)]) = (b.sqrt(), b.sqrt());
    }
    let eigen = matrix.symmetric_eigen();
    let mut rule: Vec<(f64, f64)> =
        (0..count).map(|k| (eigen.eigenvalues[k], eigen.eigenvectors[(0, k)] * eigen.eigenvectors[(0, k)])).collect();
    rule.sort_by(|a, b| a.0.total_cmp(&b.0));
    rule
}

/// P(|u| <= x) for one coordinate u of a uniform point on the sphere in R^n, n >= 2: I_{x^2}(1/2, (n-1)/2).
pub(crate) fn coordinate_within(n: f64, x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { regularised_beta(0.5, (n - 1.0) / 2.0, x * x) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probability::quadrature::integrate;

    #[test]
    fn densities_are_normalised_and_distributions_their_integrals() {
        for n in [1.0, 2.0, 7.0, 100.0, 1e6] {
            let (low, high) = chi_range(n);
            let total = integrate(&mut |x| (chi_density(n, x), 0.0), &[low, high], 1e-11).value;
            // The logarithm of Gamma(5e5) carries an absolute error of 1e-9.
            assert!((total - 1.0).abs() < if n < 1e5 { 1e-11 } else { 3e-9 }, "chi, n = {n}: {total}");
        }
        for n in [2.0, 3.0, 10.0, 512.0, 1e6] {
            let reach = latitude_reach(n);
            let within = |t: f64| integrate(&mut |t| (latitude_density(n, t), 0.0), &[-t, 0.0, t], 1e-11).value;
            assert!((within(reach) - 1.0).abs() < if n < 1e5 { 2e-11 } else { 3e-9 }, "n = {n}");
            let t = reach / 4.0;
            assert!((coordinate_within(n, t.sin()) - within(t)).abs() < 5e-9, "n = {n}");
            let between = latitude_below(n, t) - latitude_below(n, -t);
            assert!((between - within(t)).abs() < 5e-9 && latitude_below(n, 0.0) == 0.5, "n = {n}");
        }
        // Moments of a coordinate: E u^2 = 1/n, E u^4 = 3/(n (n+2)).
        for n in [3.0, 10.0, 512.0, 1e6] {
            let rule = coordinate_rule(n, 8);
            let moment = |p: i32| rule.iter().map(|(u, w)| w * u.powi(p)).sum::<f64>();
            assert!((moment(0) - 1.0).abs() < 1e-13 && moment(1).abs() < 1e-14);
            assert!((moment(2) * n - 1.0).abs() < 1e-12 && (moment(4) * n * (n + 2.0) / 3.0 - 1.0).abs() < 1e-11);
        }
        assert!((two_sided(1.0) - 0.682_689_492_137_085_9).abs() < 1e-15);
    }
}
