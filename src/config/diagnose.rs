//! `[diagnose]`: the rules about several of its keys.

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::keys::DiagnoseConfig;

/// Weights sum to 1 up to this.
const SUM: f64 = 1e-6;

impl DiagnoseConfig {
    /// Resolves the section.
    ///
    /// # Errors
    /// The key that breaks a rule.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        let section = document.section("diagnose");
        let found = Self::read(&section)?;
        let dimension = found.modes.first().map(Vec::len);
        if found.modes.iter().any(|mode| Some(mode.len()) != dimension || mode.is_empty()) {
            return Err(section.breaks("modes", "hold means of one dimension"));
        }
        let sum: f64 = found.weights.iter().sum();
        let sound = (sum - 1.0).abs() <= SUM && found.weights.iter().all(|w| *w >= 0.0);
        if !found.weights.is_empty() && !sound {
            return Err(section.breaks("weights", "not be negative, and sum to 1"));
        }
        if !found.weights.is_empty() && !found.modes.is_empty() && found.weights.len() != found.modes.len() {
            return Err(section.breaks("weights", &format!("be {}, one for each mean in `modes`", found.modes.len())));
        }
        Ok(found)
    }
}
