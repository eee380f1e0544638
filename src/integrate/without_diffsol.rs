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

/// The Jacobian of a system: (piece, t, y, J) fills J (n x n, row-major) with d(rate_i)/d(y_j).
pub type Jacobian<'a> = &'a dyn Fn(usize, f64, &[f64], &mut [f64]);

/// diffsol's implicit BDF, which this build does not have: every request is refused.
pub struct DiffsolBdf<'a> {
    /// Local error control.
    pub tolerances: Tolerances,
    /// The Jacobian of the systems it is asked to integrate.
    pub jacobian: Jacobian<'a>,
}

impl DiffsolBdf<'_> {
    /// Whether this build has it.
    pub const AVAILABLE: bool = false;
}

impl Integrator for DiffsolBdf<'_> {
    fn name(&self) -> &'static str {
        "diffsol-bdf"
    }

    fn integrate(&self, _: &dyn System, _: &Request<'_>) -> Result<Solution, RequestMisuse> {
        Err(RequestMisuse::NoDiffsol)
    }
}

impl Integrator for DiffsolTsit5 {
    fn name(&self) -> &'static str {
        "diffsol-tsit45"
    }

    fn integrate(&self, _: &dyn System, _: &Request<'_>) -> Result<Solution, RequestMisuse> {
        Err(RequestMisuse::NoDiffsol)
    }
}
