//! Which pairs have equilibria that can be found.

use collapsar_theory::Pair;

use crate::config::LARGEST_SEPARATION;
use crate::studies::{StudyError, number};

/// Refuses modes so far apart that the search for equilibria would not end.
pub(crate) fn near_enough(pair: &Pair) -> Result<(), StudyError> {
    let separation = match pair {
        Pair::Free(flow) => flow.options().separation,
        Pair::Sphere(flow) => flow.options().radius,
    };
    if separation <= LARGEST_SEPARATION {
        return Ok(());
    }
    let rule = format!("be at most {LARGEST_SEPARATION}: critical temperatures grow like exp(rho^2/2) with it");
    Err(StudyError::refused("target.separation", number(separation), rule))
}
