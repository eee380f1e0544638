//! The record of a probability of collapse by several routes.

use serde::{Deserialize, Serialize};

use crate::config::RunConfig;
use crate::montecarlo::{Estimate, MechanismShare, MixtureEstimate};
use crate::results::realnvp::RealNvpRecord;

/// The record of `collapsar probability`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbabilityRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: RunConfig,
    /// "free", "sphere", or "mixture" for a problem that is no pair.
    pub pair: &'static str,
    /// What each route says.
    #[serde(flatten)]
    pub routes: RoutesRecord,
}

/// The probability of collapse by several routes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RoutesRecord {
    /// Theory (14); null if not asked for.
    pub exact: Option<ExactRecord>,
    /// Theory (10) or (15); null if not asked for, or where there is none.
    pub formula: Option<FormulaRecord>,
    /// The ensemble of the closed flow; null if not asked for.
    pub montecarlo: Option<MonteCarloRecord>,
    /// Stochastic descent; null if not asked for.
    pub simulation: Option<SimulationRecord>,
    /// Trained normalizing flows; absent if not asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub realnvp: Option<RealNvpRecord>,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

/// P_c by quadrature over the boundary.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ExactRecord {
    /// P_c.
    pub value: f64,
    /// Its estimated absolute error.
    pub error: f64,
    /// Boundary points that were located.
    pub evaluations: usize,
}

/// P_c by a sharp formula.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FormulaRecord {
    /// P_c.
    pub value: f64,
    /// Whether the problem lies where the formula was measured to hold.
    pub valid: bool,
    /// The equation of the theory note.
    pub equation: String,
    /// P_c with the gain by relaxation counted (sphere pair).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub relaxed: Option<f64>,
    /// P_c by the linear flow about the decision plane, (18) (sphere pair).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refined: Option<f64>,
    /// Which schedules reach the wanted P_c, if one is (sphere pair, geometric schedules).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<Advice>,
    /// alpha that was used (sphere pair).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alpha: Option<f64>,
    /// C that was used (free pair).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub connection_constant: Option<f64>,
}

/// A geometric schedule with its probability of collapse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScheduleAdvice {
    /// T0.
    pub initial_temperature: f64,
    /// t0 by formula (10); null where no duration reaches the probability.
    pub duration: Option<f64>,
    /// t0 by formula (18), for the variance rule of the problem; null likewise.
    pub refined_duration: Option<f64>,
}

/// Which geometric schedules reach a wanted P_c.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// The wanted P_c.
    pub wanted: f64,
    /// From the problem's T0.
    pub here: ScheduleAdvice,
    /// From the T0 that takes the least time by (10); null where the target is never cold.
    pub cheapest: Option<ScheduleAdvice>,
}

/// P_c by counting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonteCarloRecord {
    /// P_c; of a mixture, the probability of losing at least one mode.
    pub value: f64,
    /// The counts and the Clopper-Pearson interval.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// Runs that lost 0, 1, .., P modes (mixture).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub modes_lost: Option<Vec<u64>>,
    /// Runs that lost mode k (mixture).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lost_by_mode: Option<Vec<u64>>,
    /// Runs by mechanism, with intervals (mixture).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mechanisms: Option<Vec<MechanismShare>>,
    /// What a lost mode is (mixture).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub definition: Option<String>,
}

impl From<Estimate> for MonteCarloRecord {
    fn from(estimate: Estimate) -> Self {
        let value = estimate.probability.unwrap_or(f64::NAN);
        Self { value, estimate, modes_lost: None, lost_by_mode: None, mechanisms: None, definition: None }
    }
}

impl From<MixtureEstimate> for MonteCarloRecord {
    fn from(found: MixtureEstimate) -> Self {
        Self {
            modes_lost: Some(found.modes_lost),
            lost_by_mode: Some(found.lost_by_mode),
            mechanisms: Some(found.mechanisms),
            definition: Some(found.definition),
            ..Self::from(found.any)
        }
    }
}

/// P_c by counting runs of stochastic descent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SimulationRecord {
    /// P_c.
    pub value: f64,
    /// The counts and the Clopper-Pearson interval.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// Samples of q per step.
    pub batch: u64,
    /// Time per step.
    pub step: f64,
    /// Steps of a run.
    pub steps: u64,
}
