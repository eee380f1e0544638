//! The coordinates in which the lattice's points are.

use crate::numerics::square_root;

/// Points less their middle times `scale`, turned into fewer coordinates if they are fewer than those: a frame that changes as smoothly as
/// the points do, for an average changes with it by the lattice's error.
pub(super) fn loadings(points: &[Vec<f64>], scale: f64) -> Vec<Vec<f64>> {
    let (n, width) = (points.len(), points[0].len());
    let middle: Vec<f64> = (0..width).map(|a| points.iter().map(|p| p[a]).sum::<f64>() / n as f64).collect();
    let less = |p: &Vec<f64>| p.iter().zip(&middle).map(|(x, m)| scale * (x - m)).collect();
    let centred: Vec<Vec<f64>> = points.iter().map(less).collect();
    if width < n {
        return centred;
    }
    let gram = |i: usize, j: usize| centred[i].iter().zip(&centred[j]).map(|(x, y)| x * y).sum();
    let root = square_root(&(0..n * n).map(|at| gram(at / n, at % n)).collect::<Vec<f64>>(), n);
    // Its rows are orthogonal to (1, ..., 1), beside which Helmert's basis is complete: its j-th vector has j equal entries and one more.
    let helmert = |row: &[f64], j: usize| {
        let j = j as f64;
        (row[..j as usize].iter().sum::<f64>() - j * row[j as usize]) / (j * (j + 1.0)).sqrt()
    };
    root.chunks_exact(n).map(|row| (1..n).map(|j| helmert(row, j)).collect()).collect()
}
