//! The table of a grid.

use crate::config::AxisValue;
use crate::results::probability::RoutesRecord;
use crate::results::sweep::{SweepPoint, SweepRecord, comparison};

/// The grid as a table, a point a row.
pub fn sweep_csv(record: &SweepRecord) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let trained = record.points.iter().any(|p| p.routes.realnvp.is_some());
    let more: &[&str] = if trained { &TRAINED } else { &[] };
    writer.write_record(record.keys().chain(COLUMNS).chain(more.iter().copied()))?;
    for point in &record.points {
        let values = point.values.iter().map(|value| match value {
            AxisValue::Integer(i) => i.to_string(),
            AxisValue::Number(x) => x.to_string(),
            AxisValue::Text(text) => text.clone(),
            AxisValue::Flag(flag) => flag.to_string(),
        });
        writer.write_record(values.chain(cells(point)).chain(trained_cells(point).into_iter().take(more.len())))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

const COLUMNS: [&str; 22] = [
    "rate",
    "pair",
    "seed",
    "exact",
    "exact_error",
    "formula",
    "formula_valid",
    "formula_relaxed",
    "formula_refined",
    "montecarlo",
    "low",
    "high",
    "n",
    "collapsed",
    "undecided",
    "standardised",
    "simulation",
    "simulation_low",
    "simulation_high",
    "simulation_runs",
    "notes",
    "failure",
];

/// Further columns where flows were trained.
const TRAINED: [&str; 7] = [
    "realnvp",
    "realnvp_low",
    "realnvp_high",
    "realnvp_runs",
    "realnvp_collapsed",
    "realnvp_diverged",
    "realnvp_lost_a_mode",
];

fn trained_cells(point: &SweepPoint) -> [String; TRAINED.len()] {
    let Some(found) = &point.routes.realnvp else { return Default::default() };
    let e = &found.estimate;
    let counts = [e.n, e.collapsed, e.failures, found.lost_a_mode].map(|n| n.to_string());
    let [n, collapsed, diverged, lost] = counts;
    [found.value.to_string(), e.low.to_string(), e.high.to_string(), n, collapsed, diverged, lost]
}

fn cells(point: &SweepPoint) -> [String; COLUMNS.len()] {
    let RoutesRecord { exact, formula, montecarlo, simulation, notes, .. } = &point.routes;
    let number = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
    let counted = montecarlo.as_ref().map(|m| m.estimate);
    let descended = simulation.map(|s| s.estimate);
    let open = counted.map(|e| e.undecided + e.failures);
    let whole = |n: Option<u64>| n.map_or(String::new(), |n| n.to_string());
    [
        number(point.rate),
        point.pair.clone(),
        point.seed.to_string(),
        number(exact.map(|e| e.value)),
        number(exact.map(|e| e.error)),
        number(formula.as_ref().map(|f| f.value)),
        formula.as_ref().map_or(String::new(), |f| f.valid.to_string()),
        number(formula.as_ref().and_then(|f| f.relaxed)),
        number(formula.as_ref().and_then(|f| f.refined)),
        number(montecarlo.as_ref().map(|m| m.value)),
        number(counted.map(|e| e.low)),
        number(counted.map(|e| e.high)),
        whole(counted.map(|e| e.n)),
        whole(counted.map(|e| e.collapsed)),
        whole(open),
        number(comparison(&point.routes).and_then(|c| c.standardised())),
        number(simulation.map(|s| s.value)),
        number(descended.map(|e| e.low)),
        number(descended.map(|e| e.high)),
        whole(descended.map(|e| e.n)),
        notes.join("; "),
        point.failure.clone().unwrap_or_default(),
    ]
}
