//! `[schedule]`, resolved.

use collapsar_theory::{AdaptiveRule, InvalidParameter, Schedule, ScheduleKind};
use serde::{Serialize, Serializer};

/// `[schedule]`: the keys that its kind has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduleConfig {
    /// Its shape.
    #[serde(serialize_with = "kind_word")]
    pub kind: ScheduleKind,
    /// T0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_temperature: Option<f64>,
    /// t0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// kappa of an exponential schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// p of a power law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exponent: Option<f64>,
    /// s of a sigmoid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steepness: Option<f64>,
    /// The plateaus of a staircase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<u64>,
    /// The cycles of a cyclical schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycles: Option<u64>,
    /// The share of a cycle over which beta rises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Times of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<Vec<f64>>,
    /// Temperatures of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperatures: Option<Vec<f64>>,
    /// Time between the changes of a schedule that watches the fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<f64>,
    /// The tolerance of adaptive-kl.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tau: Option<f64>,
    /// The share of the samples that adaptive-ess keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kappa: Option<f64>,
    /// Whether adaptive-ess corrects for q.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected: Option<bool>,
}

/// Why a schedule that watches the fit is refused.
pub(crate) const NO_FUNCTION_OF_TIME: &str = "be a function of time here: the fit decides what comes next, differently in each \
     run (solve, realnvp, and probability and sweep by montecarlo, simulation and realnvp follow it)";

