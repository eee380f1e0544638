//! One adaptive Runge-Kutta trajectory on fixed-size arrays: no allocation, for ensembles.

use crate::integrate::control::Controller;
use crate::integrate::eighth::DormandPrince;
use crate::integrate::engine::Statistics;
use crate::integrate::formulas::{Formulas, Rate, Tsitouras};
use crate::integrate::options::Tolerances;

/// Smallest step relative to the time: below it, t + h rounds to t.
const SMALLEST_STEP: f64 = 4.0 * f64::EPSILON;

/// What one call of [`Stepper::step`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepResult {
    /// A step was accepted.
    Accepted,
    /// The error control asks for a step below the spacing of times.
    TooSmall,
    /// The rate is not finite however small the step.
    NonFinite,
}

/// A trajectory of y' = f(t, y) in R^N, advanced by embedded Runge-Kutta formulas: Tsitouras' 5(4) pair with a
/// proportional-integral step control if no others are named.
#[derive(Debug, Clone)]
pub struct Stepper<const N: usize, M = Tsitouras<N>> {
    t: f64,
    y: [f64; N],
    formulas: M,
    last_t: f64,
    last_y: [f64; N],
    last_h: f64,
    control: Controller,
    tolerances: Tolerances,
    /// How many of the N entries are unknowns; the rest is padding with rate 0.
    active: usize,
    statistics: Statistics,
}

/// The same by formulas of order 8, for many digits: interpolated to order 3 within a step.
pub(crate) type EighthOrderStepper<const N: usize> = Stepper<N, DormandPrince<N>>;

impl<const N: usize> Stepper<N> {
    /// A trajectory at (t, y); `limit` is a time after t that the first step must not pass.
    pub fn new(f: &mut impl Rate<N>, t: f64, y: [f64; N], tolerances: Tolerances, limit: f64) -> Self {
        Self::begin(f, t, y, tolerances, limit, N)
    }

    /// The same where only the first `active` entries are unknowns.
    pub(crate) fn with_padding(
        f: &mut impl Rate<N>,
        t: f64,
        y: [f64; N],
        tolerances: Tolerances,
        limit: f64,
        active: usize,
    ) -> Self {
        Self::begin(f, t, y, tolerances, limit, active)
    }
}

impl<const N: usize> EighthOrderStepper<N> {
    /// A trajectory at (t, y), as [`Stepper::new`].
    pub(crate) fn of_order_eight(
        f: &mut impl Rate<N>,
        t: f64,
        y: [f64; N],
        tolerances: Tolerances,
        limit: f64,
    ) -> Self {
        Self::begin(f, t, y, tolerances, limit, N)
    }
}

impl<const N: usize, M: Formulas<N>> Stepper<N, M> {
    fn begin(f: &mut impl Rate<N>, t: f64, y: [f64; N], tolerances: Tolerances, limit: f64, active: usize) -> Self {
        let mut stepper = Self {
            t,
            y,
            formulas: M::at([0.0; N]),
            last_t: t,
            last_y: y,
            last_h: 0.0,
            control: M::CONTROLLER,
            tolerances,
            active: active.max(1),
            statistics: Statistics::default(),
        };
        stepper.restart(f, limit);
        stepper
    }

    /// Forgets the last step: for a right-hand side that changes at t.
    pub fn restart(&mut self, f: &mut impl Rate<N>, limit: f64) {
        let mut rate = [0.0; N];
        f(self.t, &self.y, &mut rate);
        (self.formulas, self.last_h) = (M::at(rate), 0.0);
        self.statistics.evaluations += 1;
        self.control.restart();
        let first = self.initial_step(f, limit);
        self.control.propose(first);
    }

