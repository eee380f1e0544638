//! What is proved about the optimum: mean field theorems 1 and 2, (M33).

use collapsar_theory::{GaussianMixture, HalfSpaces, minority_bound};

use crate::results::{Certificate, Proof};
use crate::studies::StudyError;
use crate::studies::mean_field::fit::Fit;
use crate::studies::mean_field::pair::DiagonalPair;

/// F that is rounding: the fit is the target, and F is never below 0. With what sampling adds to it.
const EXACT: f64 = 1e-10;
const EXACT_SAMPLED: f64 = 1e-8;
/// Errors of sampling that are added to a bound.
const SURE: f64 = 5.0;

/// For fits in the given coordinates; `single`: where a scalar sum has one fit, between whose ends all stationary points lie.
pub(super) fn given(
    target: &GaussianMixture,
    pair: Option<&DiagonalPair>,
    single: bool,
    fits: &[Fit],
    temperature: f64,
) -> Result<Certificate, StudyError> {
    if single {
        let reason = "ascents from both components end on one point, and every stationary point lies between them";
        let found = plain(Proof::Unique, reason, fits.first());
        return Ok(Certificate { known: true, ..found });
    }
    if temperature != 1.0 {
        return Ok(plain(Proof::NotCertified, "bounds on the mass are for T = 1", fits.first()));
    }
    let known = pair.map_or(Ok(false), DiagonalPair::is_known)?;
    Ok(Certificate { known, ..by_mass(target, fits) })
}

/// For fits in the frame `rotation` (by rows) of `target`.
pub(super) fn turned(target: &GaussianMixture, fits: &[Fit], rotation: &[Vec<f64>]) -> Certificate {
    match target.in_frame(rotation) {
        Ok(turned) => by_mass(&turned, fits),
        Err(_) => plain(Proof::NotCertified, "the turned covariances are singular to rounding", fits.first()),
    }
}

fn plain(verdict: Proof, reason: &str, best: Option<&Fit>) -> Certificate {
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
    let Some(found) = best else { return plain(Proof::NotCertified, "there is no fit", None) };
    let sampled = found.record.error;
    let bound = found.record.objective.abs() + SURE * sampled.unwrap_or(0.0);
    if bound <= sampled.map_or(EXACT, |_| EXACT_SAMPLED) {
        let found = plain(Proof::Exact, "F is 0 to rounding, and never below: the fit is the target", best);
        return Certificate { known: true, ..found };
    }
    let Some(spaces) = HalfSpaces::best(target) else {
        return plain(Proof::NotCertified, "no two modes differ in two coordinates", best);
    };
    let minority = minority_bound(spaces.off, bound).ok().flatten();
    // Less than the target has on its smaller side: what is lost there is proved.
    let lopsided = minority.is_some_and(|minority| minority < spaces.share);
    let [i, j] = spaces.coordinates.map(|j| j + 1);
    let [a, b] = spaces.thresholds;
    let reason = match minority {
        Some(minority) => {
            let word = if lopsided { "" } else { ", no more than the target itself" };
            format!(
                "every optimum has at least {:.4} of its mass on one side of y_{i} = {a:.4}, and on the matching one of y_{j} = {b:.4}{word}",
                1.0 - minority
            )
        }
        None => format!(
            "{:.4} of the target lies on one side only of y_{i} = {a:.4} and y_{j} = {b:.4}: too much",
            spaces.off
        ),
    };
    Certificate {
        verdict: if lopsided { Proof::Collapsed } else { Proof::NotCertified },
        reason,
        bound: Some(bound),
        coordinates: Some([i, j]),
        threshold: Some(spaces.thresholds),
        off: Some(spaces.off),
        minority,
        known: false,
    }
}
