//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

/// When variational inference collapses onto one mode, why, and which annealing schedule prevents it.
#[derive(Debug, Parser)]
#[command(name = "collapsar", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 success, 1 the computation failed, 2 bad usage or configuration.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run every configuration, check every claim and write the report: the whole story
    #[command(after_help = REPRODUCE_EXAMPLES)]
    Reproduce(ReproduceArgs),
    /// Integrate the closed flow of one problem and say where it ends
    #[command(after_help = SOLVE_EXAMPLES)]
    Solve(RunArgs),
    /// List the equilibria of a pair, draw their branches and say where collapse is possible
    #[command(after_help = BIFURCATE_EXAMPLES)]
    Bifurcate(RunArgs),
    /// Compute the probability of collapse of a pair by several routes
    #[command(after_help = PROBABILITY_EXAMPLES)]
    Probability(ProbabilityArgs),
    /// Locate the boundary between collapsing and recovering starts of a pair
    #[command(after_help = BOUNDARY_EXAMPLES)]
    Boundary(RunArgs),
    /// Compute the probability of collapse over a grid of problems; killed and run again, it continues
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepArgs),
    /// Join the shards of a grid
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(MergeArgs),
    /// Show target and fit of a run as densities at several moments
    #[command(after_help = DENSITY_EXAMPLES)]
    Density(RunArgs),
    /// Draw the flow of the free pair in a plane, with its equilibria and the collapse boundary
    #[command(after_help = PORTRAIT_EXAMPLES)]
    Portrait(RunArgs),
    /// Train a normalizing flow on the tempered reverse divergence and watch it
    #[command(after_help = REALNVP_EXAMPLES)]
    Realnvp(RunArgs),
    /// Draw points from a trained flow
    #[command(after_help = SAMPLE_EXAMPLES)]
    Sample(SampleArgs),
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  collapsar completions bash > /etc/bash_completion.d/collapsar")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

const REPRODUCE_EXAMPLES: &str = "Examples:
  collapsar reproduce
  collapsar reproduce --quick --out out/quick
  collapsar reproduce --only annealing-sphere --force

Exit code 1 if a check fails. What is already there for the same configuration and version is kept.";

/// What `reproduce` takes.
#[derive(Debug, Args)]
pub struct ReproduceArgs {
    /// Folder of the configurations
    #[arg(long, value_name = "DIR", default_value = "configs")]
    pub configs: PathBuf,
    /// Folder for results and report
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Smaller samples and grids
    #[arg(long)]
    pub quick: bool,
    /// Only this experiment; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Compute anew what is already there
    #[arg(long)]
    pub force: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

const SOLVE_EXAMPLES: &str = "Examples:
  collapsar solve configs/paper-pair.toml
  collapsar solve configs/paper-pair.toml --set schedule.duration=5 --out out/fast
  collapsar solve configs/free-pair.toml --json | jq .collapsed
  collapsar solve configs/trajectories-free.toml   # [compare]: several variants in one figure";

const BIFURCATE_EXAMPLES: &str = "Examples:
  collapsar bifurcate configs/bifurcation-free.toml
  collapsar bifurcate configs/bifurcation-sphere.toml --out out/sphere
  collapsar bifurcate configs/bifurcation-free.toml --set target.separation=4 --json | jq .critical_temperature";

const PROBABILITY_EXAMPLES: &str = "Examples:
  collapsar probability configs/probability-free.toml
  collapsar probability configs/probability-free.toml --route exact --set start.scale=0.1 --json";

/// A route to the probability of collapse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Route {
    /// Quadrature of the start law over the boundary
    Exact,
    /// The sharp formula
    Formula,
    /// An ensemble of the closed flow
    Montecarlo,
    /// Stochastic descent in R^d
    Simulation,
    /// Training of normalizing flows
    Realnvp,
}

