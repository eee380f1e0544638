//! Closed forms for the probability of collapse and what they are made of.

mod along;
mod equator;
mod free;
mod sphere;
mod starvation;
mod transverse;

pub use equator::EquatorFormula;
pub use free::{SmallStart, SmallStartAt, boundary_exponent, broad_start_exponent, growth_number};
pub use sphere::{SharpFormula, antipodal_threshold};
pub use starvation::Starvation;
pub use transverse::{TransverseFormula, Turnpike};
