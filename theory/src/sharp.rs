//! Closed forms for the probability of collapse and what they are made of.

mod free;
mod sphere;

pub use free::{SmallStart, growth_number, boundary_exponent};
pub use sphere::{SharpFormula, antipodal_threshold};
