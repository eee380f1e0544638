//! Errors of the library as exceptions of the package, `collapsar.errors`.

use collapsar::config::{ConfigError, Origin};
use collapsar::studies::StudyError;
use collapsar::theory::InvalidParameter;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

/// Where the values of a configuration came from: the lines of a text of the user's are worth a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A text in TOML.
    Text,
    /// Values of Python.
    Values,
}

/// A refused configuration.
pub(crate) fn config(py: Python<'_>, error: &ConfigError, source: Source) -> PyErr {
    let line = match &error.origin {
        Origin::Line(line) if source == Source::Text => Some(*line),
        _ => None,
    };
    let message = if line.is_some() { error.to_string() } else { error.message.clone() };
    refused(py, message, (error.key(), error.value(), error.rule()), line)
}

/// A parameter out of its domain.
pub(crate) fn parameter(py: Python<'_>, error: &InvalidParameter) -> PyErr {
    refused(py, error.to_string(), (Some(error.name()), Some(error.value()), Some(error.rule())), None)
}

/// A value that breaks a rule which continues "it must".
pub(crate) fn breaking(py: Python<'_>, key: &str, value: &str, rule: &str) -> PyErr {
    parameter(py, &InvalidParameter::new(key, value, rule))
}

/// Whatever a study refuses or fails at.
pub(crate) fn study(py: Python<'_>, error: &StudyError, source: Source) -> PyErr {
    match error {
        StudyError::Config(error) => config(py, error, source),
        StudyError::Parameter(error) => parameter(py, error),
        error if error.is_usage() => {
            let parts =
                error.parameter().map_or((None, None, None), |(key, value, rule)| (Some(key), Some(value), Some(rule)));
            refused(py, error.to_string(), parts, None)
        }
        error => computation(py, error.to_string()),
    }
}

/// Input that cannot be taken, in words.
pub(crate) fn misuse(py: Python<'_>, message: String) -> PyErr {
    refused(py, message, (None, None, None), None)
}

/// A computation that failed.
pub(crate) fn computation(py: Python<'_>, message: String) -> PyErr {
    raise(py, "ComputationError", (message,))
}

type Parts<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn refused(py: Python<'_>, message: String, (key, value, rule): Parts<'_>, line: Option<usize>) -> PyErr {
    raise(py, "ConfigError", (message, key, value, rule, line))
}

fn raise<'py>(py: Python<'py>, class: &str, arguments: impl PyCallArgs<'py>) -> PyErr {
    let class = py.import("collapsar.errors").and_then(|module| module.getattr(class));
    match class.and_then(|class| class.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}
