//! Configuration files.

use std::path::Path;

use anyhow::Context;

use crate::commands::Failure;
use crate::config::{Document, Override};

/// The path that means standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// Parses a configuration file and applies its overrides.
pub(crate) fn read(path: &Path, overrides: &[String]) -> Result<Document, Failure> {
    let (name, text) = if path == Path::new(STANDARD_INPUT) {
        (Document::STANDARD_INPUT.to_owned(), std::io::read_to_string(std::io::stdin()))
    } else {
        (path.display().to_string(), std::fs::read_to_string(path))
    };
    let text = text.with_context(|| format!("cannot read the configuration {name}"));
    let overrides: Vec<Override> = overrides.iter().cloned().map(Override).collect();
    Document::parse(&name, &text.map_err(Failure::usage)?, &overrides).map_err(Failure::usage)
}
