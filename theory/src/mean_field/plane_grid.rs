//! A target in the plane on a square grid in a turned frame.

use super::gaussian_mixture::{GaussianMixture, Shape};

/// The points -reach, .., reach of both coordinates of every frame, about the centre of the target.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlaneAxis {
    pub(super) x: Vec<f64>,
    pub(super) step: f64,
}

/// A component in the frame: x = c + R(alpha) y.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Turned {
    pub(super) mean: [f64; 2],
    /// Lambda_11, Lambda_12, Lambda_22.
    pub(super) precision: [f64; 3],
    ground: f64,
}

/// Differences of log densities that 1 + e^-t does not see.
const UNSEEN: f64 = 38.0;

/// R(alpha)^T v.
pub(super) fn turned_back(angle: f64, v: [f64; 2]) -> [f64; 2] {
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    [cos * v[0] + sin * v[1], cos * v[1] - sin * v[0]]
}

impl PlaneAxis {
    /// 2 `half` + 1 points.
    pub(super) fn new(step: f64, half: usize) -> Self {
        let half = half as i32;
        Self { x: (-half..=half).map(|k| f64::from(k) * step).collect(), step }
    }

    /// The matrix log pi(x_k, x_l), first coordinate by rows.
    pub(super) fn log_density(&self, components: &[Turned]) -> Vec<f64> {
        let mut all = Vec::with_capacity(self.x.len() * self.x.len());
        for y in &self.x {
            all.extend(self.x.iter().map(|z| log_sum(components, *y, *z)));
        }
        all
    }
}

impl Turned {
    /// Every component of `target`, of two dimensions, about its centre in the frame at `angle`.
    pub(super) fn all(target: &GaussianMixture, angle: f64) -> Vec<Self> {
        let centre = target.centre();
        target.shapes().iter().map(|shape| Self::new(shape, &centre, angle)).collect()
    }

    fn new(shape: &Shape, centre: &[f64], angle: f64) -> Self {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let (a, b, c) = (shape.precision[0][0], shape.precision[0][1], shape.precision[1][1]);
        let precision = [
            cos * cos * a + 2.0 * sin * cos * b + sin * sin * c,
            (cos * cos - sin * sin) * b + sin * cos * (c - a),
            sin * sin * a - 2.0 * sin * cos * b + cos * cos * c,
        ];
        let mean = turned_back(angle, [shape.mean[0] - centre[0], shape.mean[1] - centre[1]]);
        Self { mean, precision, ground: shape.ground }
    }

    /// Lambda (y - mu).
    pub(super) fn pull(&self, y: f64, z: f64) -> [f64; 2] {
        let (u, v) = (y - self.mean[0], z - self.mean[1]);
        [self.precision[0] * u + self.precision[1] * v, self.precision[1] * u + self.precision[2] * v]
    }

    /// log(v_k N(y; mu_k, Sigma_k)).
    fn log_density(&self, y: f64, z: f64) -> f64 {
        let [first, second] = self.pull(y, z);
        self.ground - 0.5 * (first * (y - self.mean[0]) + second * (z - self.mean[1]))
    }
}

/// log pi, as running log(e^a + e^b): most of the plane belongs to one component, and costs no exponential.
fn log_sum(components: &[Turned], y: f64, z: f64) -> f64 {
    let mut sum = f64::NEG_INFINITY;
    for component in components {
        let term = component.log_density(y, z);
        let (high, low) = if term > sum { (term, sum) } else { (sum, term) };
        sum = if high - low < UNSEEN { high + libm::log1p(libm::exp(low - high)) } else { high };
    }
    sum
}

/// r_k(y, z), into `shares`.
pub(super) fn responsibilities(components: &[Turned], y: f64, z: f64, shares: &mut [f64]) {
    let whole = log_sum(components, y, z);
    for (share, component) in shares.iter_mut().zip(components) {
        *share = libm::exp(component.log_density(y, z) - whole);
    }
}
