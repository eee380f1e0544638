//! Sets of states from which the end of a pair's run is certain, whatever is still to come.

mod free;
mod sphere;

pub use free::FreeBasin;
pub use sphere::SphereBasin;

/// What is certain about the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The components end on different modes.
    Recovered,
    /// They end on the same mode.
    Collapsed,
    /// Nothing yet.
    Open,
}
