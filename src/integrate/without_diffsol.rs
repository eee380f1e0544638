//! The general engine in a build without the feature `diffsol`: it refuses.

use crate::integrate::engine::{Integrator, Solution};
use crate::integrate::misuse::RequestMisuse;
use crate::integrate::options::{Request, Tolerances};
use crate::integrate::system::System;

/// diffsol's explicit Tsitouras 5(4), which this build does not have: every request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DiffsolTsit5 {
    /// Local error control.
    pub tolerances: Tolerances,
}

impl Integrator for DiffsolTsit5 {
    fn name(&self) -> &'static str {
        "diffsol-tsit45"
    }

    fn integrate(&self, _: &dyn System, _: &Request<'_>) -> Result<Solution, RequestMisuse> {
        Err(RequestMisuse::NoDiffsol)
    }
}
