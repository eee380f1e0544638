//! A system under somebody's eyes.

use crate::integrate::System;

/// A system that tells of the time reached, and is no number once it is to stop.
pub(crate) struct Observed<'a, S: System> {
    pub(crate) system: S,
    pub(crate) progress: &'a dyn Fn(f64) -> bool,
}

impl<S: System> System for Observed<'_, S> {
    fn dimension(&self) -> usize {
        self.system.dimension()
    }

    fn breakpoints(&self) -> &[f64] {
        self.system.breakpoints()
    }

    fn rate(&self, piece: usize, t: f64, state: &[f64], rate: &mut [f64]) {
        if (self.progress)(t) {
            self.system.rate(piece, t, state, rate);
        } else {
            rate.fill(f64::NAN);
        }
    }
}
