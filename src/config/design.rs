//! `[design]`: the rules about several of its keys, and what the study reads.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::keys::{DesignConfig, OptimiserConfig, Restarts, ScheduleShape};
use crate::config::problem::ProblemConfig;
use crate::config::resolve;
use crate::config::route::Route;
use crate::config::runs::ProbabilityRun;
use crate::config::section::Section;

/// `exact.tolerance` unless given, relative to the wanted P_c (errors are a tenth of it) and without one; more precise
/// values take minutes, and what is found is counted afresh.
const RELATIVE: f64 = 0.05;
const USUAL: f64 = 1e-4;
const MOST_PRECISE: f64 = 1e-6;
/// Draws of the fresh count under Adam unless given: each follows every coordinate.
const ADAM_VERIFY: u64 = 10_000;
/// Draws of the search and of the fresh count unless given where every run is followed by itself, a hundredth of a second each.
const ALONE_SAMPLES: u64 = 1000;
const ALONE_VERIFY: u64 = 4000;
/// Most trainings and descents of a count.
const MOST_RUNS: u64 = 1 << 20;

/// A question of probability, and the schedule that is looked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DesignRun {
    /// The question; its schedule is judged beside those that are found.
    #[serde(flatten)]
    pub run: ProbabilityRun,
    /// What is looked for.
    pub design: DesignConfig,
}

/// Whether runs of a problem have no other draws beside them in vector lanes: other than two components on two modes of
/// covariance I.
fn is_followed_alone(problem: &ProblemConfig) -> bool {
    let two = problem.family.weights.len() == 2 && problem.target.weights.len() == 2;
    !two || problem.target.covariances.is_some() || problem.family.has_own_variances()
}

impl DesignConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        if found.wanted.is_some_and(|p| !(p > 0.0 && p < 1.0)) {
            return Err(section.breaks("wanted", "lie strictly between 0 and 1"));
        }
        if found.schedules.is_empty() {
            return Err(section.breaks("schedules", "hold at least one family"));
        }
        Ok(found)
    }

    /// Most fits.
    pub fn most_restarts(&self) -> u64 {
        const ALLOWED: u64 = 32;
        match self.restarts {
            Restarts::Exactly(n) => n,
            Restarts::Allowed => ALLOWED,
        }
    }

    /// The section of the route whose draws are runs of its own, and how many it says: trainings and descents.
    fn own_runs(&self, run: &ProbabilityRun) -> Option<(&'static str, u64)> {
        match self.route {
            Some(Route::Simulation) => run.simulation.as_ref().map(|simulation| ("simulation", simulation.runs)),
            Some(Route::RealNvp) | None => run.training.as_ref().map(|training| ("training", training.runs)),
            Some(_) => None,
        }
    }

    /// Fewest fits.
    pub fn fewest_restarts(&self) -> u64 {
        match self.restarts {
            Restarts::Exactly(n) => n,
            Restarts::Allowed => 1,
        }
    }
}

impl DesignRun {
    /// Reads what `design` reads.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let section = document.section("design");
        let design = DesignConfig::resolve(&section)?;
        if design.wanted.is_none() && design.budget.is_none() {
            return Err(section.missing("wanted", "give the P_c that is allowed, or the time as `design.budget`"));
        }
        document.section("formula").refuse(&["wanted"], "here it is `design.wanted`")?;
        resolve::schedule(document)?;
        let (mut design, mut run) = (design, ProbabilityRun::resolve(document)?);
        if !document.section("exact").has("tolerance") {
            run.exact.tolerance = design.wanted.map_or(USUAL, |p| (RELATIVE * p).max(MOST_PRECISE));
        }
        let counted = document.section("montecarlo");
        let adam = run.optimiser.as_ref().and_then(OptimiserConfig::adam).is_some();
        if !section.has("samples") && (counted.has("samples") || adam) {
            design.samples = run.montecarlo.samples;
        } else if counted.has("samples") && design.samples != run.montecarlo.samples {
            return Err(counted.breaks("samples", "be that of `design.samples`, or absent"));
        }
        if adam && !section.has("verify") {
            design.verify = ADAM_VERIFY;
        }
        if !adam && run.flow.is_none() && is_followed_alone(&run.problem) {
            if !section.has("samples") && !counted.has("samples") {
                design.samples = ALONE_SAMPLES;
            }
            if !section.has("verify") {
                design.verify = ALONE_VERIFY;
            }
        }
        if let Some((place, runs)) = design.own_runs(&run) {
            let own = document.section(place);
            if !section.has("samples") {
                design.samples = runs;
            } else if own.has("runs") && runs != design.samples {
                return Err(own.breaks("runs", "be that of `design.samples`, or absent"));
            }
            if !section.has("verify") {
                design.verify = runs;
            }
            if let Some(key) = [("samples", design.samples), ("verify", design.verify)].iter().find(|k| k.1 > MOST_RUNS)
            {
                return Err(section.breaks(key.0, "be at most 2^20 where each draw is a training or a descent"));
            }
            match place {
                "simulation" => run.simulation.iter_mut().for_each(|simulation| simulation.runs = design.samples),
                _ => run.training.iter_mut().for_each(|training| training.runs = design.samples),
            }
        }
        run.montecarlo.samples = design.samples;
        if design.schedules.contains(&ScheduleShape::BroadStart) {
            if !run.problem.family.trains_variance() {
                return Err(section.breaks("schedules", "leave \"broad-start\" to a trained variance"));
            }
            if run.problem.start.variance.is_some() {
                document.section("start").refuse(&["variance"], "\"broad-start\" in `design.schedules` chooses it")?;
            }
        }
        Ok(Self { run, design })
    }
}
