//! The plane of the mode axis and the second direction.

use nalgebra::{DMatrix, DVector};

/// Variance along a direction, relative to the largest, below which points do not extend in it.
const FLAT: f64 = 1e-14;

/// Modes that span more than a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the modes extend in {0} directions about their middle: densities are drawn for modes on a line or in a plane")]
pub struct NotPlanar(pub usize);

/// A plane through the middle of the modes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    origin: DVector<f64>,
    axes: [DVector<f64>; 2],
}

impl Plane {
    /// The plane that holds all modes: first axis their principal direction (for two modes the line through them, towards
    /// the first), second axis their other direction if they have one, else the principal direction of `points` across
    /// the first, towards `points[0]`; zero where nothing extends that way.
    pub fn new(modes: &[Vec<f64>], points: &[Vec<f64>]) -> Result<Self, NotPlanar> {
        let width = modes.first().map_or(0, Vec::len);
        let vectors = |list: &[Vec<f64>]| list.iter().map(|v| DVector::from_column_slice(v)).collect::<Vec<_>>();
        let (modes, points) = (vectors(modes), vectors(points));
        let origin = modes.iter().fold(DVector::zeros(width), |sum, m| sum + m) / modes.len().max(1) as f64;
        let centred = |list: &[DVector<f64>]| list.iter().map(|v| v - &origin).collect::<Vec<_>>();
        let (modes, points) = (centred(&modes), centred(&points));
        let mut axes: Vec<DVector<f64>> = principal(&modes, &[], width);
        if axes.len() > 2 {
            return Err(NotPlanar(axes.len()));
        }
        let across = principal(&points, &axes, width);
        axes.extend(across);
        axes.resize(axes.len().max(2), DVector::zeros(width));
        let mut axes = [axes[0].clone(), axes[1].clone()];
        for (axis, towards) in axes.iter_mut().zip([modes.first(), points.first()]) {
            if towards.is_some_and(|v| v.dot(axis) < 0.0) {
                axis.neg_mut();
            }
        }
        Ok(Self { origin, axes })
    }

    /// The plane through the origin along two orthonormal vectors.
    pub fn of_axes(first: &[f64], second: &[f64]) -> Self {
        let axes = [first, second].map(DVector::from_column_slice);
        Self { origin: DVector::zeros(first.len()), axes }
    }

    /// The axes, each a unit vector or zero.
    pub fn axes(&self) -> [&[f64]; 2] {
        [self.axes[0].as_slice(), self.axes[1].as_slice()]
    }

    /// The vector at coordinates in the plane.
    pub fn embed(&self, [a, b]: [f64; 2]) -> Vec<f64> {
        (&self.origin + &self.axes[0] * a + &self.axes[1] * b).as_slice().to_vec()
    }

    /// The coordinates of a vector in the plane.
    pub fn project(&self, vector: &[f64]) -> [f64; 2] {
        let from = DVector::from_column_slice(vector) - &self.origin;
        [self.axes[0].dot(&from), self.axes[1].dot(&from)]
    }
}

/// The directions in which vectors extend, the longest first, across those of `known`.
fn principal(vectors: &[DVector<f64>], known: &[DVector<f64>], width: usize) -> Vec<DVector<f64>> {
    let largest = vectors.iter().map(|v| v.norm_squared()).fold(0.0, f64::max);
    let mut scatter = DMatrix::<f64>::zeros(width, width);
    for vector in vectors {
        let rest = known.iter().fold(vector.clone(), |rest, axis| &rest - axis * axis.dot(&rest));
        scatter += &rest * rest.transpose();
    }
    if largest == 0.0 || width == 0 {
        return Vec::new();
    }
    let eigen = scatter.symmetric_eigen();
    let mut order: Vec<usize> = (0..width).filter(|&i| eigen.eigenvalues[i] > FLAT * largest).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    order.into_iter().map(|i| eigen.eigenvectors.column(i).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_modes_give_their_axis_and_the_spread_across_it() {
        let modes = [vec![1.0, 2.0, 0.0], vec![-1.0, 0.0, 0.0]];
        let points = [vec![0.0, 1.0, 2.0], vec![0.3, 1.3, -1.0]];
        let plane = Plane::new(&modes, &points).unwrap();
        let half = 2.0_f64.sqrt();
        for (point, expected) in [(&modes[0], [half, 0.0]), (&modes[1], [-half, 0.0]), (&points[0], [0.0, 2.0])] {
            let found = plane.project(point);
            assert!((found[0] - expected[0]).abs() < 1e-14 && (found[1] - expected[1]).abs() < 1e-14, "{found:?}");
        }
        let back = plane.embed(plane.project(&points[0]));
        assert!(back.iter().zip(&points[0]).all(|(a, b)| (a - b).abs() < 1e-14), "{back:?}");
        let flat = Plane::new(&[vec![2.0], vec![-2.0]], &[vec![0.5]]).unwrap();
        assert_eq!((flat.project(&[0.5]), flat.project(&[2.0])), ([0.5, 0.0], [2.0, 0.0]));
    }

    #[test]
    fn three_modes_lie_in_it_and_four_may_not() {
        let modes = [vec![3.0, 0.0, 1.0], vec![-1.5, 2.6, 1.0], vec![-1.5, -2.6, 1.0]];
        let plane = Plane::new(&modes, &[]).unwrap();
        let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
        let (a, b) = (plane.project(&modes[0]), plane.project(&modes[1]));
        assert!((distance(&a, &b) - distance(&modes[0], &modes[1])).abs() < 1e-13);
        let corners = [vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0], vec![0.0, 0.0, 0.0]];
        assert_eq!(Plane::new(&corners, &[]), Err(NotPlanar(3)));
    }
}
