//! The record of a grid.

use serde::{Deserialize, Serialize};

use crate::config::{Axis, AxisValue, Route, RunConfig};
use crate::montecarlo::{Agreement, Comparison};
use crate::results::probability::RoutesRecord;

/// What a grid is: two records with the same header answer the same questions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepHeader {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration of the first point; the others differ by what the axes assign.
    pub config: RunConfig,
    /// The axes; the last runs fastest.
    pub axes: Vec<Axis>,
    /// The routes that were run.
    pub routes: Vec<Route>,
}

/// One point of a grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// Its place in the grid.
    pub index: usize,
    /// The seed of its draws: `start.seed` mixed with the rest of its resolved configuration.
    pub seed: u64,
    /// "free" or "sphere".
    pub pair: String,
    /// What each route says.
    #[serde(flatten)]
    pub routes: RoutesRecord,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<String>,
}

/// The record of `collapsar sweep`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepRecord {
    /// What was asked.
    #[serde(flatten)]
    pub header: SweepHeader,
    /// The joint test of all points that have an exact value and a count; null without any.
    pub agreement: Option<Agreement>,
    /// The points, by index.
    pub points: Vec<SweepPoint>,
}

impl SweepRecord {
    /// The record of all points, in their order.
    pub fn new(header: SweepHeader, points: Vec<SweepPoint>) -> Self {
        let comparisons: Vec<Comparison> = points.iter().filter_map(|p| comparison(&p.routes)).collect();
        Self { header, agreement: Agreement::of(&comparisons), points }
    }
}

/// The count of the ensemble against the exact value.
pub fn comparison(routes: &RoutesRecord) -> Option<Comparison> {
    let (exact, counted) = (routes.exact?, routes.montecarlo?);
    let (count, n) = (counted.estimate.collapsed, counted.estimate.n);
    Some(Comparison { probability: exact.value, error: exact.error, count, n })
}

/// The grid as a table, a point a row; `values` holds the axes' columns of each point.
pub fn sweep_csv(record: &SweepRecord, values: &[Vec<AxisValue>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let keys = record.header.axes.iter().flat_map(|axis| axis.keys.iter().map(String::as_str));
    writer.write_record(keys.chain(COLUMNS))?;
    for (point, values) in record.points.iter().zip(values) {
        let values = values.iter().map(|value| match value {
            AxisValue::Integer(i) => i.to_string(),
            AxisValue::Number(x) => x.to_string(),
            AxisValue::Text(text) => text.clone(),
            AxisValue::Flag(flag) => flag.to_string(),
        });
        writer.write_record(values.chain(cells(point)))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

const COLUMNS: [&str; 20] = [
    "pair",
    "seed",
    "exact",
    "exact_error",
    "formula",
    "formula_valid",
    "formula_relaxed",
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

fn cells(point: &SweepPoint) -> [String; COLUMNS.len()] {
    let RoutesRecord { exact, formula, montecarlo, simulation, notes } = &point.routes;
    let number = |x: Option<f64>| x.map_or(String::new(), |x| x.to_string());
    let counted = montecarlo.map(|m| m.estimate);
    let descended = simulation.map(|s| s.estimate);
    let open = counted.map(|e| e.undecided + e.failures);
    let whole = |n: Option<u64>| n.map_or(String::new(), |n| n.to_string());
    [
        point.pair.clone(),
        point.seed.to_string(),
        number(exact.map(|e| e.value)),
        number(exact.map(|e| e.error)),
        number(formula.as_ref().map(|f| f.value)),
        formula.as_ref().map_or(String::new(), |f| f.valid.to_string()),
        number(formula.as_ref().and_then(|f| f.relaxed)),
        number(montecarlo.map(|m| m.value)),
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
