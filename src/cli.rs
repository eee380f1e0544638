//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

// The verbs that run a configuration are added from the list of studies.
/// When variational inference collapses onto one mode, why, and which annealing schedule prevents it.
#[derive(Debug, Parser)]
#[command(name = "collapsar", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 success, 1 the computation failed, 2 bad usage or configuration, 130 interrupted."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs that are no studies.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run every configuration, check every claim and write the report: the whole story
    #[command(after_help = REPRODUCE_EXAMPLES, display_order = 0)]
    Reproduce(ReproduceArgs),
    /// Join the shards of a grid
    #[command(after_help = MERGE_EXAMPLES, display_order = 51)]
    Merge(MergeArgs),
    /// Say of runs that you made elsewhere whether they lost modes, how often further runs will, and why
    #[command(after_help = DIAGNOSE_EXAMPLES, display_order = 89)]
    Diagnose(DiagnoseArgs),
    /// Draw points from a trained flow
    #[command(after_help = SAMPLE_EXAMPLES, display_order = 90)]
    Sample(SampleArgs),
    /// Print a commented configuration for a verb, the reference of all keys, or their schema
    #[command(after_help = CONFIG_EXAMPLES)]
    Config(ConfigArgs),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  collapsar completions bash > /etc/bash_completion.d/collapsar",
        display_order = 91
    )]
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
    /// Address of the explorer's page, to which each experiment is linked with its configuration; collapsar.html if it lies in
    /// the folder for results
    #[arg(long, value_name = "ADDRESS")]
    pub explorer: Option<String>,
    /// Print nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

const MERGE_EXAMPLES: &str = "Examples:
  collapsar merge configs/annealing-free.toml --out out/job
  collapsar merge configs/annealing-free.toml a/annealing-free.shard-1-of-2.jsonl b/annealing-free.shard-2-of-2.jsonl";

/// What `merge` takes.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The run
    #[command(flatten)]
    pub run: RunArgs,
    /// The shards [default: those in the folder of the results]
    pub shards: Vec<PathBuf>,
}

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

const DIAGNOSE_EXAMPLES: &str = "Examples:
  collapsar diagnose runs/*.npy
  collapsar diagnose runs --set diagnose.family=flow --out out/runs
  collapsar diagnose geometric --against hold --json | jq '.probability, .comparison'
  collapsar diagnose chains.csv --set diagnose.run=chain --set 'diagnose.columns=[\"mu\",\"tau\"]'

A file is a run: samples (.npy, .npz, .csv, .parquet, .safetensors; n x d, with log_q and log_p if there), the trace of a
mixture (means, weights, variances), or rows of coverages C_1, C_2, ..";

/// What `diagnose` takes.
#[derive(Debug, Args)]
pub struct DiagnoseArgs {
    /// Files of runs, or folders of them
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Files of other runs, beside which these are judged
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub against: Vec<PathBuf>,
    /// A configuration with the section `[diagnose]`
    #[arg(long, value_name = "CONFIG")]
    pub config: Option<PathBuf>,
    /// Values and output
    #[command(flatten)]
    pub options: RunOptions,
}

const CONFIG_EXAMPLES: &str = "Examples:
  collapsar config solve > mine.toml
  collapsar config --reference > configs/README.md
  collapsar config --schema > configs/schema.json";

/// What `config` takes.
#[derive(Debug, Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["verb", "reference", "schema"]))]
pub struct ConfigArgs {
    /// The verb whose template is printed
    pub verb: Option<String>,
    /// Print the reference of all keys, with an index of the folder's configurations
    #[arg(long)]
    pub reference: bool,
    /// Print the JSON Schema of configurations
    #[arg(long)]
    pub schema: bool,
    /// Folder of the index in the reference
    #[arg(long, value_name = "DIR", default_value = "configs")]
    pub configs: PathBuf,
}

/// What every verb that leaves a record takes.
#[derive(Debug, Clone, Default, Args)]
pub struct RunOptions {
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

/// What every verb that runs a configuration takes.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The configuration, a TOML file
    pub config: PathBuf,
    /// Values and output
    #[command(flatten)]
    pub options: RunOptions,
    /// Whether it is a part of a report, which has its own words.
    #[arg(skip)]
    pub within_report: bool,
}
