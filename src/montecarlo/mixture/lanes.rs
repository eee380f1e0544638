//! Two components on two modes, theory (2)-(5), for lanes of draws.

use collapsar_theory::{MeanSpace, Metric, MixtureFlow, Problem, Rules, Schedule, VarianceRule, WeightRule, exp_array};

use crate::montecarlo::lanes::step::{LANES, Lane, LaneSystem};
use crate::montecarlo::mixture::averages::{LogitAverages, Overlap, Own, Pull, TwoModes};

/// K = P = 2 in D coordinates of a frame that spans modes and means.
///
/// Statistics (2 D + 2): x = (mu_1 + mu_2)/2 and y = (mu_1 - mu_2)/2, in which components that nearly coincide keep the
/// digits of their difference; l = log(w_1/w_2); log var. The last two rest where they are not trained.
pub(crate) struct MixtureLanes<'a, const D: usize> {
    schedule: &'a Schedule,
    rules: Rules,
    /// d.
    ambient: f64,
    pub(crate) radius: Option<f64>,
    pub(crate) modes: TwoModes<D>,
    /// l where the weights are fixed.
    ratio: f64,
    own: Own,
    target: LogitAverages,
}

/// The constants of the field at one time.
pub(crate) struct MixtureStage {
    beta: f64,
    /// c.
    clock: f64,
    /// log(v_1/v_2) to the power of the tempering.
    bias: f64,
    /// var where it is not trained.
    variance: f64,
}

/// A state in plain form.
pub(crate) struct Plain<const D: usize> {
    pub(crate) x: [Lane; D],
    pub(crate) y: [Lane; D],
    pub(crate) variance: Lane,
    pub(crate) overlap: Overlap,
    pub(crate) pull: Pull,
    /// (x - c).y
    pub(crate) tilt: Lane,
}

impl<'a, const D: usize> MixtureLanes<'a, D> {
    /// None unless K = P = 2 with no weight of 0, in D coordinates.
    pub(crate) fn new(problem: &'a Problem, flow: &MixtureFlow) -> Option<Self> {
        let modes = TwoModes::new(problem.target(), flow.modes())?;
        let &[w1, w2] = problem.family().weights() else { return None };
        if flow.width() != D || !(w1 > 0.0 && w2 > 0.0) {
            return None;
        }
        let rules = problem.family().rules();
        let ratio = w1.ln() - w2.ln();
        let fixed = rules.weights == WeightRule::Fixed;
        let constant = rules.variance == VarianceRule::Unit;
        let target =
            if constant { LogitAverages::constant(2.0 * modes.square().sqrt()) } else { LogitAverages::Moving };
        Some(Self {
            schedule: problem.schedule(),
            rules,
            ambient: problem.dimension() as f64,
            radius: problem.radius().filter(|_| rules.means == MeanSpace::Sphere),
            modes,
            ratio,
            own: if fixed { Own::fixed(ratio) } else { Own::Trained },
            target,
        })
    }

    /// How many statistics move.
    pub(crate) fn moving(&self) -> usize {
        let (weights, variance) =
            (self.rules.weights != WeightRule::Fixed, self.rules.variance == VarianceRule::Trained);
        2 * D + usize::from(weights) + usize::from(variance)
    }

    /// The statistics of a state of the flow.
    pub(crate) fn gather<const N: usize>(&self, state: &[f64]) -> [f64; N] {
        let mut out = [0.0; N];
        for n in 0..D {
            out[n] = (state[n] + state[D + n]) / 2.0;
            out[D + n] = (state[n] - state[D + n]) / 2.0;
        }
        let mut rest = state[2 * D..].iter();
        out[2 * D] = self.ratio;
        if self.rules.weights != WeightRule::Fixed
            && let (Some(one), Some(two)) = (rest.next(), rest.next())
        {
            out[2 * D] = one - two;
        }
        out[2 * D + 1] = rest.next().copied().unwrap_or(0.0);
        out
    }

    /// The state of the flow with these statistics.
    pub(crate) fn scatter<const N: usize>(&self, lane: &[f64; N]) -> Vec<f64> {
        let mut state: Vec<f64> = (0..D).map(|n| lane[n] + lane[D + n]).collect();
        state.extend((0..D).map(|n| lane[n] - lane[D + n]));
        if self.rules.weights != WeightRule::Fixed {
            // Logits count up to a common constant: the heavier one is 0.
            state.extend([lane[2 * D].min(0.0), (-lane[2 * D]).min(0.0)]);
        }
        if self.rules.variance == VarianceRule::Trained {
            state.push(lane[2 * D + 1]);
        }
        state
    }

    /// The constants at an inverse temperature.
    pub(crate) fn stage_at(&self, beta: f64) -> MixtureStage {
        let variance = if self.rules.variance == VarianceRule::Slaved { 1.0 / beta } else { 1.0 };
        let clock = self.rules.clock.factor(beta);
        MixtureStage { beta, clock, bias: self.rules.tempering.power(beta) * self.modes.ratio, variance }
    }

