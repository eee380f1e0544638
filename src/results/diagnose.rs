//! The record of runs that somebody else made.

mod target;

use serde::Serialize;

use crate::config::DiagnoseConfig;

pub use target::{ProductVerdict, RunsPlane, TargetRecord};

/// The record of `collapsar diagnose`. Modes and runs are counted from 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiagnoseRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration.
    pub config: DiagnoseSettings,
    /// What collapse means.
    pub definition: &'static str,
    /// d; null for a table of coverages.
    pub dimension: Option<usize>,
    /// "found", "given", or "columns" for a table of coverages.
    pub modes_from: &'static str,
    /// The modes: as given, else those of most samples first.
    pub modes: Vec<ModeRecord>,
    /// Neighbouring modes and what holds them apart; of modes that were found.
    pub separations: Vec<SeparationRecord>,
    /// The runs, in the order in which they were given.
    pub runs: Vec<RunRecord>,
    /// P_c: that a run loses a mode.
    pub probability: Share,
    /// What it says of further runs.
    pub restarts: RestartsRecord,
    /// Whether the objective tells whole runs from collapsed ones; null without log q and log p, or if all end alike.
    pub recognition: Option<TellingRecord>,
    /// The other set of runs beside these; null without one.
    pub comparison: Option<ComparisonRecord>,
    /// How modes were lost, where traces say.
    pub mechanisms: Vec<MechanismCount>,
    /// The target as the pooled samples show it; null with fewer than two modes or without samples.
    pub target: Option<TargetRecord>,
    /// What products can hold of it; null unless `diagnose.family` is "mean-field", and where a note says why.
    pub product: Option<ProductVerdict>,
    /// What the theory of the family says.
    pub advice: Vec<String>,
    /// What a reader should know of the input.
    pub notes: Vec<String>,
    /// What the figure of samples shows.
    #[serde(skip)]
    pub plane: Option<RunsPlane>,
}

/// The section of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiagnoseSettings {
    /// Every key.
    pub diagnose: DiagnoseConfig,
}

/// A share of runs with its Clopper-Pearson interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// count/n; null without runs.
    pub value: Option<f64>,
    /// Runs.
    pub n: u64,
    /// Those counted.
    pub count: u64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The probability is below this with the confidence of the level, on one side.
    pub below: f64,
}

/// A mode.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModeRecord {
    /// Its mean; empty for a table of coverages.
    pub mean: Vec<f64>,
    /// v_k: as given, else by the runs that hold all modes.
    pub weight: f64,
    /// Mean variance of a coordinate; null without samples of it.
    pub variance: Option<f64>,
    /// Variance of each coordinate.
    #[serde(skip)]
    pub variances: Vec<f64>,
    /// Covariance by rows; empty in more than 32 dimensions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub covariance: Vec<Vec<f64>>,
    /// Runs that lost it.
    pub lost: Share,
}

/// Two neighbouring modes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SeparationRecord {
    /// The modes.
    pub modes: [usize; 2],
    /// Distance of the means in units of the root mean square of both spreads.
    pub distance: f64,
    /// Hartigan's dip between their means.
    pub dip: f64,
    /// Samples there.
    pub n: usize,
    /// The probability of such a dip if there were one mode.
    pub p: f64,
    /// Fall of log p between them, in nats; null without log p there.
    pub barrier: Option<f64>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRecord {
    /// Its file, with the number or name of the run where that holds several.
    pub file: String,
    /// "runs", or "against" for the other set.
    pub set: &'static str,
    /// Samples that were used; null for a table of coverages.
    pub samples: Option<usize>,
    /// C_k (mode).
    pub coverage: Vec<f64>,
    /// Lower ends of the intervals (mode); empty for a table of coverages.
    pub low: Vec<f64>,
    /// Upper ends.
    pub high: Vec<f64>,
    /// The modes with C_k/v_k below `lost_below`.
    pub lost_modes: Vec<usize>,
    /// Whether no interval holds the threshold of its mode.
    pub certain: bool,
    /// E_q[log p - log q]; null without both.
    pub elbo: Option<f64>,
    /// Its standard error.
    pub elbo_error: Option<f64>,
    /// Effective share of the samples, (sum w)^2/(n sum w^2) with w = p/q.
    pub ess: Option<f64>,
    /// Why modes are lost: "none", "mean-alignment", "vanishing-weight", "both" or "too-few-components" by the trace of a
    /// mixture; "product-family" if the best product loses a mode too and no run holds all; null where neither tells.
    pub mechanism: Option<&'static str>,
    /// When each lost mode was lost for good.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<LossRecord>,
    /// The course of a trace.
    #[serde(skip)]
    pub course: Option<RunCourse>,
}