/// What `probability` takes.
#[derive(Debug, Args)]
pub struct ProbabilityArgs {
    /// The run
    #[command(flatten)]
    pub run: RunArgs,
    /// Only this route
    #[arg(long)]
    pub route: Option<Route>,
}

const SWEEP_EXAMPLES: &str = "Examples:
  collapsar sweep configs/sweep-free.toml
  collapsar sweep configs/sweep-free.toml --set sweep.schedule.rate=[0.1,0.3,1] --json
  collapsar sweep configs/sweep-free.toml --shard 2/8 --out out/job

Points are kept in the folder of the results as they are finished. What was interrupted continues where it stopped and
ends with the same bytes.";

const MERGE_EXAMPLES: &str = "Examples:
  collapsar merge configs/sweep-free.toml --out out/job
  collapsar merge configs/sweep-free.toml a/sweep-free.shard-1-of-2.jsonl b/sweep-free.shard-2-of-2.jsonl";

/// What `sweep` takes.
#[derive(Debug, Args)]
pub struct SweepArgs {
    /// The run
    #[command(flatten)]
    pub run: RunArgs,
    /// Compute only every N-th point, from the I-th: to be joined by `merge`
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Compute anew what is already there
    #[arg(long)]
    pub force: bool,
}

/// What `merge` takes.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The run
    #[command(flatten)]
    pub run: RunArgs,
    /// The shards [default: those in the folder of the results]
    pub shards: Vec<PathBuf>,
}

/// A part of a grid: points `part - 1`, `part - 1 + parts`, ...
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub part: usize,
    /// Of how many.
    pub parts: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule = || format!("`{text}` is no part of a whole: it must read I/N with 1 <= I <= N");
        let (part, parts) = text.split_once('/').ok_or_else(rule)?;
        let read = |text: &str| text.trim().parse::<usize>().map_err(|_| rule());
        let shard = Self { part: read(part)?, parts: read(parts)? };
        if (1..=shard.parts).contains(&shard.part) { Ok(shard) } else { Err(rule()) }
    }
}

const BOUNDARY_EXAMPLES: &str = "Examples:
  collapsar boundary configs/boundary-free.toml
  collapsar boundary configs/boundary-free.toml --set boundary.transverse=[0.5] --json";

const DENSITY_EXAMPLES: &str = "Examples:
  collapsar density configs/density.toml
  collapsar density configs/density.toml --set density.times=[0,10] --out out/two
  collapsar density configs/density.toml --json | jq '.variants[].snapshots[].coverage'";

const PORTRAIT_EXAMPLES: &str = "Examples:
  collapsar portrait configs/portrait.toml
  collapsar portrait configs/portrait.toml --set portrait.temperatures=[1,2,4] --out out/three
  collapsar portrait configs/portrait.toml --set portrait.transverse=0.5 --json | jq .portraits[0].boundary";

const REALNVP_EXAMPLES: &str = "Examples:
  collapsar realnvp configs/realnvp.toml
  collapsar realnvp configs/realnvp.toml --set start.seed=4 --set training.steps=2000 --out out/four
  collapsar realnvp configs/realnvp.toml --json | jq '.variants[].evaluation.coverage'";

const SAMPLE_EXAMPLES: &str = "Examples:
  collapsar sample out/realnvp-1.safetensors --count 1000 --seed 7 --out points.csv
  collapsar sample out/realnvp-2.safetensors --count 5

Columns: x_1 to x_d and log_q, the log density of the flow. The same seed gives the same bytes.";

/// What `sample` takes.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Weights that `realnvp` wrote, a safetensors file
    pub weights: PathBuf,
    /// Number of points
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub count: usize,
    /// Seed of the points
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// File for the table [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What every verb that runs a configuration takes.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The configuration, a TOML file
    pub config: PathBuf,
    /// Override a value of the configuration; may be repeated
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub overrides: Vec<String>,
    /// Folder for the results [default: out; with --json, none]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the record to standard output, and nothing else
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}
