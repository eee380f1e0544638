//! Adam on all parameters of a flow at once, with a bound on the gradient.

use pulp::{Arch, Simd, WithSimd};

use crate::adam::Adam;
use crate::flows::real::Arithmetic;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// All parameters at once move as each by itself does, to rounding.
    #[test]
    fn parameters_move_as_single_coordinates_do() {
        let adam = Adam { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 };
        let mut state = AdamState::<f64>::new(100);
        let mut together: Vec<f64> = (0..100).map(|i| f64::from(i) / 7.0).collect();
        let mut alone = together.clone();
        let mut moments = vec![[0.0; 2]; 100];
        for n in 0..50 {
            let mut gradient: Vec<f64> = together.iter().map(|x| (x + f64::from(n)).sin()).collect();
            for ((x, g), [first, second]) in alone.iter_mut().zip(&gradient).zip(&mut moments) {
                *x -= adam.change(0.01, adam.fades(n as usize), *g, [first, second]);
            }
            assert!(state.step(Arch::new(), &adam, (0.01, None), &mut together, &mut gradient));
            assert!(gradient.iter().all(|g| *g == 0.0));
        }
        let gaps = together.iter().zip(&alone).map(|(a, b)| (a - b).abs());
        assert!(gaps.fold(0.0, f64::max) < 1e-12);
    }
}
