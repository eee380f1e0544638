//! The sphere pair: theory (9) and (10).

use std::f64::consts::TAU;

use crate::kernel::{logistic_normal_jet, repulsion};
use crate::numerics::{inverse_erf, simpson};
use crate::parameter::{InvalidParameter, positive};
use crate::schedule::{Schedule, ScheduleKind};

/// The value alpha of a = beta R^2 at which the antipodal states s = -1 lose stability in the direction of m_1 + m_2,
/// theory (9), for a slaved variance: the root of 4 f(s = -1; a) = -g'(0), that is of
///
/// 2 r(4a) = 4 R^2 L_a(2h, 2 R^2/sqrt(a)).
///
/// `radius` R > 0, `target_weight` w* in (0, 1), h = log(w*/(1-w*))/2. The left side falls from 1 to 0, the right side
/// rises from 0, so the root is unique; found by bisection to rounding. 0.58342951 for R -> infinity.
pub fn antipodal_threshold(radius: f64, target_weight: f64) -> Result<f64, InvalidParameter> {
    positive("radius", radius)?;
    if !(target_weight > 0.0 && target_weight < 1.0) {
        return Err(InvalidParameter::new("target_weight", target_weight, "lie strictly between 0 and 1"));
    }
    let square = radius * radius;
    let log_ratio = (target_weight / (1.0 - target_weight)).ln();
    let excess =
        |a: f64| 4.0 * square * logistic_normal_jet(log_ratio, 2.0 * square / a.sqrt()).d1 - 2.0 * repulsion(4.0 * a);
    let (mut low, mut high) = (0.0f64, 1.0f64);
    // A small sphere, or one light mode, has a weak pull: the root moves out.
    while excess(high) < 0.0 {
        low = high;
        high *= 2.0;
        if high > 1e6 {
            let rule = "leave the antipodal states an instability below beta R^2 = 1e6";
            return Err(InvalidParameter::new("target_weight", target_weight, rule));
        }
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return Ok(middle);
        }
        if excess(middle) < 0.0 { low = middle } else { high = middle }
    }
}

/// The sharp formula (10) for the collapse probability of the sphere pair:
/// P_c = erf(eps sqrt(d) e^{-I}), eps = |log((1-w*)/w*)|/(2 R^2), I = int R sqrt(beta/2 pi) dt over beta < alpha/R^2.
///
/// Hot phase only: leading order for beta_i R^2 well below alpha (measured in `benches/validity.md`;
/// [`crate::EquatorFormula`] has no such limit), free-energy clock, weights 1/2, large d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharpFormula {
    radius: f64,
    epsilon: f64,
    alpha: f64,
}

/// Largest beta_i R^2 of the regime in which (10) is meant. In d = 512 it is then within 0.13 of the flow with a slaved
/// and within 0.1 with a lagging variance (rms 0.08 and 0.04); the error grows with eps sqrt(d).
const HOT_ENOUGH: f64 = 0.1;

impl SharpFormula {
    /// The formula for modes +-R e1 of weights w*, 1-w*; `alpha` > 0 is computed by [`antipodal_threshold`] if absent.
    pub fn new(radius: f64, target_weight: f64, alpha: Option<f64>) -> Result<Self, InvalidParameter> {
        let computed = antipodal_threshold(radius, target_weight)?;
        let alpha = alpha.map_or(Ok(computed), |a| positive("alpha", a))?;
        let epsilon = ((1.0 - target_weight) / target_weight).ln().abs() / (2.0 * radius * radius);
        Ok(Self { radius, epsilon, alpha })
    }

    /// eps.
    pub fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// alpha.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// beta below which the means repel each other to antipodal positions.
    pub fn critical_beta(&self) -> f64 {
        self.alpha / (self.radius * self.radius)
    }

    /// I of theory (10) for a schedule: closed forms for geometric, quench and constant ones (infinite for one that
    /// stays hot for ever), adaptive Simpson to 1e-13 for the others.
    pub fn growth(&self, schedule: &Schedule) -> f64 {
        let beta = 1.0 / schedule.initial_temperature();
        let critical = self.critical_beta();
        let unit = self.radius / TAU.sqrt();
        match (schedule.kind(), schedule.duration()) {
            (ScheduleKind::Geometric, Some(duration)) => duration * self.geometric_growth(beta),
            (ScheduleKind::Quench, Some(duration)) if beta < critical => unit * beta.sqrt() * duration,
            (ScheduleKind::Constant, _) if beta < critical => f64::INFINITY,
            (ScheduleKind::Quench | ScheduleKind::Constant, _) => 0.0,
            _ => unit * hot_integral(schedule, critical),
        }
    }

