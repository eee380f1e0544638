//! `[target]`, resolved.

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::mixture::MixtureConfig;
use crate::config::named::NamedDensity;
use crate::config::resolve::equal_weights;
use crate::config::run::TargetConfig;
use crate::config::section::Section;

/// `[target]`.
pub(crate) fn target(document: &Document) -> Result<TargetConfig, ConfigError> {
    let section = document.section("target");
    NamedDensity::refuse(&section)?;
    if section.has("components") {
        let found = shaped_target(document)?;
        if found.covariances.is_some() {
            let rule = "all have variance 1 here: other covariances are for solve, probability, sweep, design, realnvp and mean-field";
            return Err(section.breaks("components", rule));
        }
        return Ok(found);
    }
    let (separation, means) = (section.number("separation")?, section.vectors("means")?);
    let modes = match (&separation, &means) {
        (None, None) => return Err(section.missing("separation", "give it, or the modes as `target.means`")),
        (Some(_), Some(_)) => {
            return Err(section.invalid("separation", "`target.separation` and `target.means` exclude each other"));
        }
        (Some(_), None) => 2,
        (None, Some(means)) => means.len(),
    };
    let weights = section.numbers("weights")?.unwrap_or_else(|| equal_weights(modes));
    checked(&section, TargetConfig { separation, means, weights, covariances: None })
}

/// `[target]` as any Gaussian mixture.
pub(crate) fn mixture(document: &Document) -> Result<MixtureConfig, ConfigError> {
    let section = document.section("target");
    NamedDensity::refuse(&section)?;
    let found = if section.has("components") {
        MixtureConfig::of_tables(document)?
    } else {
        let modes = target(document)?.target();
        MixtureConfig::of_modes(&modes.map_err(|error| section.parameter(&error))?)
    };
    found.mixture().map_err(|error| section.parameter(&error))?;
    Ok(found)
}

/// `[target]`, whatever the covariances of its modes.
pub(crate) fn shaped_target(document: &Document) -> Result<TargetConfig, ConfigError> {
    let section = document.section("target");
    if !section.has("components") {
        return target(document);
    }
    NamedDensity::refuse(&section)?;
    let mixture = MixtureConfig::of_tables(document)?;
    let unit = mixture.unit_modes().is_some();
    let (weights, components) = (mixture.weights(), mixture.components);
    let (means, covariances) = components.into_iter().map(|c| (c.mean, c.covariance)).unzip();
    let covariances = (!unit).then_some(covariances);
    checked(&section, TargetConfig { separation: None, means: Some(means), weights, covariances })
}

fn checked(section: &Section<'_>, found: TargetConfig) -> Result<TargetConfig, ConfigError> {
    found.target().map_err(|e| section.parameter(&e))?;
    Ok(found)
}
