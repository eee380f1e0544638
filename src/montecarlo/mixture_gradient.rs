//! The gradient of F_beta of a mixture from one batch of reparametrised samples, in R^d.

use collapsar_theory::{Tempering, exp_array};
use pulp::{Arch, Simd, WithSimd};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Samples that are worked on together.
const LANES: usize = 16;
type Lane = [f64; LANES];

/// A mixture of Gaussians in R^d, each with a variance of its own.
#[derive(Debug, Clone)]
pub(crate) struct Mixture {
    /// K x d.
    pub(crate) means: Vec<f64>,
    /// K.
    pub(crate) variances: Vec<f64>,
    /// K.
    pub(crate) weights: Vec<f64>,
}

/// P modes of unit variance.
#[derive(Debug, Clone)]
pub(crate) struct Modes {
    /// P x d.
    pub(crate) modes: Vec<f64>,
    /// v.
    pub(crate) weights: Vec<f64>,
    /// What is tempered.
    pub(crate) tempering: Tempering,
}

/// What a batch is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch {
    /// Samples of each component.
    pub(crate) each: usize,
    /// Whether log q is differentiated in its own parameters too.
    pub(crate) score: bool,
    /// Whether samples come in pairs mu_i +- sqrt(var_i) g.
    pub(crate) antithetic: bool,
    /// Whether the gradient in the weights is wanted.
    pub(crate) weights: bool,
}

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

/// Room for a batch, kept between steps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    noise: Vec<Lane>,
    points: Vec<Lane>,
    distances: Vec<Lane>,
    shares: Vec<Lane>,
    path: Vec<Lane>,
    score: Vec<Lane>,
}

impl Modes {
    /// Logits of the modes before the distances: log v_k, times T where each mode is tempered for itself.
    fn offsets(&self, beta: f64) -> Vec<f64> {
        let factor = if self.tempering == Tempering::Modes { 1.0 / beta } else { 1.0 };
        self.weights.iter().map(|v| factor * v.ln()).collect()
    }

