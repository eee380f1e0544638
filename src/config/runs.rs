//! What each study reads of a configuration, every choice made: serialisable, and readable again as a configuration.

use collapsar_theory::{Family, InvalidParameter, Pair, Schedule, Target};
use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::{ConfigError, Origin};
use crate::config::family::FamilyConfig;
use crate::config::flow;
use crate::config::keys::{
    BifurcationConfig, BoundaryConfig, DensityConfig, ExactConfig, FlowConfig, FormulaConfig, MonteCarloConfig,
    OptimiserConfig, PortraitConfig, SimulationConfig, SolveConfig, StopConfig, TrainingConfig,
};
use crate::config::problem::ProblemConfig;
use crate::config::resolve;
use crate::config::run::{ScheduleConfig, TargetConfig};

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
    /// The target.
    pub target: TargetConfig,
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// The dimension and the seed.
    pub start: FlowStart,
    /// The flow.
    pub flow: FlowConfig,
    /// Its training.
    pub training: TrainingConfig,
    /// The moments shown.
    pub density: DensityConfig,
}

/// `[start]` of a normalizing flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FlowStart {
    /// d.
    pub dimension: usize,
    /// Of the initial parameters and of all draws.
    pub seed: u64,
}

impl FlowStart {
    pub(crate) fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let section = document.section("start");
        section.refuse(&["means", "centre", "variance"], "a flow starts from its own parameters: `flow.initial`")?;
        let Some(dimension) = section.count("dimension")? else {
            return Err(section.missing("dimension", "a flow needs one"));
        };
        let dimension =
            usize::try_from(dimension).map_err(|_| section.breaks("dimension", "fit in memory addresses"))?;
        Ok(Self { dimension, seed: section.count("seed")?.unwrap_or(resolve::DEFAULT_SEED) })
    }
}

impl SolveRun {
    /// Reads what `solve` reads.
    ///
    /// # Errors
    /// The key that breaks a rule; so below.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        OptimiserConfig::refuse_adam(&document.section("optimiser"))?;
        Self::of(document, ProblemConfig::resolve_shaped(document)?)
    }

    fn of(document: &Document, problem: ProblemConfig) -> Result<Self, ConfigError> {
        let (schedule, known) = resolve::any_schedule(document)?;
        let end = match schedule.rule() {
            // As long as it would take one Gaussian; how long it takes is known after the run.
            Ok(Some(rule)) => known.end_of_run() + rule.gaussian_duration(problem.start.dimension()),
            _ => known.end_of_run(),
        };
        let solve = resolve::solve(document, end)?;
        resolve::check_rest(document, &["solve"])?;
        Ok(Self { problem, solve })
    }
}

impl DensityRun {
    /// Reads what `density` reads.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        OptimiserConfig::refuse_adam(&document.section("optimiser"))?;
        let run = SolveRun::of(document, ProblemConfig::resolve(document)?)?;
        let end = run.solve.times.last().copied().unwrap_or(0.0);
        let density = DensityConfig::resolve(&document.section("density"), end)?;
        Ok(Self { run, density })
    }
}

/// Target and family of a pair, whose number of components no start tells.
fn target_and_family(document: &Document) -> Result<(TargetConfig, FamilyConfig), ConfigError> {
    OptimiserConfig::refuse_adam(&document.section("optimiser"))?;
    let target = resolve::target(document)?;
    let family = resolve::family(document, resolve::rules(document)?, None)?;
    family.family().map_err(|error| document.section("family").parameter(&error))?;
    Ok((target, family))
}

impl BifurcationRun {
    /// Reads what `bifurcate` reads.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let (target, family) = target_and_family(document)?;
        let (schedule, _) = resolve::schedule(document)?;
        let bifurcation = BifurcationConfig::resolve(&document.section("bifurcation"))?;
        resolve::check_rest(document, &["bifurcation"])?;
        Ok(Self { target, family, schedule, bifurcation })
    }

    /// The pair.
    ///
    /// # Errors
    /// The rule that makes it none.
    pub fn pair(&self) -> Result<Pair, InvalidParameter> {
        Pair::new(&self.target.target()?, &self.family.family()?)
    }
}

impl BoundaryRun {
    /// Reads what `boundary` reads.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let (target, family) = target_and_family(document)?;
        let (schedule, _) = resolve::schedule(document)?;
        let boundary = BoundaryConfig::resolve(&document.section("boundary"), &schedule)?;
        let start = resolve::initial_variance(document, family.rules())?.map(|variance| VarianceStart { variance });
        let stop = StopConfig::read(&document.section("stop"))?;
        resolve::check_rest(document, &["boundary", "stop"])?;
        let found = Self { target, family, schedule, start, stop, boundary };
        if start.is_some() {
            found.pair().map_err(|error| document.section("start").parameter(&error))?;
        }
        Ok(found)
    }

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

impl PortraitRun {
    /// Reads what `portrait` reads.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let (target, family) = target_and_family(document)?;
        let portrait = PortraitConfig::resolve(&document.section("portrait"))?;
        resolve::check_rest(document, &["portrait"])?;
        Ok(Self { target, family, portrait })
    }

    /// The pair.
    ///
    /// # Errors
    /// The rule that makes it none.
    pub fn pair(&self) -> Result<Pair, InvalidParameter> {
        Pair::new(&self.target.target()?, &self.family.family()?)
    }
}

impl ProbabilityRun {
    /// Reads what `probability` and the points of `sweep` read.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let problem = ProblemConfig::resolve_watching(document)?;
        let modes = problem.target.target().map_or(0, |target| target.modes().len());
        let (flow, training) = flow::resolve(document, (modes, problem.start.dimension()))?.unzip();
        let optimiser = OptimiserConfig::resolve(&document.section("optimiser"))?;
        let adam = optimiser.as_ref().and_then(OptimiserConfig::adam).is_some();
        let found = Self {
            stop: StopConfig::read(&document.section("stop"))?,
            exact: ExactConfig::read(&document.section("exact"))?,
            formula: FormulaConfig::resolve(&document.section("formula"))?,
            montecarlo: MonteCarloConfig::resolve(&document.section("montecarlo"), adam)?,
            simulation: SimulationConfig::resolve(&document.section("simulation"), optimiser.as_ref())?,
            optimiser,
            flow,
            training,
            problem,
        };
        resolve::check_rest(document, &["stop", "exact", "formula", "montecarlo", "simulation", "flow"])?;
        Ok(found)
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

impl FlowRun {
    /// Reads what `realnvp` reads.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let target = resolve::target(document)?;
        let (schedule, _) = resolve::any_schedule(document)?;
        let start = FlowStart::resolve(document)?;
        let modes = target.target().map_or(0, |target| target.modes().len());
        let Some((flow, training)) = flow::resolve(document, (modes, start.dimension))? else {
            return Err(document.error(Origin::Absent, flow::MISSING.to_owned()));
        };
        let density = DensityConfig::resolve(&document.section("density"), training.end())?;
        resolve::check_rest(document, &["density", "flow"])?;
        Ok(Self { target, schedule, start, flow, training, density })
    }
}
