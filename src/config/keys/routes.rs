//! The sections of the routes to P_c.

use serde::Serialize;

use crate::config::keys::field::section;
use crate::config::keys::named::{Named, word};
use crate::config::keys::or_false::OrFalse;
use crate::flows::{Activation, BatchNorm, Conditioner, Initial, Mask};

/// The optimiser of stochastic descent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimiserName {
    /// Explicit Euler of the flow.
    Plain,
    /// Heavy ball.
    Momentum,
    /// Adam.
    Adam,
}

/// Whose flow is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DescentKind {
    /// Plain gradient descent: theory (2)-(5).
    Plain,
    /// Adam: theory (27).
    Adam,
}

/// How a trained variance is written in a descent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VarianceName {
    /// In the metric of theory (5).
    BuresWasserstein,
    /// As log var.
    Log,
}

/// The number type of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits.
    Single,
    /// 64 bits.
    Double,
}

/// The kinds of `[flow]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowName {
    /// Couplings.
    #[serde(rename = "realnvp")]
    RealNvp,
    /// A monotone map of each coordinate.
    MeanField,
}

/// What makes a trained flow a collapsed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Criterion {
    /// Its spread along the axis of two modes is below a threshold.
    Spread,
    /// A mode has less than half of its weight.
    Coverage,
}

impl Named for OptimiserName {
    const NAMES: &'static [(&'static str, Self)] =
        &[("plain", Self::Plain), ("momentum", Self::Momentum), ("adam", Self::Adam)];
}

impl OptimiserName {
    /// Its name.
    pub fn name(self) -> &'static str {
        word(self)
    }
}

impl Named for DescentKind {
    const NAMES: &'static [(&'static str, Self)] = &[("plain", Self::Plain), ("adam", Self::Adam)];
}
impl Named for VarianceName {
    const NAMES: &'static [(&'static str, Self)] = &[("bures-wasserstein", Self::BuresWasserstein), ("log", Self::Log)];
}
impl Named for FlowName {
    const NAMES: &'static [(&'static str, Self)] = &[("realnvp", Self::RealNvp), ("mean-field", Self::MeanField)];
}
impl Named for Precision {
    const NAMES: &'static [(&'static str, Self)] = &[("single", Self::Single), ("double", Self::Double)];
}
impl Named for Criterion {
    const NAMES: &'static [(&'static str, Self)] = &[("spread", Self::Spread), ("coverage", Self::Coverage)];
}
impl Named for Activation {
    const NAMES: &'static [(&'static str, Self)] = &[("tanh", Self::Tanh), ("relu", Self::Relu)];
}
impl Named for Mask {
    const NAMES: &'static [(&'static str, Self)] = &[("halves", Self::Halves), ("checkerboard", Self::Checkerboard)];
}
impl Named for Conditioner {
    const NAMES: &'static [(&'static str, Self)] = &[("joint", Self::Joint), ("separate", Self::Separate)];
}
impl Named for BatchNorm {
    const NAMES: &'static [(&'static str, Self)] = &[("input", Self::Input), ("hidden", Self::Hidden)];
}
impl Named for Initial {
    const NAMES: &'static [(&'static str, Self)] =
        &[("identity", Self::Identity), ("uniform", Self::Uniform), ("masked", Self::Masked)];
}

section! {
    /// `[stop]`: when runs are classified; in the limit without a horizon.
    STOP => StopConfig {
        #[serde(skip_serializing_if = "Option::is_none")]
        horizon: Option<f64> = "in the limit",
            "> 0, at most 1e9; not the exact route; formulas: after cooling; `boundary`: with trained weights, which need it",
            "classify at this time";
    }
}

section! {
    /// `[optimiser]`: what descends. The theory of pairs is of plain gradient descent; Adam is counted.
    OPTIMISER => OptimiserConfig {
        kind: DescentKind = "\"plain\"", "adam: `probability` and `sweep`, by montecarlo (free means) and simulation",
            "plain gradient descent, or Adam with its usual decays: theory (27)";
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<f64> = "0.01", "> 0; adam", "Adam's learning rate: time is steps times it";
    }
}

section! {
    /// `[exact]`.
    EXACT => ExactConfig {
        tolerance: f64 = "1e-6", "1e-9 to 0.1; design: 0.05 of `design.wanted` unless given", "absolute tolerance of P_c";
    }
}

section! {
    /// `[formula]`.
    FORMULA => FormulaConfig {
        #[serde(skip_serializing_if = "Option::is_none")]
        alpha: Option<f64> = "computed", "> 0", "α of theory (9)";
        #[serde(skip_serializing_if = "Option::is_none")]
        wanted: Option<f64> = "none", "between 0 and 1", "the P_c for which a geometric schedule is wanted";
    }
}