    /// C_k = E_q r_k by `each` samples of every component, r_k the responsibilities of the target at T = 1.
    pub(crate) fn coverage(&self, q: &Mixture, each: usize, rng: &mut impl Rng) -> Vec<f64> {
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

/// The gradient of a batch, stratified: as many samples of every component, weighted by w_i, so that the gradient in the
/// weights needs no sampled label.
///
/// With x = mu_i + sqrt(var_i) g, r the responsibilities of q and rho those of p at x,
/// G = -sum_c (r_c/var_c)(x - mu_c) + beta sum_k rho_k (x - nu_k) is the gradient along the path: dmu_i: w_i E G,
/// dvar_i: w_i E[G.g]/(2 sqrt var_i). The score, of mean 0, adds w_i E[r_c (x - mu_c)/var_c] and its like to every c.
pub(crate) fn gradient(
    q: &Mixture,
    p: &Modes,
    beta: f64,
    batch: Batch,
    room: &mut Room,
    rng: &mut impl Rng,
) -> Gradient {
    let (k, n) = (q.weights.len(), p.weights.len());
    let d = q.means.len() / k;
    room.noise.resize(d, [0.0; LANES]);
    room.points.resize(d, [0.0; LANES]);
    room.distances.resize(k + n, [0.0; LANES]);
    room.shares.resize(k + n, [0.0; LANES]);
    let mut found = Gradient { means: vec![0.0; k * d], variances: vec![0.0; k], logits: vec![0.0; k] };
    let mut values = vec![0.0; k];
    let offsets: Vec<f64> = q
        .weights
        .iter()
        .zip(&q.variances)
        .map(|(w, v)| w.max(f64::MIN_POSITIVE).ln() - 0.5 * d as f64 * v.ln())
        .chain(p.offsets(beta))
        .collect();
    let arch = Arch::new();
    for i in 0..k {
        room.path.clear();
        room.path.resize(d, [0.0; LANES]);
        room.score.clear();
        room.score.resize(k * d, [0.0; LANES]);
        let mut sums = Sums {
            variance: vec![[0.0; LANES]; k],
            logits: vec![[0.0; LANES]; k],
            own: [0.0; LANES],
            value: [0.0; LANES],
        };
        for from in (0..batch.each).step_by(LANES) {
            let count = (batch.each - from).min(LANES);
            for lane in &mut room.noise {
                let drawn = if batch.antithetic { count.div_ceil(2) } else { count };
                lane[..drawn].iter_mut().for_each(|x| *x = StandardNormal.sample(rng));
                for l in drawn..count {
                    lane[l] = -lane[l - drawn];
                }
            }
            let add = Add { q, p, beta, batch, i, count, offsets: &offsets, room, sums: &mut sums };
            arch.dispatch(add);
        }
        let weight = q.weights[i] / batch.each as f64;
        let total = |lane: &Lane| weight * lane.iter().sum::<f64>();
        found.means[i * d..][..d].iter_mut().zip(&room.path).for_each(|(g, lane)| *g += total(lane));
        found.variances[i] += total(&sums.own);
        if batch.score {
            found.means.iter_mut().zip(&room.score).for_each(|(g, lane)| *g += total(lane));
            found.variances.iter_mut().zip(&sums.variance).for_each(|(g, lane)| *g += total(lane));
            found.logits.iter_mut().zip(&sums.logits).for_each(|(g, lane)| *g += total(lane));
        }
        values[i] = sums.value.iter().sum::<f64>() / batch.each as f64;
    }
    let mean: f64 = q.weights.iter().zip(&values).map(|(w, f)| w * f).sum();
    found.logits.iter_mut().zip(&q.weights).zip(&values).for_each(|((g, w), f)| *g += w * (f - mean));
    found
}

struct Sums {
    variance: Vec<Lane>,
    logits: Vec<Lane>,
    own: Lane,
    value: Lane,
}

/// Up to one lane of samples of component `i`.
struct Add<'a> {
    q: &'a Mixture,
    p: &'a Modes,
    beta: f64,
    batch: Batch,
    i: usize,
    count: usize,
    offsets: &'a [f64],
    room: &'a mut Room,
    sums: &'a mut Sums,
}

impl WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { q, p, beta, batch, i, count, offsets, room, sums } = self;
        let (k, d) = (q.weights.len(), room.points.len());
        let root = q.variances[i].sqrt();
        // Lanes beyond the count weigh nothing.
        let weight: Lane = std::array::from_fn(|l| if l < count { 1.0 } else { 0.0 });
        for (j, point) in room.points.iter_mut().enumerate() {
            let mean = q.means[i * d + j];
            for l in 0..LANES {
                point[l] = mean + root * room.noise[j][l];
            }
        }
        for (c, distance) in room.distances.iter_mut().enumerate() {
            let centre = if c < k { &q.means[c * d..][..d] } else { &p.modes[(c - k) * d..][..d] };
            *distance = [0.0; LANES];
            for (point, &at) in room.points.iter().zip(centre) {
                for l in 0..LANES {
                    distance[l] += (point[l] - at) * (point[l] - at);
                }
            }
        }
        let halves = |c: usize| if c < k { 0.5 / q.variances[c] } else { 0.5 };
        for (c, share) in room.shares.iter_mut().enumerate() {
            let (offset, half) = (offsets[c], halves(c));
            for l in 0..LANES {
                share[l] = offset - half * room.distances[c][l];
            }
        }
        let (own, target) = room.shares.split_at_mut(k);
        let (of_q, of_p) = (normalise(own), normalise(target));
        if batch.weights {
            for l in 0..LANES {
                let (log_q, log_p) = (of_q[0][l] + of_q[1][l].ln(), of_p[0][l] + of_p[1][l].ln());
                sums.value[l] += weight[l] * (log_q - beta * log_p);
            }
        }
        // G = slope x + sum_c (r_c/var_c) mu_c - beta sum_k rho_k nu_k.
        let mut slope = [beta; LANES];
        for (share, variance) in own.iter().zip(&q.variances) {
            for l in 0..LANES {
                slope[l] -= share[l] / variance;
            }
        }
        let mut along = [0.0; LANES];
        for j in 0..d {
            let point = &room.points[j];
            let mut path: Lane = std::array::from_fn(|l| slope[l] * point[l]);
            for (c, share) in own.iter().enumerate() {
                let factor = q.means[c * d + j] / q.variances[c];
                for l in 0..LANES {
                    path[l] += factor * share[l];
                }
            }
            for (c, share) in target.iter().enumerate() {
                let factor = beta * p.modes[c * d + j];
                for l in 0..LANES {
                    path[l] -= factor * share[l];
                }
            }
            for l in 0..LANES {
                path[l] *= weight[l];
                along[l] += path[l] * room.noise[j][l];
                room.path[j][l] += path[l];
            }
        }
        for l in 0..LANES {
            sums.own[l] += along[l] * (0.5 / root);
        }
        if batch.score {
            for (c, share) in own.iter().enumerate() {
                let (variance, w) = (q.variances[c], q.weights[c]);
                let pull: Lane = std::array::from_fn(|l| weight[l] * share[l] / variance);
                for j in 0..d {
                    let (at, sum) = (q.means[c * d + j], &mut room.score[c * d + j]);
                    for l in 0..LANES {
                        sum[l] += pull[l] * (room.points[j][l] - at);
                    }
                }
                for l in 0..LANES {
                    sums.variance[c][l] += 0.5 * pull[l] * (room.distances[c][l] / variance - d as f64);
                    sums.logits[c][l] += weight[l] * (share[l] - w);
                }
            }
        }
    }
}

