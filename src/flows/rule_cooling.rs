//! Temperatures that a rule finds on the batches of a training.

use collapsar_theory::AdaptiveRule;

/// Where a rule that watches the fit stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleCooling {
    rule: AdaptiveRule,
    pub(crate) beta: f64,
    changes: usize,
    /// The step that is the first at beta = 1.
    pub(crate) cold: Option<usize>,
}

impl RuleCooling {
    pub(crate) fn new(rule: AdaptiveRule) -> Self {
        let beta = 1.0 / rule.initial_temperature();
        Self { rule, beta, changes: 0, cold: (beta >= 1.0).then_some(0) }
    }

    /// The temperature before step `next` at time `time`, by the batch of the last step.
    pub(crate) fn look(&mut self, next: usize, time: f64, [log_p, log_q]: &[Vec<f64>; 2]) {
        let due = self.rule.changes_by(time);
        if self.cold.is_none() && due > self.changes {
            self.beta = self.rule.next_beta_of_samples(self.beta, log_p, log_q);
            self.changes = due;
            self.cold = (self.beta >= 1.0).then_some(next);
        }
    }
}
