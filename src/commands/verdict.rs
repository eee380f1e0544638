//! A grid judged: agreement of its routes, distance from published counts, fitted slopes.

use crate::config::{AxisValue, PlotKind, PublishedConfig, Sweep};
use crate::montecarlo::{Agreement, Comparison, DEFAULT_LEVEL, binomial_interval};
use crate::results::{
    Curve, Difference, FitRecord, FormulaErrors, FormulaRecord, PublishedPoint, PublishedRecord, RoutesRecord,
    SweepHeader, SweepPoint, SweepRecord, comparison, ranks,
};

/// The record of all points, in their order.
pub(crate) fn judged(header: SweepHeader, points: Vec<SweepPoint>, sweep: &Sweep) -> SweepRecord {
    let comparisons: Vec<Comparison> = points.iter().filter_map(|p| comparison(&p.routes)).collect();
    let agreement = Agreement::of(&comparisons);
    let mut record =
        SweepRecord { header, agreement, formulas: None, published: None, ranks: None, fits: Vec::new(), points };
    record.published = sweep.published().map(|counts| published(&record, counts));
    record.formulas = formulas(&record);
    record.ranks = ranks(&record);
    record.fits = fits(&record, sweep);
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

fn formulas(record: &SweepRecord) -> Option<FormulaErrors> {
    let over = |of: &dyn Fn(&FormulaRecord) -> Option<f64>| {
        let of_point = |p: &SweepPoint| Some(of(p.routes.formula.as_ref()?)? - p.routes.exact?.value);
        difference(&record.points.iter().filter_map(of_point).collect::<Vec<_>>())
    };
    Some(FormulaErrors {
        everywhere: over(&|f| Some(f.value))?,
        where_valid: over(&|f| f.valid.then_some(f.value)),
        refined: over(&|f| f.refined),
    })
}

fn published(record: &SweepRecord, counts: &PublishedConfig) -> PublishedRecord {
    let beside = |point: &SweepPoint| {
        let count = counts.find(|key| record.number(point, key))?;
        let value = count.collapsed as f64 / count.runs as f64;
        let (low, high) = binomial_interval(count.collapsed, count.runs, DEFAULT_LEVEL);
        Some(PublishedPoint { index: point.index, runs: count.runs, collapsed: count.collapsed, value, low, high })
    };
    let points: Vec<PublishedPoint> = record.points.iter().filter_map(beside).collect();
    let against = |of: &dyn Fn(&RoutesRecord) -> Option<f64>| {
        let found = |p: &PublishedPoint| {
            let point = record.points.iter().find(|point| point.index == p.index)?;
            of(&point.routes).map(|value| value - p.value)
        };
        difference(&points.iter().filter_map(found).collect::<Vec<_>>())
    };
    PublishedRecord {
        source: counts.source.clone(),
        exact: against(&|routes| routes.exact.map(|e| e.value)),
        formula: against(&|routes| routes.formula.as_ref().map(|f| f.value)),
        refined: against(&|routes| routes.formula.as_ref().and_then(|f| f.refined)),
        formula_where_valid: against(&|routes| routes.formula.as_ref().filter(|f| f.valid).map(|f| f.value)),
        montecarlo: against(&|routes| routes.montecarlo.as_ref().map(|m| m.value)),
        realnvp: against(&|routes| routes.realnvp.as_ref().map(|r| r.value)),
        simulation: against(&|routes| routes.simulation.map(|s| s.value)),
        points,
    }
}

/// The slopes of every scaling plot, curve by curve.
fn fits(record: &SweepRecord, sweep: &Sweep) -> Vec<FitRecord> {
    let mut found = Vec::new();
    for plot in sweep.plots().iter().filter(|plot| plot.kind == PlotKind::Scaling) {
        for (place, curve) in record.curves(&[&plot.x]).iter().enumerate() {
            let [low, high] = plot.fit.unwrap_or([0.0, f64::INFINITY]);
            let logs = curve.points.iter().filter_map(|&i| {
                let point = &record.points[i];
                let (x, p) = (record.number(point, &plot.x)?, best(&point.routes)?);
                (low..=high).contains(&x).then(|| (x.ln(), p.ln()))
            });
            let predicted = plot.slopes.get(place).copied();
            let slope = slope(&logs.filter(|(x, y)| x.is_finite() && y.is_finite()).collect::<Vec<_>>());
            found.push(FitRecord {
                plot: plot.name.clone(),
                curve: named(curve),
                slope,
                predicted,
                deviation: predicted.map(|p| (slope - p).abs()),
            });
        }
    }
    found
}

/// The most trusted value of a point.
fn best(routes: &RoutesRecord) -> Option<f64> {
    let counted = || routes.montecarlo.as_ref().map(|m| m.value);
    routes.exact.map(|e| e.value).or_else(counted).or_else(|| routes.formula.as_ref().map(|f| f.value))
}

fn named(curve: &Curve) -> String {
    let value = |value: &AxisValue| match value {
        AxisValue::Integer(i) => i.to_string(),
        AxisValue::Number(x) => x.to_string(),
        AxisValue::Text(text) => text.clone(),
        AxisValue::Flag(flag) => flag.to_string(),
    };
    let parts: Vec<String> = curve.fixed.iter().map(|(key, v)| format!("{key} = {}", value(v))).collect();
    parts.join(", ")
}

/// The least-squares slope; NaN for fewer than two points.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (sum_x, sum_y) = points.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    let (x, y) = (sum_x / n, sum_y / n);
    let across: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    across / points.iter().map(|p| (p.0 - x) * (p.0 - x)).sum::<f64>()
}
