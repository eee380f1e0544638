//! In which directions precisions differ.

use crate::frame::extend;
use crate::mean_field::eigenpairs;
use crate::shape::Covariance;

/// Relative difference of eigenvalues that count as one.
const SAME_EIGENVALUE: f64 = 1e-12;

/// What of the precisions differs from the first in the frame of `dimension` coordinates: directions and multiples of I. The
/// multiples are those across the frame, where precisions have `rests` there.
pub(super) fn differences(
    precisions: &[Covariance],
    rests: &[f64],
    first: usize,
    dimension: usize,
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let (mut special, mut across) = (Vec::new(), Vec::new());
    for (class, precision) in precisions.iter().enumerate() {
        let rest = rests.get(class).map(|rest| rest - rests[first]);
        let (directions, multiple) = apart(precision, &precisions[first], rest, dimension);
        directions.iter().for_each(|direction| extend(&mut special, direction));
        across.push(multiple);
    }
    (special, across)
}

/// The eigenvectors of the difference of two precisions but for those of the eigenvalue `rest`, else the most frequent one, and
/// that eigenvalue.
fn apart(precision: &Covariance, reference: &Covariance, rest: Option<f64>, dimension: usize) -> (Vec<Vec<f64>>, f64) {
    if let (Covariance::Isotropic(p), Covariance::Isotropic(q)) = (precision, reference) {
        return (Vec::new(), p - q);
    }
    let entry = |of: &Covariance, i: usize, j: usize| match of {
        Covariance::Isotropic(p) => {
            if i == j {
                *p
            } else {
                0.0
            }
        }
        Covariance::Full(rows) => rows[i][j],
    };
    let row = |i: usize| (0..dimension).map(|j| entry(precision, i, j) - entry(reference, i, j)).collect();
    let size = (0..dimension).map(|i| entry(precision, i, i).max(entry(reference, i, i))).fold(0.0, f64::max);
    let pairs = eigenpairs((0..dimension).map(row).collect());
    let near = |x: f64| pairs.iter().filter(|(y, _)| (x - y).abs() <= SAME_EIGENVALUE * size).count();
    let frequent = |best: (usize, f64), x: f64| if near(x) > best.0 { (near(x), x) } else { best };
    let most = rest.unwrap_or_else(|| pairs.iter().map(|(x, _)| *x).fold((0, 0.0), frequent).1);
    let other = |(x, _): &(f64, Vec<f64>)| (x - most).abs() > SAME_EIGENVALUE * size;
    (pairs.iter().filter(|pair| other(pair)).map(|(_, v)| v.clone()).collect(), most)
}
