//! Two grids of probabilities whose times can not be compared: by rank.

use crate::config::{Route, Source};
use crate::results::{BestStart, BySource, RankCorrelation, RankRecord, SweepPoint, SweepRecord};

const HOT: &str = "schedule.initial_temperature";
const DURATION: &str = "schedule.duration";
const DEFINITION: &str = "Spearman's rank correlation (mean ranks for ties) over the points with T0 > 1; best: the T0 of the \
    least frequency at each duration, the geometric mean of those that tie";
const FLOWS: Source = Source::Route(Route::RealNvp);

type PointValue<'a> = &'a dyn Fn(&SweepPoint) -> Option<f64>;

/// The comparison of a grid over initial temperature and duration whose flows were trained; nothing for others.
pub(super) fn ranks(record: &SweepRecord) -> Option<RankRecord> {
    let keys: Vec<&str> = record.keys().collect();
    let trained = record.points.iter().any(|p| p.routes.get(Route::RealNvp).is_some());
    if !trained || !keys.contains(&HOT) || !keys.contains(&DURATION) {
        return None;
    }
    let hot = |p: &SweepPoint| record.number(p, HOT);
    let duration = |p: &SweepPoint| record.number(p, DURATION);
    let flow = |p: &SweepPoint| record.probability(p, FLOWS);
    let with = |other: PointValue<'_>| by_source(record, &|of| correlation(record, 1.0, of, other));
    let mut durations: Vec<f64> = record.points.iter().filter_map(duration).collect();
    durations.sort_by(f64::total_cmp);
    durations.dedup();
    let best: Vec<BestStart> = durations
        .into_iter()
        .map(|t0| BestStart { duration: t0, starts: by_source(record, &|of| best(record, of, t0)) })
        .collect();
    let overall = |source: Source| geometric_mean(best.iter().filter_map(|b| b.starts.get(&source).copied()));
    let best_overall: BySource<f64> = Source::all().filter_map(|source| Some((source, overall(source)?))).collect();
    let warm = best_overall.get(&FLOWS).copied().unwrap_or(1.0);
    let mut beside = with(&flow);
    beside.remove(&FLOWS);
    Some(RankRecord {
        definition: DEFINITION,
        with: beside,
        rate: with(&|p| p.rate),
        rate_when_hot: by_source(record, &|of| correlation(record, warm, of, &|p| p.rate)),
        duration: with(&duration),
        initial_temperature: with(&hot),
        best_overall,
        best,
    })
}

fn by_source<T>(record: &SweepRecord, of: &dyn Fn(PointValue<'_>) -> Option<T>) -> BySource<T> {
    Source::all().filter_map(|source| Some((source, of(&|p| record.probability(p, source))?))).collect()
}

fn geometric_mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let logs: Vec<f64> = values.map(f64::ln).collect();
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
}

/// Over the annealed points that start at `least` or hotter.
fn correlation(record: &SweepRecord, least: f64, a: PointValue<'_>, b: PointValue<'_>) -> Option<RankCorrelation> {
    let annealed = |p: &&SweepPoint| record.number(p, HOT).is_some_and(|hot| hot > 1.0 && hot >= least);
    let points = record.points.iter().filter(annealed);
    let (a, b): (Vec<f64>, Vec<f64>) = points.filter_map(|p| Some((a(p)?, b(p)?))).unzip();
    let spearman = spearman(&a, &b);
    spearman.is_finite().then_some(RankCorrelation { points: a.len(), spearman })
}

/// The best initial temperature at the duration `t0`.
fn best(record: &SweepRecord, of: PointValue<'_>, t0: f64) -> Option<f64> {
    let row = record.points.iter().filter(|p| record.number(p, DURATION) == Some(t0));
    let row: Vec<(f64, f64)> = row.filter_map(|p| Some((record.number(p, HOT)?, of(p)?))).collect();
    let least = row.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    geometric_mean(row.iter().filter(|(_, value)| *value == least).map(|(hot, _)| *hot))
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
