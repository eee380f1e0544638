//! Which geometric schedule reaches a wanted probability of collapse.

use collapsar_theory::{EquatorFormula, Schedule, SharpFormula, SpherePair};

use crate::results::{Advice, ScheduleAdvice};
use crate::studies::StudyError;

/// Longest duration that is searched for a wanted probability.
const LONGEST: f64 = 1e4;

/// The geometric schedules that reach the `wanted` P_c, from T0 as it is and from the cheapest.
pub(super) fn advice(
    formula: &SharpFormula,
    flow: SpherePair,
    dimension: f64,
    schedule: &Schedule,
    wanted: f64,
) -> Result<Advice, StudyError> {
    let refined = EquatorFormula::new(flow)?;
    let from = |initial_temperature: f64| -> Result<ScheduleAdvice, StudyError> {
        let duration = formula.duration(dimension, initial_temperature, wanted)?;
        let collapses = |duration: f64| {
            let trial = Schedule::geometric(initial_temperature, duration)?;
            Ok::<_, StudyError>(refined.probability(dimension, &trial) > wanted)
        };
        let refined_duration = least_duration(collapses)?;
        Ok(ScheduleAdvice { initial_temperature, duration: Some(duration).filter(|t| t.is_finite()), refined_duration })
    };
    let cheapest = formula.cheapest_temperature().map(from).transpose()?;
    Ok(Advice { wanted, here: from(schedule.initial_temperature())?, cheapest })
}

/// The least duration at which a schedule no longer collapses too often, to 1e-6 relative; nothing up to the longest.
fn least_duration(collapses: impl Fn(f64) -> Result<bool, StudyError>) -> Result<Option<f64>, StudyError> {
    let (mut low, mut high) = (0.0, 1.0);
    while collapses(high)? {
        (low, high) = (high, 2.0 * high);
        if high > LONGEST {
            return Ok(None);
        }
    }
    while high - low > 1e-6 * high {
        let middle = low + (high - low) / 2.0;
        if collapses(middle)? { low = middle } else { high = middle }
    }
    Ok(Some(high))
}
