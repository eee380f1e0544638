//! The averages of up to four classes.

/// Averages of a softmax of at most four classes; the mean squares follow from the row sums.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Few {
    pub(crate) mean: [f64; 4],
    /// `E p_j p_k` for `j != k`, symmetric.
    pub(crate) cross: [[f64; 4]; 4],
    pub(crate) log_sum: f64,
    /// Bound of the error of means and cross products, and of the logarithm.
    pub(crate) error: f64,
    pub(crate) log_sum_error: f64,
}

impl Few {
    pub(crate) fn set_cross(&mut self, j: usize, k: usize, value: f64) {
        self.cross[j][k] = value;
        self.cross[k][j] = value;
    }
}
