//! How a flow is trained.

use collapsar_theory::InvalidParameter;
use serde::{Deserialize, Serialize};

use crate::adam::Adam;

/// Options of a training run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// Steps, 1 to 2^40.
    pub steps: usize,
    /// Base points a step, 2 to 2^24, drawn afresh for each.
    pub batch: usize,
    /// Learning rate h of Adam, positive. Step n (from 0) is taken at time t = n h of the schedule.
    pub step_size: f64,
    /// Share of the steps, in [0, 1], at whose end the learning rate has fallen linearly to zero; they are the last
    /// ones. It averages out the noise of the batches. The time of the schedule keeps its pace.
    pub settle: f64,
    /// The longest gradient (Euclidean norm over all parameters), positive; longer ones are shortened to it.
    pub clip: Option<f64>,
    /// Moments of Adam.
    pub adam: Adam,
    /// Steps between two recorded losses and calls of the observer, at least 1; the last step is always recorded.
    pub every: usize,
    /// Samples of the flow and of the target for the final evaluation, 2 to 2^28.
    pub samples: usize,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            steps: 2000,
            batch: 256,
            step_size: 1e-3,
            settle: 0.0,
            clip: Some(10.0),
            adam: Adam::default(),
            every: 20,
            samples: 20_000,
        }
    }
}

impl Training {
    /// Whether every option is in its domain.
    pub fn check(&self) -> Result<(), InvalidParameter> {
        // 2^40 where a count can be that large.
        let many = usize::try_from(1_u64 << 40).unwrap_or(usize::MAX);
        let counts = [
            ("steps", self.steps, 1, many),
            ("batch", self.batch, 2, 1 << 24),
            ("every", self.every, 1, usize::MAX),
            ("samples", self.samples, 2, 1 << 28),
        ];
        for (name, value, low, high) in counts {
            if !(low..=high).contains(&value) {
                let rule =
                    if high == usize::MAX { "be at least 1".into() } else { format!("lie between {low} and {high}") };
                return Err(InvalidParameter::new(name, value, rule));
            }
        }
        let sizes = [("step_size", Some(self.step_size)), ("clip", self.clip)];
        for (name, value) in sizes {
            if let Some(value) = value.filter(|v| !(*v > 0.0 && v.is_finite())) {
                return Err(InvalidParameter::new(name, value, "be positive and finite"));
            }
        }
        if !(0.0..=1.0).contains(&self.settle) {
            return Err(InvalidParameter::new("settle", self.settle, "lie in [0, 1]"));
        }
        self.adam.check()
    }
}
