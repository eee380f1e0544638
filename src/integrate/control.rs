//! How long the next step is.

/// Safety factor on the predicted step.
const SAFETY: f64 = 0.9;
/// Bounds on the change of the step between steps.
const SHRINK: f64 = 0.2;
const GROW: f64 = 5.0;
/// What is left of a step that ends in no number: it says nothing about the error.
const BLOWN: f64 = 0.1;
/// Smallest error that is told apart from 0.
const LEAST: f64 = 1e-10;

/// Step control: h (0.9 e^-a e_last^b), the factor in [0.2, 5], e the error in tolerances.
#[derive(Debug, Clone, Copy)]
pub struct Controller {
    /// The next step; 0 before the first.
    next: f64,
    last_error: f64,
    /// One over the order of the error estimate.
    exponent: f64,
    /// a and b.
    exponents: (f64, f64),
}

impl Controller {
    /// For a pair of order 5(4), proportional and integral: a = 0.7/5, b = 0.4/5 (Hairer and Wanner, Solving ODEs II, IV.2).
    pub(crate) const PROPORTIONAL_INTEGRAL: Self = Self::new(5.0, 0.7, 0.4);
    /// For the same, integral: a = 1/5, b = 0.
    pub(crate) const INTEGRAL: Self = Self::new(5.0, 1.0, 0.0);
    /// For an estimate of order 8, integral: a = 1/8, b = 0.
    pub(crate) const EIGHTH_ORDER: Self = Self::new(8.0, 1.0, 0.0);

    const fn new(order: f64, a: f64, b: f64) -> Self {
        Self { next: 0.0, last_error: 1.0, exponent: 1.0 / order, exponents: (a / order, b / order) }
    }

    /// One over the order of the error estimate.
    pub(crate) fn exponent(&self) -> f64 {
        self.exponent
    }

    /// The next step.
    pub(crate) fn next(&self) -> f64 {
        self.next
    }

    /// Sets the next step, whatever the errors were.
    pub(crate) fn propose(&mut self, h: f64) {
        self.next = h;
    }

    /// Forgets the last error: for a field that may have jumped.
    pub(crate) fn restart(&mut self) {
        self.last_error = 1.0;
    }

    /// The step to try where `rest` is left, and whether it is all of that: none leaves a sliver.
    pub(crate) fn attempt(&self, rest: f64) -> (f64, bool) {
        if self.next >= rest * (1.0 - 1e-3) { (rest, true) } else { (self.next, false) }
    }

    /// After a step of length `h` and error `error` <= 1.
    pub(crate) fn accept(&mut self, h: f64, error: f64) {
        let (error, (a, b)) = (error.max(LEAST), self.exponents);
        self.next = h * (SAFETY * error.powf(-a) * self.last_error.powf(b)).clamp(SHRINK, GROW);
        self.last_error = error;
    }

    /// After an attempt of length `h` and error `error` > 1, or none that is a number.
    pub(crate) fn reject(&mut self, h: f64, error: f64) {
        self.next = h * if error.is_finite() { (SAFETY * error.powf(-self.exponent)).max(SHRINK) } else { BLOWN };
    }
}
