//! The verbs of the command line: arguments, files and a terminal around the studies.

mod configuration;
mod diagnose;
mod document;
mod experiment;
mod failure;
mod interrupt;
mod merge;
mod output;
mod registry;
mod report_sections;
mod report_targets;
mod reproduce;
mod sample;
mod terminal;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::{Cli, Command};
pub use failure::Failure;
pub use interrupt::end_on_interrupt;

/// The command line: the studies, ten places apart in the help, and the other verbs between and after them.
pub fn command() -> clap::Command {
    registry::STUDIES.iter().enumerate().fold(Cli::command(), |command, (place, study)| {
        command.subcommand(study.command().display_order(10 * (place + 1)))
    })
}

/// Runs a parsed command line.
///
/// # Errors
/// What goes wrong, with its exit code.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    if let Some((name, arguments)) = matches.subcommand()
        && let Some(study) = registry::study_named(name)
    {
        return study.run(arguments);
    }
    match Cli::from_arg_matches(matches).map_err(Failure::usage)?.command {
        Command::Reproduce(args) => reproduce::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Diagnose(args) => diagnose::run(&args),
        Command::Sample(args) => sample::run(&args),
        Command::Config(args) => configuration::run(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command(), "collapsar", &mut script);
            print(&script)
        }
    }
}

/// Writes to standard output; a reader that went away is not an error.
fn print(bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::computation(anyhow::Error::new(error).context("cannot write to standard output")))
        }
        _ => Ok(()),
    }
}
