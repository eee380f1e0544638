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
    /// Show target and fit of a run as densities at several moments
    #[command(after_help = DENSITY_EXAMPLES)]
    Density(RunArgs),
    /// Draw the flow of the free pair in a plane, with its equilibria and the collapse boundary
    #[command(after_help = PORTRAIT_EXAMPLES)]
    Portrait(RunArgs),
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  collapsar completions bash > /etc/bash_completion.d/collapsar")]
    Completions {
        /// The shell
        shell: Shell,
    },
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
