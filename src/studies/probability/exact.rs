//! The exact route: quadrature of the start law over the collapse boundary, theory (14).

use collapsar_theory::{Pair, SphereVariance};

use crate::probability::{FreeBoundary, Limits, SphereBoundary, free_probability, sphere_probability};
use crate::results::{Answer, Detail};
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::question::Said;
use crate::studies::{StudyError, number};

/// An error of more than this many tolerances is said.
const MISSED: f64 = 10.0;

/// For pairs, in the limit of time.
pub(super) fn ask(question: &CollapseProbability<'_>, notes: &mut Vec<String>) -> Result<Said, StudyError> {
    let pair = match question.pair_or_said() {
        Ok(pair) => pair,
        Err(said) => return Ok(said),
    };
    if let Some(horizon) = question.config.stop.horizon {
        let rule = "be absent for the exact route, which classifies in the limit";
        return Ok(Said::Nothing(StudyError::refused("stop.horizon", horizon, rule)));
    }
    if let Some(why) = question.law_has_lost_its_digits() {
        return Ok(Said::Nothing(why));
    }
    let (schedule, tolerance) = (question.problem.schedule(), question.config.exact.tolerance);
    let limits = Limits::for_tolerance(tolerance);
    let found = match pair {
        Pair::Free(flow) => {
            let boundary = FreeBoundary::new(flow, schedule, limits)?;
            free_probability(&boundary, question.dimension(), question.scale(), tolerance)
        }
        Pair::Sphere(flow) => {
            if matches!(flow.options().variance, SphereVariance::Lagging { .. }) {
                notes.push("the variance lags as in infinite dimension: an error of order 1/d".to_owned());
            }
            let boundary = SphereBoundary::new(flow, schedule, limits)?;
            sphere_probability(&boundary, question.dimension(), tolerance)
        }
    };
    if !found.value.is_finite() {
        let why = format!(
            "the exact route would take more than some minutes to come to `exact.tolerance` = {tolerance:e} here: ask for \
             less, or count"
        );
        return Ok(Said::Nothing(StudyError::computation(why)));
    }
    let valid = found.error <= MISSED * tolerance;
    if !valid {
        notes.push(format!("the exact route did not reach its tolerance: error {}", number(found.error)));
    }
    Ok(Said::from(Answer {
        cooling: None,
        // A value below its own error may come out negative.
        value: found.value.clamp(0.0, 1.0),
        error: Some(found.error),
        estimate: None,
        valid,
        detail: Detail::Quadrature { evaluations: found.evaluations },
    }))
}
