//! One marginal q_j on its grid.

use std::f64::consts::{LN_2, PI};

use super::lattice::{Axis, Sides};

/// q_j(x) = phi_beta(x) e^(tilt(x)), phi_beta = N(0, 1/beta), and its masses on the grid.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marginal {
    pub(super) tilt: Sides,
    pub(super) mass: Sides,
}

/// Largest tilt for which e^tilt - 1 is summed; beyond, the largest term is taken out first, against overflow.
const MILD: f64 = 30.0;

/// Bases below this are met by tilts whose exponential overflows.
const FAINT: f64 = 1e-280;

/// Room between the square waves of neighbouring periods, relative to the widest distance on a grid.
const APART: f64 = 1.05;

impl Marginal {
    /// The normalised marginal with log density log phi_beta + `tilt` + const.
    pub(super) fn new(axis: &Axis, tilt: &Sides) -> Self {
        let most = tilt.plus.iter().chain(&tilt.minus).fold(f64::NEG_INFINITY, |m, &t| m.max(t));
        let log_sum = if most <= MILD {
            // The sum of phi_beta alone is 1: what is left is as accurate as the tilt, however small.
            let excess = |k: usize| axis.base[k] * (libm::expm1(tilt.plus[k]) + libm::expm1(tilt.minus[k]));
            libm::log1p((0..axis.x.len()).rev().map(excess).sum())
        } else {
            let height = |k: usize, t: f64| axis.log_base[k] + t;
            let both = |k: usize| (height(k, tilt.plus[k]), height(k, tilt.minus[k]));
            let top = (0..axis.x.len()).map(both).fold(f64::NEG_INFINITY, |m, (p, n)| m.max(p).max(n));
            let terms = (0..axis.x.len()).rev().map(both);
            top + libm::log(terms.map(|(p, n)| libm::exp(p - top) + libm::exp(n - top)).sum())
        };
        let tilt = tilt.map(|t| t - log_sum);
        let mass = |(k, t): (usize, &f64)| {
            if axis.base[k] > FAINT { axis.base[k] * libm::exp(*t) } else { libm::exp(axis.log_base[k] + t) }
        };
        let masses = |side: &[f64]| side.iter().enumerate().map(mass).collect();
        let mass = Sides { plus: masses(&tilt.plus), minus: masses(&tilt.minus) };
        Self { tilt, mass }
    }

    /// Makes -x what x is.
    pub(super) fn symmetrise(&mut self) {
        self.tilt.minus.copy_from_slice(&self.tilt.plus);
        self.mass.minus.copy_from_slice(&self.mass.plus);
    }

    /// E f(X) of numbers on the grid.
    pub(super) fn mean_of(&self, f: &Sides) -> f64 {
        self.mass.dot(f)
    }

    /// E X and Var X.
    pub(super) fn moments(&self, axis: &Axis) -> (f64, f64) {
        let (mut first, mut second) = (0.0, 0.0);
        for k in (0..axis.x.len()).rev() {
            first += axis.x[k] * (self.mass.plus[k] - self.mass.minus[k]);
            second += axis.x[k] * axis.x[k] * (self.mass.plus[k] + self.mass.minus[k]);
        }
        (first, second - first * first)
    }

    /// P(X > c), by the square wave of period twice the widest distance on the grid in place of the step: spectrally
    /// accurate, where a one-sided trapezoid sum is not.
    pub(super) fn above(&self, axis: &Axis, c: f64) -> f64 {
        let last = axis.x[axis.x.len() - 1];
        if c.abs() >= last {
            return if c < 0.0 { 1.0 } else { 0.0 };
        }
        let step = 2.0 * PI / (2.0 * APART * last);
        let count = (PI / axis.dx / step) as usize;
        let mut total = 0.0;
        for (k, &x) in axis.x.iter().enumerate() {
            total += self.mass.plus[k] * square_wave(x - c, step, count);
            total += self.mass.minus[k] * square_wave(-x - c, step, count);
        }
        0.5 + total
    }

    /// (x, q(x)) on the grid, x ascending.
    pub(super) fn density(&self, axis: &Axis) -> Vec<(f64, f64)> {
        // The weight at 0 is shared between the two sides.
        let log_dx = libm::log(axis.dx);
        let value = |k: usize, tilt: f64| {
            let shared = if k == 0 { LN_2 } else { 0.0 };
            libm::exp(axis.log_base[k] + shared - log_dx + tilt)
        };
        let left = (1..axis.x.len()).rev().map(|k| (-axis.x[k], value(k, self.tilt.minus[k])));
        left.chain((0..axis.x.len()).map(|k| (axis.x[k], value(k, self.tilt.plus[k])))).collect()
    }
}

/// The band-limited step of height 1/2: (step/pi) sum_m sin(om_m x)/om_m, om_m = (m + 1/2) step.
fn square_wave(x: f64, step: f64, count: usize) -> f64 {
    let (turn_sin, turn_cos) = libm::sincos(step * x);
    let (mut sin, mut cos) = libm::sincos(0.5 * step * x);
    let mut sum = 0.0;
    for m in 0..count {
        sum += sin / (m as f64 + 0.5);
        (sin, cos) = (sin * turn_cos + cos * turn_sin, cos * turn_cos - sin * turn_sin);
    }
    sum / PI
}
