//! Bordered matrices: regular where the bordered block is singular.

use nalgebra::{DMatrix, DVector, SVD};

/// Sweeps of the singular value decomposition per row before it is given up.
const SWEEPS_PER_ROW: usize = 200;

/// The two solutions that define the test function of a singular Jacobian.
///
/// ```text
/// [ J   b ] [ v ]   [ 0 ]        [ J^T c ] [ w ]   [ 0 ]
/// [ c^T 0 ] [ g ] = [ 1 ]        [ b^T 0 ] [ g ] = [ 1 ]
/// ```
///
/// `g = 0` exactly where `J` is singular, `v` and `w` are then its null vectors, and `dg = -w^T dJ v`.
/// Source: Govaerts, *Numerical Methods for Bifurcations of Dynamical Equilibria* (2000), minimally augmented systems.
#[derive(Debug, Clone)]
pub(super) struct NullPair {
    /// v.
    pub(super) right: DVector<f64>,
    /// w.
    pub(super) left: DVector<f64>,
    /// g.
    pub(super) gap: f64,
}

/// The bordered square matrix `[J b; c^T 0]`.
pub(super) fn border(matrix: &DMatrix<f64>, column: &DVector<f64>, row: &DVector<f64>) -> DMatrix<f64> {
    let n = matrix.nrows();
    let mut full = DMatrix::zeros(n + 1, n + 1);
    full.view_mut((0, 0), (n, n)).copy_from(matrix);
    full.view_mut((0, n), (n, 1)).copy_from(column);
    full.view_mut((n, 0), (1, n)).copy_from(&row.transpose());
    full
}

/// Solves the two bordered systems of [`NullPair`]; `None` if the border does not make the matrix regular.
pub(super) fn null_pair(matrix: &DMatrix<f64>, column: &DVector<f64>, row: &DVector<f64>) -> Option<NullPair> {
    let n = matrix.nrows();
    let full = border(matrix, column, row);
    let mut unit = DVector::zeros(n + 1);
    unit[n] = 1.0;
    let right = full.clone().lu().solve(&unit)?;
    let left = full.transpose().lu().solve(&unit)?;
    let finite = right.iter().chain(left.iter()).all(|value| value.is_finite());
    finite.then(|| NullPair { gap: right[n], right: right.rows(0, n).into_owned(), left: left.rows(0, n).into_owned() })
}

/// The part `h` of `[J b; c^T 0] (h, k) = (r, 0)`: the solution of `J h = r - k b` with `c^T h = 0`.
pub(super) fn bordered_solve(
    matrix: &DMatrix<f64>,
    column: &DVector<f64>,
    row: &DVector<f64>,
    right_side: &DVector<f64>,
) -> Option<DVector<f64>> {
    let n = matrix.nrows();
    let solution = border(matrix, column, row).lu().solve(&right_side.clone().push(0.0))?;
    solution.iter().all(|value| value.is_finite()).then(|| solution.rows(0, n).into_owned())
}

/// Left and right unit singular vectors of the smallest of the `min(rows, columns)` singular values.
pub(super) fn smallest_singular(matrix: &DMatrix<f64>) -> Option<(DVector<f64>, f64, DVector<f64>)> {
    if !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let sweeps = SWEEPS_PER_ROW * matrix.nrows().max(matrix.ncols());
    let svd = SVD::try_new(matrix.clone(), true, true, f64::EPSILON, sweeps)?;
    let index = svd.singular_values.imin();
    let left = svd.u?.column(index).into_owned();
    let right = svd.v_t?.row(index).transpose();
    Some((left, svd.singular_values[index], right))
}

/// Unit vector spanning the kernel of a matrix with one column more than rows (the last right singular vector of the
/// matrix with a row of zeros appended).
pub(super) fn kernel(matrix: &DMatrix<f64>) -> Option<DVector<f64>> {
    let n = matrix.nrows();
    let padded = matrix.clone().insert_row(n, 0.0);
    smallest_singular(&padded).map(|(_, _, right)| right)
}
