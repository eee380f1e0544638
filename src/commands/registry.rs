//! The one list of studies: the command line's verbs, and what `reproduce` runs.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, value_parser};

use crate::cli::RunArgs;
use crate::commands::document::read;
use crate::commands::output::deliver;
use crate::commands::terminal::Terminal;
use crate::commands::{Failure, print};
use crate::config::Route;
use crate::results::Store;
use crate::studies::{
    Bifurcate, Boundary, Density, Design, GridPart, MeanField, Portrait, Probability, RealNvp, Solve, Study, Sweep,
    SweepGrid,
};

/// A study as a verb.
pub(crate) struct StudyEntry {
    name: &'static str,
    question: &'static str,
    examples: &'static str,
    /// Adds the arguments that only this verb has.
    arguments: fn(clap::Command) -> clap::Command,
    run: fn(&RunArgs, &Extra) -> Result<Vec<PathBuf>, Failure>,
}

/// Every study, in the order of the help.
pub(crate) const STUDIES: [StudyEntry; 10] = [
    verb::<Solve>(SOLVE, none, study::<Solve>),
    verb::<Bifurcate>(BIFURCATE, none, study::<Bifurcate>),
    verb::<Probability>(PROBABILITY, routes, probability),
    verb::<Design>(DESIGN, export, design),
    verb::<Boundary>(BOUNDARY, none, study::<Boundary>),
    verb::<Sweep>(SWEEP, shards, sweep),
    verb::<Density>(DENSITY, none, study::<Density>),
    verb::<Portrait>(PORTRAIT, none, study::<Portrait>),
    verb::<RealNvp>(REALNVP, none, study::<RealNvp>),
    verb::<MeanField>(MEAN_FIELD, none, study::<MeanField>),
];

const SOLVE: &str = "Examples:
  collapsar solve configs/paper-pair.toml
  collapsar solve configs/paper-pair.toml --set schedule.duration=5 --out out/fast
  collapsar solve configs/free-pair.toml --json | jq .collapsed
  collapsar solve configs/trajectories-free.toml   # [compare]: several variants in one figure";

const BIFURCATE: &str = "Examples:
  collapsar bifurcate configs/bifurcation-free.toml
  collapsar bifurcate configs/bifurcation-sphere.toml --out out/sphere
  collapsar bifurcate configs/bifurcation-free.toml --set target.separation=4 --json | jq .critical_temperature";

const PROBABILITY: &str = "Examples:
  collapsar probability configs/probability-free.toml
  collapsar probability configs/probability-free.toml --route exact --set start.scale=0.1 --json";

const BOUNDARY: &str = "Examples:
  collapsar boundary configs/boundary-free.toml
  collapsar boundary configs/boundary-free.toml --set boundary.transverse=[0.5] --json";

const DESIGN: &str = r#"Examples:
  collapsar design configs/design-sphere.toml
  collapsar design configs/design-sphere.toml --set 'design.schedules=["geometric"]' --out out/geometric
  collapsar design configs/design-sphere.toml --export schedule   # step by step, and lines for PyTorch, JAX, Stan
  collapsar design configs/design-sphere.toml --json | jq '.schedule, .probability'

Values are kept in the folder of the results as they are found. What was interrupted continues where it stopped."#;

const SWEEP: &str = "Examples:
  collapsar sweep configs/annealing-free.toml
  collapsar sweep configs/annealing-free.toml --set sweep.schedule.rate=[0.1,0.3,1] --json
  collapsar sweep configs/annealing-free.toml --shard 2/8 --out out/job

Points are kept in the folder of the results as they are finished. What was interrupted continues where it stopped and
ends with the same bytes.";

const DENSITY: &str = "Examples:
  collapsar density configs/density.toml
  collapsar density configs/density.toml --set density.times=[0,10] --out out/two
  collapsar density configs/density.toml --json | jq '.variants[].snapshots[].coverage'";

const PORTRAIT: &str = "Examples:
  collapsar portrait configs/portrait.toml
  collapsar portrait configs/portrait.toml --set portrait.temperatures=[1,2,4] --out out/three
  collapsar portrait configs/portrait.toml --set portrait.transverse=0.5 --json | jq .portraits[0].boundary";

