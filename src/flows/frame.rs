//! A frame that is trained with the maps of the coordinates: x = R y, R = cay(X) = (1 - X/2)^-1 (1 + X/2), X skew.

use nalgebra::DMatrix;

use crate::flows::real::Real;

/// R in d dimensions, the entries of X above its diagonal being the parameters, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    rotation: DMatrix<f64>,
    /// (1 - X/2)^-1.
    inverse: DMatrix<f64>,
}

impl Frame {
    /// Number of parameters.
    pub(crate) fn parameters(dimension: usize) -> usize {
        dimension * (dimension - 1) / 2
    }

    /// R = 1.
    pub(crate) fn identity(dimension: usize) -> Self {
        let one = DMatrix::identity(dimension, dimension);
        Self { rotation: one.clone(), inverse: one }
    }

    /// Takes new parameters.
    pub(crate) fn set<T: Real>(&mut self, parameters: &[T]) {
        let d = self.rotation.nrows();
        let mut half = DMatrix::zeros(d, d);
        let mut entries = parameters.iter();
        for i in 0..d {
            for j in i + 1..d {
                let x = entries.next().map_or(0.0, |x| 0.5 * x.to_f64());
                (half[(i, j)], half[(j, i)]) = (x, -x);
            }
        }
        let one = DMatrix::identity(d, d);
        // 1 - X/2 has the symmetric part 1: only parameters that are not finite have no inverse.
        self.inverse = (&one - &half).try_inverse().unwrap_or_else(|| DMatrix::from_element(d, d, f64::NAN));
        self.rotation = &self.inverse * (one + half);
    }

    /// x = R y.
    pub(crate) fn turn(&self, y: &[f64], x: &mut [f64]) {
        x.fill(0.0);
        for (column, y) in self.rotation.column_iter().zip(y) {
            x.iter_mut().zip(column.iter()).for_each(|(x, r)| *x += r * y);
        }
    }

    /// y = R^T x.
    pub(crate) fn back(&self, x: &[f64], y: &mut [f64]) {
        for (column, y) in self.rotation.column_iter().zip(y) {
            *y = column.iter().zip(x).map(|(r, x)| r * x).sum();
        }
    }

    /// Adds to `out` the gradient with respect to the parameters, `slopes` being that with respect to R.
    ///
    /// dR = (1 - X/2)^-1 (dX/2) (1 + R), so it is M - M^T above the diagonal, M = (1 - X/2)^-T slopes (1 + R)^T/2.
    pub(crate) fn pull(&self, slopes: &DMatrix<f64>, out: &mut [f64]) {
        let d = self.rotation.nrows();
        let one = DMatrix::identity(d, d);
        let m = self.inverse.tr_mul(slopes) * (one + &self.rotation).transpose() * 0.5;
        let mut entries = out.iter_mut();
        for i in 0..d {
            for j in i + 1..d {
                if let Some(out) = entries.next() {
                    *out += m[(i, j)] - m[(j, i)];
                }
            }
        }
    }
}
