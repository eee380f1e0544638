//! The repulsion, and its potential, by interpolation.

use super::hermite::Quintic;
use super::repulsion::repulsion_jet;
use super::softplus_normal;

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

/// The potential of the repulsion: `S(-q/2, sqrt q)`, whose derivative in `q` is `-r(q)/4`, by quintic Hermite interpolation in
/// `u = sqrt(1 + q)`.
///
/// Absolute error below 1e-10 for `0 <= q <= 400`; beyond, it is 0 to 1e-21. `q < 0` counts as 0; NaN gives NaN.
#[derive(Debug, Clone)]
pub(crate) struct RepulsionPotentialTable {
    table: Quintic,
}

impl RepulsionPotentialTable {
    /// Builds the table.
    pub(crate) fn new() -> Self {
        let table = Quintic::fit(1.0, (1.0 + Q_END).sqrt(), 10.0 * TOLERANCE, 1.0, |u| {
            let q = (u * u - 1.0).max(0.0);
            let jet = repulsion_jet(q);
            [softplus_normal(-q / 2.0, q.sqrt()), -0.5 * u * jet.value, -0.5 * jet.value - u * u * jet.d1]
        });
        Self { table }
    }

    /// `S(-q/2, sqrt q)` at `q`.
    #[inline]
    pub(crate) fn at(&self, q: f64) -> f64 {
        if q > Q_END { 0.0 } else { self.table.at((1.0 + if q < 0.0 { 0.0 } else { q }).sqrt()).0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_potential_keeps_its_promise_and_its_slope_is_the_repulsion() {
        let table = RepulsionPotentialTable::new();
        for i in 0..80_000 {
            let q = f64::from(i) * 0.0075;
            assert!((table.at(q) - softplus_normal(-q / 2.0, q.sqrt())).abs() < 1e-10, "{q}");
        }
        for q in [0.5_f64, 3.0, 20.0] {
            let soft = |q: f64| softplus_normal(-q / 2.0, q.sqrt());
            let slope = (soft(q + 1e-4) - soft(q - 1e-4)) / 2e-4;
            assert!((slope + repulsion_jet(q).value / 4.0).abs() < 1e-8, "{q}");
        }
        assert_eq!((table.at(-1e-17), table.at(f64::INFINITY)), (table.at(0.0), 0.0));
        assert!(table.at(f64::NAN).is_nan());
    }
}
