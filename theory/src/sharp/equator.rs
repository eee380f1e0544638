//! The sphere pair linearised about the decision plane: theory (17)-(18).

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use crate::flow::SpherePair;
use crate::kernel::{logistic_normal_jet, repulsion};
use crate::numerics::simpson;
use crate::parameter::InvalidParameter;
use crate::schedule::Schedule;
use crate::sharp::along::{Rates, along};

/// The formula (18) for the collapse probability of the sphere pair:
/// P_c = P(sqrt(2(1-s)) |v| < |sqrt(2(1+s)) u + c|), u and v independent N(0, 1/d), where (s, c, G) follow theory (17)
/// from (0, 2 eps, 1) until the pair leaves the plane, G sqrt(c^2 + 2 (1+s)/d) = 2.
///
/// Any schedule, clock, metric and rule of the variance (lagging to leading order in 1/d); starts close to the equator,
/// that is large d. Unlike (10) it knows the relaxation of s, the exact growth rate, the offset of m_1 + m_2 at the
/// threshold, the lag of the variance, and starts too cold for a hot phase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EquatorFormula {
    pair: SpherePair,
    epsilon: f64,
}

/// Size of the linear m_1 + m_2 + 2 eps at which the fates are taken to be sealed: chosen by comparison with (8), not
/// derived. A mean that obeys m' = m (1-m^2) is then at 0.89.
const OUT: f64 = 2.0;
/// log G beyond which what is left of c is nothing: the pair never left the equator.
const FOR_EVER: f64 = 35.0;
/// Deviations of u beyond which nothing is left: 2 Phi(-8.5) = 2e-17.
const TAIL: f64 = 8.5;

/// y with s = -tanh y, c, log G, log var.
type EquatorState = [f64; 4];

impl EquatorFormula {
    /// The formula for `pair`.
    ///
    /// Errors: the decision plane misses the sphere, |h| >= R^2.
    pub fn new(pair: SpherePair) -> Result<Self, InvalidParameter> {
        Ok(Self { pair, epsilon: decision_plane(&pair)? })
    }

    /// P_c in dimension `dimension` (>= 2) under `schedule`.
    pub fn probability(&self, dimension: f64, schedule: &Schedule) -> f64 {
        let [y, c, ..] = self.leave(dimension, schedule);
        // 1 + s and 1 - s without cancellation.
        let (above, below) = (2.0 / (1.0 + (2.0 * y).exp()), 2.0 / (1.0 + (-2.0 * y).exp()));
        let (sum, gap) = ((2.0 * above / dimension).sqrt(), (2.0 * below / dimension).sqrt());
        let density = |u: f64| (-u * u / 2.0).exp() / TAU.sqrt();
        let integrand = |u: f64| density(u) * libm::erf((c + sum * u).abs() / gap * FRAC_1_SQRT_2);
        // c + sum u changes its sign here; a kink of the integrand.
        let kink = if sum > 0.0 { (-c / sum).max(-TAIL) } else { -TAIL };
        let tolerance = 1e-12;
        let found = simpson(&integrand, -TAIL, kink, tolerance, 40)
            + simpson(&integrand, kink, kink / 2.0, tolerance, 40)
            + simpson(&integrand, kink / 2.0, TAIL, tolerance, 40);
        // What is certain may come out above 1 by the tolerance.
        found.min(1.0)
    }

    /// The state in which the pair leaves the plane.
    fn leave(&self, dimension: f64, schedule: &Schedule) -> EquatorState {
        let variance = self.pair.initial_variance(schedule.initial_temperature());
        let state = [0.0, 2.0 * self.epsilon, 0.0, variance.ln()];
        along(self, schedule, state, |_, _, &[y, c, log_growth, _]| {
            let above = 2.0 / (1.0 + (2.0 * y).exp());
            let out = log_growth + (c * c + 2.0 * above / dimension).ln() / 2.0 >= OUT.ln();
            out || log_growth > FOR_EVER
        })
    }
}

/// eps, where the decision plane m = -eps is on the sphere.
pub(super) fn decision_plane(pair: &SpherePair) -> Result<f64, InvalidParameter> {
    let options = pair.options();
    let epsilon = pair.bias().abs() / (options.radius * options.radius);
    if epsilon >= 1.0 {
        let rule = "leave the decision plane |log(w/(1-w))|/(2 R^2) on the sphere";
        return Err(InvalidParameter::new("target_weight", options.target_weight, rule));
    }
    Ok(epsilon)
}

