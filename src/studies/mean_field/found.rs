//! What a search for a frame found.

use collapsar_theory::{GaussianMixture, InvalidParameter, RotationHeat, RotationStatus};

use crate::config::Heat;
use crate::results::FrameSearch;
use crate::studies::mean_field::fit::Fit;

/// The fits in the best frame, and the search for it.
pub(super) struct Turned {
    /// What was fitted: the target, or the whitened one.
    pub(super) target: GaussianMixture,
    pub(super) optima: Vec<Fit>,
    pub(super) search: FrameSearch,
    /// R by rows.
    pub(super) rotation: Vec<Vec<f64>>,
}

/// The temperature at which a frame starts to turn, as a number and as an option. Where fits differ at every temperature that
/// `merging` tries, heat has no such place, and the search is cold.
pub(super) fn heated(
    heat: Heat,
    merging: impl FnOnce() -> Result<Option<f64>, InvalidParameter>,
) -> Result<(f64, RotationHeat), InvalidParameter> {
    let temperature = match heat {
        Heat::Cold => 1.0,
        Heat::At(temperature) => temperature,
        Heat::Merging => merging()?.unwrap_or(1.0),
    };
    Ok((temperature, if temperature > 1.0 { RotationHeat::At(temperature) } else { RotationHeat::Cold }))
}

/// What the end of a search is called.
pub(super) fn word(status: RotationStatus) -> &'static str {
    match status {
        RotationStatus::Minimum => "minimum",
        RotationStatus::Stationary => "stationary",
        RotationStatus::NotConverged => "not-converged",
    }
}
