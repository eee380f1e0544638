//! Small dense problems.

/// Sweeps of Jacobi rotations; they converge quadratically, in six to ten.
const SWEEPS: usize = 40;

/// The eigenvalues of a symmetric matrix, ascending, by cyclic Jacobi rotations: absolute error a few ulps of the norm.
pub(super) fn eigenvalues(mut a: Vec<Vec<f64>>) -> Vec<f64> {
    diagonalise(&mut a, &mut []);
    let mut values: Vec<f64> = (0..a.len()).map(|i| a[i][i]).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The eigenvalues, ascending, with their unit vectors.
pub(crate) fn eigenpairs(mut a: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
    let n = a.len();
    // Row i of the turned unit matrix is vector i.
    let mut vectors: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    diagonalise(&mut a, &mut vectors);
    let mut pairs: Vec<(f64, Vec<f64>)> = vectors.into_iter().enumerate().map(|(i, v)| (a[i][i], v)).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    pairs
}

fn diagonalise(a: &mut [Vec<f64>], vectors: &mut [Vec<f64>]) {
    let n = a.len();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        let size: f64 = (0..n).map(|i| a[i][i] * a[i][i]).sum();
        if off <= (f64::EPSILON * f64::EPSILON * 1e-2) * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(a, vectors, p, q);
            }
        }
    }
}

/// The rotation that clears a_pq.
fn rotate(a: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let ratio = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let tan = ratio.signum() / (ratio.abs() + (1.0 + ratio * ratio).sqrt());
    let cos = 1.0 / (1.0 + tan * tan).sqrt();
    let sin = tan * cos;
    for row in a.iter_mut() {
        let (x, y) = (row[p], row[q]);
        (row[p], row[q]) = (cos * x - sin * y, sin * x + cos * y);
    }
    turn_rows(a, p, q, cos, sin);
    if !vectors.is_empty() {
        turn_rows(vectors, p, q, cos, sin);
    }
}

fn turn_rows(rows: &mut [Vec<f64>], p: usize, q: usize, cos: f64, sin: f64) {
    let (head, tail) = rows.split_at_mut(q);
    for (x, y) in head[p].iter_mut().zip(&mut tail[0]) {
        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
    }
}

/// y that minimises |e_1 - H y| for an upper Hessenberg H given by columns, and the minimum: Givens rotations.
pub(super) fn least_squares(columns: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let n = columns.len();
    let mut r = columns.to_vec();
    let mut right = vec![0.0; n + 1];
    right[0] = 1.0;
    let mut rotations: Vec<(f64, f64)> = Vec::with_capacity(n);
    for j in 0..n {
        for (i, &(c, s)) in rotations.iter().enumerate() {
            let (x, y) = (r[j][i], r[j][i + 1]);
            (r[j][i], r[j][i + 1]) = (c * x + s * y, c * y - s * x);
        }
        let size = r[j][j].hypot(r[j][j + 1]);
        let (c, s) = if size > 0.0 { (r[j][j] / size, r[j][j + 1] / size) } else { (1.0, 0.0) };
        r[j][j] = size;
        (right[j], right[j + 1]) = (c * right[j], -s * right[j]);
        rotations.push((c, s));
    }
    let mut y = vec![0.0; n];
    for i in (0..n).rev() {
        let rest: f64 = (i + 1..n).map(|j| r[j][i] * y[j]).sum();
        y[i] = if r[i][i] > 0.0 { (right[i] - rest) / r[i][i] } else { 0.0 };
    }
    (y, right[n].abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_of_the_second_difference() {
        let n = 12;
        let entry = |i: usize, j: usize| {
            if i == j {
                2.0
            } else if i.abs_diff(j) == 1 {
                -1.0
            } else {
                0.0
            }
        };
        let values = eigenvalues((0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect());
        for (k, value) in values.iter().enumerate() {
            let half = std::f64::consts::PI * (k + 1) as f64 / (2 * (n + 1)) as f64;
            assert!((value - 4.0 * half.sin().powi(2)).abs() < 1e-14);
        }
        let pairs = eigenpairs((0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect());
        for (k, (value, v)) in pairs.iter().enumerate() {
            assert!((value - values[k]).abs() < 1e-14);
            for i in 0..n {
                let image: f64 = (0..n).map(|j| entry(i, j) * v[j]).sum();
                assert!((image - value * v[i]).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn least_squares_of_a_small_system() {
        // H = [[1, 2], [1, 0], [0, 1]]: normal equations [[2, 2], [2, 5]] y = (1, 2).
        let (y, residual) = least_squares(&[vec![1.0, 1.0], vec![2.0, 0.0, 1.0]]);
        assert!((y[0] - 1.0 / 6.0).abs() < 1e-15 && (y[1] - 1.0 / 3.0).abs() < 1e-15);
        assert!((residual - (1.0f64 / 6.0).sqrt()).abs() < 1e-15);
    }
}
