//! Stochastic gradient descent written down without any shortcut: every sample is a full vector, every gradient is summed
//! vector by vector.

use collapsar::random::stream;
use collapsar_theory::Schedule;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

/// The pair, means on the sphere if `on_sphere`, variances trained if `trained` (else 1/beta on the sphere, 1 off it).
#[derive(Clone, Copy)]
pub struct Plain {
    pub dimension: usize,
    pub radius: f64,
    pub weight: f64,
    pub batch: usize,
    pub step: f64,
    pub steps: usize,
    pub score: bool,
    pub on_sphere: bool,
    pub trained: bool,
    /// Step over beta.
    pub free_energy: bool,
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

impl Plain {
    fn normal(&self, rng: &mut impl Rng) -> Vec<f64> {
        (0..self.dimension).map(|_| StandardNormal.sample(rng)).collect()
    }

    /// Both means and variances after the last step.
    pub fn run(&self, schedule: &Schedule, seed: u64, index: u64) -> ([Vec<f64>; 2], [f64; 2]) {
        let mut rng = stream(seed, index);
        let mut means = [self.normal(&mut rng), self.normal(&mut rng)];
        if self.on_sphere {
            means.iter_mut().for_each(|m| self.renormalise(m));
        }
        let mut variances = [schedule.initial_temperature(); 2];
        for n in 0..self.steps {
            let beta = schedule.beta(n as f64 * self.step);
            if !self.trained {
                variances = [if self.on_sphere { 1.0 / beta } else { 1.0 }; 2];
            }
            let (pull, squeeze) = self.gradient(beta, &means, variances, &mut rng);
            let rate = if self.free_energy { self.step / beta } else { self.step };
            for i in 0..2 {
                means[i].iter_mut().zip(&pull[i]).for_each(|(x, g)| *x -= rate * g);
                if self.trained {
                    variances[i] -= rate * 4.0 * variances[i] / self.dimension as f64 * squeeze[i];
                }
                if self.on_sphere {
                    self.renormalise(&mut means[i]);
                }
            }
        }
        (means, variances)
    }

    fn renormalise(&self, mean: &mut [f64]) {
        let size = dot(mean, mean).sqrt();
        mean.iter_mut().for_each(|x| *x *= self.radius / size);
    }

    /// The gradient of the batch mean of log q(x) - beta log p(x) in both means and both variances.
    fn gradient(
        &self,
        beta: f64,
        means: &[Vec<f64>; 2],
        variances: [f64; 2],
        rng: &mut impl Rng,
    ) -> ([Vec<f64>; 2], [f64; 2]) {
        let d = self.dimension;
        let mut pull = [vec![0.0; d], vec![0.0; d]];
        let mut squeeze = [0.0; 2];
        let bias = (self.weight / (1.0 - self.weight)).ln() / 2.0;
        for _ in 0..self.batch {
            let i = usize::from(rng.random::<bool>());
            let g = self.normal(rng);
            let x: Vec<f64> = means[i].iter().zip(&g).map(|(m, g)| m + variances[i].sqrt() * g).collect();
            let from: [Vec<f64>; 2] = [0, 1].map(|j: usize| x.iter().zip(&means[j]).map(|(x, m)| x - m).collect());
            let log_density = [0, 1]
                .map(|j: usize| -dot(&from[j], &from[j]) / (2.0 * variances[j]) - d as f64 / 2.0 * variances[j].ln());
            let top = log_density[0].max(log_density[1]);
            let total = (log_density[0] - top).exp() + (log_density[1] - top).exp();
            let r = log_density.map(|l| (l - top).exp() / total);
            let tilt = (self.radius * x[0] + bias).tanh();
            // The gradient of log q - beta log p in x.
            let slope: Vec<f64> = (0..d)
                .map(|k| {
                    let own = -(r[0] * from[0][k] / variances[0] + r[1] * from[1][k] / variances[1]);
                    own + beta * (x[k] - if k == 0 { self.radius * tilt } else { 0.0 })
                })
                .collect();
            pull[i].iter_mut().zip(&slope).for_each(|(p, s)| *p += s);
            squeeze[i] += dot(&slope, &g) / (2.0 * variances[i].sqrt());
            if self.score {
                for j in 0..2 {
                    pull[j].iter_mut().zip(&from[j]).for_each(|(p, f)| *p += r[j] * f / variances[j]);
                    let square = dot(&from[j], &from[j]);
                    squeeze[j] += r[j] * (square / variances[j] - d as f64) / (2.0 * variances[j]);
                }
            }
        }
        let size = self.batch as f64;
        pull.iter_mut().flatten().for_each(|p| *p /= size);
        (pull, squeeze.map(|s| s / size))
    }
}
