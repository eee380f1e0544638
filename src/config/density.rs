//! `[density]`: when a run is shown as densities, and how far.

use collapsar_theory::FARTHEST;
use serde::Serialize;

use crate::config::error::ConfigError;
use crate::config::section::Section;

/// Most moments of one run.
const MOST_TIMES: usize = 8;

/// `[density]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityConfig {
    /// When.
    pub times: Vec<f64>,
    /// The axes run over +- this around the middle of the modes; chosen from the run unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<f64>,
}

impl DensityConfig {
    /// Resolves the section for a run that ends at `end`.
    pub(crate) fn resolve(section: &Section<'_>, end: f64) -> Result<Self, ConfigError> {
        let spread = if end > 0.0 { vec![0.0, end / 3.0, 2.0 * end / 3.0, end] } else { vec![0.0] };
        let times = section.numbers("times")?.unwrap_or(spread);
        let given = section.has("times");
        let ordered = times.windows(2).all(|w| w[0] < w[1]) && times.first().is_some_and(|&t| t >= 0.0);
        if given && !(ordered && times.len() <= MOST_TIMES) {
            return Err(section.breaks("times", "hold one to eight times, none negative, strictly increasing"));
        }
        let reach = section.positive("reach")?;
        if reach.is_some_and(|reach| reach > FARTHEST) {
            return Err(section.breaks("reach", "be at most 1e9"));
        }
        Ok(Self { times, reach })
    }
}
