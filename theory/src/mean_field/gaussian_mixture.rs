//! Gaussian mixtures with full covariances: the general targets of mean field 2.

use std::f64::consts::TAU;

use super::orthogonal::{conjugate, frame, turned_back};
use crate::mixture::check_weights;
use crate::numerics::{cholesky, inverse, log_determinant};
use crate::parameter::{InvalidParameter, Part};

/// Largest relative asymmetry of a covariance: the rounding of decimal entries.
const ASYMMETRY: f64 = 1e-9;

/// A component N(mean, covariance), with what its density needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) mean: Vec<f64>,
    pub(super) covariance: Vec<Vec<f64>>,
    pub(super) precision: Vec<Vec<f64>>,
    /// Whether the precision is diagonal.
    diagonal: bool,
    /// log v_k - (d log 2 pi + log det Sigma_k)/2.
    pub(super) ground: f64,
}

/// pi(x) = sum_k v_k N(x; mu_k, Sigma_k) in R^d, any symmetric positive definite covariances. Source: mean field 2.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianMixture {
    weights: Vec<f64>,
    shapes: Vec<Shape>,
}

impl GaussianMixture {
    /// The mixture of weights v (K of them, not negative, summing to 1 within 1e-6), means mu (K vectors of one length
    /// d >= 1, finite) and covariances Sigma (K matrices of d rows and d columns, in the square of the means' unit).
    ///
    /// Errors: a covariance that is not symmetric to relative 1e-9 or not positive definite, lengths that do not fit, and what
    /// breaks the rules above. They name `weights`, `means` or `covariances` of the target.
    pub fn new(
        weights: Vec<f64>,
        means: Vec<Vec<f64>>,
        covariances: Vec<Vec<Vec<f64>>>,
    ) -> Result<Self, InvalidParameter> {
        let weights = check_weights(Part::Target, weights)?;
        let refuse =
            |name: &str, value: String, rule: String| Err(InvalidParameter::new(name, value, rule).of(Part::Target));
        let components = weights.len();
        if means.len() != components {
            return refuse(
                "means",
                format!("{means:?}"),
                format!("hold one mean for each of the {components} weights"),
            );
        }
        let dimension = means[0].len();
        let fits = |mean: &Vec<f64>| mean.len() == dimension && mean.iter().all(|x| x.is_finite());
        if dimension == 0 || !means.iter().all(fits) {
            return refuse("means", format!("{means:?}"), "be finite, of one length of at least 1".into());
        }
        if covariances.len() != components {
            let rule = format!("hold one matrix for each of the {components} weights");
            return refuse("covariances", format!("{covariances:?}"), rule);
        }
        let mut shapes = Vec::with_capacity(components);
        for ((weight, mean), covariance) in weights.iter().zip(means).zip(covariances) {
            if covariance.len() != dimension || covariance.iter().any(|row| row.len() != dimension) {
                return refuse("covariances", format!("{covariance:?}"), format!("have {dimension} rows and columns"));
            }
            if !symmetric(&covariance) {
                return refuse("covariances", format!("{covariance:?}"), "be finite and symmetric".into());
            }
            let Some(factor) = cholesky(&covariance) else {
                return refuse("covariances", format!("{covariance:?}"), "be positive definite".into());
            };
            let volume = dimension as f64 * libm::log(TAU) + log_determinant(&factor);
            let ground = libm::log(*weight) - 0.5 * volume;
            let apart = |i: usize, j: usize| i == j || covariance[i][j] == 0.0;
            let diagonal = (0..dimension).all(|i| (0..dimension).all(|j| apart(i, j)));
            shapes.push(Shape { mean, precision: inverse(&factor), covariance, diagonal, ground });
        }
        Ok(Self { weights, shapes })
    }

