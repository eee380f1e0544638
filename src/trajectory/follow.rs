//! A run from its start to its limit.

use collapsar_theory::{
    Coordinates, CubatureOptions, InvalidParameter, MixtureFlow, Problem, ShapedFlow, ShapedProblem,
};

use crate::integrate::vectors;
use crate::integrate::{Integrator, Outcome, Request, RequestMisuse, Statistics, Tempered, Tolerances, Tsit5};
use crate::trajectory::closed::Closed;
use crate::trajectory::limit::{
    LOST_COVERAGE, Limit, LimitStatus, LostModes, classify, fastest_motion, growth_rate, is_rest, is_unstable, margin,
};
use crate::trajectory::observed::Observed;
use crate::trajectory::report::Report;
use crate::trajectory::settle::{COLD, QUICK, Settled, is_near_to, is_slow, settle, transit};
use crate::trajectory::slide::slide;
use crate::trajectory::turn::last_turn;

/// How long a run is followed beyond its last report, in units of its clock.
const LIMIT_TIME: f64 = 1e6;
/// The first stretch of that; each further one is twice as long.
const FIRST_STRETCH: f64 = 10.0;
/// Accuracy on the way to the limit, which only has to end where the run ends: as of ensembles.
const COARSE: Tolerances = Tolerances { relative: 1e-6, absolute: 1e-8 };
/// Error of the averages, at least, in the matrices of an implicit method and of the search for the limit.
const ROUGH: f64 = 1e-5;
/// Error of the averages, at most, where rates are judged: growth rates are differences over 1e-5.
const JUDGED: f64 = 1e-12;
/// Error of the averages beyond which no limit is looked for: what moves more slowly is not told from rest.
const RESOLVED: f64 = 1e-6;
/// e-foldings of an instability after which a state at rest is there for good: e^60 lifts the smallest perturbation
/// that double precision holds beside numbers of order 1 to order 1 and beyond.
const FOLDINGS: f64 = 60.0;
/// Explicit steps of a stretch beyond which the next is tried by an implicit method.
const STIFF: usize = 30;
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
    /// var at t = 0 where one is trained for all components.
    pub variance: f64,
    /// Most steps to the last wanted time, and again from there to the limit.
    pub max_steps: usize,
    /// Told of the time reached; false stops the run.
    pub progress: &'a dyn Fn(f64) -> bool,
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
    /// What is lost there.
    pub verdict: LostModes,
    /// The limit; `None` if the integration failed before it, or where the averages at its end are sampled with an error beyond 1e-6.
    pub limit: Option<Limit>,
    /// The cost up to the last wanted time.
    pub statistics: Statistics,
    /// Largest error estimate of the Gaussian averages over the reports.
    pub average_error: f64,
}

