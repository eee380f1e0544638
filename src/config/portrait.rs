//! `[portrait]`: the panels of one row, and ends within reach.

use collapsar_theory::FARTHEST;

use crate::config::error::ConfigError;
use crate::config::keys::PortraitConfig;
use crate::config::section::Section;

/// Most temperatures: panels of one row.
const MOST_TEMPERATURES: usize = 4;

impl PortraitConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        if !(1..=MOST_TEMPERATURES).contains(&found.temperatures.len()) {
            return Err(section.breaks("temperatures", "hold one to four temperatures of at least 1"));
        }
        for (key, ends) in [("x", found.x), ("y", found.y)] {
            if ends.is_some_and(|[first, last]| first.abs().max(last.abs()) > FARTHEST) {
                return Err(section.breaks(key, "be two rising numbers, [first, last], within 1e9"));
            }
        }
        Ok(found)
    }
}