/// The loss of a mode in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LossRecord {
    /// The mode.
    pub mode: usize,
    /// From which step or time on its share is below the threshold.
    pub time: f64,
    /// T there; null if the trace does not say.
    pub temperature: Option<f64>,
    /// Whether it was ever above.
    pub held_before: bool,
}

/// Coverage over a trace.
#[derive(Debug, Clone, PartialEq)]
pub struct RunCourse {
    /// Step or time.
    pub times: Vec<f64>,
    /// T.
    pub temperature: Option<Vec<f64>>,
    /// C_k (moment x mode).
    pub coverage: Vec<Vec<f64>>,
}

/// Further runs, of which the best is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestartsRecord {
    /// Runs of which one is whole with 99%, at the estimated P_c; null if every run collapsed.
    pub for_99: Option<u64>,
    /// The same at the upper end of the interval; null if that is 1.
    pub for_99_at_high: Option<u64>,
    /// The probability that the best of 2, 5 and 10 is whole, at the estimate: [k, probability].
    pub best_of: Vec<(u64, f64)>,
    /// Runs of which none collapses that say "below 1%" with the confidence of the level.
    pub to_say_1_percent: u64,
}

/// Whether whole runs can be told by their objective.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TellingRecord {
    /// Whether the best run is whole and most pairs are in order.
    pub by_objective: bool,
    /// The probability that a whole run has the larger objective.
    pub ordered: f64,
    /// Whether the run with the largest is whole.
    pub best_is_whole: bool,
    /// Mean over whole runs less that over collapsed ones.
    pub gap: f64,
    /// Largest standard error of a run.
    pub error: f64,
}

/// Two sets of runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonRecord {
    /// P_c of the other set.
    pub against: Share,
    /// Fisher's exact test, two sides.
    pub p: f64,
    /// Whether they differ at the level.
    pub differ: bool,
    /// Runs of each kind by which the test tells the two estimates apart with probability 0.8; null if they are equal, or beyond
    /// 200.
    pub runs_to_tell: Option<u64>,
}

/// How often modes were lost in one way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MechanismCount {
    /// The mechanism.
    pub mechanism: &'static str,
    /// Runs.
    pub runs: u64,
}

impl DiagnoseRecord {
    /// A row a run: file, set, samples, C_k with its interval, lost modes, elbo, ess, mechanism.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let modes = 0..self.modes.len();
        let mut header: Vec<String> = ["run", "set", "samples"].map(String::from).to_vec();
        header.extend(modes.clone().map(|k| format!("C_{}", k + 1)));
        header.extend(modes.clone().flat_map(|k| [format!("low_{}", k + 1), format!("high_{}", k + 1)]));
        header.extend(["lost_modes", "certain", "elbo", "elbo_error", "ess", "mechanism"].map(String::from));
        writer.write_record(&header)?;
        let some = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        for run in &self.runs {
            let mut row = vec![run.file.clone(), run.set.to_owned()];
            row.push(run.samples.map_or_else(String::new, |n| n.to_string()));
            row.extend(run.coverage.iter().map(f64::to_string));
            row.extend(modes.clone().flat_map(|k| [some(run.low.get(k).copied()), some(run.high.get(k).copied())]));
            let lost: Vec<String> = run.lost_modes.iter().map(usize::to_string).collect();
            row.extend([lost.join(" "), run.certain.to_string(), some(run.elbo), some(run.elbo_error), some(run.ess)]);
            row.push(run.mechanism.unwrap_or_default().to_owned());
            writer.write_record(&row)?;
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}
