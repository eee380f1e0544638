//! What one coordinate adds to the scalar sum, and the grid that it needs.

use std::f64::consts::PI;
#[cfg(test)]
use std::f64::consts::TAU;

/// Largest step of a_j x. The marginals have the poles of log cosh at a_j x = i pi/2: the trapezoid rule errs by
/// e^(-pi^2/step), and at om = pi/step = 22, where grids no longer know psi_j, it has fallen by e^(-pi^2/(2 step)) = 5e-16.
const SHARP: f64 = 0.14;
/// Largest step in units of T^(1/2): a Gaussian of that deviation has e^(-(pi/step)^2/2) = 3e-18 beyond pi/step.
const SMOOTH: f64 = 0.35;
/// Deviations T^(1/2) kept beyond the means +-a_j of the extreme marginals: density e^(-45), 2e-20.
const REACH: f64 = 9.5;

/// Where log q has fallen so far, e^(-pi^2/(2 SHARP)) of it, the step need not be small.
const FALLEN: f64 = PI * PI / (2.0 * SHARP);
/// Members of the exponential family between the modes, and points on either side, from which a step is chosen.
const BETWEEN: usize = 8;
const SCANNED: usize = 256;

/// s(y) = slope y + bend y^2 of `count` coordinates, against the base N(0, T).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Term {
    pub(super) count: usize,
    pub(super) slope: f64,
    pub(super) bend: f64,
}

impl Term {
    /// Of two modes N(+-a, 1).
    pub(super) fn linear(half_separation: f64, count: usize) -> Self {
        Self { count, slope: half_separation, bend: 0.0 }
    }

    /// s(y).
    pub(super) fn at(&self, y: f64) -> f64 {
        self.slope * y + self.bend * y * y
    }

    /// Mean and variance of p_u prop. to exp(beta (-y^2/2 + u s(y))), for |u| <= 1: the modes at u = 1 and -1, and every
    /// marginal has its law of s between those two (the order theorem).
    pub(super) fn tilted(&self, u: f64, temperature: f64) -> (f64, f64) {
        let precision = 1.0 - 2.0 * u * self.bend;
        (u * self.slope / precision, temperature / precision)
    }

    /// The largest step of the grid and the largest |y| on it.
    pub(super) fn resolution(&self, temperature: f64) -> (f64, f64) {
        if self.bend == 0.0 {
            let deviation = temperature.sqrt();
            return ((SHARP / self.slope).min(SMOOTH * deviation), self.slope + REACH * deviation);
        }
        let between = |n: usize| self.tilted(2.0 * n as f64 / BETWEEN as f64 - 1.0, temperature);
        let all: Vec<(f64, f64)> = (0..=BETWEEN).map(between).collect();
        let reach = all.iter().map(|(mean, variance)| mean.abs() + REACH * variance.sqrt()).fold(0.0, f64::max);
        let narrowest = all.iter().map(|(_, variance)| variance.sqrt()).fold(f64::INFINITY, f64::min);
        // Where p_u has fallen by e^-E the poles of f may come closer: pi^2/(2 |s'| dx) + E stays above FALLEN.
        let step = |y: f64| {
            let fallen = |(mean, variance): &(f64, f64)| 0.5 * (y - mean) * (y - mean) / variance;
            let least = all.iter().map(fallen).fold(f64::INFINITY, f64::min);
            let steep = (self.slope + 2.0 * self.bend * y).abs();
            if least >= FALLEN { f64::INFINITY } else { 0.5 * PI * PI / (steep * (FALLEN - least)) }
        };
        let points = (0..=2 * SCANNED).map(|k| reach * (k as f64 / SCANNED as f64 - 1.0));
        (points.map(step).fold(SMOOTH * narrowest, f64::min), reach)
    }

    /// log E e^(theta s) under p_u at `temperature`, infinite where it does not exist.
    pub(super) fn cumulants(&self, theta: f64, u: f64, temperature: f64) -> f64 {
        let (mean, variance) = self.tilted(u, temperature);
        let left = 1.0 - 2.0 * theta * self.bend * variance;
        if left <= 0.0 {
            return f64::INFINITY;
        }
        let shifted = theta * self.at(mean) + 0.5 * (theta * self.slope).powi(2) * variance;
        shifted / left - 0.5 * libm::log(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the trapezoid rule.
    #[test]
    fn cumulants_are_logarithms_of_averages() {
        let term = Term { count: 1, slope: 1.3, bend: -0.2 };
        for (theta, u, temperature) in [(0.7, 1.0, 1.0), (-0.5, -1.0, 1.5), (-1.5, 0.3, 0.8)] {
            let (mean, variance) = term.tilted(u, temperature);
            let dy = 0.01;
            let sum: f64 = (-4000..=4000)
                .map(|k| {
                    let y = mean + dy * f64::from(k);
                    (theta * term.at(y) - 0.5 * (y - mean) * (y - mean) / variance).exp()
                })
                .sum();
            let truth = (sum * dy / (TAU * variance).sqrt()).ln();
            let found = term.cumulants(theta, u, temperature);
            assert!((found - truth).abs() < 1e-12 * (1.0 + truth.abs()), "{theta}: {found} {truth}");
        }
        assert_eq!(term.cumulants(-3.0, -1.0, 1.0), f64::INFINITY);
    }
}
