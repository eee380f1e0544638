//! The free pair with trained weights as a family of fields in two of its parameters.

use collapsar_theory::{LogisticJet, logistic_normal_jet, softplus_normal};

use super::misuse::ContinuationMisuse;
use super::pair_family::{PairParameter, PairPoint};
use super::problem::TwoParameterProblem;

/// Two components of unit variance on the line through the modes, their weights trained: the flow (2), (4) in
/// `(m_1, m_2, l)`, `l = log(w_1/w_2)`, in the natural metric and divided by `beta`.
///
/// ```text
/// m_1' =  T L(-q/2 - l, D) D + phi(m_1)      m_2' = -T L(-q/2 + l, D) D + phi(m_2)
/// l'   = -T [l + S(-q/2 - l, D) - S(-q/2 + l, D)] - D (2 rho + m_1 + m_2)/2 + S(a_1, 2 rho) - S(a_2, 2 rho)
/// ```
///
/// with `D = m_1 - m_2`, `q = D^2`, `phi(m) = rho tau(m) - m`, `a_i = 2 (rho m_i + h)`. Equilibria are those of every
/// metric, and so is the number of their growing directions: the flow is a gradient, and a metric only multiplies the
/// Hessian by a positive matrix, which keeps its inertia. Components that coincide (`D = 0`) rest at any `l`: a line of
/// equilibria, on which no branch can be followed. Source: theory section 13.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedFamily {
    base: PairPoint,
    varied: [PairParameter; 2],
}

/// What one mode-sided mean feels.
struct WeightedPull {
    /// phi(m), phi'(m).
    force: [f64; 2],
    /// L and its derivatives at (a, 2 rho).
    jet: LogisticJet,
    /// S(a, 2 rho).
    soft: f64,
}

/// What components feel of each other.
struct Push {
    /// D.
    gap: f64,
    /// L(-q/2 -+ l, D) with derivatives: the weight of the other at component 1, and at component 2.
    shares: [LogisticJet; 2],
    /// l + S(-q/2 - l, D) - S(-q/2 + l, D).
    levels: f64,
}

impl WeightedFamily {
    /// The family through `base` in two parameters.
    ///
    /// # Errors
    /// [`ContinuationMisuse::Option`] if the point breaks its rules.
    pub fn new(base: PairPoint, varied: [PairParameter; 2]) -> Result<Self, ContinuationMisuse> {
        base.check().map(|()| Self { base, varied })
    }

    fn at(&self, parameters: [f64; 2]) -> PairPoint {
        self.base.with(self.varied[0], parameters[0]).with(self.varied[1], parameters[1])
    }

    fn pull(point: &PairPoint, m: f64) -> WeightedPull {
        let rho = point.separation;
        let (a, b) = (2.0 * (rho * m + point.bias), 2.0 * rho);
        let jet = logistic_normal_jet(a, b);
        let force = [rho * (2.0 * jet.value - 1.0) - m, 4.0 * rho * rho * jet.d1 - 1.0];
        WeightedPull { force, jet, soft: softplus_normal(a, b) }
    }

    fn push(state: &[f64]) -> Push {
        let (gap, l) = (state[0] - state[1], state[2]);
        let half = 0.5 * gap * gap;
        let width = gap.abs();
        Push {
            gap,
            shares: [-half - l, -half + l].map(|a| logistic_normal_jet(a, width)),
            levels: l + softplus_normal(-half - l, width) - softplus_normal(-half + l, width),
        }
    }

    /// The change of the field with one parameter.
    fn derivative(point: &PairPoint, parameter: PairParameter, state: &[f64]) -> [f64; 3] {
        let push = Self::push(state);
        if parameter == PairParameter::LogTemperature {
            let t = point.temperature;
            let [one, two] = [0, 1].map(|i| push.shares[i].value * push.gap);
            return [t * one, -t * two, -t * push.levels];
        }
        let rho = point.separation;
        // a_i = 2 (rho m_i + h), b = 2 rho; dL/db = b L_aa, dS/da = L, dS/db = b L_a.
        let change = |m: f64| {
            let jet = Self::pull(point, m).jet;
            match parameter {
                PairParameter::Bias => [4.0 * rho * jet.d1, 2.0 * jet.value],
                _ => {
                    let force = 2.0 * jet.value - 1.0 + rho * (4.0 * m * jet.d1 + 8.0 * rho * jet.d2);
                    [force, 2.0 * m * jet.value + 4.0 * rho * jet.d1]
                }
            }
        };
        let (first, second) = (change(state[0]), change(state[1]));
        let tilt = if parameter == PairParameter::Separation { push.gap } else { 0.0 };
        [first[0], second[0], first[1] - second[1] - tilt]
    }
}

impl TwoParameterProblem for WeightedFamily {
    fn dimension(&self) -> usize {
        3
    }

    fn residual(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        let point = self.at(parameters);
        let (push, t) = (Self::push(state), point.temperature);
        let [one, two] = [0, 1].map(|i| Self::pull(&point, state[i]));
        out[0] = t * push.shares[0].value * push.gap + one.force[0];
        out[1] = -t * push.shares[1].value * push.gap + two.force[0];
        let slope = 2.0 * point.separation + state[0] + state[1];
        out[2] = -t * push.levels - 0.5 * push.gap * slope + one.soft - two.soft;
    }

    fn jacobian(&self, state: &[f64], parameters: [f64; 2], out: &mut [f64]) {
        let point = self.at(parameters);
        let (push, t) = (Self::push(state), point.temperature);
        let [one, two] = [0, 1].map(|i| Self::pull(&point, state[i]).force);
        let [a, b] = &push.shares;
        let d = push.gap;
        // L(-q/2 -+ l, |D|) changes with D by D (L_aa - L_a), S by D (L_a - L).
        let turn = |jet: &LogisticJet| t * (jet.value + d * d * (jet.d2 - jet.d1));
        let (first, second) = (turn(a), turn(b));
        let level = t * d * ((a.d1 - a.value) - (b.d1 - b.value));
        let rows = [
            [first + one[1], -first, -t * a.d1 * d],
            [-second, second + two[1], -t * b.d1 * d],
            [one[0] - level, level - two[0], -t * (1.0 - a.value - b.value)],
        ];
        out.copy_from_slice(rows.as_flattened());
    }

    fn parameter_derivatives(&self, state: &[f64], parameters: [f64; 2], first: &mut [f64], second: &mut [f64]) {
        let point = self.at(parameters);
        for (out, parameter) in [first, second].into_iter().zip(self.varied) {
            out.copy_from_slice(&Self::derivative(&point, parameter, state));
        }
    }

    fn in_domain(&self, _state: &[f64], parameters: [f64; 2]) -> bool {
        self.at(parameters).check().is_ok()
    }
}
