//! What looks on while a study computes.

use std::fmt;

/// A line that was kept of earlier work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLine {
    /// The line.
    pub text: String,
    /// Where it stands, for a person: a file and the number of the line.
    pub place: String,
}

/// Progress, finished parts and an early end. Called from any thread.
pub trait Watch: Sync {
    /// Work of `total` units begins, `done` of which are there already.
    fn begin(&self, total: u64, done: u64, unit: &str) {
        let _ = (total, done, unit);
    }

    /// So many more units are done.
    fn advance(&self, units: u64) {
        let _ = units;
    }

    /// A word on the present state.
    fn say(&self, message: &dyn fmt::Display) {
        let _ = message;
    }

    /// Whether to stop: the study then ends with [`crate::studies::StudyError::Cancelled`].
    fn cancelled(&self) -> bool {
        false
    }

    /// Something that a person should know and that stops nothing.
    fn warn(&self, message: &dyn fmt::Display) {
        let _ = message;
    }

    /// The parts that were kept of earlier work under the same `header`, one line each.
    ///
    /// # Errors
    /// What keeps them cannot be read, or belongs to other work.
    fn kept(&self, header: &str) -> Result<Vec<KeptLine>, Box<dyn std::error::Error + Send + Sync>> {
        let _ = header;
        Ok(Vec::new())
    }

    /// Keeps a finished part, a line without a line break.
    ///
    /// # Errors
    /// It cannot be kept.
    fn keep(&self, line: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let _ = line;
        Ok(())
    }
}

/// Looks away, keeps nothing, never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Watch for Silent {}

/// Tells of nothing within a part of the work and listens for the end.
pub(crate) struct UntilCancelled<'a>(pub(crate) &'a dyn Watch);

impl Watch for UntilCancelled<'_> {
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}
