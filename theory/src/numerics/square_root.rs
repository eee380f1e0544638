//! Square roots of symmetric matrices.

/// Sweeps of rotations: five to eight are usual.
const SWEEPS: usize = 30;

/// The symmetric square root of a positive semidefinite `n` x `n` matrix, row by row: unlike a triangular factor it changes as smoothly
/// as the matrix does.
///
/// By Jacobi's rotations. Error: rounding of the largest entry in the square of the result; eigenvalues that rounding made negative
/// count as 0.
pub(crate) fn square_root(matrix: &[f64], n: usize) -> Vec<f64> {
    let mut a = matrix.to_vec();
    let mut vectors = vec![0.0; n * n];
    (0..n).for_each(|i| vectors[i * n + i] = 1.0);
    let size: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n * n).filter(|at| at / n != at % n).map(|at| a[at] * a[at]).sum();
        // Also where something is not a number.
        if off.is_nan() || off <= f64::EPSILON * f64::EPSILON * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let entry = a[p * n + q];
                if entry == 0.0 {
                    continue;
                }
                let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * entry);
                let t = theta.signum() / (theta.abs() + (1.0 + theta * theta).sqrt());
                let cosine = 1.0 / (1.0 + t * t).sqrt();
                let sine = t * cosine;
                for k in 0..n {
                    let (x, y) = (a[k * n + p], a[k * n + q]);
                    (a[k * n + p], a[k * n + q]) = (cosine * x - sine * y, sine * x + cosine * y);
                }
                for k in 0..n {
                    let (x, y) = (a[p * n + k], a[q * n + k]);
                    (a[p * n + k], a[q * n + k]) = (cosine * x - sine * y, sine * x + cosine * y);
                    let (x, y) = (vectors[k * n + p], vectors[k * n + q]);
                    (vectors[k * n + p], vectors[k * n + q]) = (cosine * x - sine * y, sine * x + cosine * y);
                }
            }
        }
    }
    let roots: Vec<f64> = (0..n).map(|i| a[i * n + i].max(0.0).sqrt()).collect();
    let entry = |i: usize, j: usize| (0..n).map(|k| vectors[i * n + k] * roots[k] * vectors[j * n + k]).sum();
    (0..n * n).map(|at| entry(at / n, at % n)).collect()
}

#[cfg(test)]
mod tests {
    use super::square_root;

    /// Of a matrix of rank two, of the identity and of one that is diagonal but for a small entry.
    #[test]
    fn squares_to_the_matrix() {
        let low = [5.0, 2.0, -1.0, 2.0, 1.0, -1.0, -1.0, -1.0, 2.0];
        let diagonal = [4.0, 1e-9, 0.0, 1e-9, 1.0, 0.0, 0.0, 0.0, 9.0];
        for matrix in [low, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], diagonal] {
            let root = square_root(&matrix, 3);
            for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
                let square: f64 = (0..3).map(|k| root[3 * i + k] * root[3 * k + j]).sum();
                assert!(
                    (square - matrix[3 * i + j]).abs() < 1e-14 && (root[3 * i + j] - root[3 * j + i]).abs() < 1e-14
                );
            }
        }
    }
}
