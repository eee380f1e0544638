//! Target, tempered target and fitted mixture as densities: marginals along the mode axis and in a plane.
//!
//! A mixture of Gaussians with one isotropic variance has such mixtures as marginals. The tempered target p^beta is no
//! mixture, but it factorises: across the affine hull of the modes it is N(0, 1/beta), so its marginal in a plane that
//! holds the hull is p^beta of the modes in that plane, normalised there.

mod gaussians;
mod levels;
mod plane;
mod tempered;

pub use gaussians::Gaussians;
pub use levels::enclosing_levels;
pub use plane::{NotPlanar, Plane};
pub use tempered::TemperedTarget;
