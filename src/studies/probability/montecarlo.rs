//! The ensemble of the closed flow.

use collapsar_theory::Pair;

use crate::montecarlo::{
    EnsembleOptions, FreeEnsemble, FreeStart, MixtureEnsemble, MixtureOptions, SphereEnsemble, SphereStart,
};
use crate::results::Answer;
use crate::studies::StudyError;
use crate::studies::probability::Question;
use crate::studies::probability::portion::Portion;
use crate::studies::probability::question::Said;

/// For every problem.
pub(super) fn ask(question: &Question<'_>, portion: &Portion<'_>) -> Result<Said, StudyError> {
    let (problem, horizon) = (question.problem, question.config.stop.horizon);
    let options = EnsembleOptions { horizon, ..EnsembleOptions::default() };
    let (seed, n) = (question.seed, question.config.montecarlo.samples);
    let go_on = |draws: u64| portion.go_on(draws, n);
    let found: Option<Answer> = match question.pair() {
        Some(Pair::Free(flow)) => {
            let start = FreeStart::new(question.dimension(), question.scale())?;
            let ensemble = FreeEnsemble::new(flow, problem.schedule(), start, &options)?;
            ensemble.estimate_while(seed, n, &go_on).map(Answer::from)
        }
        Some(Pair::Sphere(flow)) => {
            let start = SphereStart::new(question.dimension())?;
            let ensemble = SphereEnsemble::new(flow, problem.schedule(), start, &options)?;
            ensemble.estimate_while(seed, n, &go_on).map(Answer::from)
        }
        None => {
            let options = MixtureOptions { horizon, ..MixtureOptions::default() };
            let ensemble = MixtureEnsemble::new(problem, problem.initial_variance(), &options)?;
            ensemble.estimate_while(seed, n, &go_on).map(Answer::from)
        }
    };
    found.map(Said::from).ok_or(StudyError::Cancelled)
}