section! {
    /// `[montecarlo]`.
    MONTECARLO => MonteCarloConfig {
        samples: u64 = "100000", "1 to 1e12; adam: 1000 unless given; design: as `design.samples`", "draws of the ensemble";
    }
}

section! {
    /// `[simulation]`: stochastic descent with reparametrised samples; batch, step, gradient and runs as published.
    SIMULATION => SimulationConfig {
        batch: u64 = "8192", "1 to 2^32", "samples of q per step";
        step: f64 = "0.05", "> 0; as `optimiser.step` where that is given", "time per step";
        runs: u64 = "100", "1 to 2^32", "runs";
        optimiser: OptimiserName = "\"plain\"", "as `optimiser.kind` where that is given", "how a gradient becomes a step";
        #[serde(skip_serializing_if = "Option::is_none")]
        momentum: Option<f64> = "0.9", "0 to 0.9999; optimiser momentum",
            "share of the velocity kept; the learning rate is step (1 - momentum)";
        score: bool = "true", "", "whether log q is differentiated in its own parameters too";
        antithetic: bool = "false", "", "whether samples come in pairs μ_i ± sqrt(var_i) g";
        variance: VarianceName = "\"bures-wasserstein\"", "log: trained variance; adam moves log var anyway",
            "the coordinate in which a trained variance descends: theory (5), or log var";
        common: bool = "false", "true: trained variance",
            "whether all components share one variance, as in the closed flow";
    }
}

section! {
    /// `[flow]`: what is trained; its dimension is that of the start.
    FLOW => FlowKeys {
        kind: FlowName = "\"realnvp\"", "", "couplings, or a product measure: a monotone map of each coordinate";
        couplings: u64 = "8", "1 to 256; realnvp", "number of couplings";
        hidden: Vec<u64> = "[64, 64]", "1 to 65536, each an integer; realnvp", "widths of the hidden layers of each network";
        activation: Activation = "\"tanh\"", "realnvp", "nonlinearity of the hidden layers";
        batch_norm: OrFalse<BatchNorm> = "false", "realnvp",
            "what is normalised over the batch: the input of each network, or each hidden layer";
        scale_bound: f64 = "2.0", "> 0, at most 20; realnvp", "bound of the log-scales";
        mask: Mask = "\"halves\"", "realnvp", "which coordinates a coupling keeps";
        conditioner: Conditioner = "\"joint\"", "realnvp", "one network for scale and shift, or two";
        rotation: bool = "false", "mean-field; at most 256 dimensions", "whether x = R y of the maps y, and R is trained too: rotational variational inference";
        knots: u64 = "65", "1 to 1025; mean-field", "knots of the log-slope of each map; 1: a normal density of each coordinate, as in ADVI";
        initial: Initial = "\"identity\"", "",
            "last layers zero, PyTorch's linear layers, or the same on masked points; mean-field: the identity, or shifts and log-slopes uniform in ±1 or ±1/√d";
        precision: Precision = "\"single\"", "", "the number type";
    }
}

section! {
    /// `[training]`.
    TRAINING => TrainingConfig {
        steps: u64 = "2000", "1 to 2^40", "steps";
        batch: u64 = "256", "2 to 2^24", "base points of each";
        step_size: f64 = "1e-3", "> 0", "learning rate of Adam";
        time_step: f64 = "step_size", "> 0", "time of the schedule that passes in a step";
        settle: f64 = "0.0", "0 to 1", "share of the steps over which the learning rate falls to 0 at the end";
        clip: OrFalse<f64> = "10.0", "> 0", "longest gradient";
        every: u64 = "20", "≥ 1", "steps between recorded ones";
        samples: u64 = "20000", "2 to 2^28", "samples of the evaluation";
        runs: u64 = "50", "1 to 2^20", "seeds of a point of a grid: seed, seed + 1, ...";
        criterion: Criterion = "spread; coverage unless there are two modes of covariance I", "",
            "collapsed: a spread along the axis of two modes below the threshold, or a mode with C_k/v_k < 1/2";
        #[serde(skip_serializing_if = "Option::is_none")]
        threshold: Option<f64> = "half way between 1 and the target's spread", "> 0; criterion spread",
            "the spread below which a flow is collapsed";
    }
}

section! {
    /// `[langevin]`.
    LANGEVIN => LangevinConfig {
        chains: u64 = "2000", "2 to 2^24, at most `training.steps` times `training.batch`", "chains, from the standard normal law";
        step: f64 = "0.05", "> 0", "time of a step h: x' = x + hβ ∇log p + (2h)^½ g";
    }
}
