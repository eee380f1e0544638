//! The ensemble of the closed flow.

use collapsar_theory::{AdaptiveRule, Pair, ShapedProblem};

use crate::montecarlo::{
    AdamEnsemble, AdamOptions, AdaptiveEnsemble, AdaptivePair, EnsembleOptions, FreeEnsemble, FreeStart,
    MixtureEnsemble, MixtureOptions, ShapedEnsemble, SphereEnsemble, SphereStart,
};
use crate::results::Answer;
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::portion::Portion;
use crate::studies::probability::question::Said;
use crate::studies::{StudyError, number};

/// Most coordinates of all means under Adam: some seconds a run.
const MOST_UNKNOWNS: usize = 20_000;

/// For every problem; Adam's flow where that descends.
pub(super) fn ask(
    question: &CollapseProbability<'_>,
    portion: &Portion<'_>,
    notes: &mut Vec<String>,
) -> Result<Said, StudyError> {
    if let Some(shaped) = &question.shaped {
        return with_shapes(question, shaped, portion);
    }
    if let Some(step) = question.adam() {
        if let Some(rule) = question.rule {
            let why = "be a function of time for the flow of Adam: the simulation route takes Adam's steps under it";
            return Ok(Said::Nothing(StudyError::refused("schedule.kind", format!("\"{}\"", rule.kind().name()), why)));
        }
        return adam(question, step, portion, notes);
    }
    if let Some(rule) = question.rule {
        return adaptive(question, rule, portion);
    }
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

/// Runs that are followed one by one.
fn with_shapes(
    question: &CollapseProbability<'_>,
    shaped: &ShapedProblem,
    portion: &Portion<'_>,
) -> Result<Said, StudyError> {
    if question.adam().is_some() {
        let rule = "be \"plain\" where modes have covariances or components variances of their own";
        return Ok(Said::Nothing(StudyError::refused("optimiser.kind", "\"adam\"", rule)));
    }
    if let Some(why) = question.averages_missing() {
        return Ok(Said::Nothing(why));
    }
    let options = MixtureOptions { horizon: question.config.stop.horizon, ..MixtureOptions::default() };
    let n = question.config.montecarlo.samples;
    let go_on = |draws: u64| portion.go_on(draws, n);
    if let Some(rule) = question.rule {
        let ensemble = AdaptiveEnsemble::shaped(shaped, rule, &options)?;
        let (estimate, cooling) = ensemble.estimate_while(question.seed, n, &go_on).ok_or(StudyError::Cancelled)?;
        return Ok(Said::from(Answer::from(estimate).cooled(Some(cooling))));
    }
    let found = ShapedEnsemble::new(shaped, &options)?.estimate_while(question.seed, n, &go_on);
    found.map(|estimate| Said::from(Answer::from(estimate))).ok_or(StudyError::Cancelled)
}

/// Each run with its own temperatures, which it finds on the way: pairs on their own kernels where their
/// statistics say all of the fit, every other mixture as it is.
fn adaptive(question: &CollapseProbability<'_>, rule: AdaptiveRule, portion: &Portion<'_>) -> Result<Said, StudyError> {
    let (horizon, n) = (question.config.stop.horizon, question.config.montecarlo.samples);
    let go_on = |runs: u64| portion.go_on(runs, n);
    let by_statistics = match question.pair() {
        Some(Pair::Sphere(_)) => true,
        Some(Pair::Free(_)) => question.dimension() == 1,
        None => false,
    };
    let found = if by_statistics {
        let options = EnsembleOptions { horizon, ..EnsembleOptions::default() };
        let ensemble = AdaptivePair::new(question.problem, rule, &options)?;
        let found = ensemble.estimate_while(question.seed, n, &go_on);
        found.map(|(estimate, cooling)| (Answer::from(estimate), cooling))
    } else {
        let options = MixtureOptions { horizon, ..MixtureOptions::default() };
        let ensemble = AdaptiveEnsemble::new(question.problem, rule, &options)?;
        let found = ensemble.estimate_while(question.seed, n, &go_on);
        found.map(|(estimate, cooling)| (Answer::from(estimate), cooling))
    };
    let (answer, cooling) = found.ok_or(StudyError::Cancelled)?;
    Ok(Said::from(answer.cooled(Some(cooling))))
}

/// Theory (27): every coordinate is followed, and a run is judged when descent is.
fn adam(
    question: &CollapseProbability<'_>,
    step: f64,
    portion: &Portion<'_>,
    notes: &mut Vec<String>,
) -> Result<Said, StudyError> {
    let most = MOST_UNKNOWNS / question.problem.family().components();
    if question.dimension() > most {
        let rule = format!("be at most {most} under Adam, whose flow has no smaller statistics");
        return Err(StudyError::refused("start.dimension", question.dimension(), rule));
    }
    let options = AdamOptions { step, horizon: question.descent_horizon(), ..AdamOptions::default() };
    let n = question.config.montecarlo.samples;
    let ensemble = AdamEnsemble::new(question.problem, options)?;
    let found = ensemble.estimate_while(question.seed, n, &|draws| portion.go_on(draws, n));
    notes.push(format!(
        "counted under the flow of Adam (learning rate {}, exact gradients, small steps), judged at t = {}",
        number(step),
        number(options.horizon)
    ));
    found.map(|estimate| Said::from(Answer::from(estimate))).ok_or(StudyError::Cancelled)
}
