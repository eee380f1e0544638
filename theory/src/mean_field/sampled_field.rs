//! The average of log pi over the points: along a coordinate, and at the points themselves.

use super::sampled::{BLOCK, SampledFrame, SampledShape, SampledState};
use super::sampled_curve::SampledAxis;
use super::sampled_marginal::SampledMarginal;
use super::sampled_sums::{Parabola, Sums};

/// log(v_k N(Y_n; mu_k, Sigma_k)), component by component.
pub(super) type Terms = Vec<Vec<f64>>;

impl SampledShape {
    /// (Lambda (Y_n - mu))_j at every point.
    pub(super) fn pulls(&self, samples: &[Vec<f64>], j: usize) -> Vec<f64> {
        let mut pulls = vec![0.0; samples[j].len()];
        for ((column, mean), entry) in samples.iter().zip(&self.mean).zip(&self.precision[j]) {
            if *entry != 0.0 {
                pulls.iter_mut().zip(column).for_each(|(pull, y)| *pull += entry * (y - mean));
            }
        }
        pulls
    }
}

impl SampledFrame<'_> {
    pub(super) fn terms(&self, samples: &[Vec<f64>]) -> Terms {
        let of = |shape: &SampledShape| {
            let mut squares = vec![0.0; samples[0].len()];
            for (j, column) in samples.iter().enumerate() {
                let pulls = shape.pulls(samples, j);
                let mean = shape.mean[j];
                squares.iter_mut().zip(column.iter().zip(pulls)).for_each(|(s, (y, p))| *s += (y - mean) * p);
            }
            squares.into_iter().map(|square| shape.ground - 0.5 * square).collect()
        };
        self.shapes.iter().map(of).collect()
    }

    /// One sweep in turn, every q_j with the others as they now stand: mean field (M1). Up to the error of sampling, F does not rise.
    pub fn sweep(&self, state: &SampledState) -> SampledState {
        let mut samples = state.samples.clone();
        let mut terms = self.terms(&samples);
        let mut marginals = Vec::with_capacity(samples.len());
        for j in 0..samples.len() {
            let pulls: Vec<Vec<f64>> = self.shapes.iter().map(|shape| shape.pulls(&samples, j)).collect();
            let axis = self.axes[j];
            let logs = self.field(axis, j, &samples[j], &terms, &pulls);
            let marginal = SampledMarginal::new(axis, logs, &self.fit.basis);
            let moved = marginal.samples(&self.fit.uniforms[j]);
            for ((terms, pulls), shape) in terms.iter_mut().zip(&pulls).zip(&self.shapes) {
                let half = 0.5 * shape.precision[j][j];
                for (n, term) in terms.iter_mut().enumerate() {
                    let step = moved[n] - samples[j][n];
                    *term -= step * (pulls[n] + half * step);
                }
            }
            samples[j] = moved;
            marginals.push(marginal);
        }
        SampledState { marginals, samples }
    }

    /// beta mean_n log pi(y, Y_n,-j) at the points of coordinate `j`.
    fn field(&self, axis: SampledAxis, j: usize, column: &[f64], terms: &Terms, pulls: &[Vec<f64>]) -> Vec<f64> {
        let middle = axis.at(axis.count / 2);
        let curvature: Vec<f64> = self.shapes.iter().map(|shape| shape.precision[j][j]).collect();
        // Point by point, components side by side.
        let mut parabolas = Vec::with_capacity(column.len() * curvature.len());
        for (n, y) in column.iter().enumerate() {
            let v = middle - y;
            for ((curvature, terms), pulls) in curvature.iter().zip(terms).zip(pulls) {
                let slope = -(pulls[n] + curvature * v);
                parabolas.push(Parabola { level: terms[n] - v * (pulls[n] + 0.5 * curvature * v), slope });
            }
        }
        let scale = self.beta / column.len() as f64;
        let sums = Sums::new(&curvature, axis.step);
        let mut logs = Vec::with_capacity(axis.count);
        for first in (0..axis.count).step_by(BLOCK) {
            logs.extend(sums.block(axis.at(first) - middle, &parabolas).iter().map(|sum| scale * sum));
        }
        logs
    }

    /// log pi(Y_n).
    pub(super) fn log_densities(&self, terms: &Terms) -> Vec<f64> {
        let of = |n: usize| {
            let top = terms.iter().fold(f64::NEG_INFINITY, |m: f64, t| m.max(t[n]));
            top + libm::log(terms.iter().map(|t| libm::exp(t[n] - top)).sum())
        };
        (0..terms[0].len()).map(of).collect()
    }
}
