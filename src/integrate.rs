//! Initial-value problems: one trait, an own adaptive method for ensembles and diffsol as the general engine.
//!
//! Values in, outcomes out: nothing here prints, reads a file or knows a configuration. This room holds the only
//! importer of diffsol.

pub(crate) mod control;
mod eighth;
mod engine;
mod event;
mod formulas;
mod general;
mod misuse;
mod options;
mod own;
mod stepper;
mod system;
pub(crate) mod tableau;
pub(crate) mod vectors;
#[cfg(feature = "diffsol")]
mod with_diffsol;
#[cfg(not(feature = "diffsol"))]
mod without_diffsol;

pub use engine::{Integrator, Outcome, Solution, Statistics};
pub use event::{Crossing, Event};
pub use general::{DiffsolBdf, DiffsolTsit5, Jacobian};
pub use misuse::RequestMisuse;
pub use options::{Request, Tolerances};
pub(crate) use own::FEW_SIZES;
pub use own::Tsit5;
pub(crate) use stepper::EighthOrderStepper;
pub use stepper::{StepResult, Stepper};
pub use system::{System, Tempered};
