//! `[bifurcation]`: the limits of its separations.

use crate::config::error::ConfigError;
use crate::config::keys::{BifurcationConfig, Parameter};
use crate::config::section::Section;

/// Largest separation: critical temperatures grow like exp(rho^2/2).
pub const LARGEST_SEPARATION: f64 = 25.0;

impl BifurcationConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        let beyond = |ends: Option<[f64; 2]>| ends.is_some_and(|[_, last]| last > LARGEST_SEPARATION);
        if beyond(found.separations) {
            return Err(section.breaks("separations", "end at 25 or before"));
        }
        if found.parameter == Parameter::Separation && beyond(found.range) {
            return Err(section.breaks("range", "end at a separation of 25 or before"));
        }
        Ok(found)
    }
}
