//! `collapsar solve`: one run of the closed flow.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow};
use collapsar_theory::{Coordinates, CubatureOptions, Frame, Problem, Start};

use crate::cli::RunArgs;
use crate::commands::summary::summary;
use crate::commands::{Failure, print};
use crate::config::{Document, Engine, Override, RunConfig};
use crate::figures::{render_png, render_svg};
use crate::integrate::{DiffsolTsit5, Integrator, Misuse, Outcome, Tolerances, Tsit5};
use crate::montecarlo;
use crate::plots;
use crate::results::{SolveRecord, Store, trajectory_csv};
use crate::trajectory::{self, Options, Trajectory};

/// The folder of results unless given.
const DEFAULT_FOLDER: &str = "out";

/// Reads, runs, writes and says.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let config = read_config(&args.config, &args.overrides)?;
    let problem = config.problem().map_err(Failure::usage)?;
    let started = Instant::now();
    let (frame, start) = starting_point(&problem, &config);
    let integrator = integrator(&config);
    let options = Options {
        integrator: integrator.as_ref(),
        cubature: CubatureOptions::default(),
        times: &config.solve.times,
        variance: config.initial_variance(problem.schedule()),
        max_steps: usize::try_from(config.solve.max_steps).unwrap_or(usize::MAX),
    };
    let trajectory = trajectory::follow(&problem, &start, &options).map_err(explain)?;
    refuse_failure(&trajectory)?;
    let record = record(config, integrator.name(), &trajectory, &start, frame.as_ref());
    let seconds = started.elapsed().as_secs_f64();

    let folder = args.out.as_deref().or((!args.json).then_some(Path::new(DEFAULT_FOLDER)));
    let mut written = Vec::new();
    if let Some(folder) = folder {
        let stem = args.config.file_stem().map_or("solve".into(), |s| s.to_string_lossy().into_owned());
        let store = Store::open(folder).map_err(Failure::computation)?;
        written = store.write(&files(&stem, &record, &trajectory)?).map_err(Failure::computation)?;
    }
    if args.json {
        return print(&json(&record)?);
    }
    if !args.quiet {
        let mut text = summary(&record, &trajectory, seconds);
        for path in &written {
            text.push_str(&format!("wrote       {}\n", path.display()));
        }
        print(text.as_bytes())?;
    }
    Ok(())
}

/// Reads a configuration file with its overrides.
pub(crate) fn read_config(path: &Path, overrides: &[String]) -> Result<RunConfig, Failure> {
    RunConfig::resolve(&read_document(path, overrides)?).map_err(Failure::usage)
}

/// Parses a configuration file and applies its overrides.
pub(crate) fn read_document(path: &Path, overrides: &[String]) -> Result<Document, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {name}"));
    let text = text.map_err(Failure::usage)?;
    let overrides: Vec<Override> = overrides.iter().cloned().map(Override).collect();
    Document::parse(&name, &text, &overrides).map_err(Failure::usage)
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

fn record(
    config: RunConfig,
    engine: &'static str,
    trajectory: &Trajectory,
    start: &Coordinates,
    frame: Option<&Frame>,
) -> SolveRecord {
    let to_user = |coordinates: &[f64]| frame.map_or_else(|| coordinates.to_vec(), |f| f.embed(coordinates));
    let modes = start.modes.chunks(start.dimension).map(to_user).collect();
    let name = if frame.is_some() { "user" } else { "frame" };
    SolveRecord::new(config, engine, trajectory, modes, (name, &to_user))
}

fn json(record: &SolveRecord) -> Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec(record).map_err(Failure::computation)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn files(stem: &str, record: &SolveRecord, trajectory: &Trajectory) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let csv = trajectory_csv(&trajectory.fine).map_err(Failure::computation)?;
    let figure = plots::trajectory(&trajectory.fine, &record.config.target.weights);
    let png = render_png(&figure, 2.0).map_err(Failure::computation)?;
    let svg = render_svg(&figure).map_err(Failure::computation)?;
    Ok(vec![
        (format!("{stem}.json"), json(record)?),
        (format!("{stem}.csv"), csv),
        (format!("{stem}.png"), png),
        (format!("{stem}.svg"), svg.into_bytes()),
    ])
}
