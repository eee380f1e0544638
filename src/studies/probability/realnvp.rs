//! Trained normalizing flows.

use crate::results::TrainedRun;
use crate::studies::StudyError;
use crate::studies::probability::Question;
use crate::studies::probability::question::Said;
use crate::studies::trainable::Trainable;

/// Keeps a training.
type Note<'a> = &'a (dyn Fn(&TrainedRun) -> Result<(), StudyError> + Sync);

/// The trainings of a count that are finished, and where the next ones are noted, so that none is lost.
#[derive(Default)]
pub(crate) struct Trainings<'a> {
    /// Finished ones, in any order.
    pub(crate) known: &'a [TrainedRun],
    /// Called with each new one as it ends, from any thread.
    pub(crate) note: Option<Note<'a>>,
}

/// For configurations with a flow.
pub(super) fn ask(question: &Question<'_>, trainings: &Trainings<'_>) -> Result<Said, StudyError> {
    Trainable::of_question(question.config, question.seed)?.count(trainings).map(Said::from)
}
