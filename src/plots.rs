//! The project's figures: records in, [`crate::figures::Figure`] out.

mod bifurcation;
mod boundary;
mod comparison;
mod density;
mod portrait;
mod probability_map;
mod standardised;
mod sweep;
mod trajectory;

pub use bifurcation::bifurcation;
pub use boundary::boundary;
pub use comparison::{Compared, comparison};
pub use density::density;
pub use portrait::portrait;
pub use standardised::standardised;
pub use sweep::sweep;
pub use trajectory::trajectory;
