//! The project's figures: records in, [`crate::figures::Figure`] out.

mod bifurcation;
mod boundary;
mod trajectory;

pub use bifurcation::bifurcation;
pub use boundary::boundary;
pub use trajectory::trajectory;
