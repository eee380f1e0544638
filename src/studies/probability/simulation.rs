//! Stochastic descent in R^d.

use collapsar_theory::Pair;

use crate::config::OptimiserName;
use crate::montecarlo::{Adam, Descent, DescentOptions, FreeStart, Optimiser, SphereStart};
use crate::results::{Answer, Detail};
use crate::studies::StudyError;
use crate::studies::probability::Question;
use crate::studies::probability::portion::Portion;
use crate::studies::probability::question::{SETTLED, Said};

/// Descent without a horizon runs until it is cold, and on for as long as slow directions need.
const RELAXATION: f64 = 10.0;
/// Most dimensions: vectors of as many numbers for each thread.
const MOST_COORDINATES: usize = 1 << 24;
/// Most steps of a run.
const MOST_STEPS: f64 = 1e6;

/// For pairs.
pub(super) fn ask(question: &Question<'_>, portion: &Portion<'_>, notes: &mut Vec<String>) -> Result<Said, StudyError> {
    let pair = match question.pair_or_said() {
        Ok(pair) => pair,
        Err(said) => return Ok(said),
    };
    let (schedule, asked) = (question.problem.schedule(), question.config.simulation.clone().unwrap_or_default());
    let horizon = question.config.stop.horizon.unwrap_or(schedule.settling_time(SETTLED) + RELAXATION);
    if question.dimension() > MOST_COORDINATES {
        let rule = format!("be at most {MOST_COORDINATES} for the simulation route, which keeps every coordinate");
        return Err(StudyError::refused("start.dimension", question.dimension(), rule));
    }
    let steps = (horizon / asked.step).round();
    if steps > MOST_STEPS {
        let rule = format!("reach time {horizon} in at most 1e6 steps");
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
    if asked.optimiser == OptimiserName::Adam {
        notes.push(
            "Adam follows a normalised gradient with memory, not the gradient: its clock and its P_c are its own, and the \
             other routes are for plain descent"
                .to_owned(),
        );
    }
    let detail = Detail::Descent { batch: asked.batch, step: asked.step, steps: steps as u64 };
    let go_on = |runs: u64| portion.go_on(runs, asked.runs);
    let found = descent.estimate_while(question.seed, asked.runs, &go_on).ok_or(StudyError::Cancelled)?;
    Ok(Said::from(Answer::counted(found, detail)))
}
