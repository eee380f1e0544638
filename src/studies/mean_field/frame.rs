//! Linear coordinates y = G x.

use collapsar_theory::GaussianMixture;

/// G by rows and |det G|; nothing for y = x.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Frame(Option<(Vec<Vec<f64>>, f64)>);

impl Frame {
    /// y = R^T C^-1 x in the plane, R by rows and C lower triangular.
    pub(super) fn in_plane(rotation: &[Vec<f64>], whitening: Option<&[Vec<f64>]>) -> Self {
        let inverse = whitening.map_or([[1.0, 0.0], [0.0, 1.0]], |c| {
            let (a, b, d) = (c[0][0], c[1][0], c[1][1]);
            [[1.0 / a, 0.0], [-b / (a * d), 1.0 / d]]
        });
        let entry = |i: usize, j: usize| (0..2).map(|k| rotation[k][i] * inverse[k][j]).sum();
        let rows = (0..2).map(|i| (0..2).map(|j| entry(i, j)).collect()).collect();
        Self(Some((rows, inverse[0][0] * inverse[1][1])))
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
