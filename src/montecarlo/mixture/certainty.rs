//! When the end of a mixture's run is certain before it is reached.

use collapsar_theory::MixtureFlow;
use nalgebra::DVector;

use crate::integrate::vectors;
use crate::montecarlo::mixture::end::MixtureEnd;
use crate::trajectory::{classify, fastest_motion, growth_rate, is_rest, is_unstable, jacobian};

/// Share of the bound below which the objective proves that no mode is lost: the rest covers what is left of cooling
/// and the errors of the averages.
const PROOF: f64 = 0.95;
/// Motion from which on an equilibrium is looked for.
const SLOW: f64 = 1e-2;
/// Each further search waits until the motion has fallen by this factor, or the time has grown by the next.
const SLOWER: f64 = 0.25;
const LATER: f64 = 1.5;
/// Farthest equilibrium that is taken for the limit, and the longest step of Newton's method towards it, in every
/// coordinate. Close components separate or meet by a cubic law, so that limits are this far when motion is 1e-2.
const NEAR: f64 = 0.3;
/// Each of Newton's steps must slow the motion at least by this factor: a cubic root gives (2/3)^3 = 0.3.
const SLOWED: f64 = 0.7;
/// Newton's iterations: enough for the factor 2/3 of a cubic root from `NEAR` down to rest.
const ITERATIONS: usize = 40;
/// Singular values of the Jacobian below this are those of directions along which equilibria are not isolated
/// (logits up to a constant, radii on the sphere): finite differences are good to 1e-7.
const NEUTRAL: f64 = 1e-7;
/// The objective is compared along the way at this many points, up to this rounding.
const LEGS: usize = 4;
const ROUNDING: f64 = 1e-12;
/// Distance of the temperature from its limit at which equilibria are those of the limit.
const COLD: f64 = 1e-6;

/// The rules by which an end is certain.
#[derive(Debug, Clone)]
pub(crate) struct Certainty {
    /// v.
    pub(crate) targets: Vec<f64>,
    /// C_k/v_k below which a mode is lost.
    pub(crate) threshold: f64,
    /// 1/T(infinity).
    pub(crate) beta: f64,
    /// The time from which the temperature is cold.
    pub(crate) cold: f64,
    /// The objective below which no mode is lost, ever; none where there is no such bound.
    bound: Option<f64>,
}

/// When an equilibrium is looked for again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitWatch {
    motion: f64,
    time: f64,
}

impl LimitWatch {
    /// Whether nothing is looked for yet at a state whose motion is at least `motion`.
    pub(crate) fn waits(&self, motion: f64, t: f64) -> bool {
        motion >= SLOW || (motion >= self.motion && t < self.time)
    }
}

impl Certainty {
    /// The rules for modes of weights v and a mode lost below `threshold` in (0, 1), at final temperature 1/`beta`.
    ///
    /// At beta = 1 the objective is KL(q|p) and never rises. A label drawn with probabilities s_k(x) has the law v under
    /// p and C under q, so that KL(q|p) >= C_k log(C_k/v_k) + (1 - C_k) log((1 - C_k)/(1 - v_k)) for each k (data
    /// processing): below the smallest of these at C_k = threshold v_k, no mode is lost for ever.
    pub(crate) fn new(targets: Vec<f64>, threshold: f64, beta: f64, settling: impl Fn(f64) -> f64) -> Self {
        let loss = |v: f64| {
            let c = threshold * v;
            c * threshold.ln() + (1.0 - c) * ((1.0 - c) / (1.0 - v)).ln()
        };
        let present = targets.iter().copied().filter(|&v| v > 0.0);
        let smallest = present.map(loss).fold(f64::INFINITY, f64::min);
        let bound = (beta == 1.0).then_some(PROOF * smallest);
        Self { targets, threshold, beta, cold: settling(COLD), bound }
    }

    /// A watch that has seen nothing.
    pub(crate) fn watch(&self) -> LimitWatch {
        LimitWatch { motion: SLOW, time: f64::INFINITY }
    }

