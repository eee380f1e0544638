//! The pairs as families for continuation: which parameter is varied.

use super::continuation_options::ContinuationOptions;
use super::misuse::ContinuationMisuse;
use super::newton::NewtonOptions;

/// A parameter of a pair that can be continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairParameter {
    /// log T: temperatures span many orders of magnitude.
    LogTemperature,
    /// rho, or R.
    Separation,
    /// h = log(v/(1-v))/2 of theory (7), zero for equal target weights.
    Bias,
}

/// Settings for the branches of a pair between two values of the parameter.
///
/// Branches that leave a symmetric one start quadratically in the parameter: with the residual at the rounding of the
/// kernels and brackets of 1e-3 the parameter is still resolved inside the bracket of such a point.
pub fn pair_continuation(range: [f64; 2]) -> ContinuationOptions {
    let defaults = ContinuationOptions::default();
    let newton = NewtonOptions { tolerance: 2e-13, ..defaults.newton };
    ContinuationOptions { parameter: range, max_step: 0.05, bracket: 1e-3, newton, ..defaults }
}

/// A point in the space of the parameters of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairPoint {
    /// T.
    pub temperature: f64,
    /// rho, or R.
    pub separation: f64,
    /// h.
    pub bias: f64,
}

impl PairPoint {
    /// Checks the inequalities that the fields must satisfy.
    ///
    /// # Errors
    /// [`ContinuationMisuse::Option`] names the field.
    pub fn check(&self) -> Result<(), ContinuationMisuse> {
        let rules = [
            (self.temperature > 0.0, "temperature", self.temperature, "0 < temperature < inf"),
            (self.separation > 0.0, "separation", self.separation, "0 < separation < inf"),
            (true, "bias", self.bias, "-inf < bias < inf"),
        ];
        match rules.iter().find(|(holds, _, value, _)| !(*holds && value.is_finite())) {
            Some(&(_, name, value, rule)) => Err(ContinuationMisuse::Option { name, value, rule }),
            None => Ok(()),
        }
    }

    /// The value of a parameter.
    pub fn value(&self, parameter: PairParameter) -> f64 {
        match parameter {
            PairParameter::LogTemperature => self.temperature.ln(),
            PairParameter::Separation => self.separation,
            PairParameter::Bias => self.bias,
        }
    }

    /// The same point with one parameter changed.
    pub fn with(self, parameter: PairParameter, value: f64) -> Self {
        match parameter {
            PairParameter::LogTemperature => Self { temperature: value.exp(), ..self },
            PairParameter::Separation => Self { separation: value, ..self },
            PairParameter::Bias => Self { bias: value, ..self },
        }
    }

    /// v = 1/(1 + e^(-2h)).
    pub(super) fn target_weight(&self) -> f64 {
        1.0 / (1.0 + (-2.0 * self.bias).exp())
    }
}
