//! The limit of a run: whether it has one, whether modes are lost in it, and by which mechanism.

use nalgebra::{DMatrix, Schur};

use crate::integrate::vectors;
use crate::trajectory::closed::{Closed, Observation};

/// A mode k is lost where C_k/v_k is below this in the limit (theory section 9).
pub const LOST_COVERAGE: f64 = 0.5;
/// A component has vanished where its weight is below this.
pub const VANISHED_WEIGHT: f64 = 1e-3;
/// A component sits on a mode where its mean responsibility for it is above this.
const SITS: f64 = 0.5;
/// A state is at rest where no mean, weight or relative variance moves faster than this.
const REST: f64 = 1e-8;
/// An equilibrium counts as unstable from this growth rate on: finite differences of the field are good to 1e-7.
const UNSTABLE: f64 = 1e-6;
/// Relative step of the finite differences: balances truncation h^2 against rounding 1e-13/h.
const DIFFERENCE: f64 = 1e-5;
/// Iterations of the Schur form for each row: a dozen are usual.
const SCHUR_STEPS: usize = 200;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitStatus {
    /// At rest, and no perturbation in the frame grows.
    Equilibrium,
    /// At rest for good on an equilibrium that some perturbation leaves (a symmetric start, for example).
    UnstableEquilibrium,
    /// Still moving when the budget of time or steps was spent: no verdict.
    Moving,
}

impl LimitStatus {
    /// The name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equilibrium => "equilibrium",
            Self::UnstableEquilibrium => "unstable-equilibrium",
            Self::Moving => "moving",
        }
    }
}

/// Why modes are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// No mode is lost.
    None,
    /// Components sit together, and none on the lost mode.
    MeanAlignment,
    /// The weight that should cover the lost mode is (nearly) gone.
    VanishingWeight,
    /// Both.
    Both,
    /// Fewer components than modes, each on a mode of its own.
    TooFewComponents,
}

impl Mechanism {
    /// The name in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::MeanAlignment => "mean-alignment",
            Self::VanishingWeight => "vanishing-weight",
            Self::Both => "both",
            Self::TooFewComponents => "too-few-components",
        }
    }
}

/// What is lost at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct LostModes {
    /// The time.
    pub time: f64,
    /// C_k there.
    pub coverage: Vec<f64>,
    /// The modes with v_k > 0 and C_k/v_k below 1/2.
    pub lost: Vec<usize>,
    /// Why.
    pub mechanism: Mechanism,
}

impl LostModes {
    /// Of the state at a time.
    pub(crate) fn new(flow: &impl Closed, beta: f64, time: f64, state: &[f64], targets: &[f64]) -> Self {
        let (coverage, lost, mechanism) = classify(flow, beta, state, targets, LOST_COVERAGE);
        Self { time, coverage, lost, mechanism }
    }

    /// Whether a mode is lost.
    pub fn collapsed(&self) -> bool {
        !self.lost.is_empty()
    }
}

/// The least C_k/v_k above the threshold of a lost mode: negative where one is lost.
pub(crate) fn margin(flow: &impl Closed, beta: f64, state: &[f64], targets: &[f64]) -> f64 {
    let pairs = flow.observe(beta, state).coverage.into_iter().zip(targets).filter(|(_, v)| **v > 0.0);
    pairs.map(|(c, v)| c / v - LOST_COVERAGE).fold(f64::INFINITY, f64::min)
}

/// The limit of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Whether it is one.
    pub status: LimitStatus,
    /// The fastest motion left.
    pub rate: f64,
    /// The largest growth rate of a perturbation inside the frame, where the state is at rest.
    pub growth: Option<f64>,
    /// What is lost there.
    pub verdict: LostModes,
    /// Where this verdict differs from that at the last wanted time: since when it holds.
    pub since: Option<f64>,
}

/// The fastest motion of a state: of a mean's coordinate, of a weight, of log var, of an entry of a covariance. A weight that grows counts with its
/// relative rate however small it is, for it will matter; one that decays with its absolute rate.
pub(crate) fn fastest_motion(flow: &impl Closed, beta: f64, state: &[f64]) -> f64 {
    let mut rate = vec![0.0; state.len()];
    vectors::field(flow, beta, state, &mut rate);
    motion_of(flow, beta, state, &rate)
}

