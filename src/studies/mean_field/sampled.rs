//! Any Gaussian mixture in up to a hundred dimensions, in the given coordinates and turned: averages over quasi-random points.

use collapsar_theory::{
    GaussianMixture, InvalidParameter, MeanFieldStatus, SampledFrame, SampledMeanField, SampledOptions,
    SampledSolution, SampledStart, TurnOptions, TurnStart, TurnedFit, turned_fit,
};
use nalgebra::DMatrix;
use rand_distr::{Distribution, StandardNormal};

use crate::config::{FrameStart, RotationConfig};
use crate::random::stream;
use crate::results::{FrameEnd, FrameSearch, ProductFit};
use crate::studies::mean_field::fit::{Fit, Fits, from_each};
use crate::studies::mean_field::found::{Turned, heated, word};
use crate::studies::mean_field::frame::RotatedFrame;
use crate::studies::mean_field::plane::about_origin;
use crate::studies::{StudyError, Watch};

/// Most coordinates.
pub(super) const MOST: usize = 100;
/// Points that stand for a fit; and as few as tell whether the target can be resolved.
const POINTS: usize = 2048;
const FEW: usize = 512;
/// Coordinates whose densities are kept: those in which the modes differ most.
const SHOWN: usize = 4;

fn points(points: usize) -> SampledOptions {
    SampledOptions { points, ..SampledOptions::default() }
}

fn identity(d: usize) -> Vec<Vec<f64>> {
    (0..d).map(|i| (0..d).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect()
}

/// Refuses what cannot be resolved.
pub(super) fn check(target: &GaussianMixture, temperature: f64) -> Result<(), InvalidParameter> {
    let field = SampledMeanField::new(target.clone(), points(FEW))?;
    field.frame(&identity(target.dimension()), temperature).map(|_| ())
}

/// The fits in the given coordinates.
pub(super) fn given(target: &GaussianMixture, temperature: f64, watch: &dyn Watch) -> Result<Fits, StudyError> {
    let field = SampledMeanField::new(target.clone(), points(POINTS))?;
    let frame = field.frame(&identity(target.dimension()), temperature)?;
    let optima = Fits::joined(from_components(&frame, target, &RotatedFrame::default(), None, watch)?);
    Ok(Fits { optima, saddles: Vec::new() })
}

fn from_components(
    frame: &SampledFrame<'_>,
    target: &GaussianMixture,
    placed: &RotatedFrame,
    rotation: Option<&[Vec<f64>]>,
    watch: &dyn Watch,
) -> Result<Vec<Fit>, StudyError> {
    from_each(target.weights().len(), watch, |k| {
        let solution = frame.solve(SampledStart::Component(k))?;
        Ok(described(frame, target, &solution, vec![k + 1], placed, rotation))
    })
}

fn described(
    frame: &SampledFrame<'_>,
    target: &GaussianMixture,
    solution: &SampledSolution,
    from: Vec<usize>,
    placed: &RotatedFrame,
    rotation: Option<&[Vec<f64>]>,
) -> Fit {
    let found = &solution.observables;
    let record = ProductFit {
        objective: found.objective,
        error: Some(found.objective_error.max(found.objective_deviation)),
        mean: found.means.clone(),
        variance: found.variances.clone(),
        coverage: found.masses.clone(),
        stable: solution.status == MeanFieldStatus::Stable,
        coupling: solution.contraction,
        residual: solution.residual,
        from,
        rotation: rotation.map(<[Vec<f64>]>::to_vec),
        angle: None,
    };
    let density = |&j: &usize| (j, about_origin(&frame.density(&solution.state, j), found.means[j]));
    let marginals = widest(target, frame.rotation()).iter().map(density).collect();
    Fit { record, marginals, frame: placed.clone() }
}

/// The coordinates of a frame in which the modes differ most, in their order.
fn widest(target: &GaussianMixture, rotation: &[Vec<f64>]) -> Vec<usize> {
    let (d, centre) = (target.dimension(), target.centre());
    let along = |x: &[f64], j: usize| -> f64 { (0..d).map(|i| rotation[i][j] * (x[i] - centre[i])).sum() };
    let scatter = |j: usize| -> f64 {
        (0..target.weights().len()).map(|k| target.weights()[k] * along(target.mean_of(k), j).powi(2)).sum()
    };
    let mut all: Vec<(usize, f64)> = (0..d).map(|j| (j, scatter(j))).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut shown: Vec<usize> = all.into_iter().take(SHOWN).map(|(j, _)| j).collect();
    shown.sort_unstable();
    shown
}

/// The frames at which the search starts.
fn frames(rotation: &RotationConfig, d: usize) -> Vec<TurnStart> {
    let random = |index: u64| TurnStart::Given(random(rotation.seed, index, d));
    let first = match rotation.start {
        FrameStart::Random => random(0),
        FrameStart::Identity => return vec![TurnStart::Identity],
        FrameStart::Principal => TurnStart::Modes,
    };
    std::iter::once(first).chain((1..rotation.restarts).map(random)).collect()
}

/// An orthogonal matrix from Haar's measure: Q of a Gaussian matrix, with the signs of R's diagonal.
fn random(seed: u64, index: u64, d: usize) -> Vec<Vec<f64>> {
    let mut rng = stream(seed, index);
    let normal = DMatrix::from_fn(d, d, |_, _| StandardNormal.sample(&mut rng));
    let (q, r) = normal.qr().unpack();
    (0..d).map(|i| (0..d).map(|j: usize| q[(i, j)] * f64::signum(r[(j, j)])).collect()).collect()
}

/// Every start with its end; the best one.
pub(super) fn search(
    rotation: &RotationConfig,
    target: GaussianMixture,
    whitening: Option<Vec<Vec<f64>>>,
    watch: &dyn Watch,
) -> Result<Turned, StudyError> {
    let d = target.dimension();
    let field = SampledMeanField::new(target.clone(), points(POINTS))?;
    let mut best: Option<TurnedFit> = None;
    let mut restarts = Vec::new();
    for start in frames(rotation, d) {
        if watch.cancelled() {
            return Err(StudyError::Cancelled);
        }
        let (heat, at) = heated(rotation.heat, || field.merging_temperature(&start.rotation(&target)?))?;
        let options = TurnOptions { starts: vec![start], heat: at, sampled: points(POINTS), ..TurnOptions::default() };
        let found = turned_fit(&target, &options)?;
        restarts.push(FrameEnd {
            start: None,
            heat,
            angle: None,
            objective: found.solution.observables.objective,
            status: word(found.status),
        });
        let lower = |best: &TurnedFit| found.solution.observables.objective < best.solution.observables.objective;
        if best.as_ref().is_none_or(lower) {
            best = Some(found);
        }
        watch.advance(1);
    }
    let Some(best) = best else { return Err(StudyError::refused("rotation.restarts", 0, "be at least 1")) };
    let frame = field.frame(&best.rotation, 1.0)?;
    let placed = RotatedFrame::turned(&best.rotation, whitening.as_deref());
    let kept = described(&frame, &target, &best.solution, Vec::new(), &placed, Some(&best.rotation));
    let others = from_components(&frame, &target, &placed, Some(&best.rotation), watch)?;
    let optima = Fits::joined(std::iter::once(kept).chain(others));
    Ok(Turned { target, optima, search: FrameSearch { whitening, restarts }, rotation: best.rotation })
}
