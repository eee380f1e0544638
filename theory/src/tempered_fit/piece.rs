//! One component of a fit, with log p at nodes of its law.

/// log p under a component: a function of what the nodes sample, and -precision |x|^2/2 of all that lies across, which is
/// closed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) weight: f64,
    pub(super) variance: f64,
    /// Of log p across.
    pub(super) precision: f64,
    /// Dimensions across.
    pub(super) others: f64,
    /// The square of the mean's part there.
    pub(super) across: f64,
    /// Log p of the nodes' part at the mean: from there differences are taken.
    pub(super) here: f64,
    /// What the nodes weigh, one together, and log p there.
    pub(super) shares: Vec<f64>,
    pub(super) logs: Vec<f64>,
}

/// LogDensityMoments of log p under one component, up to a common constant.
pub(super) struct LogDensityMoments {
    pub(super) mean: f64,
    pub(super) variance: f64,
}

impl Piece {
    /// LogDensityMoments; those of -precision |x_perp|^2/2 are closed.
    pub(super) fn moments(&self) -> LogDensityMoments {
        let (var, precision) = (self.variance, self.precision);
        let first = self.average(|log| log - self.here);
        let second = self.average(|log| (log - self.here - first) * (log - self.here - first));
        LogDensityMoments {
            mean: -0.5 * precision * (self.others * var + self.across) + self.here + first,
            variance: precision * precision * (0.5 * self.others * var * var + var * self.across) + second,
        }
    }

    /// log E p^power.
    pub(super) fn log_power(&self, power: f64) -> f64 {
        let spread = 1.0 + power * self.precision * self.variance;
        let across = -self.others / 2.0 * spread.ln() - power * self.precision * self.across / (2.0 * spread);
        // No power of the largest overflows.
        let top = self.logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        across + power * top + self.average(|log| (power * (log - top)).exp()).ln()
    }

    fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.shares.iter().zip(&self.logs).map(|(share, log)| share * f(*log)).sum()
    }
}
