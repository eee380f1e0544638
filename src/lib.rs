//! collapsar: when variational inference collapses onto one mode, why, and which annealing schedule prevents it.
//!
//! Data flow in one direction:
//!
//! ```text
//! config -> Problem (target + family + schedule + start law) -> closed flow
//!        -> integrate | trajectory -> records -> plots -> figures
//! ```
//!
//! The mathematics lives in the crate `collapsar-theory`; this library integrates it, draws random starts, keeps
//! records and draws figures. The binary adds the command line and nothing else.
//!
//! Features: `cli` (the command line; implies `figures`), `diffsol` (the general engine), `parallel` (threads). Without
//! them the library is alone, and may run in a browser.

pub mod bifurcation;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod commands;
pub mod config;
pub mod density;
#[cfg(feature = "figures")]
pub mod figures;
pub mod flows;
pub mod integrate;
pub mod montecarlo;
mod parallel;
#[cfg(feature = "figures")]
pub mod plots;
pub mod probability;
#[cfg(feature = "figures")]
pub mod report;
pub mod results;
pub mod trajectory;
