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
mod tests {
    use super::*;

    fn published() -> SharpFormula {
        SharpFormula::new(3.0, 0.8, Some(0.608)).unwrap()
    }

    #[test]
    fn thresholds_of_the_antipodal_states() {
        // Values computed outside this project from theory (9).
        for (radius, weight, alpha) in [(1e4, 0.5, 0.583_429_51), (3.0, 0.8, 0.586_331_61), (3.0, 0.5, 0.585_257_92)] {
            let found = antipodal_threshold(radius, weight).unwrap();
            assert!((found - alpha).abs() < 1e-8, "{radius} {weight}: {found}");
        }
        let flipped = antipodal_threshold(3.0, 0.2).unwrap();
        assert!((flipped - antipodal_threshold(3.0, 0.8).unwrap()).abs() < 1e-14);
        assert_eq!(antipodal_threshold(3.0, 1.0).unwrap_err().name(), "target_weight");
    }

    #[test]
    fn published_values_of_the_formula() {
        let formula = published();
        assert!((formula.epsilon() - 0.077_016_353_395_549_49).abs() < 1e-16);
        let schedule = Schedule::geometric(90.0, 35.0).unwrap();
        assert!((formula.growth(&schedule) - 2.876_593_445_362_748).abs() < 1e-12);
        assert!((formula.probability(512.0, &schedule) - 0.110_405_648_031_547_29).abs() < 1e-12);
        let hot = Schedule::geometric(9e3, 40.0).unwrap();
        assert!((formula.probability(512.0, &hot) - 0.142_063_011_393_365_27).abs() < 1e-12);
        let none = Schedule::constant(1.0).unwrap();
        assert!((formula.probability(512.0, &none) - 0.986_280_436_014_714_3).abs() < 1e-12);
        let cheapest = 9.0 / formula.cheapest_temperature().unwrap();
        assert!((cheapest - 0.045_909_6).abs() < 1e-7, "{cheapest}");
    }

    #[test]
    fn inverse_and_optimum() {
        let formula = published();
        for p in [1e-9, 0.01, 0.3, 0.9] {
            let t0 = formula.duration(512.0, 90.0, p).unwrap();
            let schedule = Schedule::geometric(90.0, t0).unwrap();
            assert!((formula.probability(512.0, &schedule) / p - 1.0).abs() < 1e-9);
        }
        assert_eq!(formula.duration(512.0, 90.0, 0.99).unwrap(), 0.0);
        assert!(formula.duration(512.0, 2.0, 0.1).unwrap().is_infinite());
        let best = formula.cheapest_temperature().unwrap();
        let at = |t: f64| formula.duration(512.0, t, 0.1).unwrap();
        assert!(at(best) <= at(best * 1.01) && at(best) <= at(best / 1.01));
    }

    #[test]
    fn quadrature_agrees_with_the_closed_form() {
        let formula = published();
        let table: Vec<f64> = (0..=4000).map(|i| i as f64 * 0.01).collect();
        let temperatures = table.iter().map(|t| 90f64.powf(1.0 - t / 40.0)).collect();
        let schedule = Schedule::table(table, temperatures).unwrap();
        let geometric = Schedule::geometric(90.0, 40.0).unwrap();
        // Linear interpolation of an exponential with cells of 0.01: relative error (0.01 ln 90/40)^2/12.
        assert!((formula.growth(&schedule) / formula.growth(&geometric) - 1.0).abs() < 1e-6);
        let quench = Schedule::quench(90.0, 7.0).unwrap();
        let flat = Schedule::table(vec![0.0, 7.0, 7.0 + 1e-9], vec![90.0, 90.0, 1.0]).unwrap();
        assert!((formula.growth(&quench) - formula.growth(&flat)).abs() < 1e-8);
        assert!(formula.growth(&Schedule::constant(90.0).unwrap()).is_infinite());
    }
}
