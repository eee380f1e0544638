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
    /// What is wrong, in words: key, value and rule.
    pub message: String,
    /// The same for a tool.
    pub(crate) parts: Box<Parts>,
}

/// Key, value and rule of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    key: Option<String>,
    value: Option<String>,
    rule: Option<String>,
}

/// What is wrong, without the place: words for a person, and key, value and rule for a tool.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fault {
    message: String,
    parts: Parts,
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self { message, ..Self::default() }
    }
}

impl From<&str> for Fault {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

impl Fault {
    /// Words about `key`, for which there is no rule.
    pub(crate) fn about(key: &str, value: Option<String>, message: String) -> Self {
        Self { message, parts: Parts { key: Some(key.to_owned()), value, rule: None } }
    }

    /// The same with `words` after its message.
    pub(crate) fn and(self, words: &str) -> Self {
        Self { message: self.message + words, ..self }
    }

    /// The error at a place.
    pub(crate) fn at(self, file: &str, origin: Origin) -> ConfigError {
        let Self { message, parts } = self;
        ConfigError { file: file.to_owned(), origin, message, parts: Box::new(parts) }
    }
}

impl ConfigError {
    /// The key at fault, "section.key", if it is a matter of one.
    pub fn key(&self) -> Option<&str> {
        self.parts.key.as_deref()
    }

    /// Its value as given, if it has one.
    pub fn value(&self) -> Option<&str> {
        self.parts.value.as_deref()
    }

    /// What the value must do: continues "it must".
    pub fn rule(&self) -> Option<&str> {
        self.parts.rule.as_deref()
    }

    /// A value that breaks a rule.
    pub(crate) fn breaking(key: &str, value: impl fmt::Display, rule: &str) -> Fault {
        let value = value.to_string();
        let message = format!("`{key}` is {value}: it must {rule}");
        Fault { message, parts: Parts { key: Some(key.to_owned()), value: Some(value), rule: Some(rule.to_owned()) } }
    }

    /// The key of a refused parameter, completed with the section of its part, and what is wrong with it.
    pub(crate) fn parameter(section: &str, error: &InvalidParameter) -> (String, Fault) {
        let section = match error.part() {
            Some(Part::Target) => "target",
            Some(Part::Family) => "family",
            Some(Part::Start) => "start",
            None => section,
        };
        let key = format!("{section}.{}", error.name());
        let fault = Self::breaking(&key, error.value(), error.rule());
        (key, fault)
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
