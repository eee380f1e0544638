//! Roots, minima, integrals, steps, special functions of one number and symmetric matrices: what every other room needs, each with its accuracy.

pub(crate) mod kronrod;
mod minimum;
mod quadrature;
mod root;
mod runge_kutta;
mod special;
mod square_root;
mod symmetric;

pub use kronrod::{GAUSS_7, KRONROD_15, KRONROD_15_NODES};
pub(crate) use minimum::minimum;
pub(crate) use quadrature::simpson;
pub use root::{CriticalPoint, bisect};
pub(crate) use root::{root, root_beyond};
pub use runge_kutta::runge_kutta;
pub(crate) use special::inverse_erf;
pub use special::regularised_beta;
pub(crate) use square_root::square_root;
pub(crate) use symmetric::{cholesky, forward, inverse, log_determinant};
