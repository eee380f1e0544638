//! Trained normalizing flows.

use crate::studies::StudyError;
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::question::Said;
use crate::studies::trainable::{Trainable, Trainings};

/// For configurations with a flow.
pub(super) fn ask(
    question: &CollapseProbability<'_>,
    trainings: &Trainings<'_>,
    notes: &mut Vec<String>,
) -> Result<Said, StudyError> {
    if question.config.stop.horizon.is_some() {
        notes.push("flows are judged after `training.steps`, not at `stop.horizon`".to_owned());
    }
    Trainable::of_question(question.config, question.seed)?.count(trainings).map(Said::from)
}
