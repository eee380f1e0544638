//! Ensembles of the mixture flow, theory (2)-(5).

pub(crate) mod adaptive;
pub(crate) mod averages;
pub(crate) mod block;
pub(crate) mod certainty;
pub(crate) mod end;
pub(crate) mod ensemble;
pub(crate) mod estimate;
pub(crate) mod lanes;
pub(crate) mod options;
pub(crate) mod pulls;
pub(crate) mod run;
pub(crate) mod shaped;
