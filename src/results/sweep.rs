//! The record of a grid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::{AxisValue, CollapseRun, RATE, Route, Source, SweepAxis, TIME};
use crate::montecarlo::Agreement;
use crate::results::probability::Answers;
use crate::results::ranks::RankRecord;
use crate::results::sweep_checks::{FitRecord, FormulaErrors, PublishedPoint, PublishedRecord};

/// What a grid is: two records with the same header answer the same questions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepHeader {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration of the first point; the others differ by what the axes assign.
    pub config: CollapseRun,
    /// The axes; the last runs fastest.
    pub axes: Vec<SweepAxis>,
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
    /// The time at which T = 1 is reached, within 1e-3; of a schedule that watches the fit, the mean over the runs of the first
    /// route that counts them. Null if it is not.
    #[serde(default)]
    pub time: Option<f64>,
    /// The seed of its draws: `start.seed` mixed with what the problem is.
    pub seed: u64,
    /// "free", "sphere", "mixture" or "product".
    pub pair: String,
    /// What each route says.
    #[serde(flatten)]
    pub routes: Answers,
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
    /// Each formula against the exact route, where points have both.
    pub formulas: BTreeMap<Route, FormulaErrors>,
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
pub struct SweepCurve {
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

    /// P_c at a point from a source.
    pub fn probability(&self, point: &SweepPoint, source: Source) -> Option<f64> {
        match source {
            Source::Route(route) => point.routes.value(route),
            Source::Published => self.published_at(point).map(|count| count.value),
        }
    }

    /// The published count at a point.
    pub fn published_at(&self, point: &SweepPoint) -> Option<&PublishedPoint> {
        self.published.as_ref()?.points.iter().find(|p| p.index == point.index)
    }

    /// The number under a key at a point; [`RATE`] and [`TIME`] are such.
    pub fn number(&self, point: &SweepPoint, key: &str) -> Option<f64> {
        if key == RATE {
            return point.rate;
        }
        if key == TIME {
            return point.time;
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
    pub fn curves(&self, along: &[&str]) -> Vec<SweepCurve> {
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
        let mut curves: Vec<SweepCurve> = Vec::new();
        for (place, point) in self.points.iter().enumerate() {
            let fixed: Vec<_> = columns.iter().map(|&c| (keys[c].to_owned(), point.values[c].clone())).collect();
            match curves.iter_mut().find(|curve| curve.fixed == fixed) {
                Some(curve) => curve.points.push(place),
                None => curves.push(SweepCurve { fixed, points: vec![place] }),
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
