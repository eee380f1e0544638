//! Stationary points of the mean-field fit: coordinate ascent, then Newton.

use super::ascent::Ascent;
use super::fit::{MeanField, MeanFieldStart};
use super::observables::MeanFieldObservables;
use super::scalar_sum::MeanFieldState;
use super::spectrum::Couplings;
use super::status::MeanFieldStatus;
use crate::parameter::InvalidParameter;

/// A stationary point with its evidence.
#[derive(Debug, Clone)]
pub struct MeanFieldSolution {
    /// The marginals.
    pub state: MeanFieldState,
    /// Averages under them.
    pub observables: MeanFieldObservables,
    /// Eigenvalues of T there.
    pub couplings: Couplings,
    /// (sum_j E_q\[r_j^2\])^(1/2), r_j the centred change of log q_j by one sweep.
    pub residual: f64,
    /// Sweeps of coordinate ascent before Newton.
    pub sweeps: usize,
    /// Steps of Newton's method that were taken.
    pub newton_steps: usize,
    /// Whether it is a stationary point, and of which kind.
    pub status: MeanFieldStatus,
}

impl MeanField {
    /// The stationary point that coordinate ascent reaches from `start`.
    ///
    /// From [`MeanFieldStart::Plus`] parallel sweeps fall monotonically to the largest stationary point, from `Minus` they
    /// rise to the smallest: these two bound every stationary point, and mean-field inference has a single one iff they
    /// coincide (mean field theorem 1). `Even` finds an even solution of w = 1/2 by damped sweeps, equal
    /// coordinates of a group with equal marginals (far modes have others: [`Couplings::relative`] > 1); `Zero` goes where
    /// N(0, T) leads, with w = 1/2 to the even solution as well. Newton's method finishes: (I - T) eta = residual.
    ///
    /// Errors: an even start of unequal weights.
    pub fn solve(&self, start: MeanFieldStart) -> Result<MeanFieldSolution, InvalidParameter> {
        let Ascent { state, residual, sweeps, newton_steps, .. } = self.ascend(start)?;
        let couplings = self.couplings(&state);
        let status = self.sum.status(residual, &couplings);
        let observables = self.observe(&state);
        Ok(MeanFieldSolution { state, observables, couplings, residual, sweeps, newton_steps, status })
    }

    /// Averages at the stationary point that [`MeanField::solve`] reaches, without its eigenvalues: for many fits, where only F
    /// and masses are wanted. `None` where the ascent has not converged.
    ///
    /// Errors: an even start of unequal weights.
    pub fn limit(&self, start: MeanFieldStart) -> Result<Option<MeanFieldObservables>, InvalidParameter> {
        let found = self.ascend(start)?;
        Ok(found.stationary(&self.sum).then(|| self.observe(&found.state)))
    }

    /// Where [`MeanField::solve`] ends, without what it says about it.
    pub(super) fn ascend(&self, start: MeanFieldStart) -> Result<Ascent, InvalidParameter> {
        match start {
            MeanFieldStart::Plus => Ok(self.sum.ascend_from_component(1.0)),
            MeanFieldStart::Minus => Ok(self.sum.ascend_from_component(-1.0)),
            MeanFieldStart::Zero | MeanFieldStart::Even => Ok(self.sum.ascend_from(self.start(start)?, false, false)),
        }
    }

    /// The extreme eigenvalues of T at `state`, to about 1e-14 (1 + |lambda|); those below 1e-8, of far collapsed states, drown
    /// in what the grids leave out, whose probability of 1e-17 counts by its root in an operator.
    pub fn couplings(&self, state: &MeanFieldState) -> Couplings {
        self.sum.couplings(state)
    }
}
