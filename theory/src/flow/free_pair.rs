//! The free pair, theory (11): three statistics, exact in every dimension.

use crate::family::{Clock, Metric};
use crate::flow::{Flow, SmoothFlow};
use crate::kernel::{logistic_normal_jet, repulsion, repulsion_jet, softplus_normal};
use crate::parameter::{InvalidParameter, positive};

/// What a [`FreePair`] is: two equal fixed weights, free means, unit variance, modes +-rho u.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FreePairOptions {
    /// rho > 0, half the distance of the modes.
    pub separation: f64,
    /// v of the mode at +rho u, in (0, 1).
    pub target_weight: f64,
    /// The unit of time.
    pub clock: Clock,
    /// The metric of the means.
    pub metric: Metric,
}

impl Default for FreePairOptions {
    /// The preset **free** at separation 3 with equal target weights.
    fn default() -> Self {
        Self { separation: 3.0, target_weight: 0.5, clock: Clock::Kl, metric: Metric::Euclidean }
    }
}

/// The closed flow of theory (11) in the statistics (x, y, z): x = (m_1+m_2)/2, y = (m_1-m_2)/2 with m_i = mu_i.u,
/// z = |part of (mu_1-mu_2)/2 orthogonal to u|; any target weights (h of theory (7)).
///
/// The part of (mu_1+mu_2)/2 orthogonal to u decays by itself at rate g c beta and acts on nothing here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FreePair {
    options: FreePairOptions,
    /// h = log(v/(1-v))/2.
    bias: f64,
}

impl FreePair {
    /// Checks the options.
    pub fn new(options: FreePairOptions) -> Result<Self, InvalidParameter> {
        positive("separation", options.separation)?;
        let v = options.target_weight;
        if !(v > 0.0 && v < 1.0) {
            return Err(InvalidParameter::new("target_weight", v, "lie strictly between 0 and 1"));
        }
        Ok(Self { options, bias: (v / (1.0 - v)).ln() / 2.0 })
    }

    /// The options.
    pub fn options(&self) -> FreePairOptions {
        self.options
    }

    /// h = log(v/(1-v))/2 of theory (7).
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// g c, the common speed of the three statistics.
    pub fn speed(&self, beta: f64) -> f64 {
        let metric = if self.options.metric == Metric::Euclidean { 0.5 } else { 1.0 };
        metric * self.options.clock.factor(beta)
    }

    /// tau(m) of theory (7) at unit variance and its derivative.
    pub fn pull(&self, m: f64) -> (f64, f64) {
        let rho = self.options.separation;
        let jet = logistic_normal_jet(2.0 * (rho * m + self.bias), 2.0 * rho);
        (2.0 * jet.value - 1.0, 4.0 * rho * jet.d1)
    }

    /// q = delta^2 = |mu_1-mu_2|^2.
    pub(crate) fn gap(state: &[f64]) -> f64 {
        4.0 * (state[1] * state[1] + state[2] * state[2])
    }

    /// The objective from S(-q/2, sqrt q) and S(2(rho m + h), 2 rho).
    #[inline]
    pub(crate) fn objective_from(
        &self,
        beta: f64,
        state: &[f64],
        push: impl Fn(f64) -> f64,
        pull: impl Fn(f64) -> f64,
    ) -> f64 {
        let rho = self.options.separation;
        let own = push(Self::gap(state).max(0.0)) - std::f64::consts::LN_2;
        let log_v = (1.0 - self.options.target_weight).ln();
        let log_target = |m: f64| {
            let norm = m * m + state[2] * state[2];
            pull(m) + log_v - rho * m - (norm + rho * rho) / 2.0
        };
        own - beta * (log_target(state[0] + state[1]) + log_target(state[0] - state[1])) / 2.0
    }

    /// Theory (11) at (x, y, z) from tau at the two means, and r at their distance.
    #[inline(always)]
    pub(crate) fn field_from(&self, beta: f64, state: [f64; 3], pulls: [f64; 2], push: f64) -> [f64; 3] {
        Self::scaled_field(self.speed(beta), [beta, beta * self.options.separation / 2.0], state, pulls, 2.0 * push)
    }

    /// Theory (11) at (x, y, z) from `decay` beta, `drive` beta rho/2, `pulls` tau(x+y) and tau(x-y), and `push` 2 r, with `speed`
    /// g c, or 1 where that stands in decay, drive and push: the one statement of the field, for numbers and for lanes of vectors.
    #[inline(always)]
    pub fn scaled_field(
        speed: f64,
        [decay, drive]: [f64; 2],
        [x, y, z]: [f64; 3],
        [plus, minus]: [f64; 2],
        push: f64,
    ) -> [f64; 3] {
        let spread = push - decay;
        [
            speed * (drive * (plus + minus) - decay * x),
            speed * (drive * (plus - minus) + spread * y),
            speed * spread * z,
        ]
    }

    /// The Jacobian at (y, z) from tau' at the two means, and r and r' at their distance; row by row.
    #[inline]
    pub(crate) fn jacobian_from(&self, beta: f64, [y, z]: [f64; 2], pulls: [f64; 2], push: (f64, f64)) -> [f64; 9] {
        let speed = self.speed(beta);
        let drive = beta * self.options.separation / 2.0;
        let spread = 2.0 * push.0 - beta;
        // d(2r)/dy = 2 r' dq/dy = 16 r' y, and the same in z.
        let bend = 16.0 * push.1;
        let (even, odd) = (drive * (pulls[0] + pulls[1]), drive * (pulls[0] - pulls[1]));
        let rows = [
            [even - beta, odd, 0.0],
            [odd, even + spread + bend * y * y, bend * y * z],
            [0.0, bend * y * z, spread + bend * z * z],
        ];
        std::array::from_fn(|k| speed * rows[k / 3][k % 3])
    }
}

impl Flow for FreePair {
    fn dimension(&self) -> usize {
        3
    }

    fn field(&self, beta: f64, state: &[f64], rate: &mut [f64]) {
        let (x, y) = (state[0], state[1]);
        let pulls = [self.pull(x + y).0, self.pull(x - y).0];
        rate.copy_from_slice(&self.field_from(beta, [x, y, state[2]], pulls, repulsion(Self::gap(state))));
    }

    /// F_beta + (1 - beta) (d/2) (log(2 pi) + 1) where (mu_1+mu_2)/2 lies along u: the part that depends on (x, y, z).
    /// The flow is its gradient: (x, y, z)' = -g c grad F.
    fn objective(&self, beta: f64, state: &[f64]) -> f64 {
        let rho = self.options.separation;
        let push = |q: f64| softplus_normal(-q / 2.0, q.sqrt());
        let pull = |m: f64| softplus_normal(2.0 * (rho * m + self.bias), 2.0 * rho);
        self.objective_from(beta, state, push, pull)
    }
}

impl SmoothFlow for FreePair {
    fn jacobian(&self, beta: f64, state: &[f64], jacobian: &mut [f64]) {
        let (x, y, z) = (state[0], state[1], state[2]);
        let pulls = [self.pull(x + y).1, self.pull(x - y).1];
        let jet = repulsion_jet(Self::gap(state));
        jacobian.copy_from_slice(&self.jacobian_from(beta, [y, z], pulls, (jet.value, jet.d1)));
    }
}
