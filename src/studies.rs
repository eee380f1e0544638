//! The questions that the library answers: one file a question, one trait.
//!
//! A study takes a [`Document`] (text in TOML, or values set one by one), resolves what it reads of it, computes and
//! holds what it found: a serialisable record, a table, figures and words for a person. It reads no path, prints
//! nothing and ends no process. What takes long reports to a [`Watch`], which may also keep finished parts and ask for
//! an early end.
//!
//! | study | question |
//! |---|---|
//! | [`Solve`] | where does this start end, and how does it get there? |
//! | [`Bifurcate`] | at which separations and temperatures does a collapsed state exist at all? |
//! | [`Design`] | which schedule keeps collapse as seldom as I want? |
//! | [`Boundary`] | which starts collapse under this schedule? |
//! | [`Probability`] | how often does a random start collapse? |
//! | [`Sweep`] | and over a grid of schedules, dimensions, targets? |
//! | [`Density`] | what do target, tempered target and fit look like along a run? |
//! | [`Portrait`] | how does the free pair flow at a given temperature? |
//! | [`RealNvp`] | and a normalizing flow: does it collapse, and does annealing help? |
//! | [`Diagnose`] | did runs that were made elsewhere collapse, and why? |
//! | [`MeanField`] | which modes does a product measure lose, and does a rotation keep them? |

mod bifurcate;
mod boundary;
mod density;
mod density_flow;
mod design;
mod diagnose;
mod error;
mod heat;
mod mean_field;
mod near;
mod number;
mod planes;
mod portrait;
mod probability;
mod realnvp;
mod solve;
mod sweep;
mod trainable;
mod watch;

use serde::Serialize;

use crate::config::{ConfigError, Document};
#[cfg(feature = "figures")]
use crate::figures::Figure;

pub use bifurcate::Bifurcate;
pub use boundary::Boundary;
pub use density::Density;
pub use density_flow::DensityFlow;
pub use design::Design;
pub use diagnose::{Diagnose, DiagnoseRun};
pub use error::StudyError;
pub use mean_field::MeanField;
pub use number::number;
pub use portrait::Portrait;
pub use probability::{Probability, ProbabilityConfig};
pub use realnvp::RealNvp;
#[cfg(feature = "figures")]
pub use solve::DRIFT;
pub use solve::Solve;
pub use sweep::{GridPart, Points, Sweep, SweepGrid, comparisons};
pub use watch::{KeptLine, Silent, Watch};

/// A question with its answer.
pub trait Study: Sized {
    /// The verb of the command line, and the name in `[experiment]`.
    const NAME: &'static str;
    /// The question in words.
    const QUESTION: &'static str;
    /// What the study reads of a document, every choice made.
    type Config;
    /// What it found, with the configuration and the version that made it.
    type Record: Serialize;

    /// Reads, defaults and checks.
    ///
    /// # Errors
    /// The key that breaks a rule, with its value, the rule and the line.
    fn resolve(document: &Document) -> Result<Self::Config, ConfigError>;

    /// Computes.
    ///
    /// # Errors
    /// [`StudyError::is_usage`] tells what the configuration asked and cannot be had from what went wrong.
    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError>;

    /// The record.
    fn record(&self) -> &Self::Record;

    /// The record's main table as CSV; nothing if it has none.
    ///
    /// # Errors
    /// Those of the writer.
    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error>;

    /// The figures: what follows the configuration's name in theirs, and what they show.
    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)>;

    /// Further files: what follows the configuration's name in theirs, and their bytes.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        Vec::new()
    }

    /// What a person wants to know first, in lines.
    fn summary(&self) -> String;

    /// What it took, beside the time; nothing if that says it all.
    fn cost(&self) -> String {
        String::new()
    }

    /// An answer that has gaps: what is missing.
    fn failure(&self) -> Option<StudyError> {
        None
    }
}
