//! How much an integral over a boundary may cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Boundary points after which an integral over them is given up: some minutes of two cores where each takes a
/// millisecond. A smooth problem takes hundreds, one in two dimensions some ten thousand.
pub const MOST_POINTS: usize = 300_000;

/// What an integrand says once the points are spent: the quadrature then ends, with what is no number.
pub(crate) const GIVEN_UP: (f64, f64) = (f64::NAN, f64::NAN);

/// The points that were located so far, of a boundary and its clones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spent(Arc<AtomicUsize>);

impl Spent {
    /// Counts a point; whether it is one too many.
    pub(crate) fn is_over(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) >= MOST_POINTS
    }
}
