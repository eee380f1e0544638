//! The general mixture flow as a problem with one parameter, the temperature.

use collapsar_theory::{Flow, MixtureFlow};

use super::problem::ParametricProblem;

/// Equilibria of theory (2)-(5) against temperature: any K, P, trained weights and variance.
///
/// State: the means (K x D), then the logits relative to the last one (K - 1, if the weights are trained; only their
/// differences have a meaning), then log var (if it is trained). Parameter: T.
///
/// The field has no closed Jacobian for K > 2; here it is differenced to sixth order, step 0.01 relative to the
/// state, which leaves errors of about 1e-11: enough for locations to 1e-8, less for normal forms. Rotations that leave
/// the modes in place are a continuous symmetry: use a frame in which they are divided out (means in the span of the
/// modes, for example d = 1 for a pair).
#[derive(Debug, Clone, Copy)]
pub struct MixtureFamily<'a> {
    flow: &'a MixtureFlow,
}

/// Relative step of the differences: truncation h^6/140 times a seventh derivative, rounding 1e-13/h.
const STEP: f64 = 0.01;
/// Weights of the sixth-order central difference at 1, 2 and 3 steps (they are exact for polynomials of degree 6).
const WEIGHTS: [f64; 3] = [3.0 / 4.0, -3.0 / 20.0, 1.0 / 60.0];

impl<'a> MixtureFamily<'a> {
    /// The family of `flow`; a slaved variance follows the temperature.
    pub fn new(flow: &'a MixtureFlow) -> Self {
        Self { flow }
    }

    fn means(&self) -> usize {
        self.flow.components() * self.flow.width()
    }

    /// K if the weights are trained (a single one never is), else 0.
    fn logits(&self) -> usize {
        let extra = self.flow.dimension() - self.means();
        if extra > 1 { self.flow.components() } else { 0 }
    }

    /// The flow's state with the last logit at 0.
    pub fn expand(&self, state: &[f64]) -> Vec<f64> {
        let (means, logits) = (self.means(), self.logits());
        let mut full = state.to_vec();
        if logits > 0 {
            full.insert(means + logits - 1, 0.0);
        }
        full
    }

    /// The reduced form of the flow's state.
    pub fn reduce(&self, full: &[f64]) -> Vec<f64> {
        let (means, logits) = (self.means(), self.logits());
        let mut state = full.to_vec();
        if logits > 0 {
            let last = state.remove(means + logits - 1);
            state[means..means + logits - 1].iter_mut().for_each(|logit| *logit -= last);
        }
        state
    }

    /// The central difference of `f` at `x`, for n values.
    fn difference(x: f64, n: usize, mut f: impl FnMut(f64, &mut [f64])) -> Vec<f64> {
        let h = STEP * x.abs().max(1.0);
        let (mut up, mut down, mut sum) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for (i, weight) in WEIGHTS.iter().enumerate() {
            let offset = h * (i + 1) as f64;
            f(x + offset, &mut up);
            f(x - offset, &mut down);
            for (total, (a, b)) in sum.iter_mut().zip(up.iter().zip(&down)) {
                *total += weight * (a - b) / h;
            }
        }
        sum
    }
}

impl ParametricProblem for MixtureFamily<'_> {
    fn dimension(&self) -> usize {
        self.flow.dimension() - usize::from(self.logits() > 0)
    }

    fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let full = self.expand(state);
        let mut rate = vec![0.0; full.len()];
        self.flow.field(1.0 / parameter, &full, &mut rate);
        out.copy_from_slice(&self.reduce(&rate));
    }

    fn jacobian(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let n = state.len();
        for j in 0..n {
            let mut moved = state.to_vec();
            let column = Self::difference(state[j], n, |x, rate| {
                moved[j] = x;
                self.residual(&moved, parameter, rate);
            });
            for (i, value) in column.into_iter().enumerate() {
                out[i * n + j] = value;
            }
        }
    }

    fn parameter_derivative(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        out.copy_from_slice(&Self::difference(parameter, state.len(), |t, rate| self.residual(state, t, rate)));
    }

    fn in_domain(&self, _state: &[f64], parameter: f64) -> bool {
        // The difference in the parameter reaches three steps below it.
        parameter > 4.0 * STEP
    }
}
