//! The record of a grid.

use serde::{Deserialize, Serialize};

use crate::config::{Axis, AxisValue, RATE, Route, RunConfig};
use crate::montecarlo::{Agreement, Comparison};
use crate::results::probability::RoutesRecord;
use crate::results::ranks::RankRecord;

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
    /// The value of every key, in the order of the axes.
    pub values: Vec<AxisValue>,
    /// ln(T0)/t0 of a geometric schedule, kappa of an exponential one; null otherwise.
    pub rate: Option<f64>,
    /// The seed of its draws: `start.seed` mixed with the rest of its resolved configuration.
    pub seed: u64,
    /// "free", "sphere" or "mixture".
    pub pair: String,
    /// What each route says.
    #[serde(flatten)]
    pub routes: RoutesRecord,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<String>,
}

/// A count from elsewhere beside a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PublishedPoint {
    /// The point.
    pub index: usize,
    /// Runs.
    pub runs: u64,
    /// Runs that collapsed.
    pub collapsed: u64,
    /// collapsed/runs.
    pub value: f64,
    /// Lower end of the 95% interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Differences of one route from published frequencies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Points compared.
    pub points: usize,
    /// Root mean square.
    pub rms: f64,
    /// Largest absolute value.
    pub largest: f64,
}

/// Formula minus exact, over the points that have both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FormulaErrors {
    /// The formula everywhere.
    pub everywhere: Difference,
    /// Where it claims to hold; null if nowhere, here and below.
    pub where_valid: Option<Difference>,
    /// Formula (18), where (10) is the formula.
    pub refined: Option<Difference>,
}

/// The grid against published counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedRecord {
    /// Who counted.
    pub source: String,
    /// The counts.
    pub points: Vec<PublishedPoint>,
    /// The exact route against them; null without any, here and below.
    pub exact: Option<Difference>,
    /// The formula.
    pub formula: Option<Difference>,
    /// Formula (18), where (10) is the formula.
    pub refined: Option<Difference>,
    /// The formula where it claims to hold.
    pub formula_where_valid: Option<Difference>,
    /// The ensemble.
    pub montecarlo: Option<Difference>,
    /// Stochastic descent.
    pub simulation: Option<Difference>,
    /// Trained flows; absent without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realnvp: Option<Difference>,
}

/// A fitted power: P_c ~ x^slope.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitRecord {
    /// The plot that asked for it.
    pub plot: String,
    /// The curve: what is fixed along it.
    pub curve: String,
    /// The least-squares slope of log P_c against log x.
    pub slope: f64,
    /// What theory predicts.
    pub predicted: Option<f64>,
    /// |slope - predicted|.
    pub deviation: Option<f64>,
}

/// The record of `collapsar sweep`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepRecord {
    /// What was asked.
    #[serde(flatten)]
    pub header: SweepHeader,
    /// The joint test of all points that have an exact value and a count; null without any.
    pub agreement: Option<Agreement>,
    /// The formulas against the exact route; null without points that have both.
    pub formulas: Option<FormulaErrors>,
    /// The grid against published counts; null without any.
    pub published: Option<PublishedRecord>,
    /// Trained flows against the other routes over initial temperature and duration; absent for other grids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranks: Option<RankRecord>,
    /// Fitted slopes.
    pub fits: Vec<FitRecord>,
    /// The points, by index.
    pub points: Vec<SweepPoint>,
}

/// Points along one curve of a plot, all else being fixed.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What is fixed: (key, value) for each column that changes elsewhere in the grid.
    pub fixed: Vec<(String, AxisValue)>,
    /// The points, as places in the record, in the order of the abscissa.
    pub points: Vec<usize>,
}

impl SweepRecord {
    /// The keys of the columns.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.header.axes.iter().flat_map(|axis| axis.keys.iter().map(String::as_str))
    }

    /// The number under a key at a point; [`RATE`] is one.
    pub fn number(&self, point: &SweepPoint, key: &str) -> Option<f64> {
        if key == RATE {
            return point.rate;
        }
        match point.values.get(self.keys().position(|k| k == key)?)? {
            AxisValue::Integer(i) => Some(*i as f64),
            AxisValue::Number(x) => Some(*x),
            AxisValue::Text(_) | AxisValue::Flag(_) => None,
        }
    }

    /// The curves of a plot along the keys `along`: points that share every other column. A key takes those that change
    /// with it out of the comparison; the rate,
    /// those that it is made of.
    pub fn curves(&self, along: &[&str]) -> Vec<Curve> {
        let rated = |key: &String| along.contains(&RATE) && RATED.contains(&key.as_str());
        let own = |keys: &[String]| keys.iter().any(|key| along.contains(&key.as_str()));
        let moves: Vec<bool> = self
            .header
            .axes
            .iter()
            .flat_map(|axis| {
                // A rate is made of T0 too, but it is T0 that tells its curves apart.
                let with_it = axis.keys.iter().any(rated);
                axis.keys.iter().map(|key| own(&axis.keys) || (with_it && key != HOT)).collect::<Vec<_>>()
            })
            .collect();
        let changes = |column: usize| self.points.iter().any(|p| p.values[column] != self.points[0].values[column]);
        let columns: Vec<usize> = (0..moves.len()).filter(|&c| !moves[c] && changes(c)).collect();
        let keys: Vec<&str> = self.keys().collect();
        let mut curves: Vec<Curve> = Vec::new();
        for (place, point) in self.points.iter().enumerate() {
            let fixed: Vec<_> = columns.iter().map(|&c| (keys[c].to_owned(), point.values[c].clone())).collect();
            match curves.iter_mut().find(|curve| curve.fixed == fixed) {
                Some(curve) => curve.points.push(place),
                None => curves.push(Curve { fixed, points: vec![place] }),
            }
        }
        if let [key] = along {
            let x = |place: &usize| self.number(&self.points[*place], key).unwrap_or(f64::NAN);
            curves.iter_mut().for_each(|curve| curve.points.sort_by(|a, b| x(a).total_cmp(&x(b))));
        }
        curves
    }
}

const HOT: &str = "schedule.initial_temperature";
/// Keys that a rate is made of.
const RATED: [&str; 2] = ["schedule.duration", "schedule.rate"];

/// The count of the ensemble against the exact value.
pub fn comparison(routes: &RoutesRecord) -> Option<Comparison> {
    let (exact, counted) = (routes.exact?, routes.montecarlo.as_ref()?);
    let (count, n) = (counted.estimate.collapsed, counted.estimate.n);
    Some(Comparison { probability: exact.value, error: exact.error, count, n })
}

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
