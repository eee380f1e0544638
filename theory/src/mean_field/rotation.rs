//! Turning the frame of a mean-field fit of the pair, mean field (M21)-(M24).

use super::complex::Complex;
use super::fit::MeanField;
use super::lattice::Sides;
use super::scalar_sum::MeanFieldState;
use crate::parameter::InvalidParameter;

impl MeanField {
    /// c_j = E\[Y_j tanh(S+h)\] of a coordinate of each group: mean field (M23), with b = R^T a the half separation in the
    /// frame in which the fit is made.
    pub fn tanh_moments(&self, state: &MeanFieldState) -> Vec<f64> {
        let used = state.law.used();
        let of = |g: usize| {
            let (axis, marginal) = (&self.sum.axes[g], &state.marginals[g]);
            let place = Sides::new(axis.x.len(), |k, sign| sign * axis.x[k]);
            let mean = marginal.mean_of(&place);
            // E\[Y e^(i om a Y)\] E e^(i om (S_-j + h)); tanh is the sum of the k_m om_m sin.
            let moments = axis.transform(&marginal.mass.with(&place, |p, x| p * x), used);
            let without = state.law.without(g, &self.sum.waves);
            let term = |m: usize| {
                let moment = moments[m] + Complex { re: mean, im: 0.0 };
                self.sum.waves.weight[m] * self.sum.waves.omega[m] * (moment * without[m]).im
            };
            (0..used).rev().map(term).sum()
        };
        (0..self.sum.axes.len()).map(of).collect()
    }

    /// dF/d alpha when the frame turns b from a coordinate of group `i` towards one of group `j`: db_i = -b_j d alpha,
    /// db_j = b_i d alpha, the marginals as they are: -beta (b_i c_j - b_j c_i), mean field (M21)-(M23). With `state` at its
    /// optimum this is dF*/d alpha (envelope theorem).
    ///
    /// Errors: `i` or `j` not the index of a group.
    pub fn rotation_slope(&self, state: &MeanFieldState, i: usize, j: usize) -> Result<f64, InvalidParameter> {
        for (name, index) in [("i", i), ("j", j)] {
            if index >= self.sum.axes.len() {
                let rule = format!("be below the number of groups, {}", self.sum.axes.len());
                return Err(InvalidParameter::new(name, index, rule));
            }
        }
        let c = self.tanh_moments(state);
        let b = |g: usize| self.sum.axes[g].term.slope;
        Ok(-self.pair.beta() * (b(i) * c[j] - b(j) * c[i]))
    }

    /// b' = beta (A^2 c - (c.b) b) of each group: steepest descent of F in the frame, mean field (M23); |b| = A is kept.
    /// Equal coordinates stay equal: the diagonal is stationary.
    pub fn rotation_rate(&self, state: &MeanFieldState) -> Vec<f64> {
        let c = self.tanh_moments(state);
        let norm = self.pair.norm();
        let along = |(axis, c): (&super::lattice::Axis, &f64)| axis.term.count as f64 * axis.term.slope * c;
        let both: f64 = self.sum.axes.iter().zip(&c).map(along).sum();
        let rate =
            |(axis, c): (&super::lattice::Axis, &f64)| self.pair.beta() * (norm * norm * c - both * axis.term.slope);
        self.sum.axes.iter().zip(&c).map(rate).collect()
    }
}

/// u_j' = (A^2 kappa_2)^2 (u_j^3 - u_j sum_i u_i^4) of the direction u = b/A, kl clock, mean field (M24): the leading order of
/// the rotation in many dimensions, from (M16) and (M23). The flow of sum u^4 on the sphere; derived, not proved.
///
/// `coupling` is A^2 kappa_2: 1 at the critical temperature of the symmetric branch, about (pi/2)^(1/2) A e^(-A^2/2) on the
/// collapsed one.
pub fn direction_rate(u: &[f64], coupling: f64) -> Vec<f64> {
    let fourth: f64 = u.iter().map(|u| u.powi(4)).sum();
    u.iter().map(|u| coupling * coupling * (u.powi(3) - u * fourth)).collect()
}