const REALNVP: &str = "Examples:
  collapsar realnvp configs/realnvp.toml
  collapsar realnvp configs/realnvp.toml --set start.seed=4 --set training.steps=2000 --out out/four
  collapsar realnvp configs/realnvp.toml --json | jq '.variants[].evaluation.coverage'";

const MEAN_FIELD: &str = "Examples:
  collapsar mean-field configs/mean-field.toml
  collapsar mean-field configs/mean-field.toml --set rotation.heat=false --out out/cold
  collapsar mean-field configs/mean-field-map-angle.toml --set scan.points=12 --out out/map
  collapsar mean-field configs/mean-field.toml --json | jq '.optima[] | {objective, coverage, angle}'";

/// The study of that name.
pub(crate) fn study_named(name: &str) -> Option<&'static StudyEntry> {
    STUDIES.iter().find(|verb| verb.name == name)
}

/// What some verbs take beside a configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extra {
    /// The routes asked for; all that exist if empty.
    pub(crate) routes: Vec<Route>,
    /// The part of a grid.
    pub(crate) shard: Option<GridPart>,
    /// Compute anew what is already there.
    pub(crate) force: bool,
    /// Where a schedule is written to, less the endings.
    pub(crate) export: Option<PathBuf>,
}

const fn verb<S: Study>(
    examples: &'static str,
    arguments: fn(clap::Command) -> clap::Command,
    run: fn(&RunArgs, &Extra) -> Result<Vec<PathBuf>, Failure>,
) -> StudyEntry {
    StudyEntry { name: S::NAME, question: S::QUESTION, examples, arguments, run }
}

impl StudyEntry {
    /// The verb as a subcommand.
    pub(crate) fn command(&self) -> clap::Command {
        // The question last: the arguments bring a description of their own.
        let command = RunArgs::augment_args(clap::Command::new(self.name));
        (self.arguments)(command).about(self.question).after_help(self.examples)
    }

    /// Runs parsed arguments.
    pub(crate) fn run(&self, matches: &ArgMatches) -> Result<(), Failure> {
        let args = RunArgs::from_arg_matches(matches).map_err(Failure::usage)?;
        let routes = matches.try_get_many::<Route>(ROUTE).ok().flatten().into_iter().flatten();
        let extra = Extra {
            routes: routes.copied().collect(),
            shard: matches.try_get_one::<GridPart>(SHARD).ok().flatten().copied(),
            force: matches.try_get_one::<bool>(FORCE).ok().flatten().copied().unwrap_or(false),
            export: matches.try_get_one::<PathBuf>(EXPORT).ok().flatten().cloned(),
        };
        self.apply(&args, &extra).map(drop)
    }

    /// Runs a configuration; the files that were written.
    pub(crate) fn apply(&self, args: &RunArgs, extra: &Extra) -> Result<Vec<PathBuf>, Failure> {
        (self.run)(args, extra)
    }
}

const ROUTE: &str = "route";
const SHARD: &str = "shard";
const FORCE: &str = "force";
const EXPORT: &str = "export";

fn none(command: clap::Command) -> clap::Command {
    command
}

fn routes(command: clap::Command) -> clap::Command {
    let route = Arg::new(ROUTE).long(ROUTE).value_parser(value_parser!(Route)).action(ArgAction::Append);
    command.arg(route.help("Only this route; may be repeated"))
}

fn shards(command: clap::Command) -> clap::Command {
    let shard = Arg::new(SHARD).long(SHARD).value_name("I/N").value_parser(part);
    let force = Arg::new(FORCE).long(FORCE).action(ArgAction::SetTrue).help("Compute anew what is already there");
    command.arg(shard.help("Compute only every N-th point, from the I-th: to be joined by `merge`")).arg(force)
}

fn export(command: clap::Command) -> clap::Command {
    let export = Arg::new(EXPORT).long(EXPORT).value_name("STEM").value_parser(file_stem);
    command.arg(
        export.help("Write the schedule step by step to STEM.csv, STEM.json and STEM.toml, with lines that use it"),
    )
}

