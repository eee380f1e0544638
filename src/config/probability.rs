//! `[exact]`, `[formula]`, `[montecarlo]`, `[simulation]` and `[stop]`: how the probability of collapse is computed.

use collapsar_theory::FARTHEST;
use serde::Serialize;

use crate::config::error::ConfigError;
use crate::config::section::Section;
use crate::montecarlo::DescentOptions;

/// Runs of stochastic descent unless given: as many as the published frequencies rest on.
const DEFAULT_RUNS: u64 = 100;
/// Absolute tolerance of the exact route unless given.
const DEFAULT_TOLERANCE: f64 = 1e-6;
/// Draws unless given.
const DEFAULT_SAMPLES: u64 = 100_000;
/// Most draws of one estimate.
const MOST_SAMPLES: u64 = 1_000_000_000_000;
/// Most samples of q in a batch, and most runs of stochastic descent.
const MOST_BATCH: u64 = 1 << 32;

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
    /// The probability of collapse for which a schedule is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<f64>,
}

/// `[montecarlo]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MonteCarloConfig {
    /// Draws of the ensemble.
    pub samples: u64,
}

impl Default for ExactConfig {
    fn default() -> Self {
        Self { tolerance: DEFAULT_TOLERANCE }
    }
}

impl Default for MonteCarloConfig {
    fn default() -> Self {
        Self { samples: DEFAULT_SAMPLES }
    }
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
        let wanted = section.number("wanted")?;
        if wanted.is_some_and(|p| !(p > 0.0 && p < 1.0)) {
            return Err(section.breaks("wanted", "lie strictly between 0 and 1"));
        }
        Ok(Self { alpha: section.positive("alpha")?, wanted })
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

pub(crate) const OPTIMISERS: [(&str, OptimiserName); 2] =
    [("plain", OptimiserName::Plain), ("adam", OptimiserName::Adam)];

/// The optimiser of stochastic descent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimiserName {
    /// Explicit Euler of the flow.
    Plain,
    /// Adam.
    Adam,
}

/// `[simulation]`: stochastic descent with reparametrised samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SimulationConfig {
    /// Samples of q per step.
    pub batch: u64,
    /// Time per step.
    pub step: f64,
    /// Runs.
    pub runs: u64,
    /// How a gradient becomes a step.
    pub optimiser: OptimiserName,
    /// Whether log q is differentiated in its own parameters too.
    pub score: bool,
}

/// `[stop]`: when runs are classified.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StopConfig {
    /// Classify at this time; in the limit if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<f64>,
}

impl Default for SimulationConfig {
    /// Batch, step and gradient as published.
    fn default() -> Self {
        let DescentOptions { batch, step, score, .. } = DescentOptions::default();
        Self { batch: batch as u64, step, runs: DEFAULT_RUNS, optimiser: OptimiserName::Plain, score }
    }
}

impl SimulationConfig {
    /// Resolves the section: nothing if there is none.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Option<Self>, ConfigError> {
        if section.is_empty() {
            return Ok(None);
        }
        let defaults = Self::default();
        let in_range = |key: &str, default: u64| -> Result<u64, ConfigError> {
            let value = section.count(key)?.unwrap_or(default);
            let rule = "lie between 1 and 2^32";
            if (1..=MOST_BATCH).contains(&value) { Ok(value) } else { Err(section.breaks(key, rule)) }
        };
        Ok(Some(Self {
            batch: in_range("batch", defaults.batch)?,
            step: section.positive("step")?.unwrap_or(defaults.step),
            runs: in_range("runs", defaults.runs)?,
            optimiser: section.choice("optimiser", &OPTIMISERS)?.unwrap_or(defaults.optimiser),
            score: section.flag("score")?.unwrap_or(defaults.score),
        }))
    }
}

impl StopConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let horizon = section.positive("horizon")?;
        if horizon.is_some_and(|t| t > FARTHEST) {
            return Err(section.breaks("horizon", "be at most 1e9"));
        }
        Ok(Self { horizon })
    }
}
