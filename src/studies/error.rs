//! What a study refuses or fails at.

use std::error::Error;
use std::fmt;

use collapsar_theory::InvalidParameter;

use crate::config::ConfigError;

/// A study that has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The configuration breaks a rule: key, value, rule and line are in the error.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A parameter is outside what the study can do: its name, value and rule are in the error.
    #[error(transparent)]
    Parameter(#[from] InvalidParameter),
    /// A method was asked for what it is not built for.
    #[error(transparent)]
    Misuse(Box<dyn Error + Send + Sync>),
    /// The computation failed.
    #[error(transparent)]
    Computation(Box<dyn Error + Send + Sync>),
    /// The watch asked for an early end.
    #[error("stopped before the end")]
    Cancelled,
    /// One of these, in a part of the work.
    #[error("{context}: {error}")]
    Within {
        /// The part.
        context: String,
        /// What is wrong there.
        error: Box<StudyError>,
    },
}

impl StudyError {
    /// A parameter that the study cannot take; `rule` continues "it must ...".
    pub(crate) fn refused(name: impl Into<String>, value: impl fmt::Display, rule: impl Into<String>) -> Self {
        Self::Parameter(InvalidParameter::new(name, value, rule))
    }

    /// A method asked for what it is not built for.
    pub(crate) fn misuse(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Misuse(error.into())
    }

    /// A failed computation.
    pub(crate) fn computation(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Computation(error.into())
    }

    /// The same in a part of the work.
    pub fn within(self, context: impl Into<String>) -> Self {
        Self::Within { context: context.into(), error: Box::new(self) }
    }

    /// Whether the question, not its computation, is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Config(_) | Self::Parameter(_) | Self::Misuse(_) => true,
            Self::Computation(_) | Self::Cancelled => false,
            Self::Within { error, .. } => error.is_usage(),
        }
    }

    /// Name, value and rule of the parameter at fault, where there is one.
    pub fn parameter(&self) -> Option<(&str, &str, &str)> {
        match self {
            Self::Config(error) => Some((error.key()?, error.value()?, error.rule()?)),
            Self::Parameter(error) => Some((error.name(), error.value(), error.rule())),
            Self::Within { error, .. } => error.parameter(),
            _ => None,
        }
    }
}
