//! The sphere pair as a family of fields in two of its parameters.

use collapsar_theory::{
    Clock, Flow, Metric, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance, logistic_normal_jet, repulsion_jet,
};

use super::misuse::ContinuationMisuse;
use super::pair_family::{PairParameter, PairPoint};
use super::problem::TwoParameterProblem;

/// How far beyond one an overlap may go: room for differences at states on the edge, on which all equilibria lie.
const ROOM: f64 = 0.02;

/// The flow (8) of the sphere pair in `(m_1, m_2, s)`, divided by `g c beta`.
///
/// ```text
/// m_1' = tau_1 (1 - m_1^2) - P (m_2 - m_1 s)      m_2' = tau_2 (1 - m_2^2) - P (m_1 - m_2 s)
/// s'   = tau_1 (m_2 - m_1 s) + tau_2 (m_1 - m_2 s) - 2 P (1 - s^2)
/// ```
///
/// with `P = r(q)` for a slaved variance and `T r(q)` for a unit one, `q = 2 R^2 (1 - s)/var`. The field is smooth beyond
/// the states that exist (Gram determinant not negative), on whose edge all equilibria lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SphereFamily {
    base: PairPoint,
    slaved: bool,
    varied: [PairParameter; 2],
}

impl SphereFamily {
    /// The family through `base` in two parameters, its variance slaved or unit.
    ///
    /// # Errors
    /// [`ContinuationMisuse::Option`] if the point breaks its rules.
    pub fn new(base: PairPoint, slaved: bool, varied: [PairParameter; 2]) -> Result<Self, ContinuationMisuse> {
        base.check().map(|()| Self { base, slaved, varied })
    }

    fn at(&self, parameters: [f64; 2]) -> PairPoint {
        self.base.with(self.varied[0], parameters[0]).with(self.varied[1], parameters[1])
    }

    /// The pair in the kl clock and the natural metric, g c = 1; `None` outside the domain.
    fn pair(&self, point: &PairPoint) -> Option<SpherePair> {
        let options = SpherePairOptions {
            radius: point.separation,
            target_weight: point.target_weight(),
            variance: if self.slaved { SphereVariance::Slaved } else { SphereVariance::Unit },
            clock: Clock::Kl,
            metric: Metric::Natural,
        };
        SpherePair::new(options).ok()
    }

    /// Derivatives of P and of tau at both means.
    fn changes(&self, point: &PairPoint, parameter: PairParameter, state: &[f64]) -> (f64, [f64; 2]) {
        let radius = point.separation;
        let square = radius * radius;
        let (variance, factor) = if self.slaved { (point.temperature, 1.0) } else { (1.0, point.temperature) };
        let q = 2.0 * square * (1.0 - state[2]) / variance;
        let jet = repulsion_jet(q);
        let b = 2.0 * radius * variance.sqrt();
        // tau = 2 L(a, b) - 1 with a = 2 (R^2 m + h); dL/db = b L_aa.
        let pull = |m: f64| logistic_normal_jet(2.0 * (square * m + point.bias), b);
        let tau = |change: &dyn Fn(f64) -> f64| [change(state[0]), change(state[1])];
        match parameter {
            PairParameter::LogTemperature if self.slaved => (-q * jet.d1, tau(&|m| b * b * pull(m).d2)),
            PairParameter::LogTemperature => (factor * jet.value, [0.0; 2]),
            PairParameter::Separation => {
                let change = |m: f64| {
                    let jet = pull(m);
                    2.0 * (4.0 * radius * m * jet.d1 + b * b / radius * jet.d2)
                };
                (factor * 2.0 * q / radius * jet.d1, tau(&change))
            }
            PairParameter::Bias => (0.0, tau(&|m| 4.0 * pull(m).d1)),
        }
    }

    fn derivative(&self, point: &PairPoint, parameter: PairParameter, state: &[f64], out: &mut [f64]) {
        let (m1, m2, s) = (state[0], state[1], state[2]);
        let (push, [tau1, tau2]) = self.changes(point, parameter, state);
        let (cross1, cross2) = (m2 - m1 * s, m1 - m2 * s);
        out[0] = tau1 * (1.0 - m1 * m1) - push * cross1;
        out[1] = tau2 * (1.0 - m2 * m2) - push * cross2;
        out[2] = tau1 * cross1 + tau2 * cross2 - 2.0 * push * (1.0 - s) * (1.0 + s);
    }
}

impl TwoParameterProblem for SphereFamily {
    fn dimension(&self) -> usize {
        3
    }

    fn residual(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        let point = self.at(parameters);
        let Some(pair) = self.pair(&point) else { return out.fill(f64::NAN) };
        pair.field(1.0 / point.temperature, state, out);
        out.iter_mut().for_each(|value| *value *= point.temperature);
    }

    fn jacobian(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        let point = self.at(parameters);
        let Some(pair) = self.pair(&point) else { return out.fill(f64::NAN) };
        pair.jacobian(1.0 / point.temperature, state, out);
        out.iter_mut().for_each(|value| *value *= point.temperature);
    }

    fn parameter_derivatives(&self, state: &[f64], parameters: [f64; 2], first: &mut [f64], second: &mut [f64]) {
        let point = self.at(parameters);
        self.derivative(&point, self.varied[0], state, first);
        self.derivative(&point, self.varied[1], state, second);
    }

    fn in_domain(&self, state: &[f64], parameters: [f64; 2]) -> bool {
        state.iter().all(|value| value.abs() <= 1.0 + ROOM) && self.at(parameters).check().is_ok()
    }
}
