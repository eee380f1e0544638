//! Ensembles of the two pairs, theory (8) and (11): level (a).

pub(crate) mod adaptive;
pub(crate) mod block;
pub(crate) mod ensemble;
pub(crate) mod follow;
pub(crate) mod free;
pub(crate) mod lag;
pub(crate) mod mesh;
pub(crate) mod model;
pub(crate) mod sphere;
pub(crate) mod start;
