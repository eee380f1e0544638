//! The table of a grid.

use crate::config::{AxisValue, Route};
use crate::results::probability::Answer;
use crate::results::sweep::{SweepPoint, SweepRecord};

/// A column of a route: what follows the route's name, and its cell.
type Column = (&'static str, fn(&Answer) -> String);

const VALUE: Column = ("", |answer| answer.value.to_string());
const LOW: Column = ("_low", |answer| answer.estimate.map_or_else(String::new, |e| e.low.to_string()));
const HIGH: Column = ("_high", |answer| answer.estimate.map_or_else(String::new, |e| e.high.to_string()));
const RUNS: Column = ("_runs", |answer| answer.estimate.map_or_else(String::new, |e| e.n.to_string()));
const COLLAPSED: Column =
    ("_collapsed", |answer| answer.estimate.map_or_else(String::new, |e| e.collapsed.to_string()));
const UNDECIDED: Column =
    ("_undecided", |answer| answer.estimate.map_or_else(String::new, |e| (e.undecided + e.failures).to_string()));
const DIVERGED: Column = ("_diverged", |answer| answer.estimate.map_or_else(String::new, |e| e.failures.to_string()));
const COLD: Column = ("_cold", |answer| number(answer.cooling.and_then(|cooling| cooling.mean)));
const ERROR: Column = ("_error", |answer| answer.error.map_or_else(String::new, |error| error.to_string()));
const VALID: Column = ("_valid", |answer| answer.valid.to_string());
const LOST_A_MODE: Column =
    ("_lost_a_mode", |answer| answer.lost_a_mode().map_or_else(String::new, |runs| runs.to_string()));

/// The columns of a route.
fn columns(route: Route) -> &'static [Column] {
    match route {
        Route::Exact => &[VALUE, ERROR],
        Route::Formula | Route::Refined => &[VALUE, VALID],
        Route::MonteCarlo | Route::Simulation => &[VALUE, LOW, HIGH, RUNS, COLLAPSED, UNDECIDED, COLD],
        Route::RealNvp => &[VALUE, LOW, HIGH, RUNS, COLLAPSED, DIVERGED, LOST_A_MODE, COLD],
    }
}

/// The grid as a table, a point a row: the keys of the axes, rate, pair and seed, the columns of each route that was run,
/// the standardised difference of count and exact value, notes and failure.
///
/// # Errors
/// Those of the writer.
pub fn sweep_csv(record: &SweepRecord) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let routes: Vec<Route> = Route::ALL.into_iter().filter(|route| record.header.routes.contains(route)).collect();
    let own = routes.iter().flat_map(|route| columns(*route).iter().map(|(name, _)| format!("{}{name}", route.name())));
    let before = record.keys().chain(["rate", "pair", "seed"]).map(str::to_owned);
    let after = ["standardised", "notes", "failure"].map(str::to_owned);
    writer.write_record(before.chain(own).chain(after))?;
    for point in &record.points {
        let values = point.values.iter().map(|value| match value {
            AxisValue::Integer(i) => i.to_string(),
            AxisValue::Number(x) => x.to_string(),
            AxisValue::Text(text) => text.clone(),
            AxisValue::Flag(flag) => flag.to_string(),
        });
        let said = routes.iter().flat_map(|route| {
            let answer = point.routes.get(*route);
            columns(*route).iter().map(move |(_, cell)| answer.map_or_else(String::new, cell))
        });
        writer.write_record(values.chain(place(point)).chain(said).chain(judgement(point)))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

fn number(x: Option<f64>) -> String {
    x.map_or_else(String::new, |x| x.to_string())
}

fn place(point: &SweepPoint) -> [String; 3] {
    [number(point.rate), point.pair.clone(), point.seed.to_string()]
}

fn judgement(point: &SweepPoint) -> [String; 3] {
    let standardised = point.routes.comparison().and_then(|c| c.standardised());
    [number(standardised), point.routes.notes.join("; "), point.failure.clone().unwrap_or_default()]
}
