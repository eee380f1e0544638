//! The equilibrium that a slow state is on its way to. Tolerances may keep it from coming to rest for ever: it trembles by as
//! much as a step may err. And where one rate is small beside another, the way is long.

use collapsar_theory::CubatureOptions;
use nalgebra::{DMatrix, DVector, Dyn, SVD};

use crate::integrate::vectors;
use crate::trajectory::closed::Closed;
use crate::trajectory::limit::{growth_of, growth_rate, is_decay, is_rest, is_unstable, jacobian, motion_of};

/// Distance of the temperature from its limit at which equilibria are those of the limit.
pub(crate) const COLD: f64 = 1e-6;
/// Error of the averages in units of the steps' own while the temperature moves or something moves faster than the next: a
/// tenth, so that it does not count. Below, rates are as small as the averages allow.
const TRANSIT: f64 = 0.1;
pub(crate) const QUICK: f64 = 1e-4;
/// An equilibrium is looked for where nothing moves faster than this.
const SLOW: f64 = 1e-2;
/// Each further search waits until the motion has fallen by this factor, or the time has grown by the next.
const SLOWER: f64 = 0.25;
const LATER: f64 = 1.5;
/// Farthest equilibrium that is taken for the limit, and the longest step of Newton's method towards it, in every
/// coordinate of one stretch. Close components separate or meet by a cubic law, so that limits are this far when motion is 1e-2.
const NEAR: f64 = 0.3;
/// A step with a Jacobian of its own must slow the motion at least by this factor: a cubic root gives (2/3)^3 = 0.3.
const SLOWED: f64 = 0.7;
/// A step with an older Jacobian, which costs one field in place of two for each coordinate, by this one.
const WELL_SLOWED: f64 = 0.1;
/// Where components meet by a cubic law the Jacobian is as small as the error of its differences, some 1e-5: the method may end this
/// near rest.
const NEAR_REST: f64 = 1e-7;
/// Newton's iterations: enough for the factor 2/3 of a cubic root from `NEAR` down to rest.
const ITERATIONS: usize = 40;
/// Most stretches of that length.
const STRETCHES: usize = 8;
/// Singular values of the Jacobian below this are those of directions along which equilibria are not isolated
/// (logits up to a constant, radii on the sphere): finite differences are good to 1e-7.
const NEUTRAL: f64 = 1e-7;
/// A growth rate beyond this, or a decay, is one by the looser averages too, whose differences are good to a hundredth of it.
const GROWING: f64 = 1e-4;
/// The objective is compared along the way at this many points, up to this rounding.
const LEGS: usize = 4;
const ROUNDING: f64 = 1e-12;

/// The rule for the averages while steps of that relative tolerance are taken.
pub(crate) fn transit(cubature: &CubatureOptions, relative: f64) -> CubatureOptions {
    CubatureOptions { tolerance: cubature.tolerance.max(TRANSIT * relative), ..cubature.clone() }
}

/// Whether an equilibrium is looked for at a state of that motion.
pub(crate) fn is_slow(motion: f64) -> bool {
    motion < SLOW
}

/// When an equilibrium is looked for again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitWatch {
    motion: f64,
    time: f64,
}

impl LimitWatch {
    /// One that has seen nothing.
    pub(crate) const NEW: Self = Self { motion: SLOW, time: f64::INFINITY };

    /// Whether nothing is looked for yet at a state whose motion is at least `motion`.
    pub(crate) fn waits(&self, motion: f64, t: f64) -> bool {
        !is_slow(motion) || (motion >= self.motion && t < self.time)
    }

    /// Notes a search.
    pub(crate) fn note(&mut self, motion: f64, t: f64) {
        *self = Self { motion: motion * SLOWER, time: t * LATER };
    }
}

/// An equilibrium from which no perturbation grows.
pub(crate) struct Settled {
    pub(crate) state: Vec<f64>,
    /// The largest growth rate of a perturbation.
    pub(crate) growth: f64,
}

