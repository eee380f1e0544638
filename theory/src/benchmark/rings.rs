//! Two circles about one centre.

use std::f64::consts::{PI, SQRT_2, TAU};

use super::log_sum;

/// f(x) = log sum_k e^{-((|x| - r_k)/s)^2/2} with radii 1 and 2 and s = 1/8: two rings, of weights close to r_k over their sum.
///
/// As in normflows (Stimper et al., JOSS 8, 5361, 2023). The origin is a cusp.
#[derive(Debug, Clone, PartialEq)]
pub struct Rings {
    shares: [f64; 2],
    log_z: f64,
}

const RADII: [f64; 2] = [1.0, 2.0];
const THICK: f64 = 0.125;

impl Rings {
    pub(super) fn new() -> Self {
        // 2 pi int_0^inf r e^{-((r - R)/s)^2/2} dr, in closed form.
        let mass = RADII.map(|radius| {
            let u = radius / THICK;
            let gaussian = radius * (PI / 2.0).sqrt() * (1.0 + libm::erf(u / SQRT_2));
            TAU * THICK * (THICK * libm::exp(-0.5 * u * u) + gaussian)
        });
        let total = mass[0] + mass[1];
        Self { shares: mass.map(|mass| mass / total), log_z: libm::log(total) }
    }

    pub(super) fn log_z(&self) -> f64 {
        self.log_z
    }

    /// v_k.
    pub fn shares(&self) -> [f64; 2] {
        self.shares
    }

    pub(super) fn at(&self, x: [f64; 2], responsibilities: &mut [f64]) -> f64 {
        let r = libm::hypot(x[0], x[1]);
        log_sum(RADII.map(|radius| -0.5 * ((r - radius) / THICK) * ((r - radius) / THICK)), responsibilities)
    }

    pub(super) fn score(&self, x: [f64; 2], score: &mut [f64]) -> f64 {
        let mut shares = [0.0; 2];
        let value = self.at(x, &mut shares);
        let r = libm::hypot(x[0], x[1]).max(f64::MIN_POSITIVE);
        let radial = -(r - shares[0] * RADII[0] - shares[1] * RADII[1]) / (THICK * THICK * r);
        score[0] = radial * x[0];
        score[1] = radial * x[1];
        value
    }

    /// r_k and s: a ring's radius has the density r e^{-((r - r_k)/s)^2/2}.
    pub fn circles(&self) -> ([f64; 2], f64) {
        (RADII, THICK)
    }
}
