//! What is wrong with a file of runs.

/// A file that cannot be taken: its name, and what is wrong where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct RunError {
    file: String,
    message: String,
}

impl RunError {
    pub(crate) fn new(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), message: message.into() }
    }

    /// What the file system or a format's reader says.
    pub(crate) fn unreadable(file: &str, error: &dyn std::fmt::Display) -> Self {
        Self::new(file, format!("it cannot be read: {error}"))
    }

    /// The file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }
}
