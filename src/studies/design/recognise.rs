//! Whether a fit that collapsed is told from one that did not by its objective.

use collapsar_theory::{MeanSpace, Schedule, VarianceRule};

use crate::config::{DesignRun, InitialVariance, ScheduleConfig, SolveConfig, SolveRun, TargetConfig};
use crate::results::Recognition;
use crate::studies::solve::trace;
use crate::studies::{Silent, StudyError};

/// When a fit is taken to be at rest.
const LATE: f64 = 60.0;
/// How far apart objectives must be, at least: a user sees them with noise.
const APART: f64 = 0.02;
/// Components that start at one mode lie so far apart.
const SPREAD: f64 = 0.05;

/// The objectives at T = 1 of a fit from every mode and of the best fit that has lost one.
///
/// Errors: the flow cannot be followed.
pub(super) fn recognition(config: &DesignRun) -> Result<Recognition, StudyError> {
    let problem = config.run.problem.problem()?;
    let modes = problem.target().modes();
    let components = problem.family().components();
    let recovered = objective(config, &(0..components).map(|i| i % modes.len()).collect::<Vec<_>>())?;
    let mut collapsed = f64::INFINITY;
    for lost in 0..modes.len() {
        let kept: Vec<usize> = (0..modes.len()).filter(|&k| k != lost).collect();
        if !kept.is_empty() {
            let places: Vec<usize> = (0..components).map(|i| kept[i % kept.len()]).collect();
            collapsed = collapsed.min(objective(config, &places)?);
        }
    }
    Ok(Recognition { recovered, collapsed, by_objective: collapsed - recovered > APART })
}

/// KL(q|p) where components end that start at these modes.
fn objective(config: &DesignRun, places: &[usize]) -> Result<f64, StudyError> {
    let mut problem = config.run.problem.clone();
    let whole = problem.problem()?;
    let modes = whole.target().modes();
    let dimension = modes[0].len().max(if whole.family().rules().means == MeanSpace::Sphere { 2 } else { 1 });
    let means = places.iter().enumerate().map(|(i, &place)| {
        let mut mean = modes[place].clone();
        mean.resize(dimension, 0.0);
        let along = i % dimension;
        mean[along] += SPREAD * (1.0 + (i / dimension) as f64) * if i % 2 == 0 { 1.0 } else { -1.0 };
        mean
    });
    problem.start.means = Some(means.collect());
    (problem.start.dimension, problem.start.scale, problem.start.centre, problem.start.seed) = (None, None, None, None);
    problem.start.variance =
        (whole.family().rules().variance == VarianceRule::Trained).then_some(InitialVariance::Common(1.0));
    problem.schedule = ScheduleConfig::from(&Schedule::constant(1.0)?);
    // About another origin.
    problem.target = TargetConfig { covariances: problem.target.covariances, ..TargetConfig::from(whole.target()) };
    let run = SolveRun { problem, solve: SolveConfig { times: vec![LATE], ..SolveConfig::default() } };
    let (.., trajectory) = trace(&run, &run.solve.times, &Silent)?;
    let last = trajectory.reports.last();
    last.map(|report| report.objective).ok_or_else(|| StudyError::computation("a fit at T = 1 has no end"))
}
