//! What looks on while a study computes.

use std::fmt;

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

    /// The parts that were kept of earlier work under the same `header`, one line each.
    ///
    /// # Errors
    /// What keeps them cannot be read, or belongs to other work.
    fn kept(&self, header: &str) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
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
