//! Where the even solution loses its stability: critical norm, critical temperature, critical rest. Mean field (M7)-(M8).

use super::fit::{MeanField, MeanFieldOptions, MeanFieldStart};
use super::target::{Group, MeanFieldPair};
use crate::numerics::{CriticalPoint, root_beyond};
use crate::parameter::InvalidParameter;

/// F is convex along displacements for A <= 1, at every temperature: nothing is critical below.
const CONVEX: f64 = 1.0;
/// Ladders on which a change of sign is looked for.
const NORMS: f64 = 1.25;
const HOTTER: f64 = 1.5;
const COLDER: f64 = 0.75;
/// Ends of the ladders; the domain of the pairs ends some of them before.
const LARGEST: f64 = 25.0;
const HOTTEST: f64 = 1e4;
const COLDEST: f64 = 0.05;

/// The largest odd eigenvalue of T at the even solution of a pair of equal weights: 1 at the pitchfork, mean field (M8).
///
/// For equal coordinates this is (d-1) lambda(T_0). `None` where the even solution was not found.
///
/// Errors: unequal weights.
pub fn odd_coupling(pair: MeanFieldPair) -> Result<Option<f64>, InvalidParameter> {
    let fit = MeanField::new(pair, MeanFieldOptions::default())?;
    let even = fit.ascend(MeanFieldStart::Even)?;
    Ok(even.stationary(&fit.sum).then(|| fit.sum.odd_coupling(&even.state)))
}

/// lambda - 1, not a number outside the domain of pairs.
fn excess(pair: Result<MeanFieldPair, InvalidParameter>) -> f64 {
    pair.and_then(odd_coupling).ok().flatten().map_or(f64::NAN, |lambda| lambda - 1.0)
}

/// A_c: the norm |a| along `direction` (groups of any common scale) at which the even solution of w = 1/2 at `temperature`
/// loses its stability, mean field (M8). Absolute error about 1e-14.
///
/// `None` where no norm up to the domain of [`MeanFieldPair`] does: a single coordinate never collapses.
///
/// Errors: those of the pair with A = 1.
pub fn critical_norm(direction: &[Group], temperature: f64) -> Result<Option<CriticalPoint>, InvalidParameter> {
    let scale = MeanFieldPair::new(direction.to_vec(), 0.5, 1.0)?.norm();
    let at = |norm: f64| {
        let grown = |g: &Group| Group { half_separation: g.half_separation * (norm / scale), ..*g };
        MeanFieldPair::new(direction.iter().map(grown).collect(), 0.5, temperature)
    };
    at(CONVEX)?;
    Ok(root_beyond(CONVEX, NORMS, LARGEST, |norm| excess(at(norm))))
}

/// A_c(d) along the diagonal at `temperature`: 1.785896 for d = 2, T = 1, falling to 1.460834 as d grows.
///
/// Errors and `None`: as [`critical_norm`].
pub fn critical_norm_diagonal(dimension: usize, temperature: f64) -> Result<Option<CriticalPoint>, InvalidParameter> {
    critical_norm(MeanFieldPair::diagonal(1.0, dimension)?.groups(), temperature)
}

/// B_c: the norm of `others` equal coordinates beside one of half separation `first` at which the even solution of
/// w = 1/2 at `temperature` loses its stability; above 1 at T >= 1 by theorem 2, and 1 in the limit of large `first`.
///
/// `None` as in [`critical_norm`]. Errors: those of the pair with B = 1; no others.
pub fn critical_rest(first: f64, others: usize, temperature: f64) -> Result<Option<CriticalPoint>, InvalidParameter> {
    if others == 0 {
        return Err(InvalidParameter::new("others", others, "be at least 1"));
    }
    let at = |norm: f64| {
        let rest = Group { half_separation: norm / (others as f64).sqrt(), count: others };
        MeanFieldPair::new(vec![Group { half_separation: first, count: 1 }, rest], 0.5, temperature)
    };
    let start = STABLE_REST * temperature.min(1.0).sqrt();
    at(start)?;
    Ok(root_beyond(start, NORMS, LARGEST, |norm| excess(at(norm))))
}

/// A rest below the smallest critical one at T >= 1; colder pairs may collapse at smaller ones.
const STABLE_REST: f64 = 0.5;

/// T_c of the pair along these groups: the temperature at which the even solution of w = 1/2 gains its stability,
/// mean field (M19). Relative error about 1e-13.
///
/// `None` where it is stable at every temperature from 0.05 on.
///
/// Errors: those of the pair at T = 1.
pub fn critical_temperature(groups: &[Group]) -> Result<Option<CriticalPoint>, InvalidParameter> {
    let at = |temperature: f64| MeanFieldPair::new(groups.to_vec(), 0.5, temperature);
    at(1.0)?;
    let unstable = |temperature: f64| excess(at(temperature));
    if unstable(1.0) > 0.0 {
        Ok(root_beyond(1.0, HOTTER, HOTTEST, unstable))
    } else {
        Ok(root_beyond(1.0, COLDER, COLDEST, unstable))
    }
}
