//! One run of the closed mixture flow: its trajectory, reported in statistics, and its limit, classified.

mod closed;
mod field_lines;
mod follow;
mod horizon_boundary;
mod limit;
mod observed;
mod report;
mod settle;
mod slide;
mod turn;
mod watched;

pub use closed::{Closed, Observation};
pub use field_lines::field_lines;
pub use follow::{Options, Trajectory, TrajectoryError, follow, follow_shaped};
pub use horizon_boundary::{HorizonBoundary, HorizonBracket};
pub use limit::{LOST_COVERAGE, Limit, LimitStatus, LostModes, Mechanism, VANISHED_WEIGHT, mechanism};
pub(crate) use limit::{classify, fastest_motion, motion_of};
pub use report::Report;
pub(crate) use settle::{COLD, LimitWatch, QUICK, Settled, settle, transit};
pub use watched::{Cooled, CoolingEnd, CoolingLimits, Watched, realise};
