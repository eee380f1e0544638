//! Flows on a named density, counted by training.

use collapsar_theory::mixed_seed;

use crate::config::{FlowProblemConfig, Route};
use crate::results::Answers;
use crate::studies::StudyError;
use crate::studies::trainable::{Trainable, Trainings};

/// A question about flows on a density that is no mixture.
pub(crate) struct FlowQuestion<'a>(&'a FlowProblemConfig);

impl<'a> FlowQuestion<'a> {
    /// Refuses flows that cannot be trained.
    pub(crate) fn new(run: &'a FlowProblemConfig) -> Result<Self, StudyError> {
        Trainable::of_flow(run, 0)?;
        Ok(Self(run))
    }

    /// The seed of a point of a grid: the given one mixed with what the problem is, as for mixtures: flow and training are not of it.
    pub(crate) fn seed(&self) -> u64 {
        let FlowProblemConfig { target, schedule, start, .. } = self.0;
        mixed_seed(start.seed, &format!("flow|{target:?}|{schedule:?}|{}", start.dimension))
    }

    /// The one route.
    pub(crate) fn default_routes(&self) -> Vec<Route> {
        vec![Route::RealNvp]
    }

    /// The count; other routes are refused.
    pub(crate) fn answer(&self, routes: &[Route], seed: u64, trainings: &Trainings<'_>) -> Result<Answers, StudyError> {
        let mut answers = Answers::default();
        for &route in routes {
            if route != Route::RealNvp {
                let rule = format!("be a mixture for the {} route", route.name());
                return Err(StudyError::refused("target", "a named density", rule));
            }
            answers.by_route.insert(route, Trainable::of_flow(self.0, seed)?.count(trainings)?);
        }
        Ok(answers)
    }
}
