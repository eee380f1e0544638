//! The equations that a crossing of two branches satisfies, regular at the crossing.

use nalgebra::{DMatrix, DVector};

use super::bordered::short_directions;
use super::differences::{DifferenceLadder, rough_first, wide_gradient};
use super::problem::{ParametricProblem, TwoParameterProblem};

/// Minimally augmented system of a branch point in `(u, p, s)` with `q` as its parameter:
///
/// ```text
/// F(u, p, q) + s b = 0        [ w^T g1 g2 ] [ G   b ]
/// g1 = g2 = 0                               [ C^T 0 ] = [ 0 1 ],    G = [J F_p]
/// ```
///
/// `g1 = g2 = 0` says that `G` has lost rank: `w^T G = 0`. The imperfection `s` makes the count right, for a crossing
/// does not persist under a general perturbation; at a true crossing it vanishes. With `G V + b h^T = 0`, `C^T V = I`
/// the derivative is `dg_j = -w^T D^2 F[V_j, .]`.
///
/// Validity: `G` loses exactly one rank and the quadratic form `w^T D^2 F` on its kernel is not degenerate, which holds
/// at transcriticals and pitchforks alike. Source: Griewank and Reddien (1984) and Govaerts, *Numerical Methods for
/// Bifurcations of Dynamical Equilibria* (2000).
#[derive(Debug)]
pub(super) struct BranchPointSystem<'a, P: ?Sized> {
    problem: &'a P,
    ladder: DifferenceLadder,
    column: DVector<f64>,
    rows: DMatrix<f64>,
}

/// Solutions of the two bordered systems.
struct Nulls {
    left: DVector<f64>,
    gaps: [f64; 2],
    right: DMatrix<f64>,
}

impl<'a, P: TwoParameterProblem + ?Sized> BranchPointSystem<'a, P> {
    /// Borders it with the two directions that `G` shortens most and the one that `G^T` does, at `z = (u, p)`, `q`.
    pub(super) fn at(problem: &'a P, z: &[f64], q: f64, ladder: DifferenceLadder) -> Option<Self> {
        let n = problem.dimension();
        let wide = wide_gradient(problem, &DVector::from_column_slice(&z[..n + 1]), q);
        let gradient = wide.columns(0, n + 1).into_owned();
        let rows = short_directions(&gradient)?.columns(0, 2).transpose();
        let column = short_directions(&gradient.transpose())?.column(0).into_owned();
        Some(Self { problem, ladder, column, rows })
    }

    fn nulls(&self, wide: &DMatrix<f64>) -> Option<Nulls> {
        let n = self.problem.dimension();
        let mut full = DMatrix::zeros(n + 2, n + 2);
        full.view_mut((0, 0), (n, n + 1)).copy_from(&wide.columns(0, n + 1));
        full.view_mut((0, n + 1), (n, 1)).copy_from(&self.column);
        full.view_mut((n, 0), (2, n + 1)).copy_from(&self.rows);
        let mut unit = DVector::zeros(n + 2);
        unit[n + 1] = 1.0;
        let left = full.transpose().lu().solve(&unit)?;
        let mut units = DMatrix::zeros(n + 2, 2);
        units[(n, 0)] = 1.0;
        units[(n + 1, 1)] = 1.0;
        let right = full.lu().solve(&units)?;
        let finite = left.iter().chain(right.iter()).all(|value| value.is_finite());
        finite.then(|| Nulls {
            left: left.rows(0, n).into_owned(),
            gaps: [left[n], left[n + 1]],
            right: right.rows(0, n + 1).into_owned(),
        })
    }

    /// The derivative in `(u, p, s, q)`: n + 2 rows, n + 3 columns.
    fn rows(&self, state: &[f64], q: f64) -> DMatrix<f64> {
        let n = self.problem.dimension();
        let z = DVector::from_column_slice(&state[..n + 1]);
        let wide = wide_gradient(self.problem, &z, q);
        let Some(nulls) = self.nulls(&wide) else { return DMatrix::from_element(n + 2, n + 3, f64::NAN) };
        let mut rows = DMatrix::zeros(n + 2, n + 3);
        let mut fill = |from: usize, block: &DMatrix<f64>| {
            rows.view_mut((from, 0), (block.nrows(), n + 1)).copy_from(&block.columns(0, n + 1));
            rows.view_mut((from, n + 2), (block.nrows(), 1)).copy_from(&block.column(n + 1));
        };
        fill(0, &wide);
        for j in 0..2 {
            let direction = nulls.right.column(j).into_owned();
            let slope = rough_first(self.problem, &z, q, &direction, self.ladder);
            fill(n + j, &(-(DMatrix::from_row_slice(1, n, nulls.left.as_slice()) * slope)));
        }
        rows.view_mut((0, n + 1), (n, 1)).copy_from(&self.column);
        rows
    }
}

impl<P: TwoParameterProblem + ?Sized> ParametricProblem for BranchPointSystem<'_, P> {
    fn dimension(&self) -> usize {
        self.problem.dimension() + 2
    }

    fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let n = self.problem.dimension();
        self.problem.residual(&state[..n], [state[n], parameter], &mut out[..n]);
        for (value, border) in out[..n].iter_mut().zip(self.column.iter()) {
            *value += state[n + 1] * border;
        }
        let wide = wide_gradient(self.problem, &DVector::from_column_slice(&state[..n + 1]), parameter);
        let gaps = self.nulls(&wide).map_or([f64::NAN; 2], |nulls| nulls.gaps);
        out[n..n + 2].copy_from_slice(&gaps);
    }

    fn jacobian(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let n = self.problem.dimension();
        let square = self.rows(state, parameter).columns(0, n + 2).transpose();
        out.copy_from_slice(square.as_slice());
    }

    fn parameter_derivative(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        let n = self.problem.dimension();
        out.copy_from_slice(self.rows(state, parameter).column(n + 2).into_owned().as_slice());
    }

    fn in_domain(&self, state: &[f64], parameter: f64) -> bool {
        let n = self.problem.dimension();
        self.problem.in_domain(&state[..n], [state[n], parameter])
    }
}
