//! Errors of a configuration: where, which key, which value, which rule.

use std::fmt;

use collapsar_theory::{InvalidParameter, Part};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A line of the file, from 1.
    Line(usize),
    /// An override given on the command line, as typed.
    Override(String),
    /// Nowhere: the value is missing or a default.
    Absent,
}

/// A configuration that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file's name as given.
    pub file: String,
    /// Where in it.
    pub origin: Origin,
    /// What is wrong: key, value and rule.
    pub message: String,
}

impl ConfigError {
    /// The text for a value that breaks a rule.
    pub(crate) fn rule(key: &str, value: impl fmt::Display, rule: &str) -> String {
        format!("`{key}` is {value}: it must {rule}")
    }

    /// The message of a refused parameter, whose name is completed with the section of its part.
    pub(crate) fn parameter(section: &str, error: &InvalidParameter) -> (String, String) {
        let section = match error.part() {
            Some(Part::Target) => "target",
            Some(Part::Family) => "family",
            Some(Part::Start) => "start",
            None => section,
        };
        let key = format!("{section}.{}", error.name());
        let message = Self::rule(&key, error.value(), error.rule());
        (key, message)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Line(line) => write!(f, "{}, line {line}: {}", self.file, self.message),
            Origin::Override(text) => write!(f, "--set {text}: {}", self.message),
            Origin::Absent => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for ConfigError {}
