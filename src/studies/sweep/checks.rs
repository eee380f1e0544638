//! A grid judged: agreement of its routes, distance from published counts, fitted slopes.

use std::collections::BTreeMap;

use crate::config::{AxisValue, PlotKind, PublishedConfig, Route, SweepConfig};
use crate::montecarlo::{Agreement, Comparison, DEFAULT_LEVEL, binomial_interval};
use crate::results::{
    Answer, Difference, FitRecord, FormulaErrors, PublishedPoint, PublishedRecord, SweepCurve, SweepHeader, SweepPoint,
    SweepRecord,
};
use crate::studies::sweep::ranks::ranks;

/// The routes whose values are formulas.
const FORMULAS: [Route; 2] = [Route::Formula, Route::Refined];

/// The record of all points, in their order.
pub(super) fn judged(header: SweepHeader, points: Vec<SweepPoint>, config: &SweepConfig) -> SweepRecord {
    let comparisons: Vec<Comparison> = points.iter().filter_map(|p| p.routes.comparison()).collect();
    let mut record = SweepRecord {
        header,
        agreement: Agreement::of(&comparisons),
        formulas: BTreeMap::new(),
        published: None,
        ranks: None,
        fits: Vec::new(),
        points,
    };
    record.published = config.published().map(|counts| published(&record, counts));
    record.formulas = FORMULAS.into_iter().filter_map(|route| Some((route, errors(&record, route)?))).collect();
    record.ranks = ranks(&record);
    record.fits = fits(&record, config);
    record
}

/// Root mean square and largest of some differences; nothing without any.
fn difference(differences: &[f64]) -> Option<Difference> {
    let n = differences.len();
    (n > 0).then(|| Difference {
        points: n,
        rms: (differences.iter().map(|x| x * x).sum::<f64>() / n as f64).sqrt(),
        largest: differences.iter().fold(0.0, |top: f64, x| top.max(x.abs())),
    })
}

/// A formula minus the exact route.
fn errors(record: &SweepRecord, formula: Route) -> Option<FormulaErrors> {
    let over = |wanted: &dyn Fn(&Answer) -> bool| {
        let of_point = |p: &SweepPoint| {
            let found = p.routes.get(formula).filter(|answer| wanted(answer))?;
            Some(found.value - p.routes.value(Route::Exact)?)
        };
        difference(&record.points.iter().filter_map(of_point).collect::<Vec<_>>())
    };
    Some(FormulaErrors { everywhere: over(&|_| true)?, where_valid: over(&|answer| answer.valid) })
}

fn published(record: &SweepRecord, counts: &PublishedConfig) -> PublishedRecord {
    let beside = |point: &SweepPoint| {
        let count = counts.find(|key| record.number(point, key))?;
        let value = count.collapsed as f64 / count.runs as f64;
        let (low, high) = binomial_interval(count.collapsed, count.runs, DEFAULT_LEVEL);
        Some(PublishedPoint { index: point.index, runs: count.runs, collapsed: count.collapsed, value, low, high })
    };
    let points: Vec<PublishedPoint> = record.points.iter().filter_map(beside).collect();
    let against = |route: Route, wanted: &dyn Fn(&Answer) -> bool| {
        let found = |p: &PublishedPoint| {
            let point = record.points.iter().find(|point| point.index == p.index)?;
            point.routes.get(route).filter(|answer| wanted(answer)).map(|answer| answer.value - p.value)
        };
        difference(&points.iter().filter_map(found).collect::<Vec<_>>()).map(|found| (route, found))
    };
    PublishedRecord {
        source: counts.source.clone(),
        routes: Route::ALL.into_iter().filter_map(|route| against(route, &|_| true)).collect(),
        where_valid: FORMULAS.into_iter().filter_map(|route| against(route, &|answer| answer.valid)).collect(),
        points,
    }
}

/// The slopes of every scaling plot, curve by curve.
fn fits(record: &SweepRecord, config: &SweepConfig) -> Vec<FitRecord> {
    let mut found = Vec::new();
    for plot in config.plots().iter().filter(|plot| plot.kind == PlotKind::Scaling) {
        for (place, curve) in record.curves(&[&plot.x]).iter().enumerate() {
            let [low, high] = plot.fit.unwrap_or([0.0, f64::INFINITY]);
            let logs = curve.points.iter().filter_map(|&i| {
                let point = &record.points[i];
                let (x, p) = (record.number(point, &plot.x)?, most_trusted(point)?);
                (low..=high).contains(&x).then(|| (x.ln(), p.ln()))
            });
            let predicted = plot.slopes.get(place).copied();
            let slope = slope(&logs.filter(|(x, y)| x.is_finite() && y.is_finite()).collect::<Vec<_>>());
            found.push(FitRecord {
                plot: plot.name.clone(),
                curve: named(curve),
                slope,
                predicted,
                deviation: predicted.zip(slope).map(|(p, slope)| (slope - p).abs()),
            });
        }
    }
    found
}

/// The value of a point that errs least: computed, then counted, then by formula.
fn most_trusted(point: &SweepPoint) -> Option<f64> {
    [Route::Exact, Route::MonteCarlo, Route::Formula].into_iter().find_map(|route| point.routes.value(route))
}

fn named(curve: &SweepCurve) -> String {
    let value = |value: &AxisValue| match value {
        AxisValue::Integer(i) => i.to_string(),
        AxisValue::Number(x) => x.to_string(),
        AxisValue::Text(text) => text.clone(),
        AxisValue::Flag(flag) => flag.to_string(),
    };
    let parts: Vec<String> = curve.fixed.iter().map(|(key, v)| format!("{key} = {}", value(v))).collect();
    parts.join(", ")
}

/// The least-squares slope; none for fewer than two abscissae.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let (sum_x, sum_y) = points.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    let (x, y) = (sum_x / n, sum_y / n);
    let across: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let slope = across / points.iter().map(|p| (p.0 - x) * (p.0 - x)).sum::<f64>();
    slope.is_finite().then_some(slope)
}
