//! Covariances of components and their square roots.

use super::ShapedState;
use super::classes::Classes;
use crate::numerics::cholesky;
use crate::shape::Covariance;

/// A square matrix by rows.
pub(super) type Matrix = Vec<Vec<f64>>;

/// Covariances of components in the frame, and their Cholesky factors.
pub(super) struct Factors<'a> {
    covariances: Vec<Covariance>,
    pub(super) factors: Vec<Matrix>,
    /// The variances across the frame; empty where that is R^d.
    pub(super) across: &'a [f64],
}

impl<'a> Factors<'a> {
    /// Of K matrices of `width` rows one after the other and as many variances `across` their frame, or none; `None` where one is
    /// not positive definite.
    pub(super) fn new(covariances: &[f64], across: &'a [f64], width: usize) -> Option<Self> {
        if across.iter().any(|&variance| variance.is_nan() || variance <= 0.0) {
            return None;
        }
        let matrix = |of: &[f64]| -> Matrix { of.chunks(width).map(<[f64]>::to_vec).collect() };
        let rows: Vec<Matrix> = covariances.chunks(width * width).map(matrix).collect();
        let factors = rows.iter().map(|rows| cholesky(rows)).collect::<Option<_>>()?;
        Some(Self { covariances: rows.into_iter().map(Covariance::Full).collect(), factors, across })
    }

    /// The components as classes in R^d, d = `ambient`.
    pub(super) fn classes(&self, state: &ShapedState, ambient: usize) -> Classes<'static> {
        let width = state.means.len() / self.factors.len();
        let shapes = (self.covariances.as_slice(), self.across);
        Classes::shaped(state.means.clone(), width, ambient, state.log_weights.clone(), shapes)
    }
}
