//! Systems of ordinary differential equations with breakpoints.

use collapsar_theory::{Flow, Schedule};

use crate::integrate::vectors;

/// y' = f(t, y), smooth but for known breakpoints in time.
pub trait System {
    /// The number of unknowns.
    fn dimension(&self) -> usize;

    /// Times at which f is not smooth in t, increasing: integrators stop exactly on each.
    fn breakpoints(&self) -> &[f64];

    /// f(t, y) into `rate`, in piece number `piece` (0 before the first breakpoint, and so on), so that at a
    /// breakpoint each side sees its own limit.
    fn rate(&self, piece: usize, t: f64, state: &[f64], rate: &mut [f64]);
}

/// A closed flow under an annealing schedule.
#[derive(Debug, Clone)]
pub struct Tempered<'a, F: ?Sized> {
    flow: &'a F,
    schedule: &'a Schedule,
    breakpoints: Vec<f64>,
}

impl<'a, F: Flow + ?Sized> Tempered<'a, F> {
    /// The flow at beta(t) of the schedule.
    pub fn new(flow: &'a F, schedule: &'a Schedule) -> Self {
        Self { flow, schedule, breakpoints: schedule.breakpoints() }
    }

    /// The flow.
    pub fn flow(&self) -> &'a F {
        self.flow
    }

    /// The schedule.
    pub fn schedule(&self) -> &'a Schedule {
        self.schedule
    }
}

impl<F: Flow + ?Sized> System for Tempered<'_, F> {
    fn dimension(&self) -> usize {
        self.flow.dimension()
    }

    fn breakpoints(&self) -> &[f64] {
        &self.breakpoints
    }

    fn rate(&self, piece: usize, t: f64, state: &[f64], rate: &mut [f64]) {
        vectors::field(self.flow, self.schedule.beta_in_piece(piece, t), state, rate);
    }
}
