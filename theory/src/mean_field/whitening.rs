//! Linear maps that make the components of a mixture round, mean field 8.

use super::gaussian_mixture::GaussianMixture;
use crate::numerics::{cholesky, forward};
use crate::parameter::{InvalidParameter, Part};

/// A mixture in coordinates in which its pooled covariance sum_k v_k Sigma_k = C C^T is the unit matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Whitened {
    /// The law of z = C^-1 x.
    pub target: GaussianMixture,
    /// C by rows, lower triangular: x = C z.
    pub factor: Vec<Vec<f64>>,
}

impl GaussianMixture {
    /// The mixture in z = C^-1 x, C C^T = sum_k v_k Sigma_k. KL at T = 1 is the same in x and in z, for laws that are mapped along; so
    /// is what a rotation of z and a product measure reach, 0 for two components of equal covariance. (Product measures in z are
    /// none in x.)
    ///
    /// Errors: a pooled covariance that is singular to rounding.
    pub fn whitened(&self) -> Result<Whitened, InvalidParameter> {
        let d = self.dimension();
        let components = 0..self.weights().len();
        let entry =
            |i: usize, j: usize| components.clone().map(|k| self.weights()[k] * self.covariance_of(k)[i][j]).sum();
        let pooled: Vec<Vec<f64>> = (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect();
        let Some(factor) = cholesky(&pooled) else {
            return Err(InvalidParameter::new(
                "covariances",
                format!("{pooled:?}"),
                "be positive definite when pooled",
            )
            .of(Part::Target));
        };
        let mean = |k: usize| forward(&factor, self.mean_of(k));
        let covariance = |k: usize| -> Vec<Vec<f64>> {
            // C^-1 Sigma, row by row of Sigma; then C^-1 of its transpose.
            let half: Vec<Vec<f64>> = self.covariance_of(k).iter().map(|row| forward(&factor, row)).collect();
            let column = |j: usize| forward(&factor, &half.iter().map(|row| row[j]).collect::<Vec<_>>());
            let whole: Vec<Vec<f64>> = (0..d).map(column).collect();
            (0..d).map(|i| (0..d).map(|j| 0.5 * (whole[i][j] + whole[j][i])).collect()).collect()
        };
        let means = components.clone().map(mean).collect();
        let covariances = components.clone().map(covariance).collect();
        let target = Self::new(self.weights().to_vec(), means, covariances)?;
        Ok(Whitened { target, factor })
    }
}
