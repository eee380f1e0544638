//! `[design]`: the rules about several of its keys, and what the study reads.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::keys::{DesignConfig, Restarts, ScheduleShape};
use crate::config::runs::ProbabilityRun;
use crate::config::section::Section;

/// A question of probability, and the schedule that is looked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DesignRun {
    /// The question; its schedule is the one that the found ones are compared with.
    #[serde(flatten)]
    pub run: ProbabilityRun,
    /// What is looked for.
    pub design: DesignConfig,
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
        let run = ProbabilityRun::resolve(document)?;
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
