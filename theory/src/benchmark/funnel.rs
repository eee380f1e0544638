//! One mode, as narrow as wide.

use std::f64::consts::TAU;

/// p(x) = N(x_1; 0, 9) prod_{i>1} N(x_i; 0, e^{x_1}): Neal, Annals of Statistics 31, 705 (2003), section 8, in d = 10. One mode:
/// what a fit loses is the neck or the mouth, which the divergence tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    dimension: usize,
}

/// The standard deviation of x_1.
const SPREAD: f64 = 3.0;

impl Funnel {
    pub(super) fn new(dimension: usize) -> Self {
        Self { dimension }
    }

    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    pub(super) fn at(&self, x: &[f64]) -> f64 {
        let square: f64 = x[1..self.dimension].iter().map(|x| x * x).sum();
        let rest = (self.dimension - 1) as f64;
        let first = x[0] / SPREAD;
        let constant = libm::log(SPREAD) + 0.5 * self.dimension as f64 * libm::log(TAU);
        -0.5 * (first * first + rest * x[0] + libm::exp(-x[0]) * square) - constant
    }

    pub(super) fn score(&self, x: &[f64], score: &mut [f64]) -> f64 {
        let rest = (self.dimension - 1) as f64;
        let square: f64 = x[1..self.dimension].iter().map(|x| x * x).sum();
        let narrow = libm::exp(-x[0]);
        score[0] = -x[0] / (SPREAD * SPREAD) - 0.5 * (rest - narrow * square);
        score[1..self.dimension].iter_mut().zip(&x[1..]).for_each(|(out, x)| *out = -narrow * x);
        self.at(x)
    }

    /// The others integrated: each gives e^{(1 - beta) x_1/2}.
    pub(super) fn in_plane(&self, beta: f64, at: [f64; 2]) -> f64 {
        let others = (self.dimension - 2) as f64 * (1.0 - beta) * at[0] / 2.0;
        let first = at[0] / SPREAD;
        -0.5 * beta * (first * first + at[0] + libm::exp(-at[0]) * at[1] * at[1]) + others
    }

    /// The standard deviation of x_1.
    pub fn spread(&self) -> f64 {
        SPREAD
    }
}
