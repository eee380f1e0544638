//! A stretch of a slow way, by an implicit method.

use crate::integrate::{DiffsolBdf, Integrator, Outcome, Request, Solution, System, Tolerances};
use crate::trajectory::closed::Closed;
use crate::trajectory::limit::{growth_of, jacobian};

/// Growth over a stretch, in e-foldings, that an implicit method may not be trusted with: where its steps are longer than the time in
/// which a perturbation grows, they damp it, and a run that leaves a saddle would stay.
const GROWTH: f64 = 1.0;

/// The stretch of `request` by BDF, whose steps are as long as the way is smooth, where those of explicit methods are as short as the
/// fastest rate asks. `None` where a perturbation grows at either end, where a step fails, and in a build without diffsol.
pub(crate) fn slide<F: Closed>(
    system: &dyn System,
    (flow, beta): (&F, f64),
    request: &Request<'_>,
    tolerances: Tolerances,
) -> Option<Solution> {
    let length = request.end - request.start;
    let grows = |state: &[f64]| {
        let growth = growth_of(&jacobian(flow, beta, state));
        growth.is_nan() || growth * length > GROWTH
    };
    if !cfg!(feature = "diffsol") || grows(request.state) {
        return None;
    }
    let fill = |_: usize, _: f64, y: &[f64], out: &mut [f64]| {
        // nalgebra holds columns one after the other.
        let rows = jacobian(flow, beta, y).transpose();
        out.copy_from_slice(rows.as_slice());
    };
    let solution = DiffsolBdf { tolerances, jacobian: &fill }.integrate(system, request).ok()?;
    (solution.outcome == Outcome::Reached && !grows(&solution.state)).then_some(solution)
}

#[cfg(test)]
mod tests {
    use collapsar_theory::{CubatureOptions, Family, MixtureFlow, Problem, Rules, Schedule, Start, Target};

    use super::*;
    use crate::integrate::Tempered;
    use crate::trajectory::limit::fastest_motion;

    /// Two components on modes at +-3, from `places` on the line of the modes.
    fn slid(places: [f64; 2], end: f64) -> (f64, Option<Solution>) {
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
        let found = slide(&Tempered::new(&flow, &schedule), (&flow, 1.0), &Request::new(&state, 0.0, end), tolerances);
        let motion = found.as_ref().map_or(f64::NAN, |found| fastest_motion(&flow, 1.0, &found.state));
        (motion, found)
    }

    #[test]
    fn a_stretch_to_rest_in_few_steps_and_none_from_a_saddle() {
        let (motion, found) = slid([2.5, -2.5], 1e4);
        let solution = found.unwrap();
        assert!(motion < 1e-5 && solution.time == 1e4 && solution.statistics.accepted < 200, "{motion} {solution:?}");
        // Together in the middle: they part, or fall to one side.
        assert!(slid([1e-9, -1e-9], 1e4).1.is_none());
        // For less than an e-folding nothing is damped.
        assert!(slid([1e-9, -1e-9], 1e-2).1.is_some());
    }
}
