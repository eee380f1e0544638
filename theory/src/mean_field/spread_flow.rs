//! The flow of the limit d -> infinity on two numbers, mean field (M15), and which mode it chooses, (M18).

use std::f64::consts::FRAC_1_SQRT_2;

use super::spread::SpreadPair;
use super::tanh_normal::tanh_normal;
use crate::family::Clock;
use crate::numerics::runge_kutta;
use crate::parameter::{InvalidParameter, positive};
use crate::schedule::Schedule;

/// Wasserstein gradient flow of F_beta over product measures from q_j = N(mu_j, v) as d -> infinity, mean field (M15):
///
///   theta' = c beta (E tanh(A^2 theta + A v^(1/2) g + h) - theta),   v' = 2 c (1 - beta v),
///
/// c = 1 in the kl clock, 1/beta in the free-energy clock. The part of mu orthogonal to a decays at rate c beta by itself.
/// Derived to leading order in 1/d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpreadFlow {
    norm: f64,
    bias: f64,
    clock: Clock,
}

/// Steps of the Runge-Kutta method in a unit of time, and of a schedule's fastest scale; error of order step^4.
const STEPS_PER_TIME: f64 = 200.0;
/// Temperatures this close to the last count as settled.
const SETTLED: f64 = 1e-9;
/// Units of the relaxation time 1/(c beta (A^2 kappa_2 - 1)) after which the separatrix forgets where it was started.
const FORGOTTEN: f64 = 40.0;
/// Longest relaxation that is followed.
const LONGEST: f64 = 2e4;

/// v and beta along a schedule, at both ends and the middle of every step.
struct Path {
    /// (step, \[(beta, v); 3\]).
    steps: Vec<(f64, [(f64, f64); 3])>,
}

impl SpreadFlow {
    /// The flow at A = `norm`, w = `weight`.
    ///
    /// Errors: as [`SpreadPair::new`].
    pub fn new(norm: f64, weight: f64, clock: Clock) -> Result<Self, InvalidParameter> {
        let pair = SpreadPair::new(norm, weight, 1.0)?;
        Ok(Self { norm, bias: pair.bias(), clock })
    }

    /// (theta', v') at inverse temperature `beta`.
    pub fn field(&self, beta: f64, [theta, v]: [f64; 2]) -> [f64; 2] {
        let c = self.clock.factor(beta);
        let mean = self.norm * self.norm * theta + self.bias;
        let pull = tanh_normal(mean, self.norm * v.max(0.0).sqrt()).tanh;
        [c * beta * (pull - theta), 2.0 * c * (1.0 - beta * v)]
    }

    /// d(field_i)/d(state_j) at inverse temperature `beta`, for v > 0.
    pub fn jacobian(&self, beta: f64, [theta, v]: [f64; 2]) -> [[f64; 2]; 2] {
        let c = self.clock.factor(beta);
        let square = self.norm * self.norm;
        let jet = tanh_normal(square * theta + self.bias, self.norm * v.sqrt());
        // d/dv E tanh(m + A v^(1/2) g) = (A^2/2) E tanh''.
        [[c * beta * (square * jet.sech2 - 1.0), c * beta * 0.5 * square * jet.d3], [0.0, -2.0 * c * beta]]
    }

    /// The state at time `duration` from (theta, v) under `schedule`, by the classical Runge-Kutta method: error about 1e-11.
    ///
    /// Errors: v or duration not positive and finite.
    pub fn evolve(&self, schedule: &Schedule, start: [f64; 2], duration: f64) -> Result<[f64; 2], InvalidParameter> {
        positive("variance", start[1])?;
        let path = self.path(schedule, start[1], positive("duration", duration)?);
        let theta = path.steps.iter().fold(start[0], |theta, (h, points)| self.step(theta, *h, points));
        Ok([theta, path.steps.last().map_or(start[1], |(_, points)| points[2].1)])
    }

    /// theta_sep: a start below it ends on the minority mode, one above on the majority; traced back in time from the
    /// unstable state, where the separatrix attracts. At h = 0 it is 0.
    ///
    /// `None` where the last temperature has no unstable state: every start then ends alike.
    ///
    /// Errors: v not positive and finite.
    pub fn separatrix(&self, schedule: &Schedule, variance: f64) -> Result<Option<f64>, InvalidParameter> {
        positive("variance", variance)?;
        Ok(self.unstable(schedule).map(|(theta, wait)| {
            let end = schedule.settling_time(SETTLED) + wait;
            let path = self.path(schedule, variance, end);
            let back = |theta: f64, (h, points): &(f64, [(f64, f64); 3])| {
                self.step(theta, -h, &[points[2], points[1], points[0]])
            };
            path.steps.iter().rev().fold(theta, back)
        }))
    }

