//! The densities of a descent of mixtures: q and p in R^d.

use collapsar_theory::Tempering;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// log p and log q of a batch, each up to a constant.
pub(crate) type LogDensities = (Vec<f64>, Vec<f64>);

/// q: Gaussians in R^d, each with a variance of its own.
#[derive(Debug, Clone)]
pub(crate) struct FitMixture {
    /// K x d.
    pub(crate) means: Vec<f64>,
    /// K.
    pub(crate) variances: Vec<f64>,
    /// K.
    pub(crate) weights: Vec<f64>,
}

/// p: modes of unit variance.
#[derive(Debug, Clone)]
pub(crate) struct TargetModes {
    /// P x d.
    pub(crate) modes: Vec<f64>,
    /// v.
    pub(crate) weights: Vec<f64>,
    /// What is tempered.
    pub(crate) tempering: Tempering,
}

impl FitMixture {
    /// log of the weight and normalisation of each component, up to a constant.
    pub(crate) fn offsets(&self) -> impl Iterator<Item = f64> {
        let half = 0.5 * (self.means.len() / self.weights.len()) as f64;
        self.weights.iter().zip(&self.variances).map(move |(w, v)| w.max(f64::MIN_POSITIVE).ln() - half * v.ln())
    }
}

impl TargetModes {
    /// Logits of the modes before the distances: log v_k, times T where each mode is tempered for itself.
    pub(crate) fn offsets(&self, beta: f64) -> impl Iterator<Item = f64> {
        let factor = if self.tempering == Tempering::Modes { 1.0 / beta } else { 1.0 };
        self.weights.iter().map(move |v| factor * v.ln())
    }

    /// C_k = E_q r_k by `each` samples of every component, r_k the responsibilities of the target at T = 1.
    pub(crate) fn coverage(&self, q: &FitMixture, each: usize, rng: &mut impl Rng) -> Vec<f64> {
        let d = self.modes.len() / self.weights.len();
        let mut coverage = vec![0.0; self.weights.len()];
        let mut x = vec![0.0; d];
        for ((mean, &variance), &weight) in q.means.chunks(d).zip(&q.variances).zip(&q.weights) {
            for _ in 0..each {
                let draw = |m: &f64| m + variance.sqrt() * Distribution::<f64>::sample(&StandardNormal, rng);
                x.clear();
                x.extend(mean.iter().map(draw));
                let square = |mode: &[f64]| mode.iter().zip(&x).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
                let logits: Vec<f64> =
                    self.modes.chunks(d).zip(&self.weights).map(|(mode, v)| v.ln() - 0.5 * square(mode)).collect();
                let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let total: f64 = logits.iter().map(|l| (l - top).exp()).sum();
                coverage
                    .iter_mut()
                    .zip(&logits)
                    .for_each(|(c, l)| *c += weight * (l - top).exp() / total / each as f64);
            }
        }
        coverage
    }
}
