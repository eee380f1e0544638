//! The route of stochastic descent.

use anyhow::anyhow;
use collapsar_theory::Pair;

use crate::commands::Failure;
use crate::commands::routes::Question;
use crate::config::OptimiserName;
use crate::montecarlo::{Adam, Descent, DescentOptions, FreeStart, Optimiser, SphereStart};
use crate::results::SimulationRecord;

/// Stochastic descent without a horizon runs until the temperature is within this of its limit, and on for as long as
/// slow directions need.
const SETTLED: f64 = 1e-3;
const RELAXATION: f64 = 10.0;
/// Most steps of a run of descent.
const MOST_STEPS: f64 = 1e9;

/// Counts runs of stochastic descent on `pair`.
pub(super) fn simulate(question: &Question<'_>, pair: Pair) -> Result<SimulationRecord, Failure> {
    let (schedule, asked) = (question.problem.schedule(), question.config.simulation.unwrap_or_default());
    let horizon = question.config.stop.horizon.unwrap_or(schedule.settling_time(SETTLED) + RELAXATION);
    let steps = (horizon / asked.step).round();
    if steps > MOST_STEPS {
        let text = format!("`simulation.step` is {}: it must reach time {horizon} in at most 1e9 steps", asked.step);
        return Err(Failure::usage(anyhow!(text)));
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
            let start = FreeStart::new(question.dimension(), question.scale()).map_err(Failure::usage)?;
            Descent::free(flow, schedule, start, options)
        }
        Pair::Sphere(flow) => {
            let start = SphereStart::new(question.dimension()).map_err(Failure::usage)?;
            Descent::sphere(flow, schedule, start, options)
        }
    };
    let seed = question.config.start.seed.unwrap_or(0);
    let estimate = descent.map_err(Failure::usage)?.estimate(seed, asked.runs);
    let value = estimate.probability.unwrap_or(f64::NAN);
    Ok(SimulationRecord { value, estimate, batch: asked.batch, step: asked.step, steps: steps as u64 })
}
