//! How a gradient becomes a step.

use crate::adam::Adam;

/// How a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimiser {
    /// theta -= step c grad F, c = 1/beta with the free-energy clock: explicit Euler of theory (2) and (5).
    Plain,
    /// Heavy ball (Polyak 1964): velocity v = decay v + (1 - decay) c grad F, theta -= step v, so that `step` is the time
    /// that passes; the learning rate of others is step (1 - decay).
    Momentum {
        /// The share of the velocity that is kept, in [0, 1).
        decay: f64,
    },
    /// Adam on the means and the log variances with the gradient of c F; blind to the metric of the variance.
    Adam(Adam),
}

/// The parameters of q during a run.
pub(crate) struct DescentState {
    pub(crate) means: [Vec<f64>; 2],
    pub(crate) variances: [f64; 2],
    /// For the means one after the other, then the two log variances.
    moments: OptimiserMemory,
}

impl DescentState {
    pub(crate) fn new(means: [Vec<f64>; 2], variance: f64, optimiser: &Optimiser) -> Self {
        let moments = OptimiserMemory::new(optimiser, 2 * means[0].len() + 2);
        Self { means, variances: [variance; 2], moments }
    }
}

/// What an optimiser remembers of each coordinate.
#[derive(Debug, Clone, Default)]
pub(crate) struct OptimiserMemory {
    firsts: Vec<f64>,
    seconds: Vec<f64>,
    /// The step, and what is left of the zeros that both moments of Adam began with.
    fades: Option<(usize, [f64; 2])>,
}

impl OptimiserMemory {
    /// Of `length` coordinates, all 0.
    pub(crate) fn new(optimiser: &Optimiser, length: usize) -> Self {
        let of = |kept: bool| vec![0.0; if kept { length } else { 0 }];
        let (first, second) = (*optimiser != Optimiser::Plain, matches!(optimiser, Optimiser::Adam(_)));
        Self { firsts: of(first), seconds: of(second), fades: None }
    }
}

/// The gradient of F; in the variances where they are trained.
pub(crate) struct Change {
    pub(crate) means: [Vec<f64>; 2],
    pub(crate) variances: Option<[f64; 2]>,
}

/// A step may divide a variance by this much at most.
const SMALLEST_FACTOR: f64 = 1e-3;

impl Optimiser {
    /// Step number `n` (from 0) of learning rate `step`; `factor` is c.
    pub(crate) fn apply(&self, n: usize, step: f64, factor: f64, gradient: &Change, state: &mut DescentState) {
        match self {
            Self::Adam(_) => self.by_coordinates(n, step, factor, gradient, state),
            _ => plain(step * factor, gradient, state),
        }
    }

    /// How far a coordinate moves downwards in step `n` along c times its gradient.
    pub(crate) fn change(&self, n: usize, step: f64, slot: usize, gradient: f64, moments: &mut OptimiserMemory) -> f64 {
        match self {
            Self::Plain => step * gradient,
            Self::Momentum { decay } => {
                let velocity = &mut moments.firsts[slot];
                *velocity = decay * *velocity + (1.0 - decay) * gradient;
                step * *velocity
            }
            Self::Adam(adam) => {
                let known = moments.fades.filter(|(step, _)| *step == n);
                let (_, fades) = known.unwrap_or_else(|| *moments.fades.insert((n, adam.fades(n))));
                adam.change(step, fades, gradient, [&mut moments.firsts[slot], &mut moments.seconds[slot]])
            }
        }
    }

    fn by_coordinates(&self, n: usize, step: f64, factor: f64, gradient: &Change, state: &mut DescentState) {
        let mut slot = 0;
        let mut change = |gradient: f64| {
            slot += 1;
            self.change(n, step, slot - 1, factor * gradient, &mut state.moments)
        };
        for (mean, gradient) in state.means.iter_mut().zip(&gradient.means) {
            mean.iter_mut().zip(gradient).for_each(|(x, g)| *x -= change(*g));
        }
        for (variance, force) in state.variances.iter_mut().zip(gradient.variances.into_iter().flatten()) {
            *variance *= (-change(*variance * force)).exp();
        }
    }
}

fn plain(rate: f64, gradient: &Change, state: &mut DescentState) {
    for (mean, gradient) in state.means.iter_mut().zip(&gradient.means) {
        mean.iter_mut().zip(gradient).for_each(|(x, g)| *x -= rate * g);
    }
    let dimension = state.means[0].len() as f64;
    if let Some(forces) = gradient.variances {
        for (variance, force) in state.variances.iter_mut().zip(forces) {
            // The Bures-Wasserstein metric of theory (5): 4 var/d.
            *variance *= (1.0 - rate * 4.0 / dimension * force).max(SMALLEST_FACTOR);
        }
    }
}
