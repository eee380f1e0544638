//! The trapezoid rule for classes on a line, many nodes at a time.

use super::line::{IntegrandShape, Nodes, halve};
use crate::kernel::{INV_SQRT_2PI, exp_array, log_array};

/// Nodes on either side of 0 that are taken together.
const HALF: usize = 4;

/// A value at as many nodes: the right ones, then their mirror images.
type Block = [f64; 2 * HALF];

/// The logits `means[j] + slopes[j] g` and what is averaged of their softmax.
pub(crate) struct LogitClasses<'a> {
    means: &'a [f64],
    slopes: Vec<f64>,
    pairs: &'a [(usize, usize)],
    /// Factor of the logarithm of the sum.
    unit: f64,
    /// Of each class in turn: logit, exponential, probability.
    p: Vec<Block>,
    sums: Vec<Block>,
}

impl<'a> LogitClasses<'a> {
    pub(crate) fn new(means: &'a [f64], slopes: Vec<f64>, pairs: &'a [(usize, usize)], unit: f64) -> Self {
        let n = means.len();
        Self {
            means,
            slopes,
            pairs,
            unit,
            p: vec![[0.0; 2 * HALF]; n],
            sums: vec![[0.0; 2 * HALF]; 1 + n + pairs.len()],
        }
    }

    /// `values`: `unit E log sum`, `E p_j`, then `E p_j p_k` of the pairs; a bound on their errors, if the rule converges.
    pub(crate) fn average(&mut self, shape: &IntegrandShape<'_>, values: &mut [f64]) -> Option<f64> {
        // The origin is its own mirror image.
        self.add(values, Nodes::ORIGIN);
        values.iter_mut().for_each(|v| *v *= 0.5);
        let mut coarse = vec![0.0; values.len()];
        halve(shape, values, &mut coarse, |sum, nodes| self.add(sum, nodes))
    }

    /// Adds the integrand times the density at the nodes.
    fn add(&mut self, total: &mut [f64], nodes: Nodes) {
        self.sums.fill([0.0; 2 * HALF]);
        for first in (0..nodes.count).step_by(HALF) {
            let (mut g, mut half_square) = ([0.0; 2 * HALF], [0.0; HALF]);
            for i in 0..HALF {
                let place = nodes.place(first + i);
                (g[i], g[HALF + i]) = (place, -place);
                half_square[i] = -0.5 * place * place;
            }
            let bell = exp_array(&half_square);
            let mut weight = [0.0; 2 * HALF];
            for i in (0..HALF).filter(|i| first + i < nodes.count) {
                let density = INV_SQRT_2PI * bell[i];
                (weight[i], weight[HALF + i]) = (density, density);
            }
            self.evaluate(&g, &weight);
        }
        for (total, sum) in total.iter_mut().zip(&self.sums) {
            *total += sum.iter().sum::<f64>();
        }
    }

    /// Adds the integrand at `g` times `weight`.
    #[inline(always)]
    fn evaluate(&mut self, g: &Block, weight: &Block) {
        let mut top = [f64::NEG_INFINITY; 2 * HALF];
        for ((u, &mean), &slope) in self.p.iter_mut().zip(self.means).zip(&self.slopes) {
            for l in 0..2 * HALF {
                u[l] = mean + slope * g[l];
                top[l] = if u[l] > top[l] { u[l] } else { top[l] };
            }
        }
        let mut sum = [0.0; 2 * HALF];
        for u in &mut self.p {
            for l in 0..2 * HALF {
                u[l] -= top[l];
            }
            *u = exp_array(u);
            for l in 0..2 * HALF {
                sum[l] += u[l];
            }
        }
        let log = log_array(&sum);
        let mut share = [0.0; 2 * HALF];
        for l in 0..2 * HALF {
            self.sums[0][l] += weight[l] * (self.unit * (top[l] + log[l]));
            share[l] = 1.0 / sum[l];
        }
        let (means, products) = self.sums[1..].split_at_mut(self.p.len());
        for (p, mean) in self.p.iter_mut().zip(means) {
            for l in 0..2 * HALF {
                p[l] *= share[l];
                mean[l] += weight[l] * p[l];
            }
        }
        for (&(j, k), product) in self.pairs.iter().zip(products) {
            for l in 0..2 * HALF {
                product[l] += weight[l] * (self.p[j][l] * self.p[k][l]);
            }
        }
    }
}
