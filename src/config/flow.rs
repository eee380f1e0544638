//! `[flow]` and `[training]`: a normalizing flow and how it is trained.

use serde::{Serialize, Serializer};

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::run::ScheduleConfig;
use crate::config::section::Section;
use crate::flows::{Activation, Architecture, BatchNorm, Conditioner, Initial, Mask, Training};

/// Training runs of a point of a grid unless given.
const DEFAULT_RUNS: u64 = 50;
/// Most training runs of one point.
const MOST_RUNS: u64 = 1 << 20;

pub(crate) const ACTIVATIONS: [(&str, Activation); 2] = [("tanh", Activation::Tanh), ("relu", Activation::Relu)];
pub(crate) const MASKS: [(&str, Mask); 2] = [("halves", Mask::Halves), ("checkerboard", Mask::Checkerboard)];
pub(crate) const CONDITIONERS: [(&str, Conditioner); 2] =
    [("joint", Conditioner::Joint), ("separate", Conditioner::Separate)];
pub(crate) const BATCH_NORMS: [(&str, BatchNorm); 2] = [("input", BatchNorm::Input), ("hidden", BatchNorm::Hidden)];
pub(crate) const INITIALS: [(&str, Initial); 3] =
    [("identity", Initial::Identity), ("uniform", Initial::Uniform), ("masked", Initial::Masked)];
pub(crate) const PRECISIONS: [(&str, Precision); 2] = [("single", Precision::Single), ("double", Precision::Double)];
pub(crate) const CRITERIA: [(&str, Criterion); 2] = [("spread", Criterion::Spread), ("coverage", Criterion::Coverage)];

/// The number type of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits.
    Single,
    /// 64 bits.
    Double,
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

/// As the configuration spells it.
fn false_for_none<S: Serializer>(batch_norm: &BatchNorm, serializer: S) -> Result<S::Ok, S::Error> {
    if *batch_norm == BatchNorm::None { serializer.serialize_bool(false) } else { batch_norm.serialize(serializer) }
}

/// As the configuration spells it.
fn number_or_false<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        None => serializer.serialize_bool(false),
        Some(x) => serializer.serialize_f64(*x),
    }
}

/// `[flow]`: what is trained; its dimension is that of the start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowConfig {
    /// Number of couplings.
    pub couplings: u64,
    /// Widths of the hidden layers of each network.
    pub hidden: Vec<u64>,
    /// Nonlinearity of the hidden layers.
    pub activation: Activation,
    /// What is normalised over the batch; false for nothing.
    #[serde(serialize_with = "false_for_none")]
    pub batch_norm: BatchNorm,
    /// Bound of the log-scale.
    pub scale_bound: f64,
    /// Which coordinates a coupling keeps.
    pub mask: Mask,
    /// One network or two a coupling.
    pub conditioner: Conditioner,
    /// Where training starts.
    pub initial: Initial,
    /// The number type.
    pub precision: Precision,
}

/// `[training]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingConfig {
    /// Steps.
    pub steps: u64,
    /// Base points a step.
    pub batch: u64,
    /// Learning rate of Adam.
    pub step_size: f64,
    /// Time of the schedule that passes in a step.
    pub time_step: f64,
    /// Share of the steps over which the learning rate falls to zero.
    pub settle: f64,
    /// The longest gradient; false for any length.
    #[serde(serialize_with = "number_or_false")]
    pub clip: Option<f64>,
    /// Steps between two recorded ones.
    pub every: u64,
    /// Samples of the evaluation.
    pub samples: u64,
    /// Seeds of one point of a grid.
    pub runs: u64,
    /// What collapse is.
    pub criterion: Criterion,
    /// The spread below which a flow is collapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
}

