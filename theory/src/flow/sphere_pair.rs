//! The paper's pair, theory (8): means on the sphere, three statistics and, if it lags, the variance.

mod jacobian;

use crate::family::{Clock, Metric};
use crate::flow::Flow;
use crate::kernel::{LogisticJet, logistic_normal_jet, repulsion_jet, softplus_normal};
use crate::parameter::{InvalidParameter, NOT_TRAINED, initial_variance, positive};

/// How the variance of a [`SpherePair`] moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SphereVariance {
    /// var = 1.
    Unit,
    /// var = 1/beta.
    Slaved,
    /// Theory (5) in `dimension` d (infinity allowed: the leading order in 1/d, in which the variance no longer
    /// feels the means). A fourth state, log var.
    Lagging {
        /// d >= 1, or infinity.
        dimension: f64,
    },
}

/// What a [`SpherePair`] is: two equal fixed weights, means of norm R, modes +-R e1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpherePairOptions {
    /// R > 0.
    pub radius: f64,
    /// w* of the mode at +R e1, in (0, 1).
    pub target_weight: f64,
    /// How the variance moves.
    pub variance: SphereVariance,
    /// The unit of time.
    pub clock: Clock,
    /// The metric of the means.
    pub metric: Metric,
}

impl Default for SpherePairOptions {
    /// The paper's pair: R = 3, w* = 0.8, variance slaved, free-energy clock.
    fn default() -> Self {
        Self {
            radius: 3.0,
            target_weight: 0.8,
            variance: SphereVariance::Slaved,
            clock: Clock::FreeEnergy,
            metric: Metric::Euclidean,
        }
    }
}

/// The closed flow of theory (8) in m_1 = mu_1.e1/R, m_2 = mu_2.e1/R, s = mu_1.mu_2/R^2, followed by log var if the
/// variance lags.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpherePair {
    options: SpherePairOptions,
    /// h = log(w*/(1-w*))/2.
    bias: f64,
    /// var(0) of a lagging variance; T0 if none.
    initial_variance: Option<f64>,
}

/// What field and Jacobian share at a state.
struct Local {
    variance: f64,
    /// q = |mu_1-mu_2|^2/var.
    gap: f64,
    /// L and its derivatives at the argument of tau, for each mean.
    pulls: [LogisticJet; 2],
}

impl SpherePair {
    /// Checks the options.
    pub fn new(options: SpherePairOptions) -> Result<Self, InvalidParameter> {
        positive("radius", options.radius)?;
        let w = options.target_weight;
        if !(w > 0.0 && w < 1.0) {
            return Err(InvalidParameter::new("target_weight", w, "lie strictly between 0 and 1"));
        }
        if let SphereVariance::Lagging { dimension } = options.variance
            && (dimension.is_nan() || dimension < 1.0)
        {
            return Err(InvalidParameter::new("dimension", dimension, "be at least 1"));
        }
        Ok(Self { options, bias: (w / (1.0 - w)).ln() / 2.0, initial_variance: None })
    }

    /// The options.
    pub fn options(&self) -> SpherePairOptions {
        self.options
    }

    /// The same pair whose lagging variance starts at `variance` > 0 in place of T0.
    ///
    /// Errors: a variance outside 1e-12 to 1e12, or that does not lag.
    pub fn with_initial_variance(self, variance: f64) -> Result<Self, InvalidParameter> {
        if !matches!(self.options.variance, SphereVariance::Lagging { .. }) {
            return Err(InvalidParameter::new("variance", variance, NOT_TRAINED));
        }
        Ok(Self { initial_variance: Some(initial_variance(variance)?), ..self })
    }

    /// var(0) under a schedule from `initial_temperature`.
    pub fn initial_variance(&self, initial_temperature: f64) -> f64 {
        match self.options.variance {
            SphereVariance::Unit => 1.0,
            SphereVariance::Slaved => initial_temperature,
            SphereVariance::Lagging { .. } => self.initial_variance.unwrap_or(initial_temperature),
        }
    }

    /// h = log(w*/(1-w*))/2 of theory (7).
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// g c, the speed of the means.
    pub fn speed(&self, beta: f64) -> f64 {
        let metric = if self.options.metric == Metric::Euclidean { 0.5 } else { 1.0 };
        metric * self.options.clock.factor(beta)
    }

    /// var at a state.
    pub fn variance(&self, beta: f64, state: &[f64]) -> f64 {
        match self.options.variance {
            SphereVariance::Unit => 1.0,
            SphereVariance::Slaved => 1.0 / beta,
            SphereVariance::Lagging { .. } => state[3].exp(),
        }
    }

    /// d(log var)/dt of a lagging variance at 1/var to leading order in 1/d, theory (5); else 0.
    #[inline]
    pub fn lag(&self, beta: f64, precision: f64) -> f64 {
        match self.options.variance {
            SphereVariance::Lagging { .. } => -self.options.clock.factor(beta) * (beta - precision),
            _ => 0.0,
        }
    }

    fn local(&self, beta: f64, state: &[f64]) -> Local {
        let variance = self.variance(beta, state);
        let square = self.options.radius * self.options.radius;
        let pull =
            |m: f64| logistic_normal_jet(2.0 * (square * m + self.bias), 2.0 * self.options.radius * variance.sqrt());
        let gap = 2.0 * square * (1.0 - state[2]) / variance;
        Local { variance, gap, pulls: [pull(state[0]), pull(state[1])] }
    }

