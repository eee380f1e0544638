//! Densities for table and figure.

use std::f64::consts::TAU;

use collapsar_theory::GaussianMixture;

use crate::density::enclosing_levels;
use crate::results::{PlaneFit, ProductMarginal, ProductPlane};
use crate::studies::mean_field::fit::Fit;
use crate::studies::planes::{MARGIN, PLANE_NODES, SHARES};

/// Densities below this share of the peak are not listed.
const FAINT: f64 = 1e-6;

/// The densities of the coordinates that the fits keep.
pub(super) fn marginals(target: &GaussianMixture, fits: &[Fit]) -> Vec<ProductMarginal> {
    let of = |(place, fit): (usize, &Fit)| {
        let listed = |(coordinate, points): &(usize, Vec<(f64, f64)>)| {
            let density_of_target = |y: f64| -> f64 {
                let part = |k: usize| {
                    let (mean, variance) = fit.frame.moments(target, k, *coordinate);
                    let square = (y - mean).powi(2) / variance;
                    target.weights()[k] * (-0.5 * square).exp() / (TAU * variance).sqrt()
                };
                (0..target.weights().len()).map(part).sum()
            };
            let peak = points.iter().fold(0.0f64, |m, (_, p)| m.max(*p));
            let rows: Vec<(f64, f64, f64)> = points.iter().map(|(y, p)| (*y, *p, density_of_target(*y))).collect();
            let bright = |(_, p, t): &(f64, f64, f64)| p.max(*t) > FAINT * peak;
            let first = rows.iter().position(bright).unwrap_or(0);
            let last = rows.iter().rposition(bright).map_or(0, |last| last + 1);
            let rows = &rows[first..last.max(first)];
            ProductMarginal {
                optimum: place + 1,
                coordinate: coordinate + 1,
                y: rows.iter().map(|row| row.0).collect(),
                density: rows.iter().map(|row| row.1).collect(),
                target: rows.iter().map(|row| row.2).collect(),
            }
        };
        fit.marginals.iter().map(listed).collect::<Vec<_>>()
    };
    fits.iter().enumerate().filter(|(_, fit)| fit.record.stable).flat_map(of).collect()
}

/// Target and fits over the plane, if it is one.
pub(super) fn plane(target: &GaussianMixture, fits: &[Fit]) -> Option<ProductPlane> {
    if target.dimension() != 2 {
        return None;
    }
    let nodes = |j: usize| -> Vec<f64> {
        let all = 0..target.weights().len();
        let ends = all.map(|k| (target.mean_of(k)[j], MARGIN * target.covariance_of(k)[j][j].sqrt()));
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (mean, margin)| {
            (low.min(mean - margin), high.max(mean + margin))
        });
        (0..PLANE_NODES).map(|i| low + (high - low) * f64::from(i) / f64::from(PLANE_NODES - 1)).collect()
    };
    let (x, y) = (nodes(0), nodes(1));
    let over = |density: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
        y.iter().flat_map(|b| x.iter().map(move |a| [*a, *b])).map(|at| density(&at)).collect()
    };
    let values = over(&|at| target.log_density(at).exp());
    let of = |(place, fit): (usize, &Fit)| {
        let product = |at: &[f64]| (0..2).map(|j| fit.density(j, fit.frame.coordinate(j, at))).product::<f64>();
        let density = over(&|at| fit.frame.volume() * product(at));
        PlaneFit { optimum: place + 1, levels: enclosing_levels(&density, &SHARES), density }
    };
    let fits = fits.iter().enumerate().filter(|(_, fit)| fit.record.stable).map(of).collect();
    Some(ProductPlane { target_levels: enclosing_levels(&values, &SHARES), target: values, fits, x, y })
}
