//! The general engine in a build without the feature `diffsol`: it refuses.

use crate::integrate::engine::{Integrator, Solution};
use crate::integrate::general::{BDF, DiffsolBdf, DiffsolTsit5, TSIT5};
use crate::integrate::misuse::RequestMisuse;
use crate::integrate::options::Request;
use crate::integrate::system::System;

impl Integrator for DiffsolTsit5 {
    fn name(&self) -> &'static str {
        TSIT5
    }

    fn integrate(&self, _: &dyn System, _: &Request<'_>) -> Result<Solution, RequestMisuse> {
        Err(RequestMisuse::NoDiffsol)
    }
}

impl Integrator for DiffsolBdf<'_> {
    fn name(&self) -> &'static str {
        BDF
    }

    fn integrate(&self, _: &dyn System, _: &Request<'_>) -> Result<Solution, RequestMisuse> {
        Err(RequestMisuse::NoDiffsol)
    }
}
