//! What is trained, on what, and how.

use collapsar_theory::{AdaptiveRule, InvalidParameter, Schedule, Target};

use crate::flows::architecture::Architecture;
use crate::flows::mixture::Mixture;
use crate::flows::training::Training;

/// A flow to be trained on a tempered target: everything but the seed.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowProblem {
    architecture: Architecture,
    target: Target,
    schedule: Schedule,
    rule: Option<AdaptiveRule>,
    training: Training,
}

/// Most numbers kept of a batch for its backward pass: 4 GB in double precision.
const MOST_ACTIVATIONS: usize = 1 << 29;

impl FlowProblem {
    /// Refuses what [`Architecture::check`] and [`Training::check`] refuse, and targets of more dimensions than the
    /// flow. A target of fewer lies in the first coordinates; in the others it is standard normal.
    pub fn new(
        architecture: Architecture,
        target: Target,
        schedule: Schedule,
        training: Training,
    ) -> Result<Self, InvalidParameter> {
        architecture.check()?;
        training.check()?;
        Mixture::<f64>::new(&target, &architecture.order())?;
        let widths = architecture.hidden.iter().sum::<usize>() + architecture.dimension;
        let numbers = training.batch.saturating_mul(architecture.couplings.saturating_mul(2 * widths));
        if numbers > MOST_ACTIVATIONS {
            let rule = format!("leave at most {MOST_ACTIVATIONS} activations for a backward pass; there are {numbers}");
            return Err(InvalidParameter::new("batch", training.batch, rule));
        }
        Ok(Self { architecture, target, schedule, rule: None, training })
    }

    /// The same with temperatures that `rule` finds on the batches, each after its step, in place of the schedule's.
    pub fn with_rule(self, rule: AdaptiveRule) -> Self {
        Self { rule: Some(rule), ..self }
    }

    /// The rule by which the temperature watches the fit, in place of the schedule.
    pub fn rule(&self) -> Option<&AdaptiveRule> {
        self.rule.as_ref()
    }

    /// What is trained.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// p.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// beta(t) at t = step times step size.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// How it is trained.
    pub fn training(&self) -> &Training {
        &self.training
    }

    /// The learning rate of step number `step`.
    pub fn rate(&self, step: usize) -> f64 {
        let last = self.training.settle * self.training.steps as f64;
        let left = self.training.steps.saturating_sub(step) as f64;
        self.training.step_size * if left < last { left / last } else { 1.0 }
    }

    /// beta of step number `step` by the schedule.
    pub fn beta(&self, step: usize) -> f64 {
        self.schedule.beta(step as f64 * self.training.step_size)
    }
}
