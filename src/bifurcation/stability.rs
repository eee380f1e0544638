//! Eigenvalues of the Jacobian: who is stable, and along which direction it is not.

use nalgebra::{Complex, DMatrix, Schur};

use super::bordered::singular_pair;
use super::problem::ParametricProblem;

/// Francis steps per row before the Schur form is given up.
const STEPS_PER_ROW: usize = 300;

/// Eigenvalues of a square matrix given row by row, by falling real part (then falling imaginary part).
///
/// Method: real Schur form. Edge: `None` if an entry is not finite, the length is not a square or the iteration does
/// not converge for the matrix nor for its transpose (same spectrum, another sequence of reflections).
pub fn eigenvalues(rows: &[f64]) -> Option<Vec<Complex<f64>>> {
    let n = rows.len().isqrt();
    if n * n != rows.len() || !rows.iter().all(|value| value.is_finite()) {
        return None;
    }
    if n == 0 {
        return Some(Vec::new());
    }
    let matrix = DMatrix::from_row_slice(n, n, rows);
    let limit = STEPS_PER_ROW * n;
    let schur = Schur::try_new(matrix.clone(), f64::EPSILON, limit)
        .or_else(|| Schur::try_new(matrix.transpose(), f64::EPSILON, limit))?;
    let mut values: Vec<Complex<f64>> = schur.complex_eigenvalues().iter().copied().collect();
    values.sort_by(|a, b| b.re.total_cmp(&a.re).then(b.im.total_cmp(&a.im)));
    values.iter().all(|value| value.re.is_finite() && value.im.is_finite()).then_some(values)
}

/// Number of eigenvalues with real part above `tolerance`: the dimension of the unstable manifold of `u' = F`.
pub fn unstable_count(values: &[Complex<f64>], tolerance: f64) -> usize {
    values.iter().filter(|value| value.re > tolerance).count()
}

/// Unit right eigenvector of a matrix given row by row for a real eigenvalue, its largest entry positive.
///
/// Method: right singular vector of `J - eigenvalue I` for the smallest singular value, so `eigenvalue` need only be
/// near. Edge: `None` as for [`eigenvalues`]. For a multiple eigenvalue it is one vector of the eigenspace.
pub fn eigenvector(rows: &[f64], eigenvalue: f64) -> Option<Vec<f64>> {
    let n = rows.len().isqrt();
    if n == 0 || n * n != rows.len() || !eigenvalue.is_finite() {
        return None;
    }
    let shifted = DMatrix::from_row_slice(n, n, rows) - DMatrix::identity(n, n) * eigenvalue;
    let (_, right) = singular_pair(&shifted)?;
    let sign = right[right.icamax()].signum();
    Some((right * sign).as_slice().to_vec())
}

/// [`eigenvalues`] of the Jacobian of `problem` at `(state, parameter)`.
///
/// Edge: `None` as there, also for a state of the wrong length.
pub fn spectrum<P: ParametricProblem + ?Sized>(
    problem: &P,
    state: &[f64],
    parameter: f64,
) -> Option<Vec<Complex<f64>>> {
    let n = problem.dimension();
    if state.len() != n {
        return None;
    }
    let mut rows = vec![0.0; n * n];
    problem.jacobian(state, parameter, &mut rows);
    eigenvalues(&rows)
}
