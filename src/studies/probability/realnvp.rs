//! Trained normalizing flows.

use crate::studies::StudyError;
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::question::Said;
use crate::studies::trainable::{Trainable, Trainings};

/// For configurations with a flow; a horizon is of the closed flow beside it.
pub(super) fn ask(
    question: &CollapseProbability<'_>,
    alone: bool,
    trainings: &Trainings<'_>,
    notes: &mut Vec<String>,
) -> Result<Said, StudyError> {
    if let Some(horizon) = question.config.stop.horizon {
        if alone {
            let rule = "be absent for the realnvp route: a flow is judged after `training.steps`";
            return Ok(Said::Nothing(StudyError::refused("stop.horizon", horizon, rule)));
        }
        notes.push("flows are judged after `training.steps`, not at `stop.horizon`".to_owned());
    }
    Trainable::of_question(question.config, question.seed)?.count(trainings).map(Said::from)
}
