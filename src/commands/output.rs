//! Where the products of a verb go: files, or a record on standard output, and words for a person.

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::cli::RunArgs;
use crate::commands::{Failure, print};
use crate::figures::{Figure, render_png, render_svg};
use crate::results::Store;

/// Pixels of a PNG per CSS pixel.
const PNG_SCALE: f64 = 2.0;
/// The folder of results unless given.
const DEFAULT_FOLDER: &str = "out";

/// What a verb made.
pub(crate) struct Products<'a, R> {
    /// The record.
    pub(crate) record: &'a R,
    /// The summary.
    pub(crate) text: String,
    /// Further files: what follows the name of the configuration, and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// The folder of the results: none with --json unless one is given.
pub(crate) fn folder(args: &RunArgs) -> Option<&Path> {
    args.out.as_deref().or((!args.json).then_some(Path::new(DEFAULT_FOLDER)))
}

/// The name of the configuration, and of its results.
pub(crate) fn stem(args: &RunArgs) -> String {
    args.config.file_stem().map_or("run".into(), |s| s.to_string_lossy().into_owned())
}

/// A table with its figure in both formats.
pub(crate) fn drawn(csv: Vec<u8>, figure: &Figure) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    Ok([vec![(".csv".to_owned(), csv)], pictures("", figure)?].concat())
}

/// A figure in both formats; `name` follows the name of the configuration.
pub(crate) fn pictures(name: &str, figure: &Figure) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let png = render_png(figure, PNG_SCALE).map_err(Failure::computation)?;
    let svg = render_svg(figure).map_err(Failure::computation)?;
    Ok(vec![(format!("{name}.png"), png), (format!("{name}.svg"), svg.into_bytes())])
}

/// Writes the files (none with --json unless a folder is given), then the record or the summary; returns
/// their paths.
pub(crate) fn deliver<R: Serialize>(args: &RunArgs, products: &Products<'_, R>) -> Result<Vec<PathBuf>, Failure> {
    let mut json = serde_json::to_vec(products.record).map_err(Failure::computation)?;
    json.push(b'\n');
    let mut written = Vec::new();
    if let Some(folder) = folder(args) {
        let stem = stem(args);
        let store = Store::open(folder).map_err(Failure::computation)?;
        let mut files = vec![(format!("{stem}.json"), json.clone())];
        files.extend(products.files.iter().map(|(ending, bytes)| (format!("{stem}{ending}"), bytes.clone())));
        written = store.write(&files).map_err(Failure::computation)?;
    }
    if args.json {
        return print(&json).map(|()| written);
    }
    if args.quiet {
        return Ok(written);
    }
    let mut text = products.text.clone();
    for path in &written {
        text.push_str(&format!("wrote       {}\n", path.display()));
    }
    print(text.as_bytes()).map(|()| written)
}

/// A progress bar on a terminal, nothing in a pipe, with --json or with --quiet.
pub(crate) fn progress(args: &RunArgs, length: usize, unit: &str) -> ProgressBar {
    if args.quiet || args.json {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length as u64);
    let template = format!("{{bar:30}} {{pos}}/{{len}} {unit}, {{eta}} left  {{msg}}");
    bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
