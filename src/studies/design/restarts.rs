//! Several fits, or one that takes longer: theory 16.6.

use std::ops::RangeInclusive;

use crate::config::ScheduleShape;
use crate::results::DesignPoint;
use crate::studies::design::choice::{each, total};

/// Times of a curve.
const POINTS: usize = 160;
/// Probabilities below this are not looked at.
const LEAST: f64 = 1e-12;

/// For each family of a curve of single fits, and a time of all: the number of fits of those allowed that collapse together
/// most seldom, ln P_c being taken as linear between the durations that were tried, from no annealing at all on.
pub(super) fn with_restarts(
    curve: &[DesignPoint],
    without: f64,
    fits: RangeInclusive<u64>,
    relaxation: f64,
) -> Vec<DesignPoint> {
    let longest = curve.iter().map(|point| point.cost).fold(0.0, f64::max);
    if *fits.end() < 2 || longest <= 0.0 {
        return Vec::new();
    }
    let mut kinds: Vec<ScheduleShape> = curve.iter().map(|point| point.kind).collect();
    kinds.dedup();
    let of_kind = |&kind: &ScheduleShape| {
        let singles = singles(curve, kind, without);
        let best = |time: f64| {
            let at = |n: u64| {
                let cost = each(time, n, relaxation);
                let log = n as f64 * log_probability(&singles, cost)?;
                Some(DesignPoint { kind, restarts: n, cost, total: total(cost, n, relaxation), probability: log.exp() })
            };
            fits.clone().filter_map(at).min_by(|a, b| a.probability.total_cmp(&b.probability))
        };
        let times = (0..=POINTS).map(|i| longest * i as f64 / POINTS as f64);
        times.filter_map(best).filter(|point| point.probability >= LEAST).collect::<Vec<_>>()
    };
    kinds.iter().flat_map(of_kind).collect()
}

/// Duration and ln P_c of single fits, the longer never the worse: one may be left to wait.
fn singles(curve: &[DesignPoint], kind: ScheduleShape, without: f64) -> Vec<(f64, f64)> {
    let points = curve.iter().filter(|point| point.kind == kind && point.probability > 0.0);
    let mut known: Vec<(f64, f64)> = points.map(|point| (point.cost, point.probability.ln())).collect();
    if without > 0.0 {
        known.push((0.0, without.ln()));
    }
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = f64::INFINITY;
    for (_, log) in &mut known {
        least = least.min(*log);
        *log = least;
    }
    known
}

fn log_probability(singles: &[(f64, f64)], cost: f64) -> Option<f64> {
    let after = singles.partition_point(|(t, _)| *t <= cost);
    let (t, log) = *singles.get(after.checked_sub(1)?)?;
    let Some(&(next, lower)) = singles.get(after) else { return Some(log) };
    Some(log + (lower - log) * (cost - t) / (next - t))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P_c = C e^(-rate t): by theory (43) one fit is best where C e^(rate relaxation) > 1; else as many as there is time for.
    #[test]
    fn one_fit_or_many() {
        let curve = |constant: f64, rate: f64| -> Vec<DesignPoint> {
            let at = |i: u32| {
                let (t, kind) = (f64::from(i), ScheduleShape::Hold);
                DesignPoint { kind, restarts: 1, cost: t, total: t, probability: constant * (-rate * t).exp() }
            };
            (0..=40).map(at).collect()
        };
        let (rate, relaxation) = (0.1f64, 5.0);
        for (constant, many) in [(0.9, false), (0.4, true)] {
            assert_eq!(constant * (rate * relaxation).exp() < 1.0, many);
            let found = with_restarts(&curve(constant, rate), constant, 1..=8, relaxation);
            let last = found.last().unwrap();
            assert_eq!(last.total, 40.0);
            // 8 fits take 35 of relaxation.
            let expected = if many { constant.powi(8) * (-rate * 5.0f64).exp() } else { constant * (-4.0f64).exp() };
            assert_eq!(last.restarts, if many { 8 } else { 1 });
            assert!((last.probability / expected - 1.0).abs() < 1e-9, "{last:?} {expected}");
            assert!(found.windows(2).all(|pair| pair[1].probability <= pair[0].probability));
        }
        assert_eq!(with_restarts(&curve(0.4, rate), 0.4, 1..=1, relaxation), Vec::new());
    }
}
