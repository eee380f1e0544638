//! `[boundary]`: the curves beside the schedule that they vary.

use collapsar_theory::{FARTHEST, ScheduleKind};

use crate::config::error::ConfigError;
use crate::config::keys::BoundaryConfig;
use crate::config::schedule::ScheduleConfig;
use crate::config::section::Section;

impl BoundaryConfig {
    /// Resolves the section beside the schedule that it varies.
    pub(crate) fn resolve(section: &Section<'_>, schedule: &ScheduleConfig) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        if found.transverse.is_empty() {
            return Err(section.breaks("transverse", "hold at least one value"));
        }
        if found.transverse.iter().any(|z| z.abs() > FARTHEST) {
            return Err(section.breaks("transverse", "be at most 1e9"));
        }
        let hot = &found.initial_temperatures;
        if schedule.initial_temperature.is_none() && !hot.is_empty() {
            let reason = format!("a schedule of kind \"{}\" has no `initial_temperature`", schedule.kind.name());
            section.refuse(&["initial_temperatures"], &reason)?;
        }
        for (key, values, kind) in [
            ("rates", &found.rates, ScheduleKind::Exponential),
            ("durations", &found.durations, ScheduleKind::Geometric),
        ] {
            if !values.is_empty() {
                check_cooling(section, schedule, key, kind, hot)?;
            }
        }
        Ok(found)
    }
}

/// Rates or durations are of a schedule of the kind that has them, and that starts above T = 1.
fn check_cooling(
    section: &Section<'_>,
    schedule: &ScheduleConfig,
    key: &str,
    kind: ScheduleKind,
    hot: &[f64],
) -> Result<(), ConfigError> {
    if schedule.kind != kind {
        let reason = format!("it needs `schedule.kind` \"{}\", not \"{}\"", kind.name(), schedule.kind.name());
        section.refuse(&[key], &reason)?;
    }
    let own = schedule.initial_temperature.into_iter().filter(|_| hot.is_empty());
    if own.chain(hot.iter().copied()).any(|temperature| temperature <= 1.0) {
        section.refuse(&[key], "a schedule that starts at T = 1 does not cool; raise its initial temperature")?;
    }
    Ok(())
}
