//! Adam with a bound on the gradient.

use collapsar_theory::InvalidParameter;
use pulp::{Arch, Simd, WithSimd};
use serde::{Deserialize, Serialize};

use crate::flows::real::Arithmetic;

/// Options of Adam (Kingma and Ba 2015).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adam {
    /// Memory of the first moment, in [0, 1).
    pub beta1: f64,
    /// Memory of the second moment, in [0, 1).
    pub beta2: f64,
    /// Added to the root of the second moment, > 0.
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl Adam {
    pub(crate) fn check(&self) -> Result<(), InvalidParameter> {
        for (name, value) in [("beta1", self.beta1), ("beta2", self.beta2)] {
            if !(0.0..1.0).contains(&value) {
                return Err(InvalidParameter::new(name, value, "lie in [0, 1)"));
            }
        }
        if !(self.epsilon > 0.0 && self.epsilon.is_finite()) {
            return Err(InvalidParameter::new("epsilon", self.epsilon, "be positive and finite"));
        }
        Ok(())
    }
}

/// The moments of one run.
#[derive(Debug, Clone)]
pub(crate) struct AdamState<T> {
    first: Vec<T>,
    second: Vec<T>,
    /// beta1^t and beta2^t.
    powers: [f64; 2],
}

impl<T: Arithmetic> AdamState<T> {
    pub(crate) fn new(parameters: usize) -> Self {
        Self { first: vec![T::ZERO; parameters], second: vec![T::ZERO; parameters], powers: [1.0; 2] }
    }

    /// One step: the gradient, shortened to the norm `clip` if it is longer, goes into the moments, and
    /// p <- p - h m/(1 - beta1^t) / (sqrt(v/(1 - beta2^t)) + epsilon). Clears the gradient. False, and nothing is
    /// changed, if the gradient is not finite.
    pub(crate) fn step(
        &mut self,
        arch: Arch,
        options: &Adam,
        (step_size, clip): (f64, Option<f64>),
        parameters: &mut [T],
        gradient: &mut [T],
    ) -> bool {
        let norm = arch.dispatch(SquareNorm(gradient)).sqrt();
        if !norm.is_finite() {
            return false;
        }
        let shorter = clip.map_or(1.0, |clip| if norm > clip { clip / norm } else { 1.0 });
        self.powers = [self.powers[0] * options.beta1, self.powers[1] * options.beta2];
        let root = (1.0 - self.powers[1]).sqrt();
        arch.dispatch(Update {
            keep: [T::of(options.beta1), T::of(options.beta2)],
            take: [T::of((1.0 - options.beta1) * shorter), T::of((1.0 - options.beta2).sqrt() * shorter)],
            step: T::of(step_size * root / (1.0 - self.powers[0])),
            epsilon: T::of(options.epsilon * root),
            first: &mut self.first,
            second: &mut self.second,
            parameters,
            gradient,
        });
        true
    }
}

/// The sum of squares.
struct SquareNorm<'a, T>(&'a [T]);

impl<T: Arithmetic> WithSimd for SquareNorm<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        // Independent sums, so that they do not wait for each other.
        let mut sums = [T::ZERO; 64];
        for values in self.0.as_chunks::<64>().0 {
            (0..64).for_each(|i| sums[i] += values[i] * values[i]);
        }
        sums.iter().map(|s| s.to_f64()).sum()
    }
}

struct Update<'a, T> {
    keep: [T; 2],
    take: [T; 2],
    step: T,
    epsilon: T,
    first: &'a mut [T],
    second: &'a mut [T],
    parameters: &'a mut [T],
    gradient: &'a mut [T],
}

impl<T: Arithmetic> WithSimd for Update<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let n = self.parameters.len();
        let (first, second) = (&mut self.first[..n], &mut self.second[..n]);
        let (parameters, gradient) = (&mut self.parameters[..n], &mut self.gradient[..n]);
        for i in 0..n {
            let (a, b) = (self.take[0] * gradient[i], self.take[1] * gradient[i]);
            let m = self.keep[0] * first[i] + a;
            let v = self.keep[1] * second[i] + b * b;
            (first[i], second[i]) = (m, v);
            parameters[i] = parameters[i] - self.step * m / (v.sqrt() + self.epsilon);
            gradient[i] = T::ZERO;
        }
    }
}
