//! A configuration as an experiment of the report.

use std::path::PathBuf;

use anyhow::{Context, anyhow};

use crate::cli::{ReproduceArgs, RunArgs, RunOptions};
use crate::commands::Failure;
use crate::commands::document::read;
use crate::commands::registry::{Extra, study_named};
use crate::config::{Document, ExperimentConfig};
use crate::results::VERSION;

/// A configuration that `reproduce` runs.
pub(crate) struct Experiment {
    /// The name of its file.
    pub(crate) stem: String,
    path: PathBuf,
    /// What it says.
    pub(crate) document: Document,
    /// Its section.
    pub(crate) config: ExperimentConfig,
    /// Its text, as in the file.
    pub(crate) text: String,
    overrides: Vec<String>,
}

impl Experiment {
    /// Reads a configuration that says how it is run.
    pub(crate) fn read(path: PathBuf, quick: bool) -> Result<Self, Failure> {
        let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let plain = read(&path, &[])?;
        let config = ExperimentConfig::resolve(&plain).map_err(Failure::usage)?;
        let config = config.ok_or_else(|| {
            Failure::usage(anyhow!("{}: a section [experiment] is missing: it says how to run it", path.display()))
        })?;
        let overrides = if quick { config.quick.clone() } else { Vec::new() };
        let document = read(&path, &overrides)?;
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()));
        Ok(Self { stem, document, config, text: text.map_err(Failure::usage)?, path, overrides })
    }

    /// What makes results worth keeping.
    pub(crate) fn fingerprint(&self) -> String {
        // What the report says of an experiment and asks of its record changes no result.
        format!("{VERSION}\n{}\n{}", self.config.verb.name(), self.document.canonical_without("experiment"))
    }

    /// Runs it into the folder of the results; the names of its files.
    pub(crate) fn run(&self, args: &ReproduceArgs) -> Result<Vec<String>, Failure> {
        let run = RunArgs {
            config: self.path.clone(),
            options: RunOptions {
                overrides: self.overrides.clone(),
                out: Some(args.out.clone()),
                json: false,
                quiet: args.quiet,
            },
            within_report: true,
        };
        let name = self.config.verb.name();
        let study = study_named(name).ok_or_else(|| Failure::usage(anyhow!("no study is called {name}")))?;
        let written = study.apply(&run, &Extra { force: args.force, ..Extra::default() });
        let names = |path: PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(written.map_err(|failure| failure.within(&self.stem))?.into_iter().filter_map(names).collect())
    }
}
