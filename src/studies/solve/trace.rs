//! A run of the closed flow from the start of a configuration.

use std::cell::Cell;

use collapsar_theory::{Coordinates, CubatureOptions, Frame, Problem, ShapedProblem, Start};

use crate::config::{Engine, SolveRun};
use crate::integrate::{DiffsolTsit5, Integrator, Outcome, RequestMisuse, Tolerances, Tsit5};
use crate::montecarlo;
use crate::random;
use crate::studies::{StudyError, Watch};
use crate::trajectory::{self, Options, Trajectory};

/// Units of progress of a run.
pub(crate) const RUN: u64 = 100;

/// Error of the averages, relative to the tolerance of the steps.
const AVERAGES: f64 = 1e-2;

/// The frame of an explicit start, the start in its coordinates, and the run with reports at `times`.
///
/// The watch sees [`RUN`] units of progress on the way to the last time.
pub(crate) fn trace(
    config: &SolveRun,
    times: &[f64],
    watch: &dyn Watch,
) -> Result<(Option<Frame>, Coordinates, Trajectory), StudyError> {
    let problem = config.problem.problem()?;
    let shaped = config.problem.shaped()?;
    let (frame, start) = starting_point(&problem, shaped.as_ref(), config);
    let integrator = integrator(config)?;
    let end = times.last().copied().unwrap_or(0.0);
    let done = Cell::new(0);
    let progress = |t: f64| {
        let reached = if t < end { (RUN as f64 * t / end) as u64 } else { RUN };
        if reached > done.get() {
            watch.advance(reached - done.get());
            done.set(reached);
            if reached == RUN {
                watch.say(&"following it to its limit");
            }
        }
        !watch.cancelled()
    };
    let options = Options {
        progress: &progress,
        integrator: integrator.as_ref(),
        cubature: CubatureOptions { tolerance: averages(config), ..CubatureOptions::default() },
        times,
        variance: problem.initial_variance(),
        max_steps: usize::try_from(config.solve.max_steps).unwrap_or(usize::MAX),
    };
    let trajectory = match &shaped {
        Some(shaped) => trajectory::follow_shaped(shaped, &start, &options),
        None => trajectory::follow(&problem, &start, &options),
    };
    let trajectory = trajectory.map_err(explain)?;
    if watch.cancelled() {
        return Err(StudyError::Cancelled);
    }
    watch.advance(RUN - done.get());
    refuse_failure(&trajectory)?;
    Ok((frame, start, trajectory))
}

/// The start in frame coordinates, and the frame if the start is explicit.
pub(super) fn starting_point(
    problem: &Problem,
    shaped: Option<&ShapedProblem>,
    config: &SolveRun,
) -> (Option<Frame>, Coordinates) {
    let (frame, coordinates) = shaped.map_or_else(|| problem.reduce(), ShapedProblem::reduce);
    match problem.start() {
        Start::Means(_) => (Some(frame), coordinates),
        Start::Law(_) => {
            let mut rng = random::stream(config.problem.start.seed.unwrap_or(0), 0);
            let drawn = match shaped {
                Some(shaped) => montecarlo::draw_shaped(shaped, &mut rng),
                None => montecarlo::draw_start(problem, &mut rng),
            };
            (None, drawn.unwrap_or(coordinates))
        }
    }
}

/// Error of the averages: a hundredth of what a step may err, 1e-12 for 1e-10. Below 1e-14 there is rounding only, and
/// above 1e-8 too little is left of small rates.
pub(super) fn averages(config: &SolveRun) -> f64 {
    (AVERAGES * config.solve.relative_tolerance).clamp(1e-14, 1e-8)
}

/// The integrator that the configuration names.
pub(super) fn integrator(config: &SolveRun) -> Result<Box<dyn Integrator>, StudyError> {
    let tolerances =
        Tolerances { relative: config.solve.relative_tolerance, absolute: config.solve.absolute_tolerance };
    Ok(match config.solve.engine {
        Engine::Tsit5 => Box::new(Tsit5 { tolerances }),
        Engine::Diffsol => Box::new(DiffsolTsit5 { tolerances }),
    })
}

/// A failure with the way out where there is one.
fn explain(failure: trajectory::TrajectoryError) -> StudyError {
    match &failure {
        trajectory::TrajectoryError::RequestMisuse(RequestMisuse::NoDiffsol) => StudyError::misuse(failure),
        trajectory::TrajectoryError::RequestMisuse(RequestMisuse::TooLarge { .. }) => {
            StudyError::misuse(failure).within("choose `solve.engine = \"diffsol\"` for this problem")
        }
        _ => StudyError::computation(failure),
    }
}

fn refuse_failure(trajectory: &Trajectory) -> Result<(), StudyError> {
    let why = match trajectory.outcome {
        Outcome::Reached | Outcome::Event(_) => return Ok(()),
        Outcome::StepLimit => "the step limit `solve.max_steps` came first",
        Outcome::StepTooSmall => "the tolerances ask for steps below the spacing of floating-point times",
        Outcome::NonFinite => "the state is not a finite number any more",
    };
    Err(StudyError::computation(format!("the integration stopped at t = {}: {why}", trajectory.end)))
}
