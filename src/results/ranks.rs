//! Two grids of probabilities whose times can not be compared: by rank.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::Source;

/// Something for each source that has values.
pub type BySource<T> = BTreeMap<Source, T>;

/// Trained flows beside the other sources over initial temperature and duration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankRecord {
    /// What the numbers are.
    pub definition: &'static str,
    /// The collapsed frequency of flows with each other source.
    pub with: BySource<RankCorrelation>,
    /// Each with the rate ln(T0)/t0: 1 if it depends on the rate alone and grows with it.
    pub rate: BySource<RankCorrelation>,
    /// The same over the points with T0 at or above the best one of trained flows (`best_overall`).
    pub rate_when_hot: BySource<RankCorrelation>,
    /// Each with the duration.
    pub duration: BySource<RankCorrelation>,
    /// Each with the initial temperature.
    pub initial_temperature: BySource<RankCorrelation>,
    /// The best initial temperature at each duration.
    pub best: Vec<BestStart>,
    /// The geometric mean of those over the durations.
    pub best_overall: BySource<f64>,
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BestStart {
    /// t0.
    pub duration: f64,
    /// T0 by each source.
    #[serde(flatten)]
    pub starts: BySource<f64>,
}
