//! When the end of a mixture's run is certain before it is reached.

use crate::integrate::vectors;
use crate::montecarlo::mixture::end::MixtureEnd;
use crate::trajectory::{COLD, Closed, LimitWatch, Settled, classify, settle};

/// Share of the bound below which the objective proves that no mode is lost: the rest covers what is left of cooling
/// and the errors of the averages.
const PROOF: f64 = 0.95;

/// How many times faster than the heat that is left, as a difference of beta, a state must return to an equilibrium to be bound to it
/// already: the heat moves the equilibrium by heat times a pull, of the order of the modes' distance, over that rate.
const RETURN: f64 = 100.0;

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

    /// What is lost at a state, with its coverages.
    pub(crate) fn classify(&self, flow: &impl Closed, beta: f64, state: &[f64]) -> (MixtureEnd, Vec<f64>) {
        let (coverage, lost, mechanism) = classify(flow, beta, state, &self.targets, self.threshold);
        (MixtureEnd::Decided { lost, mechanism }, coverage)
    }

    /// The objective below which [`Certainty::never_loses`] holds; none where there is no such bound.
    pub(crate) fn bound(&self) -> Option<f64> {
        self.bound
    }

    /// The end of a run that has settled and will never lose a mode from here on.
    pub(crate) fn never_loses(&self, flow: &impl Closed, state: &[f64]) -> Option<(MixtureEnd, Vec<f64>)> {
        self.is_low(flow, state, 0.0).then(|| self.classify(flow, self.beta, state))
    }

    /// Whether the objective is that low, or within `margin` above.
    pub(crate) fn is_low(&self, flow: &impl Closed, state: &[f64], margin: f64) -> bool {
        self.bound.is_some_and(|bound| vectors::objective(flow, self.beta, state) < bound + margin)
    }

    /// The end of a run at (t, state) that is bound to an equilibrium nearby; `motion` is that of the state, at inverse temperature `beta`,
    /// and of a flow of looser averages are the matrices of the search.
    pub(crate) fn near_limit<F: Closed>(
        &self,
        (flow, coarse): (&F, &F),
        watch: &mut LimitWatch,
        (t, beta, motion): (f64, f64, f64),
        state: &[f64],
    ) -> Option<(MixtureEnd, Vec<f64>)> {
        // Weights that are trained are neutral up to a factor.
        let too_early = t < self.cold && flow.trains_weights();
        if too_early || watch.waits(motion, t) {
            return None;
        }
        watch.note(motion, t);
        let Settled { state: limit, growth } = settle((flow, coarse), self.beta, state)?;
        if t < self.cold && growth > -RETURN * (beta - self.beta).abs() {
            return None;
        }
        let (there, coverage) = self.classify(flow, self.beta, &limit);
        let same = matches!((&there, &self.classify(flow, self.beta, state).0),
            (MixtureEnd::Decided { lost: a, .. }, MixtureEnd::Decided { lost: b, .. }) if a == b);
        same.then_some((there, coverage))
    }
}
