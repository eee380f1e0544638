//! The verbs of the command line: context, files and words around the library.

mod advice;
mod bifurcate;
mod boundary;
mod compare;
mod density;
mod failure;
mod merge;
mod output;
mod portrait;
mod probability;
mod realnvp;
mod reproduce;
mod routes;
mod sample;
mod solve;
mod story;
mod summary;
mod sweep;
mod training;
mod verdict;

use clap::CommandFactory;

use crate::cli::{Cli, Command};
pub use failure::Failure;

/// Runs a parsed command line.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Reproduce(args) => reproduce::run(args),
        Command::Solve(args) => solve::run(args).map(drop),
        Command::Bifurcate(args) => bifurcate::run(args).map(drop),
        Command::Probability(args) => probability::run(args).map(drop),
        Command::Sweep(args) => sweep::run(args).map(drop),
        Command::Merge(args) => merge::run(args).map(drop),
        Command::Boundary(args) => boundary::run(args).map(drop),
        Command::Density(args) => density::run(args).map(drop),
        Command::Portrait(args) => portrait::run(args).map(drop),
        Command::Realnvp(args) => realnvp::run(args).map(drop),
        Command::Sample(args) => sample::run(args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "collapsar", &mut script);
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
