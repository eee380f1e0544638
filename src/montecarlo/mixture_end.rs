//! How a run of a mixture ends.

use crate::trajectory::Mechanism;

/// How a run of a mixture ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MixtureEnd {
    /// In a limit, or at the horizon.
    Decided {
        /// The modes that are lost, theory section 9.
        lost: Vec<usize>,
        /// Why.
        mechanism: Mechanism,
    },
    /// Not decided within the limits; never guessed.
    Undecided,
    /// The integrator could not go on: a state that is not finite, or steps below the spacing of times.
    Failed,
}

/// A run with its coverages.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureRun {
    /// How it ended.
    pub end: MixtureEnd,
    /// When that was certain, or where it was left.
    pub time: f64,
    /// C_k there.
    pub coverage: Vec<f64>,
}
