//! What each study reads of a document.

use crate::config::document::Document;
use crate::config::error::{ConfigError, Origin};
use crate::config::family::FamilyConfig;
use crate::config::flow;
use crate::config::flow_target::FlowTargetConfig;
use crate::config::keys::{
    BifurcationConfig, BoundaryConfig, DensityConfig, ExactConfig, FormulaConfig, LangevinConfig, MonteCarloConfig,
    OptimiserConfig, PortraitConfig, SimulationConfig, StopConfig,
};
use crate::config::problem::ProblemConfig;
use crate::config::resolve;
use crate::config::run::TargetConfig;
use crate::config::runs::{
    BifurcationRun, BoundaryRun, DensityRun, FlowProblemConfig, FlowRun, FlowStart, PortraitRun, ProbabilityRun,
    SolveRun, VarianceStart,
};

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
        Self::of(document, ProblemConfig::resolve_averaged(document)?)
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
}

impl PortraitRun {
    /// Reads what `portrait` reads.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let (target, family) = target_and_family(document)?;
        let portrait = PortraitConfig::resolve(&document.section("portrait"))?;
        resolve::check_rest(document, &["portrait"])?;
        Ok(Self { target, family, portrait })
    }
}

impl ProbabilityRun {
    /// Reads what `probability` and the points of `sweep` read.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let problem = ProblemConfig::resolve_shaped(document)?;
        let (flow, training) = flow::resolve(document, (problem.target.is_pair(), problem.start.dimension()))?.unzip();
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

impl FlowRun {
    /// Reads what `realnvp` reads.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let problem = FlowProblemConfig::read(document)?;
        let density = DensityConfig::resolve(&document.section("density"), problem.training.end())?;
        let langevin = document.has_section("langevin");
        let langevin = langevin
            .then(|| {
                LangevinConfig::resolve(&document.section("langevin"), Some((&problem.schedule, &problem.training)))
            })
            .transpose()?;
        resolve::check_rest(document, &["density", "flow", "langevin"])?;
        Ok(Self { problem, density, langevin })
    }
}

impl FlowProblemConfig {
    /// Reads what `probability` and the points of `sweep` read where the target is a named density.
    pub(crate) fn resolve(document: &Document) -> Result<Self, ConfigError> {
        OptimiserConfig::refuse_adam(&document.section("optimiser"))?;
        document.section("stop").refuse(&["horizon"], "a flow is judged after `training.steps`")?;
        let found = Self::read(document)?;
        resolve::check_rest(document, &["flow"])?;
        Ok(found)
    }

    fn read(document: &Document) -> Result<Self, ConfigError> {
        let start = FlowStart::resolve(document)?;
        let target = FlowTargetConfig::resolve(document, start.dimension)?;
        let (schedule, _) = resolve::any_schedule(document)?;
        let Some((flow, training)) = flow::resolve(document, (target.is_pair(), start.dimension))? else {
            return Err(document.error(Origin::Absent, flow::MISSING.to_owned()));
        };
        Ok(Self { target, schedule, start, flow, training })
    }
}
