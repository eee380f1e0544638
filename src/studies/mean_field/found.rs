//! What a search for a frame found.

use collapsar_theory::{GaussianMixture, RotationStatus};

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

/// What the end of a search is called.
pub(super) fn word(status: RotationStatus) -> &'static str {
    match status {
        RotationStatus::Minimum => "minimum",
        RotationStatus::Stationary => "stationary",
        RotationStatus::NotConverged => "not-converged",
    }
}
