//! `[schedule]`, resolved.

use collapsar_theory::{Schedule, ScheduleKind};

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::schedule::{NO_FUNCTION_OF_TIME, ScheduleConfig};

/// `[schedule]`, a function of time.
pub(crate) fn schedule(document: &Document) -> Result<(ScheduleConfig, Schedule), ConfigError> {
    let found = any_schedule(document)?;
    if found.0.kind.watches_the_fit() {
        return Err(document.section("schedule").breaks("kind", NO_FUNCTION_OF_TIME));
    }
    Ok(found)
}

impl ScheduleConfig {
    /// `[schedule]` of a document, with the defaults of its kind.
    ///
    /// # Errors
    /// The key that breaks a rule, with its value, the rule and the line.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        any_schedule(document).map(|(config, _)| config)
    }
}

/// `[schedule]`, and as much of it as is known before a run: T0 where the fit decides what follows.
pub(crate) fn any_schedule(document: &Document) -> Result<(ScheduleConfig, Schedule), ConfigError> {
    let section = document.section("schedule");
    let kinds = ScheduleKind::ALL.map(|kind| (kind.name(), kind));
    let kind = match section.choice("kind", &kinds)? {
        Some(kind) => kind,
        None if section.is_empty() => ScheduleKind::Constant,
        None => {
            return Err(section
                .missing("kind", "say which schedule the other keys belong to, for example kind = \"geometric\""));
        }
    };
    let keys = keys_of(kind);
    let has = |key: &str| keys.iter().any(|(name, _)| *name == key);
    let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    let foreign: Vec<&str> = SCHEDULE_KEYS.into_iter().filter(|key| !has(key)).collect();
    section.refuse(&foreign, &format!("kind \"{}\" has {}", kind.name(), names.join(", ")))?;
    if let Some((key, _)) = keys.iter().find(|(key, default)| default.is_none() && !section.has(key)) {
        return Err(section.missing(key, &format!("a schedule of kind \"{}\" needs it", kind.name())));
    }
    let default = |key: &str| keys.iter().find(|(name, _)| *name == key).and_then(|(_, default)| *default);
    let number = |key: &str| section.number(key).map(|given| given.or(default(key)));
    let count = |key: &str| section.count(key).map(|given| given.or(default(key).map(|n| n as u64)));
    let config = ScheduleConfig {
        kind,
        initial_temperature: number("initial_temperature")?,
        duration: number("duration")?,
        rate: number("rate")?,
        exponent: number("exponent")?,
        steepness: number("steepness")?,
        levels: count("levels")?,
        cycles: count("cycles")?,
        ratio: number("ratio")?,
        times: section.numbers("times")?,
        temperatures: section.numbers("temperatures")?,
        interval: number("interval")?,
        tau: number("tau")?,
        kappa: number("kappa")?,
        corrected: section.flag("corrected")?.or(has("corrected").then_some(false)),
    };
    let schedule = config.first().map_err(|e| section.parameter(&e))?;
    Ok((config, schedule))
}

/// The keys of `[schedule]` beside `kind`.
const SCHEDULE_KEYS: [&str; 14] = [
    "initial_temperature",
    "duration",
    "rate",
    "exponent",
    "steepness",
    "levels",
    "cycles",
    "ratio",
    "times",
    "temperatures",
    "interval",
    "tau",
    "kappa",
    "corrected",
];

/// Those that a kind has, with their defaults; what has none is needed.
fn keys_of(kind: ScheduleKind) -> &'static [(&'static str, Option<f64>)] {
    const HOT: (&str, Option<f64>) = ("initial_temperature", None);
    const DURATION: (&str, Option<f64>) = ("duration", None);
    const INTERVAL: (&str, Option<f64>) = ("interval", Some(0.5));
    match kind {
        ScheduleKind::Constant => &[("initial_temperature", Some(1.0))],
        ScheduleKind::Exponential => &[HOT, ("rate", None)],
        ScheduleKind::Power => &[HOT, DURATION, ("exponent", Some(2.0))],
        ScheduleKind::Sigmoid => &[HOT, DURATION, ("steepness", Some(12.0))],
        ScheduleKind::Steps => &[HOT, DURATION, ("levels", Some(8.0))],
        ScheduleKind::Cyclical => &[HOT, DURATION, ("cycles", Some(4.0)), ("ratio", Some(0.5))],
        ScheduleKind::Table => &[("times", None), ("temperatures", None)],
        ScheduleKind::AdaptiveKl => &[HOT, ("tau", None), INTERVAL],
        ScheduleKind::AdaptiveEss => &[HOT, ("kappa", None), INTERVAL, ("corrected", Some(0.0))],
        ScheduleKind::Geometric
        | ScheduleKind::Quench
        | ScheduleKind::LinearTemperature
        | ScheduleKind::LinearBeta
        | ScheduleKind::Cosine => &[HOT, DURATION],
    }
}