    /// I/t0 of a geometric schedule: (R/sqrt(2 pi)) (2/ln beta_i) min(sqrt(beta_i) - sqrt(alpha)/R, 0).
    fn geometric_growth(&self, beta: f64) -> f64 {
        // Capped at 1: the schedule ends there even where alpha/R^2 lies beyond.
        let gap = (beta.sqrt() - self.critical_beta().min(1.0).sqrt()).min(0.0);
        if gap == 0.0 { 0.0 } else { self.radius / TAU.sqrt() * 2.0 / beta.ln() * gap }
    }

    /// P_c in dimension `dimension` (>= 1) under `schedule`.
    pub fn probability(&self, dimension: f64, schedule: &Schedule) -> f64 {
        libm::erf(self.epsilon * dimension.sqrt() * (-self.growth(schedule)).exp())
    }

    /// P_c with the gain of D by relaxation, erf(eps sqrt(d/2) e^{-I}): D = sqrt(2(1-s)) v starts at s near 0 with
    /// standard deviation sqrt(2/d), and as repulsion drives s to -1 it gains a factor sqrt(2) before the growth that I
    /// counts (derived beside theory (10)). For starts hot enough that s relaxes before the pull matters.
    pub fn relaxed_probability(&self, dimension: f64, schedule: &Schedule) -> f64 {
        libm::erf(self.epsilon * (dimension / 2.0).sqrt() * (-self.growth(schedule)).exp())
    }

    /// Whether a schedule is in the regime where the formula was measured to hold: beta_i R^2 <= 0.1.
    pub fn holds_for(&self, schedule: &Schedule) -> bool {
        self.radius * self.radius / schedule.initial_temperature() <= HOT_ENOUGH
    }

    /// The duration t0 of a geometric schedule from `initial_temperature` that gives P_c = `probability` (in (0, 1)) in
    /// dimension `dimension`; 0 if even no annealing collapses less often, infinite if that start is too cold to help.
    pub fn duration(
        &self,
        dimension: f64,
        initial_temperature: f64,
        probability: f64,
    ) -> Result<f64, InvalidParameter> {
        if !(probability > 0.0 && probability < 1.0) {
            return Err(InvalidParameter::new("probability", probability, "lie strictly between 0 and 1"));
        }
        Schedule::geometric(initial_temperature, 1.0)?;
        let wanted = (self.epsilon * dimension.sqrt() / inverse_erf(probability)).ln().max(0.0);
        Ok(if wanted == 0.0 { 0.0 } else { wanted / self.geometric_growth(1.0 / initial_temperature) })
    }

    /// The initial temperature at which a geometric schedule reaches any wanted P_c in the least time: beta_i is the
    /// root of (1/2) sqrt(b) ln(1/b) = sqrt(alpha)/R - sqrt(b). `None` where alpha >= R^2: the target is never cold.
    pub fn cheapest_temperature(&self) -> Option<f64> {
        let edge = self.critical_beta().sqrt();
        if edge >= 1.0 {
            return None;
        }
        // In u = sqrt(b): u ln(1/u) + u - edge rises on (0, 1) from -edge to 1 - edge.
        let (mut low, mut high) = (0.0f64, edge);
        loop {
            let u = low + (high - low) / 2.0;
            if u <= low || u >= high {
                return Some(1.0 / (u * u));
            }
            if u - u * u.ln() < edge { low = u } else { high = u }
        }
    }
}

/// int sqrt(beta) dt over the times with beta(t) < `critical`.
fn hot_integral(schedule: &Schedule, critical: f64) -> f64 {
    // Beyond this time the temperature is within 1e-12 of its limit: cold for good, or hot for ever.
    let end = schedule.settling_time(1e-12);
    if 1.0 / schedule.final_temperature() < critical {
        return f64::INFINITY;
    }
    let mut edges = vec![0.0];
    edges.extend(schedule.breakpoints());
    edges.push(end.max(edges[edges.len() - 1]));
    let mut total = 0.0;
    for (piece, ends) in edges.windows(2).enumerate() {
        let beta = |t: f64| schedule.beta_in_piece(piece, t);
        let (mut from, mut to) = (ends[0], ends[1]);
        // beta is monotonic inside a piece: cut off the part that is cold.
        match (beta(from) < critical, beta(to) < critical) {
            (false, false) => continue,
            (true, true) => {}
            (hot_first, _) => {
                let (mut low, mut high) = (from, to);
                while high - low > 1e-15 * high {
                    let middle = low + (high - low) / 2.0;
                    if middle <= low || middle >= high {
                        break;
                    }
                    if (beta(middle) < critical) == hot_first { low = middle } else { high = middle }
                }
                if hot_first { to = low } else { from = high }
            }
        }
        total += simpson(&|t| beta(t).sqrt(), from, to, 1e-13, 40);
    }
    total
}

#[cfg(test)]
mod tests;
