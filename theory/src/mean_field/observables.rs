//! What a product measure says about the pair.

use std::f64::consts::{PI, TAU};

use super::complex::{Complex, ONE};
use super::fit::MeanField;
use super::scalar_sum::MeanFieldState;

/// Averages under q = prod_j q_j; S = sum_j a_j X_j, h the half log-odds of the weights. Vectors have an entry a group.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanFieldObservables {
    /// F_beta = E_q\[log q - beta log pi\], with all constants; KL(q||pi) at T = 1. Mean field (M2).
    pub objective: f64,
    /// theta = E tanh(S+h), the order parameter.
    pub theta: f64,
    /// kappa_2 = E sech^2(S+h).
    pub kappa2: f64,
    /// P(S > 0).
    pub above_zero: f64,
    /// P(S > -h): the side of the Bayes boundary.
    pub above_boundary: f64,
    /// E X_j; a_j theta at every stationary point.
    pub means: Vec<f64>,
    /// Var X_j.
    pub variances: Vec<f64>,
    /// P(X_j > 0).
    pub above: Vec<f64>,
}

impl MeanFieldObservables {
    /// C_+ = (1 + theta)/2, the mass of the mode at +a by responsibilities.
    pub fn coverage_plus(&self) -> f64 {
        0.5 * (1.0 + self.theta)
    }

    /// C_- = (1 - theta)/2.
    pub fn coverage_minus(&self) -> f64 {
        0.5 * (1.0 - self.theta)
    }
}

/// A characteristic function this small for so many frequencies in a row has ended.
const ENDED: f64 = 1e-18;
const IN_A_ROW: usize = 8;
/// Frequencies looked at together.
const BLOCK: usize = 64;

impl MeanField {
    /// F_beta at `state`: sum_j E log(q_j/phi_beta) + beta (A^2/2 + log cosh h - E f(S+h)) + const(T).
    pub fn objective(&self, state: &MeanFieldState) -> f64 {
        self.objective_and_tilts(state).0
    }

    fn objective_and_tilts(&self, state: &MeanFieldState) -> (f64, f64, f64) {
        let (f, theta, kappa2) = self.sum.waves.averages(&state.law.total);
        let beta = self.pair.beta();
        let norm = self.pair.norm();
        let relative = |(axis, m): (&super::lattice::Axis, &super::marginal::Marginal)| {
            axis.term.count as f64 * m.mean_of(&m.tilt)
        };
        let entropy: f64 = self.sum.axes.iter().zip(&state.marginals).map(relative).sum();
        // E[log phi_beta + beta x^2/2] + (beta/2) log 2 pi, a coordinate; 0 at T = 1.
        let constant = 0.5 * (beta - 1.0) * libm::log(TAU) + 0.5 * libm::log(beta);
        let log_cosh_h = log_cosh(self.pair.bias());
        let energy = 0.5 * norm * norm + log_cosh_h - f;
        (entropy + beta * energy + self.pair.dimension() as f64 * constant, theta, kappa2)
    }

    /// All averages at `state`. Absolute errors about 1e-14; F as [`MeanField`] says.
    pub fn observe(&self, state: &MeanFieldState) -> MeanFieldObservables {
        let (objective, theta, kappa2) = self.objective_and_tilts(state);
        let both = self.sum.axes.iter().zip(&state.marginals);
        let (means, variances) = both.clone().map(|(axis, marginal)| marginal.moments(axis)).unzip();
        let above = both.map(|(axis, marginal)| marginal.above(axis, 0.0)).collect();
        let tail = self.tails(state);
        let h = self.pair.bias();
        let above_zero = self.above(&tail, 0.0);
        let above_boundary = if h == 0.0 { above_zero } else { self.above(&tail, -h) };
        MeanFieldObservables { objective, theta, kappa2, above_zero, above_boundary, means, variances, above }
    }

    /// P(S > c).
    pub fn sum_above(&self, state: &MeanFieldState, c: f64) -> f64 {
        self.above(&self.tails(state), c)
    }

    /// P(X_j > c) for a coordinate of group `group` (an index below the number of groups).
    pub fn coordinate_above(&self, state: &MeanFieldState, group: usize, c: f64) -> f64 {
        state.marginals[group].above(&self.sum.axes[group], c)
    }

    /// (x, q_j(x)) on the grid of a coordinate of group `group`, x ascending: equidistant, sums are spectrally accurate.
    pub fn density(&self, state: &MeanFieldState, group: usize) -> Vec<(f64, f64)> {
        state.marginals[group].density(&self.sum.axes[group])
    }

    /// The characteristic function of S at as many half-odd frequencies as it has.
    ///
    /// A step has no weights that fall with om: the sum goes on until psi has ended, or to pi over the coarsest step of S,
    /// where the grids end.
    fn tails(&self, state: &MeanFieldState) -> Vec<Complex> {
        let coarsest = self.sum.axes.iter().map(|axis| axis.term.slope * axis.dx).fold(0.0, f64::max);
        let most = (PI / coarsest / self.sum.waves.step) as usize;
        let mut count = BLOCK;
        loop {
            let count_now = count.min(most);
            let factors = self.sum.axes.iter().zip(&state.marginals).map(|(axis, marginal)| {
                let excess = axis.transform(&marginal.mass, count_now);
                excess.iter().map(|e| e.one_plus_to(axis.term.count)).collect::<Vec<_>>()
            });
            let psi = factors.fold(vec![ONE; count_now], |psi, f| psi.iter().zip(&f).map(|(p, f)| *p * *f).collect());
            let ended = psi.iter().rev().take(IN_A_ROW).all(|p| p.square() < ENDED * ENDED);
            if ended || count_now == most {
                return psi;
            }
            count *= 2;
        }
    }

    /// 1/2 + (1/pi) int_0^inf Im(psi e^(-i om c))/om d om over the half-odd frequencies.
    fn above(&self, psi: &[Complex], c: f64) -> f64 {
        let term = |m: usize| {
            let at = m as f64 + 0.5;
            (psi[m] * Complex::turn(-at * self.sum.waves.step * c)).im / at
        };
        0.5 + (0..psi.len()).rev().map(term).sum::<f64>() / PI
    }
}

/// log cosh t without overflow.
pub(super) fn log_cosh(t: f64) -> f64 {
    t.abs() + libm::log1p(libm::exp(-2.0 * t.abs())) - std::f64::consts::LN_2
}