    /// What is lost at a state, with its coverages.
    pub(crate) fn classify(&self, flow: &MixtureFlow, beta: f64, state: &[f64]) -> (MixtureEnd, Vec<f64>) {
        let (coverage, lost, mechanism) = classify(flow, beta, state, &self.targets, self.threshold);
        (MixtureEnd::Decided { lost, mechanism }, coverage)
    }

    /// The objective below which [`Certainty::never_loses`] holds; none where there is no such bound.
    pub(crate) fn bound(&self) -> Option<f64> {
        self.bound
    }

    /// The end of a run that has settled and will never lose a mode from here on.
    pub(crate) fn never_loses(&self, flow: &MixtureFlow, state: &[f64]) -> Option<(MixtureEnd, Vec<f64>)> {
        let bound = self.bound?;
        (vectors::objective(flow, self.beta, state) < bound).then(|| self.classify(flow, self.beta, state))
    }

    /// The end of a run at (t, state) that is bound to an equilibrium nearby.
    pub(crate) fn near_limit(
        &self,
        flow: &MixtureFlow,
        watch: &mut LimitWatch,
        t: f64,
        state: &[f64],
    ) -> Option<(MixtureEnd, Vec<f64>)> {
        if t < self.cold {
            return None;
        }
        let motion = fastest_motion(flow, self.beta, state);
        if watch.waits(motion, t) {
            return None;
        }
        *watch = LimitWatch { motion: motion * SLOWER, time: t * LATER };
        let limit = self.limit(flow, state)?;
        let (there, coverage) = self.classify(flow, self.beta, &limit);
        let same = matches!((&there, &self.classify(flow, self.beta, state).0),
            (MixtureEnd::Decided { lost: a, .. }, MixtureEnd::Decided { lost: b, .. }) if a == b);
        same.then_some((there, coverage))
    }

    /// The equilibrium near a slow state that it is bound to: found by Newton's method in small steps, not unstable, and
    /// with an objective that falls all the way.
    fn limit(&self, flow: &MixtureFlow, state: &[f64]) -> Option<Vec<f64>> {
        let mut at = state.to_vec();
        let mut rate = vec![0.0; state.len()];
        let mut last = f64::INFINITY;
        for _ in 0..ITERATIONS {
            let motion = fastest_motion(flow, self.beta, &at);
            if is_rest(motion) {
                let growth = growth_rate(flow, self.beta, &at);
                // Not a number is no proof.
                let stable = growth.is_finite() && !is_unstable(growth);
                return (stable && self.falls(flow, state, &at)).then_some(at);
            }
            if motion > SLOWED * last {
                return None;
            }
            last = motion;
            vectors::field(flow, self.beta, &at, &mut rate);
            let jacobian = jacobian(flow, self.beta, &at);
            if jacobian.iter().any(|x| !x.is_finite()) {
                return None;
            }
            let step = jacobian.svd(true, true).solve(&DVector::from_column_slice(&rate), NEUTRAL).ok()?;
            for (x, s) in at.iter_mut().zip(step.iter()) {
                *x -= s;
            }
            // Not a number is not near.
            let near = step.iter().all(|s| s.abs() <= NEAR) && at.iter().zip(state).all(|(x, y)| (x - y).abs() <= NEAR);
            if !near {
                return None;
            }
        }
        None
    }

    /// Whether the objective falls on the straight way from one state to another.
    fn falls(&self, flow: &MixtureFlow, from: &[f64], to: &[f64]) -> bool {
        let at = |leg: usize| {
            let share = leg as f64 / LEGS as f64;
            let state: Vec<f64> = from.iter().zip(to).map(|(a, b)| a + share * (b - a)).collect();
            vectors::objective(flow, self.beta, &state)
        };
        let heights: Vec<f64> = (0..=LEGS).map(at).collect();
        heights.windows(2).all(|pair| pair[1] <= pair[0] + ROUNDING)
    }
}
