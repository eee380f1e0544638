//! Cooling along a cosine or a sigmoid: beta, its primitive and the inverse.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::kernel::softplus;

/// T = 1 + (T0 - 1) cos^2(pi x/2), x = t/t0.
pub(super) fn cosine_temperature(t_hot: f64, x: f64) -> f64 {
    let cos = (FRAC_PI_2 * x).cos();
    1.0 + (t_hot - 1.0) * cos * cos
}

/// B = 2 t0/(pi sqrt T0) atan(tan(pi x/2)/sqrt T0), from `1/T = (1 + u^2)/(T0 + u^2)` with u = tan(pi x/2).
pub(super) fn cosine_integral(t_hot: f64, duration: f64, t: f64) -> f64 {
    let root = t_hot.sqrt();
    2.0 * duration / (PI * root) * ((FRAC_PI_2 * t / duration).tan() / root).atan()
}

pub(super) fn cosine_inverse(t_hot: f64, duration: f64, value: f64) -> f64 {
    let root = t_hot.sqrt();
    2.0 * duration / PI * (root * (PI * root * value / (2.0 * duration)).tan()).atan()
}

/// A logistic function of slope `steepness` in x = t/t0 about 1/2, moved and scaled to rise from beta_i to 1 on [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sigmoid {
    pub(super) t_hot: f64,
    pub(super) duration: f64,
    pub(super) steepness: f64,
}

impl Sigmoid {
    /// beta_i + (1 - beta_i) g(x) with g = sinh(s x/2)/(2 sinh(s/4) cosh(s (x - 1/2)/2)): nothing cancels.
    pub(super) fn beta(&self, t: f64) -> f64 {
        let (x, s) = (t / self.duration, self.steepness);
        let rise = (s * x / 2.0).sinh() / (2.0 * (s / 4.0).sinh() * (s * (x - 0.5) / 2.0).cosh());
        (1.0 + (self.t_hot - 1.0) * rise) / self.t_hot
    }

    /// With g = (sigma(s (x - 1/2)) - sigma(-s/2))/D, D = tanh(s/4): absolute error a few ulps of t0.
    pub(super) fn integral(&self, t: f64) -> f64 {
        let (x, s) = (t / self.duration, self.steepness);
        let spread = (s / 4.0).tanh();
        let below = (1.0 - spread) / 2.0;
        let grown = (softplus(s * (x - 0.5)) - softplus(-s / 2.0)) / s - below * x;
        let rise = (grown / spread).max(0.0);
        (t + (self.t_hot - 1.0) * self.duration * rise) / self.t_hot
    }

    /// The root of the convex `integral` = `value`, by Newton steps inside a bracket.
    pub(super) fn inverse(&self, value: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.duration);
        let mut t = (value * self.t_hot).min(high);
        for _ in 0..NEWTON_STEPS {
            let excess = self.integral(t) - value;
            if excess > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let next = t - excess / self.beta(t);
            let next = if next > low && next < high { next } else { low + (high - low) / 2.0 };
            if (next - t).abs() <= f64::EPSILON * self.duration {
                return next;
            }
            t = next;
        }
        t
    }
}

/// More than bisection alone needs.
const NEWTON_STEPS: usize = 100;
