//! `collapsar diagnose`: runs in files, read and judged.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, anyhow};

use crate::cli::{DiagnoseArgs, RunArgs};
use crate::commands::Failure;
use crate::commands::document::read;
use crate::commands::output::deliver_with;
use crate::commands::terminal::Terminal;
use crate::config::Document;
use crate::report::html;
use crate::runs::{self, Run};
use crate::studies::{Diagnose, DiagnoseRun, Study, Watch};

/// What files of runs end in, where a folder is given.
const ENDINGS: [&str; 8] = ["npy", "npz", "csv", "tsv", "txt", "dat", "parquet", "safetensors"];

/// Reads, judges, writes and prints.
pub fn run(args: &DiagnoseArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let settings = &args.options.overrides;
    let document = match &args.config {
        Some(path) => read(path, settings)?,
        None => Document::of(settings.iter().map(String::as_str)).map_err(Failure::usage)?,
    };
    let mut config = Diagnose::resolve(&document).map_err(Failure::usage)?;
    let output = RunArgs {
        // The name of the results.
        config: args.config.clone().unwrap_or_else(|| PathBuf::from(Diagnose::NAME)),
        options: args.options.clone(),
        within_report: false,
    };
    let terminal = Terminal::plain(&output);
    let (files, against) = (files(&args.files)?, files(&args.against)?);
    terminal.begin((files.len() + against.len()) as u64, 0, "files");
    let most = config.most_numbers(files.len() + against.len());
    let load = |paths: &[PathBuf]| -> Result<Vec<Run>, Failure> {
        let mut all = Vec::new();
        for path in paths {
            all.extend(open(path, &config, most)?);
            terminal.advance(1);
        }
        Ok(all)
    };
    let (runs, others) = (load(&files)?, load(&against)?);
    config.runs = runs;
    config.against = others;
    let found = Diagnose::compute(config, &terminal)?;
    terminal.clear();
    deliver_with(&output, &found, started.elapsed().as_secs_f64(), |files| Some(page(&found, files))).map(drop)
}

/// The report with its figures in it.
fn page(found: &Diagnose, files: &[(String, Vec<u8>)]) -> (String, Vec<u8>) {
    let picture = |(name, bytes): &(String, Vec<u8>)| {
        Some((name.strip_suffix(".svg")?.to_owned(), String::from_utf8_lossy(bytes).into_owned()))
    };
    let pictures: Vec<(String, String)> = files.iter().filter_map(picture).collect();
    ("-report.html".to_owned(), html(&found.report(&pictures)).into_bytes())
}

fn open(path: &Path, config: &DiagnoseRun, most: usize) -> Result<Vec<Run>, Failure> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot read {name}")).map_err(Failure::usage)?;
    runs::read(&name, file, &config.columns(), most).map_err(Failure::usage)
}

/// The files themselves, and those in folders by their names.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let name = path.display();
        let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {name}")).map_err(Failure::usage)?;
        let ends = |path: &PathBuf| {
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            ending.is_some_and(|ending| ENDINGS.contains(&&*ending))
        };
        let mut inside: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|e| e.path())).filter(ends).collect();
        if inside.is_empty() {
            return Err(Failure::usage(anyhow!("{name}: it holds no file that ends in {}", ENDINGS.join(", "))));
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}
