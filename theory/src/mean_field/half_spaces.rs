//! Two half spaces that tell two modes of a Gaussian mixture apart, for mean field (M33).

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use super::gaussian_mixture::GaussianMixture;

/// The events A = {x_i > c_i} and B = {x_j > c_j}, or {x_j < c_j} where not `aligned`: both hold about one mode, neither about
/// another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HalfSpaces {
    /// i and j, from 0.
    pub coordinates: [usize; 2],
    /// c_i and c_j.
    pub thresholds: [f64; 2],
    /// Whether B looks in the same direction as A.
    pub aligned: bool,
    /// pi(A xor B).
    pub off: f64,
    /// The least of pi(A), pi(B) and their complements: what the target has on the smaller side. A product measure with less there is
    /// lopsided; one that only has little there need not be.
    pub share: f64,
}

/// Nodes of the first search along each threshold, and the share of the box at which its refinement ends.
const NODES: usize = 17;
const FINE: f64 = 1e-7;
/// Panels of Simpson's rule over the angle of the correlation.
const PANELS: usize = 128;
/// Most coordinates that are combined: those of largest scatter between the modes.
const MOST: usize = 12;

impl HalfSpaces {
    /// Of all pairs of coordinates and all pairs of modes those with the least pi(A xor B), thresholds between the means of the two
    /// modes; `None` where no two modes differ in two coordinates. With more than 12 coordinates only the 12 of
    /// largest scatter between the modes are tried.
    ///
    /// A local search from a grid of thresholds: another choice may be better, none makes the bound wrong.
    pub fn best(target: &GaussianMixture) -> Option<Self> {
        let chosen = widest(target);
        let count = target.weights().len();
        let mut best: Option<Self> = None;
        for (place, &i) in chosen.iter().enumerate() {
            for &j in &chosen[..place] {
                for k in 0..count {
                    for l in 0..k {
                        let found = between(target, [i, j], [k, l]);
                        if found.is_some_and(|found| best.is_none_or(|best| found.off < best.off)) {
                            best = found;
                        }
                    }
                }
            }
        }
        best
    }
}

/// The coordinates by the variance of the means, largest first.
fn widest(target: &GaussianMixture) -> Vec<usize> {
    let centre = target.centre();
    let scatter = |j: usize| -> f64 {
        let part = |k: usize| target.weights()[k] * (target.mean_of(k)[j] - centre[j]).powi(2);
        (0..target.weights().len()).map(part).sum()
    };
    let mut all: Vec<usize> = (0..target.dimension()).collect();
    all.sort_by(|&a, &b| scatter(b).total_cmp(&scatter(a)));
    all.truncate(MOST);
    all
}

/// The best thresholds between modes `k` and `l`.
fn between(target: &GaussianMixture, coordinates: [usize; 2], [k, l]: [usize; 2]) -> Option<HalfSpaces> {
    let ends = coordinates.map(|j| (target.mean_of(l)[j], target.mean_of(k)[j]));
    if ends.iter().any(|(a, b)| a == b) {
        return None;
    }
    let aligned = ends.iter().filter(|(a, b)| a < b).count() != 1;
    let at = |share: [f64; 2]| {
        let thresholds = [0, 1].map(|n| ends[n].0 + share[n] * (ends[n].1 - ends[n].0));
        let (off, share) = masses(target, coordinates, thresholds, aligned);
        HalfSpaces { coordinates, thresholds, aligned, off, share }
    };
    let node = |n: usize| (n + 1) as f64 / (NODES + 1) as f64;
    let mut share = [0.5; 2];
    let mut best = at(share);
    for a in 0..NODES {
        for b in 0..NODES {
            let found = at([node(a), node(b)]);
            if found.off < best.off {
                (best, share) = (found, [node(a), node(b)]);
            }
        }
    }
    let mut step = 0.5 * node(0);
    while step > FINE {
        let moves = [[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]];
        let tried = moves.map(|by| [0, 1].map(|n| (share[n] + by[n]).clamp(0.0, 1.0)));
        match tried.into_iter().map(|share| (at(share), share)).min_by(|a, b| a.0.off.total_cmp(&b.0.off)) {
            Some((found, moved)) if found.off < best.off => (best, share) = (found, moved),
            _ => step *= 0.5,
        }
    }
    Some(best)
}

