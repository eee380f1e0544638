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
  collapsar solve configs/free-pair.toml --json | jq .collapsed";

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
