//! The sections of single verbs.

use serde::Serialize;

use crate::config::keys::field::section;
use crate::config::keys::named::Named;

/// The integrator of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Engine {
    /// The own Tsitouras 5(4).
    #[serde(rename = "tsit5")]
    Tsit5,
    /// diffsol's Tsitouras 5(4).
    #[serde(rename = "diffsol")]
    Diffsol,
}

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

impl Named for Engine {
    const NAMES: &'static [(&'static str, Self)] = &[("tsit5", Self::Tsit5), ("diffsol", Self::Diffsol)];
}
impl Named for Parameter {
    const NAMES: &'static [(&'static str, Self)] =
        &[("temperature", Self::Temperature), ("separation", Self::Separation)];
}
impl Named for Drawing {
    const NAMES: &'static [(&'static str, Self)] =
        &[("branches", Self::Branches), ("phase-diagram", Self::PhaseDiagram)];
}

section! {
    /// `[solve]`.
    SOLVE => SolveConfig {
        times: Vec<f64> = "61 times from 0 to 30 units after cooling", "≥ 0, increasing", "where to report";
        engine: Engine = "\"tsit5\"", "tsit5: at most 256 unknowns", "own method, or diffsol's explicit one";
        relative_tolerance: f64 = "1e-10", "1e-14 to 1e-2", "relative tolerance of each step";
        absolute_tolerance: f64 = "1e-12", "1e-14 to 1e-2", "absolute tolerance of each step";
        max_steps: u64 = "1000000", "≥ 1", "step limit";
    }
}

section! {
    /// `[density]`.
    DENSITY => DensityConfig {
        times: Vec<f64> = "four over the reported times", "≥ 0, increasing, one to eight", "the moments shown";
        #[serde(skip_serializing_if = "Option::is_none")]
        reach: Option<f64> = "all modes and means with 3.2 standard deviations", "> 0, at most 1e9",
            "the axes run over ± this around the middle of the modes";
    }
}

section! {
    /// `[bifurcation]`: where equilibria are looked for, and what is continued.
    BIFURCATION => BifurcationConfig {
        #[serde(skip_serializing_if = "Option::is_none")]
        temperature: Option<f64> = "the schedule's T0", "> 0", "T of the equilibria and of the critical separation";
        draw: Drawing = "\"branches\"", "", "what the figure shows";
        parameter: Parameter = "\"temperature\"", "", "what the branches run in";
        #[serde(skip_serializing_if = "Option::is_none")]
        range: Option<[f64; 2]> = "around the critical point", "two, positive, rising", "the two ends of the parameter";
        #[serde(skip_serializing_if = "Option::is_none")]
        separations: Option<[f64; 2]> = "the critical one at T = 1, and 6", "two, positive, rising, at most 25",
            "the two ends of the critical curve";
        points: u64 = "120", "2 to 10000", "points of the critical curve";
    }
}

section! {
    /// `[boundary]`: which curves of the collapse boundary are drawn.
    BOUNDARY => BoundaryConfig {
        transverse: Vec<f64> = "[0.0]", "at least one", "curves at these z (free pair) or s (sphere pair)";
        initial_temperatures: Vec<f64> = "[]", "≥ 1; not for tables",
            "one curve for each of these T0 in place of the schedule's";
        rates: Vec<f64> = "[]", "> 0; exponential, T0 > 1", "one curve for each of these κ";
        durations: Vec<f64> = "[]", "> 0; geometric, T0 > 1", "one curve for each of these t0";
        #[serde(skip_serializing_if = "Option::is_none")]
        reach: Option<f64> = "separation + 1, or half of what the sphere allows", "> 0, at most 1e9",
            "x runs to this, or m_1 + m_2 over ± this";
        points: u64 = "60", "2 to 10000", "points of a curve";
        tolerance: f64 = "1e-10", "1e-13 to 1e-2", "absolute tolerance of each point: the width of its bracket";
    }
}

section! {
    /// `[portrait]`: which slices of the free pair's phase space are drawn.
    PORTRAIT => PortraitConfig {
        temperatures: Vec<f64> = "[1.0]", "≥ 1, one to four", "a panel at each of these constant T";
        transverse: f64 = "0.0", "≥ 0, at most 1e9", "z of the slice";
        #[serde(skip_serializing_if = "Option::is_none")]
        x: Option<[f64; 2]> = "0 to 1.2 separations", "two, rising", "ends of the x axis";
        #[serde(skip_serializing_if = "Option::is_none")]
        y: Option<[f64; 2]> = "0 to 1.2 separations", "two, rising", "ends of the y axis";
        points: u64 = "121", "8 to 1000", "nodes of the grid along each axis";
    }
}
