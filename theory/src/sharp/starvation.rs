//! When one of two trained weights vanishes while means shrink towards the target from far away.

use crate::parameter::{InvalidParameter, positive};
use crate::schedule::Schedule;

/// Starvation of one of two components with trained weights, theory (21)-(22).
///
/// Free means, unit variance, Euclidean metric, kl clock, `mu_i ~ N(0, sigma^2 I)` in d dimensions, equal initial weights.
/// Components far apart relax towards weights proportional to `exp(-beta |mu_i|^2/2)`, and a heavier one shrinks faster. For
/// small log-odds `l` of the weights and a small relative difference `u` of the squared norms `r`,
///
/// ```text
/// u' = beta l,    l' = (beta r/2) u - l,    r = sigma^2 d e^(-B(t)),    u(0) = u_0 ~ N(0, 4/d),    l(0) = 0
/// ```
///
/// (signs such that both grow together): unstable while `beta r > 2`. The lighter component starves if `|l|` reaches one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Starvation {
    scale: f64,
    dimension: f64,
}

/// Log-odds from which on the lighter component counts as lost: there the linear law ends.
const LOST: f64 = 1.0;
/// A gain from which on every start is lost: u_0 is of order 1/sqrt(d).
const CERTAIN: f64 = 1e12;
/// A step changes r, or grows u and l, by about this factor: the midpoint rule leaves its square.
const CHANGE: f64 = 0.01;
/// And it is at most this share of the time: schedules change on the scale of the time itself or slower.
const SHARE: f64 = 0.01;
/// First step.
const FIRST: f64 = 1e-3;
/// The rest is of no importance once r u is below this share of the largest log-odds.
const NEGLIGIBLE: f64 = 0.1;

impl Starvation {
    /// For means that start as `N(0, scale^2 I)` in `dimension` dimensions.
    ///
    /// Errors: a scale that is not positive, a dimension of 0.
    pub fn new(scale: f64, dimension: usize) -> Result<Self, InvalidParameter> {
        if dimension == 0 {
            return Err(InvalidParameter::new("dimension", dimension, "be at least 1"));
        }
        Ok(Self { scale: positive("scale", scale)?, dimension: dimension as f64 })
    }

    /// The probability that a weight vanishes under `schedule` before `horizon` (infinity: ever): `erfc(sqrt(d/8)/G)`,
    /// `G` the largest `l/u_0`.
    ///
    /// Source: theory (22). Validity: many dimensions (the law of the norms), modes much closer to the origin than
    /// `sigma sqrt(d)`. The linear law for `G` is integrated by the implicit midpoint rule to about 1e-4; the threshold
    /// of one is a choice of its order of magnitude, not fitted.
    pub fn probability(&self, schedule: &Schedule, horizon: f64) -> f64 {
        libm::erfc(LOST * (self.dimension / 8.0).sqrt() / self.gain(schedule, horizon))
    }

    /// The temperature `sigma^2 d/2` above which nothing grows at first.
    pub fn threshold(&self) -> f64 {
        self.scale * self.scale * self.dimension / 2.0
    }

    /// The largest log-odds before `horizon` in units of the initial relative difference of the squared norms. At constant small beta
    /// it is `e^(a-1)`, `a = beta sigma^2 d/2 > 1`.
    pub fn gain(&self, schedule: &Schedule, horizon: f64) -> f64 {
        let r0 = 2.0 * self.threshold();
        let (mut t, mut u, mut l, mut most) = (0.0, 1.0, 0.0, 0.0f64);
        loop {
            let beta = schedule.beta(t);
            let r = r0 * libm::exp(-schedule.beta_integral(t));
            if t >= horizon || most > CERTAIN || r * u < NEGLIGIBLE * most {
                return most;
            }
            let growth = (0.5 * beta * beta * r).min(beta * (0.5 * r).sqrt());
            let h = (CHANGE / (growth + beta)).min(SHARE * t + FIRST).min(horizon - t);
            // Implicit midpoint, so that the relaxation of l at rate 1 sets no limit to h.
            let middle = t + 0.5 * h;
            let b = schedule.beta(middle);
            let c = 0.5 * b * r0 * libm::exp(-schedule.beta_integral(middle));
            let half = 0.5 * h;
            let (left, right) = (u + half * b * l, l + half * (c * u - l));
            let determinant = 1.0 + half - half * half * b * c;
            (u, l) = (((1.0 + half) * left + half * b * right) / determinant, (right + half * c * left) / determinant);
            t += h;
            most = most.max(l);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gain_at_constant_temperature() {
        for a in [1.5, 3.0, 6.0] {
            // Quasi-static up to corrections of order beta.
            let (dimension, temperature) = (200_000, 100_000.0 / a);
            let law = Starvation::new(1.0, dimension).unwrap();
            let gain = law.gain(&Schedule::constant(temperature).unwrap(), f64::INFINITY);
            assert!((gain / libm::exp(a - 1.0) - 1.0).abs() < 1e-3 + 3.0 * a / temperature, "{a}: {gain}");
        }
    }

    /// The same law by the classical Runge-Kutta method with small steps.
    #[test]
    fn gain_while_cooling() {
        let schedule = Schedule::exponential(50.0, 0.05).unwrap();
        let (d, h) = (100.0, 1e-3);
        let rate = |t: f64, [u, l]: [f64; 2]| {
            let beta = schedule.beta(t);
            let r = d * libm::exp(-schedule.beta_integral(t));
            [beta * l, 0.5 * beta * r * u - l]
        };
        let (mut y, mut most, mut at_five) = ([1.0, 0.0], 0.0f64, 0.0);
        for n in 0..200_000 {
            let t = h * f64::from(n);
            let moved = |k: [f64; 2], h: f64| [y[0] + h * k[0], y[1] + h * k[1]];
            let k1 = rate(t, y);
            let k2 = rate(t + h / 2.0, moved(k1, h / 2.0));
            let k3 = rate(t + h / 2.0, moved(k2, h / 2.0));
            let k4 = rate(t + h, moved(k3, h));
            y = std::array::from_fn(|i| y[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]));
            most = most.max(y[1]);
            if n == 4999 {
                at_five = most;
            }
        }
        let law = Starvation::new(1.0, 100).unwrap();
        let gain = law.gain(&schedule, f64::INFINITY);
        assert!((gain / most - 1.0).abs() < 1e-3, "{gain} {most}");
        // A weight needs time to vanish.
        let early = law.gain(&schedule, 5.0);
        assert!((early / at_five - 1.0).abs() < 1e-3 && early < 0.9 * gain, "{early} {at_five} {gain}");
    }

    #[test]
    fn cold_starts_starve_and_hot_ones_do_not() {
        let law = Starvation::new(1.0, 400).unwrap();
        let at = |temperature: f64| law.probability(&Schedule::constant(temperature).unwrap(), f64::INFINITY);
        assert_eq!(law.threshold(), 200.0);
        assert!(at(1.0) > 1.0 - 1e-9 && at(400.0) < 1e-20);
        assert!(at(40.0) > at(60.0) && at(60.0) > at(80.0));
    }

    #[test]
    fn refusals_name_the_argument() {
        let error = Starvation::new(0.0, 3).unwrap_err().to_string();
        assert!(error.contains("scale") && error.contains('0'), "{error}");
        assert!(Starvation::new(1.0, 0).unwrap_err().to_string().contains("dimension"));
    }
}
