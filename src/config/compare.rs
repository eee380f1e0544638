//! `[compare]`: labelled variants of one problem, each a list of overrides.

use crate::config::document::{Document, Override};
use crate::config::error::{ConfigError, Origin};
use crate::config::value::{Node, Value};

/// A variant of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant<C> {
    /// Its name: the key in `[compare]`; empty for a configuration without variants.
    pub label: String,
    /// The configuration with its overrides.
    pub config: C,
}

impl Document {
    /// The variants that `[compare]` asks for, in the order of the text, each resolved by `resolve`; without that section
    /// the document itself, without a label. The overrides of a variant come after those of the document and win.
    ///
    /// # Errors
    /// Those of `resolve`, with the label and the line of the variant.
    pub fn variants<C>(
        &self,
        resolve: impl Fn(&Self) -> Result<C, ConfigError>,
    ) -> Result<Vec<Variant<C>>, ConfigError> {
        let base = resolve(self)?;
        let section = self.section("compare");
        if section.is_empty() {
            return Ok(vec![Variant { label: String::new(), config: base }]);
        }
        let variant = |(label, node): &(String, Node)| {
            let own = texts(node).ok_or_else(|| {
                section.breaks(label, "be a list of overrides, for example [\"schedule.duration=20\"]")
            })?;
            let overrides: Vec<Override> = own.into_iter().map(Override).collect();
            let config = self.overridden(&overrides).and_then(|document| resolve(&document));
            let config = config.map_err(|error| located(error, label, &node.origin))?;
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
