//! What a stepper needs of its Runge-Kutta formulas, and those of Tsitouras.

use crate::integrate::control::Controller;
use crate::integrate::tableau::{A, C, D, E, STAGES};

/// A right-hand side: f(t, y, rate) sets the rate.
pub trait Rate<const N: usize>: FnMut(f64, &[f64; N], &mut [f64; N]) {}

impl<const N: usize, F: FnMut(f64, &[f64; N], &mut [f64; N])> Rate<N> for F {}

/// Embedded Runge-Kutta formulas whose last evaluation is the first of the next step, with what they keep of the last step.
pub trait Formulas<const N: usize>: Clone {
    /// How steps follow from errors.
    const CONTROLLER: Controller;
    /// Evaluations of the right-hand side in an attempt.
    const EVALUATIONS: usize;

    /// At a point whose rate is known.
    fn at(rate: [f64; N]) -> Self;

    /// f at the end of the last accepted step.
    fn rate(&self) -> &[f64; N];

    /// Whether the last attempt had finite rates.
    fn is_finite(&self) -> bool;

    /// y(t + h) from (t, y), and the sum of the squared errors in units of `scale`(y_n before, after); infinite if anything is
    /// not finite.
    fn attempt(
        &mut self,
        f: &mut impl Rate<N>,
        from: (f64, &[f64; N]),
        h: f64,
        scale: impl Fn(f64, f64) -> f64,
    ) -> ([f64; N], f64);

    /// Makes the last attempt the last step.
    fn accept(&mut self);

    /// y at the share `theta` of the last step, of length h and between these ends.
    fn interpolate(&self, ends: (&[f64; N], &[f64; N]), h: f64, theta: f64) -> [f64; N];
}

/// `start` + `h` times the sum of the stages by their weights.
#[inline(always)]
pub(super) fn combined<const N: usize>(start: &[f64; N], h: f64, weights: &[f64], stages: &[[f64; N]]) -> [f64; N] {
    let mut y = *start;
    for n in 0..N {
        let mut sum = 0.0;
        for (weight, stage) in weights.iter().zip(stages) {
            if *weight != 0.0 {
                sum += weight * stage[n];
            }
        }
        y[n] = start[n] + h * sum;
    }
    y
}

/// Tsitouras' 5(4) pair with the stages of the last step.
#[derive(Debug, Clone)]
pub struct Tsitouras<const N: usize> {
    /// The last one is f at the end of the last accepted step.
    stages: [[f64; N]; STAGES],
    /// f at the end of the last attempt.
    next: [f64; N],
}

impl<const N: usize> Formulas<N> for Tsitouras<N> {
    const CONTROLLER: Controller = Controller::PROPORTIONAL_INTEGRAL;
    const EVALUATIONS: usize = STAGES - 1;

    fn at(rate: [f64; N]) -> Self {
        let mut stages = [[0.0; N]; STAGES];
        stages[STAGES - 1] = rate;
        Self { stages, next: rate }
    }

    fn rate(&self) -> &[f64; N] {
        &self.stages[STAGES - 1]
    }

    fn is_finite(&self) -> bool {
        self.stages.iter().chain([&self.next]).flatten().all(|x| x.is_finite())
    }

    #[inline]
    fn attempt(
        &mut self,
        f: &mut impl Rate<N>,
        (t, start): (f64, &[f64; N]),
        h: f64,
        scale: impl Fn(f64, f64) -> f64,
    ) -> ([f64; N], f64) {
        let mut stages = [[0.0; N]; STAGES];
        stages[0] = *self.rate();
        let mut y = *start;
        for i in 1..STAGES {
            y = combined(start, h, &A[i][..i], &stages[..i]);
            f(t + C[i] * h, &y, &mut stages[i]);
        }
        let mut sum = 0.0;
        for n in 0..N {
            let mut e = 0.0;
            for i in 0..STAGES {
                e += E[i] * stages[i][n];
            }
            let scale = scale(start[n], y[n]);
            sum += (h * e / scale) * (h * e / scale);
        }
        self.next = stages[STAGES - 1];
        let finite = y.iter().chain(&self.next).all(|x| x.is_finite()) && sum.is_finite();
        // The first stage must survive a rejection, so the last one is not stored.
        self.stages[..STAGES - 1].copy_from_slice(&stages[..STAGES - 1]);
        (y, if finite { sum } else { f64::INFINITY })
    }

    fn accept(&mut self) {
        self.stages[STAGES - 1] = self.next;
    }

    /// To order 4.
    fn interpolate(&self, (from, _): (&[f64; N], &[f64; N]), h: f64, theta: f64) -> [f64; N] {
        let mut weights = [0.0; STAGES];
        for (weight, row) in weights.iter_mut().zip(&D) {
            *weight = row.iter().rev().fold(0.0, |sum, coefficient| (sum + coefficient) * theta);
        }
        std::array::from_fn(|n| {
            let sum: f64 = weights.iter().zip(&self.stages).map(|(weight, stage)| weight * stage[n]).sum();
            from[n] + h * sum
        })
    }
}
