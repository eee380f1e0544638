//! Configuration files.

use std::path::Path;

use anyhow::Context;

use crate::commands::Failure;
use crate::config::{Document, Override};

/// Parses a configuration file and applies its overrides.
pub(crate) fn read(path: &Path, overrides: &[String]) -> Result<Document, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {name}"));
    let overrides: Vec<Override> = overrides.iter().cloned().map(Override).collect();
    Document::parse(&name, &text.map_err(Failure::usage)?, &overrides).map_err(Failure::usage)
}
