//! `[density]`: when a run is shown as densities.

use crate::config::error::ConfigError;
use crate::config::keys::DensityConfig;
use crate::config::section::Section;

/// Most moments of one run.
const MOST_TIMES: usize = 8;

impl DensityConfig {
    /// Resolves the section for a run that ends at `end`.
    pub(crate) fn resolve(section: &Section<'_>, end: f64) -> Result<Self, ConfigError> {
        let mut found = Self::read(section)?;
        if !section.has("times") {
            found.times = if end > 0.0 { vec![0.0, end / 3.0, 2.0 * end / 3.0, end] } else { vec![0.0] };
            return Ok(found);
        }
        let ordered = found.times.windows(2).all(|w| w[0] < w[1]);
        if !(ordered && (1..=MOST_TIMES).contains(&found.times.len())) {
            return Err(section.breaks("times", "hold one to eight times, none negative, strictly increasing"));
        }
        Ok(found)
    }
}
