//! A mode by the samples of it.

/// Largest dimension in which covariances are kept.
const MOST_COVARIANCE: usize = 32;

/// A mode, by the samples of it in all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Mode {
    /// Mean.
    pub mean: Vec<f64>,
    /// Covariance by rows; empty in many dimensions.
    pub covariance: Vec<Vec<f64>>,
    /// The variance of each coordinate.
    pub variances: Vec<f64>,
}

impl Mode {
    /// The mean variance of a coordinate.
    pub fn variance(&self) -> f64 {
        self.variances.iter().sum::<f64>() / self.variances.len().max(1) as f64
    }
}

/// Sums over the samples of a mode.
#[derive(Debug, Clone)]
pub(crate) struct ModeSums {
    pub(crate) n: u64,
    /// The first sample, from which the others are measured.
    origin: Vec<f64>,
    sum: Vec<f64>,
    /// Of products by rows, or of squares.
    products: Vec<f64>,
}

impl ModeSums {
    pub(crate) fn new(d: usize) -> Self {
        let wide = d <= MOST_COVARIANCE;
        Self { n: 0, origin: Vec::new(), sum: vec![0.0; d], products: vec![0.0; if wide { d * d } else { d }] }
    }

    fn wide(&self) -> bool {
        self.products.len() > self.sum.len() || self.sum.len() == 1
    }

    pub(crate) fn add(&mut self, x: &[f64]) {
        if self.n == 0 {
            self.origin = x.to_vec();
        }
        self.n += 1;
        let d = x.len();
        let off: Vec<f64> = x.iter().zip(&self.origin).map(|(x, o)| x - o).collect();
        let wide = self.wide();
        for i in 0..d {
            self.sum[i] += off[i];
            if wide {
                for j in 0..d {
                    self.products[i * d + j] += off[i] * off[j];
                }
            } else {
                self.products[i] += off[i] * off[i];
            }
        }
    }

    pub(crate) fn join(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            self.clone_from(other);
            return;
        }
        // The other's sums from this origin.
        let (d, n) = (self.sum.len(), other.n as f64);
        let shift: Vec<f64> = other.origin.iter().zip(&self.origin).map(|(a, b)| a - b).collect();
        let wide = self.wide();
        for i in 0..d {
            if wide {
                for j in 0..d {
                    self.products[i * d + j] += other.products[i * d + j]
                        + shift[i] * other.sum[j]
                        + other.sum[i] * shift[j]
                        + n * shift[i] * shift[j];
                }
            } else {
                self.products[i] += other.products[i] + 2.0 * shift[i] * other.sum[i] + n * shift[i] * shift[i];
            }
        }
        for i in 0..d {
            self.sum[i] += other.sum[i] + n * shift[i];
        }
        self.n += other.n;
    }

    pub(crate) fn mode(&self) -> Mode {
        let (d, n) = (self.sum.len(), (self.n as f64).max(1.0));
        let off: Vec<f64> = self.sum.iter().map(|s| s / n).collect();
        let mean = (0..d).map(|i| off[i] + self.origin.get(i).copied().unwrap_or(0.0)).collect();
        let wide = self.wide();
        let product = |i: usize, j: usize| self.products[if wide { i * d + j } else { i }] / n - off[i] * off[j];
        let variances = (0..d).map(|i| product(i, i)).collect();
        let rows = if wide { d } else { 0 };
        let covariance = (0..rows).map(|i| (0..d).map(|j| product(i, j)).collect()).collect();
        Mode { mean, covariance, variances }
    }
}
