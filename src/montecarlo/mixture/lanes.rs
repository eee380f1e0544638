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
mod tests {
    use collapsar_theory::{Clock, CubatureOptions, Family, Flow, Start, Target, Tempering};

    use super::*;
    use crate::montecarlo::draw_start;
    use crate::random::stream;

    fn every_rule() -> Vec<Rules> {
        let mut all = Vec::new();
        for means in [MeanSpace::Free, MeanSpace::Sphere] {
            for variance in [VarianceRule::Unit, VarianceRule::Slaved, VarianceRule::Trained] {
                for weights in [WeightRule::Fixed, WeightRule::FisherRao, WeightRule::Softmax] {
                    for (clock, metric, tempering) in [
                        (Clock::Kl, Metric::Euclidean, Tempering::Density),
                        (Clock::FreeEnergy, Metric::Natural, Tempering::Modes),
                    ] {
                        all.push(Rules { means, variance, weights, clock, metric, tempering });
                    }
                }
            }
        }
        all
    }

    /// The lanes' field and objective at drawn states against those of the general flow.
    fn compare<const D: usize, const N: usize>(modes: [Vec<f64>; 2], d: usize, ratio: f64) {
        for rules in every_rule() {
            let target = Target::new(modes.to_vec(), vec![0.7, 0.3]).unwrap();
            let family = Family::new(vec![1.0, ratio], rules);
            let family = family
                .unwrap_or_else(|_| Family::new(vec![1.0 / (1.0 + ratio), ratio / (1.0 + ratio)], rules).unwrap());
            let start = if rules.means == MeanSpace::Free { Start::gaussian(d, 2.0) } else { Start::sphere(d) };
            let problem =
                Problem::new(target, family, Schedule::exponential(9.0, 1.0).unwrap(), start.unwrap()).unwrap();
            for index in 0..6 {
                let start = draw_start(&problem, &mut stream(1, index)).unwrap();
                let flow =
                    MixtureFlow::new(&problem, start.modes, start.dimension, &CubatureOptions::default()).unwrap();
                let lanes = MixtureLanes::<D>::new(&problem, &flow).unwrap();
                let t = 0.4 * index as f64;
                let (stage, beta) = (LaneSystem::<N>::stage(&lanes, 0, t), problem.schedule().beta(t));
                let mut state = flow.initial_state(&start.means, 4.0).unwrap();
                // Off the sphere, so that both read the means in the same way.
                state.iter_mut().for_each(|x| *x *= 1.01);
                let statistics: [f64; N] = lanes.gather(&state);
                let lane = statistics.map(|x| [x; LANES]);
                let found = lanes.rates(&stage, &lane);
                let mut rate = vec![0.0; state.len()];
                flow.field(beta, &state, &mut rate);
                let expected: [f64; N] = lanes.gather(&rate);
                let weights = if rules.weights == WeightRule::Fixed { 0.0 } else { expected[2 * D] };
                for n in 0..N {
                    let expected = if n == 2 * D { weights } else { expected[n] };
                    // Kernels are good to 1e-11 (1 + b), b up to 40, with factors of modes and clock up to 100.
                    assert!(
                        (found[n][3] - expected).abs() < 2e-9 * (1.0 + expected.abs()),
                        "{rules:?} {n}: {} {expected}",
                        found[n][3]
                    );
                }
                let back = lanes.gather::<N>(&lanes.scatter(&statistics));
                assert!(back.iter().zip(&statistics).all(|(a, b)| (a - b).abs() < 1e-12 * (1.0 + b.abs())));
                if rules.tempering == Tempering::Density {
                    let (height, exact) = (lanes.objective(&stage, &lane)[0], flow.objective(beta, &state));
                    assert!((height - exact).abs() < 1e-9 * (1.0 + exact.abs()), "{rules:?}: {height} {exact}");
                }
            }
        }
    }

    #[test]
    fn the_field_and_the_objective_are_those_of_the_flow() {
        compare::<1, 4>([vec![3.0], vec![-3.0]], 1, 1.0);
        compare::<1, 4>([vec![3.0], vec![-3.0]], 1, 1e-200);
        compare::<2, 6>([vec![2.0, 1.0], vec![-1.0, -2.0]], 2, 0.25);
        compare::<3, 8>([vec![3.0], vec![-3.0]], 100, 4.0);
        compare::<4, 10>([vec![2.0, 1.0, 0.0], vec![-1.0, 0.0, 2.0]], 7, 0.25);
    }

    #[test]
    fn what_is_not_a_number_stays_so_and_in_its_lane() {
        let target = Target::pair(3.0, [0.5, 0.5]).unwrap();
        let rules = Rules { weights: WeightRule::FisherRao, variance: VarianceRule::Trained, ..Rules::FREE };
        let family = Family::new(vec![0.5, 0.5], rules).unwrap();
        let start = Start::gaussian(1, 1.0).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
        let flow = MixtureFlow::new(&problem, vec![3.0, -3.0], 1, &CubatureOptions::default()).unwrap();
        let lanes = MixtureLanes::<1>::new(&problem, &flow).unwrap();
        let stage = LaneSystem::<4>::stage(&lanes, 0, 0.0);
        for n in 0..4 {
            let mut state = [[0.5; LANES]; 4];
            state[n][5] = f64::NAN;
            let rate = lanes.rates(&stage, &state);
            assert!((0..4).any(|m| rate[m][5].is_nan()) && lanes.objective(&stage, &state)[5].is_nan());
            assert!((0..4).all(|m| rate[m][4].is_finite()));
        }
    }

    #[test]
    fn other_problems_are_left_to_the_general_path() {
        let target = || Target::pair(3.0, [0.5, 0.5]).unwrap();
        let with = |target: Target, weights: Vec<f64>| {
            let family = Family::new(weights, Rules::FREE).unwrap();
            let start = Start::gaussian(1, 1.0).unwrap();
            let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
            let modes = problem.reduce().1.modes;
            let flow = MixtureFlow::new(&problem, modes, 1, &CubatureOptions::default()).unwrap();
            MixtureLanes::<1>::new(&problem, &flow).is_some()
        };
        assert!(with(target(), vec![0.9, 0.1]));
        assert!(!with(target(), vec![1.0, 0.0]) && !with(target(), vec![0.5, 0.25, 0.25]));
        assert!(!with(Target::pair(3.0, [1.0, 0.0]).unwrap(), vec![0.5, 0.5]));
    }
}
