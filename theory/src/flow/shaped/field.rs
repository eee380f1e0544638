//! The field from the averages.

use super::{ShapedAverages, ShapedFlow, ShapedState};
use crate::family::{Metric, VarianceRule, WeightRule};
use crate::flow::Flow;

impl ShapedFlow {
    /// [`Flow::field`] from the averages at the state.
    fn field_of(&self, beta: f64, plain: &ShapedState, averages: &ShapedAverages, rate: &mut [f64]) {
        let (k, width, weights) = (self.components(), self.width(), plain.weights());
        let clock = self.rules.clock.factor(beta);
        let metric = |i: usize| if self.rules.metric == Metric::Euclidean { weights[i] } else { 1.0 };
        let force = |own: &[f64], target: &[f64], i: usize| own[i] - beta * target[i];
        for (i, out) in rate[..k * width].iter_mut().enumerate() {
            *out = -clock * metric(i / width) * force(&averages.own.pull, &averages.target.pull, i);
        }
        let offset = k * width;
        if self.rules.weights != WeightRule::Fixed {
            let forces: Vec<f64> = (0..k).map(|i| force(&averages.own.log, &averages.target.log, i)).collect();
            let mean: f64 = (0..k).filter(|&i| weights[i] > 0.0).map(|i| weights[i] * forces[i]).sum();
            for i in 0..k {
                let share = if self.rules.weights == WeightRule::Softmax { weights[i] } else { 1.0 };
                rate[offset + i] = if self.alive(i) { -clock * share * (forces[i] - mean) } else { 0.0 };
            }
        }
        let spread = |i: usize| force(&averages.own.spread, &averages.target.spread, i);
        let scale = -4.0 * clock / self.target.ambient as f64;
        let at = self.dimension() - self.trained_variances();
        match self.rules.variance {
            VarianceRule::Unit | VarianceRule::Slaved => {}
            VarianceRule::Trained => {
                let total: f64 = (0..k).filter(|&i| weights[i] > 0.0).map(|i| weights[i] * spread(i)).sum();
                rate[at] = scale / k as f64 * total;
            }
            VarianceRule::Own => {
                for i in 0..k {
                    rate[at + i] = scale * metric(i) * spread(i);
                }
            }
            VarianceRule::Full => {
                let tilt = |i: usize| force(&averages.own.tilt, &averages.target.tilt, i);
                let mut slot = at;
                for i in 0..k {
                    for a in 0..width {
                        for b in 0..=a {
                            let [ab, ba] = [a * width + b, b * width + a].map(|n| tilt(i * width * width + n));
                            rate[slot] = -clock * metric(i) * (ab + ba);
                            slot += 1;
                        }
                    }
                    if width < self.target.ambient {
                        let across = force(&averages.own.across, &averages.target.across, i);
                        rate[slot] = -2.0 * clock * metric(i) * across;
                        slot += 1;
                    }
                }
            }
        }
    }
}

impl Flow for ShapedFlow {
    fn dimension(&self) -> usize {
        let logits = if self.rules.weights == WeightRule::Fixed { 0 } else { self.components() };
        self.components() * self.width() + logits + self.trained_variances()
    }

    fn field(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        let plain = self.unpack(beta, state);
        self.field_of(beta, &plain, &self.averages(&plain), rate);
    }

    #[inline(always)]
    fn field_inlined(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        let plain = self.unpack(beta, state);
        self.field_of(beta, &plain, &self.averages_inlined(&plain), rate);
    }

    /// F_beta with every constant of the normalised densities, so that at beta = 1 it is KL(q|p).
    fn objective(&self, beta: f64, state: &[f64]) -> f64 {
        let plain = self.unpack(beta, state);
        self.objective_of(beta, &plain, &self.averages(&plain))
    }
}
