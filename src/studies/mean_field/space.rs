//! Any Gaussian mixture in three dimensions: the tensor grid, where it is not too large.

use collapsar_theory::{GaussianMixture, MeanFieldStatus, SpaceMeanField, SpaceSolution};

use crate::results::ProductFit;
use crate::studies::mean_field::fit::{Fit, Fits, from_each};
use crate::studies::mean_field::frame::RotatedFrame;
use crate::studies::{StudyError, Watch};

/// The grid of a target in three dimensions, if it has one.
pub(super) fn grid(target: &GaussianMixture, temperature: f64) -> Option<SpaceMeanField> {
    (target.dimension() == 3).then(|| SpaceMeanField::new(target.clone(), temperature).ok()).flatten()
}

/// The fits in the given coordinates.
pub(super) fn given(space: &SpaceMeanField, watch: &dyn Watch) -> Result<Fits, StudyError> {
    let fits =
        from_each(space.target().weights().len(), watch, |k| Ok(described(space, &space.minimise(k)?, vec![k + 1])))?;
    Ok(Fits { optima: Fits::joined(fits), saddles: Vec::new() })
}

fn described(space: &SpaceMeanField, found: &SpaceSolution, from: Vec<usize>) -> Fit {
    let record = ProductFit {
        objective: found.objective,
        mean: found.means.to_vec(),
        variance: found.variances.to_vec(),
        coverage: found.masses.clone(),
        stable: found.status == MeanFieldStatus::Stable,
        coupling: found.coupling,
        residual: found.residual,
        from,
        ..ProductFit::default()
    };
    let marginals = (0..3).map(|j| (j, space.density(&found.state, j))).collect();
    Fit { record, marginals, frame: RotatedFrame::default() }
}
