//! `[flow]` and `[training]`: a normalizing flow and how it is trained.

use crate::config::document::Document;
use crate::config::error::ConfigError;
use crate::config::keys::{Criterion, FlowConfig, TrainingConfig};
use crate::config::schedule::ScheduleConfig;
use crate::config::section::Section;
use crate::flows::{Architecture, BatchNorm, Training};

impl FlowConfig {
    /// The flow in `dimension` dimensions.
    pub fn architecture(&self, dimension: usize) -> Architecture {
        Architecture {
            dimension,
            couplings: index(self.couplings),
            hidden: self.hidden.iter().map(|w| index(*w)).collect(),
            activation: self.activation,
            batch_norm: self.batch_norm.0.unwrap_or(BatchNorm::None),
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
    let found = (FlowConfig::read(flow)?, TrainingConfig::resolve(training, pair)?);
    found.0.architecture(dimension).check().map_err(|e| {
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
        let library = Architecture::default();
        assert_eq!(FlowConfig::default().architecture(library.dimension), library);
        assert_eq!(TrainingConfig::default().training(), Training::default());
    }
}
