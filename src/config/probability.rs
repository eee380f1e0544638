//! `[exact]`, `[formula]` and `[montecarlo]`: how the probability of collapse is computed.

use serde::Serialize;

use crate::config::error::ConfigError;
use crate::config::section::Section;

/// Absolute tolerance of the exact route unless given.
const DEFAULT_TOLERANCE: f64 = 1e-6;
/// Draws unless given.
const DEFAULT_SAMPLES: u64 = 100_000;
/// Most draws of one estimate.
const MOST_SAMPLES: u64 = 1_000_000_000_000;

/// `[exact]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExactConfig {
    /// Absolute tolerance of P_c.
    pub tolerance: f64,
}

/// `[formula]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FormulaConfig {
    /// alpha of theory (9); computed if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
}

/// `[montecarlo]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MonteCarloConfig {
    /// Draws of the ensemble.
    pub samples: u64,
}

impl ExactConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let tolerance = section.number("tolerance")?.unwrap_or(DEFAULT_TOLERANCE);
        if !(1e-9..=1e-1).contains(&tolerance) {
            return Err(section.breaks("tolerance", "lie between 1e-9 and 0.1"));
        }
        Ok(Self { tolerance })
    }
}

impl FormulaConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        Ok(Self { alpha: section.positive("alpha")? })
    }
}

impl MonteCarloConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let samples = section.count("samples")?.unwrap_or(DEFAULT_SAMPLES);
        if !(1..=MOST_SAMPLES).contains(&samples) {
            return Err(section.breaks("samples", "lie between 1 and 1e12"));
        }
        Ok(Self { samples })
    }
}
