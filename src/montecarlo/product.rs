//! Ensembles of product measures in the plane, mean field (M9).

pub(crate) mod counts;
pub(crate) mod ends;
pub(crate) mod ensemble;
pub(crate) mod order;