impl Rates<4> for EquatorFormula {
    /// Theory (17).
    fn rates(&self, beta: f64, state: &EquatorState) -> (EquatorState, f64) {
        let &[y, c, log_growth, _] = state;
        let (options, variance) = (self.pair.options(), self.pair.variance(beta, state));
        let (speed, square) = (self.pair.speed(beta), options.radius * options.radius);
        let below = 2.0 / (1.0 + (-2.0 * y).exp());
        let push = speed * repulsion(2.0 * square * below / variance) / variance;
        let pull = speed * beta * 4.0 * square * logistic_normal_jet(0.0, 2.0 * options.radius * variance.sqrt()).d1;
        let lag = self.pair.lag(beta, 1.0 / variance);
        let towards = push * below * (2.0 * self.epsilon * (-log_growth).exp() - c);
        ([2.0 * push, towards, pull, lag], 2.0 * push + pull + lag.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{SpherePairOptions, SphereVariance};
    use crate::sharp::SharpFormula;

    fn formula(variance: SphereVariance) -> EquatorFormula {
        EquatorFormula::new(SpherePair::new(SpherePairOptions { variance, ..SpherePairOptions::default() }).unwrap())
            .unwrap()
    }

    #[test]
    fn a_sphere_without_a_decision_plane_is_refused() {
        let options = SpherePairOptions { radius: 1.0, target_weight: 0.95, ..SpherePairOptions::default() };
        let error = EquatorFormula::new(SpherePair::new(options).unwrap()).unwrap_err().to_string();
        assert!(error.contains("`target_weight` is 0.95"), "{error}");
    }

    /// Hot and slow: (10) with the gain by relaxation, up to what happens about the threshold, which is a factor.
    #[test]
    fn hot_limit() {
        let sharp = SharpFormula::new(3.0, 0.8, None).unwrap();
        let factor = |t0: f64| {
            let schedule = Schedule::geometric(t0, 60.0).unwrap();
            formula(SphereVariance::Slaved).probability(1e4, &schedule) / sharp.relaxed_probability(1e4, &schedule)
        };
        let (hot, hotter) = (factor(1e4), factor(1e6));
        assert!((0.5..2.0).contains(&hot) && (hot / hotter - 1.0).abs() < 0.2, "{hot} {hotter}");
    }

    /// Far from the decision plane all collapse; the quadrature is then 1 but for its tolerance, on either side.
    #[test]
    fn what_is_certain_is_not_more_than_certain() {
        let options = SpherePairOptions { radius: 2.5, target_weight: 0.95, ..SpherePairOptions::default() };
        let formula = EquatorFormula::new(SpherePair::new(options).unwrap()).unwrap();
        let schedule = Schedule::linear_temperature(10.0, 4.0).unwrap();
        for dimension in [1e4, 2e4, 1e5] {
            let found = formula.probability(dimension, &schedule);
            assert!((1.0 - 1e-9..=1.0).contains(&found), "{found} in {dimension} dimensions");
        }
    }

    /// Without repulsion c, s do not move: both means fall as they stand, P(|D| < |Sigma + 2 eps|).
    #[test]
    fn cold_limit_is_the_start_law() {
        let options = SpherePairOptions {
            radius: 60.0,
            target_weight: 0.999_999,
            variance: SphereVariance::Unit,
            ..SpherePairOptions::default()
        };
        let pair = SpherePair::new(options).unwrap();
        let far = EquatorFormula::new(pair).unwrap();
        let (d, eps) = (1e5, pair.bias() / 3600.0);
        // m_i ~ N(0, 1/d): both on one side of -eps.
        let below = libm::erfc(eps * (d / 2.0f64).sqrt()) / 2.0;
        let found = far.probability(d, &Schedule::constant(1.0).unwrap());
        assert!((found - (1.0 - 2.0 * below * (1.0 - below))).abs() < 1e-9, "{found}");
        // Hot for ever: the pair is driven apart and stays.
        assert!(formula(SphereVariance::Slaved).probability(512.0, &Schedule::constant(90.0).unwrap()) < 1e-9);
    }
}
