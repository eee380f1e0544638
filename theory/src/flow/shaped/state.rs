//! The state of the flow, and the parameters that it stands for.

use super::ShapedFlow;
use crate::family::{VarianceRule, WeightRule};
use crate::parameter::{InvalidParameter, Part, positive};

/// The parameters of q at a state, in plain form.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapedState {
    /// mu_i in frame coordinates (K x D, row by row).
    pub means: Vec<f64>,
    /// log w_i, minus infinity for a weight of 0.
    pub log_weights: Vec<f64>,
    /// var_i; where components have covariances, tr Sigma_i/d.
    pub variances: Vec<f64>,
    /// Sigma_i in the frame where components have covariances (K x D x D, row by row); else empty.
    pub covariances: Vec<f64>,
    /// Their variances across it where it is not R^d; else empty.
    pub across: Vec<f64>,
    /// The power of v_k that [`crate::Tempering`] asks for; 1 for p itself.
    pub power: f64,
}

impl ShapedState {
    /// w_i.
    pub fn weights(&self) -> Vec<f64> {
        self.log_weights.iter().map(|l| l.exp()).collect()
    }
}

impl ShapedFlow {
    /// The state at t = 0 with these means (K x D) and variances (K); of the latter the first where one is trained for all. Where
    /// components have covariances, those are var_i I.
    ///
    /// Errors: the means are not K x D, the variances not K and positive.
    pub fn initial_state(&self, means: &[f64], variances: &[f64]) -> Result<Vec<f64>, InvalidParameter> {
        let (k, width) = (self.components(), self.width());
        if means.len() != k * width {
            let rule = format!("hold {k} rows of {width} coordinates");
            return Err(InvalidParameter::new("means", format!("{} numbers", means.len()), rule));
        }
        if variances.len() != k {
            let rule = format!("hold one for each of the {k} components");
            return Err(InvalidParameter::new("variance", format!("{variances:?}"), rule).of(Part::Start));
        }
        let mut state = means.to_vec();
        if self.rules.weights != WeightRule::Fixed {
            state.extend(self.log_weights.iter().map(|&l| if l == f64::NEG_INFINITY { 0.0 } else { l }));
        }
        let trained = match self.rules.variance {
            VarianceRule::Unit | VarianceRule::Slaved => 0,
            VarianceRule::Trained => 1,
            VarianceRule::Own | VarianceRule::Full => k,
        };
        for &variance in &variances[..trained] {
            let variance = positive("variance", variance).map_err(|e| e.of(Part::Start))?;
            if self.rules.variance == VarianceRule::Full {
                let triangle = (0..width).flat_map(|a| (0..=a).map(move |b| if a == b { variance } else { 0.0 }));
                state.extend(triangle);
                state.extend((width < self.target.ambient).then_some(variance));
            } else {
                state.push(variance.ln());
            }
        }
        Ok(state)
    }

    /// How many numbers of a state are those of variances.
    pub(super) fn trained_variances(&self) -> usize {
        match self.rules.variance {
            VarianceRule::Unit | VarianceRule::Slaved => 0,
            VarianceRule::Trained => 1,
            VarianceRule::Own => self.components(),
            VarianceRule::Full => self.components() * self.shape(),
        }
    }

    /// Numbers of a covariance: D(D + 1)/2, and one more if D < d.
    fn shape(&self) -> usize {
        self.width() * (self.width() + 1) / 2 + usize::from(self.width() < self.target.ambient)
    }

    /// Symmetric matrices (K x D x D) from their lower triangles.
    fn covariances(&self, shapes: &[f64]) -> Vec<f64> {
        let width = self.width();
        let entry = |t: &[f64], a: usize, b: usize| t[a.max(b) * (a.max(b) + 1) / 2 + a.min(b)];
        let whole = |t: &[f64]| -> Vec<f64> { (0..width * width).map(|n| entry(t, n / width, n % width)).collect() };
        shapes.chunks(self.shape()).flat_map(whole).collect()
    }

    /// Means, weights and variances at a state.
    pub fn unpack(&self, beta: f64, state: &[f64]) -> ShapedState {
        let (k, offset) = (self.components(), self.components() * self.width());
        let (mut covariances, mut across) = (Vec::new(), Vec::new());
        let variances = match self.rules.variance {
            VarianceRule::Full => {
                let shapes = &state[state.len() - self.trained_variances()..];
                covariances = self.covariances(shapes);
                let (width, ambient) = (self.width(), self.target.ambient);
                if width < ambient {
                    across = shapes.chunks(self.shape()).map(|shape| shape[shape.len() - 1]).collect();
                }
                let trace = |(i, of): (usize, &[f64])| {
                    let rest = across.get(i).map_or(0.0, |variance| (ambient - width) as f64 * variance);
                    ((0..width).map(|a| of[a * (width + 1)]).sum::<f64>() + rest) / ambient as f64
                };
                covariances.chunks(width * width).enumerate().map(trace).collect()
            }
            VarianceRule::Unit => vec![1.0; k],
            VarianceRule::Slaved => vec![1.0 / beta; k],
            VarianceRule::Trained => vec![state[state.len() - 1].exp(); k],
            VarianceRule::Own => state[state.len() - k..].iter().map(|x| x.exp()).collect(),
        };
        let log_weights = match self.rules.weights {
            WeightRule::Fixed => self.log_weights.clone(),
            _ => self.normalised(&state[offset..offset + k]),
        };
        let (means, power) = (state[..offset].to_vec(), self.rules.tempering.power(beta));
        ShapedState { means, log_weights, variances, covariances, across, power }
    }

    pub(super) fn alive(&self, i: usize) -> bool {
        self.log_weights[i] > f64::NEG_INFINITY
    }

    fn normalised(&self, logits: &[f64]) -> Vec<f64> {
        let alive = || (0..logits.len()).filter(|&i| self.alive(i)).map(|i| logits[i]);
        let top = alive().fold(f64::NEG_INFINITY, f64::max);
        let norm = top + alive().map(|x| (x - top).exp()).sum::<f64>().ln();
        (0..logits.len()).map(|i| if self.alive(i) { logits[i] - norm } else { f64::NEG_INFINITY }).collect()
    }
}
