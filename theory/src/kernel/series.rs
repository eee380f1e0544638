//! Chebyshev series of smooth functions on an interval, evaluated for several arguments at once.

/// Numbers of nodes tried, up to the last whatever the error.
const NODES: [usize; 7] = [8, 12, 16, 32, 64, 128, 256];

/// A function on [low, high] as a Chebyshev series; beyond the ends it stays at its end values.
///
/// Formula: f(x) = sum_k c_k T_k(2 (x - low)/(high - low) - 1), with the coefficients of interpolation at Chebyshev
/// nodes, cut where the sum of those left out is below the tolerance asked for (the error, while the function is smooth
/// enough for 256 nodes). No table look-ups, hence vector instructions across the arguments. Summed by Clenshaw's
/// recurrence; NaN gives NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    low: f64,
    high: f64,
    scale: f64,
    coefficients: Vec<f64>,
}

/// A function with f(centre + u) = -f(centre - u) on |u| <= reach, as u times a series in u^2: half the terms.
///
/// Formula: f = t sum_k c_k T_k(2 t^2 - 1), t = u/reach; otherwise like [`Series`].
#[derive(Debug, Clone, PartialEq)]
pub struct OddSeries {
    centre: f64,
    reach: f64,
    coefficients: Vec<f64>,
}

impl Series {
    /// The series of `f` on [`low`, `high`] (finite, `low` < `high`) to the absolute `tolerance`.
    pub fn fit(low: f64, high: f64, tolerance: f64, f: impl Fn(f64) -> f64) -> Self {
        let half = (high - low) / 2.0;
        let coefficients = coefficients(tolerance, |w| f(low + half * (1.0 + w)));
        Self { low, high, scale: 1.0 / half, coefficients }
    }

    /// The values at `x`.
    #[inline(always)]
    pub fn at<const L: usize>(&self, x: &[f64; L]) -> [f64; L] {
        let mut w = [0.0; L];
        for l in 0..L {
            w[l] = (clamp(x[l], self.low, self.high) - self.low) * self.scale - 1.0;
        }
        clenshaw(&self.coefficients, &w)
    }
}

impl OddSeries {
    /// The series of `f`, odd about `centre`, to the absolute `tolerance` on |x - centre| <= `reach` (positive).
    pub fn fit(centre: f64, reach: f64, tolerance: f64, f: impl Fn(f64) -> f64) -> Self {
        let coefficients = coefficients(tolerance, |w| {
            // Chebyshev nodes lie inside (-1, 1), so t > 0.
            let t = ((1.0 + w) / 2.0).sqrt();
            f(centre + reach * t) / t
        });
        Self { centre, reach, coefficients }
    }

    /// The values at `x`.
    #[inline(always)]
    pub fn at<const L: usize>(&self, x: &[f64; L]) -> [f64; L] {
        let inverse = 1.0 / self.reach;
        let (mut t, mut w) = ([0.0; L], [0.0; L]);
        for l in 0..L {
            t[l] = clamp((x[l] - self.centre) * inverse, -1.0, 1.0);
            w[l] = 2.0 * t[l] * t[l] - 1.0;
        }
        let mut out = clenshaw(&self.coefficients, &w);
        for l in 0..L {
            out[l] *= t[l];
        }
        out
    }
}

/// `x` kept in [low, high], in a form that becomes two vector instructions; NaN stays NaN.
#[inline(always)]
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// sum_k c_k T_k(w).
#[inline(always)]
fn clenshaw<const L: usize>(coefficients: &[f64], w: &[f64; L]) -> [f64; L] {
    let (mut b1, mut b2) = ([0.0; L], [0.0; L]);
    let Some((&first, rest)) = coefficients.split_first() else { return b1 };
    let mut twice = [0.0; L];
    for l in 0..L {
        twice[l] = 2.0 * w[l];
    }
    for &c in rest.iter().rev() {
        for l in 0..L {
            let b = (c - b2[l]) + twice[l] * b1[l];
            b2[l] = b1[l];
            b1[l] = b;
        }
    }
    for l in 0..L {
        b1[l] = (first - b2[l]) + w[l] * b1[l];
    }
    b1
}

/// The coefficients of `f` on [-1, 1]: interpolation at more and more Chebyshev nodes until the last quarter of the
/// coefficients is below the tolerance; then the tail is cut while it sums to less than the tolerance.
fn coefficients(tolerance: f64, f: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut found = Vec::new();
    for n in NODES {
        found = interpolation(n, &f);
        let tail: f64 = found[n - n / 4..].iter().map(|c| c.abs()).sum();
        if tail <= tolerance / 4.0 {
            break;
        }
    }
    let mut left_out = 0.0;
    while let Some(last) = found.last() {
        left_out += last.abs();
        if left_out > tolerance / 2.0 || found.len() == 1 {
            break;
        }
        found.pop();
    }
    found
}

/// The coefficients of the interpolant at the n zeros of T_n: c_k = (2/n) sum_j f(w_j) T_k(w_j), half of it for k = 0.
fn interpolation(n: usize, f: &impl Fn(f64) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; n];
    for j in 0..n {
        let w = libm::cos(std::f64::consts::PI * (j as f64 + 0.5) / n as f64);
        let value = f(w);
        let (mut now, mut next) = (1.0, w);
        for sum in &mut sums {
            *sum += value * now;
            (now, next) = (next, 2.0 * w * next - now);
        }
    }
    let scale = 2.0 / n as f64;
    sums.iter().enumerate().map(|(k, sum)| if k == 0 { sum / n as f64 } else { sum * scale }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{logistic_normal, repulsion};

    #[test]
    fn kernels_are_met_to_the_tolerance() {
        for tolerance in [1e-7, 1e-9, 1e-11] {
            for b in [4.0, 6.0, 40.0] {
                let tau = |m: f64| 2.0 * logistic_normal(b * (m + 0.2), b) - 1.0;
                let series = OddSeries::fit(-0.2, 8.0, tolerance, tau);
                for i in -90..=90 {
                    let x = 0.1 * f64::from(i);
                    let [found] = series.at(&[x]);
                    assert!((found - tau(x.clamp(-8.2, 7.8))).abs() < tolerance, "{b} {x}");
                }
            }
            let series = Series::fit(1.0, 14.0, tolerance, |u| repulsion(u * u - 1.0));
            for i in 10..=140 {
                let u = 0.1 * f64::from(i);
                assert!((series.at(&[u])[0] - repulsion(u * u - 1.0)).abs() < tolerance, "{u}");
            }
        }
    }

    #[test]
    fn polynomials_are_exact_and_short() {
        let series = Series::fit(-1.0, 3.0, 1e-12, |x| x * x * x - x);
        assert_eq!(series.coefficients.len(), 4);
        for x in [-1.0, 0.3, 2.9, 3.0] {
            assert!((series.at(&[x])[0] - (x * x * x - x)).abs() < 1e-13);
        }
        let odd = OddSeries::fit(0.0, 2.0, 1e-12, |x| x * x * x - x);
        assert_eq!(odd.coefficients.len(), 2);
        assert_eq!(odd.at(&[0.0]), [0.0]);
    }

    #[test]
    fn lanes_do_not_see_each_other_and_nan_is_passed_on() {
        let series = Series::fit(0.0, 1.0, 1e-10, f64::exp);
        let (alone, [a, b, c]) = (series.at(&[0.3])[0], series.at(&[f64::NAN, 0.3, 7.0]));
        assert!(a.is_nan() && b.to_bits() == alone.to_bits() && (c - 1f64.exp()).abs() < 1e-10);
    }
}