    /// The formula (M18) for theta_sep, linear in theta:
    /// -int_0^inf c beta tau_0 exp(-int_0^t c beta (A^2 k - 1) ds) dt, tau_0 = E tanh(h + A v^(1/2) g), k = E sech^2(..).
    ///
    /// `None` and errors as [`SpreadFlow::separatrix`]. Leading order in theta: 0.04006 for 0.03995 at A = 3, w = 0.6, T = 1.
    pub fn linear_separatrix(&self, schedule: &Schedule, variance: f64) -> Result<Option<f64>, InvalidParameter> {
        positive("variance", variance)?;
        let square = self.norm * self.norm;
        Ok(self.unstable(schedule).map(|(_, wait)| {
            let path = self.path(schedule, variance, schedule.settling_time(SETTLED) + wait);
            let (mut growth, mut total) = (0.0, 0.0);
            for (h, points) in &path.steps {
                let at = points.map(|(beta, v)| {
                    let jet = tanh_normal(self.bias, self.norm * v.sqrt());
                    let speed = self.clock.factor(beta) * beta;
                    (speed * jet.tanh, speed * (square * jet.sech2 - 1.0))
                });
                // The exponent to the middle by the parabola through the three rates, then Simpson's rule.
                let middle = growth + h * (5.0 * at[0].1 + 8.0 * at[1].1 - at[2].1) / 24.0;
                let end = growth + h * (at[0].1 + 4.0 * at[1].1 + at[2].1) / 6.0;
                let term = |at: (f64, f64), growth: f64| at.0 * libm::exp(-growth);
                total += h / 6.0 * (term(at[0], growth) + 4.0 * term(at[1], middle) + term(at[2], end));
                growth = end;
            }
            -total
        }))
    }

    /// P(minority) = Phi(A theta_sep/sigma) for starts mu_j ~ N(0, sigma^2), mean field (M18): whatever d, theta_0 is
    /// N(0, sigma^2/A^2). The minority is the mode at -a for w > 1/2; 1/2 at equal weights.
    ///
    /// `None`: one mode alone is an attractor. Errors: sigma or v not positive and finite.
    pub fn minority_probability(
        &self,
        schedule: &Schedule,
        variance: f64,
        sigma: f64,
    ) -> Result<Option<f64>, InvalidParameter> {
        positive("sigma", sigma)?;
        Ok(self.separatrix(schedule, variance)?.map(|theta| self.below(theta, sigma)))
    }

    /// The same by the formula (M18), linear in theta: [`SpreadFlow::linear_separatrix`].
    ///
    /// `None` and errors as [`SpreadFlow::minority_probability`].
    pub fn linear_minority_probability(
        &self,
        schedule: &Schedule,
        variance: f64,
        sigma: f64,
    ) -> Result<Option<f64>, InvalidParameter> {
        positive("sigma", sigma)?;
        Ok(self.linear_separatrix(schedule, variance)?.map(|theta| self.below(theta, sigma)))
    }

    /// Phi(A theta/sigma), or its mirror image where the mode at -a is the heavier one.
    fn below(&self, theta: f64, sigma: f64) -> f64 {
        let side = if self.bias < 0.0 { -1.0 } else { 1.0 };
        0.5 * libm::erfc(-side * self.norm * theta / sigma * FRAC_1_SQRT_2)
    }

    /// The unstable state at the last temperature, and how long it takes to forget it backwards.
    fn unstable(&self, schedule: &Schedule) -> Option<(f64, f64)> {
        let temperature = schedule.final_temperature();
        let weight = 1.0 / (1.0 + libm::exp(-2.0 * self.bias));
        let pair = SpreadPair::new(self.norm, weight, temperature).ok()?;
        let state = pair.states().into_iter().find(|state| !state.stable)?;
        let beta = 1.0 / temperature;
        let rate = self.clock.factor(beta) * beta * (self.norm * self.norm * state.kappa2 - 1.0);
        Some((state.theta, (FORGOTTEN / rate.min(2.0 * self.clock.factor(beta) * beta)).min(LONGEST)))
    }

    fn path(&self, schedule: &Schedule, variance: f64, end: f64) -> Path {
        let mut edges: Vec<f64> = schedule.breakpoints().into_iter().filter(|&t| t < end).collect();
        edges.push(end);
        let fastest = 1.0f64.max(schedule.rate().unwrap_or(0.0));
        let (mut steps, mut v, mut from) = (Vec::new(), variance, 0.0);
        for (piece, &to) in edges.iter().enumerate() {
            let count = (STEPS_PER_TIME * fastest * (to - from)).ceil().max(1.0);
            let h = (to - from) / count;
            for n in 0..count as usize {
                let at = |part: f64| schedule.beta_in_piece(piece, from + (n as f64 + part) * h);
                let betas = [at(0.0), at(0.5), at(1.0)];
                let middle = self.variance_step(v, 0.5 * h, [betas[0], at(0.25), betas[1]]);
                let next = self.variance_step(middle, 0.5 * h, [betas[1], at(0.75), betas[2]]);
                steps.push((h, [(betas[0], v), (betas[1], middle), (betas[2], next)]));
                v = next;
            }
            from = to;
        }
        Path { steps }
    }

    fn variance_step(&self, v: f64, h: f64, betas: [f64; 3]) -> f64 {
        let rate = |beta: f64, v: f64| 2.0 * self.clock.factor(beta) * (1.0 - beta * v);
        runge_kutta([v], h, |part, [v]| [rate(betas[part], v)])[0]
    }

    fn step(&self, theta: f64, h: f64, points: &[(f64, f64); 3]) -> f64 {
        runge_kutta([theta], h, |part, [theta]| [self.field(points[part].0, [theta, points[part].1])[0]])[0]
    }
}