    /// F_beta of theory (1) with every constant, at a time at which the variance follows from `stage`.
    #[inline(always)]
    pub(crate) fn objective<const N: usize>(&self, stage: &MixtureStage, state: &[Lane; N]) -> Lane {
        let plain = self.plain(stage, state, true);
        let square = self.modes.square();
        let [w1, w2] = &plain.overlap.weights;
        let mut out = [0.0; LANES];
        for l in 0..LANES {
            let mut spread = square;
            for n in 0..D {
                let (x, y) = (plain.x[n][l] - self.modes.centre[n], plain.y[n][l]);
                spread += x * x + y * y;
            }
            // sum_i w_i |mu_i - c|^2 = |x - c|^2 + |y|^2 + 2 (w_1 - w_2) (x - c).y
            spread += 2.0 * (w1[l] - w2[l]) * plain.tilt[l];
            let bend = w1[l] * plain.pull.bend[0][l] + w2[l] * plain.pull.bend[1][l];
            let half_d = self.ambient / 2.0;
            let log_tau = std::f64::consts::TAU.ln();
            let own = plain.overlap.level[l] - half_d * (log_tau + plain.variance[l].ln() + 1.0);
            let target = self.modes.mean_log - 0.5 * spread + bend - half_d * (log_tau + plain.variance[l]);
            out[l] = own - stage.beta * target;
        }
        out
    }

    #[inline(always)]
    fn plain<const N: usize>(&self, stage: &MixtureStage, state: &[Lane; N], everything: bool) -> Plain<D> {
        let (x, y) = self.means(state);
        let variance = match self.rules.variance {
            VarianceRule::Trained => exp_array(&state[2 * D + 1]),
            _ => [stage.variance; LANES],
        };
        let (mut q, mut square, mut tilt, mut a) = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [[0.0; LANES]; 2]);
        let width = 4.0 * self.modes.square();
        for l in 0..LANES {
            let (mut gap, mut sum, mut difference) = (0.0, 0.0, 0.0);
            for n in 0..D {
                let off = x[n][l] - self.modes.centre[n];
                gap += y[n][l] * y[n][l];
                tilt[l] += off * y[n][l];
                sum += self.modes.half[n] * off;
                difference += self.modes.half[n] * y[n][l];
            }
            q[l] = 4.0 * gap / variance[l];
            square[l] = width * variance[l];
            a[0][l] = stage.bias + 2.0 * (sum + difference);
            a[1][l] = stage.bias + 2.0 * (sum - difference);
        }
        let trained = self.rules.weights != WeightRule::Fixed;
        let overlap = self.own.at(&state[2 * D], &q, everything);
        let pull = self.target.at(&a, &square, everything || trained);
        Plain { x, y, variance, overlap, pull, tilt }
    }
}

impl<const D: usize, const N: usize> LaneSystem<N> for MixtureLanes<'_, D> {
    type Stage = MixtureStage;

    fn stage(&self, piece: usize, t: f64) -> MixtureStage {
        self.stage_at(self.schedule.beta_in_piece(piece, t))
    }

    #[inline(always)]
    fn rates(&self, stage: &MixtureStage, state: &[Lane; N]) -> [Lane; N] {
        let plain = self.plain(stage, state, false);
        let pulls = self.pulls(stage.beta, &plain);
        let [w1, w2] = &plain.overlap.weights;
        let mut rate = [[0.0; LANES]; N];
        let euclidean = self.rules.metric == Metric::Euclidean;
        for n in 0..D {
            for l in 0..LANES {
                let (sum, difference) = if euclidean { (0.5, 0.5 * (w1[l] - w2[l])) } else { (1.0, 0.0) };
                rate[n][l] = stage.clock * (sum * pulls[0][n][l] + difference * pulls[1][n][l]);
                rate[D + n][l] = stage.clock * (difference * pulls[0][n][l] + sum * pulls[1][n][l]);
            }
        }
        if self.rules.weights != WeightRule::Fixed {
            let softmax = self.rules.weights == WeightRule::Softmax;
            for l in 0..LANES {
                let bend = plain.pull.bend[0][l] - plain.pull.bend[1][l];
                // f_1 - f_2 of theory (3).
                let force = plain.overlap.advantage[l] - stage.beta * (bend - 2.0 * plain.tilt[l]);
                let share = if softmax { 2.0 * w1[l] * w2[l] } else { 1.0 };
                rate[2 * D][l] = -stage.clock * share * force;
            }
        }
        if self.rules.variance == VarianceRule::Trained {
            let square = self.modes.square();
            for l in 0..LANES {
                let var = plain.variance[l];
                let gap = plain.overlap.shared[l] * w1[l] * w2[l];
                let mut own = 0.0;
                for n in 0..D {
                    own += plain.y[n][l] * plain.y[n][l];
                }
                let target = w1[l] * plain.pull.slope[0][l] + w2[l] * plain.pull.slope[1][l];
                let spreads = 4.0 * (gap * own / (var * var) - stage.beta * target * square) / self.ambient;
                // 2/K = 1.
                rate[2 * D + 1][l] = -stage.clock * ((stage.beta - 1.0 / var) + spreads);
            }
        }
        rate
    }
}

/// A lower bound of the fastest motion of a state: the fastest of a mean's coordinate.
pub(crate) fn motion<const N: usize>(rate: &[f64; N]) -> f64 {
    let half = (N - 2) / 2;
    (0..half).map(|n| (rate[n] + rate[half + n]).abs().max((rate[n] - rate[half + n]).abs())).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;
