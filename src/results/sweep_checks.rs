//! What a grid is held against: published counts, the exact route, predicted powers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::Route;

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
    /// Where it claims to hold; null if nowhere.
    pub where_valid: Option<Difference>,
}

/// The grid against published counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedRecord {
    /// Who counted.
    pub source: String,
    /// The counts.
    pub points: Vec<PublishedPoint>,
    /// Each route against them.
    #[serde(flatten)]
    pub routes: BTreeMap<Route, Difference>,
    /// Each formula where it claims to hold.
    pub where_valid: BTreeMap<Route, Difference>,
}

/// A fitted power: P_c ~ x^slope.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitRecord {
    /// The plot that asked for it.
    pub plot: String,
    /// The curve: what is fixed along it.
    pub curve: String,
    /// The slope over the fitted part; null where it holds fewer than two points.
    pub slope: Option<f64>,
    /// What theory predicts.
    pub predicted: Option<f64>,
    /// |slope - predicted|.
    pub deviation: Option<f64>,
}