/// Logits become shares that sum to 1; returns the largest, and the sum of exponentials over that of it.
#[inline(always)]
fn normalise(logits: &mut [Lane]) -> [Lane; 2] {
    let mut top = [f64::NEG_INFINITY; LANES];
    for lane in logits.iter() {
        for l in 0..LANES {
            top[l] = top[l].max(lane[l]);
        }
    }
    let mut total = [0.0; LANES];
    for lane in logits.iter_mut() {
        let shifted: Lane = std::array::from_fn(|l| lane[l] - top[l]);
        *lane = exp_array(&shifted);
        for l in 0..LANES {
            total[l] += lane[l];
        }
    }
    let inverse: Lane = std::array::from_fn(|l| 1.0 / total[l]);
    for lane in logits.iter_mut() {
        for l in 0..LANES {
            lane[l] *= inverse[l];
        }
    }
    [top, total]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::montecarlo::stream;

    const EACH: usize = 13;

    /// The average of log q - beta log p over the batch that `stream` draws, sample by sample.
    fn objective(q: &Mixture, p: &Modes, beta: f64) -> f64 {
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
            for from in (0..EACH).step_by(LANES) {
                let count = (EACH - from).min(LANES);
                let noise: Vec<Vec<f64>> =
                    (0..d).map(|_| (0..count).map(|_| StandardNormal.sample(&mut rng)).collect()).collect();
                for l in 0..count {
                    let root = q.variances[i].sqrt();
                    let x: Vec<f64> = (0..d).map(|j| q.means[i * d + j] + root * noise[j][l]).collect();
                    let log_q = density(&x, &q.means, &q.variances, &q.weights).ln();
                    let log_p = density(&x, &p.modes, &vec![1.0; p.weights.len()], &levels).ln();
                    total += w * (log_q - beta * log_p) / EACH as f64;
                }
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
            let p = Modes { modes: normals(2 * d), weights: vec![0.7, 0.3], tempering };
            let parameters = [normals(k * d), vec![0.3, -0.2, 0.5], vec![0.1, -0.4, 0.2]].concat();
            let q_of = |theta: &[f64]| Mixture {
                means: theta[..k * d].to_vec(),
                variances: theta[k * d..][..k].iter().map(|l| l.exp()).collect(),
                weights: softmax(&theta[k * d + k..]),
            };
            let batch = Batch { each: EACH, score: true, antithetic: false, weights: true };
            let q = q_of(&parameters);
            let found = gradient(&q, &p, beta, batch, &mut Room::default(), &mut stream(7, 1));
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
