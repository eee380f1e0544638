//! Averages of five classes and more in a span of two or three dimensions, against grids in the whole space.

use collapsar_theory::{
    ClassAverages, CubatureOptions, Displaced, Family, Flow, MixtureFlow, MixtureState, Problem, Rules, Schedule,
    Start, Target, VarianceRule, WeightRule,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A state of a mixture and a target in R^D.
#[derive(Debug, Clone)]
struct Case<const D: usize> {
    modes: Vec<[f64; D]>,
    targets: Vec<f64>,
    means: Vec<[f64; D]>,
    weights: Vec<f64>,
    variance: f64,
}

fn flat<const D: usize>(points: &[[f64; D]]) -> Vec<f64> {
    points.iter().flatten().copied().collect()
}

impl<const D: usize> Case<D> {
    fn flow(&self, weights: WeightRule, tolerance: f64) -> MixtureFlow {
        let rows = |points: &[[f64; D]]| points.iter().map(|p| p.to_vec()).collect::<Vec<_>>();
        let rules = Rules { variance: VarianceRule::Trained, weights, ..Rules::FREE };
        let target = Target::new(rows(&self.modes), self.targets.clone()).unwrap();
        let family = Family::new(self.weights.clone(), rules).unwrap();
        let start = Start::means(rows(&self.means)).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(2.0).unwrap(), start).unwrap();
        let options = CubatureOptions { tolerance, ..CubatureOptions::default() };
        MixtureFlow::new(&problem, flat(&self.modes), D, &options).unwrap()
    }

    fn averages(&self, tolerance: f64) -> ClassAverages {
        self.flow(WeightRule::Fixed, tolerance).averages(&self.state())
    }

    fn state(&self) -> MixtureState {
        let log_weights = self.weights.iter().map(|w| w.ln()).collect();
        MixtureState { means: flat(&self.means), log_weights, variance: self.variance, power: 1.0 }
    }

    /// The same by the trapezoid rule in R^D about each mean: `count` steps on either side, to `reach` deviations.
    fn by_grid(&self, reach: f64, count: i32) -> ClassAverages {
        let (k, p) = (self.means.len(), self.modes.len());
        let mut all = ClassAverages::default();
        let h = reach / f64::from(count);
        let side = 2 * count as usize + 1;
        for mean in &self.means {
            let (mut own, mut target) = (Sums::new(k), Sums::new(p));
            for index in 0..side.pow(D as u32) {
                let (mut rest, mut g) = (index, [0.0; D]);
                for x in &mut g {
                    *x = h * ((rest % side) as f64 - f64::from(count));
                    rest /= side;
                }
                let square: f64 = g.iter().map(|x| x * x).sum();
                let density = (h / std::f64::consts::TAU.sqrt()).powi(D as i32) * (-0.5 * square).exp();
                let x: [f64; D] = std::array::from_fn(|a| mean[a] + self.variance.sqrt() * g[a]);
                own.add(density, &x, &self.means, &self.weights, self.variance);
                target.add(density, &x, &self.modes, &self.targets, 1.0);
            }
            let d = D as f64;
            all.own.extend(own.mean);
            all.target.extend(target.mean);
            all.log_own.push(own.log + d / 2.0);
            all.log_target.push(target.log + d * self.variance / 2.0);
            all.own_spread.push(own.trace);
            all.target_spread.push(target.trace);
        }
        all
    }
}

struct Sums {
    mean: Vec<f64>,
    log: f64,
    trace: f64,
    p: Vec<f64>,
}

impl Sums {
    fn new(classes: usize) -> Self {
        Self { mean: vec![0.0; classes], log: 0.0, trace: 0.0, p: vec![0.0; classes] }
    }

