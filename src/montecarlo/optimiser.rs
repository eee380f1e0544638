//! How a gradient becomes a step.

/// The parameters of Adam (Kingma and Ba, arXiv 1412.6980).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// Decay of the first moment.
    pub first: f64,
    /// Decay of the second moment.
    pub second: f64,
    /// What keeps the quotient finite.
    pub epsilon: f64,
}

impl Default for Adam {
    /// The values of its paper.
    fn default() -> Self {
        Self { first: 0.9, second: 0.999, epsilon: 1e-8 }
    }
}

/// How a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimiser {
    /// theta -= step c grad F, c = 1/beta with the free-energy clock: explicit Euler of theory (2) and (5).
    Plain,
    /// Adam on the means and the log variances with the gradient of c F; blind to the metric of the variance.
    Adam(Adam),
}

/// The parameters of q during a run.
pub(crate) struct State {
    pub(crate) means: [Vec<f64>; 2],
    pub(crate) variances: [f64; 2],
    /// First and second moments of Adam: for the means one after the other, then the two log variances.
    moments: [Vec<f64>; 2],
}

impl State {
    pub(crate) fn new(means: [Vec<f64>; 2], variance: f64, optimiser: &Optimiser) -> Self {
        let length = if *optimiser == Optimiser::Plain { 0 } else { 2 * means[0].len() + 2 };
        Self { means, variances: [variance; 2], moments: [vec![0.0; length], vec![0.0; length]] }
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
    pub(crate) fn apply(&self, n: usize, step: f64, factor: f64, gradient: &Change, state: &mut State) {
        match self {
            Self::Plain => plain(step * factor, gradient, state),
            Self::Adam(adam) => adam.apply(n, step, factor, gradient, state),
        }
    }
}

fn plain(rate: f64, gradient: &Change, state: &mut State) {
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

impl Adam {
    fn apply(&self, n: usize, step: f64, factor: f64, gradient: &Change, state: &mut State) {
        let (fade1, fade2) = (1.0 - self.first.powi(n as i32 + 1), 1.0 - self.second.powi(n as i32 + 1));
        let [firsts, seconds] = &mut state.moments;
        let mut change = |slot: usize, gradient: f64| {
            let g = factor * gradient;
            firsts[slot] += (1.0 - self.first) * (g - firsts[slot]);
            seconds[slot] += (1.0 - self.second) * (g * g - seconds[slot]);
            step * (firsts[slot] / fade1) / ((seconds[slot] / fade2).sqrt() + self.epsilon)
        };
        let mut slot = 0;
        for (mean, gradient) in state.means.iter_mut().zip(&gradient.means) {
            for (x, g) in mean.iter_mut().zip(gradient) {
                *x -= change(slot, *g);
                slot += 1;
            }
        }
        for (variance, force) in state.variances.iter_mut().zip(gradient.variances.into_iter().flatten()) {
            let slope = *variance * force;
            *variance *= (-change(slot, slope)).exp();
            slot += 1;
        }
    }
}
