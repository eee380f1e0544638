//! Two grids of probabilities whose times can not be compared: by rank.

use serde::Serialize;

use crate::results::sweep::{SweepPoint, SweepRecord};

const HOT: &str = "schedule.initial_temperature";
const DURATION: &str = "schedule.duration";
const DEFINITION: &str = "Spearman's rank correlation (mean ranks for ties) over the points with T0 > 1; best: the T0 of the \
    least frequency at each duration, the geometric mean of those that tie";

/// Trained flows beside the other routes over initial temperature and duration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankRecord {
    /// What the numbers are.
    pub definition: &'static str,
    /// The collapsed frequency of flows with each other route.
    pub with: ByRoute,
    /// Each with the rate ln(T0)/t0: 1 if it depends on the rate alone and grows with it.
    pub rate: ByRoute,
    /// The same over the points with T0 at or above the best one of trained flows (`best_overall`).
    pub rate_when_hot: ByRoute,
    /// Each with the duration.
    pub duration: ByRoute,
    /// Each with the initial temperature.
    pub initial_temperature: ByRoute,
    /// The best initial temperature at each duration.
    pub best: Vec<BestStart>,
    /// The geometric mean of those over the durations.
    pub best_overall: Starts,
}

/// A correlation for each route that has values; null for the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ByRoute {
    /// Trained flows.
    pub realnvp: Option<RankCorrelation>,
    /// The closed flow, counted.
    pub montecarlo: Option<RankCorrelation>,
    /// Formula (10).
    pub formula: Option<RankCorrelation>,
    /// Formula (18).
    pub refined: Option<RankCorrelation>,
    /// Published counts.
    pub published: Option<RankCorrelation>,
}

/// A rank correlation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RankCorrelation {
    /// Points that have both.
    pub points: usize,
    /// Spearman's coefficient.
    pub spearman: f64,
}

/// The best initial temperatures at one duration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BestStart {
    /// t0.
    pub duration: f64,
    /// T0 by each route.
    #[serde(flatten)]
    pub starts: Starts,
}

/// An initial temperature by each route that has values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Starts {
    /// Trained flows.
    pub realnvp: Option<f64>,
    /// The closed flow, counted.
    pub montecarlo: Option<f64>,
    /// Formula (10).
    pub formula: Option<f64>,
    /// Formula (18).
    pub refined: Option<f64>,
    /// Published counts.
    pub published: Option<f64>,
}

type Value<'a> = &'a dyn Fn(&SweepPoint) -> Option<f64>;

