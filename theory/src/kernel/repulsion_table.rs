//! The repulsion by interpolation.

use super::hermite::Quintic;
use super::repulsion::repulsion_jet;

/// End of the table: `r(400)` is 2e-23, beyond which a trajectory feels nothing.
const Q_END: f64 = 400.0;

/// Error of `r` and of its slope in `u` that the grid is refined to: a fifth of what is promised.
const TOLERANCE: f64 = 2e-12;

/// `r(q)` and `dr/dq` by quintic Hermite interpolation in `u = sqrt(1 + q)`, in which `r` has one scale.
///
/// Formula and symbols: [`repulsion`](crate::repulsion), theory section 5.
///
/// Absolute error below 1e-11 in both, for `0 <= q <= 400`. Outside that range (`q < 0` by rounding included) and for NaN
/// the accurate form answers.
#[derive(Debug, Clone)]
pub struct RepulsionTable {
    table: Quintic,
}

impl RepulsionTable {
    /// Builds the table (a fraction of a millisecond).
    pub fn new() -> Self {
        let table = Quintic::fit(1.0, (1.0 + Q_END).sqrt(), TOLERANCE, 1.0, |u| {
            let jet = repulsion_jet(u * u - 1.0);
            // q = u^2 - 1: dr/du = 2u r', d2r/du2 = 2r' + 4u^2 r''.
            [jet.value, 2.0 * u * jet.d1, 2.0 * jet.d1 + 4.0 * u * u * jet.d2]
        });
        Self { table }
    }

    /// `(r, dr/dq)` at `q`.
    #[inline]
    pub fn at(&self, q: f64) -> (f64, f64) {
        if (0.0..=Q_END).contains(&q) {
            let u = (1.0 + q).sqrt();
            let (value, slope) = self.table.at(u);
            (value, slope / (2.0 * u))
        } else {
            let jet = repulsion_jet(q);
            (jet.value, jet.d1)
        }
    }
}

impl Default for RepulsionTable {
    fn default() -> Self {
        Self::new()
    }
}
