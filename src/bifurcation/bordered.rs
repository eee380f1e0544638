//! Bordered matrices: regular where the bordered block is singular.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Steps of the symmetric eigenvalue iteration per row before it is given up.
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

/// Unit eigenvectors of `M^T M` by rising eigenvalue, as columns: the directions that `M` shortens most, first.
///
/// The gap of the Gram matrix is squared, so the vectors are good to the machine epsilon times the square of the
/// condition number on their complement: enough for borders, and [`singular_pair`] refines them. nalgebra's singular
/// value decomposition is not used: on exactly singular matrices its left vectors depend on the deflation tolerance, and
/// with one machine epsilon they can be wrong in the first digit.
pub(super) fn short_directions(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    if matrix.is_empty() || !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let gram = matrix.tr_mul(matrix);
    let sweeps = SWEEPS_PER_ROW * gram.nrows();
    let eigen = SymmetricEigen::try_new(gram, f64::EPSILON, sweeps)?;
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&i, &j| eigen.eigenvalues[i].total_cmp(&eigen.eigenvalues[j]));
    Some(eigen.eigenvectors.select_columns(&order))
}

/// Left and right unit singular vectors of the smallest singular value of a square matrix.
///
/// The bordered systems, bordered by the vectors of the Gram matrices, solve for the pair once more without squaring.
pub(super) fn singular_pair(matrix: &DMatrix<f64>) -> Option<(DVector<f64>, DVector<f64>)> {
    let right = short_directions(matrix)?.column(0).into_owned();
    let left = short_directions(&matrix.transpose())?.column(0).into_owned();
    let refined = null_pair(matrix, &left, &right)?;
    Some((refined.left.normalize(), refined.right.normalize()))
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};

    use super::singular_pair;

    /// A matrix of rank two whose left null vector nalgebra's SVD, deflating at one machine epsilon, misses by 0.5.
    #[test]
    fn null_vectors_of_an_exactly_singular_matrix() {
        let mixture = DMatrix::from_row_slice(3, 3, &[1.216, 0.057, 0.0, 0.154, 1.066, 0.0, 0.0, -0.195, 1.0]);
        let inverse = mixture.clone().try_inverse().expect("regular");
        let matrix = &mixture * DMatrix::from_diagonal(&DVector::from_vec(vec![0.0, -2.0, -3.0])) * inverse;
        let (left, right) = singular_pair(&matrix).expect("finite");
        // A few roundings of entries of order one.
        assert!((left.transpose() * &matrix).norm() < 1e-14 && (&matrix * right).norm() < 1e-14);
    }
}
