//! Averages of three classes and more in the plane, against a grid that is far finer and reaches farther; and what a flow made
//! of them keeps.

use collapsar_theory::{
    CubatureOptions, Displaced, Family, Flow, MixtureFlow, MixtureState, Problem, Rules, Schedule, Start, Target,
    VarianceRule, WeightRule,
};

/// A state of a mixture and a target in the plane.
#[derive(Debug, Clone)]
struct Case {
    modes: Vec<[f64; 2]>,
    targets: Vec<f64>,
    means: Vec<[f64; 2]>,
    weights: Vec<f64>,
    variance: f64,
}

fn flat(points: &[[f64; 2]]) -> Vec<f64> {
    points.iter().flatten().copied().collect()
}

impl Case {
    fn new(modes: usize, components: usize, variance: f64) -> Self {
        let place = |i: usize, size: f64| {
            let turn = 2.4 * i as f64 + 0.3;
            [size * turn.cos(), size * (1.1 * turn).sin()]
        };
        let shares = |n: usize| {
            let total: f64 = (1..=n).map(|i| i as f64).sum();
            (1..=n).map(|i| i as f64 / total).collect::<Vec<_>>()
        };
        Self {
            modes: (0..modes).map(|i| place(i, 2.5)).collect(),
            targets: shares(modes),
            means: (0..components).map(|i| place(i + 5, 1.5)).collect(),
            weights: shares(components),
            variance,
        }
    }

    fn flow(&self, tolerance: f64) -> MixtureFlow {
        let rows = |points: &[[f64; 2]]| points.iter().map(|p| p.to_vec()).collect::<Vec<_>>();
        let rules = Rules { variance: VarianceRule::Trained, weights: WeightRule::Softmax, ..Rules::FREE };
        let target = Target::new(rows(&self.modes), self.targets.clone()).unwrap();
        let family = Family::new(self.weights.clone(), rules).unwrap();
        let start = Start::means(rows(&self.means)).unwrap();
        let problem = Problem::new(target, family, Schedule::constant(2.0).unwrap(), start).unwrap();
        let options = CubatureOptions { tolerance, ..CubatureOptions::default() };
        MixtureFlow::new(&problem, flat(&self.modes), 2, &options).unwrap()
    }

    fn state(&self) -> MixtureState {
        let log_weights = self.weights.iter().map(|w| w.ln()).collect();
        MixtureState { means: flat(&self.means), log_weights, variance: self.variance, power: 1.0 }
    }

    fn packed(&self) -> Vec<f64> {
        self.flow(1e-6).initial_state(&flat(&self.means), self.variance).unwrap()
    }

    fn rate(&self, tolerance: f64, beta: f64) -> Vec<f64> {
        let mut rate = vec![0.0; self.packed().len()];
        self.flow(tolerance).field(beta, &self.packed(), &mut rate);
        rate
    }

    /// Of component `i`: `<p_k>`, `<log sum>` without its constant and `<tr Cov c>` of the classes `points` of variance
    /// `variance`, by the trapezoid rule about its mean.
    fn by_grid(&self, i: usize, points: &[[f64; 2]], weights: &[f64], variance: f64) -> (Vec<f64>, f64, f64) {
        let (step, count) = (0.05, 180);
        let root = self.variance.sqrt();
        let m = self.means[i];
        let (mut mean, mut log, mut trace) = (vec![0.0; points.len()], 0.0, 0.0);
        for a in -count..=count {
            for b in -count..=count {
                let g = [step * f64::from(a), step * f64::from(b)];
                let density = step * step / std::f64::consts::TAU * (-0.5 * (g[0] * g[0] + g[1] * g[1])).exp();
                let x = [m[0] + root * g[0], m[1] + root * g[1]];
                let square = |c: &[f64; 2], x: &[f64; 2]| (x[0] - c[0]).powi(2) + (x[1] - c[1]).powi(2);
                let logits: Vec<f64> =
                    points.iter().zip(weights).map(|(c, w)| w.ln() - square(c, &x) / (2.0 * variance)).collect();
                let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = logits.iter().map(|u| (u - top).exp()).sum();
                log += density * (top + sum.ln());
                let p: Vec<f64> = logits.iter().map(|u| (u - top).exp() / sum).collect();
                let at = [0, 1].map(|a| p.iter().zip(points).map(|(p, c)| p * c[a]).sum());
                trace += density * p.iter().zip(points).map(|(p, c)| p * square(c, &at)).sum::<f64>();
                mean.iter_mut().zip(&p).for_each(|(t, p)| *t += density * p);
            }
        }
        (mean, log, trace)
    }
}

fn largest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, |m, d| if d > m || d.is_nan() { d } else { m })
}

