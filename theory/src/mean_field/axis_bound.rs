//! A lower bound of KL for a pair of two coordinates at any separation, mean field (M26).

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use super::certificate::binary_divergence;
use super::far::lowest;
use super::target::MeanFieldPair;
use crate::parameter::InvalidParameter;

/// Step of the quadrature in deviations, and how far beyond the means: trapezoid sums of e^(-x^2/2) and of powers of mixtures,
/// whose nearest singularities are at i pi/(2 a_2).
const STEP: f64 = 0.02;
const REACH: f64 = 9.5;
/// Mesh of p on which the valleys of the bound are looked for; only refined values are used.
const MESH: usize = 400;

/// min over p of kl(p||pi(E)) + R(p), E = {x_1 > 0}, R(p) = -log int (pi_2|E)^p (pi_2|E^c)^(1-p): a lower bound of KL(q||pi) for
/// every product measure q on a pair of two coordinates, valid at every separation and sharp as the first grows, mean field
/// (M26). Coordinate 1 is the first of the pair's groups. T = 1.
///
/// The minimum is a computed one: the error is that of a search on a mesh with refinement, about 1e-12.
///
/// Errors: other than two coordinates, or T other than 1.
pub fn axis_bound(pair: &MeanFieldPair) -> Result<f64, InvalidParameter> {
    if pair.dimension() != 2 {
        return Err(InvalidParameter::new("dimension", pair.dimension(), "be 2 for this bound"));
    }
    if pair.temperature() != 1.0 {
        return Err(InvalidParameter::new("temperature", pair.temperature(), "be 1 for this bound"));
    }
    let groups = pair.groups();
    let (first, second) = (groups[0].half_separation, groups[groups.len() - 1].half_separation);
    let above = 0.5 * libm::erfc(-first * FRAC_1_SQRT_2);
    let (plus, minus) = (pair.weight() * above, (1.0 - pair.weight()) * (1.0 - above));
    let inside = plus + minus;
    // Weights of the two modes given E and given its complement.
    let (given, otherwise) = (plus / inside, pair.weight() * (1.0 - above) / (1.0 - inside));
    let count = ((second + REACH) / STEP) as i32;
    let points: Vec<(f64, f64)> = (-count..=count)
        .map(|k| {
            let x = f64::from(k) * STEP;
            let ground = -0.5 * (x * x + second * second) - 0.5 * libm::log(TAU);
            let mixture = |w: f64| ground + log_mix(w, second * x);
            (mixture(given), mixture(otherwise))
        })
        .collect();
    let bound = |p: f64| {
        let overlap: f64 = points.iter().map(|(e, c)| STEP * libm::exp(p * e + (1.0 - p) * c)).sum();
        binary_divergence(p, inside) - libm::log(overlap)
    };
    let at = |k: usize| k as f64 / MESH as f64;
    let values: Vec<f64> = (0..=MESH).map(|k| bound(at(k))).collect();
    let mut least = values[0].min(values[MESH]);
    for k in 1..MESH {
        if values[k] <= values[k - 1] && values[k] <= values[k + 1] {
            least = least.min(bound(lowest(at(k - 1), at(k + 1), bound)));
        }
    }
    Ok(least)
}

/// log(w e^t + (1-w) e^-t).
fn log_mix(w: f64, t: f64) -> f64 {
    let (up, down) = (libm::log(w) + t, libm::log(1.0 - w) - t);
    up.max(down) + libm::log1p(libm::exp(-(up - down).abs()))
}
