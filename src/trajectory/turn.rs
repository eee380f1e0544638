//! When a run changes its verdict.

use collapsar_theory::Problem;

use crate::integrate::{Crossing, Event, Integrator, Outcome, Request, RequestMisuse, Tempered};
use crate::trajectory::closed::Closed;
use crate::trajectory::limit::margin;

/// The last time in a stretch at which the verdict turns.
pub(crate) fn last_turn(
    flow: &impl Closed,
    problem: &Problem,
    (integrator, max_steps): (&dyn Integrator, usize),
    (from, to): (f64, f64),
    state: Vec<f64>,
) -> Result<f64, RequestMisuse> {
    let schedule = problem.schedule();
    let system = Tempered::new(flow, schedule);
    let function = |t: f64, y: &[f64]| margin(flow, schedule.beta(t), y, problem.target().weights());
    let events = [Event { function: &function, direction: Crossing::Either }];
    let (mut time, mut state, mut last) = (from, state, to);
    while time < to {
        let mut request = Request::new(&state, time, to);
        (request.max_steps, request.events) = (max_steps, &events);
        let solution = integrator.integrate(&system, &request)?;
        // A located crossing lies behind it, so that the next search does not find it again.
        if !matches!(solution.outcome, Outcome::Event(_)) || solution.time <= time {
            break;
        }
        last = solution.time;
        (time, state) = (solution.time, solution.state);
    }
    Ok(last)
}
