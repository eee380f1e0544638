//! `collapsar sample`: points of a trained flow with their log density.

use std::path::Path;

use anyhow::{Context, anyhow};

use crate::cli::SampleArgs;
use crate::commands::{Failure, print};
use crate::flows::{Flow, MOST_SAMPLED, Transport};
use crate::results::Store;

/// Reads the weights, draws, and writes or prints the table.
pub fn run(args: &SampleArgs) -> Result<(), Failure> {
    let name = args.weights.display();
    let bytes = std::fs::read(&args.weights).with_context(|| format!("cannot read the weights {name}"));
    let bytes = bytes.map_err(Failure::usage)?;
    // Double precision whatever the weights are: its rounding is not seen in a table.
    let flow = Flow::<f64>::from_safetensors(&bytes)
        .with_context(|| format!("{name} holds no flow that `collapsar realnvp` wrote"))
        .map_err(Failure::usage)?;
    let dimension = flow.dimension();
    if args.count > MOST_SAMPLED / dimension {
        let rule = format!("be at most {} in {dimension} dimensions", MOST_SAMPLED / dimension);
        return Err(Failure::usage(anyhow!("--count is {}: it must {rule}: draw by several seeds", args.count)));
    }
    let points = flow.sample(args.seed, args.count);
    let logs = flow.log_density(&points).map_err(Failure::computation)?;
    let csv = table(dimension, &points, &logs).map_err(Failure::computation)?;
    let Some(out) = &args.out else { return print(&csv) };
    let Some(file) = out.file_name() else {
        return Err(Failure::usage(anyhow!("--out {}: it must name a file", out.display())));
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if std::fs::metadata(out).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        // A device or a pipe is written to; a file in its place would not be what was asked for.
        let written = std::fs::write(out, csv).with_context(|| format!("cannot write {}", out.display()));
        return written.map_err(Failure::computation);
    }
    let store = Store::open(folder).map_err(Failure::computation)?;
    store.write(&[(file.to_string_lossy().into_owned(), csv)]).map(drop).map_err(Failure::computation)
}

/// Columns x_1 .. x_d and log_q, a point a row.
fn table(dimension: usize, points: &[f64], logs: &[f64]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record((1..=dimension).map(|i| format!("x_{i}")).chain(["log_q".to_owned()]))?;
    for (point, log) in points.chunks_exact(dimension).zip(logs) {
        writer.write_record(point.iter().chain([log]).map(f64::to_string))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}
