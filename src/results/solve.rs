//! The record of one run.

use collapsar_theory::{Coordinates, Frame};
use serde::Serialize;

use crate::config::SolveRun;
use crate::integrate::Outcome;
use crate::results::{PROGRAM, VERSION};
use crate::trajectory::{Limit, LimitStatus, LostModes, Report, Trajectory};

/// The record of `collapsar solve` on one run: lists over times, components (K), modes (P) and coordinates, in the
/// order that each field says.
///
/// The table beside it ([`trajectory_csv`](crate::results::trajectory_csv)) has a row for every step of the integrator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SolveRecord {
    /// Who made it: "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// The resolved configuration: every choice made. Written as TOML it reproduces the run.
    pub config: SolveRun,
    /// The integrator: "tsit5" or "diffsol-tsit45".
    pub engine: &'static str,
    /// d.
    pub dimension: usize,
    /// "user": vectors as in an explicit start; "frame": along the modes first, then across (random starts).
    pub coordinates: &'static str,
    /// The modes nu_k in those coordinates (mode x coordinate).
    pub modes: Vec<Vec<f64>>,
    /// Reported times.
    pub times: Vec<f64>,
    /// T at them; at a jump the value after it.
    pub temperature: Vec<f64>,
    /// The means mu_i in those coordinates (time x component x coordinate).
    pub means: Vec<Vec<Vec<f64>>>,
    /// The weights w_i (time x component).
    pub weights: Vec<Vec<f64>>,
    /// var (time); of components that have their own the mean over the mass, sum_i w_i var_i.
    pub variance: Vec<f64>,
    /// var_i of components that have their own (time x component); else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variances: Option<Vec<Vec<f64>>>,
    /// Sigma_i of components that have covariances (time x component x row x column) in those coordinates; else absent. Their var_i
    /// is tr Sigma_i/d, which tells the multiple of I that they are across a frame of fewer than d dimensions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariances: Option<Vec<Vec<Vec<Vec<f64>>>>>,
    /// C_k = E_q\[s_k\] (time x mode): the share of q's mass on mode k. A good fit has C_k = v_k.
    pub coverage: Vec<Vec<f64>>,
    /// Inner products of (mu_1..mu_K, nu_1..nu_P) (time x (K+P) x (K+P)).
    pub gram: Vec<Vec<Vec<f64>>>,
    /// F_beta = E_q\[log q - beta log p\] (time); at beta = 1 the divergence KL(q||p).
    pub objective: Vec<f64>,
    /// What a reader should know of the schedule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The weights of far modes in p^beta on the schedule's way; absent where all covariances are I or it is never hot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftRecord>,
    /// Whether a mode is lost in the limit; null without a limit, and if the run still moves. What a fit that stops at the
    /// last reported time has lost is in `at_end`.
    pub collapsed: Option<bool>,
    /// Why: "none", "mean-alignment", "vanishing-weight", "both" or "too-few-components"; null likewise.
    pub mechanism: Option<&'static str>,
    /// What is lost at the last reported time.
    pub at_end: EndRecord,
    /// How the integration to the last reported time ended: "reached", "step-limit", "step-too-small" or "non-finite".
    pub outcome: &'static str,
    /// The limit; null if the integration failed before it.
    pub limit: Option<LimitRecord>,
    /// Cost up to the last reported time.
    pub steps: StepCounts,
    /// Largest error estimate of the Gaussian averages at the reported times.
    pub average_error: f64,
}

/// v_k^beta |Sigma_k|^((1 - beta)/2), normalised: theory (40).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriftRecord {
    /// beta, from that of the highest temperature to 1.
    pub beta: Vec<f64>,
    /// The weights there (beta x mode).
    pub weights: Vec<Vec<f64>>,
}

/// What is lost at the last reported time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndRecord {
    /// The time.
    pub time: f64,
    /// Whether a mode is lost there.
    pub collapsed: bool,
    /// Why: as for the limit.
    pub mechanism: &'static str,
    /// C_k there (mode).
    pub coverage: Vec<f64>,
    /// The lost modes, counted from 0.
    pub lost_modes: Vec<usize>,
}

