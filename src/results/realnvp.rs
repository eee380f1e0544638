//! The record of trained normalizing flows.

use serde::{Deserialize, Serialize};

use crate::config::FlowRun;
use crate::flows;

/// How the training of one flow ended: what is left of it in a count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrainedRun {
    /// Of the initial parameters and of all draws.
    pub seed: u64,
    /// Whether the flow collapsed; null if it diverged.
    pub collapsed: Option<bool>,
    /// Modes that it lost by their coverage.
    pub modes_lost: usize,
    /// KL(q||p); null if it diverged.
    pub divergence: Option<f64>,
    /// When T = 1 was reached by a rule that watches the fit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cold: Option<f64>,
}

/// The record of `collapsar realnvp`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowRecord {
    /// "collapsar".
    pub program: &'static str,
    /// The version that made it.
    pub version: &'static str,
    /// What time and densities are.
    pub definition: &'static str,
    /// The variants in the order of the configuration; one without a label if it has none.
    pub variants: Vec<FlowVariant>,
}

/// One training run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowVariant {
    /// The key in `[compare]`, or nothing.
    pub label: String,
    /// The resolved configuration.
    pub config: FlowRun,
    /// Of the initial parameters and of all draws.
    pub seed: u64,
    /// The file of the trained weights.
    pub weights: String,
    /// Trained parameters.
    pub parameters: usize,
    /// The step at which loss or gradient were not finite; null if there was none.
    pub diverged_at: Option<u64>,
    /// Whether the flow collapsed; null if it diverged.
    pub collapsed: Option<bool>,
    /// When T = 1 was reached by a rule that watches the fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cold: Option<f64>,
    /// What that means.
    pub criterion: String,
    /// The trained flow; null if it diverged.
    pub evaluation: Option<FlowVerdict>,
    /// Langevin Monte Carlo beside it, if that was asked for and the flow did not diverge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub langevin: Option<LangevinRecord>,
    /// v_k of each mode; of a named density they sum to 1 in each of its groups.
    pub shares: Vec<f64>,
    /// The modes in the plane that is drawn: along the axis, and across; none of a named density.
    pub modes: Vec<[f64; 2]>,
    /// Nodes of the plane, along both axes.
    pub nodes: Vec<f64>,
    /// p in the plane (its marginal), at node (i, j) in place j n + i.
    pub target: Vec<f64>,
    /// Levels of p that enclose 50% and 90% of its mass there.
    pub target_levels: Vec<f64>,
    /// The recorded steps.
    pub moments: Vec<FlowMoment>,
    /// The moments shown as densities.
    pub snapshots: Vec<FlowSnapshot>,
}

/// Langevin Monte Carlo with as many gradients as the training of a flow took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LangevinRecord {
    /// Gradients of both.
    pub gradients: u64,
    /// Steps of each chain.
    pub steps: usize,
    /// C_k of the ends of the chains.
    pub coverage: Vec<Measured>,
    /// The modes with C_k/v_k < 1/2, counted from 0.
    pub lost: Vec<usize>,
    /// Wasserstein-1 distances between the marginals of the target and of the chains, the flow, and a second exact sample,
    /// coordinate by coordinate, each from samples of one size.
    pub distances: MarginalDistances,
    /// Some ends of chains in the plane that is drawn.
    pub points: Vec<[f64; 2]>,
}

/// Distances of marginals from those of the target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarginalDistances {
    /// The ends of the chains.
    pub langevin: Vec<f64>,
    /// The flow.
    pub flow: Vec<f64>,
    /// A second exact sample: what no method falls below.
    pub exact: Vec<f64>,
}

/// An estimate with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// What samples of the flow and of the target say about a trained flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowVerdict {
    /// C_k.
    pub coverage: Vec<Measured>,
    /// The modes with C_k/v_k < 1/2, counted from 0.
    pub lost: Vec<usize>,
    /// Standard deviation along the axis from the last mode to the first.
    pub spread: Option<Measured>,
    /// (E_q w)^2/E_q w^2 with w = p/q.
    pub reverse_ess: f64,
    /// 1/(E_p w E_p 1/w): small if the flow misses a mode.
    pub forward_ess: f64,
    /// KL(q||p).
    pub kl_reverse: Measured,
    /// KL(p||q).
    pub kl_forward: Measured,
    /// log E_q w.
    pub log_z: Measured,
    /// Samples of each kind.
    pub samples: usize,
}

/// A recorded step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowMoment {
    /// Its number, from 0.
    pub step: u64,
    /// step times `time_step`.
    pub time: f64,
    /// T there.
    pub temperature: f64,
    /// F_beta on its batch.
    pub objective: f64,
    /// KL(q||p) on its batch.
    pub divergence: f64,
    /// KL(q||p) of the flow after it, from some thousand samples, here and below.
    pub kl_reverse: Option<f64>,
    /// C_k of it.
    pub coverage: Vec<f64>,
    /// Its spread along the axis of the modes.
    pub spread: Option<f64>,
}

/// A flow at one moment of its training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowSnapshot {
    /// Steps taken.
    pub steps: u64,
    /// t.
    pub time: f64,
    /// T.
    pub temperature: f64,
    /// p^beta in the plane,
    pub tempered: Vec<f64>,
    /// its levels.
    pub tempered_levels: Vec<f64>,
    /// q in the plane (two dimensions; empty in more),
    pub fit: Vec<f64>,
    /// its levels.
    pub fit_levels: Vec<f64>,
    /// Samples of q projected on the plane (more than two dimensions; else empty).
    pub points: Vec<[f64; 2]>,
}

impl From<flows::SampleMean> for Measured {
    fn from(flows::SampleMean { value, error }: flows::SampleMean) -> Self {
        Self { value, error }
    }
}

impl From<flows::Evaluation> for FlowVerdict {
    fn from(found: flows::Evaluation) -> Self {
        Self {
            coverage: found.coverage.into_iter().map(Measured::from).collect(),
            lost: found.lost,
            spread: found.spread.map(Measured::from),
            reverse_ess: found.reverse_ess,
            forward_ess: found.forward_ess,
            kl_reverse: found.kl_reverse.into(),
            kl_forward: found.kl_forward.into(),
            log_z: found.log_z.into(),
            samples: found.samples,
        }
    }
}

/// The recorded steps as a CSV table; with several variants their labels lead.
pub fn flow_csv(variants: &[FlowVariant]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let several = variants.len() > 1;
    let modes = variants.iter().map(|v| v.modes.len()).max().unwrap_or(0);
    let mut header: Vec<String> = if several { vec!["variant".to_owned()] } else { Vec::new() };
    header.extend(["step", "time", "temperature", "objective", "divergence", "kl_reverse"].map(String::from));
    header.extend((1..=modes).map(|k| format!("C_{k}")));
    header.push("spread".to_owned());
    writer.write_record(&header)?;
    for variant in variants {
        for moment in &variant.moments {
            let mut row: Vec<String> = if several { vec![variant.label.clone()] } else { Vec::new() };
            row.push(moment.step.to_string());
            row.extend([moment.time, moment.temperature, moment.objective, moment.divergence].map(|x| x.to_string()));
            row.push(moment.kl_reverse.map_or(String::new(), |kl| kl.to_string()));
            row.extend((0..modes).map(|k| moment.coverage.get(k).map_or(String::new(), f64::to_string)));
            row.push(moment.spread.map_or(String::new(), |s| s.to_string()));
            writer.write_record(&row)?;
        }
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}
