//! A fit with what its pictures need.

use std::f64::consts::TAU;

use crate::results::ProductFit;
use crate::studies::mean_field::frame::RotatedFrame;
use crate::studies::{StudyError, Watch};

/// A product measure in its frame.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub(super) record: ProductFit,
    /// Coordinates (from 0) with (y, q_j(y)), y ascending and equidistant.
    pub(super) marginals: Vec<(usize, Vec<(f64, f64)>)>,
    pub(super) frame: RotatedFrame,
}

/// The fits in one frame.
#[derive(Debug, Clone)]
pub(super) struct Fits {
    /// Local minima.
    pub(super) optima: Vec<Fit>,
    /// What is none.
    pub(super) saddles: Vec<Fit>,
}

/// What F has in the user's units beyond that of a pair in standard units, of deviations `scales`, where `agreeing` coordinates
/// are in no group: each factor has a deviation more, so that E log q falls by log s and beta E log pi by beta log s; and a
/// coordinate in which the modes agree has -log int N(x; 0, 1)^beta dx.
pub(super) fn objective_of_units(temperature: f64, scales: impl Iterator<Item = f64>, agreeing: usize) -> f64 {
    let beta = 1.0 / temperature;
    let alone = 0.5 * (beta * TAU.ln() - (TAU * temperature).ln());
    (beta - 1.0) * scales.map(f64::ln).sum::<f64>() + agreeing as f64 * alone
}

/// Fits whose masses and objective differ by less are one.
const SAME: f64 = 1e-7;
/// The same for sampled fits, whose sweeps end earlier.
const SAMPLED: f64 = 1e-5;

/// The fits from `components` components one by one, until the watch asks for an end.
pub(super) fn from_each(
    components: usize,
    watch: &dyn Watch,
    fit: impl Fn(usize) -> Result<Fit, StudyError>,
) -> Result<Vec<Fit>, StudyError> {
    let one = |k: usize| if watch.cancelled() { Err(StudyError::Cancelled) } else { fit(k) };
    (0..components).map(one).collect()
}

impl Fits {
    /// The fits from the components one by one, equal ones joined.
    pub(super) fn joined(fits: impl IntoIterator<Item = Fit>) -> Vec<Fit> {
        let mut found: Vec<Fit> = Vec::new();
        for fit in fits {
            match found.iter_mut().find(|other| coincide(&other.record, &fit.record)) {
                Some(other) => other.record.from.extend(fit.record.from),
                None => found.push(fit),
            }
        }
        found
    }
}

/// Whether two fits are one.
pub(super) fn coincide(a: &ProductFit, b: &ProductFit) -> bool {
    let same = if a.error.is_some() { SAMPLED } else { SAME };
    let near = |a: f64, b: f64| (a - b).abs() <= same * (1.0 + a.abs());
    near(a.objective, b.objective) && a.coverage.iter().zip(&b.coverage).all(|(a, b)| near(*a, *b))
}

impl Fit {
    /// Takes a second coordinate out whose own share of F is `alone`.
    pub(super) fn first_alone(&mut self, alone: f64) {
        self.record.objective -= alone;
        self.record.mean.truncate(1);
        self.record.variance.truncate(1);
        self.marginals.truncate(1);
    }

    /// q_j(y) by linear interpolation, for pictures.
    pub(super) fn density(&self, coordinate: usize, y: f64) -> f64 {
        let Some((_, points)) = self.marginals.iter().find(|(j, _)| *j == coordinate) else { return 0.0 };
        let after = points.partition_point(|(at, _)| *at < y);
        match (after.checked_sub(1).map(|before| points[before]), points.get(after)) {
            (Some((x0, p0)), Some((x1, p1))) => p0 + (p1 - p0) * (y - x0) / (x1 - x0),
            _ => 0.0,
        }
    }
}
