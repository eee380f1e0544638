//! A run under a schedule that watches the fit.

use std::borrow::Cow;

use collapsar_theory::{CubatureOptions, FARTHEST, MixtureFlow, ShapedFlow};

use crate::config::{ScheduleConfig, SolveRun};
use crate::integrate::Tolerances;
use crate::studies::solve::trace::{averages, starting_point};
use crate::studies::{StudyError, number};
use crate::trajectory::{CoolingLimits, Watched, realise};

/// The run under the schedule that its rule gives it, a table, and what there is to say of it; another run as it is.
pub(super) fn realised(config: &SolveRun) -> Result<(Cow<'_, SolveRun>, Vec<String>), StudyError> {
    let (problem, Some(rule)) = config.problem.watched()? else { return Ok((Cow::Borrowed(config), Vec::new())) };
    let shaped = config.problem.shaped()?;
    let (_, start) = starting_point(&problem, shaped.as_ref(), config);
    let cubature = CubatureOptions { tolerance: averages(config), ..CubatureOptions::default() };
    let limits = CoolingLimits {
        tolerances: Tolerances { relative: config.solve.relative_tolerance, absolute: config.solve.absolute_tolerance },
        end: FARTHEST,
        max_steps: usize::try_from(config.solve.max_steps).unwrap_or(usize::MAX),
    };
    let cooled = match &shaped {
        Some(shaped) => {
            let watched = Watched::shaped(rule, shaped, &start.modes, start.dimension)?;
            let flow = ShapedFlow::new(shaped, start.modes, start.dimension, &cubature)?;
            let state = flow.initial_state(&start.means, &shaped.initial_variances())?;
            realise(&watched, &flow, &state, &limits)?
        }
        None => {
            let watched = Watched::modes(rule, &problem, &start.modes, start.dimension)?;
            let flow = MixtureFlow::new(&problem, start.modes, start.dimension, &cubature)?;
            let state = flow.initial_state(&start.means, problem.initial_variance())?;
            realise(&watched, &flow, &state, &limits)?
        }
    };
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
