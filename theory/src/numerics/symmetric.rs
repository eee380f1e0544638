//! Symmetric positive definite matrices of a few rows.

/// The lower triangular C with C C^T = `matrix`, by rows; `None` where a pivot is not positive and finite.
pub(crate) fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut factor = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let left = matrix[i][j] - known;
            if i == j {
                if !(left > 0.0 && left.is_finite()) {
                    return None;
                }
                factor[i][i] = left.sqrt();
            } else {
                factor[i][j] = left / factor[j][j];
            }
        }
    }
    Some(factor)
}

/// The inverse of the matrix with this Cholesky factor, symmetric to the last bit.
pub(crate) fn inverse(factor: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = factor.len();
    // Column j of C^-1.
    let columns: Vec<Vec<f64>> = (0..n)
        .map(|j| {
            let mut x = vec![0.0; n];
            for i in j..n {
                let known: f64 = (j..i).map(|k| factor[i][k] * x[k]).sum();
                x[i] = (f64::from(u8::from(i == j)) - known) / factor[i][i];
            }
            x
        })
        .collect();
    let entry = |i: usize, j: usize| (i.max(j)..n).map(|k| columns[i][k] * columns[j][k]).sum();
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// C^-1 v, C the Cholesky factor.
pub(crate) fn forward(factor: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    let mut solved: Vec<f64> = Vec::with_capacity(v.len());
    for (i, row) in factor.iter().enumerate() {
        let known: f64 = solved.iter().zip(row).map(|(s, l)| s * l).sum();
        solved.push((v[i] - known) / row[i]);
    }
    solved
}

/// log det of the matrix with this Cholesky factor.
pub(crate) fn log_determinant(factor: &[Vec<f64>]) -> f64 {
    (0..factor.len()).map(|i| 2.0 * libm::log(factor[i][i])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_and_inverses_of_a_planted_matrix() {
        let planted = vec![vec![2.0, 0.0, 0.0], vec![-1.0, 0.5, 0.0], vec![0.3, 1.0, 1.5]];
        let product = |a: &[Vec<f64>], b: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            let entry = |i: usize, j: usize| (0..3).map(|k| a[i][k] * b(k, j)).sum();
            (0..3).map(|i| (0..3).map(|j| entry(i, j)).collect()).collect()
        };
        let matrix = product(&planted, &|i, j| planted[j][i]);
        let factor = cholesky(&matrix).unwrap();
        let inverse = inverse(&factor);
        let unit = product(&matrix, &|i, j| inverse[i][j]);
        for i in 0..3 {
            for j in 0..3 {
                assert!((factor[i][j] - planted[i][j]).abs() < 1e-14);
                assert!((unit[i][j] - f64::from(u8::from(i == j))).abs() < 1e-13);
                assert_eq!(inverse[i][j], inverse[j][i]);
            }
        }
        assert!((log_determinant(&factor) - 2.0 * 1.5f64.ln()).abs() < 1e-14);
        assert_eq!(cholesky(&[vec![1.0, 2.0], vec![2.0, 1.0]]), None);
        assert_eq!(cholesky(&[vec![f64::NAN]]), None);
    }
}
