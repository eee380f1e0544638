//! A run under a schedule that watches the fit.

use std::borrow::Cow;

use collapsar_theory::{AdaptiveRule, CubatureOptions, FARTHEST, MixtureFlow};

use crate::config::{ScheduleConfig, SolveRun};
use crate::integrate::Tolerances;
use crate::studies::solve::trace::{averages, starting_point};
use crate::studies::{StudyError, number};
use crate::trajectory::{CoolingLimits, realise};

/// The run under the schedule that its rule gives it, a table, and what there is to say of it; another run as it is.
pub(super) fn realised(config: &SolveRun) -> Result<(Cow<'_, SolveRun>, Vec<String>), StudyError> {
    let (problem, Some(rule)) = config.problem.watched()? else { return Ok((Cow::Borrowed(config), Vec::new())) };
    if config.problem.shaped()?.is_some() {
        return Err(watched_shapes(rule));
    }
    let (_, start) = starting_point(&problem, None, config);
    let cubature = CubatureOptions { tolerance: averages(config), ..CubatureOptions::default() };
    let flow = MixtureFlow::new(&problem, start.modes, start.dimension, &cubature)?;
    let state = flow.initial_state(&start.means, problem.initial_variance())?;
    let limits = CoolingLimits {
        tolerances: Tolerances { relative: config.solve.relative_tolerance, absolute: config.solve.absolute_tolerance },
        end: FARTHEST,
        max_steps: usize::try_from(config.solve.max_steps).unwrap_or(usize::MAX),
    };
    let cooled = realise(rule, &problem, &flow, &state, &limits)?;
    let gaussian = rule.gaussian_duration(problem.dimension());
    let note = format!(
        "the rule reached T = 1 at t = {} after {} changes (one Gaussian: at t = {})",
        number(cooled.time),
        cooled.changes.len() - 1,
        number(gaussian)
    );
    let mut run = config.clone();
    run.problem.schedule = ScheduleConfig::from(&cooled.schedule()?);
    Ok((Cow::Owned(run), vec![note]))
}

/// Rules that watch the fit are for modes of covariance I and components of one variance.
pub(crate) fn watched_shapes(rule: AdaptiveRule) -> StudyError {
    let kind = format!("\"{}\"", rule.kind().name());
    let rule = "be a function of time where modes have covariances or components variances of their own";
    StudyError::refused("schedule.kind", kind, rule)
}