/// The limit of a run and the rule that classified it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LimitRecord {
    /// "equilibrium", "unstable-equilibrium" or "moving".
    pub status: &'static str,
    /// The time to which the run was followed.
    pub time: f64,
    /// The fastest motion left there.
    pub rate: f64,
    /// The largest growth rate of a perturbation within the span of means and modes; null where the run still moves.
    pub growth: Option<f64>,
    /// Since when the verdict of the limit holds, where it differs from that at the last reported time; else null.
    pub since: Option<f64>,
    /// C_k there (mode).
    pub coverage: Vec<f64>,
    /// The lost modes, counted from 0.
    pub lost_modes: Vec<usize>,
    /// The rule: mode k is lost where C_k/v_k < 1/2; a weight has vanished below 1e-3.
    pub definition: &'static str,
}

/// The cost of an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StepCounts {
    /// Accepted steps.
    pub accepted: usize,
    /// Rejected steps.
    pub rejected: usize,
    /// Evaluations of the right-hand side (0 where the engine does not count them).
    pub evaluations: usize,
}

/// The rule of [`LimitRecord`] in words.
const DEFINITION: &str = "mode k is lost where C_k/v_k is below 1/2; a weight has vanished below 1e-3";

/// The name of an outcome in records.
fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Reached => "reached",
        Outcome::Event(_) => "event",
        Outcome::StepLimit => "step-limit",
        Outcome::StepTooSmall => "step-too-small",
        Outcome::NonFinite => "non-finite",
    }
}

impl From<&LostModes> for EndRecord {
    fn from(verdict: &LostModes) -> Self {
        Self {
            time: verdict.time,
            collapsed: verdict.collapsed(),
            mechanism: verdict.mechanism.name(),
            coverage: verdict.coverage.clone(),
            lost_modes: verdict.lost.clone(),
        }
    }
}

impl LimitRecord {
    fn new(limit: &Limit) -> Self {
        Self {
            status: limit.status.name(),
            time: limit.verdict.time,
            rate: limit.rate,
            growth: limit.growth,
            since: limit.since,
            coverage: limit.verdict.coverage.clone(),
            lost_modes: limit.verdict.lost.clone(),
            definition: DEFINITION,
        }
    }
}

impl SolveRecord {
    /// The record of `trajectory` from `start`, with vectors in R^d if their `frame` there is known.
    pub fn new(
        config: SolveRun,
        engine: &'static str,
        trajectory: &Trajectory,
        start: &Coordinates,
        frame: Option<&Frame>,
    ) -> Self {
        let reports = &trajectory.reports;
        let decided = trajectory.limit.as_ref().filter(|limit| limit.status != LimitStatus::Moving);
        let pick = |f: &dyn Fn(&Report) -> f64| reports.iter().map(f).collect::<Vec<f64>>();
        let in_space = |vector: &[f64]| frame.map_or_else(|| vector.to_vec(), |frame| frame.embed(vector));
        let covariances = |report: &Report| -> Vec<Vec<Vec<f64>>> {
            let of = |(block, &variance): (&Vec<Vec<f64>>, &f64)| {
                frame.map_or_else(|| block.clone(), |frame| frame.embed_covariance(block, variance))
            };
            report.covariances.iter().zip(&report.variances).map(of).collect()
        };
        Self {
            program: PROGRAM,
            version: VERSION,
            dimension: config.problem.start.dimension(),
            engine,
            coordinates: if frame.is_some() { "user" } else { "frame" },
            modes: start.modes.chunks(start.dimension).map(in_space).collect(),
            times: pick(&|r| r.time),
            temperature: pick(&|r| r.temperature),
            means: reports.iter().map(|r| r.means.iter().map(|m| in_space(m)).collect()).collect(),
            weights: reports.iter().map(|r| r.weights.clone()).collect(),
            variance: pick(&|r| r.variance),
            variances: config
                .problem
                .family
                .has_own_variances()
                .then(|| reports.iter().map(|r| r.variances.clone()).collect()),
            covariances: config.problem.family.has_covariances().then(|| reports.iter().map(covariances).collect()),
            coverage: reports.iter().map(|r| r.coverage.clone()).collect(),
            gram: reports.iter().map(|r| r.gram.clone()).collect(),
            objective: pick(&|r| r.objective),
            notes: Vec::new(),
            drift: None,
            collapsed: decided.map(|limit| limit.verdict.collapsed()),
            mechanism: decided.map(|limit| limit.verdict.mechanism.name()),
            at_end: EndRecord::from(&trajectory.verdict),
            outcome: outcome_name(trajectory.outcome),
            limit: trajectory.limit.as_ref().map(LimitRecord::new),
            steps: StepCounts {
                accepted: trajectory.statistics.accepted,
                rejected: trajectory.statistics.rejected,
                evaluations: trajectory.statistics.evaluations,
            },
            average_error: trajectory.average_error,
            config,
        }
    }
}
