//! What is proved about the optimum: mean field theorems 1 and 2, (M33).

use collapsar_theory::{GaussianMixture, HalfSpaces, minority_bound};

use crate::results::{Certificate, Verdict};
use crate::studies::StudyError;
use crate::studies::mean_field::fit::{Fit, Fits};
use crate::studies::mean_field::pair::DiagonalPair;

/// F that is rounding: the fit is the target, and F is never below 0. With what sampling adds to it.
const EXACT: f64 = 1e-10;
const EXACT_SAMPLED: f64 = 1e-8;
/// Errors of sampling that are added to a bound.
const SURE: f64 = 5.0;

/// For fits in the given coordinates; of a pair all stationary points lie between its two fits.
pub(super) fn given(
    target: &GaussianMixture,
    pair: Option<(&DiagonalPair, &Fits)>,
    fits: &[Fit],
    temperature: f64,
) -> Result<Certificate, StudyError> {
    if let Some((_, fits)) = pair
        && fits.optima.len() == 1
    {
        let reason = "ascents from both components end on one point, and every stationary point lies between them";
        let found = plain(Verdict::Unique, reason, fits.optima.first());
        return Ok(Certificate { known: true, ..found });
    }
    if temperature != 1.0 {
        return Ok(plain(Verdict::NotCertified, "bounds on the mass are for T = 1", fits.first()));
    }
    let known = pair.map_or(Ok(false), |(pair, _)| pair.is_known())?;
    Ok(Certificate { known, ..by_mass(target, fits) })
}

/// For fits in the frame `rotation` (by rows) of `target`.
pub(super) fn turned(target: &GaussianMixture, fits: &[Fit], rotation: &[Vec<f64>]) -> Certificate {
    let d = target.dimension();
    let all = 0..target.weights().len();
    let along = |x: &[f64], i: usize| -> f64 { (0..d).map(|k| rotation[k][i] * x[k]).sum() };
    let means = all.clone().map(|k| (0..d).map(|i| along(target.mean_of(k), i)).collect()).collect();
    let covariance = |k: usize| -> Vec<Vec<f64>> {
        // R^T Sigma, then its rows turned; made symmetric, as rounding does not leave it.
        let half: Vec<Vec<f64>> =
            target.covariance_of(k).iter().map(|row| (0..d).map(|j| along(row, j)).collect()).collect();
        let entry = |i: usize, j: usize| -> f64 { (0..d).map(|k| rotation[k][i] * half[k][j]).sum() };
        (0..d).map(|i| (0..d).map(|j| 0.5 * (entry(i, j) + entry(j, i))).collect()).collect()
    };
    match GaussianMixture::new(target.weights().to_vec(), means, all.map(covariance).collect()) {
        Ok(turned) => by_mass(&turned, fits),
        Err(_) => plain(Verdict::NotCertified, "the turned covariances are singular to rounding", fits.first()),
    }
}

fn plain(verdict: Verdict, reason: &str, best: Option<&Fit>) -> Certificate {
    Certificate {
        verdict,
        reason: reason.to_owned(),
        bound: best.map(|fit| fit.record.objective),
        coordinates: None,
        threshold: None,
        off: None,
        minority: None,
        known: false,
    }
}

/// By data processing on two half spaces of different coordinates, with the best fit as the upper bound.
fn by_mass(target: &GaussianMixture, fits: &[Fit]) -> Certificate {
    let best = fits.iter().min_by(|a, b| a.record.objective.total_cmp(&b.record.objective));
    let Some(found) = best else { return plain(Verdict::NotCertified, "there is no fit", None) };
    let sampled = found.record.error;
    let bound = found.record.objective.abs() + SURE * sampled.unwrap_or(0.0);
    if bound <= sampled.map_or(EXACT, |_| EXACT_SAMPLED) {
        let found = plain(Verdict::Exact, "F is 0 to rounding, and never below: the fit is the target", best);
        return Certificate { known: true, ..found };
    }
    let Some(spaces) = HalfSpaces::best(target) else {
        return plain(Verdict::NotCertified, "no two modes differ in two coordinates", best);
    };
    let minority = minority_bound(spaces.off, bound).ok().flatten();
    let [i, j] = spaces.coordinates.map(|j| j + 1);
    let [a, b] = spaces.thresholds;
    let side = if spaces.aligned { '>' } else { '<' };
    let reason = match minority {
        Some(minority) => format!(
            "every optimum has at least {:.4} of its mass where y_{i} > {a:.4} and y_{j} {side} {b:.4} both hold or both fail",
            (1.0 - minority).max(0.0)
        ),
        None => format!(
            "{:.4} of the target lies on one side only of y_{i} = {a:.4} and y_{j} = {b:.4}: too much",
            spaces.off
        ),
    };
    Certificate {
        verdict: if minority.is_some() { Verdict::Collapsed } else { Verdict::NotCertified },
        reason,
        bound: Some(bound),
        coordinates: Some([i, j]),
        threshold: Some(spaces.thresholds),
        off: Some(spaces.off),
        minority,
        known: false,
    }
}
