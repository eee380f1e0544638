//! What the routes can take, said before anything is computed.

use collapsar_theory::{InvalidParameter, PlaneMeanField, PlaneOptions};

use crate::config::{ConfigError, Document, MeanFieldRun};
use crate::studies::mean_field::pair::DiagonalPair;
use crate::studies::mean_field::plane::flat;
use crate::studies::mean_field::sampled;
use crate::studies::mean_field::scan::Scanned;
use crate::studies::mean_field::unequal::UnequalModes;

/// A target or a temperature beyond the routes.
pub(super) enum Beyond {
    Target(InvalidParameter),
    Temperature(InvalidParameter),
    /// Somewhere on the axes of a scan.
    Scan(InvalidParameter),
}

impl Beyond {
    /// The error at the key that says it.
    pub(super) fn in_document(self, document: &Document) -> ConfigError {
        let (name, keys, error): (_, &[&str], _) = match self {
            Self::Target(error) => ("target", &["components", "means", "separation"], error),
            Self::Scan(error) => ("scan", &["x_range", "panels", "curves", "y_range"], error),
            Self::Temperature(error) => ("schedule", &["initial_temperature", "temperatures"], error),
        };
        let section = document.section(name);
        let key = keys.iter().find(|key| section.has(key)).unwrap_or(&keys[0]);
        section.parameter(&InvalidParameter::new(*key, error.value(), error.rule()))
    }
}

/// Refuses what no route takes.
pub(super) fn check(run: &MeanFieldRun) -> Result<(), Beyond> {
    let told = |error: InvalidParameter| match error.name() {
        "temperature" | "coldest" | "hottest" => Beyond::Temperature(error),
        _ => Beyond::Target(error),
    };
    let schedule = run.schedule.schedule().map_err(Beyond::Temperature)?;
    let (hot, cold) = (schedule.initial_temperature(), schedule.final_temperature());
    let dimension = run.target.dimension();
    let pair = DiagonalPair::of(&run.target);
    if let Some(pair) = &pair {
        pair.standard(cold).map_err(told)?;
    }
    Scanned::of(run).map_err(|error| match error.name() {
        "components" => Beyond::Target(error),
        _ => Beyond::Scan(error),
    })?;
    let coordinates = |rule: &str| {
        let value = format!("in {dimension} dimensions");
        Err(Beyond::Target(InvalidParameter::new("components", value, rule)))
    };
    let unequal = UnequalModes::of(&run.target);
    if let Some(unequal) = &unequal {
        unequal.standard(cold).map_err(told)?;
    }
    let summed = pair.is_some() || unequal.is_some();
    if !summed && dimension > sampled::MOST {
        return coordinates("have at most 100 coordinates, or be two components of diagonal covariances");
    }
    if run.rotation.is_some() && !(2..=sampled::MOST).contains(&dimension) {
        return coordinates("have 2 to 100 coordinates where the frame turns");
    }
    if dimension > 2 && (!summed || run.rotation.is_some()) {
        let target = run.target.mixture().map_err(Beyond::Target)?;
        sampled::check(&target, cold).map_err(told)?;
    }
    if dimension <= 2 && (pair.is_none() || (dimension == 2 && (hot != cold || run.rotation.is_some()))) {
        let target = run.target.mixture().and_then(|target| flat(&target)).map_err(Beyond::Target)?;
        let (coldest, hottest) = (hot.min(cold), hot.max(cold));
        PlaneMeanField::new(target, PlaneOptions { coldest, hottest, ..PlaneOptions::default() }).map_err(told)?;
    }
    Ok(())
}
