//! A stretch of a slow way, by an implicit method.

use crate::integrate::{DiffsolBdf, Integrator, Outcome, Request, Solution, System, Tolerances};
use crate::trajectory::closed::Closed;
use crate::trajectory::limit::{growth_of, jacobian};

/// Growth of a perturbation over a step, in e-foldings, beyond which an implicit method is not trusted: it damps what grows within its
/// steps, and a run that leaves a saddle would stay.
const GROWTH: f64 = 1.0;
/// The same over a stretch, at the rate of its start.
const FOLDINGS: f64 = 2.0;
/// How often a shorter one is tried where a step was too long.
const TRIES: usize = 2;

/// The stretch of `request`, or as much of it as a perturbation takes to grow, by BDF, whose steps are as long as the way is smooth,
/// where those of explicit methods are as short as the fastest rate asks. `None` where that is less than `worth`, where a step
/// fails, and in a build without diffsol. Growth is that of `flow`; of `rough` are the matrices of the steps, which only have to converge.
pub(crate) fn slide<F: Closed>(
    system: &dyn System,
    (flow, rough, beta): (&F, &F, f64),
    request: &Request<'_>,
    worth: f64,
    tolerances: Tolerances,
) -> Option<Solution> {
    let mut length = request.end - request.start;
    if !cfg!(feature = "diffsol") || length < worth {
        return None;
    }
    let growth = |state: &[f64]| growth_of(&jacobian(flow, beta, state));
    let fill = |_: usize, _: f64, y: &[f64], out: &mut [f64]| {
        // nalgebra holds columns one after the other.
        let rows = jacobian(rough, beta, y).transpose();
        out.copy_from_slice(rows.as_slice());
    };
    let before = growth(request.state);
    if before > 0.0 {
        length = length.min(FOLDINGS / before);
    }
    for _ in 0..TRIES {
        if before.is_nan() || length < worth {
            break;
        }
        // Its steps say how long they were, and where the verdict turned.
        let mut part = Request::new(request.state, request.start, request.start + length);
        (part.max_steps, part.keep_steps) = (request.max_steps, true);
        let solution = DiffsolBdf { tolerances, jacobian: &fill }.integrate(system, &part).ok()?;
        if solution.outcome != Outcome::Reached {
            return None;
        }
        let longest = solution.steps.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(0.0, f64::max);
        // Of a rate that is no number neither holds.
        if [before, growth(&solution.state)].iter().all(|rate| rate * longest <= GROWTH) {
            return Some(solution);
        }
        length /= 4.0;
    }
    None
}

#[cfg(test)]
mod tests {
    use collapsar_theory::{CubatureOptions, Family, MixtureFlow, Problem, Rules, Schedule, Start, Target};

    use super::*;
    use crate::integrate::Tempered;
    use crate::trajectory::limit::fastest_motion;

    /// Two components on modes at +-3, from `places` on the line of the modes.
    fn slid(places: [f64; 2], (end, worth): (f64, f64)) -> (f64, Option<Solution>) {
        let rules = Rules::FREE;
        let family = Family::new(vec![0.5, 0.5], rules).unwrap();
        let target = Target::new(vec![vec![3.0], vec![-3.0]], vec![0.5, 0.5]).unwrap();
        let start = Start::means(places.map(|x| vec![x]).to_vec()).unwrap();
        let schedule = Schedule::constant(1.0).unwrap();
        let problem = Problem::new(target, family, schedule.clone(), start).unwrap();
        let (_, start) = problem.reduce();
        let flow =
            MixtureFlow::new(&problem, start.modes.clone(), start.dimension, &CubatureOptions::default()).unwrap();
        let state = flow.initial_state(&start.means, 1.0).unwrap();
        let tolerances = Tolerances { relative: 1e-6, absolute: 1e-8 };
        let found = slide(
            &Tempered::new(&flow, &schedule),
            (&flow, &flow, 1.0),
            &Request::new(&state, 0.0, end),
            worth,
            tolerances,
        );
        let motion = found.as_ref().map_or(f64::NAN, |found| fastest_motion(&flow, 1.0, &found.state));
        (motion, found)
    }

    #[test]
    fn a_stretch_to_rest_in_few_steps_and_none_from_a_saddle() {
        let (motion, found) = slid([2.5, -2.5], (1e4, 100.0));
        let solution = found.unwrap();
        assert!(motion < 1e-5 && solution.time == 1e4 && solution.statistics.accepted < 200, "{motion} {solution:?}");
        // Together in the middle: they part, or fall to one side.
        assert!(slid([1e-9, -1e-9], (1e4, 100.0)).1.is_none());
        // For less than an e-folding nothing is damped.
        let (_, found) = slid([1e-9, -1e-9], (1e4, 1e-2));
        let reached = found.unwrap().time;
        assert!(reached > 1e-2 && reached < 10.0, "{reached}");
    }
}
