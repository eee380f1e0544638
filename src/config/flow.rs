//! `[flow]` and `[training]`: a normalizing flow and how it is trained.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::keys::{Criterion, FlowKeys, FlowName, LangevinConfig, OrFalse, Precision, TrainingConfig};
use crate::config::schedule::ScheduleConfig;
use crate::config::section::Section;
use crate::flows::{
    Activation, Architecture, BatchNorm, Conditioner, CoordinateMaps, FlowKind, Initial, Langevin, Mask, Training,
};

/// `[flow]`: what is trained, see [`Architecture`] and [`CoordinateMaps`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each field is said by the type that it goes into")]
pub enum FlowConfig {
    /// Couplings.
    #[serde(rename = "realnvp")]
    RealNvp {
        couplings: u64,
        hidden: Vec<u64>,
        activation: Activation,
        batch_norm: OrFalse<BatchNorm>,
        scale_bound: f64,
        mask: Mask,
        conditioner: Conditioner,
        initial: Initial,
        precision: Precision,
    },
    /// A monotone map of each coordinate.
    MeanField { knots: u64, rotation: bool, initial: Initial, precision: Precision },
}

/// Keys of one kind alone.
const OF_REALNVP: [&str; 7] = ["couplings", "hidden", "activation", "batch_norm", "scale_bound", "mask", "conditioner"];
const OF_MEAN_FIELD: [&str; 2] = ["knots", "rotation"];

impl From<FlowKeys> for FlowConfig {
    fn from(keys: FlowKeys) -> Self {
        let FlowKeys { initial, precision, knots, rotation, .. } = keys;
        match keys.kind {
            FlowName::MeanField => Self::MeanField { knots, rotation, initial, precision },
            FlowName::RealNvp => Self::RealNvp {
                couplings: keys.couplings,
                hidden: keys.hidden,
                activation: keys.activation,
                batch_norm: keys.batch_norm,
                scale_bound: keys.scale_bound,
                mask: keys.mask,
                conditioner: keys.conditioner,
                initial,
                precision,
            },
        }
    }
}

impl FlowConfig {
    fn resolve(section: &Section<'_>) -> Result<Self, ConfigError> {
        let found = FlowKeys::read(section)?;
        match found.kind {
            FlowName::RealNvp => section.refuse(&OF_MEAN_FIELD, "`flow.kind` is \"realnvp\"")?,
            FlowName::MeanField => section.refuse(&OF_REALNVP, "`flow.kind` is \"mean-field\"")?,
        }
        Ok(found.into())
    }

    /// The flow in `dimension` dimensions.
    pub fn made_of(&self, dimension: usize) -> FlowKind {
        match *self {
            Self::RealNvp {
                couplings,
                ref hidden,
                activation,
                batch_norm,
                scale_bound,
                mask,
                conditioner,
                initial,
                precision: _,
            } => Architecture {
                dimension,
                couplings: index(couplings),
                hidden: hidden.iter().map(|w| index(*w)).collect(),
                activation,
                batch_norm: batch_norm.0.unwrap_or(BatchNorm::None),
                scale_bound,
                mask,
                conditioner,
                initial,
            }
            .into(),
            Self::MeanField { knots, rotation, initial, precision: _ } => {
                CoordinateMaps { dimension, knots: index(knots), rotation, initial }.into()
            }
        }
    }

    /// The number type.
    pub fn precision(&self) -> Precision {
        match self {
            Self::RealNvp { precision, .. } | Self::MeanField { precision, .. } => *precision,
        }
    }
}

fn index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

impl TrainingConfig {
    fn resolve(section: &Section<'_>, pair: bool) -> Result<Self, ConfigError> {
        let mut found = Self::read(section)?;
        if !section.has("time_step") {
            found.time_step = found.step_size;
        }
        if !section.has("criterion") {
            found.criterion = if pair { Criterion::Spread } else { Criterion::Coverage };
        }
        if found.criterion == Criterion::Spread && !pair {
            return Err(section.breaks("criterion", "be \"coverage\" unless the target has two modes of covariance I"));
        }
        if found.criterion == Criterion::Coverage {
            section.refuse(&["threshold"], "the criterion \"coverage\" has no threshold")?;
        }
        Ok(found)
    }

    /// The options of a training run.
    pub fn training(&self) -> Training {
        Training {
            steps: index(self.steps),
            batch: index(self.batch),
            step_size: self.step_size,
            settle: self.settle,
            clip: self.clip.0,
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

impl LangevinConfig {
    /// Resolves the section, beside a training if there is one.
    pub(crate) fn resolve(
        section: &Section<'_>,
        beside: Option<(&ScheduleConfig, &TrainingConfig)>,
    ) -> Result<Self, ConfigError> {
        let found = Self::read(section)?;
        found.langevin().check().map_err(|e| section.parameter(&e))?;
        if let Some((schedule, training)) = beside {
            if schedule.kind.watches_the_fit() {
                return Err(section.breaks("chains", "not be given beside a schedule that watches the fit"));
            }
            let gradients = training.steps.saturating_mul(training.batch);
            if found.chains > gradients {
                let rule = format!("be at most the gradients of the training, {gradients}");
                return Err(section.breaks("chains", &rule));
            }
        }
        Ok(found)
    }

    /// The options of a run.
    pub fn langevin(&self) -> Langevin {
        Langevin { chains: index(self.chains), step: self.step }
    }
}

/// Where neither section has a key.
pub(crate) const MISSING: &str = "`flow` is missing: [flow] and [training] say which flow is trained, and how";

/// Both sections; nothing if neither has a key. Two modes of covariance I are a `pair`.
pub(crate) fn resolve(
    document: &Document,
    (pair, dimension): (bool, usize),
) -> Result<Option<(FlowConfig, TrainingConfig)>, ConfigError> {
    let (flow, training) = (&document.section("flow"), &document.section("training"));
    if flow.is_empty() && training.is_empty() {
        return Ok(None);
    }
    let found = (FlowConfig::resolve(flow)?, TrainingConfig::resolve(training, pair)?);
    found.0.made_of(dimension).check().map_err(|e| {
        // The dimension of a flow is that of the start.
        flow.parameter(&if e.name() == "dimension" { e.of(collapsar_theory::Part::Start) } else { e })
    })?;
    found.1.training().check().map_err(|e| training.parameter(&e))?;
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The library's own defaults are those of the configuration.
    #[test]
    fn defaults_of_flows() {
        let kinds = [
            (FlowName::RealNvp, Architecture::default().into()),
            (FlowName::MeanField, CoordinateMaps::default().into()),
        ];
        for (kind, library) in kinds {
            let config = FlowConfig::from(FlowKeys { kind, ..FlowKeys::default() });
            assert_eq!(config.made_of(FlowKind::dimension(&library)), library);
        }
        assert_eq!(TrainingConfig::default().training(), Training::default());
    }
}
