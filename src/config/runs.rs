//! What each study reads of a configuration, every choice made: serialisable, and readable again as a configuration.

mod resolve;

use collapsar_theory::{Family, InvalidParameter, Pair, Schedule, Target};
use serde::Serialize;

use crate::config::family::FamilyConfig;
use crate::config::flow::FlowConfig;
use crate::config::flow_target::FlowTargetConfig;
use crate::config::keys::{
    BifurcationConfig, BoundaryConfig, DensityConfig, ExactConfig, FormulaConfig, LangevinConfig, MonteCarloConfig,
    OptimiserConfig, PortraitConfig, SimulationConfig, SolveConfig, StopConfig, TrainingConfig,
};
use crate::config::problem::ProblemConfig;
use crate::config::run::TargetConfig;
use crate::config::schedule::ScheduleConfig;

/// A run of the closed flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SolveRun {
    /// The problem.
    #[serde(flatten)]
    pub problem: ProblemConfig,
    /// The integration.
    pub solve: SolveConfig,
}

/// A run shown as densities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityRun {
    /// The run.
    #[serde(flatten)]
    pub run: SolveRun,
    /// The moments.
    pub density: DensityConfig,
}

/// A pair at rest: no start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BifurcationRun {
    /// The target.
    pub target: TargetConfig,
    /// The variational family.
    pub family: FamilyConfig,
    /// The schedule: its initial temperature is that of the equilibria unless one is given.
    pub schedule: ScheduleConfig,
    /// What is looked for.
    pub bifurcation: BifurcationConfig,
}

/// The starts that collapse under a schedule: all of them, but for the variance where it is trained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoundaryRun {
    /// The target.
    pub target: TargetConfig,
    /// The variational family.
    pub family: FamilyConfig,
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// Where a trained variance starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<VarianceStart>,
    /// When runs are classified.
    pub stop: StopConfig,
    /// The curves.
    pub boundary: BoundaryConfig,
}

/// `[start]` of a question about all means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VarianceStart {
    /// var(0).
    pub variance: f64,
}

/// Phase portraits at constant temperatures: no start and no schedule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortraitRun {
    /// The target.
    pub target: TargetConfig,
    /// The variational family.
    pub family: FamilyConfig,
    /// The slices.
    pub portrait: PortraitConfig,
}

/// A problem with a law of starts and the settings of the routes to its probability of collapse.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbabilityRun {
    /// The problem.
    #[serde(flatten)]
    pub problem: ProblemConfig,
    /// When runs are classified.
    pub stop: StopConfig,
    /// What descends; plain gradient descent if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optimiser: Option<OptimiserConfig>,
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
}

/// The training of a normalizing flow: no family of mixtures, no law of means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowRun {
    /// What is trained, on what and how.
    #[serde(flatten)]
    pub problem: FlowProblemConfig,
    /// The moments shown.
    pub density: DensityConfig,
    /// What it is compared with, if that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub langevin: Option<LangevinConfig>,
}

/// A normalizing flow: what is trained, on what and how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowProblemConfig {
    /// The target.
    pub target: FlowTargetConfig,
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// Dimension and seed.
    pub start: FlowStart,
    /// The flow.
    pub flow: FlowConfig,
    /// Its training.
    pub training: TrainingConfig,
}

/// `[start]` of a normalizing flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FlowStart {
    /// d.
    pub dimension: usize,
    /// Of the initial parameters and of all draws.
    pub seed: u64,
}

impl BifurcationRun {
    /// The pair.
    ///
    /// # Errors
    /// The rule that makes it none.
    pub fn pair(&self) -> Result<Pair, InvalidParameter> {
        Pair::new(&self.target.target()?, &self.family.family()?)
    }
}

impl PortraitRun {
    /// The pair.
    ///
    /// # Errors
    /// The rule that makes it none.
    pub fn pair(&self) -> Result<Pair, InvalidParameter> {
        Pair::new(&self.target.target()?, &self.family.family()?)
    }
}

impl BoundaryRun {
    /// The pair, if its weights are fixed.
    ///
    /// # Errors
    /// The rule that makes it none.
    pub fn pair(&self) -> Result<Pair, InvalidParameter> {
        let pair = Pair::new(&self.target.target()?, &self.family.family()?)?;
        self.start.map_or(Ok(pair), |start| pair.with_initial_variance(start.variance))
    }

    /// The parts that a boundary is about.
    ///
    /// # Errors
    /// None for a resolved configuration.
    pub fn parts(&self) -> Result<(Target, Family, Schedule), InvalidParameter> {
        Ok((self.target.target()?, self.family.family()?, self.schedule.schedule()?))
    }
}

impl From<ProblemConfig> for ProbabilityRun {
    /// Every route with its defaults.
    fn from(problem: ProblemConfig) -> Self {
        Self {
            problem,
            stop: StopConfig::default(),
            optimiser: None,
            exact: ExactConfig::default(),
            formula: FormulaConfig::default(),
            montecarlo: MonteCarloConfig::default(),
            simulation: None,
            flow: None,
            training: None,
        }
    }
}
