//! The free pair: the exponents of theory (13) and the small-start formula (15)-(16).

use crate::kernel::{logistic_normal_jet, repulsion};
use crate::numerics::{bisect, runge_kutta};
use crate::parameter::{InvalidParameter, positive};
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

/// Steps of the classical Runge-Kutta method for z in a unit of time, which leave an error of 1e-7 of the boundary; and over [0, t_x] at
/// most: longer paths are begun anew with longer steps.
const STEPS_PER_TIME: f64 = 8.0;
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
        let leave = self.leave(s, schedule);
        s <= SMALL && s * dimension.sqrt() <= CLOSE && schedule.temperature(leave) <= COOLED
    }

    /// The y0 below which a start at |x0| = `x` (0 < x), `z` >= 0 collapses, under `schedule`. For many x at one z there is
    /// [`Self::at`].
    pub fn boundary(&self, x: f64, z: f64, schedule: &Schedule) -> f64 {
        self.at(z, schedule).boundary(x)
    }

    /// The boundary at the transverse distance `z` >= 0 under `schedule`: z(t) is followed once for all x.
    pub fn at<'a>(&self, z: f64, schedule: &'a Schedule) -> SmallStartAt<'a> {
        SmallStartAt { formula: *self, schedule, start: z, step: 1.0 / STEPS_PER_TIME, path: Vec::new() }
    }

    /// t_x.
    fn leave(&self, x: f64, schedule: &Schedule) -> f64 {
        schedule.inverse_beta_integral((2.0 / self.excess * (1.0 / x).ln()).max(0.0))
    }
}

/// The small-start formula at one transverse distance.
#[derive(Debug, Clone)]
pub struct SmallStartAt<'a> {
    formula: SmallStart,
    schedule: &'a Schedule,
    start: f64,
    step: f64,
    path: Vec<RepulsionNode>,
}

/// log z, int 2r(2z) dt and its slope.
#[derive(Debug, Clone, Copy)]
struct RepulsionNode {
    log_z: f64,
    spread: f64,
    slope: f64,
}

impl SmallStartAt<'_> {
    /// The y0 below which a start at |x0| = `x` > 0 collapses.
    pub fn boundary(&mut self, x: f64) -> f64 {
        let leave = self.formula.leave(x, self.schedule);
        let spread = if self.start == 0.0 { leave } else { self.spread(leave) };
        self.formula.prefactor * x * (-spread / 2.0).exp()
    }

    /// int_0^end 2r(2z) dt along z' = (2r(2z) - beta) z/2: cubic between the steps, whose slopes are known.
    fn spread(&mut self, end: f64) -> f64 {
        if !end.is_finite() {
            return end;
        }
        if end > MOST_STEPS * self.step {
            self.step = 2.0 * end / MOST_STEPS;
            self.path.clear();
        }
        if self.path.is_empty() {
            let log_z = self.start.ln();
            self.path.push(RepulsionNode { log_z, spread: 0.0, slope: self.rate(0.0, log_z).1 });
        }
        let h = self.step;
        let at = end / h;
        while (self.path.len() as f64) < at + 2.0 {
            let next = self.next();
            self.path.push(next);
        }
        let i = at as usize;
        let ([from, to], s) = ([self.path[i], self.path[i + 1]], at - i as f64);
        let rise = to.spread - from.spread;
        // Hermite's cubic, from its lower end.
        let bend = (from.slope * h - rise) * (1.0 - s) - (to.slope * h - rise) * s;
        from.spread + s * rise + s * (1.0 - s) * bend
    }

    /// d log z/dt and 2r(2z): in log z the right-hand side is bounded and z stays positive.
    fn rate(&self, t: f64, log_z: f64) -> (f64, f64) {
        let push = 2.0 * repulsion(4.0 * (2.0 * log_z).exp());
        ((push - self.schedule.beta(t)) / 2.0, push)
    }

    /// The node after the last.
    fn next(&self) -> RepulsionNode {
        let RepulsionNode { log_z, spread, .. } = self.path[self.path.len() - 1];
        let h = self.step;
        let t = h * (self.path.len() - 1) as f64;
        let [log_z, spread] = runge_kutta([log_z, spread], h, |part, [log_z, _]| {
            let (rate, push) = self.rate(t + h / 2.0 * part as f64, log_z);
            [rate, push]
        });
        RepulsionNode { log_z, spread, slope: self.rate(t + h, log_z).1 }
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

    /// Against Runge-Kutta of [0, t_x] itself in 4000 steps, from a bend of the schedule to the next.
    #[test]
    fn one_path_serves_all_starts() {
        let formula = SmallStart::new(3.0, 1.17).unwrap();
        for (schedule, kinks) in [
            (Schedule::geometric(10.0, 3.0).unwrap(), vec![3.0]),
            (Schedule::constant(1.0).unwrap(), vec![]),
            (Schedule::table(vec![0.0, 1.25, 5.0], vec![8.0, 2.0, 1.0]).unwrap(), vec![1.25, 5.0]),
        ] {
            for z in [0.01f64, 0.4, 2.0] {
                let mut at = formula.at(z, &schedule);
                for x in [0.3f64, 1e-2, 0.9, 1e-5] {
                    let end = formula.leave(x, &schedule);
                    let path = SmallStartAt { path: vec![], ..at.clone() };
                    let (mut log_z, mut spread, mut t) = (z.ln(), 0.0, 0.0);
                    let ends = kinks.iter().copied().filter(|kink| *kink < end).chain([end]);
                    for to in ends {
                        let h = (to - t) / 4000.0;
                        for _ in 0..4000 {
                            // Heun's third-order method.
                            let k1 = path.rate(t, log_z);
                            let k2 = path.rate(t + h / 3.0, log_z + h / 3.0 * k1.0);
                            let k3 = path.rate(t + 2.0 * h / 3.0, log_z + 2.0 * h / 3.0 * k2.0);
                            log_z += h / 4.0 * (k1.0 + 3.0 * k3.0);
                            spread += h / 4.0 * (k1.1 + 3.0 * k3.1);
                            t += h;
                        }
                        t = to;
                    }
                    let direct = formula.prefactor * x * (-spread / 2.0).exp();
                    let error = at.boundary(x) / direct - 1.0;
                    // A bend within a step costs its square.
                    assert!(error.abs() < if kinks.len() > 1 { 1e-5 } else { 2e-7 }, "{error:e} at {x}, {z}");
                }
            }
        }
    }

    /// A first start that leaves at once says nothing of the steps that later ones need.
    #[test]
    fn long_paths_take_longer_steps() {
        let formula = SmallStart::new(3.0, 1.17).unwrap();
        let schedule = Schedule::geometric(100.0, 1e7).unwrap();
        let mut at = formula.at(0.4, &schedule);
        assert!(at.boundary(1.5) > 0.0 && at.path.len() < 4);
        let late = at.boundary(1e-3);
        assert!((0.0..1e-3).contains(&late) && at.path.len() as f64 <= MOST_STEPS, "{late} {}", at.path.len());
        assert_eq!(at.boundary(1e-3), late);
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
