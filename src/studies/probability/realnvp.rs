//! Trained normalizing flows.

use crate::studies::StudyError;
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::question::Said;
use crate::studies::trainable::{Trainable, Trainings};

/// For configurations with a flow.
pub(super) fn ask(question: &CollapseProbability<'_>, trainings: &Trainings<'_>) -> Result<Said, StudyError> {
    if let Some(horizon) = question.config.stop.horizon {
        let rule = "be absent for the realnvp route: a flow is judged after `training.steps`";
        return Ok(Said::Nothing(StudyError::refused("stop.horizon", horizon, rule)));
    }
    Trainable::of_question(question.config, question.seed)?.count(trainings).map(Said::from)
}
