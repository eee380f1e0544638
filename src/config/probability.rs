//! The sections of the routes to P_c, beyond their single keys.

use crate::config::error::ConfigError;
use crate::config::keys::{FormulaConfig, OptimiserName, SimulationConfig, VarianceName};
use crate::config::section::Section;

impl FormulaConfig {
    /// Resolves the section.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        if found.wanted.is_some_and(|p| !(p > 0.0 && p < 1.0)) {
            return Err(section.breaks("wanted", "lie strictly between 0 and 1"));
        }
        Ok(found)
    }
}

impl SimulationConfig {
    /// Resolves the section: nothing if there is none.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Option<Self>, ConfigError> {
        if section.is_empty() {
            return Ok(None);
        }
        let found = Self::read(section)?;
        if found.optimiser != OptimiserName::Momentum {
            section.refuse(&["momentum"], "only `simulation.optimiser = \"momentum\"` has one")?;
        }
        if found.optimiser == OptimiserName::Adam && found.variance == VarianceName::Log {
            return Err(section.breaks("variance", "be absent for adam, which moves log var anyway"));
        }
        Ok(Some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::montecarlo::DescentOptions;

    /// The library's own defaults are those of the configuration.
    #[test]
    fn defaults_of_descent() {
        let (config, library) = (SimulationConfig::default(), DescentOptions::default());
        assert_eq!((config.batch, config.step, config.score), (library.batch as u64, library.step, library.score));
    }
}
