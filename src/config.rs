//! Configuration: TOML text and overrides -> checked document -> resolved run.
//!
//! [`Document`] mirrors the text, remembers where each value came from and refuses unknown keys; `resolve` turns it
//! into [`RunConfig`], which has no open choice left and can be written back as TOML.

mod document;
mod error;
mod resolve;
mod run;
mod section;

pub use document::{Document, Override};
pub use error::{ConfigError, Origin};
pub use run::{Engine, FamilyConfig, RunConfig, ScheduleConfig, SolveConfig, StartConfig, TargetConfig};
