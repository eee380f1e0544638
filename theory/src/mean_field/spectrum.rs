//! Eigenvalues of the coupling T at a state: stability of a stationary point.

use super::krylov::{Space, extremes};
use super::lattice::Sides;
use super::scalar_sum::{MeanFieldState, ScalarSum, centred};

/// Extreme eigenvalues of T, mean field (M5)-(M7): parallel coordinate ascent multiplies perturbations by them, and a
/// stationary point is a local minimum of F (F-stable) iff the largest is below 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Couplings {
    /// The largest over perturbations common to the coordinates of each group.
    pub common: f64,
    /// The smallest over these.
    pub common_least: f64,
    /// The largest over perturbations that sum to 0 within a group: minus the least eigenvalue of the kernel of two of
    /// its coordinates. 0 where no group has two.
    pub relative: f64,
}

impl Couplings {
    /// lambda_max(T).
    pub fn largest(&self) -> f64 {
        self.common.max(self.relative)
    }

    /// Whether a stationary point with these couplings is a local minimum of F.
    pub fn stable(&self) -> bool {
        self.largest() < 1.0
    }
}

/// Eigenvalues are resolved to this, relative to 1 + |lambda|.
pub(super) const RESOLVED: f64 = 2e-15;

/// T on common perturbations.
pub(super) struct Common<'a> {
    pub(super) sum: &'a ScalarSum,
    pub(super) state: &'a MeanFieldState,
}

impl Space for Common<'_> {
    type Vector = Vec<Sides>;

    fn inner(&self, v: &Self::Vector, w: &Self::Vector) -> f64 {
        self.sum.inner(self.state, v, w)
    }

    fn add(&self, v: &Self::Vector, s: f64, w: &Self::Vector) -> Self::Vector {
        v.iter().zip(w).map(|(v, w)| v.with(w, |v, w| v + s * w)).collect()
    }

    fn apply(&self, v: &Self::Vector) -> Self::Vector {
        self.sum.coupled(self.state, v)
    }
}

/// Minus the kernel of two coordinates of a group.
struct Relative<'a> {
    sum: &'a ScalarSum,
    state: &'a MeanFieldState,
    group: usize,
}

impl Space for Relative<'_> {
    type Vector = Sides;

    fn inner(&self, v: &Sides, w: &Sides) -> f64 {
        self.state.marginals[self.group].mass.dot(&v.with(w, |v, w| v * w))
    }

    fn add(&self, v: &Sides, s: f64, w: &Sides) -> Sides {
        v.with(w, |v, w| v + s * w)
    }

    fn apply(&self, v: &Sides) -> Sides {
        self.sum.coupled_within(self.state, self.group, v).map(|v| -v)
    }
}

impl ScalarSum {
    /// The extreme eigenvalues of T at `state`.
    pub(super) fn couplings(&self, state: &MeanFieldState) -> Couplings {
        let (common_least, common) = self.common_extremes(state, RESOLVED);
        let of = |group: usize| {
            let probe = self.probe(state, group, 1.0, 1.0);
            extremes(&Relative { sum: self, state, group }, &probe, RESOLVED).1
        };
        let shared = (0..self.axes.len()).filter(|&g| self.axes[g].term.count > 1);
        Couplings { common, common_least, relative: shared.map(of).fold(0.0, f64::max) }
    }

    /// The smallest and the largest eigenvalue of T on common perturbations.
    pub(super) fn common_extremes(&self, state: &MeanFieldState, tolerance: f64) -> (f64, f64) {
        let first: Vec<Sides> = (0..self.axes.len()).map(|g| self.probe(state, g, 1.0, 1.0)).collect();
        extremes(&Common { sum: self, state }, &first, tolerance)
    }

    /// The largest eigenvalue of T on odd perturbations of an even state: the magnetisation, mean field (M7)-(M8).
    pub(super) fn odd_coupling(&self, state: &MeanFieldState) -> f64 {
        let first: Vec<Sides> = (0..self.axes.len()).map(|g| self.probe(state, g, 1.0, 0.0)).collect();
        extremes(&Common { sum: self, state }, &first, RESOLVED).1
    }

    /// odd x + even x^2, centred: close to the leading eigenfunctions of weak couplings, and of order one wherever q is.
    fn probe(&self, state: &MeanFieldState, g: usize, odd: f64, even: f64) -> Sides {
        let axis = &self.axes[g];
        let at = |k: usize, sign: f64| axis.x[k] * (odd * sign + even * axis.x[k]);
        centred(&state.marginals[g], &Sides::new(axis.x.len(), at))
    }
}