/// pi(A xor B), and the least of pi(A), pi(B) and their complements.
fn masses(target: &GaussianMixture, [i, j]: [usize; 2], thresholds: [f64; 2], aligned: bool) -> (f64, f64) {
    let side = if aligned { 1.0 } else { -1.0 };
    let (mut first, mut second, mut off) = (0.0, 0.0, 0.0);
    for (k, weight) in target.weights().iter().enumerate() {
        let (mean, covariance) = (target.mean_of(k), target.covariance_of(k));
        let deviations = [covariance[i][i].sqrt(), covariance[j][j].sqrt()];
        let h = (thresholds[0] - mean[i]) / deviations[0];
        let l = side * (thresholds[1] - mean[j]) / deviations[1];
        let correlation = side * covariance[i][j] / (deviations[0] * deviations[1]);
        first += weight * above(h);
        second += weight * above(l);
        off += weight * (above(h) + above(l) - 2.0 * both_above(h, l, correlation));
    }
    let share = [first, 1.0 - first, second, 1.0 - second].into_iter().fold(1.0, f64::min);
    // Differences of probabilities: nothing below their rounding means anything.
    (f64::max(off, f64::EPSILON), share)
}

/// P(X > x) of a standard normal variable.
fn above(x: f64) -> f64 {
    0.5 * libm::erfc(x * FRAC_1_SQRT_2)
}

/// P(X > h, Y > k) of standard normal variables with this correlation: Phi(-h) Phi(-k) + int_0^asin(rho)
/// e^(-(h^2 + k^2 - 2 h k sin s)/(2 cos^2 s)) ds/(2 pi).
fn both_above(h: f64, k: f64, correlation: f64) -> f64 {
    let end = libm::asin(correlation.clamp(-1.0, 1.0));
    let density = |s: f64| {
        let (sin, cos) = (libm::sin(s), libm::cos(s));
        let square = (h * h + k * k - 2.0 * h * k * sin) / (2.0 * cos * cos);
        if square.is_finite() { libm::exp(-square) / TAU } else { 0.0 }
    };
    if end == 0.0 {
        return above(h) * above(k);
    }
    let step = end / PANELS as f64;
    let weight = |n: usize| {
        if n == 0 || n == PANELS {
            1.0
        } else if n % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    let sum: f64 = (0..=PANELS).map(|n| weight(n) * density(step * n as f64)).sum();
    above(h) * above(k) + sum * step / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mean_field::disagreement;

    #[test]
    fn quadrants_of_correlated_variables() {
        for rho in [-0.95, -0.5, 0.0, 0.3, 0.9] {
            // Sheppard's formula.
            let exact = 0.25 + libm::asin(rho) / TAU;
            assert!((both_above(0.0, 0.0, rho) - exact).abs() < 1e-14);
            // P(X > h) = P(X > h, Y > k) + P(X > h, -Y > -k).
            let (h, k) = (0.7, -1.2);
            let sum = both_above(h, k, rho) + both_above(h, -k, -rho);
            assert!((sum - above(h)).abs() < 1e-10, "{rho}: {sum}");
        }
    }

    #[test]
    fn the_middle_is_best_for_a_pair_and_directions_are_told() {
        let unit = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let pair = |a: [f64; 2]| {
            let means = vec![a.to_vec(), a.iter().map(|x| -x).collect()];
            GaussianMixture::new(vec![0.5, 0.5], means, vec![unit.clone(), unit.clone()]).unwrap()
        };
        for a in [[1.5, 2.0], [1.5, -2.0]] {
            let found = HalfSpaces::best(&pair(a)).unwrap();
            assert!(found.thresholds.iter().all(|c| c.abs() < 1e-3), "{found:?}");
            assert!((found.off - disagreement(1.5, 2.0, 0.0)).abs() < 1e-9, "{found:?}");
            assert_eq!(found.aligned, a[1] > 0.0);
            assert!((found.share - 0.5).abs() < 1e-3, "{found:?}");
        }
        assert_eq!(HalfSpaces::best(&pair([2.0, 0.0])), None);
    }
}
