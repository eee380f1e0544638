//! Product measures in the best frame: rotational variational inference, in the plane and beyond.

use std::f64::consts::{FRAC_PI_2, PI};

use collapsar_theory::{
    GaussianMixture, PlaneMeanField, PlaneOptions, RotatedFit, RotationOptions, RotationStart, TurnStart,
    merging_temperature, rotated_fit,
};
use rand::RngExt;

use crate::config::{FrameStart, RotationConfig};
use crate::random::stream;
use crate::results::{FrameEnd, FrameSearch};
use crate::studies::mean_field::found::{Turned, heated, word};
use crate::studies::mean_field::frame::RotatedFrame;
use crate::studies::mean_field::{plane, sampled};
use crate::studies::{StudyError, Watch};

/// Angles at which the search starts, in radians.
fn angles(rotation: &RotationConfig, target: &GaussianMixture) -> Result<Vec<f64>, StudyError> {
    let mut rng = stream(rotation.seed, 0);
    let mut random = || rng.random_range(0.0..FRAC_PI_2);
    let first = match rotation.start {
        FrameStart::Random => random(),
        FrameStart::Identity => return Ok(vec![0.0]),
        FrameStart::Principal => {
            let axes = TurnStart::Modes.rotation(target)?;
            axes[1][0].atan2(axes[0][0]).rem_euclid(FRAC_PI_2)
        }
    };
    Ok(std::iter::once(first).chain((1..rotation.restarts).map(|_| random())).collect())
}

/// How many starts there are.
pub(super) fn starts(rotation: &RotationConfig) -> u64 {
    if rotation.start == FrameStart::Identity { 1 } else { rotation.restarts }
}

/// Every start with its end; the best one.
pub(super) fn search(
    rotation: &RotationConfig,
    target: &GaussianMixture,
    watch: &dyn Watch,
) -> Result<Turned, StudyError> {
    let whitened = if rotation.whiten { Some(target.whitened()?) } else { None };
    let (target, whitening) = whitened.map_or((target.clone(), None), |w| (w.target, Some(w.factor)));
    if target.dimension() == 2 {
        in_plane(rotation, target, whitening, watch)
    } else {
        sampled::search(rotation, target, whitening, watch)
    }
}

fn in_plane(
    rotation: &RotationConfig,
    target: GaussianMixture,
    whitening: Option<Vec<Vec<f64>>>,
    watch: &dyn Watch,
) -> Result<Turned, StudyError> {
    let mut best: Option<RotatedFit> = None;
    let mut restarts = Vec::new();
    for start in angles(rotation, &target)? {
        if watch.cancelled() {
            return Err(StudyError::Cancelled);
        }
        let (heat, at) = heated(rotation.heat, || merging_temperature(&target, start))?;
        let options = RotationOptions { start: RotationStart::Angle(start), heat: at, ..RotationOptions::default() };
        let found = rotated_fit(&target, options)?;
        restarts.push(FrameEnd {
            start: Some(start.to_degrees()),
            heat,
            angle: Some(degrees(found.angle)),
            objective: found.solution.observables.objective,
            status: word(found.status),
        });
        let lower = |best: &RotatedFit| found.solution.observables.objective < best.solution.observables.objective;
        if best.as_ref().is_none_or(lower) {
            best = Some(found);
        }
        watch.advance(1);
    }
    let Some(best) = best else { return Err(StudyError::refused("rotation.restarts", 0, "be at least 1")) };
    let (sin, cos) = best.angle.sin_cos();
    let frame = vec![vec![cos, -sin], vec![sin, cos]];
    let plane = PlaneMeanField::new(target.clone(), PlaneOptions::default())?;
    let placed = RotatedFrame::turned(&frame, whitening.as_deref());
    let optima = plane::from_components(&plane.frame(best.angle, 1.0)?, &target, &placed, Some(&frame), watch)?;
    Ok(Turned { target, optima, search: FrameSearch { whitening, restarts }, rotation: frame })
}

/// In degrees from 0 to 90.
fn degrees(angle: f64) -> f64 {
    (angle * 180.0 / PI).rem_euclid(90.0)
}