/// Cold and hot, few and many classes. The reference errs by e^-(2 pi^2/(0.05 * 5 * sqrt 4)) = e^-39 and e^-40 beyond 9
/// deviations.
#[test]
fn averages_agree_with_brute_force() {
    for (modes, components, variance) in [(3, 3, 1.0), (3, 3, 4.0), (8, 3, 0.5), (4, 9, 1.3)] {
        let case = Case::new(modes, components, variance);
        for tolerance in [1e-6, 1e-9, 1e-12] {
            let found = case.flow(tolerance).averages(&case.state());
            let allowed = 8.0 * tolerance + 1e-12;
            for i in 0..components {
                let row = |all: &[f64], n: usize| all[i * n..(i + 1) * n].to_vec();
                let (own, log, spread) = case.by_grid(i, &case.means, &case.weights, variance);
                assert!(largest(&row(&found.own, components), &own) < allowed);
                assert!((found.log_own[i] - log - 1.0).abs() < 10.0 * allowed);
                assert!((found.own_spread[i] - spread).abs() < 25.0 * allowed);
                let (target, log, spread) = case.by_grid(i, &case.modes, &case.targets, 1.0);
                assert!(largest(&row(&found.target, modes), &target) < allowed);
                assert!((found.log_target[i] - log - variance).abs() < 10.0 * allowed);
                assert!((found.target_spread[i] - spread).abs() < 25.0 * allowed);
            }
        }
    }
}

/// dF/d(state) by fourth-order differences of an objective on the same kind of grid.
#[test]
fn the_field_is_the_gradient_of_the_objective() {
    for (modes, components) in [(3, 3), (8, 8)] {
        let case = Case::new(modes, components, 1.6);
        let (flow, state, rate) = (case.flow(1e-12), case.packed(), case.rate(1e-12, 0.7));
        for j in 0..3 * components {
            let h = 1e-3;
            let at = |x: f64| {
                let mut moved = state.clone();
                moved[j] += x;
                flow.objective(0.7, &moved)
            };
            let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
            // Softmax logits and means in the Euclidean metric: the plain gradient. Differences err by 1e-12/h.
            assert!((rate[j] + slope).abs() < 3e-8, "{components}, {j}: {} {slope}", rate[j]);
        }
    }
}

/// A turn of the plane turns the rates of the means and leaves the others; a new order of components reorders them.
#[test]
fn turns_and_permutations_are_seen_to_the_tolerance() {
    let case = Case::new(5, 4, 1.2);
    let (tolerance, k) = (1e-9, 4);
    let rate = case.rate(tolerance, 0.8);
    for angle in [0.3f64, 1.1, 2.9] {
        let turn = |p: &[f64; 2]| [p[0] * angle.cos() - p[1] * angle.sin(), p[0] * angle.sin() + p[1] * angle.cos()];
        let mut turned = case.clone();
        turned.modes = case.modes.iter().map(turn).collect();
        turned.means = case.means.iter().map(turn).collect();
        let found = turned.rate(tolerance, 0.8);
        let means: Vec<f64> = rate[..2 * k].chunks(2).flat_map(|r| turn(&[r[0], r[1]])).collect();
        assert!(largest(&found[..2 * k], &means) < 40.0 * tolerance);
        assert!(largest(&found[2 * k..], &rate[2 * k..]) < 40.0 * tolerance);
    }
    let mut back = case.clone();
    back.means.reverse();
    back.weights.reverse();
    let found = back.rate(tolerance, 0.8);
    for i in 0..k {
        // The order of additions only.
        assert!(largest(&found[2 * i..2 * i + 2], &rate[2 * (k - 1 - i)..2 * (k - i)]) < 1e-13);
    }
}

/// Components on one spot have the same rate, and part at a rate in proportion to their distance.
#[test]
fn close_components_keep_their_digits() {
    let mut case = Case::new(3, 3, 1.0);
    case.weights = vec![1.0 / 3.0; 3];
    let mut last = f64::NAN;
    for apart in [1e-3, 1e-6, 1e-9] {
        case.means[1] = [case.means[0][0] + apart, case.means[0][1]];
        let rate = case.rate(1e-7, 1.0);
        let growth = (rate[2] - rate[0]) / apart;
        assert!(last.is_nan() || (growth - last).abs() < 1e-2 * last.abs(), "{apart}: {growth} {last}");
        last = growth;
    }
}

/// Where one coordinate moves a little, averages over components that do not see it are kept: the field is that of the moved state.
#[test]
fn the_field_beside_a_state_is_the_field_there() {
    for (components, size) in [(8, 1.0), (12, 6.0), (16, 12.0)] {
        let mut case = Case::new(9, components, 1.3);
        for point in case.modes.iter_mut().chain(&mut case.means) {
            *point = point.map(|x| size * x);
        }
        let flow = case.flow(1e-12);
        let state = case.packed();
        let averages = flow.averages(&flow.unpack(0.9, &state));
        let about = Displaced::new(&flow, 0.9, &state, averages);
        let mut expected = vec![0.0; state.len()];
        for j in 0..state.len() {
            for h in [1e-4, -1e-4] {
                let found = about.field_inlined(j, h);
                let mut moved = state.clone();
                moved[j] += h;
                flow.field(0.9, &moved, &mut expected);
                assert!(largest(&found, &expected) < 3e-12 * size * size, "{components}, {j}: {found:?} {expected:?}");
            }
        }
    }
}
