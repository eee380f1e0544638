//! How much an integral over a boundary may cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::probability::quadrature::Integral;

/// Steps of trajectories after which an integral wanted to 1e-6 is given up: some minutes of two cores. A problem in two
/// dimensions takes a tenth of them. What is wanted to less may take less, as its square root.
const MOST_STEPS: f64 = 4e8;
/// The tolerance that they are for, and the most that a finer one is given.
const TOLERANCE: f64 = 1e-6;
const FINEST: f64 = 2.0;

/// What an integrand says once the steps are spent: the quadrature then ends, with what is no number.
pub(crate) const GIVEN_UP: (f64, f64) = (f64::NAN, f64::NAN);

/// The steps that a boundary and its clones have taken, and how many they may take.
#[derive(Debug, Clone)]
pub(crate) struct Spent(Arc<[AtomicU64; 2]>);

impl Default for Spent {
    /// Without an end: for boundaries that are located point by point.
    fn default() -> Self {
        Self(Arc::new([AtomicU64::new(0), AtomicU64::new(u64::MAX)]))
    }
}

impl Spent {
    /// Begins an integral of this tolerance.
    pub(crate) fn begin(&self, tolerance: f64) {
        let most = MOST_STEPS * (TOLERANCE / tolerance).sqrt().min(FINEST);
        self.0[0].store(0, Ordering::Relaxed);
        self.0[1].store(most as u64, Ordering::Relaxed);
    }

    /// Counts steps.
    pub(crate) fn spend(&self, steps: usize) {
        self.0[0].fetch_add(steps as u64, Ordering::Relaxed);
    }

    /// Whether there were too many. Whether there are at the end depends on the integral alone, not on the threads.
    pub(crate) fn is_over(&self) -> bool {
        self.0[0].load(Ordering::Relaxed) > self.0[1].load(Ordering::Relaxed)
    }

    /// The integral, or no number if it was given up.
    pub(crate) fn judge(&self, found: Integral) -> Integral {
        if self.is_over() { Integral { value: f64::NAN, error: f64::NAN, ..found } } else { found }
    }
}
