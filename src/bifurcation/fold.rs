//! The equations that a fold satisfies, regular at the fold.

use nalgebra::{DMatrix, DVector, RowDVector};

use super::bordered::{NullPair, null_pair, singular_pair};
use super::differences::{DifferenceLadder, rough_first, wide_gradient};
use super::problem::{ParametricProblem, TwoParameterProblem};

/// Minimally augmented fold system in `(u, p)` with `q` as its parameter:
///
/// ```text
/// F(u, p, q) = 0
/// g(u, p, q) = 0        [ J   b ] [ v ]   [ 0 ]
///                       [ c^T 0 ] [ g ] = [ 1 ]
/// ```
///
/// with the derivative `dg = -w^T D^2 F[v, .]`, `w` from the transposed system. Validity: a simple zero eigenvalue.
/// At a fold (`w^T F_p != 0`, `w^T F_uu v v != 0`) the system is regular, so Newton's method converges quadratically,
/// and at a cusp it stays regular as a family in `q`.
/// Source: Govaerts, *Numerical Methods for Bifurcations of Dynamical Equilibria* (2000).
#[derive(Debug)]
pub(super) struct FoldSystem<'a, P: ?Sized> {
    problem: &'a P,
    ladder: DifferenceLadder,
    column: DVector<f64>,
    row: DVector<f64>,
}

impl<'a, P: TwoParameterProblem + ?Sized> FoldSystem<'a, P> {
    /// Borders it with the singular vectors of the smallest singular value of `J` at `z = (u, p)`, `q`.
    pub(super) fn at(problem: &'a P, z: &[f64], q: f64, ladder: DifferenceLadder) -> Option<Self> {
        let n = problem.dimension();
        let wide = wide_gradient(problem, &DVector::from_column_slice(&z[..n + 1]), q);
        let (column, row) = singular_pair(&wide.columns(0, n).into_owned())?;
        Some(Self { problem, ladder, column, row })
    }

    fn nulls(&self, wide: &DMatrix<f64>) -> Option<NullPair> {
        let n = self.problem.dimension();
        null_pair(&wide.columns(0, n).into_owned(), &self.column, &self.row)
    }

    /// `[J F_p F_q]` over `[g_u g_p g_q]`.
    fn rows(&self, state: &[f64], q: f64) -> DMatrix<f64> {
        let n = self.problem.dimension();
        let z = DVector::from_column_slice(state);
        let wide = wide_gradient(self.problem, &z, q);
        let last = match self.nulls(&wide) {
            Some(nulls) => {
                let direction = nulls.right.push(0.0);
                -(nulls.left.transpose() * rough_first(self.problem, &z, q, &direction, self.ladder))
            }
            None => RowDVector::from_element(n + 2, f64::NAN),
        };
        let mut rows = wide.insert_row(n, 0.0);
        rows.row_mut(n).copy_from(&last);
        rows
    }
}

impl<P: TwoParameterProblem + ?Sized> ParametricProblem for FoldSystem<'_, P> {
    fn dimension(&self) -> usize {
        self.problem.dimension() + 1
    }

    fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let n = self.problem.dimension();
        self.problem.residual(&state[..n], [state[n], parameter], &mut out[..n]);
        let wide = wide_gradient(self.problem, &DVector::from_column_slice(state), parameter);
        out[n] = self.nulls(&wide).map_or(f64::NAN, |nulls| nulls.gap);
    }

    fn jacobian(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let n = self.problem.dimension();
        let square = self.rows(state, parameter).columns(0, n + 1).transpose();
        out.copy_from_slice(square.as_slice());
    }

    fn parameter_derivative(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let n = self.problem.dimension();
        out.copy_from_slice(self.rows(state, parameter).column(n + 1).into_owned().as_slice());
    }

    fn in_domain(&self, state: &[f64], parameter: f64) -> bool {
        let n = self.problem.dimension();
        self.problem.in_domain(&state[..n], [state[n], parameter])
    }
}