fn kind_word<S: Serializer>(kind: &ScheduleKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

impl From<&Schedule> for ScheduleConfig {
    fn from(schedule: &Schedule) -> Self {
        let table = schedule.table_points();
        Self {
            initial_temperature: table.is_none().then_some(schedule.initial_temperature()),
            duration: schedule.duration(),
            rate: schedule.rate(),
            exponent: schedule.exponent(),
            steepness: schedule.steepness(),
            levels: schedule.levels().map(|n| n as u64),
            cycles: schedule.cycles().map(|n| n as u64),
            ratio: schedule.ratio(),
            times: table.map(|(times, _)| times.to_vec()),
            temperatures: table.map(|(_, temperatures)| temperatures.to_vec()),
            ..Self::of_kind(schedule.kind())
        }
    }
}

impl From<&AdaptiveRule> for ScheduleConfig {
    fn from(rule: &AdaptiveRule) -> Self {
        Self {
            initial_temperature: Some(rule.initial_temperature()),
            interval: Some(rule.interval()),
            tau: rule.tau(),
            kappa: rule.kappa(),
            corrected: rule.corrected(),
            ..Self::of_kind(rule.kind())
        }
    }
}

impl ScheduleConfig {
    /// The kind without its keys.
    fn of_kind(kind: ScheduleKind) -> Self {
        Self {
            kind,
            initial_temperature: None,
            duration: None,
            rate: None,
            exponent: None,
            steepness: None,
            levels: None,
            cycles: None,
            ratio: None,
            times: None,
            temperatures: None,
            interval: None,
            tau: None,
            kappa: None,
            corrected: None,
        }
    }

    /// The same schedule where `pace` units of time pass for one: every key that is a time or a rate.
    pub(crate) fn at_pace(&self, pace: f64) -> Self {
        Self {
            duration: self.duration.map(|t| t * pace),
            rate: self.rate.map(|rate| rate / pace),
            times: self.times.as_ref().map(|times| times.iter().map(|t| t * pace).collect()),
            interval: self.interval.map(|t| t * pace),
            ..self.clone()
        }
    }

    /// The rule of a schedule that watches the fit; none of one that is a function of time.
    pub fn rule(&self) -> Result<Option<AdaptiveRule>, InvalidParameter> {
        let get = |name, value: Option<f64>| value.ok_or_else(|| InvalidParameter::new(name, "missing", "be given"));
        let from = || -> Result<_, InvalidParameter> {
            Ok((get("initial_temperature", self.initial_temperature)?, get("interval", self.interval)?))
        };
        match self.kind {
            ScheduleKind::AdaptiveKl => {
                let (hot, interval) = from()?;
                AdaptiveRule::kl(hot, get("tau", self.tau)?, interval).map(Some)
            }
            ScheduleKind::AdaptiveEss => {
                let (hot, interval) = from()?;
                let corrected = self.corrected.unwrap_or(false);
                AdaptiveRule::ess(hot, get("kappa", self.kappa)?, interval, corrected).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The schedule as far as it is known before a run: all of it, or T0 where the fit decides what follows.
    pub(crate) fn first(&self) -> Result<Schedule, InvalidParameter> {
        match self.rule()? {
            Some(rule) => Schedule::constant(rule.initial_temperature()),
            None => self.schedule(),
        }
    }

    /// The schedule as a function of time.
    ///
    /// Errors: parameters out of their range; a kind that watches the fit.
    pub fn schedule(&self) -> Result<Schedule, InvalidParameter> {
        let get =
            |name: &str, value: Option<f64>| value.ok_or_else(|| InvalidParameter::new(name, "missing", "be given"));
        let hot = get("initial_temperature", self.initial_temperature);
        let duration = get("duration", self.duration);
        let whole = |name: &str, value: Option<u64>| match value {
            Some(n) => Ok(usize::try_from(n).unwrap_or(usize::MAX)),
            None => Err(InvalidParameter::new(name, "missing", "be given")),
        };
        match self.kind {
            ScheduleKind::Geometric => Schedule::geometric(hot?, duration?),
            ScheduleKind::Quench => Schedule::quench(hot?, duration?),
            ScheduleKind::Exponential => Schedule::exponential(hot?, get("rate", self.rate)?),
            ScheduleKind::LinearTemperature => Schedule::linear_temperature(hot?, duration?),
            ScheduleKind::LinearBeta => Schedule::linear_beta(hot?, duration?),
            ScheduleKind::Power => Schedule::power(hot?, duration?, get("exponent", self.exponent)?),
            ScheduleKind::Cosine => Schedule::cosine(hot?, duration?),
            ScheduleKind::Sigmoid => Schedule::sigmoid(hot?, duration?, get("steepness", self.steepness)?),
            ScheduleKind::Steps => Schedule::steps(hot?, duration?, whole("levels", self.levels)?),
            ScheduleKind::Cyclical => {
                let (cycles, ratio) = (whole("cycles", self.cycles)?, get("ratio", self.ratio)?);
                Schedule::cyclical(hot?, duration?, cycles, ratio)
            }
            ScheduleKind::Table => {
                Schedule::table(self.times.clone().unwrap_or_default(), self.temperatures.clone().unwrap_or_default())
            }
            ScheduleKind::Constant => Schedule::constant(hot?),
            ScheduleKind::AdaptiveKl | ScheduleKind::AdaptiveEss => {
                Err(InvalidParameter::new("kind", format!("\"{}\"", self.kind.name()), NO_FUNCTION_OF_TIME))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;
    use crate::config::resolve;

    /// `at_pace` stretches the time of every kind, so that no key that is a time or a rate is forgotten.
    #[test]
    fn a_schedule_at_another_pace_passes_the_same_temperatures() {
        for kind in ScheduleKind::ALL {
            if kind.watches_the_fit() {
                let text = format!("[schedule]\nkind = \"{}\"\ninitial_temperature = 9\ninterval = 3\n", kind.name());
                let keys = if kind == ScheduleKind::AdaptiveKl { "tau = 0.5" } else { "kappa = 0.5\ncorrected = true" };
                let document = Document::parse("test", &(text + keys), &[]).unwrap();
                let (config, first) = resolve::any_schedule(&document).unwrap();
                assert_eq!(first, Schedule::constant(9.0).unwrap());
                let (rule, slow) = (config.rule().unwrap().unwrap(), config.at_pace(2.0).rule().unwrap().unwrap());
                assert_eq!(ScheduleConfig::from(&rule), config);
                assert_eq!((slow.interval(), rule.at_pace(2.0).unwrap()), (6.0, slow));
                assert!(resolve::schedule(&document).is_err() && config.schedule().is_err());
                continue;
            }
            let keys = match kind {
                ScheduleKind::Table => "times = [0, 1, 1, 3]\ntemperatures = [9, 5, 4, 1]",
                ScheduleKind::Exponential => "initial_temperature = 9\nrate = 0.7",
                ScheduleKind::Constant => "initial_temperature = 9",
                _ => "initial_temperature = 9\nduration = 3",
            };
            let text = format!("[schedule]\nkind = \"{}\"\n{keys}\n", kind.name());
            let document = Document::parse("test", &text, &[]).unwrap();
            let (config, schedule) = resolve::schedule(&document).unwrap();
            let slow = config.at_pace(2.0).schedule().unwrap();
            assert_eq!(ScheduleConfig::from(&slow), config.at_pace(2.0));
            for t in [0.0, 0.2, 0.9, 1.0, 1.7, 2.9, 3.0, 8.0] {
                let (one, two) = (schedule.temperature(t), slow.temperature(2.0 * t));
                assert!((one - two).abs() < 1e-12 * one, "{} at {t}: {one} and {two}", kind.name());
            }
        }
    }
}