    fn add<const D: usize>(&mut self, density: f64, x: &[f64; D], points: &[[f64; D]], weights: &[f64], variance: f64) {
        for ((u, point), w) in self.p.iter_mut().zip(points).zip(weights) {
            let square: f64 = x.iter().zip(point).map(|(a, b)| (a - b) * (a - b)).sum();
            *u = w.ln() - square / (2.0 * variance);
        }
        let top = self.p.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.p.iter_mut().for_each(|u| *u = (*u - top).exp());
        let sum: f64 = self.p.iter().sum();
        self.log += density * (top + sum.ln());
        let mut centre = [0.0; D];
        for ((p, mean), point) in self.p.iter_mut().zip(&mut self.mean).zip(points) {
            *p /= sum;
            *mean += density * *p;
            (0..D).for_each(|a| centre[a] += *p * point[a]);
        }
        for (p, point) in self.p.iter().zip(points) {
            self.trace += density * p * (0..D).map(|a| (point[a] - centre[a]).powi(2)).sum::<f64>();
        }
    }
}

/// Largest differences: of the means, and of logarithms and spreads.
fn distance(a: &ClassAverages, b: &ClassAverages) -> (f64, f64) {
    let most = |pairs: &[(&Vec<f64>, &Vec<f64>)]| {
        let all = pairs.iter().flat_map(|(x, y)| x.iter().zip(y.iter()));
        all.fold(0.0, |worst: f64, (x, y)| if (x - y).is_nan() { f64::INFINITY } else { worst.max((x - y).abs()) })
    };
    let means = most(&[(&a.own, &b.own), (&a.target, &b.target)]);
    let others = [
        (&a.log_own, &b.log_own),
        (&a.log_target, &b.log_target),
        (&a.own_spread, &b.own_spread),
        (&a.target_spread, &b.target_spread),
    ];
    (means, most(&others))
}

fn points<const D: usize>(count: usize, size: f64) -> impl Strategy<Value = Vec<[f64; D]>> {
    vec(vec(-size..size, D), count).prop_map(|rows| rows.iter().map(|row| std::array::from_fn(|a| row[a])).collect())
}

fn weights(count: usize) -> impl Strategy<Value = Vec<f64>> {
    vec(0.05..1.0f64, count).prop_map(|raw| {
        let total: f64 = raw.iter().sum();
        raw.iter().map(|w| w / total).collect()
    })
}

