//! Frames at which a fit in many dimensions starts to turn.

use super::gaussian_mixture::GaussianMixture;
use super::linear::eigenpairs;
use super::orthogonal::{Matrix, frame, identity};
use crate::parameter::InvalidParameter;

/// A frame to start from, by the columns of R.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnStart {
    /// R = 1. A warning: for equal coordinates this is a stationary point of F*, and no minimum.
    Identity,
    /// This orthogonal matrix, by rows: a random one, say.
    Given(Vec<Vec<f64>>),
    /// The principal axes of the scatter of the modes, sum_k v_k (mu_k - c)(mu_k - c)^T; those of the pooled covariance where it is 0.
    Modes,
    /// The principal axes of the covariance of the whole target.
    Covariance,
}

/// The weight of the pooled covariance beside the scatter of the modes, relative to their traces: it decides where the scatter does not.
const ASIDE: f64 = 1e-5;

impl TurnStart {
    /// R for this target.
    ///
    /// Errors: a given matrix that is not orthogonal to 1e-8, or not of the target's dimension.
    pub fn rotation(&self, target: &GaussianMixture) -> Result<Matrix, InvalidParameter> {
        let d = target.dimension();
        match self {
            Self::Identity => Ok(identity(d)),
            Self::Given(rotation) => frame(rotation, d),
            Self::Modes => {
                let (between, within) = scatters(target);
                let trace = |a: &Matrix| (0..d).map(|i| a[i][i]).sum::<f64>();
                let share = ASIDE * trace(&between) / trace(&within);
                // One mode alone has no scatter.
                Ok(axes(&between, &within, if share > 0.0 { share } else { 1.0 }))
            }
            Self::Covariance => {
                let (between, within) = scatters(target);
                Ok(axes(&between, &within, 1.0))
            }
        }
    }
}

/// sum_k v_k (mu_k - c)(mu_k - c)^T and sum_k v_k Sigma_k.
fn scatters(target: &GaussianMixture) -> (Matrix, Matrix) {
    let (d, centre) = (target.dimension(), target.centre());
    let mut between = vec![vec![0.0; d]; d];
    let mut within = between.clone();
    for (k, v) in target.weights().iter().enumerate() {
        let (mean, covariance) = (target.mean_of(k), target.covariance_of(k));
        for i in 0..d {
            for j in 0..d {
                between[i][j] += v * (mean[i] - centre[i]) * (mean[j] - centre[j]);
                within[i][j] += v * covariance[i][j];
            }
        }
    }
    (between, within)
}

/// The eigenvectors of `between` + `share` `within` as columns, widest first.
fn axes(between: &[Vec<f64>], within: &[Vec<f64>], share: f64) -> Matrix {
    let both = between.iter().zip(within).map(|(b, w)| b.iter().zip(w).map(|(b, w)| b + share * w).collect());
    let vectors: Matrix = eigenpairs(both.collect()).into_iter().rev().map(|(_, vector)| vector).collect();
    let n = vectors.len();
    (0..n).map(|i| (0..n).map(|j| vectors[j][i]).collect()).collect()
}
