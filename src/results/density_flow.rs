//! The record of a flow that was trained on a function.

use serde::Serialize;

use crate::config::DensityFlowRun;
use crate::flows::DensityEvaluation;
use crate::results::realnvp::Measured;

/// A flow trained on a target that is a function of the caller's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityFlowRecord {
    /// The program.
    pub program: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What was asked.
    pub config: DensityFlowRun,
    /// Number of trained parameters.
    pub parameters: usize,
    /// The step at which loss or gradient were not finite, if they were not.
    pub diverged_at: Option<u64>,
    /// The time from which T = 1 by a rule that watches the fit.
    pub cold: Option<f64>,
    /// What samples of the flow say; none of a run that diverged.
    pub evaluation: Option<DensityVerdict>,
    /// The recorded steps.
    pub moments: Vec<DensityMoment>,
}

/// What samples of a flow say of it against a density known up to its constant Z.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityVerdict {
    /// (E_q w)^2/E_q w^2 with w = Z p/q.
    pub reverse_ess: f64,
    /// E_q[log q - log Z p] = KL(q||p) - log Z.
    pub kl_reverse: Measured,
    /// log E_q w: log Z less the share that the flow does not cover.
    pub log_z: Measured,
    /// Samples.
    pub samples: usize,
}

impl From<DensityEvaluation> for DensityVerdict {
    fn from(found: DensityEvaluation) -> Self {
        let DensityEvaluation { reverse_ess, kl_reverse, log_z, samples } = found;
        Self { reverse_ess, kl_reverse: kl_reverse.into(), log_z: log_z.into(), samples }
    }
}

/// A recorded step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityMoment {
    /// Its number, from 0.
    pub step: u64,
    /// step times `time_step`.
    pub time: f64,
    /// T there.
    pub temperature: f64,
    /// E_q[log q - beta log Z p] on its batch.
    pub objective: f64,
    /// The same at beta = 1.
    pub divergence: f64,
}
