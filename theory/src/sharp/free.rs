//! The free pair: the exponents of theory (13) and the small-start formula (15)-(16).

use crate::kernel::{logistic_normal_jet, repulsion};
use crate::parameter::{InvalidParameter, positive};
use crate::root::bisect;
use crate::schedule::Schedule;

/// c = rho tau'(0) = rho^2 E sech^2(rho g) for equal target weights, theory (13): x grows at rate beta (c-1)/2.
///
/// `separation` rho >= 0; tends to rho sqrt(2/pi) for large rho, to rho^2 for small.
pub fn growth_number(separation: f64) -> f64 {
    4.0 * separation * separation * logistic_normal_jet(0.0, 2.0 * separation).d1
}

/// alpha' = (c-1)/(c-1+T) of theory (13): at constant temperature the collapse boundary leaves the origin as
/// x = C y^alpha'. `None` where c <= 1: the origin then has no way out along x.
pub fn boundary_exponent(separation: f64, temperature: f64) -> Option<f64> {
    let excess = growth_number(separation) - 1.0;
    (excess > 0.0).then(|| excess / (excess + temperature))
}

/// 1/alpha'' - 1 of theory (26): without annealing, with a trained variance that starts at var(0) >> rho^2, the free pair in
/// `dimension` dimensions loses a mode with probability proportional to (sigma/sqrt var(0)) to this power.
///
/// `None` where the merged pair has no way out along x: c <= 1.
pub fn broad_start_exponent(separation: f64, dimension: f64) -> Option<f64> {
    // c of a pair of variance var, rho^2 E sech^2(rho sqrt(var) g); at most 0.8 rho/sqrt var.
    let pull = |variance: f64| growth_number(separation * variance.sqrt()) / variance;
    let rest = |variance: f64| 1.0 - 1.0 / variance - pull(variance) / dimension;
    let variance = bisect(1.0, 4.0 + 4.0 * separation * separation, rest)?;
    let excess = pull(variance) - 1.0;
    (excess > 0.0).then(|| 1.0 / (variance * excess))
}

/// The small-start formula (15) of the free pair with equal target weights: the argument of its error function.
///
/// While x, y << 1, y/x grows as exp(1/2 int 2r(2z) dt) whatever the temperature; the temperature delays the time t_x
/// at which x leaves the origin, B(t_x) = 2 log(1/x0)/(c-1). Collapse where y0 < C^{-1/alpha'} x0 exp(-1/2 int_0^{t_x}
/// 2r), with C and alpha' of temperature 1. Leading order for starts much smaller than 1, kl clock, weights 1/2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmallStart {
    excess: f64,
    prefactor: f64,
}

/// Steps of the classical Runge-Kutta method for z over [0, t_x], at least, and in a unit of time.
const LEAST_STEPS: f64 = 64.0;
const STEPS_PER_TIME: f64 = 16.0;
const MOST_STEPS: f64 = 1e5;

/// Where (15) was measured within 1% of the exact route: s, s sqrt(d), and T when x leaves the origin, at most.
const SMALL: f64 = 0.1;
const CLOSE: f64 = 0.3;
const COOLED: f64 = 1.05;

impl SmallStart {
    /// The formula at `separation` rho with the connection constant C of temperature 1.
    ///
    /// Errors: C is not positive, or c <= 1 (the origin is stable along x and nothing collapses).
    pub fn new(separation: f64, connection_constant: f64) -> Result<Self, InvalidParameter> {
        let connection = positive("connection_constant", connection_constant)?;
        let Some(exponent) = boundary_exponent(separation, 1.0) else {
            return Err(InvalidParameter::new("separation", separation, "give c = rho^2 E sech^2(rho g) > 1"));
        };
        Ok(Self { excess: growth_number(separation) - 1.0, prefactor: connection.powf(-1.0 / exponent) })
    }

    /// c - 1.
    pub fn excess(&self) -> f64 {
        self.excess
    }

    /// Whether a start of scale s = sigma/sqrt(2) in R^d, d = `dimension`, under `schedule` is in the regime where (15)
    /// was measured to hold within 1%: s <= 0.1, s sqrt(d) <= 0.3, and cooled by the time x leaves the origin, T(t_x)
    /// <= 1.05 from x0 = s. A slower cooling makes (15) too large without bound: by 20% at T(t_x) = 1.4, by twice
    /// itself at 4.
    pub fn holds_for(&self, s: f64, dimension: f64, schedule: &Schedule) -> bool {
        let leave = schedule.inverse_beta_integral((2.0 / self.excess * (1.0 / s).ln()).max(0.0));
        s <= SMALL && s * dimension.sqrt() <= CLOSE && schedule.temperature(leave) <= COOLED
    }