/// Why a run could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TrajectoryError {
    /// A parameter was refused.
    #[error(transparent)]
    Parameter(#[from] InvalidParameter),
    /// The integrator was misused.
    #[error(transparent)]
    RequestMisuse(#[from] RequestMisuse),
}

/// Follows `problem` from `start` (modes and means in one frame) through the wanted times to its limit.
pub fn follow(problem: &Problem, start: &Coordinates, options: &Options<'_>) -> Result<Trajectory, TrajectoryError> {
    let plain = |cubature: &CubatureOptions| MixtureFlow::new(problem, start.modes.clone(), start.dimension, cubature);
    let first = plain(&options.cubature)?;
    let state = first.initial_state(&start.means, options.variance)?;
    let potential = vectors::potential(&first);
    let make = |cubature: &CubatureOptions| Ok(plain(cubature)?.with_potential(potential.clone()));
    follow_flow(problem, &make, state, options)
}

/// The same of a shaped problem; components with variances of their own start from the problem's.
pub fn follow_shaped(
    problem: &ShapedProblem,
    start: &Coordinates,
    options: &Options<'_>,
) -> Result<Trajectory, TrajectoryError> {
    let make = |cubature: &CubatureOptions| ShapedFlow::new(problem, start.modes.clone(), start.dimension, cubature);
    let state = make(&options.cubature)?.initial_state(&start.means, &problem.initial_variances())?;
    follow_flow(problem.problem(), &make, state, options)
}

/// Makes the flow of a run with averages of a given accuracy.
type Make<'a, F> = &'a dyn Fn(&CubatureOptions) -> Result<F, InvalidParameter>;

fn follow_flow<F: Closed>(
    problem: &Problem,
    make: Make<'_, F>,
    state: Vec<f64>,
    options: &Options<'_>,
) -> Result<Trajectory, TrajectoryError> {
    let flow = make(&options.cubature)?;
    let schedule = problem.schedule();
    let system = Observed { system: Tempered::new(&flow, schedule), progress: options.progress };
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
    let average_error = reports.iter().map(|report| report.average_error).fold(0.0, f64::max);
    let beta = schedule.beta(solution.time);
    let verdict = LostModes::new(&flow, beta, solution.time, &solution.state, problem.target().weights());
    let is_resolved = reports.last().is_none_or(|report| report.average_error < RESOLVED);
    let limit = match solution.outcome {
        Outcome::Reached if is_resolved => {
            Some(find_limit((&flow, make), problem, options, end, &solution.state, &verdict)?)
        }
        _ => None,
    };
    Ok(Trajectory {
        reports,
        fine,
        outcome: solution.outcome,
        end: solution.time,
        verdict,
        limit,
        statistics: solution.statistics,
        average_error,
    })
}

/// Follows the run on, in stretches of doubling length, until it rests at the final temperature.
fn find_limit<F: Closed>(
    (flow, make): (&F, Make<'_, F>),
    problem: &Problem,
    options: &Options<'_>,
    from: f64,
    state: &[f64],
    before: &LostModes,
) -> Result<Limit, TrajectoryError> {
    let (schedule, targets) = (problem.schedule(), problem.target().weights());
    let cubature = CubatureOptions { tolerance: options.cubature.tolerance.min(JUDGED), ..options.cubature.clone() };
    let exact = make(&cubature)?;
    let transit = make(&transit(&options.cubature, COARSE.relative))?;
    let rough =
        make(&CubatureOptions { tolerance: options.cubature.tolerance.max(ROUGH), ..options.cubature.clone() })?;
    let own = Tsit5 { tolerances: COARSE };
    let integrator: &dyn Integrator = if state.len() <= Tsit5::LARGEST { &own } else { options.integrator };
    let lost = |t: f64, y: &[f64]| margin(flow, schedule.beta(t), y, targets) < 0.0;
    let mut judged = before.collapsed();
    // The last stretch at whose ends the verdicts differ.
    let mut turn: Option<(f64, Vec<f64>, f64)> = None;
    let mut steps_left = options.max_steps;
    let beta = 1.0 / schedule.final_temperature();
    let settled = schedule.settling_time(COLD);
    let (mut time, mut state) = (from, state.to_vec());
    let mut stretch = FIRST_STRETCH;
    let mut resting_since: Option<f64> = None;
    let mut status = LimitStatus::Moving;
    // An equilibrium that the state is bound to, while other modes are lost here than there.
    let mut ahead: Option<Settled> = None;
    // The length from which on a stretch is worth an implicit method.
    let mut worth = f64::INFINITY;
    let growth = loop {
        let mut growth = None;
        let motion = fastest_motion(&exact, beta, &state);
        if time >= settled && is_rest(motion) {
            let rate = growth_rate(&exact, beta, &state);
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
            if time >= settled && is_slow(motion) {
                let lost = |state: &[f64]| classify(&exact, beta, state, targets, LOST_COVERAGE).1;
                let found = ahead.take().filter(|ahead| is_near_to(&state, &ahead.state));
                if let Some(found) = found.or_else(|| settle((&exact, &rough), beta, &state)) {
                    if lost(&found.state) == lost(&state) {
                        (state, status) = (found.state, LimitStatus::Equilibrium);
                        break Some(found.growth);
                    }
                    ahead = Some(found);
                }
            }
        }
        if time - from >= LIMIT_TIME.max(2.0 * settled) {
            break growth;
        }
        let to = if time < settled { settled.max(time + FIRST_STRETCH) } else { time + stretch };
        stretch *= 2.0;
        let mut request = Request::new(&state, time, to);
        request.max_steps = steps_left;
        let flow = if motion > QUICK { &transit } else { flow };
        let system = Observed { system: Tempered::new(flow, schedule), progress: options.progress };
        let implicit =
            if time >= settled { slide(&system, (&transit, &rough, beta), &request, worth, COARSE) } else { None };
        let solution = match implicit {
            Some(solution) => solution,
            None => {
                let solution = integrator.integrate(&system, &request)?;
                worth = STIFF as f64 * (solution.time - time) / solution.statistics.accepted.max(1) as f64;
                solution
            }
        };
        if solution.time < to {
            // An implicit stretch that was cut short is the measure of the next one.
            stretch = 2.0 * (solution.time - time);
        }
        steps_left = steps_left.saturating_sub(solution.statistics.accepted + solution.statistics.rejected);
        let now = lost(solution.time, &solution.state);
        if now != judged {
            // Of a long stretch the steps are known: the last one that turns is enough.
            let turns = solution.steps.windows(2).rfind(|pair| lost(pair[0].0, &pair[0].1) != now);
            let (from, before, to) = match turns {
                Some(pair) => (pair[0].0, pair[0].1.clone(), pair[1].0),
                None => (time, state, solution.time),
            };
            (judged, turn) = (now, Some((from, before, to)));
        }
        (time, state) = (solution.time, solution.state);
        if solution.outcome != Outcome::Reached || steps_left == 0 {
            break growth;
        }
    };
    let verdict = LostModes::new(&exact, beta, time, &state, targets);
    let since = match turn.filter(|_| verdict.collapsed() != before.collapsed()) {
        Some((from, state, to)) => {
            Some(last_turn(flow, problem, (options.integrator, options.max_steps), (from, to), state)?)
        }
        None => None,
    };
    Ok(Limit { status, rate: fastest_motion(&exact, beta, &state), growth, verdict, since })
}
