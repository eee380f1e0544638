//! Double wells side by side.

use std::f64::consts::PI;

/// m double wells: f(x) = sum_j (-x_{2j-1}^4 + 6 x_{2j-1}^2 + x_{2j-1}/2 - x_{2j}^2/2) in d = 2m.
///
/// Two modes a pair, the half lines x_{2j-1} < 0 and > 0 (in this order): 2^m modes of p in m groups of two. With m = 16 the
/// benchmark of arXiv 2208.01893; a single well is that of Noé et al., Science 365, eaaw1147 (2019).
#[derive(Debug, Clone, PartialEq)]
pub struct ManyWell {
    wells: usize,
    /// The share of x > 0 in one well.
    right: f64,
    /// log of the integral over x_{2j-1}.
    log_z: f64,
}

/// Nodes of the trapezoidal rule a unit, and its reach: exact to rounding for an entire function that falls as e^(-x^4).
const NODES: i32 = 64;
const REACH: i32 = 5;

impl ManyWell {
    pub(super) fn new(wells: usize) -> Self {
        let term = |i: i32| libm::exp(well(f64::from(i) / f64::from(NODES)));
        let all: f64 = (-REACH * NODES..=REACH * NODES).map(term).sum::<f64>() / f64::from(NODES);
        // Simpson's rule on the half line, where the integrand is not periodic: error h^4 f''' / 180.
        let fine = 64 * NODES;
        let at = |i: i32| libm::exp(well(f64::from(i) / f64::from(fine)));
        let weight = |i: i32| if i == 0 || i == REACH * fine { 1.0 } else { 2.0 + 2.0 * f64::from(i % 2) };
        let right: f64 = (0..=REACH * fine).map(|i| weight(i) * at(i)).sum::<f64>() / f64::from(3 * fine);
        Self { wells, right: right / all, log_z: libm::log(all) }
    }

    pub(super) fn wells(&self) -> usize {
        self.wells
    }

    pub(super) fn log_z(&self) -> f64 {
        self.wells as f64 * (self.log_z + 0.5 * libm::log(2.0 * PI))
    }

    pub(super) fn shares(&self) -> Vec<f64> {
        [1.0 - self.right, self.right].repeat(self.wells)
    }

    pub(super) fn at(&self, x: &[f64], responsibilities: &mut [f64]) -> f64 {
        let pairs = x[..2 * self.wells].chunks_exact(2).zip(responsibilities.chunks_exact_mut(2));
        let one = |(x, s): (&[f64], &mut [f64])| {
            let right = f64::from(u8::from(x[0] > 0.0));
            s.copy_from_slice(&[1.0 - right, right]);
            well(x[0]) - 0.5 * x[1] * x[1]
        };
        pairs.map(one).sum()
    }

    pub(super) fn score(&self, x: &[f64], score: &mut [f64]) -> f64 {
        let pairs = x[..2 * self.wells].chunks_exact(2).zip(score.chunks_exact_mut(2));
        let one = |(x, out): (&[f64], &mut [f64])| {
            out.copy_from_slice(&[-4.0 * x[0] * x[0] * x[0] + 12.0 * x[0] + 0.5, -x[1]]);
            well(x[0]) - 0.5 * x[1] * x[1]
        };
        pairs.map(one).sum()
    }

    pub(super) fn in_plane(&self, beta: f64, at: [f64; 2]) -> f64 {
        let across = if self.wells > 1 { well(at[1]) } else { -0.5 * at[1] * at[1] };
        beta * (well(at[0]) + across)
    }

    /// f of one well's first coordinate: what is drawn has the density e^f/Z.
    pub fn well(x: f64) -> f64 {
        well(x)
    }
}

fn well(x: f64) -> f64 {
    let square = x * x;
    (6.0 - square) * square + 0.5 * x
}
