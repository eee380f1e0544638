//! What goes wrong, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

use crate::studies::StudyError;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    error: anyhow::Error,
}

impl Failure {
    /// Bad usage or configuration: exit code 2.
    pub fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self { code: 2, error: error.into() }
    }

    /// A computation that failed, or results that cannot be written: exit code 1.
    pub fn computation(error: impl Into<anyhow::Error>) -> Self {
        Self { code: 1, error: error.into() }
    }

    /// The same failure within some context.
    pub(crate) fn within(self, context: &impl fmt::Display) -> Self {
        Self { error: self.error.context(context.to_string()), ..self }
    }

    /// The exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Self {
        if error.is_usage() { Self::usage(error) } else { Self::computation(error) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}
