//! `collapsar solve` on a configuration with `[compare]`: every variant in one record, table and figure.

use crate::cli::RunArgs;
use crate::commands::Failure;
use crate::commands::output::{Products, deliver, drawn};
use crate::commands::solve::{Solved, read_text, solve};
use crate::commands::summary::summary;
use crate::config::{Override, RunConfig, Variant};
use crate::plots::{self, Compared};
use crate::results::{CompareRecord, PROGRAM, SolvedVariant, VERSION, comparison_csv};
use std::path::PathBuf;

/// The variants of a configuration file; none without `[compare]`.
pub(crate) fn read_variants(args: &RunArgs) -> Result<Vec<Variant>, Failure> {
    let (name, text) = read_text(&args.config)?;
    let overrides: Vec<Override> = args.overrides.iter().cloned().map(Override).collect();
    RunConfig::variants(&name, &text, &overrides).map_err(Failure::usage)
}

/// Solves every variant, writes and says.
pub(crate) fn run(args: &RunArgs, variants: Vec<Variant>) -> Result<Vec<PathBuf>, Failure> {
    let (mut solved, mut runs): (Vec<SolvedVariant>, Vec<Solved>) = (Vec::new(), Vec::new());
    for Variant { label, config } in variants {
        let run = solve(config).map_err(|failure| failure.within(&format!("variant \"{label}\"")))?;
        solved.push(SolvedVariant { label, record: run.record.clone() });
        runs.push(run);
    }
    let record = CompareRecord { program: PROGRAM, version: VERSION, variants: solved };
    let pairs = || record.variants.iter().zip(&runs);
    let compared: Vec<Compared<'_>> =
        pairs().map(|(v, run)| Compared { label: &v.label, record: &v.record, rows: &run.trajectory.fine }).collect();
    let tables: Vec<_> = compared.iter().map(|run| (run.label, run.rows)).collect();
    let csv = comparison_csv(&tables).map_err(Failure::computation)?;
    let text = pairs()
        .map(|(v, run)| format!("variant     {}\n{}", v.label, summary(&v.record, &run.trajectory, run.seconds)));
    let text = text.collect::<Vec<_>>().join("\n");
    deliver(args, &Products { record: &record, text, files: drawn(csv, &plots::comparison(&compared))? })
}