impl FlowConfig {
    fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let default = Architecture::default();
        let hidden = section.numbers("hidden")?.map(|widths| {
            let whole = widths.iter().all(|w| *w >= 1.0 && w.fract() == 0.0 && *w <= 65536.0);
            if whole && !widths.is_empty() {
                Ok(widths.iter().map(|w| *w as u64).collect())
            } else {
                Err(section.breaks("hidden", "hold at least one width, each an integer between 1 and 65536"))
            }
        });
        Ok(Self {
            couplings: section.count("couplings")?.unwrap_or(default.couplings as u64),
            hidden: hidden.transpose()?.unwrap_or_else(|| default.hidden.iter().map(|w| *w as u64).collect()),
            activation: section.choice("activation", &ACTIVATIONS)?.unwrap_or(default.activation),
            batch_norm: section
                .choice_or_false("batch_norm", BatchNorm::None, &BATCH_NORMS)?
                .unwrap_or(default.batch_norm),
            scale_bound: section.positive("scale_bound")?.unwrap_or(default.scale_bound),
            mask: section.choice("mask", &MASKS)?.unwrap_or(default.mask),
            conditioner: section.choice("conditioner", &CONDITIONERS)?.unwrap_or(default.conditioner),
            initial: section.choice("initial", &INITIALS)?.unwrap_or(default.initial),
            precision: section.choice("precision", &PRECISIONS)?.unwrap_or(Precision::Single),
        })
    }

    /// The flow in `dimension` dimensions.
    pub fn architecture(&self, dimension: usize) -> Architecture {
        Architecture {
            dimension,
            couplings: index(self.couplings),
            hidden: self.hidden.iter().map(|w| index(*w)).collect(),
            activation: self.activation,
            batch_norm: self.batch_norm,
            scale_bound: self.scale_bound,
            mask: self.mask,
            conditioner: self.conditioner,
            initial: self.initial,
        }
    }
}

fn index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

impl TrainingConfig {
    fn resolve(section: &Section<'_>, modes: usize) -> Result<Self, ConfigError> {
        let default = Training::default();
        let count = |key: &str, default: usize| Ok(section.count(key)?.unwrap_or(default as u64));
        let step_size = section.positive("step_size")?.unwrap_or(default.step_size);
        let runs = section.count("runs")?.unwrap_or(DEFAULT_RUNS);
        if !(1..=MOST_RUNS).contains(&runs) {
            return Err(section.breaks("runs", "lie between 1 and 2^20"));
        }
        let pair = modes == 2;
        let usual = if pair { Criterion::Spread } else { Criterion::Coverage };
        let criterion = section.choice("criterion", &CRITERIA)?.unwrap_or(usual);
        if criterion == Criterion::Spread && !pair {
            return Err(section.breaks("criterion", "be \"coverage\" unless the target has two modes"));
        }
        let threshold = section.positive("threshold")?;
        if criterion == Criterion::Coverage {
            section.refuse(&["threshold"], "the criterion \"coverage\" has no threshold")?;
        }
        Ok(Self {
            steps: count("steps", default.steps)?,
            batch: count("batch", default.batch)?,
            step_size,
            time_step: section.positive("time_step")?.unwrap_or(step_size),
            settle: section.number("settle")?.unwrap_or(default.settle),
            clip: section.positive_or_false("clip")?.unwrap_or(default.clip),
            every: count("every", default.every)?,
            samples: count("samples", default.samples)?,
            runs,
            criterion,
            threshold,
        })
    }

    /// The options of a training run.
    pub fn training(&self) -> Training {
        Training {
            steps: index(self.steps),
            batch: index(self.batch),
            step_size: self.step_size,
            settle: self.settle,
            clip: self.clip,
            every: index(self.every),
            samples: index(self.samples),
            ..Training::default()
        }
    }

    /// The schedule on the clock of the flow, which counts `step_size` a step.
    pub fn clock(&self, schedule: &ScheduleConfig) -> ScheduleConfig {
        schedule.at_pace(self.step_size / self.time_step)
    }

    /// The time at which training ends.
    pub fn end(&self) -> f64 {
        self.steps as f64 * self.time_step
    }
}

/// Both sections; nothing if neither has a key.
pub(crate) fn resolve(
    document: &Document,
    (modes, dimension): (usize, usize),
) -> Result<Option<(FlowConfig, TrainingConfig)>, ConfigError> {
    let (flow, training) = (&document.section("flow"), &document.section("training"));
    if flow.is_empty() && training.is_empty() {
        return Ok(None);
    }
    let found = (FlowConfig::resolve(flow)?, TrainingConfig::resolve(training, modes)?);
    found.0.architecture(dimension).check().map_err(|e| {
        // The dimension of a flow is that of the start.
        flow.parameter(&if e.name() == "dimension" { e.of(collapsar_theory::Part::Start) } else { e })
    })?;
    found.1.training().check().map_err(|e| training.parameter(&e))?;
    Ok(Some(found))
}
