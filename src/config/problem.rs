//! A problem as its four sections.

use collapsar_theory::{InvalidParameter, Problem, Start, StartLaw};
use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::family::FamilyConfig;
use crate::config::resolve;
use crate::config::run::{ScheduleConfig, StartConfig, TargetConfig};

/// Target, family, schedule and start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProblemConfig {
    /// The target.
    pub target: TargetConfig,
    /// The variational family.
    pub family: FamilyConfig,
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// The initial means.
    pub start: StartConfig,
}

impl ProblemConfig {
    /// Reads the four sections and checks them against each other.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let target = resolve::target(document)?;
        let (schedule, _) = resolve::schedule(document)?;
        let rules = resolve::rules(document)?;
        let flows = ["flow", "training"].iter().any(|name| !document.section(name).is_empty());
        let start = resolve::start(document, rules, flows)?;
        let family = resolve::family(document, rules, start.means.as_ref().map(Vec::len))?;
        let found = Self { target, family, schedule, start };
        found.problem().map_err(|error| document.section("family").parameter(&error))?;
        Ok(found)
    }

    /// The problem, in coordinates whose origin is the centre of the start.
    ///
    /// # Errors
    /// None for a resolved configuration.
    pub fn problem(&self) -> Result<Problem, InvalidParameter> {
        let start = self.start.start(self.family.rules().means)?;
        let target = self.target.target()?;
        // The flow moves with its frame: means about a centre are means about the origin of another target.
        let target = self.start.centre.as_ref().map_or(Ok(target.clone()), |centre| target.about(centre))?;
        let problem = Problem::new(target, self.family.family()?, self.schedule.schedule()?, start)?;
        match self.start.variance {
            Some(variance) => problem.with_initial_variance(variance),
            None => Ok(problem),
        }
    }
}

impl From<&Problem> for ProblemConfig {
    /// The sections of a problem; a law has seed 1.
    fn from(problem: &Problem) -> Self {
        let (dimension, scale) = match problem.start() {
            Start::Means(_) => (None, None),
            Start::Law(StartLaw::Sphere { dimension }) => (Some(*dimension), None),
            Start::Law(StartLaw::Gaussian { dimension, scale }) => (Some(*dimension), Some(*scale)),
        };
        let means = match problem.start() {
            Start::Means(means) => Some(means.clone()),
            Start::Law(_) => None,
        };
        Self {
            target: TargetConfig::from(problem.target()),
            family: FamilyConfig::new(problem.family().weights().to_vec(), problem.family().rules()),
            schedule: ScheduleConfig::from(problem.schedule()),
            start: StartConfig {
                means,
                dimension,
                scale,
                centre: None,
                seed: dimension.map(|_| resolve::DEFAULT_SEED),
                variance: problem.given_variance(),
            },
        }
    }
}