fn file_stem(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.file_name().is_none() {
        Err("it must end in the name of a file, less the ending".to_owned())
    } else {
        Ok(path)
    }
}

fn part(text: &str) -> Result<GridPart, String> {
    let rule = || format!("`{text}` is no part of a whole: it must read I/N with 1 <= I <= N");
    let (part, parts) = text.split_once('/').ok_or_else(rule)?;
    let read = |text: &str| text.trim().parse::<usize>().map_err(|_| rule());
    let found = GridPart { part: read(part)?, parts: read(parts)? };
    if (1..=found.parts).contains(&found.part) { Ok(found) } else { Err(rule()) }
}

fn study<S: Study>(args: &RunArgs, _: &Extra) -> Result<Vec<PathBuf>, Failure> {
    compute::<S>(args, |_| ())
}

fn probability(args: &RunArgs, extra: &Extra) -> Result<Vec<PathBuf>, Failure> {
    compute::<Probability>(args, |config| config.routes.clone_from(&extra.routes))
}

/// Resolves, adjusts what only the command line says, computes and delivers.
fn compute<S: Study>(args: &RunArgs, adjust: impl Fn(&mut S::Config)) -> Result<Vec<PathBuf>, Failure> {
    let mut config = S::resolve(&read(&args.config, &args.options.overrides)?).map_err(Failure::usage)?;
    adjust(&mut config);
    let started = Instant::now();
    let terminal = Terminal::plain(args);
    let found = S::compute(config, &terminal)?;
    terminal.clear();
    deliver(args, &found, started.elapsed().as_secs_f64())
}

/// With a journal of the values.
fn design(args: &RunArgs, extra: &Extra) -> Result<Vec<PathBuf>, Failure> {
    let started = Instant::now();
    let config = Design::resolve(&read(&args.config, &args.options.overrides)?).map_err(Failure::usage)?;
    let terminal = Terminal::with_journal(args, None, false)?;
    let found = Design::compute(config, &terminal)?;
    terminal.clear();
    let mut written = deliver(args, &found, started.elapsed().as_secs_f64())?;
    if let Some(stem) = &extra.export {
        written.extend(hand_over(args, &found, stem)?);
    }
    terminal.remove()?;
    Ok(written)
}

/// Writes a found schedule and prints the lines that use it, but beside a record.
fn hand_over(args: &RunArgs, found: &Design, stem: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (files, lines) = found.export(&format!("{}.csv", stem.display()));
    if files.is_empty() {
        let steps = found.record().steps.steps;
        return Err(Failure::usage(anyhow::anyhow!("`--export`: {steps} steps are too many for a table")));
    }
    let name = stem.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let files: Vec<_> = files.into_iter().map(|(ending, bytes)| (format!("{name}{ending}"), bytes)).collect();
    let folder = stem.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let store = Store::open(folder).map_err(Failure::computation)?;
    let written = store.write(&files).map_err(Failure::computation)?;
    if !args.options.json && !args.options.quiet {
        print(lines.as_bytes())?;
    }
    Ok(written)
}

fn sweep(args: &RunArgs, extra: &Extra) -> Result<Vec<PathBuf>, Failure> {
    let started = Instant::now();
    let grid = SweepGrid::new(Sweep::resolve(&read(&args.config, &args.options.overrides)?).map_err(Failure::usage)?)?;
    let terminal = Terminal::with_journal(args, extra.shard, extra.force)?;
    let shard = extra.shard.unwrap_or(GridPart::WHOLE);
    let (points, computed) = grid.points(shard, &terminal)?;
    terminal.clear();
    if extra.shard.is_some() {
        let count = shard.indices(grid.len()).count();
        let text = format!("{count} of {} points, to be joined by `collapsar merge`\n", grid.len());
        terminal.close()?;
        if !args.options.quiet {
            print(text.as_bytes())?;
        }
        return Ok(Vec::new());
    }
    let found = Sweep::of(grid, points, computed)?;
    let written = deliver(args, &found, started.elapsed().as_secs_f64())?;
    terminal.remove()?;
    match found.failure() {
        Some(failure) => Err(failure.into()),
        None => Ok(written),
    }
}