/// The comparison of a grid over initial temperature and duration whose flows were trained; nothing for others.
pub fn ranks(record: &SweepRecord) -> Option<RankRecord> {
    let keys: Vec<&str> = record.keys().collect();
    let trained = record.points.iter().any(|p| p.routes.realnvp.is_some());
    if !trained || !keys.contains(&HOT) || !keys.contains(&DURATION) {
        return None;
    }
    let hot = |p: &SweepPoint| record.number(p, HOT);
    let duration = |p: &SweepPoint| record.number(p, DURATION);
    let flow = |p: &SweepPoint| p.routes.realnvp.as_ref().map(|r| r.value);
    let with = |other: Value<'_>| by_route(record, &|of| correlation(record, 1.0, of, other));
    let mut durations: Vec<f64> = record.points.iter().filter_map(duration).collect();
    durations.sort_by(f64::total_cmp);
    durations.dedup();
    let best: Vec<BestStart> = durations
        .into_iter()
        .map(|t0| BestStart { duration: t0, starts: starts(record, &|of| best(record, of, t0)) })
        .collect();
    let overall = |of: &dyn Fn(&Starts) -> Option<f64>| {
        let logs: Vec<f64> = best.iter().filter_map(|b| of(&b.starts)).map(f64::ln).collect();
        (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
    };
    let best_overall = Starts {
        realnvp: overall(&|s| s.realnvp),
        montecarlo: overall(&|s| s.montecarlo),
        formula: overall(&|s| s.formula),
        refined: overall(&|s| s.refined),
        published: overall(&|s| s.published),
    };
    let warm = best_overall.realnvp.unwrap_or(1.0);
    Some(RankRecord {
        definition: DEFINITION,
        with: ByRoute { realnvp: None, ..with(&flow) },
        rate: with(&|p| p.rate),
        rate_when_hot: by_route(record, &|of| correlation(record, warm, of, &|p| p.rate)),
        duration: with(&duration),
        initial_temperature: with(&hot),
        best_overall,
        best,
    })
}

/// The value of a published count at a point.
fn published(record: &SweepRecord, point: &SweepPoint) -> Option<f64> {
    record.published.as_ref()?.points.iter().find(|p| p.index == point.index).map(|p| p.value)
}

fn by_route(record: &SweepRecord, of: &dyn Fn(Value<'_>) -> Option<RankCorrelation>) -> ByRoute {
    ByRoute {
        realnvp: of(&|p| p.routes.realnvp.as_ref().map(|r| r.value)),
        montecarlo: of(&|p| p.routes.montecarlo.as_ref().map(|m| m.value)),
        formula: of(&|p| p.routes.formula.as_ref().map(|f| f.value)),
        refined: of(&|p| p.routes.formula.as_ref().and_then(|f| f.refined)),
        published: of(&|p| published(record, p)),
    }
}

fn starts(record: &SweepRecord, of: &dyn Fn(Value<'_>) -> Option<f64>) -> Starts {
    Starts {
        realnvp: of(&|p| p.routes.realnvp.as_ref().map(|r| r.value)),
        montecarlo: of(&|p| p.routes.montecarlo.as_ref().map(|m| m.value)),
        formula: of(&|p| p.routes.formula.as_ref().map(|f| f.value)),
        refined: of(&|p| p.routes.formula.as_ref().and_then(|f| f.refined)),
        published: of(&|p| published(record, p)),
    }
}

/// Over the annealed points that start at `least` or hotter.
fn correlation(record: &SweepRecord, least: f64, a: Value<'_>, b: Value<'_>) -> Option<RankCorrelation> {
    let annealed = |p: &&SweepPoint| record.number(p, HOT).is_some_and(|hot| hot > 1.0 && hot >= least);
    let points = record.points.iter().filter(annealed);
    let (a, b): (Vec<f64>, Vec<f64>) = points.filter_map(|p| Some((a(p)?, b(p)?))).unzip();
    let spearman = spearman(&a, &b);
    spearman.is_finite().then_some(RankCorrelation { points: a.len(), spearman })
}

/// The best initial temperature at the duration `t0`.
fn best(record: &SweepRecord, of: Value<'_>, t0: f64) -> Option<f64> {
    let row = record.points.iter().filter(|p| record.number(p, DURATION) == Some(t0));
    let row: Vec<(f64, f64)> = row.filter_map(|p| Some((record.number(p, HOT)?, of(p)?))).collect();
    let least = row.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let logs: Vec<f64> = row.iter().filter(|(_, value)| *value == least).map(|(hot, _)| hot.ln()).collect();
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
}

/// Spearman's rank correlation; not a number for fewer than two points or where one side is constant.
fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (mean_ranks(a), mean_ranks(b));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - middle) * (y - middle)).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

/// The rank of each value from 0; those that tie share their mean rank.
fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let below = |x: &f64| values.iter().filter(|y| *y < x).count() as f64;
    let same = |x: &f64| values.iter().filter(|y| *y == x).count() as f64;
    values.iter().map(|x| below(x) + (same(x) - 1.0) / 2.0).collect()
}

#[cfg(test)]
mod tests {
    use super::spearman;

    #[test]
    fn ranks_see_order_only() {
        let x = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(spearman(&x, &x.map(f64::exp)), 1.0);
        assert_eq!(spearman(&x, &x.map(|x| -x)), -1.0);
        // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: covariance 4.5, variances 4.5 and 5.
        assert!((spearman(&[1.0, 2.0, 2.0, 5.0], &x) - 4.5 / (4.5f64 * 5.0).sqrt()).abs() < 1e-15);
        assert!(spearman(&[1.0, 1.0], &[1.0, 2.0]).is_nan() && spearman(&[], &[]).is_nan());
    }
}
