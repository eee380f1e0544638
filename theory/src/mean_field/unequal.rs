//! The mean-field fit of two modes of unequal widths: the scalar sum of their log ratio, mean field 2.

use std::f64::consts::TAU;

use super::ascent::Ascent;
use super::lattice::Term;
use super::observables::log_cosh;
use super::scalar_sum::{MeanFieldState, ScalarSum};
use super::spectrum::Couplings;
use super::status::MeanFieldStatus;
use super::unequal_pair::{UnequalGroup, UnequalPair};
use super::waves::Waves;

/// Mean-field variational inference on an [`UnequalPair`], with the errors of [`MeanField`](crate::MeanField) relative to
/// the spread of S.
///
/// The order theorem holds as for equal widths, for the laws of the s_j(X_j): q_j has a density relative to P_-^beta that
/// rises with s_j and with the laws of the others. So ascents from the two components bound every stationary point, and
/// there is a single one iff they coincide.
#[derive(Debug, Clone)]
pub struct UnequalMeanField {
    pair: UnequalPair,
    sum: ScalarSum,
}

/// A stationary point with its evidence; vectors have an entry a group.
#[derive(Debug, Clone)]
pub struct UnequalSolution {
    /// The marginals.
    pub state: MeanFieldState,
    /// F_beta = E_q\[log q - beta log pi\] in the units of the pair, with all constants.
    pub objective: f64,
    /// E tanh(S+h): the mode at +a has the mass (1 + theta)/2 by responsibilities.
    pub theta: f64,
    /// E X_j.
    pub means: Vec<f64>,
    /// Var X_j.
    pub variances: Vec<f64>,
    /// Eigenvalues of T there.
    pub couplings: Couplings,
    /// (sum_j E_q\[r_j^2\])^(1/2), r_j the centred change of log q_j by one sweep.
    pub residual: f64,
    /// Whether it is a stationary point, and of which kind.
    pub status: MeanFieldStatus,
}

impl UnequalMeanField {
    /// The fit of `pair`.
    pub fn new(pair: UnequalPair) -> Self {
        let waves = Waves::new(pair.period(), pair.bias());
        let terms: Vec<Term> = pair.groups().iter().map(UnequalGroup::term).collect();
        let scale = 1.0 + pair.spread() / pair.temperature();
        let sum = ScalarSum::new(&terms, pair.temperature(), scale, waves, 1.0);
        Self { pair, sum }
    }

    /// The target.
    pub fn pair(&self) -> &UnequalPair {
        &self.pair
    }

    /// The largest stationary point in the order of S, reached from the plus mode.
    pub fn from_plus(&self) -> UnequalSolution {
        self.solution(self.sum.ascend_from_component(1.0))
    }

    /// The smallest, reached from the other mode.
    pub fn from_minus(&self) -> UnequalSolution {
        self.solution(self.sum.ascend_from_component(-1.0))
    }

    fn solution(&self, found: Ascent) -> UnequalSolution {
        let Ascent { state, residual, .. } = found;
        let couplings = self.sum.couplings(&state);
        let status = self.sum.status(residual, &couplings);
        let beta = self.sum.beta();
        let (f, theta, _) = self.sum.waves.averages(&state.law.total);
        let constant = 0.5 * (beta - 1.0) * libm::log(TAU) + 0.5 * libm::log(beta);
        let mut objective = beta * (log_cosh(self.pair.half_log_odds()) - f);
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for ((group, axis), marginal) in self.pair.groups().iter().zip(&self.sum.axes).zip(&state.marginals) {
            let relative = marginal.mean_of(&marginal.tilt);
            objective += group.count as f64 * (relative + beta * group.deficit() + constant);
            let (mean, variance) = marginal.moments(axis);
            means.push(mean + group.contrast * group.half_separation);
            variances.push(variance);
        }
        UnequalSolution { state, objective, theta, means, variances, couplings, residual, status }
    }

    /// (x, q_j(x)) on the grid of a coordinate of group `group`, x ascending and equidistant.
    pub fn density(&self, state: &MeanFieldState, group: usize) -> Vec<(f64, f64)> {
        let Some(of) = self.pair.groups().get(group) else { return Vec::new() };
        let shift = of.contrast * of.half_separation;
        state.marginals[group].density(&self.sum.axes[group]).into_iter().map(|(y, p)| (y + shift, p)).collect()
    }
}
