//! What the formulas for P_c say beside their value.

use serde::{Deserialize, Serialize};

/// The equations of the theory note that give a P_c.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Equation {
    /// The sharp formula of the sphere pair.
    #[serde(rename = "(10)")]
    Sharp,
    /// The small-start formula of the free pair.
    #[serde(rename = "(15)")]
    SmallStart,
    /// The sphere pair linearised about the decision plane.
    #[serde(rename = "(18)")]
    Equator,
    /// Starvation of a trained weight.
    #[serde(rename = "(22)")]
    Starvation,
    /// The sphere pair linearised in the gap of the alignments alone.
    #[serde(rename = "(34)")]
    Transverse,
    /// The minority mode of a product measure in many dimensions, linear in the order parameter.
    #[serde(rename = "(M18)")]
    Minority,
    /// The same by the separatrix of the flow on two numbers.
    #[serde(rename = "(M15)")]
    Spread,
}

impl std::fmt::Display for Equation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sharp => "(10)",
            Self::SmallStart => "(15)",
            Self::Equator => "(18)",
            Self::Starvation => "(22)",
            Self::Transverse => "(34)",
            Self::Minority => "(M18)",
            Self::Spread => "(M15)",
        })
    }
}

/// P_c by a formula.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormulaDetail {
    /// The equation of the theory note.
    pub equation: Equation,
    /// P_c with the gain by relaxation counted, by (10).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub relaxed: Option<f64>,
    /// Which schedules reach the wanted P_c, if one is, by (10).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub advice: Option<Advice>,
    /// alpha that was used, by (10).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alpha: Option<f64>,
    /// C that was used, by (15).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub connection_constant: Option<f64>,
}

/// A geometric schedule with its probability of collapse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScheduleAdvice {
    /// T0.
    pub initial_temperature: f64,
    /// t0 by formula (10); null where no duration reaches the probability.
    pub duration: Option<f64>,
    /// t0 by formula (18), for the variance rule of the problem; null likewise.
    pub refined_duration: Option<f64>,
}

/// Which geometric schedules reach a wanted P_c.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// The wanted P_c.
    pub wanted: f64,
    /// From the problem's T0.
    pub here: ScheduleAdvice,
    /// From the T0 that takes the least time by (10); null where the target is never cold.
    pub cheapest: Option<ScheduleAdvice>,
}

impl FormulaDetail {
    /// Only the equation.
    pub fn new(equation: Equation) -> Self {
        Self { equation, relaxed: None, advice: None, alpha: None, connection_constant: None }
    }
}
