//! Coordinate ascent of a scalar sum, and Newton's method at its end.

use super::krylov::{Space, solve};
use super::lattice::Sides;
use super::newton::{ACCEPTED, GAIN, LINEAR, NEAR, NEWTON_STEPS, RETRY, SWEEPS, TRY};
use super::scalar_sum::{MeanFieldState, ScalarSum};
use super::spectrum::{Common, Couplings, RESOLVED};
use super::status::MeanFieldStatus;

/// Damping of sweeps towards the even solution, and once more each time the residual rises.
const DAMPED: f64 = 0.5;
/// An ascent from an extreme start ends where lambda_max <= 1; what exceeds 1 by more is another point.
const MARGINAL: f64 = 1e-9;

/// lambda_max as well as the test needs it: what moves by less than `ROUGH` in some steps is not off by `UNSURE`.
const ROUGH: f64 = 1e-4;
const UNSURE: f64 = 0.1;
/// The linear systems of Newton's first steps need be solved no better than the step after them is small.
const FORCING: f64 = 0.1;
/// Contraction of a sweep up to which sweeps go on alone.
const FAST: f64 = 0.4;
/// Residuals that no further sweep need lower.
const DONE: f64 = 1e-15;

/// The end of an ascent.
pub(super) struct Ascent {
    pub(super) state: MeanFieldState,
    pub(super) residual: f64,
    pub(super) sweeps: usize,
    pub(super) newton_steps: usize,
    /// Whether lambda_max is near 1 at the end of an ascent from an extreme start.
    unsure: bool,
}

impl Ascent {
    /// Whether it is a stationary point, stable or not.
    pub(super) fn stationary(&self, sum: &ScalarSum) -> bool {
        self.residual <= sum.rounding(ACCEPTED)
    }
}

/// I - T.
struct Hessian<'a>(Common<'a>);

impl Space for Hessian<'_> {
    type Vector = Vec<Sides>;

    fn inner(&self, v: &Self::Vector, w: &Self::Vector) -> f64 {
        self.0.inner(v, w)
    }

    fn add(&self, v: &Self::Vector, s: f64, w: &Self::Vector) -> Self::Vector {
        self.0.add(v, s, w)
    }

    fn apply(&self, v: &Self::Vector) -> Self::Vector {
        self.0.add(v, -1.0, &self.0.apply(v))
    }
}

impl ScalarSum {
    /// Where ascent leads from the component at `side`: 1 or -1, the two extremes of the order.
    pub(super) fn ascend_from_component(&self, side: f64) -> Ascent {
        // The way is made on a coarse grid, at a quarter of the cost of a sweep; what it misses, 1e-7, is a step or two here.
        let coarse = self.coarse();
        let found = coarse.ascend_from(coarse.tilted(side, false), true, true);
        let near =
            if found.stationary(&coarse) { self.image_of(&found.state, &coarse) } else { self.tilted(side, false) };
        self.ascend_from(near, true, found.unsure)
    }

    /// Sweeps from `state` on, then Newton's method: from an extreme start to a point at which its ascent can end. `unsure`:
    /// whether it must be looked whether it is one.
    pub(super) fn ascend_from(&self, state: MeanFieldState, extreme: bool, unsure: bool) -> Ascent {
        let mut state = state;
        let mut damping = if state.even { DAMPED } else { 1.0 };
        let mut doubtful = false;
        let (mut attempt_from, mut before, mut was_fast) = (TRY, f64::INFINITY, false);
        for sweeps in 0..SWEEPS {
            let residual = self.residual(&state);
            let size = self.size(&state, &residual);
            // A Newton step costs as much as several sweeps: far from critical points these alone come down to rounding sooner.
            let fast = extreme && size <= FAST * before;
            if was_fast && size <= self.rounding(if fast { DONE } else { ACCEPTED }) {
                return Ascent { state, residual: size, sweeps, newton_steps: 0, unsure: doubtful };
            }
            was_fast = fast;
            if size <= attempt_from && !fast {
                attempt_from *= RETRY;
                if let Some((found, residual, newton_steps)) = self.newton(&state) {
                    let left = if extreme && unsure { self.has_left(&found) } else { Some(false) };
                    doubtful = left.is_none();
                    if !left.unwrap_or_else(|| self.has_surely_left(&found)) {
                        return Ascent { state: found, residual, sweeps, newton_steps, unsure: doubtful };
                    }
                }
            }
            if state.even && size > before {
                // Even perturbations multiplied by less than -1 oscillate: a smaller step holds them.
                damping *= DAMPED;
            }
            before = size;
            let by: Vec<Sides> = residual.iter().map(|r| r.map(|v| damping * v)).collect();
            state = self.moved(&state, &by);
        }
        let residual = self.size(&state, &self.residual(&state));
        Ascent { state, residual, sweeps: SWEEPS, newton_steps: 0, unsure: true }
    }

    /// Whether Newton's method went from an extreme start to a point at which its ascent does not end: lambda_max > 1; nothing
    /// where that takes more digits.
    fn has_left(&self, state: &MeanFieldState) -> Option<bool> {
        let rough = self.common_extremes(state, ROUGH).1;
        ((rough - 1.0).abs() > UNSURE).then_some(rough > 1.0)
    }

    fn has_surely_left(&self, state: &MeanFieldState) -> bool {
        self.common_extremes(state, RESOLVED).1 > 1.0 + MARGINAL
    }

    /// Newton's method from close by: the state, its residual and the steps; `None` where it leaves the neighbourhood.
    fn newton(&self, from: &MeanFieldState) -> Option<(MeanFieldState, f64, usize)> {
        let mut state = from.clone();
        let mut residual = self.residual(&state);
        let mut size = self.size(&state, &residual);
        let mut steps = 0;
        while steps < NEWTON_STEPS && size > 0.0 {
            let space = Hessian(Common { sum: self, state: &state });
            let (eta, _) = solve(&space, &residual, (FORCING * size).clamp(LINEAR, FORCING));
            if self.size(&state, &eta) > NEAR {
                return None;
            }
            let next = self.moved(&state, &eta);
            let next_residual = self.residual(&next);
            let next_size = self.size(&next, &next_residual);
            let gained = next_size < GAIN * size;
            if next_size < size {
                (state, residual, size) = (next, next_residual, next_size);
                steps += 1;
            }
            if !gained {
                break;
            }
        }
        (size <= self.rounding(ACCEPTED)).then_some((state, size, steps))
    }

    /// What an ascent ended on.
    pub(super) fn status(&self, residual: f64, couplings: &Couplings) -> MeanFieldStatus {
        if residual > self.rounding(ACCEPTED) {
            MeanFieldStatus::NotConverged
        } else if couplings.stable() {
            MeanFieldStatus::Stable
        } else {
            MeanFieldStatus::Unstable
        }
    }
}
