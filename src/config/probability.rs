//! The sections of the routes to P_c, beyond their single keys.

use crate::config::error::ConfigError;
use crate::config::keys::{
    DescentKind, FormulaConfig, MonteCarloConfig, OptimiserConfig, OptimiserName, SimulationConfig, VarianceName,
};
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

/// Draws of Adam's flow unless given: each follows every coordinate.
const ADAM_SAMPLES: u64 = 1000;
/// Adam's learning rate unless given.
const ADAM_STEP: f64 = 0.01;

impl OptimiserConfig {
    /// Resolves the section: nothing if there is none.
    pub(crate) fn resolve(section: &Section<'_>) -> Result<Option<Self>, ConfigError> {
        if section.is_empty() {
            return Ok(None);
        }
        let mut found = Self::read(section)?;
        match found.kind {
            DescentKind::Plain => section.refuse(&["step"], "plain descent of any small step has one flow")?,
            DescentKind::Adam => found.step = found.step.or(Some(ADAM_STEP)),
        }
        Ok(Some(found))
    }

    /// Adam's learning rate, if it is Adam.
    pub(crate) fn adam(&self) -> Option<f64> {
        self.step.filter(|_| self.kind == DescentKind::Adam)
    }

    /// Refuses Adam where theory is of plain descent.
    pub(crate) fn refuse_adam(section: &Section<'_>) -> Result<(), ConfigError> {
        match Self::resolve(section)? {
            Some(found) if found.kind == DescentKind::Adam => Err(section.breaks(
                "kind",
                "be \"plain\" here, where the flow is that of plain gradient descent: `probability` counts Adam",
            )),
            _ => Ok(()),
        }
    }
}

impl MonteCarloConfig {
    /// Resolves the section; `adam`: whether draws are dear.
    pub(crate) fn resolve(section: &Section<'_>, adam: bool) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        Ok(if adam && !section.has("samples") { Self { samples: ADAM_SAMPLES } } else { found })
    }
}

impl SimulationConfig {
    /// Resolves the section: nothing if there is none.
    pub(crate) fn resolve(
        section: &Section<'_>,
        optimiser: Option<&OptimiserConfig>,
    ) -> Result<Option<Self>, ConfigError> {
        if section.is_empty() {
            return Ok(None);
        }
        let given = Self::read(section)?;
        let mut found = Self::of(optimiser);
        let step = optimiser.and_then(OptimiserConfig::adam);
        if section.has("optimiser") {
            let adam = given.optimiser == OptimiserName::Adam;
            if optimiser.is_some() && adam != step.is_some() {
                return Err(section.breaks("optimiser", "be that of `optimiser.kind`, or absent"));
            }
            found.optimiser = given.optimiser;
        }
        if section.has("step") {
            if step.is_some_and(|step| step != given.step) {
                return Err(section.breaks("step", "be that of `optimiser.step`, or absent"));
            }
            found.step = given.step;
        }
        let found = Self { optimiser: found.optimiser, step: found.step, ..given };
        if found.optimiser != OptimiserName::Momentum {
            section.refuse(&["momentum"], "only `simulation.optimiser = \"momentum\"` has one")?;
        }
        if found.optimiser == OptimiserName::Adam && found.variance == VarianceName::Log {
            return Err(section.breaks("variance", "be absent for adam, which moves log var anyway"));
        }
        Ok(Some(found))
    }

    /// Descent by this optimiser, all else as published.
    pub(crate) fn of(optimiser: Option<&OptimiserConfig>) -> Self {
        let plain = Self::default();
        match optimiser.and_then(OptimiserConfig::adam) {
            Some(step) => Self { optimiser: OptimiserName::Adam, step, ..plain },
            None => plain,
        }
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
