//! The project's figures: records in, [`crate::figures::Figure`] out.

mod bifurcation;
mod boundary;
mod probability_map;
mod standardised;
mod sweep;
mod trajectory;

pub use bifurcation::bifurcation;
pub use boundary::boundary;
pub use standardised::standardised;
pub use sweep::sweep;
pub use trajectory::trajectory;
