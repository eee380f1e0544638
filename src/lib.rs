//! collapsar: when variational inference collapses onto one mode, why, and which annealing schedule prevents it.
//!
//! The door is [`studies`]: each question is a type that resolves what it reads, computes and holds its answer.
//!
//! ```
//! use collapsar::studies::{Probability, ProbabilityConfig, Silent, Study};
//! use collapsar::theory::{Family, Problem, Rules, Schedule, Start, Target};
//! # fn main() -> Result<(), collapsar::studies::StudyError> {
//! let family = Family::new(vec![0.5, 0.5], Rules::FREE)?;
//! let (target, start) = (Target::pair(2.5, [0.5, 0.5])?, Start::gaussian(1, 1.0)?);
//! let problem = Problem::new(target, family, Schedule::constant(1.0)?, start)?;
//! let mut config = ProbabilityConfig::from(&problem);
//! config.routes = vec![collapsar::config::Route::Exact];
//! let found = Probability::compute(config, &Silent)?;
//! let exact = found.record().routes.value(collapsar::config::Route::Exact);
//! assert!((exact.unwrap_or(0.0) - 0.21537910).abs() < 1e-6);
//! # Ok(())
//! # }
//! ```
//!
//! Data flow in one direction:
//!
//! ```text
//! config -> Problem (target + family + schedule + start law) -> closed flow
//!        -> integrate | trajectory | bifurcation | probability | montecarlo | flows
//!        -> studies -> records -> plots -> figures
//! ```
//!
//! The mathematics is the crate `collapsar-theory`, here as [`theory`]; this library integrates it, draws random starts,
//! keeps records and draws figures. The binary adds the command line and nothing else.
//!
//! Features: `cli` (the command line; implies `figures` and `files`), `diffsol` (the general engine), `files` (the store and
//! journals), `parallel` (threads), `parquet` (runs in such files). Without them the library is alone, and may run in a browser.

pub mod adam;
pub mod bifurcation;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod commands;
pub mod config;
pub mod density;
pub mod diagnose;
#[cfg(feature = "figures")]
pub mod figures;
pub mod flows;
pub mod integrate;
pub mod montecarlo;
mod parallel;
#[cfg(feature = "figures")]
pub mod plots;
pub mod probability;
pub mod random;
pub mod report;
pub mod results;
pub mod runs;
pub mod studies;
pub mod trajectory;

pub use collapsar_theory as theory;
