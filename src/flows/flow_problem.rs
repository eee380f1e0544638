//! What is trained, on what, and how.

use collapsar_theory::{AdaptiveRule, InvalidParameter, Schedule};

use crate::flows::density::LogDensity;
use crate::flows::kind::FlowKind;
use crate::flows::target::FlowTarget;
use crate::flows::training::Training;

/// A flow to be trained on a tempered target, a known one or a [`LogDensity`]: everything but the seed.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowProblem<P = FlowTarget> {
    plan: Plan,
    target: P,
}

/// What is trained and how, whatever the target.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    kind: FlowKind,
    schedule: Schedule,
    rule: Option<AdaptiveRule>,
    training: Training,
}

/// Most numbers kept of a batch for its backward pass: 4 GB in double precision.
const MOST_ACTIVATIONS: usize = 1 << 29;

impl Plan {
    fn new(kind: FlowKind, schedule: Schedule, training: Training) -> Result<Self, InvalidParameter> {
        kind.check()?;
        training.check()?;
        let numbers = training.batch.saturating_mul(kind.activations());
        if numbers > MOST_ACTIVATIONS {
            let rule = format!("leave at most {MOST_ACTIVATIONS} activations for a backward pass; there are {numbers}");
            return Err(InvalidParameter::new("batch", training.batch, rule));
        }
        Ok(Self { kind, schedule, rule: None, training })
    }

    pub(crate) fn rule(&self) -> Option<&AdaptiveRule> {
        self.rule.as_ref()
    }

    pub(crate) fn kind(&self) -> &FlowKind {
        &self.kind
    }

    pub(crate) fn training(&self) -> &Training {
        &self.training
    }

    /// The learning rate of step number `step`.
    pub(crate) fn rate(&self, step: usize) -> f64 {
        let last = self.training.settle * self.training.steps as f64;
        let left = self.training.steps.saturating_sub(step) as f64;
        self.training.step_size * if left < last { left / last } else { 1.0 }
    }

    /// beta of step number `step` by the schedule.
    pub(crate) fn beta(&self, step: usize) -> f64 {
        self.schedule.beta(step as f64 * self.training.step_size)
    }
}

impl FlowProblem {
    /// Refuses what [`FlowKind::check`] and [`Training::check`] refuse, and targets of another dimension than the
    /// flow, but for modes of covariance I in fewer.
    pub fn new(
        kind: impl Into<FlowKind>,
        target: impl Into<FlowTarget>,
        schedule: Schedule,
        training: Training,
    ) -> Result<Self, InvalidParameter> {
        let (plan, target) = (Plan::new(kind.into(), schedule, training)?, target.into());
        target.check(&plan.kind.order())?;
        Ok(Self { plan, target })
    }
}

impl<D: LogDensity> FlowProblem<D> {
    /// The same on a target that is known by its density, in the dimension of the flow.
    pub fn on_density(
        kind: impl Into<FlowKind>,
        target: D,
        schedule: Schedule,
        training: Training,
    ) -> Result<Self, InvalidParameter> {
        Ok(Self { plan: Plan::new(kind.into(), schedule, training)?, target })
    }
}

impl<P> FlowProblem<P> {
    /// The same with temperatures that `rule` finds on the batches, each after its step, in place of the schedule's.
    pub fn with_rule(self, rule: AdaptiveRule) -> Self {
        Self { plan: Plan { rule: Some(rule), ..self.plan }, ..self }
    }

    /// The rule by which the temperature watches the fit, in place of the schedule.
    pub fn rule(&self) -> Option<&AdaptiveRule> {
        self.plan.rule()
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What is trained.
    pub fn kind(&self) -> &FlowKind {
        self.plan.kind()
    }

    /// p.
    pub fn target(&self) -> &P {
        &self.target
    }

    /// beta(t) at t = step times step size.
    pub fn schedule(&self) -> &Schedule {
        &self.plan.schedule
    }

    /// How it is trained.
    pub fn training(&self) -> &Training {
        self.plan.training()
    }

    /// beta of step number `step` by the schedule.
    pub fn beta(&self, step: usize) -> f64 {
        self.plan.beta(step)
    }
}