/// The same where the field is known.
pub(crate) fn motion_of(flow: &impl Closed, beta: f64, state: &[f64], rate: &[f64]) -> f64 {
    let (k, offset) = (flow.components(), flow.components() * flow.width());
    let trains_weights = flow.trains_weights();
    let weights = flow.weights(beta, state);
    let mut fastest = 0.0f64;
    for (i, r) in rate.iter().enumerate() {
        let motion = if trains_weights && (offset..offset + k).contains(&i) {
            let drift: f64 = weights.iter().zip(&rate[offset..offset + k]).map(|(w, r)| w * r).sum();
            let relative = r - drift;
            if relative > 0.0 && weights[i - offset] > 0.0 {
                relative * (1.0 - weights[i - offset])
            } else {
                weights[i - offset] * relative.abs()
            }
        } else {
            r.abs()
        };
        fastest = fastest.max(motion);
    }
    fastest
}

/// Whether that motion counts as rest.
pub(crate) fn is_rest(motion: f64) -> bool {
    motion < REST
}

/// Whether that growth rate makes an equilibrium unstable.
pub(crate) fn is_unstable(growth: f64) -> bool {
    growth > UNSTABLE
}

/// Whether perturbations of that growth rate are certain to decay.
pub(crate) fn is_decay(growth: f64) -> bool {
    growth < -UNSTABLE
}

/// The largest real part among the eigenvalues of the field's Jacobian at a state; not a number if they are not found.
pub(crate) fn growth_rate(flow: &impl Closed, beta: f64, state: &[f64]) -> f64 {
    growth_of(&jacobian(flow, beta, state))
}

/// The largest real part among the eigenvalues of a matrix; not a number if they are not found.
pub(crate) fn growth_of(jacobian: &DMatrix<f64>) -> f64 {
    if jacobian.iter().any(|x| !x.is_finite()) {
        return f64::NAN;
    }
    // Without a limit the iteration may go on for ever where entries differ by hundreds of orders of magnitude.
    let steps = SCHUR_STEPS * jacobian.nrows();
    let schur = Schur::try_new(jacobian.clone(), f64::EPSILON, steps)
        .or_else(|| Schur::try_new(jacobian.transpose(), f64::EPSILON, steps));
    let Some(schur) = schur else { return f64::NAN };
    schur.complex_eigenvalues().iter().map(|l| l.re).fold(f64::NEG_INFINITY, f64::max)
}

/// The field's Jacobian by central differences.
pub(crate) fn jacobian(flow: &impl Closed, beta: f64, state: &[f64]) -> DMatrix<f64> {
    let n = state.len();
    let steps: Vec<f64> = state.iter().map(|x| DIFFERENCE * x.abs().max(1.0)).collect();
    let moves: Vec<(usize, f64)> = steps.iter().enumerate().flat_map(|(j, &h)| [(j, h), (j, -h)]).collect();
    let fields = flow.beside(beta, state, &moves);
    DMatrix::from_fn(n, n, |i, j| (fields[2 * j][i] - fields[2 * j + 1][i]) / (2.0 * steps[j]))
}

/// The modes that are lost at a state, C_k/v_k < `threshold`, and why.
pub(crate) fn classify(
    flow: &impl Closed,
    beta: f64,
    state: &[f64],
    targets: &[f64],
    threshold: f64,
) -> (Vec<f64>, Vec<usize>, Mechanism) {
    let Observation { weights, shares, coverage, error, .. } = flow.observe(beta, state);
    // What may be the error of the averages is not lost.
    let is_lost = |m: usize| targets[m] > 0.0 && coverage[m] + error < threshold * targets[m];
    let lost: Vec<usize> = (0..targets.len()).filter(|&m| is_lost(m)).collect();
    let mechanism = mechanism(&weights, &shares, &lost, targets);
    (coverage, lost, mechanism)
}

/// Why the modes `lost` are lost, by the weights of the components, the share of each on each mode (component x mode) and the
/// weights of the modes.
pub fn mechanism(weights: &[f64], shares: &[f64], lost: &[usize], targets: &[f64]) -> Mechanism {
    if lost.is_empty() {
        return Mechanism::None;
    }
    let p = targets.len();
    let sits = |i: usize, m: usize| shares[i * p + m] > SITS;
    let alive: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] >= VANISHED_WEIGHT).collect();
    let too_light = lost.iter().any(|&m| (0..weights.len()).any(|i| sits(i, m)));
    let vanished = too_light || alive.len() < weights.len();
    let together = (0..p).any(|m| alive.iter().filter(|&&i| sits(i, m)).count() > 1);
    match (together, vanished) {
        (true, true) => Mechanism::Both,
        (true, false) => Mechanism::MeanAlignment,
        (false, true) => Mechanism::VanishingWeight,
        (false, false) if weights.len() < targets.iter().filter(|&&v| v > 0.0).count() => Mechanism::TooFewComponents,
        (false, false) => Mechanism::MeanAlignment,
    }
}
