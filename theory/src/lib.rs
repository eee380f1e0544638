//! The mathematics of tempered variational mixtures.

mod parameter;

pub use parameter::InvalidParameter;
