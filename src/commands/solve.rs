//! `collapsar solve`: one run of the closed flow.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, anyhow};
use collapsar_theory::{Coordinates, CubatureOptions, Frame, Problem, Start};

use crate::cli::RunArgs;
use crate::commands::output::{Products, deliver, drawn};
use crate::commands::summary::summary;
use crate::commands::{Failure, compare};
use crate::config::{Document, Engine, Override, RunConfig};
use crate::integrate::{DiffsolTsit5, Integrator, Misuse, Outcome, Tolerances, Tsit5};
use crate::montecarlo;
use crate::plots;
use crate::results::{SolveRecord, trajectory_csv};
use crate::trajectory::{self, Options, Trajectory};

/// A solved configuration.
pub(crate) struct Solved {
    /// Its record.
    pub(crate) record: SolveRecord,
    /// The run.
    pub(crate) trajectory: Trajectory,
    /// What it took.
    pub(crate) seconds: f64,
}

/// Reads, runs, writes and says.
pub fn run(args: &RunArgs) -> Result<Vec<PathBuf>, Failure> {
    let config = read_config(&args.config, &args.overrides)?;
    let variants = compare::read_variants(args)?;
    if !variants.is_empty() {
        return compare::run(args, variants);
    }
    let Solved { record, trajectory, seconds } = solve(config)?;
    let csv = trajectory_csv(&trajectory.fine).map_err(Failure::computation)?;
    let figure = plots::trajectory(&trajectory.fine, &record.config.target.weights);
    let text = summary(&record, &trajectory, seconds);
    deliver(args, &Products { record: &record, text, files: drawn(csv, &figure)? })
}

/// Follows the run of a configuration to its limit.
pub(crate) fn solve(config: RunConfig) -> Result<Solved, Failure> {
    let started = Instant::now();
    let (frame, start, trajectory) = trace(&config, &config.solve.times)?;
    let record = record(config, &trajectory, &start, frame.as_ref());
    Ok(Solved { record, trajectory, seconds: started.elapsed().as_secs_f64() })
}

/// The frame of an explicit start, the start in its coordinates, and the run with reports at `times`.
pub(crate) fn trace(config: &RunConfig, times: &[f64]) -> Result<(Option<Frame>, Coordinates, Trajectory), Failure> {
    let problem = config.problem().map_err(Failure::usage)?;
    let (frame, start) = starting_point(&problem, config);
    let integrator = integrator(config);
    let options = Options {
        integrator: integrator.as_ref(),
        cubature: CubatureOptions::default(),
        times,
        variance: config.initial_variance(problem.schedule()),
        max_steps: usize::try_from(config.solve.max_steps).unwrap_or(usize::MAX),
    };
    let trajectory = trajectory::follow(&problem, &start, &options).map_err(explain)?;
    refuse_failure(&trajectory)?;
    Ok((frame, start, trajectory))
}

/// Reads a configuration file with its overrides.
pub(crate) fn read_config(path: &Path, overrides: &[String]) -> Result<RunConfig, Failure> {
    RunConfig::resolve(&read_document(path, overrides)?).map_err(Failure::usage)
}

/// Parses a configuration file and applies its overrides.
pub(crate) fn read_document(path: &Path, overrides: &[String]) -> Result<Document, Failure> {
    let (name, text) = read_text(path)?;
    let overrides: Vec<Override> = overrides.iter().cloned().map(Override).collect();
    Document::parse(&name, &text, &overrides).map_err(Failure::usage)
}

/// The name of a configuration file for messages, and its text.
pub(crate) fn read_text(path: &Path) -> Result<(String, String), Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {name}"));
    Ok((name, text.map_err(Failure::usage)?))
}

/// The start in frame coordinates, and the frame if the start is explicit.
fn starting_point(problem: &Problem, config: &RunConfig) -> (Option<Frame>, Coordinates) {
    let (frame, coordinates) = problem.reduce();
    match problem.start() {
        Start::Means(_) => (Some(frame), coordinates),
        Start::Law(_) => {
            let mut rng = montecarlo::stream(config.start.seed.unwrap_or(0), 0);
            (None, montecarlo::draw_start(problem, &mut rng).unwrap_or(coordinates))
        }
    }
}

fn integrator(config: &RunConfig) -> Box<dyn Integrator> {
    let tolerances =
        Tolerances { relative: config.solve.relative_tolerance, absolute: config.solve.absolute_tolerance };
    match config.solve.engine {
        Engine::Tsit5 => Box::new(Tsit5 { tolerances }),
        Engine::Diffsol => Box::new(DiffsolTsit5 { tolerances }),
    }
}

/// A failure with the way out where there is one.
fn explain(failure: trajectory::Failure) -> Failure {
    match &failure {
        trajectory::Failure::Misuse(Misuse::TooLarge { .. }) => {
            Failure::usage(anyhow::Error::new(failure).context("choose `solve.engine = \"diffsol\"` for this problem"))
        }
        trajectory::Failure::Misuse(Misuse::NoDiffsol) => Failure::usage(failure),
        _ => Failure::computation(failure),
    }
}

fn refuse_failure(trajectory: &Trajectory) -> Result<(), Failure> {
    let why = match trajectory.outcome {
        Outcome::Reached | Outcome::Event(_) => return Ok(()),
        Outcome::StepLimit => "the step limit `solve.max_steps` came first",
        Outcome::StepTooSmall => "the tolerances ask for steps below the spacing of floating-point times",
        Outcome::NonFinite => "the state is not a finite number any more",
    };
    Err(Failure::computation(anyhow!("the integration stopped at t = {}: {why}", trajectory.end)))
}

fn record(config: RunConfig, trajectory: &Trajectory, start: &Coordinates, frame: Option<&Frame>) -> SolveRecord {
    let to_user = |coordinates: &[f64]| frame.map_or_else(|| coordinates.to_vec(), |f| f.embed(coordinates));
    let modes = start.modes.chunks(start.dimension).map(to_user).collect();
    let name = if frame.is_some() { "user" } else { "frame" };
    let engine = integrator(&config).name();
    SolveRecord::new(config, engine, trajectory, modes, (name, &to_user))
}
