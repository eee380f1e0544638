//! The law of a normal variate and one of Gumbel's, `P(G < t) = e^(-e^(-t))`.

use std::f64::consts::{PI, SQRT_2, TAU};

/// The mean of Gumbel's law: Euler's constant.
pub(super) const GUMBEL_MEAN: f64 = 0.577_215_664_901_532_9;
/// Deviations from which on F is normal but for its skewness.
const WIDE: f64 = 30.0;

/// The distribution function of `s x + G`, x standard normal, and its density, at `count` places `grid` apart. Absolute error 1e-7, near
/// [`WIDE`] 1e-6.
pub(super) fn law(deviation: f64, (from, grid): (f64, f64), count: usize) -> Vec<[f64; 2]> {
    if deviation < WIDE {
        convolved(deviation, (from, grid), count)
    } else {
        nearly_normal(deviation, (from, grid), count)
    }
}

/// Gumbel's law added up over the noise, at places so close that sums are integrals.
fn convolved(deviation: f64, (from, grid): (f64, f64), count: usize) -> Vec<[f64; 2]> {
    let asked = TAU / (5.8 / deviation + 11.5);
    // Whole parts of the grid's distance, or so many of them.
    let parts = (grid / asked).ceil().max(1.0) as usize;
    let part = grid / parts as f64;
    let stride = ((asked / part) as usize).max(1);
    let side = (6.0 * deviation / (stride as f64 * part)).ceil() as usize;
    let weight = |j: usize| {
        let x = (j as f64 - side as f64) * stride as f64 * part / deviation;
        libm::exp(-0.5 * x * x)
    };
    let weights: Vec<f64> = (0..=2 * side).map(weight).collect();
    let total: f64 = weights.iter().sum();
    let gumbel = |i: usize| {
        let t = from + (i as f64 - (side * stride) as f64) * part;
        let rate = libm::exp((-t).min(700.0));
        let value = libm::exp(-rate);
        [value, rate * value]
    };
    let without: Vec<[f64; 2]> = (0..count * parts + 2 * side * stride).map(gumbel).collect();
    let at = |i: usize| {
        let near = without[i * parts..].iter().step_by(stride).zip(&weights);
        near.fold([0.0; 2], |[f, g], ([value, density], w)| [f + w * value / total, g + w * density / total])
    };
    (0..count).map(at).collect()
}

/// By Edgeworth's first term; Gumbel's cumulants are Euler's constant, `pi^2/6` and `2 zeta(3)`.
fn nearly_normal(deviation: f64, (from, grid): (f64, f64), count: usize) -> Vec<[f64; 2]> {
    let spread = (deviation * deviation + PI * PI / 6.0).sqrt();
    let skew = 2.404_113_806_319_188_6 / spread.powi(3);
    let at = |i: usize| {
        let z = (from + i as f64 * grid - GUMBEL_MEAN) / spread;
        let density = libm::exp(-0.5 * z * z) / TAU.sqrt();
        let value = 0.5 * libm::erfc(-z / SQRT_2) - skew / 6.0 * (z * z - 1.0) * density;
        [value.clamp(0.0, 1.0), density * (1.0 + skew / 6.0 * z * (z * z - 3.0)).max(0.0) / spread]
    };
    (0..count).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::{WIDE, convolved, nearly_normal};

    /// Where one takes the place of the other both are the same to single precision of the slope.
    #[test]
    fn wide_laws_are_nearly_normal() {
        let grid = (-5.0 * WIDE, WIDE / 8.0);
        for (a, b) in convolved(WIDE, grid, 80).iter().zip(nearly_normal(WIDE, grid, 80)) {
            assert!((a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() * WIDE < 2e-6, "{a:?} {b:?}");
        }
    }
}
