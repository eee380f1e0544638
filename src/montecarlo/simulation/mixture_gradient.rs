//! The gradient of F_beta of a mixture from one batch of reparametrised samples, in R^d.

use rand::Rng;

use crate::montecarlo::simulation::densities::{FitMixture, TargetModes};
use crate::montecarlo::simulation::mixture_sums::{MixtureBatch, SampleSums};

/// The gradient of F_beta = sum_i w_i E_i[log q - beta log p].
#[derive(Debug, Clone, Default)]
pub(crate) struct Gradient {
    /// dF/dmu_i, K x d.
    pub(crate) means: Vec<f64>,
    /// dF/dvar_i.
    pub(crate) variances: Vec<f64>,
    /// dF/dl_i of softmax weights, w_i (f_i - sum_j w_j f_j) with f_i = E_i[log q - beta log p].
    pub(crate) logits: Vec<f64>,
}

/// The gradient of a batch, stratified: as many samples of every component, weighted by w_i, so that the gradient in the
/// weights needs no sampled label.
///
/// With x = mu_i + sqrt(var_i) g, r the responsibilities of q and rho those of p at x,
/// G = -sum_c (r_c/var_c)(x - mu_c) + beta sum_k rho_k (x - nu_k) is the gradient along the path: dmu_i: w_i E G,
/// dvar_i: w_i E[G.g]/(2 sqrt var_i). The score, of mean 0, adds w_i E[r_c (x - mu_c)/var_c] and its like to every c.
pub(crate) fn gradient(
    (q, p, beta): (&FitMixture, &TargetModes, f64),
    batch: MixtureBatch,
    sums: &mut SampleSums,
    rng: &mut impl Rng,
) -> Gradient {
    let k = q.weights.len();
    let d = q.means.len() / k;
    let mut found = Gradient { means: vec![0.0; k * d], variances: vec![0.0; k], logits: vec![0.0; k] };
    let mut values = vec![0.0; k];
    let offsets: Vec<f64> = q.offsets().chain(p.offsets(beta)).collect();
    for i in 0..k {
        sums.of_component((q, p, beta), &offsets, i, batch, rng);
        let weight = q.weights[i] / batch.each as f64;
        let add = |to: &mut [f64], sums: &[f64]| to.iter_mut().zip(sums).for_each(|(g, sum)| *g += weight * sum);
        add(&mut found.means[i * d..][..d], &sums.path);
        found.variances[i] += weight * sums.spread;
        if batch.score {
            add(&mut found.means, &sums.score_means);
            add(&mut found.variances, &sums.score_variances);
            add(&mut found.logits, &sums.score_logits);
        }
        values[i] = sums.value / batch.each as f64;
    }
    let mean: f64 = q.weights.iter().zip(&values).map(|(w, f)| w * f).sum();
    found.logits.iter_mut().zip(&q.weights).zip(&values).for_each(|((g, w), f)| *g += w * (f - mean));
    found
}

#[cfg(test)]
mod tests {
    use collapsar_theory::Tempering;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::random::stream;

    const EACH: usize = 13;

    /// The average of log q - beta log p over the batch that `stream` draws, sample by sample.
    fn objective(q: &FitMixture, p: &TargetModes, beta: f64) -> f64 {
        let d = q.means.len() / q.weights.len();
        let mut rng = stream(7, 1);
        let density = |x: &[f64], centres: &[f64], variances: &[f64], weights: &[f64]| -> f64 {
            let one = |((centre, v), w): ((&[f64], &f64), &f64)| {
                let square: f64 = centre.iter().zip(x).map(|(a, b)| (a - b) * (a - b)).sum();
                w * (-square / (2.0 * v)).exp() / v.powf(d as f64 / 2.0)
            };
            centres.chunks(d).zip(variances).zip(weights).map(one).sum()
        };
        let factor = if p.tempering == Tempering::Modes { 1.0 / beta } else { 1.0 };
        let levels: Vec<f64> = p.weights.iter().map(|v| v.powf(factor)).collect();
        let mut total = 0.0;
        for (i, w) in q.weights.iter().enumerate() {
            let noise: Vec<Vec<f64>> =
                (0..d).map(|_| (0..EACH).map(|_| StandardNormal.sample(&mut rng)).collect()).collect();
            for l in 0..EACH {
                let root = q.variances[i].sqrt();
                let x: Vec<f64> = (0..d).map(|j| q.means[i * d + j] + root * noise[j][l]).collect();
                let log_q = density(&x, &q.means, &q.variances, &q.weights).ln();
                let log_p = density(&x, &p.modes, &vec![1.0; p.weights.len()], &levels).ln();
                total += w * (log_q - beta * log_p) / EACH as f64;
            }
        }
        total
    }

    fn softmax(logits: &[f64]) -> Vec<f64> {
        let total: f64 = logits.iter().map(|l| l.exp()).sum();
        logits.iter().map(|l| l.exp() / total).collect()
    }

    /// With its score, the gradient is the derivative of the batch's own objective in every parameter.
    #[test]
    fn derivative_of_the_objective_of_the_batch() {
        let (k, d, beta, h) = (3, 4, 0.6, 1e-5);
        let mut rng = stream(3, 0);
        let mut normals = |n: usize| (0..n).map(|_| StandardNormal.sample(&mut rng)).collect::<Vec<f64>>();
        for tempering in [Tempering::Density, Tempering::Modes] {
            let p = TargetModes { modes: normals(2 * d), weights: vec![0.7, 0.3], tempering };
            let parameters = [normals(k * d), vec![0.3, -0.2, 0.5], vec![0.1, -0.4, 0.2]].concat();
            let q_of = |theta: &[f64]| FitMixture {
                means: theta[..k * d].to_vec(),
                variances: theta[k * d..][..k].iter().map(|l| l.exp()).collect(),
                weights: softmax(&theta[k * d + k..]),
            };
            let batch = MixtureBatch { each: EACH, score: true, antithetic: false, weights: true };
            let q = q_of(&parameters);
            let found = gradient((&q, &p, beta), batch, &mut SampleSums::default(), &mut stream(7, 1));
            let in_logs = found.variances.iter().zip(&q.variances).map(|(g, v)| g * v);
            let all: Vec<f64> =
                found.means.iter().copied().chain(in_logs).chain(found.logits.iter().copied()).collect();
            for (n, slope) in all.iter().enumerate() {
                let at = |by: f64| {
                    let mut moved = parameters.clone();
                    moved[n] += by;
                    objective(&q_of(&moved), &p, beta)
                };
                let difference = (at(h) - at(-h)) / (2.0 * h);
                assert!((slope - difference).abs() < 1e-7 * (1.0 + difference.abs()), "{n}: {slope} {difference}");
            }
        }
    }
}
