//! The training of a normalizing flow on a target that is a function of the caller's: no section says what it is.

use serde::Serialize;

use crate::config::document::Document;
use crate::config::error::{ConfigError, Origin};
use crate::config::flow::{self, FlowConfig};
use crate::config::keys::TrainingConfig;
use crate::config::resolve;
use crate::config::runs::FlowStart;
use crate::config::schedule::ScheduleConfig;

/// What a configuration says of such a training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DensityFlowRun {
    /// The annealing schedule.
    pub schedule: ScheduleConfig,
    /// The dimension and the seed.
    pub start: FlowStart,
    /// The flow.
    pub flow: FlowConfig,
    /// Its training.
    pub training: TrainingConfig,
}

impl DensityFlowRun {
    /// Reads `[schedule]`, `[start]`, `[flow]` and `[training]`; sections and keys about the modes of a target are refused.
    pub fn resolve(document: &Document) -> Result<Self, ConfigError> {
        for name in ["target", "family", "compare", "density"] {
            let section = document.section(name);
            let given: Vec<&str> = section.entries().iter().map(|(key, _)| key.as_str()).collect();
            section.refuse(&given, "the target is a function")?;
        }
        let known = ["criterion", "threshold", "runs"];
        document.section("training").refuse(&known, "the modes of a function are not known, and it is fitted once")?;
        let (schedule, _) = resolve::any_schedule(document)?;
        let start = FlowStart::resolve(document)?;
        let Some((flow, training)) = flow::resolve(document, (false, start.dimension))? else {
            return Err(document.error(Origin::Absent, flow::MISSING.to_owned()));
        };
        resolve::check_rest(document, &["flow"])?;
        Ok(Self { schedule, start, flow, training })
    }
}
