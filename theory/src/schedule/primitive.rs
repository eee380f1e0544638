//! B(t) = int beta and its inverse, in closed form.

use crate::schedule::curves::{cosine_integral, cosine_inverse};
use crate::schedule::ratios::{expm1_over, log1p_over};
use crate::schedule::table::{table_integral, table_inverse};
use crate::schedule::{Schedule, Shape};

impl Schedule {
    /// B(t) = int_0^t beta(s) ds for t >= 0, to relative rounding (no cancellation at high temperature).
    pub fn beta_integral(&self, t: f64) -> f64 {
        match self.duration() {
            Some(duration) if t > duration => self.hot_beta_integral(duration) + (t - duration),
            _ => self.hot_beta_integral(t),
        }
    }

    fn hot_beta_integral(&self, t: f64) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot } | Shape::Quench { t_hot, .. } => t / t_hot,
            Shape::Geometric { t_hot, duration } => t / t_hot * expm1_over(t_hot.ln() * t / duration),
            // ln1p(expm1(kappa t)/T0)/kappa, rearranged where expm1 would overflow.
            // T(t)/T0 >= 1e-12: the plain logarithm is accurate beside t > 30/kappa.
            Shape::Exponential { t_hot, rate } if rate * t > 30.0 => t + (self.temperature(t) / t_hot).ln() / rate,
            Shape::Exponential { t_hot, rate } => ((rate * t).exp_m1() / t_hot).ln_1p() / rate,
            Shape::LinearTemperature { t_hot, duration } => {
                t / t_hot * log1p_over(-(t_hot - 1.0) / t_hot * t / duration)
            }
            Shape::LinearBeta { t_hot, duration } => t / t_hot * (1.0 + (t_hot - 1.0) * t / (2.0 * duration)),
            Shape::Power { t_hot, duration, exponent } => power_integral(*t_hot, *duration, *exponent, t),
            Shape::Cosine { t_hot, duration } => cosine_integral(*t_hot, *duration, t),
            Shape::Sigmoid(sigmoid) => sigmoid.integral(t),
            Shape::Steps(stairs) => stairs.integral(t),
            Shape::Cyclical(cycles) => cycles.integral(t),
            Shape::Table(table) => table_integral(table, t),
        }
    }

    /// The t >= 0 with B(t) = `value` (>= 0), in closed form; for a sigmoid the root of B, to rounding.
    pub fn inverse_beta_integral(&self, value: f64) -> f64 {
        if let Some(duration) = self.duration() {
            let hot_end = self.hot_beta_integral(duration);
            if value >= hot_end {
                return duration + (value - hot_end);
            }
        }
        match &self.shape {
            Shape::Constant { t_hot } | Shape::Quench { t_hot, .. } => value * t_hot,
            Shape::Geometric { t_hot, duration } => value * t_hot * log1p_over(value * t_hot * t_hot.ln() / duration),
            Shape::Exponential { t_hot, rate } if rate * value > 30.0 => {
                value + (t_hot + (1.0 - t_hot) * (-rate * value).exp()).ln() / rate
            }
            Shape::Exponential { t_hot, rate } => (t_hot * (rate * value).exp_m1()).ln_1p() / rate,
            Shape::LinearTemperature { t_hot, duration } => {
                value * t_hot * expm1_over(-(t_hot - 1.0) * value / duration)
            }
            Shape::LinearBeta { t_hot, duration } => {
                let scaled = value * t_hot;
                2.0 * scaled / (1.0 + (1.0 + 2.0 * (t_hot - 1.0) * scaled / duration).sqrt())
            }
            Shape::Power { t_hot, duration, exponent } => power_inverse(*t_hot, *duration, *exponent, value),
            Shape::Cosine { t_hot, duration } => cosine_inverse(*t_hot, *duration, value),
            Shape::Sigmoid(sigmoid) => sigmoid.inverse(value),
            Shape::Steps(stairs) => stairs.inverse(value),
            Shape::Cyclical(cycles) => cycles.inverse(value),
            Shape::Table(table) => table_inverse(table, value),
        }
    }
}

/// B(t) of the power law: b^(p+1) expm1((p+1) ln(y/b))/(p+1) t0/(1-b), y = b + (1-b) t/t0.
fn power_integral(t_hot: f64, duration: f64, exponent: f64, t: f64) -> f64 {
    let log_b = -t_hot.ln() / exponent;
    let slope = -log_b.exp_m1() / log_b.exp();
    let grown = (slope * t / duration).ln_1p();
    // t/T0 times the mean of (y/b)^p over [0, t].
    t / t_hot * expm1_over((exponent + 1.0) * grown) / log1p_inverse(slope * t / duration, grown)
}

/// x/ln(1+x) given both.
fn log1p_inverse(x: f64, log1p: f64) -> f64 {
    if log1p == 0.0 { 1.0 } else { x / log1p }
}

fn power_inverse(t_hot: f64, duration: f64, exponent: f64, value: f64) -> f64 {
    let log_b = -t_hot.ln() / exponent;
    let slope = -log_b.exp_m1() / log_b.exp();
    if slope == 0.0 {
        return value * t_hot;
    }
    let scaled = value * t_hot * slope / duration;
    let grown = scaled * log1p_over((exponent + 1.0) * scaled);
    duration / slope * grown.exp_m1()
}

/// b + (1 - b) x with b = T0^(-1/p).
pub(super) fn power_base(t_hot: f64, exponent: f64, x: f64) -> f64 {
    let log_b = -t_hot.ln() / exponent;
    log_b.exp() - log_b.exp_m1() * x
}
