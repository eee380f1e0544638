//! Two arcs of a circle.

use std::f64::consts::{LN_2, TAU};

use super::log_sum;

/// f(x) = -((|x| - 2)/0.2)^2/2 + log(e^{-((x_1 - 2)/0.3)^2/2} + e^{-((x_1 + 2)/0.3)^2/2}): two moons, x_1 > 0 and x_1 < 0.
///
/// Potential 1 of Rezende and Mohamed, arXiv 1505.05770, table 1, with half of its widths, as in normflows (Stimper et al.,
/// JOSS 8, 5361, 2023).
#[derive(Debug, Clone, PartialEq)]
pub struct TwoMoons {
    log_z: f64,
}

/// The radius and its width, the place of a side and its width.
const RADIUS: f64 = 2.0;
const THICK: f64 = 0.2;
const SIDE: f64 = 2.0;
const WIDE: f64 = 0.3;
/// Nodes in radius and angle; standard deviations of the radius that are integrated.
const NODES: u32 = 400;
const REACH: f64 = 9.0;

impl TwoMoons {
    pub(super) fn new() -> Self {
        let moons = Self { log_z: 0.0 };
        // Trapezoidal rules in polar coordinates: periodic in the angle, falling as a Gaussian in the radius.
        let (step, turn) = (2.0 * REACH * THICK / f64::from(NODES), TAU / f64::from(NODES));
        let mut sum = 0.0;
        for i in 0..=NODES {
            let r = RADIUS - REACH * THICK + step * f64::from(i);
            for j in 0..NODES {
                let (sin, cos) = libm::sincos(turn * f64::from(j));
                sum += r * libm::exp(moons.at([r * cos, r * sin], &mut [0.0; 2]));
            }
        }
        Self { log_z: libm::log(sum * step * turn) }
    }

    pub(super) fn log_z(&self) -> f64 {
        self.log_z
    }

    pub(super) fn at(&self, x: [f64; 2], responsibilities: &mut [f64]) -> f64 {
        let radial = (libm::hypot(x[0], x[1]) - RADIUS) / THICK;
        let side = |sign: f64| -0.5 * ((x[0] - sign * SIDE) / WIDE) * ((x[0] - sign * SIDE) / WIDE);
        log_sum([side(1.0), side(-1.0)], responsibilities) - 0.5 * radial * radial
    }

    pub(super) fn score(&self, x: [f64; 2], score: &mut [f64]) -> f64 {
        let mut shares = [0.0; 2];
        let value = self.at(x, &mut shares);
        let r = libm::hypot(x[0], x[1]).max(f64::MIN_POSITIVE);
        let radial = -(r - RADIUS) / (THICK * THICK * r);
        let side = -(x[0] - SIDE * (shares[0] - shares[1])) / (WIDE * WIDE);
        score[0] = radial * x[0] + side;
        score[1] = radial * x[1];
        value
    }

    /// Radius and width of the circle: a radius of density r e^{-((r - 2)/0.2)^2/2} at a uniform angle, kept with probability
    /// e^{f} over its radial part (at most 2), is a draw.
    pub fn circle(&self) -> (f64, f64) {
        (RADIUS, THICK)
    }

    /// The logarithm of that probability, at most 0.
    pub fn log_kept(&self, x: [f64; 2]) -> f64 {
        let radial = (libm::hypot(x[0], x[1]) - RADIUS) / THICK;
        self.at(x, &mut [0.0; 2]) + 0.5 * radial * radial - LN_2
    }
}
