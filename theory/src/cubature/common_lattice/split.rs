//! The noise of the classes' logits as one of each class and one that they share: theory section 3.9.

use super::frame::rooted;
use super::smooth_step;
use crate::numerics::{cholesky, inverse};

/// Squarings of a matrix, whose trace then tells its largest eigenvalue.
const SQUARINGS: usize = 5;
/// The largest deviation of a class's noise in units of the harmonic mean's and Gumbel's: nodes are as close as the least asks and as
/// many as the largest.
const WIDEST: f64 = 3.0;
/// Harmonic means of the variances below which the split is of no use and above which it is used alone.
const USEFUL: (f64, f64) = (0.5, 2.0);

/// `(b_k - b_j).g` of standard normal g has the law of `s_k x_k - s_j x_j + (l_k - l_j).y`, all x and y independent and standard normal.
#[derive(Debug)]
pub(super) struct NoiseSplit {
    /// The `s_k`.
    pub(super) deviations: Vec<f64>,
    /// The `l_k`.
    pub(super) loadings: Vec<Vec<f64>>,
    /// How far its averages are to be preferred to those that have no split, from 0 to 1.
    pub(super) part: f64,
}

impl NoiseSplit {
    /// Of loadings in so many coordinates whose middle is the origin, by their scalar products; `None` where they leave too little to the
    /// classes: if the coordinates are fewer than they, or two of them are close.
    pub(super) fn new(gram: &[f64], width: usize) -> Option<Self> {
        let n = gram.len().isqrt();
        if width < n {
            return None;
        }
        let own = own_variances(gram, n)?;
        let harmonic = n as f64 / own.iter().map(|v| 1.0 / v).sum::<f64>();
        let (low, high) = USEFUL;
        let part = smooth_step(libm::log(harmonic / low) / libm::log(high / low));
        if part <= 0.0 || part.is_nan() {
            return None;
        }
        let widest = WIDEST * WIDEST * (harmonic + 1.0);
        let own: Vec<f64> = own.iter().map(|v| v / (1.0 + (v / widest).powi(4)).sqrt().sqrt()).collect();
        let total: f64 = own.iter().sum();
        let count = n as f64;
        let rest = |j: usize, k: usize| {
            let diagonal = if j == k { own[j] } else { 0.0 };
            gram[j * n + k] - (diagonal - (own[j] + own[k]) / count + total / (count * count))
        };
        Some(Self {
            loadings: rooted(&(0..n * n).map(|at| rest(at / n, at % n)).collect::<Vec<f64>>(), n),
            deviations: own.iter().map(|v| v.sqrt()).collect(),
            part,
        })
    }
}

/// Variances v_k with `diag(v) <= G` beside (1, ..., 1): those of each given all others, `1/(G^+)_kk`, over the largest eigenvalue of `G^+`
/// scaled to a unit diagonal, or a little more than it; both change smoothly.
fn own_variances(gram: &[f64], n: usize) -> Option<Vec<f64>> {
    let trace: f64 = (0..n).map(|k| gram[k * n + k]).sum();
    // In the direction in which it is 0 an eigenvalue of average size.
    let more = trace / (n * n) as f64;
    let full: Vec<Vec<f64>> = gram.chunks_exact(n).map(|row| row.iter().map(|g| g + more).collect()).collect();
    let inverse = inverse(&cholesky(&full)?);
    let precision = |j: usize, k: usize| inverse[j][k] - 1.0 / trace;
    let roots: Vec<f64> = (0..n).map(|k| precision(k, k).sqrt()).collect();
    let mut power: Vec<f64> =
        (0..n * n).map(|at| precision(at / n, at % n) / (roots[at / n] * roots[at % n])).collect();
    for _ in 0..SQUARINGS {
        let entry = |j: usize, k: usize| (0..n).map(|l| power[j * n + l] * power[k * n + l]).sum();
        power = (0..n * n).map(|at| entry(at / n, at % n)).collect();
    }
    let largest = (0..SQUARINGS).fold((0..n).map(|k| power[k * n + k]).sum::<f64>(), |trace, _| trace.sqrt());
    Some(roots.iter().map(|root| 1.0 / (root * root * largest)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::frame::{centred, gram};
    use super::NoiseSplit;

    fn split(points: &[Vec<f64>], scale: f64) -> Option<NoiseSplit> {
        NoiseSplit::new(&gram(&centred(points, scale)), points[0].len())
    }

    fn points(n: usize, width: usize) -> Vec<Vec<f64>> {
        let place = |k: usize, a: usize| ((0.754_877_666 * (k * width + a + 1) as f64).fract() - 0.5) * 6.0;
        (0..n).map(|k| (0..width).map(|a| place(k, a) + if a == k { 4.0 } else { 0.0 }).collect()).collect()
    }

    fn square(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
    }

    /// Differences of logits keep their variances, which are all that a softmax sees of the noise.
    #[test]
    fn differences_keep_their_variances() {
        let points = points(6, 9);
        let split = split(&points, 0.9).unwrap();
        for j in 0..6 {
            for k in 0..j {
                let own = split.deviations[j].powi(2) + split.deviations[k].powi(2);
                let found = own + square(&split.loadings[j], &split.loadings[k]);
                let truth = 0.81 * square(&points[j], &points[k]);
                assert!((found - truth).abs() < 1e-12 * truth, "{found} {truth}");
            }
        }
        assert!(split.part > 0.9, "{}", split.part);
    }

    /// At right angles all noise is the classes' own, but for what the trace overstates the eigenvalue: 8^(1/32).
    #[test]
    fn classes_at_right_angles_have_noise_of_their_own() {
        let points: Vec<Vec<f64>> = (0..8).map(|k| (0..8).map(|a| if a == k { 5.0 } else { 0.0 }).collect()).collect();
        let split = split(&points, 1.0).unwrap();
        for s in &split.deviations {
            assert!(s * s > 0.9 * 25.0 * (7.0 / 8.0) && s * s < 25.0, "{s}");
        }
    }

    #[test]
    fn nothing_is_split_where_classes_meet_or_are_many() {
        let mut points = points(6, 9);
        assert!(split(&points[..5].iter().map(|p| p[..4].to_vec()).collect::<Vec<_>>(), 1.0).is_none());
        points[1] = points[0].clone();
        assert!(split(&points, 1.0).is_none());
    }
}
