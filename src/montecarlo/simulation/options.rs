//! How stochastic gradient descent runs.

use collapsar_theory::InvalidParameter;

use crate::montecarlo::simulation::optimiser::Optimiser;
use crate::montecarlo::simulation::pace::Watching;
use crate::montecarlo::statistics::estimate::DEFAULT_LEVEL;

/// How a run descends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DescentOptions {
    /// Samples of q per step.
    pub batch: usize,
    /// Learning rate: time per step.
    pub step: f64,
    /// Steps of a run; it is classified after the last.
    pub steps: usize,
    /// Whether log q is differentiated in its own parameters as well as along the samples, as automatic differentiation
    /// of the loss does. The score has mean 0: the flow is the same, the noise is not.
    pub score: bool,
    /// How a gradient becomes a step.
    pub optimiser: Optimiser,
    /// The rule by which the temperature watches the fit, in place of the schedule.
    pub watching: Option<Watching>,
    /// Confidence level of an interval.
    pub level: f64,
}

impl Default for DescentOptions {
    /// The published setting for 200 steps of cooling.
    fn default() -> Self {
        Self {
            batch: 8192,
            step: 0.05,
            steps: 300,
            score: true,
            optimiser: Optimiser::Plain,
            watching: None,
            level: DEFAULT_LEVEL,
        }
    }
}

impl DescentOptions {
    pub(crate) fn check(&self) -> Result<(), InvalidParameter> {
        if self.batch == 0 {
            return Err(InvalidParameter::new("batch", self.batch, "be at least 1"));
        }
        if !(self.step > 0.0 && self.step.is_finite()) {
            return Err(InvalidParameter::new("step", self.step, "be positive and finite"));
        }
        match self.optimiser {
            Optimiser::Momentum { decay } if !(0.0..1.0).contains(&decay) => {
                Err(InvalidParameter::new("momentum", decay, "lie in [0, 1)"))
            }
            _ => Ok(()),
        }
    }
}
