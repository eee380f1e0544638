//! The ensemble of the closed flow.

use collapsar_theory::Pair;

use crate::montecarlo::{
    EnsembleOptions, FreeEnsemble, FreeStart, MixtureEnsemble, MixtureOptions, SphereEnsemble, SphereStart,
};
use crate::results::Answer;
use crate::studies::StudyError;
use crate::studies::probability::Question;
use crate::studies::probability::question::Said;

/// For every problem.
pub(super) fn ask(question: &Question<'_>) -> Result<Said, StudyError> {
    let (problem, horizon) = (question.problem, question.config.stop.horizon);
    let options = EnsembleOptions { horizon, ..EnsembleOptions::default() };
    let (seed, n) = (question.seed, question.config.montecarlo.samples);
    Ok(Said::from(match question.pair() {
        Some(Pair::Free(flow)) => {
            let start = FreeStart::new(question.dimension(), question.scale())?;
            FreeEnsemble::new(flow, problem.schedule(), start, &options)?.estimate(seed, n).into()
        }
        Some(Pair::Sphere(flow)) => {
            let start = SphereStart::new(question.dimension())?;
            SphereEnsemble::new(flow, problem.schedule(), start, &options)?.estimate(seed, n).into()
        }
        None => {
            let options = MixtureOptions { horizon, ..MixtureOptions::default() };
            let found: Answer =
                MixtureEnsemble::new(problem, problem.initial_variance(), &options)?.estimate(seed, n).into();
            found
        }
    }))
}
