//! The classes whose softmax is averaged, and which of them a Gaussian sees.

use super::frame::{centred, gram, rooted};
use super::split::NoiseSplit;
use super::{Accuracy, LatticeAverage};
use crate::cubature::few::{self, NoisyLogit};
use crate::cubature::few_averages::Few;
use crate::cubature::four::four;
use crate::cubature::plane::largest_share;
use crate::cubature::span::{FEWEST, PointClasses};
use crate::kernel::logistic_normal;

/// What one Gaussian sees.
pub(super) struct Sight {
    /// Of all classes at the centre.
    pub(super) logits: Vec<f64>,
    /// The classes that are not negligible everywhere about it, by falling share.
    pub(super) seen: Vec<usize>,
}

/// The present classes.
pub(super) struct LatticeScene {
    pub(super) present: Vec<usize>,
    pub(super) points: Vec<Vec<f64>>,
    log_weights: Vec<f64>,
    pub(super) variance: f64,
    pub(super) spread: f64,
    /// The loadings of their logits on the noise less those of their middle, and their scalar products.
    centred: Vec<Vec<f64>>,
    gram: Vec<f64>,
    /// The noise as one of each class and one that they share, if that is of use.
    pub(super) split: Option<NoiseSplit>,
}

pub(super) fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

impl LatticeScene {
    pub(super) fn new(classes: &PointClasses<'_>, spread: f64) -> Option<Self> {
        let present: Vec<usize> =
            (0..classes.log_weights.len()).filter(|&k| classes.log_weights[k].is_finite()).collect();
        let sound = classes.points.iter().all(|x| x.is_finite()) && spread.is_finite() && spread > 0.0;
        if present.len() < FEWEST || !sound || !(classes.variance > 0.0 && classes.variance.is_finite()) {
            return None;
        }
        let width = classes.width;
        let points: Vec<Vec<f64>> =
            present.iter().map(|&k| classes.points[k * width..(k + 1) * width].to_vec()).collect();
        let centred = centred(&points, spread.sqrt() / classes.variance);
        let gram = gram(&centred);
        Some(Self {
            split: NoiseSplit::new(&gram, width),
            centred,
            gram,
            log_weights: present.iter().map(|&k| classes.log_weights[k]).collect(),
            present,
            points,
            variance: classes.variance,
            spread,
        })
    }

    /// The loadings in as few coordinates as they need.
    pub(super) fn loadings(&self) -> Vec<Vec<f64>> {
        let n = self.points.len();
        if self.centred[0].len() < n { self.centred.clone() } else { rooted(&self.gram, n) }
    }

    /// What a Gaussian sees above a share with this logarithm, and the logarithm of the share of the fifth class; minus infinity for
    /// fewer.
    pub(super) fn sight(&self, centre: &[f64], floor: f64) -> (Sight, f64) {
        let logits: Vec<f64> = (self.points.iter().zip(&self.log_weights))
            .map(|(point, weight)| weight - square(point, centre) / (2.0 * self.variance))
            .collect();
        let top = (0..logits.len()).fold(0, |top, k| if logits[k] > logits[top] { k } else { top });
        let share = |k: usize| {
            let slope = square(&self.points[k], &self.points[top]).sqrt() / self.variance;
            let share = largest_share(logits[top] - logits[k], slope, self.spread);
            // What is not a number is seen: the heaviest itself, or a class at its place.
            if share.is_nan() { 0.0 } else { share }
        };
        let mut shares: Vec<(usize, f64)> =
            (0..logits.len()).map(|k| (k, share(k))).filter(|(_, share)| *share > floor).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        let fifth = shares.get(FEWEST - 1).map_or(f64::NEG_INFINITY, |(_, share)| *share);
        (Sight { logits, seen: shares.into_iter().map(|(k, _)| k).collect() }, fifth)
    }

    /// About the probability of all classes but the one that is largest at the centre: `1 - prod_k (1 - L_k)`, `L_k` that of class k beside
    /// it alone.
    pub(super) fn others(&self, Sight { logits, seen }: &Sight) -> f64 {
        let top = seen.iter().fold(seen[0], |top, &k| if logits[k] > logits[top] { k } else { top });
        let without = |&k: &usize| {
            let b = square(&self.points[k], &self.points[top]).sqrt() * self.spread.sqrt() / self.variance;
            libm::log1p(-logistic_normal(logits[k] - logits[top], b))
        };
        -libm::expm1(seen.iter().filter(|&&k| k != top).map(without).sum::<f64>())
    }

    /// Of the four classes seen best, or fewer, by their own rules.
    pub(super) fn few(&self, centre: &[f64], sight: &Sight, accuracy: Accuracy) -> LatticeAverage {
        let (logits, seen) = (&sight.logits, &sight.seen[..sight.seen.len().min(FEWEST - 1)]);
        let scale = self.spread.sqrt() / self.variance;
        let loadings: Vec<Vec<f64>> =
            seen.iter().map(|&k| self.points[k].iter().zip(centre).map(|(c, m)| scale * (c - m)).collect()).collect();
        let class = |i: usize| NoisyLogit { mean: logits[seen[i]], loading: &loadings[i] };
        let few = match seen.len() {
            1 => Few { mean: [1.0, 0.0, 0.0, 0.0], log_sum: logits[seen[0]], ..Few::default() },
            2 => few::two([class(0), class(1)]),
            3 => few::three([class(0), class(1), class(2)], accuracy.tolerance),
            _ => four([class(0), class(1), class(2), class(3)], accuracy.tolerance),
        };
        let mut trace = 0.0;
        for (i, &j) in seen.iter().enumerate() {
            for (l, &k) in seen[..i].iter().enumerate() {
                trace += few.cross[i][l] * square(&self.points[j], &self.points[k]);
            }
        }
        LatticeAverage {
            mean: seen.iter().copied().zip(few.mean).collect(),
            log_sum: few.log_sum,
            trace: if accuracy.wants_trace { trace } else { 0.0 },
            error: few.error,
        }
    }
}
