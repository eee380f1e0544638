//! Linear coordinates y = G x.

use collapsar_theory::GaussianMixture;

/// G by rows and |det G|; nothing for y = x.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RotatedFrame(Option<(Vec<Vec<f64>>, f64)>);

impl RotatedFrame {
    /// y = R^T C^-1 x, R by rows and C lower triangular.
    pub(super) fn turned(rotation: &[Vec<f64>], whitening: Option<&[Vec<f64>]>) -> Self {
        let d = rotation.len();
        // Column j of C^-1 by forward substitution.
        let column = |j: usize| -> Vec<f64> {
            let mut solved = vec![0.0; d];
            for i in 0..d {
                let unit = if i == j { 1.0 } else { 0.0 };
                solved[i] = match whitening {
                    None => unit,
                    Some(c) => (unit - (0..i).map(|k| c[i][k] * solved[k]).sum::<f64>()) / c[i][i],
                };
            }
            solved
        };
        let inverse: Vec<Vec<f64>> = (0..d).map(column).collect();
        let entry = |i: usize, j: usize| (0..d).map(|k| rotation[k][i] * inverse[j][k]).sum();
        let rows = (0..d).map(|i| (0..d).map(|j| entry(i, j)).collect()).collect();
        let volume = whitening.map_or(1.0, |c| (0..d).map(|i| 1.0 / c[i][i]).product());
        Self(Some((rows, volume)))
    }

    /// |det G|.
    pub(super) fn volume(&self) -> f64 {
        self.0.as_ref().map_or(1.0, |(_, volume)| *volume)
    }

    /// y_j of x.
    pub(super) fn coordinate(&self, j: usize, x: &[f64]) -> f64 {
        match &self.0 {
            None => x[j],
            Some((rows, _)) => rows[j].iter().zip(x).map(|(g, x)| g * x).sum(),
        }
    }

    /// Mean and variance of y_j under component `k`.
    pub(super) fn moments(&self, target: &GaussianMixture, k: usize, j: usize) -> (f64, f64) {
        let covariance = target.covariance_of(k);
        let variance = match &self.0 {
            None => covariance[j][j],
            Some((rows, _)) => {
                let row = &rows[j];
                let along = |i: usize| -> f64 { row.iter().zip(&covariance[i]).map(|(g, c)| g * c).sum() };
                (0..row.len()).map(|i| row[i] * along(i)).sum()
            }
        };
        (self.coordinate(j, target.mean_of(k)), variance)
    }
}
