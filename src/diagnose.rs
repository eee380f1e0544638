//! What runs that somebody else made say: which modes there are, which run lost which, how often, and why.
//!
//! Modes are found in the samples of all runs together ([`Found`]), so that a mode counts if any run found it; what runs have of
//! them makes the weights and the verdicts ([`weights`], [`lost`]), and counts of those the statements on further runs
//! ([`runs_to_say`], [`restarts_for`], [`fisher`]).

mod candidates;
mod chance;
mod classes;
mod dip;
mod found;
mod frame;
mod merge;
mod mode;
mod modes;
mod objective;
mod options;
mod pursuit;
mod shares;
mod trace;

pub use chance::{MOST_COMPARED, best_of, fisher, power, restarts_for, runs_to_say, runs_to_tell};
pub use dip::{dip, significance};
pub use found::{Found, Separation};
pub use mode::Mode;
pub use objective::{Objective, Telling};
pub use options::DiagnoseOptions;
pub use shares::{lost, weights};
pub use trace::{Course, UNIT, draws};