    /// The part of the objective that the means feel, from S(-q/2, sqrt q) and S(2(R^2 m + h), 2 R sqrt(var)).
    #[inline]
    pub(crate) fn objective_from(
        &self,
        beta: f64,
        variance: f64,
        state: &[f64],
        push: impl Fn(f64) -> f64,
        pull: impl Fn(f64) -> f64,
    ) -> f64 {
        let square = self.options.radius * self.options.radius;
        let own = push((2.0 * square * (1.0 - state[2]) / variance).max(0.0)) - std::f64::consts::LN_2;
        let log_w = (1.0 - self.options.target_weight).ln();
        let log_target = |m: f64| pull(m) + log_w - square * m - square;
        own - beta * (log_target(state[0]) + log_target(state[1])) / 2.0
    }

    /// Theory (8) at (m_1, m_2, s) from tau at both means, and r/var at their distance.
    #[inline(always)]
    pub(crate) fn field_from(&self, beta: f64, state: [f64; 3], pulls: [f64; 2], push: f64) -> [f64; 3] {
        Self::scaled_field(self.speed(beta), state, pulls.map(|tau| beta * tau), push)
    }

    /// Theory (8) at (m_1, m_2, s) from `pulls`, beta tau at both means, and `push`, r/var at their distance, with `speed` g c,
    /// or 1 where that stands in each of them: the one statement of the field, for numbers and for the lanes of vectors.
    #[inline(always)]
    pub fn scaled_field(speed: f64, [m1, m2, s]: [f64; 3], [pull1, pull2]: [f64; 2], push: f64) -> [f64; 3] {
        let (cross1, cross2) = (m2 - m1 * s, m1 - m2 * s);
        [
            speed * (pull1 * (1.0 - m1 * m1) - push * cross1),
            speed * (pull2 * (1.0 - m2 * m2) - push * cross2),
            speed * (pull1 * cross1 - 2.0 * push * (1.0 - s) * (1.0 + s) + pull2 * cross2),
        ]
    }

    /// Theory (5) as d(log var)/dt over -c.
    fn variance_force(&self, beta: f64, local: &Local, dimension: f64) -> f64 {
        let alone = beta - 1.0 / local.variance;
        if dimension.is_infinite() {
            return alone;
        }
        let square = self.options.radius * self.options.radius;
        let own = local.gap * own_overlap(local.gap).d1 / local.variance;
        let target = beta * 2.0 * square * (local.pulls[0].d1 + local.pulls[1].d1);
        alone + (own - target) / dimension
    }
}

/// The jet of L at (-q/2, sqrt q): d1 is <r_1 r_2>.
fn own_overlap(q: f64) -> LogisticJet {
    let q = q.max(0.0);
    logistic_normal_jet(-q / 2.0, q.sqrt())
}

impl Flow for SpherePair {
    fn dimension(&self) -> usize {
        if matches!(self.options.variance, SphereVariance::Lagging { .. }) { 4 } else { 3 }
    }

    fn field(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        let local = self.local(beta, state);
        let push = repulsion_jet(local.gap).value / local.variance;
        let pulls = local.pulls.map(|jet| 2.0 * jet.value - 1.0);
        rate[..3].copy_from_slice(&self.field_from(beta, [state[0], state[1], state[2]], pulls, push));
        if let SphereVariance::Lagging { dimension } = self.options.variance {
            rate[3] = -self.options.clock.factor(beta) * self.variance_force(beta, &local, dimension);
        }
    }

    /// The part of F_beta that depends on (m_1, m_2, s); with a lagging variance in finite d all of F_beta, and
    /// in infinite d its leading order per dimension, (beta var - log var)/2, alone.
    /// The flow is its gradient in the metric of the two spheres: (m_1, m_2, s)' = -(2 g c/R^2) M grad F, where M has the
    /// diagonal 1 - m_1^2, 1 - m_2^2, 2 (1 - s^2) and beside it M_12 = 0, M_13 = m_2 - m_1 s, M_23 = m_1 - m_2 s; and
    /// (log var)' = -(2 c/(d var)) dF/d log var (with the objective per dimension, in infinite d, without the d).
    fn objective(&self, beta: f64, state: &[f64]) -> f64 {
        let variance = self.variance(beta, state);
        let spread = 2.0 * self.options.radius * variance.sqrt();
        let push = |q: f64| softplus_normal(-q / 2.0, q.sqrt());
        let square = self.options.radius * self.options.radius;
        let pull = |m: f64| softplus_normal(2.0 * (square * m + self.bias), spread);
        let means = self.objective_from(beta, variance, state, push, pull);
        match self.options.variance {
            SphereVariance::Lagging { dimension } => {
                let log_tau = std::f64::consts::TAU.ln();
                let per_dimension = beta * variance - variance.ln();
                if dimension.is_infinite() {
                    return per_dimension / 2.0;
                }
                means + dimension / 2.0 * (per_dimension - 1.0 + (beta - 1.0) * log_tau)
            }
            _ => means,
        }
    }
}
