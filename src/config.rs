//! Configuration: TOML text and overrides -> checked document -> resolved run.
//!
//! [`Document`] mirrors the text, remembers where each value came from and refuses unknown keys; `resolve` turns it
//! into [`RunConfig`], which has no open choice left and can be written back as TOML.

mod bifurcation;
mod boundary;
mod compare;
mod density;
mod document;
mod error;
mod portrait;
mod probability;
mod resolve;
mod run;
mod section;

pub use bifurcation::{BifurcationConfig, Parameter};
pub use boundary::BoundaryConfig;
pub use compare::Variant;
pub use density::DensityConfig;
pub use document::{Document, Override};
pub use error::{ConfigError, Origin};
pub use portrait::PortraitConfig;
pub use probability::{ExactConfig, FormulaConfig, MonteCarloConfig};
pub use run::{Engine, FamilyConfig, RunConfig, ScheduleConfig, SolveConfig, StartConfig, TargetConfig};
