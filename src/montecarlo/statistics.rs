//! What is counted, and how well it is known.

pub(crate) mod agreement;
pub(crate) mod binomial;
pub(crate) mod cooling;
pub(crate) mod estimate;
pub(crate) mod tally;