    /// Hairer, Norsett and Wanner, Solving ODEs I, II.4: a step whose second-order term is a hundredth of the tolerance.
    fn initial_step(&mut self, f: &mut impl Rate<N>, limit: f64) -> f64 {
        let span = limit - self.t;
        let rate = *self.rate();
        let (size, slope) = (self.weighted(&self.y, &self.y), self.weighted(&rate, &self.y));
        let guess = if size < 1e-5 || slope < 1e-5 { 1e-6 } else { 0.01 * size / slope }.min(span);
        let mut probe = [0.0; N];
        for i in 0..N {
            probe[i] = self.y[i] + guess * rate[i];
        }
        let mut probed = [0.0; N];
        f(self.t + guess, &probe, &mut probed);
        self.statistics.evaluations += 1;
        let mut change = [0.0; N];
        for i in 0..N {
            change[i] = probed[i] - rate[i];
        }
        let curvature = self.weighted(&change, &self.y) / guess;
        let steepest = slope.max(curvature);
        let second =
            if steepest <= 1e-15 { (guess * 1e-3).max(1e-6) } else { (0.01 / steepest).powf(self.control.exponent()) };
        let step = (100.0 * guess).min(second).min(span);
        if step.is_finite() && step > 0.0 { step } else { span.min(1e-6) }
    }

    /// Root mean square of v_i/(absolute + relative |scale_i|) over the unknowns.
    fn weighted(&self, v: &[f64; N], scale: &[f64; N]) -> f64 {
        let mut sum = 0.0;
        for i in 0..N {
            let ratio = v[i] / (self.tolerances.absolute + self.tolerances.relative * scale[i].abs());
            sum += ratio * ratio;
        }
        (sum / self.active as f64).sqrt()
    }

    /// t.
    pub fn time(&self) -> f64 {
        self.t
    }

    /// y(t).
    pub fn state(&self) -> &[f64; N] {
        &self.y
    }

    /// f(t, y), known from the last stage.
    pub fn rate(&self) -> &[f64; N] {
        self.formulas.rate()
    }

    /// The cost so far.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// One accepted step, not beyond `limit` (> t) and exactly onto it if it comes close; rejected attempts are
    /// repeated inside.
    pub fn step(&mut self, f: &mut impl Rate<N>, limit: f64) -> StepResult {
        loop {
            let (h, onto_limit) = self.control.attempt(limit - self.t);
            if h <= SMALLEST_STEP * self.t.abs() && !onto_limit {
                return self.failure();
            }
            let Tolerances { relative, absolute } = self.tolerances;
            let scale = |before: f64, after: f64| absolute + relative * before.abs().max(after.abs());
            let (y, sum) = self.formulas.attempt(f, (self.t, &self.y), h, scale);
            self.statistics.evaluations += M::EVALUATIONS;
            let error = (sum / self.active as f64).sqrt();
            if error <= 1.0 {
                self.accept(y, h, error, if onto_limit { limit } else { self.t + h });
                return StepResult::Accepted;
            }
            self.statistics.rejected += 1;
            self.control.reject(h, error);
            if self.control.next() <= SMALLEST_STEP * self.t.abs().max(f64::MIN_POSITIVE) {
                return self.failure();
            }
        }
    }

    fn failure(&self) -> StepResult {
        if self.formulas.is_finite() { StepResult::TooSmall } else { StepResult::NonFinite }
    }

    fn accept(&mut self, y: [f64; N], h: f64, error: f64, t: f64) {
        self.formulas.accept();
        self.statistics.accepted += 1;
        (self.last_t, self.last_y, self.last_h) = (self.t, self.y, h);
        (self.t, self.y) = (t, y);
        self.control.accept(h, error);
    }

    /// y at a time inside the last step, to order 4; to order 3 by formulas of order 8.
    pub fn interpolate(&self, t: f64) -> [f64; N] {
        if t == self.t || self.last_h == 0.0 {
            return self.y;
        }
        let theta = (t - self.last_t) / self.last_h;
        self.formulas.interpolate((&self.last_y, &self.y), self.last_h, theta)
    }
}
