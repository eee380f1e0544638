//! The equilibrium that a slow state is on its way to.

use nalgebra::DVector;

use crate::integrate::vectors;
use crate::trajectory::closed::Closed;
use crate::trajectory::limit::{fastest_motion, growth_of, growth_rate, is_rest, is_unstable, jacobian};

/// A state moves slowly where nothing moves faster than this.
const SLOW: f64 = 1e-3;
/// Farthest that an equilibrium may lie away along any coordinate.
const NEAR: f64 = 1e-2;
/// Singular values of the Jacobian below this are neutral directions (a common shift of logits, a turn): no step there.
const NEUTRAL: f64 = 1e-6;
/// Most steps.
const STEPS: usize = 12;

/// The attracting equilibrium next to a slow state and its growth rate, by Newton's method with the Jacobian at the state.
///
/// `None` unless the state is slow, no perturbation grows at either end, and the steps converge within [`NEAR`]: a state that
/// lingers at a saddle or at the ghost of an equilibrium has none.
pub(crate) fn settle(flow: &impl Closed, beta: f64, state: &[f64]) -> Option<(Vec<f64>, f64)> {
    let mut motion = fastest_motion(flow, beta, state);
    if motion.is_nan() || motion > SLOW {
        return None;
    }
    let jacobian = jacobian(flow, beta, state);
    let growth = growth_of(&jacobian);
    if growth.is_nan() || is_unstable(growth) {
        return None;
    }
    let parts = jacobian.svd(true, true);
    let (mut at, mut rate) = (DVector::from_row_slice(state), DVector::zeros(state.len()));
    for _ in 0..STEPS {
        vectors::field(flow, beta, at.as_slice(), rate.as_mut_slice());
        at -= parts.solve(&rate, NEUTRAL).ok()?;
        let far = at.iter().zip(state).any(|(a, s)| (a - s).abs() > NEAR);
        let next = fastest_motion(flow, beta, at.as_slice());
        if far || next.is_nan() {
            return None;
        }
        if is_rest(next) && next > 0.5 * motion {
            break;
        }
        if next > 0.5 * motion {
            return None;
        }
        motion = next;
    }
    let growth = growth_rate(flow, beta, at.as_slice());
    (is_rest(motion) && !growth.is_nan() && !is_unstable(growth)).then(|| (at.as_slice().to_vec(), growth))
}
