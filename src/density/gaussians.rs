//! Isotropic Gaussian mixtures in a plane.

use std::f64::consts::TAU;

/// sum_i w_i N(.; c_i, var I) in the plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Gaussians {
    /// c_i.
    pub centres: Vec<[f64; 2]>,
    /// w_i.
    pub weights: Vec<f64>,
    /// var.
    pub variance: f64,
}

impl Gaussians {
    /// The density at a point.
    pub fn density(&self, [a, b]: [f64; 2]) -> f64 {
        let pairs = self.centres.iter().zip(&self.weights);
        let exponent = |c: &[f64; 2]| -((a - c[0]).powi(2) + (b - c[1]).powi(2)) / (2.0 * self.variance);
        pairs.map(|(c, w)| w * exponent(c).exp()).sum::<f64>() / (TAU * self.variance)
    }

    /// The marginal density of the first coordinate.
    pub fn marginal(&self, a: f64) -> f64 {
        let pairs = self.centres.iter().zip(&self.weights);
        let terms = pairs.map(|(c, w)| w * (-(a - c[0]).powi(2) / (2.0 * self.variance)).exp());
        terms.sum::<f64>() / (TAU * self.variance).sqrt()
    }
}