/// The equilibrium near a slow state that it is bound to: found by Newton's method in small steps, not unstable, and
/// with an objective that falls all the way. Farther along a valley, in which no perturbation grows, the way is as many
/// stretches of length [`NEAR`].
///
/// A state that lingers at a saddle or at the ghost of an equilibrium has none: the steps lead to the saddle, which is
/// unstable, or do not converge. The matrices are those of a flow of looser averages: what is found is judged by `flow`.
pub(crate) fn settle<F: Closed>((flow, coarse): (&F, &F), beta: f64, state: &[f64]) -> Option<Settled> {
    let (mut at, mut rate, mut next_rate) =
        (DVector::from_row_slice(state), DVector::zeros(state.len()), DVector::zeros(state.len()));
    let motion_at = |at: &DVector<f64>, rate: &mut DVector<f64>| {
        vectors::field(flow, beta, at.as_slice(), rate.as_mut_slice());
        motion_of(flow, beta, at.as_slice(), rate.as_slice())
    };
    let mut motion = motion_at(&at, &mut rate);
    let mut newton = None;
    // Where this stretch began.
    let (mut from, mut stretches) = (at.clone(), 1);
    let settled = |from: &DVector<f64>, at: &DVector<f64>| {
        // By the looser averages where they leave no doubt. Not a number is no proof.
        let rough = growth_rate(coarse, beta, at.as_slice());
        let growth = if rough < -GROWING { rough } else { growth_rate(flow, beta, at.as_slice()) };
        let stable = growth.is_finite() && !is_unstable(growth);
        let proved = stable && falls(flow, beta, from.as_slice(), at.as_slice());
        proved.then(|| Settled { state: at.as_slice().to_vec(), growth })
    };
    for _ in 0..ITERATIONS {
        if is_rest(motion) {
            return settled(&from, &at);
        }
        let is_fresh = newton.is_none();
        let current = match newton.take() {
            Some(current) => current,
            None => Newton::new(coarse, beta, at.as_slice())?,
        };
        let step = current.parts.solve(&rate, NEUTRAL).ok()?;
        let next = &at - &step;
        // Not a number is not near.
        let near = step.iter().all(|&s| is_near(s)) && (&next - &from).iter().all(|&s| is_near(s));
        let slowed = if near { motion_at(&next, &mut next_rate) } else { f64::NAN };
        if slowed <= SLOWED * motion {
            newton = (slowed <= WELL_SLOWED * motion).then_some(current);
            (at, motion) = (next, slowed);
            rate.copy_from(&next_rate);
        } else if is_fresh && motion < NEAR_REST {
            // A way that creeps is as slow, but nothing draws it back.
            return settled(&from, &at).filter(|settled| is_decay(settled.growth));
        } else if is_fresh {
            // Farther on, if this is a valley.
            let longest = step.amax();
            if near || stretches == STRETCHES || !longest.is_finite() || current.growth()? > GROWING {
                return None;
            }
            let growth = growth_rate(flow, beta, at.as_slice());
            let valley = growth.is_finite() && !is_unstable(growth);
            if !valley || !falls(flow, beta, from.as_slice(), at.as_slice()) {
                return None;
            }
            from.clone_from(&at);
            at -= step * (NEAR / longest).min(1.0);
            stretches += 1;
            motion = motion_at(&at, &mut rate);
        }
    }
    None
}

/// Whether every coordinate of a state is near that of another.
pub(crate) fn is_near_to(state: &[f64], other: &[f64]) -> bool {
    state.iter().zip(other).all(|(a, b)| is_near(a - b))
}

fn is_near(distance: f64) -> bool {
    distance.abs() <= NEAR
}

/// The field's Jacobian at a state, with its singular values.
struct Newton {
    jacobian: DMatrix<f64>,
    parts: SVD<f64, Dyn, Dyn>,
}

impl Newton {
    /// `None` unless all of it are numbers.
    fn new(flow: &impl Closed, beta: f64, state: &[f64]) -> Option<Self> {
        let jacobian = jacobian(flow, beta, state);
        let finite = jacobian.iter().all(|x| x.is_finite());
        finite.then(|| Self { parts: jacobian.clone().svd(true, true), jacobian })
    }

    /// The largest growth rate of a perturbation.
    fn growth(&self) -> Option<f64> {
        Some(growth_of(&self.jacobian)).filter(|growth| growth.is_finite())
    }
}

/// Whether the objective falls on the straight way from one state to another.
fn falls(flow: &impl Closed, beta: f64, from: &[f64], to: &[f64]) -> bool {
    let at = |leg: usize| {
        let share = leg as f64 / LEGS as f64;
        let state: Vec<f64> = from.iter().zip(to).map(|(a, b)| a + share * (b - a)).collect();
        vectors::objective(flow, beta, &state)
    };
    let heights: Vec<f64> = (0..=LEGS).map(at).collect();
    heights.windows(2).all(|pair| pair[1] <= pair[0] + ROUNDING)
}

#[cfg(test)]
mod tests {
    use collapsar_theory::{Family, MixtureFlow, Problem, Rules, Schedule, Start, Target, WeightRule};

    use super::*;

    /// Components on their modes exchange weight: a valley of the logits, longer than one stretch.
    #[test]
    fn a_valley_is_followed_to_its_end_and_a_saddle_is_none() {
        let modes = vec![vec![3.0], vec![-3.0]];
        let rules = Rules { weights: WeightRule::Softmax, ..Rules::FREE };
        let family = Family::new(vec![0.5, 0.5], rules).unwrap();
        let target = Target::new(modes.clone(), vec![0.5, 0.5]).unwrap();
        let start = Start::means(modes).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
        let (_, start) = problem.reduce();
        let flow =
            MixtureFlow::new(&problem, start.modes.clone(), start.dimension, &CubatureOptions::default()).unwrap();
        let mut state = flow.initial_state(&start.means, 1.0).unwrap();
        let logits = state.len() - 2;
        state[logits] += 1.0;
        let found = settle((&flow, &flow), 1.0, &state).unwrap();
        let moved = found.state.iter().zip(&state).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let weights = flow.weights(1.0, &found.state);
        assert!(moved > NEAR && (weights[0] - 0.5).abs() < 1e-6, "{moved}: {weights:?}");
        // Both components at one place between the modes, which they leave.
        state[..logits].fill(0.0);
        state[logits..].fill(0.0);
        assert!(settle((&flow, &flow), 1.0, &state).is_none());
    }
}
