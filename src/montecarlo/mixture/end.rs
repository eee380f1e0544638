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
    /// What was lost at the finite time at which runs are judged beside the limit; the same where the end was certain
    /// before.
    pub at_horizon: MixtureEnd,
    /// When that was certain, or where it was left.
    pub time: f64,
    /// C_k there.
    pub coverage: Vec<f64>,
}

impl MixtureRun {
    /// A run that ended before it was judged.
    pub(crate) fn new(end: MixtureEnd, time: f64, coverage: Vec<f64>) -> Self {
        Self { at_horizon: end.clone(), end, time, coverage }
    }

    /// The same, with what it had lost at the horizon if it came past it.
    pub(crate) fn judged(self, at_horizon: Option<MixtureEnd>) -> Self {
        Self { at_horizon: at_horizon.unwrap_or(self.at_horizon), ..self }
    }
}
