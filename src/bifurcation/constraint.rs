//! The states of the sphere pair that exist: those with a positive semidefinite Gram matrix.

use nalgebra::{Matrix3, SymmetricEigen};

use super::equilibria::Admissible;

/// Eigenvalue of the Gram matrix, of entries of order one, that counts as zero; states are known to about 1e-14.
const NULL: f64 = 1e-9;

/// First-order change of the edge, per unit of the direction, that counts as none.
const ALONG: f64 = 1e-6;

/// Whether a direction in `(m_1, m_2, s)` keeps the Gram matrix `[[1, m1, m2], [m1, 1, s], [m2, s, 1]]` positive
/// semidefinite, to first order: its change restricted to the null space must be.
pub fn admissible([m1, m2, s]: [f64; 3], direction: &[f64]) -> Admissible {
    let gram = Matrix3::new(1.0, m1, m2, m1, 1.0, s, m2, s, 1.0);
    let change = match direction {
        [d1, d2, ds] => Matrix3::new(0.0, *d1, *d2, *d1, 0.0, *ds, *d2, *ds, 0.0),
        _ => return Admissible::Never,
    };
    let eigen = SymmetricEigen::new(gram);
    let null: Vec<usize> = (0..3).filter(|&i| eigen.eigenvalues[i].abs() < NULL).collect();
    let entry = |i: usize, j: usize| eigen.eigenvectors.column(i).dot(&(change * eigen.eigenvectors.column(j)));
    let extremes = match null.as_slice() {
        [] => return Admissible::Both,
        [i] => [entry(*i, *i); 2],
        [i, j, ..] => {
            let (a, b, c) = (entry(*i, *i), entry(*i, *j), entry(*j, *j));
            let (middle, radius) = (0.5 * (a + c), (0.25 * (a - c) * (a - c) + b * b).sqrt());
            [middle - radius, middle + radius]
        }
    };
    match extremes.map(|value| if value.abs() < ALONG { 0.0 } else { value.signum() }) {
        [0.0, 0.0] => Admissible::Both,
        [-1.0, 1.0] => Admissible::Never,
        _ => Admissible::OneSided,
    }
}
