//! What `probability` and the points of `sweep` read: a mixture's problem, product measures from random starts, or flows on a
//! named density.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::family::{PRESETS, Preset};
use crate::config::keys::TrainingConfig;
use crate::config::named::NamedDensity;
use crate::config::product::ProductRun;
use crate::config::runs::{FlowProblemConfig, ProbabilityRun};
use crate::config::schedule::ScheduleConfig;

/// A question about the probability of collapse, by its family.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CollapseRun {
    /// Gaussian mixtures, and RealNVP beside them.
    Mixture(Box<ProbabilityRun>),
    /// Product measures.
    Product(Box<ProductRun>),
    /// Normalizing flows on a density that is no mixture.
    Flow(Box<FlowProblemConfig>),
}

impl CollapseRun {
    /// Reads what `probability` and the points of `sweep` read.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        match document.section("family").choice("preset", &PRESETS)? {
            None | Some(Preset::Mixture(_)) if NamedDensity::is_given(document) => {
                FlowProblemConfig::resolve(document).map(|run| Self::Flow(Box::new(run)))
            }
            Some(Preset::MeanField) => ProductRun::resolve(document).map(|run| Self::Product(Box::new(run))),
            _ => ProbabilityRun::resolve(document).map(|run| Self::Mixture(Box::new(run))),
        }
    }

    /// The mixture's run, if it is one.
    pub fn mixture(&self) -> Option<&ProbabilityRun> {
        match self {
            Self::Mixture(run) => Some(run),
            Self::Product(_) | Self::Flow(_) => None,
        }
    }

    /// The annealing schedule.
    pub fn schedule(&self) -> &ScheduleConfig {
        match self {
            Self::Mixture(run) => &run.problem.schedule,
            Self::Product(run) => &run.schedule,
            Self::Flow(run) => &run.schedule,
        }
    }

    /// The seed as given.
    pub fn seed(&self) -> u64 {
        match self {
            Self::Mixture(run) => run.problem.start.seed.unwrap_or(0),
            Self::Product(run) => run.start.seed,
            Self::Flow(run) => run.start.seed,
        }
    }

    /// `[training]`, if it has one.
    pub fn training(&self) -> Option<&TrainingConfig> {
        match self {
            Self::Mixture(run) => run.training.as_ref(),
            Self::Product(_) => None,
            Self::Flow(run) => Some(&run.training),
        }
    }
}

impl From<ProbabilityRun> for CollapseRun {
    fn from(run: ProbabilityRun) -> Self {
        Self::Mixture(Box::new(run))
    }
}
