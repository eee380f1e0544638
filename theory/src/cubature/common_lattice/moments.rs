//! Mean and spread of some numbers over the shifts of a lattice.

use super::LatticeAverage;

/// By Welford's update, for the spread is far below the mean.
pub(super) struct ShiftMoments {
    /// Mean and sum of squares about it.
    kept: Vec<[f64; 2]>,
    shifts: usize,
}

impl ShiftMoments {
    pub(super) fn new(count: usize) -> Self {
        Self { kept: vec![[0.0; 2]; count], shifts: 0 }
    }

    pub(super) fn add(&mut self, values: &[f64]) {
        self.shifts += 1;
        for ([mean, squares], value) in self.kept.iter_mut().zip(values) {
            let step = value - *mean;
            *mean += step / self.shifts as f64;
            *squares += step * (value - *mean);
        }
    }

    /// Of numbers that are a logarithm, a trace and the probabilities of these classes.
    pub(super) fn average(&self, classes: &[usize]) -> LatticeAverage {
        let freedom = (self.shifts * (self.shifts - 1)) as f64;
        let probabilities = &self.kept[2..];
        LatticeAverage {
            log_sum: self.kept[0][0],
            trace: self.kept[1][0],
            error: probabilities.iter().map(|[_, squares]| (squares / freedom).sqrt()).fold(0.0, f64::max),
            mean: classes.iter().zip(probabilities).map(|(&k, [mean, _])| (k, *mean)).collect(),
        }
    }
}
