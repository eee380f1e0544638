//! Any Gaussian mixture in one or two dimensions: the tensor grid.

use collapsar_theory::{
    GaussianMixture, InvalidParameter, MeanFieldStatus, PlaneFrame, PlaneMeanField, PlaneOptions, PlaneSolution,
    PlaneStart, PlaneState, Schedule,
};

use crate::results::ProductFit;
use crate::studies::mean_field::fit::{Fit, Fits, from_each};
use crate::studies::mean_field::frame::RotatedFrame;
use crate::studies::{StudyError, Watch};

/// The fits in the given coordinates.
pub(super) fn given(target: &GaussianMixture, temperature: f64, watch: &dyn Watch) -> Result<Fits, StudyError> {
    let dimension = target.dimension();
    let flat = flat(target)?;
    let options = PlaneOptions { coldest: temperature, hottest: temperature, ..PlaneOptions::default() };
    let plane = PlaneMeanField::new(flat.clone(), options)?;
    let frame = plane.frame(0.0, temperature)?;
    let mut fits =
        Fits { optima: from_components(&frame, &flat, &RotatedFrame::default(), None, watch)?, saddles: Vec::new() };
    if flat.is_even() {
        let even = frame.solve(PlaneStart::Even)?;
        if even.status == MeanFieldStatus::Unstable {
            fits.saddles.push(described(&frame, &even, Vec::new(), &RotatedFrame::default(), None));
        }
    }
    if dimension == 1 {
        let alone = 0.5 * (std::f64::consts::TAU.ln() / temperature - (std::f64::consts::TAU * temperature).ln());
        fits.optima.iter_mut().chain(&mut fits.saddles).for_each(|fit| fit.first_alone(alone));
    }
    Ok(fits)
}

/// Temperatures of slow cooling, geometric from the first to the last.
const COOLING: usize = 24;

/// T0 and the end of slow cooling in the given coordinates, followed from minimum to minimum; nothing at constant temperature, and in
/// other than two dimensions.
pub(super) fn annealed(
    target: &GaussianMixture,
    schedule: &Schedule,
    watch: &dyn Watch,
) -> Result<Option<(f64, ProductFit)>, StudyError> {
    let (hot, cold) = (schedule.initial_temperature(), schedule.final_temperature());
    if target.dimension() != 2 || hot == cold {
        return Ok(None);
    }
    let options = PlaneOptions { coldest: hot.min(cold), hottest: hot.max(cold), ..PlaneOptions::default() };
    let plane = PlaneMeanField::new(target.clone(), options)?;
    let mut state: Option<PlaneState> = None;
    for step in 0..=COOLING {
        if watch.cancelled() {
            return Err(StudyError::Cancelled);
        }
        let share = step as f64 / COOLING as f64;
        // The last one exactly.
        let temperature = if step == COOLING { cold } else { hot * (cold / hot).powf(share) };
        let frame = plane.frame(0.0, temperature)?;
        let mut found = match &state {
            None => frame.minimise(PlaneStart::Origin)?,
            Some(state) => frame.solve_from(state),
        };
        if found.status == MeanFieldStatus::Unstable {
            found = frame.leave(&found, 1.0);
        }
        if step == COOLING {
            let end = described(&frame, &found, Vec::new(), &RotatedFrame::default(), None).record;
            return Ok(Some((hot, end)));
        }
        state = Some(found.state);
    }
    Ok(None)
}

/// The target in the plane: one coordinate gets a second one, N(0, 1), that has nothing to do with it.
pub(crate) fn flat(target: &GaussianMixture) -> Result<GaussianMixture, InvalidParameter> {
    if target.dimension() != 1 {
        return Ok(target.clone());
    }
    let all = || 0..target.weights().len();
    let means = all().map(|k| vec![target.mean_of(k)[0], 0.0]).collect();
    let covariances = all().map(|k| vec![vec![target.covariance_of(k)[0][0], 0.0], vec![0.0, 1.0]]).collect();
    GaussianMixture::new(target.weights().to_vec(), means, covariances)
}

/// Ascents from every component, equal ends joined.
pub(super) fn from_components(
    frame: &PlaneFrame<'_>,
    target: &GaussianMixture,
    placed: &RotatedFrame,
    rotation: Option<&[Vec<f64>]>,
    watch: &dyn Watch,
) -> Result<Vec<Fit>, StudyError> {
    let fits = from_each(target.weights().len(), watch, |k| {
        let solution = frame.minimise(PlaneStart::Component(k))?;
        Ok(described(frame, &solution, vec![k + 1], placed, rotation))
    })?;
    Ok(Fits::joined(fits))
}

fn described(
    frame: &PlaneFrame<'_>,
    solution: &PlaneSolution,
    from: Vec<usize>,
    placed: &RotatedFrame,
    rotation: Option<&[Vec<f64>]>,
) -> Fit {
    let found = &solution.observables;
    let density = |j: usize| (j, about_origin(&frame.density(&solution.state, j), found.means[j]));
    let record = ProductFit {
        objective: found.objective,
        error: None,
        mean: found.means.to_vec(),
        variance: found.variances.to_vec(),
        coverage: found.masses.clone(),
        stable: solution.status == MeanFieldStatus::Stable,
        coupling: solution.coupling,
        residual: solution.residual,
        from,
        rotation: rotation.map(<[Vec<f64>]>::to_vec),
        angle: rotation.map(|r| r[1][0].atan2(r[0][0]).to_degrees()),
    };
    Fit { record, marginals: vec![density(0), density(1)], frame: placed.clone() }
}

/// A density on a grid about the target's centre, moved to where its mean is `mean`.
pub(super) fn about_origin(grid: &[(f64, f64)], mean: f64) -> Vec<(f64, f64)> {
    let step = grid[1].0 - grid[0].0;
    let about: f64 = grid.iter().map(|(y, p)| y * p * step).sum();
    grid.iter().map(|(y, p)| (y + mean - about, *p)).collect()
}
