//! Draws followed in the lanes of vectors.

pub(crate) mod block;
pub(crate) mod common_steps;
pub(crate) mod reach;
pub(crate) mod rows;
pub(crate) mod set;
pub(crate) mod step;
