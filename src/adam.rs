//! Adam (Kingma and Ba 2015, arXiv 1412.6980): its options, and the step of one coordinate.

use collapsar_theory::InvalidParameter;
use serde::{Deserialize, Serialize};

/// The parameters of Adam; by default those of its paper.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adam {
    /// Memory of the first moment, in [0, 1).
    pub beta1: f64,
    /// Memory of the second moment, in [0, 1).
    pub beta2: f64,
    /// Added to the root of the second moment, > 0.
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl Adam {
    pub(crate) fn check(&self) -> Result<(), InvalidParameter> {
        for (name, value) in [("beta1", self.beta1), ("beta2", self.beta2)] {
            if !(0.0..1.0).contains(&value) {
                return Err(InvalidParameter::new(name, value, "lie in [0, 1)"));
            }
        }
        if !(self.epsilon > 0.0 && self.epsilon.is_finite()) {
            return Err(InvalidParameter::new("epsilon", self.epsilon, "be positive and finite"));
        }
        Ok(())
    }

    /// What is left, in step number `n` (from 0), of the zeros with which both moments began: 1 - beta^(n + 1).
    pub(crate) fn fades(&self, n: usize) -> [f64; 2] {
        [self.beta1, self.beta2].map(|decay| 1.0 - decay.powi(n as i32 + 1))
    }

    /// How far a coordinate moves downwards along `gradient` in a step of learning rate `step`; `fades` are those of its number.
    pub(crate) fn change(&self, step: f64, fades: [f64; 2], gradient: f64, moments: [&mut f64; 2]) -> f64 {
        let [first, second] = moments;
        *first += (1.0 - self.beta1) * (gradient - *first);
        *second += (1.0 - self.beta2) * (gradient * gradient - *second);
        step * (*first / fades[0]) / ((*second / fades[1]).sqrt() + self.epsilon)
    }
}