fn case<const D: usize>(k: usize, p: usize, size: f64) -> impl Strategy<Value = Case<D>> {
    (points(p, size), weights(p), points(k, size), weights(k), 0.3..3.0f64)
        .prop_map(|(modes, targets, means, weights, variance)| Case { modes, targets, means, weights, variance })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, rng_seed: RngSeed::Fixed(24), ..ProptestConfig::default() })]

    /// Steps of 0.05 deviations resolve logits that run 17 times as fast as the noise to e^-23.
    #[test]
    fn a_plane_by_brute_force(case in case::<2>(5, 6, 3.0), digits in 6..12_i32) {
        let truth = case.by_grid(8.0, 160);
        let (means, others) = distance(&case.averages(1e-12), &truth);
        prop_assert!(means < 1e-10 && others < 1e-9, "{means:e} {others:e}");
        let tolerance = 10f64.powi(-digits);
        let loose = case.averages(tolerance);
        let (means, others) = distance(&loose, &truth);
        prop_assert!(means <= loose.error + 1e-10, "{tolerance:e}: {means:e} of {:e}", loose.error);
        // Logarithms and spreads are as large as logits and squares of distances can be here.
        prop_assert!(others <= 50.0 * loose.error + 1e-9, "{tolerance:e}: {others:e} of {:e}", loose.error);
        prop_assert!(loose.error < 10.0 * tolerance, "{tolerance:e}: {:e}", loose.error);
    }

    /// A turn of the plane and another order of components and modes.
    #[test]
    fn turns_and_orders_do_not_matter(case in case::<2>(6, 7, 4.0), angle in 0.0..6.3f64) {
        let (s, c) = angle.sin_cos();
        let turned = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
            points.iter().rev().map(|[x, y]| [c * x - s * y, s * x + c * y]).collect()
        };
        let reversed = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
        let other = Case {
            modes: turned(&case.modes),
            targets: reversed(&case.targets),
            means: turned(&case.means),
            weights: reversed(&case.weights),
            variance: case.variance,
        };
        let (here, there) = (case.averages(1e-12), other.averages(1e-12));
        let back = ClassAverages {
            own: reversed(&there.own),
            target: reversed(&there.target),
            log_own: reversed(&there.log_own),
            log_target: reversed(&there.log_target),
            // Not compared: they turn.
            own_pull: Vec::new(),
            target_pull: Vec::new(),
            own_spread: reversed(&there.own_spread),
            target_spread: reversed(&there.target_spread),
            error: there.error,
        };
        let (means, others) = distance(&here, &back);
        prop_assert!(means < 1e-11 && others < 1e-10, "{means:e} {others:e}");
    }

    /// The field is minus the gradient of F: means in the Euclidean metric, logits of weights, and
    /// dlog var/dt = -4/(K d) dF/dvar.
    #[test]
    fn the_field_is_the_gradient(case in case::<2>(5, 6, 2.5)) {
        let flow = case.flow(WeightRule::Softmax, 1e-13);
        let (beta, state) = (0.5, flow.initial_state(&flat(&case.means), case.variance).unwrap());
        let mut rate = vec![0.0; flow.dimension()];
        flow.field(beta, &state, &mut rate);
        for i in 0..state.len() {
            let moved = |h: f64| {
                let mut moved = state.clone();
                moved[i] += h;
                flow.objective(beta, &moved)
            };
            let slope = (8.0 * (moved(1e-3) - moved(-1e-3)) - (moved(2e-3) - moved(-2e-3))) / 12e-3;
            let expected = if i + 1 < state.len() { -slope } else { -4.0 / (5.0 * 2.0) * slope / case.variance };
            prop_assert!((rate[i] - expected).abs() < 1e-8, "{i}: {} {expected}", rate[i]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, rng_seed: RngSeed::Fixed(25), ..ProptestConfig::default() })]

    #[test]
    fn space_by_brute_force(case in case::<3>(5, 5, 1.2)) {
        let found = case.averages(1e-11);
        let (means, others) = distance(&found, &case.by_grid(7.0, 40));
        prop_assert!(means < 1e-9 && others < 1e-8, "{means:e} {others:e}");
    }
}

/// Modes in a tilted plane of R^4, means off it: the distance from the plane is common to all modes.
#[test]
fn modes_in_a_plane_of_a_larger_space() {
    let angle = |i: usize| std::f64::consts::TAU * i as f64 / 5.0;
    let plane: Vec<[f64; 2]> = (0..5).map(|i| [2.0 * angle(i).cos(), 2.0 * angle(i).sin() + 0.1 * i as f64]).collect();
    let means: Vec<[f64; 2]> = (0..5).map(|i| [0.3 * i as f64, 0.7 - 0.2 * i as f64]).collect();
    // Columns of an orthogonal matrix.
    let lift = |[x, y]: [f64; 2], z: f64| [0.5 * (x + y + z), 0.5 * (x - y + z), 0.5 * (x + y - z), 0.5 * (x - y - z)];
    let height = |i: usize| 0.4 * i as f64 - 0.5;
    let weights = vec![0.2; 5];
    let low = Case {
        modes: plane.clone(),
        targets: weights.clone(),
        means: means.clone(),
        weights: weights.clone(),
        variance: 1.5,
    };
    let high = Case {
        modes: plane.iter().map(|&p| lift(p, 0.0)).collect(),
        targets: weights.clone(),
        means: means.iter().enumerate().map(|(i, &m)| lift(m, height(i))).collect(),
        weights,
        variance: 1.5,
    };
    let (low, high) = (low.averages(1e-12), high.averages(1e-12));
    for i in 0..5 {
        for k in 0..5 {
            assert!((low.target[5 * i + k] - high.target[5 * i + k]).abs() < 1e-12);
        }
        let expected = low.log_target[i] - height(i).powi(2) / 2.0;
        assert!((high.log_target[i] - expected).abs() < 1e-11, "{} {expected}", high.log_target[i]);
        assert!((low.target_spread[i] - high.target_spread[i]).abs() < 1e-11);
    }
}

