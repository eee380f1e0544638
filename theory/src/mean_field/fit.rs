//! The mean-field fit: marginals, their coordinate ascent, and its derivative.

use super::lattice::Term;
use super::scalar_sum::{MeanFieldState, ScalarSum};
use super::target::MeanFieldPair;
use super::waves::Waves;
use crate::parameter::InvalidParameter;

/// Where coordinate ascent starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeanFieldStart {
    /// N(a, T): above every stationary point in the stochastic order, mean field theorem 1.
    Plus,
    /// N(-a, T): below every stationary point.
    Minus,
    /// N(0, T).
    Zero,
    /// N(0, T), kept even exactly: the even solution of w = 1/2, stable or not.
    Even,
}

/// How finely the laws are resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanFieldOptions {
    /// Grids of the coordinates so many times finer, and periods of the waves so many times longer, than 13 to 14 digits
    /// need; from 1 to 16. The difference between two values is the error of discretisation.
    pub fineness: f64,
}

impl Default for MeanFieldOptions {
    fn default() -> Self {
        Self { fineness: 1.0 }
    }
}

/// Mean-field variational inference on a [`MeanFieldPair`], mean field (M2)-(M3):
///
/// F_beta(q) = E_q\[log q - beta log pi\],   q_j(x) prop. to exp(-beta x^2/2 + beta E f(a_j x + S_-j + h)),   f = log cosh.
///
/// States belong to the fit that made them. The marginals live on grids with spectrally accurate trapezoid sums, S on half-odd frequencies. Absolute errors at the
/// default fineness: 1e-14 of theta and of probabilities, 2e-14 (1 + beta A^2) of F.
#[derive(Debug, Clone)]
pub struct MeanField {
    pub(super) pair: MeanFieldPair,
    pub(super) sum: ScalarSum,
}

/// Largest fineness: sums grow with its square, and nothing moves any more at 2.
const FINEST: f64 = 16.0;
/// log 10^16 / 2: where 1 - tanh rounds to nothing; and deviations with density 1e-16.
const SATURATED: f64 = 18.5;
const DEVIATIONS: f64 = 8.6;

impl MeanField {
    /// The fit of `pair`.
    ///
    /// Errors: a fineness outside 1 to 16.
    pub fn new(pair: MeanFieldPair, options: MeanFieldOptions) -> Result<Self, InvalidParameter> {
        let fineness = options.fineness;
        if !(1.0..=FINEST).contains(&fineness) {
            return Err(InvalidParameter::new("fineness", fineness, "lie between 1 and 16"));
        }
        let period = fineness * period(&pair);
        Ok(Self::assembled(pair, period, fineness))
    }

    fn assembled(pair: MeanFieldPair, period: f64, fineness: f64) -> Self {
        let waves = Waves::new(period, pair.bias());
        let terms: Vec<Term> = pair.groups().iter().map(|g| Term::linear(g.half_separation, g.count)).collect();
        let scale = 1.0 + pair.beta() * pair.norm() * pair.norm();
        let sum = ScalarSum::new(&terms, pair.temperature(), scale, waves, fineness);
        Self { pair, sum }
    }

    /// The fit of `pair` with room for every bias up to `most`.
    pub(super) fn with_room(pair: MeanFieldPair, most: f64) -> Self {
        let period = period(&pair) + most;
        Self::assembled(pair, period, 1.0)
    }

    /// The same at the bias h = `bias`; states carry over.
    pub(super) fn at_bias(&self, bias: f64) -> Self {
        Self { sum: self.sum.at_bias(bias), ..self.clone() }
    }

    /// The target.
    pub fn pair(&self) -> &MeanFieldPair {
        &self.pair
    }

    /// The state at `start`.
    ///
    /// Errors: an even start of unequal weights, which no even law solves.
    pub fn start(&self, start: MeanFieldStart) -> Result<MeanFieldState, InvalidParameter> {
        let unequal = self.pair.bias() != 0.0;
        // N(0, T) is even, and sweeps of equal weights keep it so.
        let even = start == MeanFieldStart::Even || (start == MeanFieldStart::Zero && !unequal);
        if even && unequal {
            return Err(InvalidParameter::new("weight", self.pair.weight(), "be 1/2 for an even solution"));
        }
        let side = match start {
            MeanFieldStart::Plus => 1.0,
            MeanFieldStart::Minus => -1.0,
            MeanFieldStart::Zero | MeanFieldStart::Even => 0.0,
        };
        Ok(self.sum.tilted(side, even))
    }

    /// One parallel sweep of coordinate ascent: every q_j at once by (M3). Order preserving (theorem 1); F may rise.
    pub fn sweep(&self, state: &MeanFieldState) -> MeanFieldState {
        self.sum.sweep(state)
    }

    /// One sweep group by group, each with the others as they now stand. F never rises where every group is one
    /// coordinate; the coordinates of one group still move together.
    pub fn sweep_in_turn(&self, state: &MeanFieldState) -> MeanFieldState {
        self.sum.sweep_in_turn(state)
    }
}

/// A period of the waves that holds all of S.
///
/// By theorem 1, S lies between N(-A^2, s^2) and N(A^2, s^2), s = A T^(1/2). At distance r from the mean the square wave errs
/// by 2 e^(-2(P - A^2 - r)) with density e^(-r^2/(2 s^2)): the product is largest at r = 2 s^2, and below 1e-16 for
/// P - A^2 = 18.5 + s^2; where s > 4.3 the density at the edge decides instead.
fn period(pair: &MeanFieldPair) -> f64 {
    let norm = pair.norm();
    let s = norm * pair.temperature().sqrt();
    let room = if s * s <= SATURATED { SATURATED + s * s } else { DEVIATIONS * s };
    norm * norm + pair.bias().abs() + room
}
