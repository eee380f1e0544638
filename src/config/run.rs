//! The resolved run: every choice made, serialisable, and readable again as a configuration.

use collapsar_theory::{
    InvalidParameter, MeanSpace, Part, Problem, Schedule, ScheduleKind, Start, Target, VarianceRule,
};
use serde::Serialize;

use crate::config::bifurcation::BifurcationConfig;
use crate::config::boundary::BoundaryConfig;
use crate::config::density::DensityConfig;
use crate::config::family::FamilyConfig;
use crate::config::flow::{FlowConfig, TrainingConfig};
use crate::config::portrait::PortraitConfig;
use crate::config::probability::{ExactConfig, FormulaConfig, MonteCarloConfig, SimulationConfig, StopConfig};

/// A fully determined run. As TOML it is a configuration that resolves to itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunConfig {
    /// The target.
    pub target: TargetConfig,
    /// The variational family.
    pub family: FamilyConfig,
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// The initial means.
    pub start: StartConfig,
    /// The integration.
    pub solve: SolveConfig,
    /// Equilibria and branches.
    pub bifurcation: BifurcationConfig,
    /// The curves of the boundary.
    pub boundary: BoundaryConfig,
    /// The exact route.
    pub exact: ExactConfig,
    /// The sharp formula.
    pub formula: FormulaConfig,
    /// The ensemble.
    pub montecarlo: MonteCarloConfig,
    /// Stochastic descent, if it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation: Option<SimulationConfig>,
    /// The normalizing flow, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowConfig>,
    /// Its training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training: Option<TrainingConfig>,
    /// When runs are classified.
    pub stop: StopConfig,
    /// The moments shown as densities.
    pub density: DensityConfig,
    /// The phase portraits.
    pub portrait: PortraitConfig,
}

/// `[target]`: either a separation or means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetConfig {
    /// Modes at +-separation along the first axis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separation: Option<f64>,
    /// The modes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<Vec<Vec<f64>>>,
    /// v.
    pub weights: Vec<f64>,
}

/// `[schedule]`: the keys that its kind has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduleConfig {
    /// One of the names of [`ScheduleKind`].
    pub kind: &'static str,
    /// T0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_temperature: Option<f64>,
    /// t0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// kappa of an exponential schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// p of a power law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exponent: Option<f64>,
    /// Times of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<Vec<f64>>,
    /// Temperatures of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperatures: Option<Vec<f64>>,
}

/// `[start]`: given means, or a law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartConfig {
    /// Given means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<Vec<Vec<f64>>>,
    /// d of a law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<usize>,
    /// sigma of a Gaussian law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// The seed of a law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The initial variance where it is trained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance: Option<f64>,
}

/// The integrator of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Engine {
    /// The own Tsitouras 5(4).
    #[serde(rename = "tsit5")]
    Tsit5,
    /// diffsol's Tsitouras 5(4).
    #[serde(rename = "diffsol")]
    Diffsol,
}

/// `[solve]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SolveConfig {
    /// Times at which to report.
    pub times: Vec<f64>,
    /// The integrator.
    pub engine: Engine,
    /// Relative tolerance of each step.
    pub relative_tolerance: f64,
    /// Absolute tolerance of each step.
    pub absolute_tolerance: f64,
    /// Step limit.
    pub max_steps: u64,
}

impl TargetConfig {
    /// The target.
    pub fn target(&self) -> Result<Target, InvalidParameter> {
        match (self.separation, &self.means) {
            (Some(separation), None) => {
                let weights = <[f64; 2]>::try_from(self.weights.as_slice()).map_err(|_| {
                    InvalidParameter::new(
                        "weights",
                        format!("{:?}", self.weights),
                        "hold two weights, one for each mode",
                    )
                    .of(Part::Target)
                })?;
                Target::pair(separation, weights)
            }
            (_, means) => Target::new(means.clone().unwrap_or_default(), self.weights.clone()),
        }
    }
}

impl ScheduleConfig {
    /// The schedule.
    pub fn schedule(&self) -> Result<Schedule, InvalidParameter> {
        let kind = ScheduleKind::ALL.into_iter().find(|k| k.name() == self.kind);
        let get =
            |name: &str, value: Option<f64>| value.ok_or_else(|| InvalidParameter::new(name, "missing", "be given"));
        let hot = get("initial_temperature", self.initial_temperature);
        let duration = get("duration", self.duration);
        match kind {
            Some(ScheduleKind::Geometric) => Schedule::geometric(hot?, duration?),
            Some(ScheduleKind::Quench) => Schedule::quench(hot?, duration?),
            Some(ScheduleKind::Exponential) => Schedule::exponential(hot?, get("rate", self.rate)?),
            Some(ScheduleKind::LinearTemperature) => Schedule::linear_temperature(hot?, duration?),
            Some(ScheduleKind::LinearBeta) => Schedule::linear_beta(hot?, duration?),
            Some(ScheduleKind::Power) => Schedule::power(hot?, duration?, get("exponent", self.exponent)?),
            Some(ScheduleKind::Table) => {
                Schedule::table(self.times.clone().unwrap_or_default(), self.temperatures.clone().unwrap_or_default())
            }
            Some(ScheduleKind::Constant) | None => Schedule::constant(hot?),
        }
    }
}

impl StartConfig {
    /// d of a law, or of given means.
    pub fn dimension(&self) -> usize {
        let given = self.means.as_ref().and_then(|means| means.first());
        given.map_or(self.dimension.unwrap_or(0), Vec::len)
    }

    /// The start for means in the given space.
    pub fn start(&self, space: MeanSpace) -> Result<Start, InvalidParameter> {
        match (&self.means, space) {
            (Some(means), _) => Start::means(means.clone()),
            (None, MeanSpace::Sphere) => Start::sphere(self.dimension.unwrap_or(0)),
            (None, MeanSpace::Free) => Start::gaussian(self.dimension.unwrap_or(0), self.scale.unwrap_or(f64::NAN)),
        }
    }
}

impl RunConfig {
    /// The problem that the run poses.
    pub fn problem(&self) -> Result<Problem, InvalidParameter> {
        let start = self.start.start(self.family.rules().means)?;
        Problem::new(self.target.target()?, self.family.family()?, self.schedule.schedule()?, start)
    }

    /// The initial variance.
    pub fn initial_variance(&self, schedule: &Schedule) -> f64 {
        match self.family.rules().variance {
            VarianceRule::Unit => 1.0,
            VarianceRule::Slaved => schedule.initial_temperature(),
            VarianceRule::Trained => self.start.variance.unwrap_or(schedule.initial_temperature()),
        }
    }
}