/// A component of weight 0 is averaged over and is no class; a state that is not finite gives no numbers.
#[test]
fn absent_classes_and_states_that_are_not_finite() {
    let modes: Vec<[f64; 2]> = (0..6).map(|i| [f64::from(i), f64::from(i * i) / 6.0]).collect();
    let mut case =
        Case { modes: modes.clone(), targets: vec![1.0 / 6.0; 6], means: modes, weights: vec![0.2; 6], variance: 1.0 };
    case.weights[2] = 0.0;
    let found = case.averages(1e-12);
    assert!((0..6).all(|i| found.own[6 * i + 2] == 0.0));
    let (means, others) = distance(&found, &{
        let mut truth = case.by_grid(8.0, 160);
        (0..6).for_each(|i| truth.own[6 * i + 2] = 0.0);
        truth
    });
    assert!(means < 1e-10 && others < 1e-9, "{means:e} {others:e}");
    let flow = case.flow(WeightRule::Fixed, 1e-12);
    case.means[1][0] = f64::NAN;
    assert!(flow.averages(&case.state()).own.iter().any(|x| x.is_nan()));
}

/// Beside a state the averages that do not see what moves are kept, by whatever rule: cells in space, a lattice beyond.
fn beside<const D: usize>(tolerance: f64) -> f64 {
    let place = |i: usize, size: f64| -> [f64; D] {
        std::array::from_fn(|axis| size * (2.4 * i as f64 + 1.7 * (axis * axis) as f64 + 0.3).sin())
    };
    let case = Case {
        modes: (0..6).map(|i| place(i, 5.0)).collect(),
        targets: vec![1.0 / 6.0; 6],
        means: (0..9).map(|i| place(i + 7, 6.0)).collect(),
        weights: (1..=9).map(|i| i as f64 / 45.0).collect(),
        variance: 1.2,
    };
    let flow = case.flow(WeightRule::Softmax, tolerance);
    let state = flow.initial_state(&flat(&case.means), case.variance).unwrap();
    let about = Displaced::new(&flow, 0.9, &state, flow.averages(&flow.unpack(0.9, &state)));
    let mut rate = vec![0.0; state.len()];
    let mut worst = 0.0f64;
    for j in 0..state.len() {
        let mut moved = state.clone();
        moved[j] += 1e-4;
        flow.field(0.9, &moved, &mut rate);
        let apart = about.field_inlined(j, 1e-4).iter().zip(&rate).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        worst = worst.max(apart);
    }
    worst
}

#[test]
fn the_field_beside_a_state_is_the_field_there() {
    assert!(beside::<3>(1e-9) < 1e-7, "{}", beside::<3>(1e-9));
    // Row by row with the same points: what is left out alone.
    assert!(beside::<4>(1e-9) < 1e-7, "{}", beside::<4>(1e-9));
}

/// Means as an implicit step may try them: no cells between them, and numbers that are those of every one alone.
#[test]
fn means_far_from_each_other_cost_no_more() {
    let modes = vec![[2.0, 0.5], [-2.0, -0.5], [0.3, 1.8]];
    let means = vec![[1.5, 0.2], [-1.7, 0.1], [3e4, -2e4], [-1e5, 4e4]];
    let case = Case { modes, targets: vec![0.5, 0.3, 0.2], means, weights: vec![0.25; 4], variance: 1.3 };
    let (found, truth) = (case.averages(1e-12), case.by_grid(8.0, 160));
    let (means, _) = distance(&found, &truth);
    assert!(means < 1e-10, "{means:e}");
    let relative = found.log_target.iter().zip(&truth.log_target).map(|(a, b)| ((a - b) / b).abs());
    assert!(relative.fold(0.0, f64::max) < 1e-12, "{found:?}");
    // Whatever they are worth, there are numbers, or none, and no memory that nobody has.
    let means = flat(&[[1.5, 0.2], [-1e200, 0.1], [1e30, -2e40], [-1e15, 4e14]]);
    let lost = case.flow(WeightRule::Fixed, 1e-12).averages(&MixtureState { means, ..case.state() });
    assert_eq!(lost.log_own.len(), 4);
}
