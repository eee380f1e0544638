//! Eigenvalues and eigenvectors.

use collapsar::bifurcation::{eigenvalues, eigenvector, unstable_count};

use crate::planted::near;

#[test]
fn eigenvalues_of_planted_matrices() {
    // Companion matrix of (x - 1)(x - 2)(x + 3) = x^3 - 7 x + 6.
    let values = eigenvalues(&[0.0, 7.0, -6.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).expect("finite");
    // Condition numbers of a companion matrix this small stay below 100.
    for (value, expected) in values.iter().zip([2.0, 1.0, -3.0]) {
        near(value.re, expected, 1e-12);
        near(value.im, 0.0, 1e-12);
    }
    assert_eq!(unstable_count(&values, 1e-10), 2);
    let turning = eigenvalues(&[0.5, -2.0, 2.0, 0.5]).expect("finite");
    near(turning[0].im, 2.0, 1e-14);
    near(turning[1].im, -2.0, 1e-14);
}

#[test]
fn eigenvector_of_a_saddle_points_along_its_unstable_manifold() {
    let (matrix, root) = ([1.0, 2.0, 3.0, 2.0], 4.0);
    let vector = eigenvector(&matrix, root).expect("finite");
    near(vector[0] * matrix[0] + vector[1] * matrix[1], root * vector[0], 1e-14);
    near(vector[0] * matrix[2] + vector[1] * matrix[3], root * vector[1], 1e-14);
    near(vector[0].hypot(vector[1]), 1.0, 1e-14);
    assert!(vector[1] > 0.0);
}

#[test]
fn no_spectrum_without_finite_entries_or_a_square() {
    assert_eq!(eigenvalues(&[1.0, f64::NAN, 0.0, 1.0]), None);
    assert_eq!(eigenvalues(&[1.0, 2.0, 3.0]), None);
    assert_eq!(eigenvector(&[1.0, 2.0, 3.0], 1.0), None);
    assert_eq!(eigenvalues(&[]), Some(Vec::new()));
}
