//! `[design]`: which schedule is looked for, among which, and on what evidence.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::config::Route;
use crate::config::error::ConfigError;
use crate::config::keys::field::{Field, Reader, section};
use crate::config::keys::named::{Named, word};
use crate::config::keys::{Key, KeyKind};

/// A family of schedules of a given duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleShape {
    /// ln T linear in time.
    Geometric,
    /// One temperature, then 1.
    Hold,
    /// T - 1 decays at a constant rate, to 1e-3 at the end.
    Exponential,
    /// T linear in time.
    LinearTemperature,
    /// One temperature, then linearly to 1.
    HoldRamp,
    /// T = 1, then one temperature, then a hotter one, then 1.
    ThreeArcs,
    /// T = 1 from a broad start, then one temperature, then 1.
    BroadStart,
    /// AdaAnn, the fit deciding by the variance of log p; counted.
    AdaptiveKl,
    /// The same by the effective sample size.
    AdaptiveEss,
}

impl Named for ScheduleShape {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("geometric", Self::Geometric),
        ("hold", Self::Hold),
        ("exponential", Self::Exponential),
        ("linear-temperature", Self::LinearTemperature),
        ("hold-ramp", Self::HoldRamp),
        ("three-arcs", Self::ThreeArcs),
        ("broad-start", Self::BroadStart),
        ("adaptive-kl", Self::AdaptiveKl),
        ("adaptive-ess", Self::AdaptiveEss),
    ];
}

impl ScheduleShape {
    /// Its name.
    pub fn name(self) -> &'static str {
        word(self)
    }
}

impl Named for Route {
    const NAMES: &'static [(&'static str, Self)] = &{
        let mut named = [("", Self::Exact); Self::ALL.len()];
        let mut n = 0;
        while n < named.len() {
            named[n] = (Self::ALL[n].name(), Self::ALL[n]);
            n += 1;
        }
        named
    };
}

/// Independent fits of which the best by its objective is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restarts {
    /// So many.
    Exactly(u64),
    /// As many as are cheapest.
    Allowed,
}

const ALLOWED: &[(&str, Restarts)] = &[("allowed", Restarts::Allowed)];

impl Serialize for Restarts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exactly(n) => serializer.serialize_u64(*n),
            Self::Allowed => serializer.serialize_str("allowed"),
        }
    }
}

impl Field for Restarts {
    const KIND: KeyKind = KeyKind::IntegerOrWord(|| vec!["allowed"]);

    fn given(reader: &impl Reader, key: &Key) -> Result<Option<Self>, ConfigError> {
        if let Ok(word) = reader.choice(key.name, ALLOWED) {
            return Ok(word);
        }
        let sound = |n: &u64| key.range().is_none_or(|range| range.broken_by(*n as f64).is_none());
        match reader.count(key.name) {
            Ok(Some(n)) if sound(&n) => Ok(Some(Self::Exactly(n))),
            _ => Err(reader.breaks(key.name, "be \"allowed\", or an integer between 1 and 1000")),
        }
    }

    fn unless_given(declared: Option<&Value>) -> Self {
        Self::Exactly(declared.and_then(Value::as_u64).unwrap_or(1))
    }
}

section! {
    /// `[design]`.
    DESIGN => DesignConfig {
        #[serde(skip_serializing_if = "Option::is_none")]
        wanted: Option<f64> = "none", "strictly between 0 and 1; this, `budget` or both", "P_c that is allowed: the cheapest schedule is looked for";
        #[serde(skip_serializing_if = "Option::is_none")]
        budget: Option<f64> = "none", "> 0, at most 1e9", "time of all fits together, at most; without `wanted` the least P_c is looked for";
        schedules: Vec<ScheduleShape> = "[\"geometric\", \"hold\", \"three-arcs\"]", "at least one",
            "the families that are searched; broad-start chooses `start.variance` too; adaptive-kl and adaptive-ess are counted, by \
             montecarlo where the route is none that counts";
        restarts: Restarts = "1", "1 to 1000", "independent fits of which the best by its objective is kept; allowed: as many as are cheapest";
        relaxation: f64 = "10", "0 to 1e9", "time at T = 1 until a fit tells by its objective whether it has collapsed: what every further fit costs \
             beside its schedule";
        #[serde(skip_serializing_if = "Option::is_none")]
        route: Option<Route> = "realnvp with [flow]; exact in the limit for the free pair in one dimension and the sphere pair in four or more; else montecarlo", "",
            "what P_c is judged by; formula: (18) and (34) for the sphere pair";
        samples: u64 = "20000", "1 to 1e12; as `montecarlo.samples` where that is given; 1000 unless given: adam, and other mixtures than two components on two \
             modes of covariance I; routes simulation and realnvp: as their `runs`, at most 2^20", "draws of a count of the search; what is clearly worse than another is counted by a sixteenth or a quarter of them";
        verify: u64 = "100000", "100 to 1e9; unless given adam: 10000, such mixtures: 4000, routes simulation and realnvp: their `runs`", "draws of the fresh count of what was found";
        hottest: f64 = "1e4", "> 1, at most 1e12", "highest temperature; a trained variance that follows it makes averages over more than two modes dear";
        longest: f64 = "1000", "> 0, at most 1e9", "longest duration of one fit";
    }
}
