//! The coordinates in which the lattice's points are.

use crate::numerics::square_root;

/// Points less their middle, times `scale`.
pub(super) fn centred(points: &[Vec<f64>], scale: f64) -> Vec<Vec<f64>> {
    let (n, width) = (points.len(), points[0].len());
    let middle: Vec<f64> = (0..width).map(|a| points.iter().map(|p| p[a]).sum::<f64>() / n as f64).collect();
    points.iter().map(|p| p.iter().zip(&middle).map(|(x, m)| scale * (x - m)).collect()).collect()
}

/// Their scalar products, row by row.
pub(super) fn gram(points: &[Vec<f64>]) -> Vec<f64> {
    let n = points.len();
    let product = |i: usize, j: usize| points[i].iter().zip(&points[j]).map(|(x, y)| x * y).sum();
    (0..n * n).map(|at| product(at / n, at % n)).collect()
}

/// `n` points of one coordinate less with these scalar products, those of points whose middle is the origin. They change as smoothly as
/// the products do, for an average changes with them by the lattice's error.
pub(super) fn rooted(gram: &[f64], n: usize) -> Vec<Vec<f64>> {
    // The root's rows are orthogonal to (1, ..., 1), beside which Helmert's basis is complete: its j-th vector has j equal entries and one more.
    let helmert = |row: &[f64], j: usize| {
        let j = j as f64;
        (row[..j as usize].iter().sum::<f64>() - j * row[j as usize]) / (j * (j + 1.0)).sqrt()
    };
    square_root(gram, n).chunks_exact(n).map(|row| (1..n).map(|j| helmert(row, j)).collect()).collect()
}
