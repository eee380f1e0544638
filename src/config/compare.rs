//! `[compare]`: labelled variants of one problem, each a list of overrides.

use crate::config::document::{Document, Override};
use crate::config::error::{ConfigError, Origin};
use crate::config::run::RunConfig;
use crate::config::value::{Node, Value};

/// A variant of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name: the key in `[compare]`.
    pub label: String,
    /// The configuration with its overrides.
    pub config: RunConfig,
}

impl RunConfig {
    /// The variants that `[compare]` asks for, in the order of the text; none without that section. The overrides of a
    /// variant come after `overrides` and win.
    pub fn variants(file: &str, text: &str, overrides: &[Override]) -> Result<Vec<Variant>, ConfigError> {
        let document = Document::parse(file, text, overrides)?;
        let section = document.section("compare");
        if section.is_empty() {
            return Ok(Vec::new());
        }
        Self::resolve(&document)?;
        let variant = |(label, node): &(String, Node)| {
            let own = texts(node).ok_or_else(|| {
                section.breaks(label, "be a list of overrides, for example [\"schedule.duration=20\"]")
            })?;
            let all: Vec<Override> = overrides.iter().cloned().chain(own.into_iter().map(Override)).collect();
            let config = Self::parse(file, text, &all).map_err(|error| located(error, label, &node.origin))?;
            Ok(Variant { label: label.clone(), config })
        };
        section.entries().iter().map(variant).collect()
    }
}

fn texts(node: &Node) -> Option<Vec<String>> {
    let Value::Array(items) = &node.value else { return None };
    let text = |item: &Node| match &item.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    items.iter().map(text).collect()
}

/// The error with the label and the line of its variant.
fn located(error: ConfigError, label: &str, origin: &Origin) -> ConfigError {
    let cause = match &error.origin {
        Origin::Override(text) => format!("{text}: "),
        Origin::Line(line) => format!("line {line}: "),
        Origin::Absent => String::new(),
    };
    ConfigError { origin: origin.clone(), message: format!("variant \"{label}\": {cause}{}", error.message), ..error }
}
