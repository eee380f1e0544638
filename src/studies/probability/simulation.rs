//! Stochastic descent in R^d.

use collapsar_theory::Pair;

use crate::config::{OptimiserName, Route};
use crate::montecarlo::{Adam, Descent, DescentOptions, FreeStart, Optimiser, SphereStart};
use crate::results::{Answer, Detail};
use crate::studies::StudyError;
use crate::studies::probability::Question;
use crate::studies::probability::question::Said;

/// Descent without a horizon runs until the temperature is within this of its limit, and on for as long as slow
/// directions need.
const SETTLED: f64 = 1e-3;
const RELAXATION: f64 = 10.0;
/// Most steps of a run.
const MOST_STEPS: f64 = 1e9;

/// For pairs.
pub(super) fn ask(question: &Question<'_>) -> Result<Said, StudyError> {
    let pair = match question.pair_for(Route::Simulation) {
        Ok(pair) => pair,
        Err(why) => return Ok(Said::Nothing(why)),
    };
    let (schedule, asked) = (question.problem.schedule(), question.config.simulation.unwrap_or_default());
    let horizon = question.config.stop.horizon.unwrap_or(schedule.settling_time(SETTLED) + RELAXATION);
    let steps = (horizon / asked.step).round();
    if steps > MOST_STEPS {
        let rule = format!("reach time {horizon} in at most 1e9 steps");
        return Err(StudyError::refused("simulation.step", asked.step, rule));
    }
    let options = DescentOptions {
        batch: usize::try_from(asked.batch).unwrap_or(usize::MAX),
        step: asked.step,
        steps: steps as usize,
        score: asked.score,
        optimiser: match asked.optimiser {
            OptimiserName::Plain => Optimiser::Plain,
            OptimiserName::Adam => Optimiser::Adam(Adam::default()),
        },
        ..DescentOptions::default()
    };
    let descent = match pair {
        Pair::Free(flow) => {
            let start = FreeStart::new(question.dimension(), question.scale())?;
            Descent::free(flow, schedule, start, options)?
        }
        Pair::Sphere(flow) => Descent::sphere(flow, schedule, SphereStart::new(question.dimension())?, options)?,
    };
    let detail = Detail::Descent { batch: asked.batch, step: asked.step, steps: steps as u64 };
    Ok(Said::from(Answer::counted(descent.estimate(question.seed, asked.runs), detail)))
}