    /// The y0 below which a start at |x0| = `x` (0 < x), `z` >= 0 collapses, under `schedule`.
    pub fn boundary(&self, x: f64, z: f64, schedule: &Schedule) -> f64 {
        let leave = schedule.inverse_beta_integral((2.0 / self.excess * (1.0 / x).ln()).max(0.0));
        let spread = if z == 0.0 { leave } else { Self::repulsion_integral(z, leave, schedule) };
        self.prefactor * x * (-spread / 2.0).exp()
    }

    /// int_0^end 2r(2z) dt along z' = (2r(2z) - beta) z/2.
    fn repulsion_integral(z: f64, end: f64, schedule: &Schedule) -> f64 {
        let steps = (STEPS_PER_TIME * end).clamp(LEAST_STEPS, MOST_STEPS).ceil();
        let h = end / steps;
        // In log z the right-hand side is bounded and z stays positive.
        let rate = |t: f64, log_z: f64| {
            let push = 2.0 * repulsion(4.0 * (2.0 * log_z).exp());
            ((push - schedule.beta(t)) / 2.0, push)
        };
        let (mut log_z, mut total) = (z.ln(), 0.0);
        for step in 0..steps as usize {
            let t = h * step as f64;
            let k1 = rate(t, log_z);
            let k2 = rate(t + h / 2.0, log_z + h / 2.0 * k1.0);
            let k3 = rate(t + h / 2.0, log_z + h / 2.0 * k2.0);
            let k4 = rate(t + h, log_z + h * k3.0);
            log_z += h / 6.0 * (k1.0 + 2.0 * k2.0 + 2.0 * k3.0 + k4.0);
            total += h / 6.0 * (k1.1 + 2.0 * k2.1 + 2.0 * k3.1 + k4.1);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_boundary() {
        // Values computed outside this project.
        assert!((growth_number(3.0) - 2.293_499_6).abs() < 5e-8);
        assert!((boundary_exponent(3.0, 1.0).unwrap() - 0.563_985_1).abs() < 5e-8);
        assert_eq!(boundary_exponent(0.9, 1.0), None);
        assert!((growth_number(1e3) / (1e3 * (2.0 / std::f64::consts::PI).sqrt()) - 1.0).abs() < 1e-5);
    }

    /// Against the trapezoidal rule with 2 10^5 nodes, elsewhere; without dimension's pull on the variance it is 1/(c - 1).
    #[test]
    fn numbers_of_a_broad_start() {
        assert!((broad_start_exponent(3.0, 10.0).unwrap() - 0.748_463_31).abs() < 5e-8);
        let flat = broad_start_exponent(3.0, 1e12).unwrap();
        assert!((flat - 1.0 / (growth_number(3.0) - 1.0)).abs() < 1e-9, "{flat}");
        assert_eq!(broad_start_exponent(0.9, 10.0), None);
    }

    #[test]
    fn regime_of_the_formula() {
        let formula = SmallStart::new(3.0, 1.170_856).unwrap();
        let schedule = |hot: f64, rate: f64| Schedule::exponential(hot, rate).unwrap();
        assert!(formula.holds_for(0.1, 1.0, &schedule(5.0, 3.0)));
        assert!(!formula.holds_for(0.2, 1.0, &schedule(5.0, 3.0)), "large starts");
        assert!(!formula.holds_for(0.1, 1000.0, &schedule(5.0, 3.0)), "distant means");
        assert!(!formula.holds_for(0.1, 1.0, &schedule(5.0, 0.3)), "slow cooling: 20% off");
        assert!(!formula.holds_for(0.01, 1.0, &Schedule::constant(2.0).unwrap()), "never cold");
    }

    #[test]
    fn exponential_schedule_has_the_closed_form() {
        // Theory (16): exp(-t_x/2) = x^{-1} ... [T0 x^{-2 kappa/(c-1)} - (T0-1)]^{-1/(2 kappa)} at z = 0.
        let formula = SmallStart::new(4.0, 1.1).unwrap();
        let (hot, rate) = (50.0, 1.0);
        let schedule = Schedule::exponential(hot, rate).unwrap();
        for x in [1e-4f64, 1e-2, 0.3] {
            let bracket = hot * x.powf(-2.0 * rate / formula.excess()) - (hot - 1.0);
            let closed = formula.prefactor * x * bracket.powf(-1.0 / (2.0 * rate));
            assert!((formula.boundary(x, 0.0, &schedule) / closed - 1.0).abs() < 1e-10);
            // A tiny z follows the same path.
            assert!((formula.boundary(x, 1e-9, &schedule) / closed - 1.0).abs() < 1e-6);
            assert!(formula.boundary(x, 3.0, &schedule) > closed, "distant means repel less");
        }
    }
}
