//! The field from the averages.

use super::{ClassAverages, MixtureFlow, MixtureState};
use crate::family::{Metric, VarianceRule, WeightRule};
use crate::flow::Flow;
use crate::frame::dot;

impl MixtureFlow {
    /// -dF/dmu_i/w_i into `pull` for every component: the bracket of theory (2) with its sign, projected on the
    /// sphere's tangent space where the means live on it.
    fn pulls(&self, beta: f64, state: &MixtureState, averages: &ClassAverages) -> Vec<f64> {
        let width = self.width;
        let apart = averages.own_pull.iter().zip(&averages.target_pull);
        let mut pulls: Vec<f64> = apart.map(|(own, target)| beta * target - own / state.variance).collect();
        for (i, pull) in pulls.chunks_mut(width).enumerate() {
            let mean = &state.means[i * width..(i + 1) * width];
            if let Some(radius) = self.radius {
                let radial = dot(pull, mean) / (radius * radius);
                pull.iter_mut().zip(mean).for_each(|(out, m)| *out -= radial * m);
            }
        }
        pulls
    }

    /// f_i of theory (3), up to a constant common to all i.
    fn weight_forces(beta: f64, averages: &ClassAverages) -> Vec<f64> {
        averages.log_own.iter().zip(&averages.log_target).map(|(q, p)| q - beta * p).collect()
    }

    /// 2 dF/dvar of theory (5), divided by d.
    fn variance_force(&self, beta: f64, state: &MixtureState, weights: &[f64], averages: &ClassAverages) -> f64 {
        let (var, d) = (state.variance, self.ambient);
        let own: f64 = weights.iter().zip(&averages.own_spread).map(|(w, a)| w * a).sum();
        let target: f64 = weights.iter().zip(&averages.target_spread).map(|(w, b)| w * b).sum();
        (beta - 1.0 / var) + own / (d * var * var) - beta * target / d
    }

    /// [`Flow::field`] from the averages at the state.
    pub(super) fn field_of(&self, beta: f64, plain: &MixtureState, averages: &ClassAverages, rate: &mut [f64]) {
        let weights = plain.weights();
        let clock = self.rules.clock.factor(beta);
        let pulls = self.pulls(beta, plain, averages);
        for (i, (out, pull)) in rate.chunks_mut(self.width).zip(pulls.chunks(self.width)).enumerate() {
            let metric = if self.rules.metric == Metric::Euclidean { weights[i] } else { 1.0 };
            out.iter_mut().zip(pull).for_each(|(o, p)| *o = clock * metric * p);
        }
        let offset = self.components() * self.width;
        if self.rules.weights != WeightRule::Fixed {
            let forces = Self::weight_forces(beta, averages);
            let mean_force: f64 = (0..forces.len()).filter(|&i| weights[i] > 0.0).map(|i| weights[i] * forces[i]).sum();
            for i in 0..forces.len() {
                let share = if self.rules.weights == WeightRule::Softmax { weights[i] } else { 1.0 };
                let alive = self.log_weights[i] > f64::NEG_INFINITY;
                rate[offset + i] = if alive { -clock * share * (forces[i] - mean_force) } else { 0.0 };
            }
        }
        if self.rules.variance == VarianceRule::Trained {
            let force = self.variance_force(beta, plain, &weights, averages);
            rate[self.dimension() - 1] = -2.0 / self.components() as f64 * clock * force;
        }
    }
}

impl Flow for MixtureFlow {
    fn dimension(&self) -> usize {
        let logits = if self.rules.weights == WeightRule::Fixed { 0 } else { self.components() };
        let variance = usize::from(self.rules.variance == VarianceRule::Trained);
        self.components() * self.width + logits + variance
    }

    fn field(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        self.field_inlined(beta, state, rate);
    }

    #[inline(always)]
    fn field_inlined(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        let plain = self.unpack(beta, state);
        self.field_of(beta, &plain, &self.field_averages(&plain), rate);
    }

    /// F_beta with every constant of the normalised densities, so that at beta = 1 it is KL(q|p).
    fn objective(&self, beta: f64, state: &[f64]) -> f64 {
        self.objective_inlined(beta, state)
    }

    #[inline(always)]
    fn objective_inlined(&self, beta: f64, state: &[f64]) -> f64 {
        let plain = self.unpack(beta, state);
        self.objective_of(beta, &plain, &self.averages_with(&plain, false))
    }
}
