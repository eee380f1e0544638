//! `collapsar config`: templates, the reference of all keys, their schema.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use crate::cli::ConfigArgs;
use crate::commands::document::read;
use crate::commands::{Failure, print};
use crate::config::ExperimentConfig;
use crate::config::keys::{IndexEntry, READ, reference, schema, template};

/// Makes what is asked for and prints it.
pub fn run(args: &ConfigArgs) -> Result<(), Failure> {
    let text = match &args.verb {
        Some(verb) => template(verb).ok_or_else(|| {
            let known: Vec<&str> = READ.iter().map(|(verb, _)| *verb).collect();
            Failure::usage(anyhow!("`{verb}` reads no configuration: known are {}", known.join(", ")))
        })?,
        None if args.schema => serde_json::to_string_pretty(&schema()).map_err(Failure::computation)? + "\n",
        None => reference(&index(&args.configs)?),
    };
    print(text.as_bytes())
}

/// The configurations of a folder that are experiments.
fn index(folder: &Path) -> Result<Vec<IndexEntry>, Failure> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()));
    let paths = entries.map_err(Failure::usage)?.filter_map(|entry| entry.ok().map(|e| e.path()));
    let entry = |path: PathBuf| -> Result<Option<IndexEntry>, Failure> {
        let experiment = ExperimentConfig::resolve(&read(&path, &[])?).map_err(Failure::usage)?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(experiment.map(|e| IndexEntry { verb: e.verb.name().to_owned(), order: e.order, file, title: e.title }))
    };
    let files = paths.filter(|path| path.extension().is_some_and(|e| e == "toml"));
    files.filter_map(|path| entry(path).transpose()).collect()
}
