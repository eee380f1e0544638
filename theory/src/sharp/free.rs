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
mod tests;
