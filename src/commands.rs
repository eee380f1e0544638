//! The verbs of the command line: context, files and words around the library.

mod bifurcate;
mod boundary;
mod compare;
mod density;
mod failure;
mod merge;
mod output;
mod portrait;
mod probability;
mod routes;
mod solve;
mod summary;
mod sweep;
mod verdict;

use clap::CommandFactory;

use crate::cli::{Cli, Command};
pub use failure::Failure;

/// Runs a parsed command line.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Solve(args) => solve::run(args),
        Command::Bifurcate(args) => bifurcate::run(args),
        Command::Probability(args) => probability::run(args),
        Command::Sweep(args) => sweep::run(args),
        Command::Merge(args) => merge::run(args),
        Command::Boundary(args) => boundary::run(args),
        Command::Density(args) => density::run(args),
        Command::Portrait(args) => portrait::run(args),
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
