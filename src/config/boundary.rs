//! `[boundary]`: which curves of the collapse boundary are drawn.

use collapsar_theory::{FARTHEST, ScheduleKind};
use serde::Serialize;

use crate::config::error::ConfigError;
use crate::config::run::ScheduleConfig;
use crate::config::section::Section;

/// Points of a curve unless given.
const DEFAULT_POINTS: u64 = 60;
/// Most points of a curve.
const MOST_POINTS: u64 = 10_000;
/// Width of a bracket unless given.
const DEFAULT_WIDTH: f64 = 1e-10;

/// `[boundary]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoundaryConfig {
    /// Curves are taken at these z (free pair) or s (sphere pair).
    pub transverse: Vec<f64>,
    /// A curve for each of these initial temperatures in place of the schedule's; empty for the schedule alone.
    pub initial_temperatures: Vec<f64>,
    /// A curve for each of these rates of an exponential schedule; empty for the schedule's own.
    pub rates: Vec<f64>,
    /// A curve for each of these durations of a geometric schedule; empty for the schedule's own.
    pub durations: Vec<f64>,
    /// Abscissae run to this x (free pair), or over +- this m_1 + m_2 (sphere pair).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<f64>,
    /// Points of each curve.
    pub points: u64,
    /// Width of each bracket.
    pub width: f64,
}

impl BoundaryConfig {
    /// Resolves the section beside the schedule that it varies.
    pub(crate) fn resolve(section: &Section<'_>, schedule: &ScheduleConfig) -> Result<Self, ConfigError> {
        let transverse = section.numbers("transverse")?.unwrap_or_else(|| vec![0.0]);
        if transverse.is_empty() {
            return Err(section.breaks("transverse", "hold at least one value"));
        }
        let initial_temperatures = section.numbers("initial_temperatures")?.unwrap_or_default();
        if initial_temperatures.iter().any(|&t| t < 1.0) {
            return Err(section.breaks("initial_temperatures", "hold temperatures of at least 1"));
        }
        if schedule.initial_temperature.is_none() && !initial_temperatures.is_empty() {
            let reason = format!("a schedule of kind \"{}\" has no `initial_temperature`", schedule.kind.name());
            section.refuse(&["initial_temperatures"], &reason)?;
        }
        let rates = speeds(section, schedule, "rates", ScheduleKind::Exponential, &initial_temperatures)?;
        let durations = speeds(section, schedule, "durations", ScheduleKind::Geometric, &initial_temperatures)?;
        let points = section.count("points")?.unwrap_or(DEFAULT_POINTS);
        if !(2..=MOST_POINTS).contains(&points) {
            return Err(section.breaks("points", "lie between 2 and 10000"));
        }
        let width = section.positive("width")?.unwrap_or(DEFAULT_WIDTH);
        if !(1e-13..=1e-2).contains(&width) {
            return Err(section.breaks("width", "lie between 1e-13 and 1e-2"));
        }
        let reach = section.positive("reach")?;
        if reach.is_some_and(|reach| reach > FARTHEST) || transverse.iter().any(|z| z.abs() > FARTHEST) {
            let key = if reach.is_some_and(|reach| reach > FARTHEST) { "reach" } else { "transverse" };
            return Err(section.breaks(key, "be at most 1e9"));
        }
        Ok(Self { transverse, initial_temperatures, rates, durations, reach, points, width })
    }
}

/// Rates or durations of a schedule of the kind that has them, and that starts above T = 1.
fn speeds(
    section: &Section<'_>,
    schedule: &ScheduleConfig,
    key: &str,
    kind: ScheduleKind,
    hot: &[f64],
) -> Result<Vec<f64>, ConfigError> {
    let values = section.numbers(key)?.unwrap_or_default();
    if values.is_empty() {
        return Ok(values);
    }
    if schedule.kind != kind {
        let reason = format!("it needs `schedule.kind` \"{}\", not \"{}\"", kind.name(), schedule.kind.name());
        section.refuse(&[key], &reason)?;
    }
    if values.iter().any(|&value| value <= 0.0) {
        return Err(section.breaks(key, "hold positive numbers"));
    }
    let own = schedule.initial_temperature.into_iter().filter(|_| hot.is_empty());
    if own.chain(hot.iter().copied()).any(|temperature| temperature <= 1.0) {
        section.refuse(&[key], "a schedule that starts at T = 1 does not cool; raise its initial temperature")?;
    }
    Ok(values)
}
