//! The fold in the weights: up to which w the minority mode is an attractor, mean field (M20).

use super::fit::{MeanField, MeanFieldStart};
use super::krylov::{Space, extremes, solve};
use super::lattice::Sides;
use super::scalar_sum::MeanFieldState;
use super::spectrum::Common;
use super::target::{Group, MeanFieldPair};
use crate::numerics::{CriticalPoint, root};
use crate::parameter::InvalidParameter;

/// The end of the minority branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FoldPoint {
    /// w_fold: the minority mode, at -a, is a stationary point for w up to here.
    pub weight: f64,
    /// h there.
    pub bias: f64,
    /// theta = E X_j/a_j there, with the bracket and lambda_max(T) - 1.
    pub theta: CriticalPoint,
}

/// Steps in theta on the way down from the even solution.
const STEP: f64 = 0.05;
/// Steps of Newton's method, the largest change of a step, and the relative residual of its linear systems.
const NEWTON_STEPS: usize = 60;
const LARGEST: f64 = 0.5;
const LINEAR: f64 = 1e-10;
/// A step that gains less than this factor has come down to rounding; accepted below this times (1 + beta A^2).
const GAIN: f64 = 0.5;
const ACCEPTED: f64 = 1e-11;
/// lambda is resolved to this.
const RESOLVED: f64 = 2e-15;

/// The stationary point with a given theta, whose bias is unknown.
struct Branch {
    fit: MeanField,
    state: MeanFieldState,
    bias: f64,
}

/// (I - T) eta - g delta, g = d(image)/dh, and <x_1, eta_1>: regular at a fold, where I - T is singular.
struct Bordered<'a> {
    common: Common<'a>,
    tilt: Vec<Sides>,
    /// x of the first group.
    place: Sides,
}

impl Space for Bordered<'_> {
    type Vector = (Vec<Sides>, f64);

    fn inner(&self, v: &Self::Vector, w: &Self::Vector) -> f64 {
        self.common.inner(&v.0, &w.0) + v.1 * w.1
    }

    fn add(&self, v: &Self::Vector, s: f64, w: &Self::Vector) -> Self::Vector {
        (self.common.add(&v.0, s, &w.0), v.1 + s * w.1)
    }

    fn apply(&self, v: &Self::Vector) -> Self::Vector {
        let own = self.common.add(&v.0, -1.0, &self.common.apply(&v.0));
        let mass = &self.common.state.marginals[0].mass;
        let moved = mass.dot(&v.0[0].with(&self.place, |eta, x| eta * x));
        (self.common.add(&own, -v.1, &self.tilt), moved)
    }
}

impl Branch {
    /// Moves to the stationary point with E tanh(S+h) = theta. `None` where Newton's method does not get there.
    fn to(&mut self, theta: f64) -> Option<()> {
        let mean = theta * self.fit.sum.axes[0].term.slope;
        let place = Sides::new(self.fit.sum.axes[0].x.len(), |k, sign| sign * self.fit.sum.axes[0].x[k]);
        let norm = self.fit.pair.norm();
        let accepted = ACCEPTED * (1.0 + self.fit.pair.beta() * norm * norm);
        let mut before = f64::INFINITY;
        for _ in 0..NEWTON_STEPS {
            let fit = self.fit.at_bias(self.bias);
            let miss = mean - self.state.marginals[0].moments(&fit.sum.axes[0]).0;
            let right = (fit.sum.residual(&self.state), miss);
            let common = Common { sum: &fit.sum, state: &self.state };
            let space = Bordered { common, tilt: fit.sum.biased(&self.state), place: place.clone() };
            let size = space.norm(&right);
            if size >= GAIN * before && size <= accepted {
                return Some(());
            }
            before = size;
            let ((eta, delta), _) = solve(&space, &right, LINEAR);
            let step = (LARGEST / space.norm(&(eta.clone(), delta))).min(1.0);
            let by: Vec<Sides> = eta.iter().map(|side| side.map(|v| step * v)).collect();
            self.state = fit.sum.moved(&self.state, &by);
            self.bias += step * delta;
        }
        None
    }

    /// lambda_max(T) - 1 on common perturbations.
    fn excess(&self) -> f64 {
        let fit = self.fit.at_bias(self.bias);
        let common = Common { sum: &fit.sum, state: &self.state };
        extremes(&common, &fit.sum.biased(&self.state), RESOLVED).1 - 1.0
    }
}

/// w_fold of the pair along `groups` at `temperature`: with h unknown and E X_1 = a_1 theta prescribed, the branch that leads
/// from the even solution (theta = 0, h = 0) to the minority mode folds where lambda_max(T) = 1, mean field (M20).
///
/// `None` where the even solution of w = 1/2 is stable (A <= A_c): theta is then unique at every weight that was met; or
/// where Newton's method fails. Absolute error of w about 1e-13.
///
/// Errors: those of the pair.
pub fn fold_weight(groups: &[Group], temperature: f64) -> Result<Option<FoldPoint>, InvalidParameter> {
    let pair = MeanFieldPair::new(groups.to_vec(), 0.5, temperature)?;
    // h = z - A^2 theta with z < 0 at the fold.
    let most = pair.norm() * pair.norm();
    let fit = MeanField::with_room(pair, most);
    let even = fit.ascend(MeanFieldStart::Even)?;
    if !even.stationary(&fit.sum) || fit.sum.odd_coupling(&even.state) <= 1.0 {
        return Ok(None);
    }
    // The branch leaves the even solution: its states are kept even no longer.
    let state = MeanFieldState { even: false, ..even.state };
    let mut branch = Branch { fit, state, bias: 0.0 };
    let mut theta = 0.0;
    while theta > STEP - 1.0 {
        theta -= STEP;
        if branch.to(theta).is_none() {
            return Ok(None);
        }
        if branch.excess() <= 0.0 {
            let at = |theta: f64| branch.to(theta).map_or(f64::NAN, |()| branch.excess());
            let found = root(theta, theta + STEP, at);
            return Ok(found.and_then(|theta| {
                branch.to(theta.value)?;
                let weight = 1.0 / (1.0 + libm::exp(-2.0 * branch.bias));
                Some(FoldPoint { weight, bias: branch.bias, theta })
            }));
        }
    }
    Ok(None)
}
