//! The free pair as a family of fields in two of its parameters.

use collapsar_theory::{Clock, Flow, FreePair, FreePairOptions, Metric, SmoothFlow, logistic_normal_jet, repulsion};

use super::misuse::ContinuationMisuse;
use super::pair_family::{PairParameter, PairPoint};
use super::problem::TwoParameterProblem;

/// The flow (11) of the free pair in `(x, y, z)`, divided by `g c beta` so that it stays of order one at high
/// temperature; equilibria and signs of eigenvalues are those of the flow, its rates are `g c beta` times larger.
///
/// ```text
/// x' = rho [tau(x+y) + tau(x-y)]/2 - x    y' = rho [tau(x+y) - tau(x-y)]/2 + (2 T r - 1) y    z' = (2 T r - 1) z
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FreeFamily {
    base: PairPoint,
    varied: [PairParameter; 2],
    in_plane: bool,
}

impl FreeFamily {
    /// The family through `base` in two parameters.
    ///
    /// # Errors
    /// [`ContinuationMisuse::Option`] if the point breaks its rules.
    pub fn new(base: PairPoint, varied: [PairParameter; 2]) -> Result<Self, ContinuationMisuse> {
        base.check().map(|()| Self { base, varied, in_plane: false })
    }

    /// The same family on the invariant plane z = 0, with states `(x, y)`: at T = 1 every state with y = 0 is neutral in
    /// z, and no branch of such states can be followed in three dimensions.
    pub fn in_plane(self) -> Self {
        Self { in_plane: true, ..self }
    }

    /// z.
    fn third(&self, state: &[f64]) -> f64 {
        if self.in_plane { 0.0 } else { state[2] }
    }

    fn at(&self, parameters: [f64; 2]) -> PairPoint {
        self.base.with(self.varied[0], parameters[0]).with(self.varied[1], parameters[1])
    }

    /// The pair in the kl clock and the natural metric, g c = 1; `None` outside the domain.
    fn pair(point: &PairPoint) -> Option<FreePair> {
        let options = FreePairOptions {
            separation: point.separation,
            target_weight: point.target_weight(),
            clock: Clock::Kl,
            metric: Metric::Natural,
        };
        FreePair::new(options).ok()
    }

    fn derivative(point: &PairPoint, parameter: PairParameter, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let rho = point.separation;
        if parameter == PairParameter::LogTemperature {
            let push = 2.0 * point.temperature * repulsion(4.0 * (y * y + z * z));
            return [0.0, push * y, push * z];
        }
        // tau = 2 L(a, b) - 1 with a = 2 (rho m + h), b = 2 rho; dL/db = b L_aa.
        let change = |m: f64| {
            let jet = logistic_normal_jet(2.0 * (rho * m + point.bias), 2.0 * rho);
            match parameter {
                PairParameter::Bias => 4.0 * rho * jet.d1,
                _ => 2.0 * jet.value - 1.0 + rho * (4.0 * m * jet.d1 + 8.0 * rho * jet.d2),
            }
        };
        let (plus, minus) = (change(x + y), change(x - y));
        [0.5 * (plus + minus), 0.5 * (plus - minus), 0.0]
    }
}

impl TwoParameterProblem for FreeFamily {
    fn dimension(&self) -> usize {
        if self.in_plane { 2 } else { 3 }
    }

    fn residual(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        let point = self.at(parameters);
        let Some(pair) = Self::pair(&point) else { return out.fill(f64::NAN) };
        let mut rate = [0.0; 3];
        pair.field(1.0 / point.temperature, &[state[0], state[1], self.third(state)], &mut rate);
        out.iter_mut().zip(rate).for_each(|(value, rate)| *value = rate * point.temperature);
    }

    fn jacobian(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        let point = self.at(parameters);
        let Some(pair) = Self::pair(&point) else { return out.fill(f64::NAN) };
        let mut rows = [0.0; 9];
        pair.jacobian(1.0 / point.temperature, &[state[0], state[1], self.third(state)], &mut rows);
        let n = self.dimension();
        for (i, value) in out.iter_mut().enumerate() {
            *value = rows[3 * (i / n) + i % n] * point.temperature;
        }
    }

    fn parameter_derivatives(&self, state: &[f64], parameters: [f64; 2], first: &mut [f64], second: &mut [f64]) {
        let point = self.at(parameters);
        let state = [state[0], state[1], self.third(state)];
        for (out, parameter) in [first, second].into_iter().zip(self.varied) {
            let change = Self::derivative(&point, parameter, state);
            out.copy_from_slice(&change[..out.len()]);
        }
    }

    fn in_domain(&self, _state: &[f64], parameters: [f64; 2]) -> bool {
        self.at(parameters).check().is_ok()
    }
}
