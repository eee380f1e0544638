//! Where the products of a verb go: files, or a record on standard output, and words for a person.

use std::path::{Path, PathBuf};

use crate::cli::RunArgs;
use crate::commands::document::STANDARD_INPUT;
use crate::commands::{Failure, print};
use crate::config::Document;
use crate::figures::{Figure, render_png, render_svg};
use crate::results::Store;
use crate::studies::Study;

/// Pixels of a PNG per CSS pixel.
const PNG_SCALE: f64 = 2.0;
/// The folder of results unless given.
const DEFAULT_FOLDER: &str = "out";

/// The folder of the results: none with --json unless one is given.
pub(crate) fn folder(args: &RunArgs) -> Option<&Path> {
    args.options.out.as_deref().or((!args.options.json).then_some(Path::new(DEFAULT_FOLDER)))
}

/// The name of the configuration, and of its results.
pub(crate) fn stem(args: &RunArgs) -> String {
    let name = args.config.file_stem().filter(|_| args.config != Path::new(STANDARD_INPUT));
    name.map_or(Document::NAMELESS.into(), |s| s.to_string_lossy().into_owned())
}

/// A figure in both formats; `name` follows the name of the configuration.
pub(crate) fn pictures(name: &str, figure: &Figure) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let png = render_png(figure, PNG_SCALE).map_err(Failure::computation)?;
    let svg = render_svg(figure).map_err(Failure::computation)?;
    Ok(vec![(format!("{name}.png"), png), (format!("{name}.svg"), svg.into_bytes())])
}

/// Writes record, table, figures and further files (none with --json unless a folder is given), then prints the record
/// or the summary; returns the paths.
pub(crate) fn deliver<S: Study>(args: &RunArgs, study: &S, seconds: f64) -> Result<Vec<PathBuf>, Failure> {
    deliver_with(args, study, seconds, |_| None)
}

/// The same with a file that is made of the others: what follows the name in theirs, and their bytes.
pub(crate) fn deliver_with<S: Study>(
    args: &RunArgs,
    study: &S,
    seconds: f64,
    of_all: impl FnOnce(&[(String, Vec<u8>)]) -> Option<(String, Vec<u8>)>,
) -> Result<Vec<PathBuf>, Failure> {
    let mut json = serde_json::to_vec(study.record()).map_err(Failure::computation)?;
    json.push(b'\n');
    let mut written = Vec::new();
    if let Some(folder) = folder(args) {
        let mut files = vec![(".json".to_owned(), json.clone())];
        files.extend(study.files());
        files.extend(study.table().map_err(Failure::computation)?.map(|csv| (".csv".to_owned(), csv)));
        for (name, figure) in study.figures() {
            files.extend(pictures(&name, &figure)?);
        }
        files.extend(of_all(&files));
        let stem = stem(args);
        let files: Vec<_> = files.into_iter().map(|(ending, bytes)| (format!("{stem}{ending}"), bytes)).collect();
        let store = Store::open(folder).map_err(Failure::computation)?;
        written = store.write(&files).map_err(Failure::computation)?;
    }
    if args.options.json {
        return print(&json).map(|()| written);
    }
    if args.options.quiet || args.within_report {
        return Ok(written);
    }
    let cost = Some(study.cost()).filter(|cost| !cost.is_empty()).map_or_else(String::new, |cost| cost + ", ");
    let mut text = format!("{}cost        {cost}{seconds:.2} s\n", study.summary());
    for path in &written {
        text.push_str(&format!("wrote       {}\n", path.display()));
    }
    print(text.as_bytes()).map(|()| written)
}