    /// v.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.shapes[0].mean.len()
    }

    /// The component that is heavier than all others by more than rounding, if there is one.
    pub fn heaviest(&self) -> Option<usize> {
        const ROUNDING: f64 = 1e-9;
        let top = self.weights().iter().copied().fold(0.0, f64::max);
        let mut all = self.weights().iter().enumerate().filter(|(_, v)| **v >= top * (1.0 - ROUNDING));
        let first = all.next()?.0;
        all.next().is_none().then_some(first)
    }

    /// mu_k. Panics where there is no component `k`.
    pub fn mean_of(&self, k: usize) -> &[f64] {
        &self.shapes[k].mean
    }

    /// Sigma_k, by rows. Panics where there is no component `k`.
    pub fn covariance_of(&self, k: usize) -> &[Vec<f64>] {
        &self.shapes[k].covariance
    }

    /// sum_k v_k mu_k.
    pub fn centre(&self) -> Vec<f64> {
        let along = |j: usize| self.weights.iter().zip(&self.shapes).map(|(v, s)| v * s.mean[j]).sum();
        (0..self.dimension()).map(along).collect()
    }

    /// Whether pi(c + x) = pi(c - x) about the centre c, component by component, to relative 1e-12: every component has a
    /// mirror image of the same weight and covariance, to the last bit.
    pub fn is_even(&self) -> bool {
        let centre = self.centre();
        let scale = self.shapes.iter().flat_map(|s| &s.mean).fold(0.0, |m: f64, x| m.max(x.abs()));
        let mirrored = |k: usize, l: usize| {
            let (a, b) = (&self.shapes[k], &self.shapes[l]);
            let opposite = (0..centre.len()).all(|j| (a.mean[j] + b.mean[j] - 2.0 * centre[j]).abs() <= 1e-12 * scale);
            opposite && self.weights[k] == self.weights[l] && a.covariance == b.covariance
        };
        let all = 0..self.shapes.len();
        all.clone().all(|k| all.clone().any(|l| mirrored(k, l)))
    }

    /// The law of y = R^T x, R = `rotation` by rows: means R^T mu_k, covariances R^T Sigma_k R.
    ///
    /// Errors: a rotation that is not orthogonal to 1e-8 or not of d rows and columns.
    pub fn in_frame(&self, rotation: &[Vec<f64>]) -> Result<Self, InvalidParameter> {
        let rotation = frame(rotation, self.dimension())?;
        let means = self.shapes.iter().map(|shape| turned_back(&rotation, &shape.mean)).collect();
        let covariances = self.shapes.iter().map(|shape| conjugate(&rotation, &shape.covariance)).collect();
        Self::new(self.weights.clone(), means, covariances)
    }

    /// log pi(x), x of length d. The largest term is taken out, so that no distance underflows.
    ///
    /// Panics where `x` is shorter than d.
    pub fn log_density(&self, x: &[f64]) -> f64 {
        let terms: Vec<f64> = self.shapes.iter().map(|shape| shape.log_density(x)).collect();
        let top = terms.iter().fold(f64::NEG_INFINITY, |m: f64, t| m.max(*t));
        top + libm::log(terms.iter().map(|t| libm::exp(t - top)).sum())
    }

    /// r_k(x) = v_k N(x; mu_k, Sigma_k)/pi(x). Panics where `x` is shorter than d.
    pub fn responsibilities(&self, x: &[f64]) -> Vec<f64> {
        let terms: Vec<f64> = self.shapes.iter().map(|shape| shape.log_density(x)).collect();
        let top = terms.iter().fold(f64::NEG_INFINITY, |m: f64, t| m.max(*t));
        let sizes: Vec<f64> = terms.iter().map(|t| libm::exp(t - top)).collect();
        let sum: f64 = sizes.iter().sum();
        sizes.iter().map(|size| size / sum).collect()
    }

    /// The score grad log pi(x) = -sum_k r_k(x) Sigma_k^-1 (x - mu_k). Panics where `x` is shorter than d.
    pub fn score(&self, x: &[f64]) -> Vec<f64> {
        let shares = self.responsibilities(x);
        let along = |i: usize| -shares.iter().zip(&self.shapes).map(|(r, s)| r * s.pull(x, i)).sum::<f64>();
        (0..self.dimension()).map(along).collect()
    }

    /// log pi(x), r_k(x) and the score in one pass, without allocation.
    ///
    /// Panics where `x` or `score` are shorter than d, or `responsibilities` than K.
    pub fn evaluate(&self, x: &[f64], responsibilities: &mut [f64], score: &mut [f64]) -> f64 {
        let shares = &mut responsibilities[..self.shapes.len()];
        shares.iter_mut().zip(&self.shapes).for_each(|(term, shape)| *term = shape.log_density(x));
        let top = shares.iter().fold(f64::NEG_INFINITY, |m: f64, t| m.max(*t));
        shares.iter_mut().for_each(|term| *term = libm::exp(*term - top));
        let sum: f64 = shares.iter().sum();
        let score = &mut score[..self.dimension()];
        score.fill(0.0);
        for (share, shape) in shares.iter_mut().zip(&self.shapes) {
            *share /= sum;
            // What is not seen from here: beyond rounding of the others.
            if *share > f64::MIN_POSITIVE {
                score.iter_mut().enumerate().for_each(|(i, out)| *out -= *share * shape.pull(x, i));
            }
        }
        top + libm::log(sum)
    }

    pub(super) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }
}

impl Shape {
    /// (Sigma^-1 (x - mu))_i.
    fn pull(&self, x: &[f64], i: usize) -> f64 {
        if self.diagonal {
            return self.precision[i][i] * (x[i] - self.mean[i]);
        }
        (0..self.mean.len()).map(|j| self.precision[i][j] * (x[j] - self.mean[j])).sum()
    }

    /// log(v_k N(x; mu_k, Sigma_k)).
    fn log_density(&self, x: &[f64]) -> f64 {
        let square: f64 = (0..self.mean.len()).map(|i| (x[i] - self.mean[i]) * self.pull(x, i)).sum();
        self.ground - 0.5 * square
    }
}

fn symmetric(matrix: &[Vec<f64>]) -> bool {
    let size = matrix.iter().flatten().fold(0.0, |m: f64, x| m.max(x.abs()));
    let near = |i: usize, j: usize| (matrix[i][j] - matrix[j][i]).abs() <= ASYMMETRY * size;
    size.is_finite() && (0..matrix.len()).all(|i| (0..i).all(|j| near(i, j)))
}
