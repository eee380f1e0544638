//! `[bifurcation]`: where equilibria are looked for, and what is continued.

use serde::Serialize;

use crate::config::error::ConfigError;
use crate::config::section::Section;

/// Points of the critical curve unless given.
const DEFAULT_POINTS: u64 = 120;
/// Most points of the critical curve.
const MOST_POINTS: u64 = 10_000;
/// Largest separation: critical temperatures grow like exp(rho^2/2).
pub const LARGEST_SEPARATION: f64 = 25.0;

pub(crate) const PARAMETERS: [(&str, Parameter); 2] =
    [("temperature", Parameter::Temperature), ("separation", Parameter::Separation)];
pub(crate) const DRAWINGS: [(&str, Drawing); 2] =
    [("branches", Drawing::Branches), ("phase-diagram", Drawing::PhaseDiagram)];

/// What the branches are drawn against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Parameter {
    /// T.
    Temperature,
    /// rho, or R.
    Separation,
}

/// What the figure shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drawing {
    /// The branches in two views, the critical curve and its approach to large separations.
    Branches,
    /// Where collapse is possible in the plane of separation and temperature.
    PhaseDiagram,
}

/// `[bifurcation]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BifurcationConfig {
    /// Temperature of the list of equilibria, and that of the critical separation; the schedule's initial one unless
    /// given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// What the figure shows.
    pub draw: Drawing,
    /// What the branches are drawn against.
    pub parameter: Parameter,
    /// Its least and greatest value; chosen around the critical one unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// Least and greatest separation of the critical curve; from the critical one at T = 1 to 6 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separations: Option<[f64; 2]>,
    /// Points of the critical curve.
    pub points: u64,
}

impl BifurcationConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let points = section.count("points")?.unwrap_or(DEFAULT_POINTS);
        if !(2..=MOST_POINTS).contains(&points) {
            return Err(section.breaks("points", "lie between 2 and 10000"));
        }
        let rule = "be two positive rising numbers, [first, last]";
        let positive = |[first, last]: [f64; 2]| 0.0 < first && first < last;
        let separations = section.ends("separations", rule, positive)?;
        if separations.is_some_and(|[_, last]| last > LARGEST_SEPARATION) {
            return Err(section.breaks("separations", "end at 25 or before"));
        }
        let parameter = section.choice("parameter", &PARAMETERS)?.unwrap_or(Parameter::Temperature);
        let draw = section.choice("draw", &DRAWINGS)?.unwrap_or(Drawing::Branches);
        let range = section.ends("range", rule, positive)?;
        if parameter == Parameter::Separation && range.is_some_and(|[_, last]| last > LARGEST_SEPARATION) {
            return Err(section.breaks("range", "end at a separation of 25 or before"));
        }
        Ok(Self { temperature: section.positive("temperature")?, draw, parameter, range, separations, points })
    }
}
