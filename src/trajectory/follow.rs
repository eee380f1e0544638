//! A run from its start to its limit.

use collapsar_theory::{Coordinates, CubatureOptions, InvalidParameter, MixtureFlow, Problem};

use crate::integrate::{Integrator, Misuse, Outcome, Request, Statistics, Tempered};
use crate::trajectory::limit::{
    LOST_COVERAGE, Limit, LimitStatus, classify, fastest_motion, growth_rate, is_rest, is_unstable,
};
use crate::trajectory::report::Report;

/// How long a run is followed beyond its last report, in units of its clock.
const LIMIT_TIME: f64 = 1e6;
/// The first stretch of that; each further one is twice as long.
const FIRST_STRETCH: f64 = 10.0;
/// e-foldings of an instability after which a state at rest is there for good: e^60 lifts the smallest perturbation
/// that double precision holds beside numbers of order 1 to order 1 and beyond.
const FOLDINGS: f64 = 60.0;
/// Temperature distance from its limit at which an equilibrium of the final temperature is meant.
const COLD: f64 = 1e-10;
/// Most rows of a fine trajectory.
const MOST_ROWS: usize = 2000;

/// How a run is computed.
pub struct Options<'a> {
    /// The integrator.
    pub integrator: &'a dyn Integrator,
    /// The rule for the Gaussian averages.
    pub cubature: CubatureOptions,
    /// Times of the reports: increasing, not negative.
    pub times: &'a [f64],
    /// var at t = 0 where it is trained.
    pub variance: f64,
    /// Step limit.
    pub max_steps: usize,
}

/// A run: reports at the wanted times, a finer trajectory, and the limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// At the wanted times.
    pub reports: Vec<Report>,
    /// After the integrator's steps, from t = 0 to the last wanted time.
    pub fine: Vec<Report>,
    /// How the integration to the last wanted time ended.
    pub outcome: Outcome,
    /// Where it ended.
    pub end: f64,
    /// The limit; `None` if the integration failed before it.
    pub limit: Option<Limit>,
    /// The cost up to the last wanted time.
    pub statistics: Statistics,
    /// Largest error estimate of the Gaussian averages over the reports.
    pub average_error: f64,
}

/// Why a run could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// A parameter was refused.
    #[error(transparent)]
    Parameter(#[from] InvalidParameter),
    /// The integrator was misused.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

/// Follows `problem` from `start` (modes and means in one frame) through the wanted times to its limit.
pub fn follow(problem: &Problem, start: &Coordinates, options: &Options<'_>) -> Result<Trajectory, Failure> {
    let flow = MixtureFlow::new(problem, start.modes.clone(), start.dimension, &options.cubature)?;
    let state = flow.initial_state(&start.means, options.variance)?;
    let schedule = problem.schedule();
    let system = Tempered::new(&flow, schedule);
    let end = options.times.last().copied().unwrap_or(0.0);
    let mut request = Request::new(&state, 0.0, end);
    request.times = options.times;
    request.keep_steps = true;
    request.max_steps = options.max_steps;
    let solution = options.integrator.integrate(&system, &request)?;

    let report = |t: f64, state: &[f64]| Report::new(&flow, t, schedule.temperature(t), state);
    let reports: Vec<Report> = options.times.iter().zip(&solution.at_times).map(|(&t, y)| report(t, y)).collect();
    let stride = solution.steps.len().div_ceil(MOST_ROWS).max(1);
    let last = solution.steps.len().saturating_sub(1);
    let kept = solution.steps.iter().enumerate().filter(|(i, _)| i % stride == 0 || *i == last);
    let fine = kept.map(|(_, (t, y))| report(*t, y)).collect();
    let average_error = solution
        .at_times
        .iter()
        .zip(options.times)
        .map(|(y, &t)| flow.averages(&flow.unpack(schedule.beta(t), y)).error);
    let average_error = average_error.fold(0.0, f64::max);
    let limit = match solution.outcome {
        Outcome::Reached => Some(find_limit(&flow, problem, options, end, &solution.state)?),
        _ => None,
    };
    Ok(Trajectory {
        reports,
        fine,
        outcome: solution.outcome,
        end: solution.time,
        limit,
        statistics: solution.statistics,
        average_error,
    })
}

/// Follows the run on, in stretches of doubling length, until it rests at the final temperature.
fn find_limit(
    flow: &MixtureFlow,
    problem: &Problem,
    options: &Options<'_>,
    from: f64,
    state: &[f64],
) -> Result<Limit, Failure> {
    let schedule = problem.schedule();
    let system = Tempered::new(flow, schedule);
    let beta = 1.0 / schedule.final_temperature();
    let settled = schedule.settling_time(COLD);
    let (mut time, mut state) = (from, state.to_vec());
    let mut stretch = FIRST_STRETCH;
    let mut resting_since: Option<f64> = None;
    let mut status = LimitStatus::Moving;
    let growth = loop {
        let mut growth = None;
        let motion = fastest_motion(flow, beta, &state);
        if time >= settled && is_rest(motion) {
            let rate = growth_rate(flow, beta, &state);
            growth = Some(rate);
            if !is_unstable(rate) {
                status = LimitStatus::Equilibrium;
                break growth;
            }
            let since = *resting_since.get_or_insert(time);
            if time - since >= FOLDINGS / rate {
                status = LimitStatus::UnstableEquilibrium;
                break growth;
            }
        } else {
            resting_since = None;
        }
        if time - from >= LIMIT_TIME.max(2.0 * settled) {
            break growth;
        }
        let to = if time < settled { settled.max(time + FIRST_STRETCH) } else { time + stretch };
        stretch *= 2.0;
        let mut request = Request::new(&state, time, to);
        request.max_steps = options.max_steps;
        let solution = options.integrator.integrate(&system, &request)?;
        (time, state) = (solution.time, solution.state);
        if solution.outcome != Outcome::Reached {
            break growth;
        }
    };
    let (coverage, lost, mechanism) = classify(flow, beta, &state, problem.target().weights(), LOST_COVERAGE);
    Ok(Limit { status, time, rate: fastest_motion(flow, beta, &state), growth, coverage, lost, mechanism })
}
