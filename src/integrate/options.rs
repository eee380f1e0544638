//! What is asked of an integrator.

use crate::integrate::event::Event;
use crate::integrate::misuse::RequestMisuse;
use crate::integrate::system::System;

/// Local error control: each step keeps the root mean square of e_i/(absolute + relative max(|y_i|, |y_i new|))
/// below 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance, in the units of the state.
    pub absolute: f64,
}

impl Default for Tolerances {
    /// Global errors of the flows here stay within about 100 local tolerances: numbers good to 1e-8.
    fn default() -> Self {
        Self { relative: 1e-10, absolute: 1e-12 }
    }
}

/// An initial-value problem's data beside its system.
pub struct Request<'a> {
    /// Initial time.
    pub start: f64,
    /// Final time, not before `start`.
    pub end: f64,
    /// Initial state.
    pub state: &'a [f64],
    /// Times at which the state is wanted: increasing, within [start, end].
    pub times: &'a [f64],
    /// Terminal events.
    pub events: &'a [Event<'a>],
    /// Whether to keep the state after every step.
    pub keep_steps: bool,
    /// Largest number of accepted and rejected steps.
    pub max_steps: usize,
}

impl<'a> Request<'a> {
    /// Largest number of steps unless said otherwise.
    pub const DEFAULT_MAX_STEPS: usize = 1_000_000;

    /// From `start` to `end`, nothing wanted but the last state.
    pub fn new(state: &'a [f64], start: f64, end: f64) -> Self {
        Self { start, end, state, times: &[], events: &[], keep_steps: false, max_steps: Self::DEFAULT_MAX_STEPS }
    }
}

impl Request<'_> {
    /// Checks the request against the system.
    pub(crate) fn check(&self, system: &dyn System) -> Result<(), RequestMisuse> {
        if self.state.len() != system.dimension() {
            return Err(RequestMisuse::Dimension { expected: system.dimension(), got: self.state.len() });
        }
        if !(self.start.is_finite() && self.end.is_finite() && self.start <= self.end) {
            return Err(RequestMisuse::Interval { start: self.start, end: self.end });
        }
        let mut last = f64::NEG_INFINITY;
        for &time in self.times {
            if !(time > last && time >= self.start && time <= self.end) {
                return Err(RequestMisuse::Times { time });
            }
            last = time;
        }
        Ok(())
    }

    /// The pieces of [start, end] between breakpoints as (piece number, from, to); none for an empty interval.
    pub(crate) fn pieces(&self, breakpoints: &[f64]) -> Vec<(usize, f64, f64)> {
        let first = breakpoints.partition_point(|&b| b <= self.start);
        let mut pieces = Vec::new();
        let mut from = self.start;
        let mut piece = first;
        while from < self.end {
            let to = breakpoints.get(piece).copied().unwrap_or(f64::INFINITY).min(self.end);
            pieces.push((piece, from, to));
            from = to;
            piece += 1;
        }
        pieces
    }
}
