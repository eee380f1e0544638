//! The flow of shaped mixtures, theory 15: against the flow of equal widths, differences of the objective and brute force.

#[path = "shaped/brute.rs"]
mod brute;

use brute::{brute, log_mixture};
use collapsar_theory::{
    Clock, Covariance, CubatureOptions, Family, Flow, Metric, MixtureFlow, Problem, Rules, Schedule, ShapedFlow,
    ShapedProblem, Start, Target, VarianceRule, WeightRule,
};

struct Case {
    modes: Vec<Vec<f64>>,
    targets: Vec<f64>,
    covariances: Vec<Covariance>,
    means: Vec<Vec<f64>>,
    weights: Vec<f64>,
    variances: Vec<f64>,
    rules: Rules,
}

impl Case {
    fn problem(&self) -> Problem {
        let target = Target::new(self.modes.clone(), self.targets.clone()).unwrap();
        let family = Family::new(self.weights.clone(), self.rules).unwrap();
        let start = Start::means(self.means.clone()).unwrap();
        Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap()
    }

    fn shaped(&self) -> ShapedProblem {
        ShapedProblem::new(self.problem(), self.covariances.clone()).unwrap()
    }

    fn build(&self) -> (ShapedFlow, Vec<f64>) {
        let shaped = self.shaped();
        let (_, at) = shaped.reduce();
        let flow = ShapedFlow::new(&shaped, at.modes.clone(), at.dimension, &CubatureOptions::default()).unwrap();
        let state = flow.initial_state(&at.means, &self.variances).unwrap();
        (flow, state)
    }
}

fn full(rows: &[&[f64]]) -> Covariance {
    Covariance::Full(rows.iter().map(|row| row.to_vec()).collect())
}

fn rules(variance: VarianceRule, weights: WeightRule, metric: Metric) -> Rules {
    Rules { variance, weights, metric, ..Rules::FREE }
}

/// Crossed covariances in the plane.
fn crossed(rules: Rules) -> Case {
    Case {
        modes: vec![vec![2.0, 1.5], vec![2.0, -1.5]],
        targets: vec![0.4, 0.6],
        covariances: vec![full(&[&[3.0, 0.0], &[0.0, 1.0]]), full(&[&[1.0, 0.2], &[0.2, 3.0]])],
        means: vec![vec![0.6, 0.4], vec![0.1, -0.5]],
        weights: vec![0.3, 0.7],
        variances: vec![1.7, 0.6],
        rules,
    }
}

/// Three dimensions, three modes, two of them not isotropic.
fn space(rules: Rules) -> Case {
    Case {
        modes: vec![vec![1.0, 0.5, 0.0], vec![-1.0, 0.3, 0.4], vec![0.0, -1.0, 0.2]],
        targets: vec![0.3, 0.3, 0.4],
        covariances: vec![
            Covariance::Isotropic(1.4),
            full(&[&[1.0, 0.2, 0.0], &[0.2, 1.5, 0.1], &[0.0, 0.1, 0.9]]),
            full(&[&[1.2, 0.0, 0.0], &[0.0, 0.8, 0.0], &[0.0, 0.0, 1.0]]),
        ],
        means: vec![vec![0.6, 0.4, -0.2], vec![0.1, -0.5, 0.3]],
        weights: vec![0.4, 0.6],
        variances: vec![1.3, 0.8],
        rules,
    }
}

/// Isotropic widths in `dimension` coordinates, of which the modes have two.
fn isotropic(dimension: usize, rules: Rules) -> Case {
    let mean = |entries: &[f64]| -> Vec<f64> {
        (0..dimension).map(|i| entries.get(i).copied().unwrap_or(0.05 * (i as f64 - 4.0))).collect()
    };
    Case {
        modes: vec![vec![1.5, 0.3], vec![-1.5, 0.0]],
        targets: vec![0.6, 0.4],
        covariances: vec![Covariance::Isotropic(0.7), Covariance::Isotropic(1.8)],
        means: vec![mean(&[0.6, 0.4, 0.3]), mean(&[0.1, -0.5, -0.2])],
        weights: vec![0.45, 0.55],
        variances: vec![1.2, 0.8],
        rules,
    }
}

const VARIANCES: [VarianceRule; 4] =
    [VarianceRule::Unit, VarianceRule::Slaved, VarianceRule::Trained, VarianceRule::Own];
const WEIGHTS: [WeightRule; 3] = [WeightRule::Fixed, WeightRule::FisherRao, WeightRule::Softmax];

fn field(flow: &impl Flow, beta: f64, state: &[f64]) -> Vec<f64> {
    let mut rate = vec![0.0; state.len()];
    flow.field(beta, state, &mut rate);
    rate
}

fn near(a: &[f64], b: &[f64], tolerance: f64, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() < tolerance, "{what}: {a:?} {b:?}");
    }
}

#[test]
fn equal_covariances_are_the_mixture_flow() {
    for modes in [2, 3, 5] {
        for variance in [VarianceRule::Unit, VarianceRule::Slaved, VarianceRule::Trained] {
            for weights in WEIGHTS {
                for (metric, clock) in [(Metric::Euclidean, Clock::Kl), (Metric::Natural, Clock::FreeEnergy)] {
                    let mut case = crossed(Rules { clock, ..rules(variance, weights, metric) });
                    case.modes = (0..modes).map(|k| vec![2.0 - k as f64, 0.5 * k as f64, 0.3]).collect();
                    case.means.iter_mut().for_each(|mean| mean.push(0.1));
                    case.targets = vec![1.0 / modes as f64; modes];
                    case.covariances = vec![full(&[&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]); modes];
                    case.variances = vec![1.7; 2];
                    let (flow, state) = case.build();
                    let (problem, (_, at)) = (case.problem(), case.problem().reduce());
                    let options = CubatureOptions::default();
                    let plain = MixtureFlow::new(&problem, at.modes, at.dimension, &options).unwrap();
                    for beta in [0.25, 1.0] {
                        near(&field(&flow, beta, &state), &field(&plain, beta, &state), 1e-11, "field");
                        assert!((flow.objective(beta, &state) - plain.objective(beta, &state)).abs() < 1e-11);
                        let at = flow.unpack(beta, &state);
                        let coverage = flow.coverage_of(&at, &flow.averages(&at));
                        near(&coverage, &plain.coverage(beta, &state), 1e-11, "coverage");
                    }
                }
            }
        }
    }
}

/// Widths that hardly differ take the quadrature, and its values are those of equal ones up to the difference.
#[test]
fn almost_equal_covariances_are_almost_the_mixture_flow() {
    for dimension in [2, 3, 7] {
        let mut case = isotropic(dimension, rules(VarianceRule::Trained, WeightRule::FisherRao, Metric::Euclidean));
        case.variances = vec![1.7; 2];
        case.covariances = vec![Covariance::Isotropic(1.0), Covariance::Isotropic(1.0 + 1e-12)];
        let (flow, state) = case.build();
        let (problem, (_, at)) = (case.problem(), case.problem().reduce());
        let plain = MixtureFlow::new(&problem, at.modes, at.dimension, &CubatureOptions::default()).unwrap();
        near(&field(&flow, 0.5, &state), &field(&plain, 0.5, &state), 1e-10, "field");
    }
}

/// (28), (29): the field is minus the gradient of the objective in the metric, by central differences of five points.
#[test]
fn the_field_is_the_gradient_of_the_objective() {
    for variance in VARIANCES {
        for weights in WEIGHTS {
            for metric in [Metric::Euclidean, Metric::Natural] {
                let rules = rules(variance, weights, metric);
                for case in [crossed(rules), isotropic(2, rules), isotropic(10, rules)] {
                    check_gradient(&case);
                }
            }
        }
    }
    check_gradient(&space(rules(VarianceRule::Own, WeightRule::FisherRao, Metric::Euclidean)));
    check_gradient(&space(rules(VarianceRule::Trained, WeightRule::Softmax, Metric::Natural)));
}

fn check_gradient(case: &Case) {
    let beta = 0.4;
    let (flow, state) = case.build();
    let rate = field(&flow, beta, &state);
    let (k, width) = (flow.components(), flow.width());
    let plain = flow.unpack(beta, &state);
    let (w, d) = (plain.weights(), case.problem().dimension() as f64);
    for (i, &rate) in rate.iter().enumerate() {
        let at = |h: f64| {
            let mut moved = state.clone();
            moved[i] += h;
            flow.objective(beta, &moved)
        };
        let h = 3e-3;
        let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        let natural = case.rules.metric == Metric::Natural;
        let trained = case.rules.weights != WeightRule::Fixed;
        let logits = k * width..k * width + if trained { k } else { 0 };
        let wanted = if i < k * width {
            -slope / if natural { w[i / width] } else { 1.0 }
        } else if logits.contains(&i) {
            // dF/dtheta_i = w_i (f_i - mean f).
            -slope / if case.rules.weights == WeightRule::FisherRao { w[i - logits.start] } else { 1.0 }
        } else if case.rules.variance == VarianceRule::Own {
            let i = i - logits.end;
            // d(log var)/dt = -(4/d) dF/dvar = -(4/(d var)) dF/d(log var).
            -4.0 / (d * plain.variances[i]) * slope / if natural { w[i] } else { 1.0 }
        } else {
            -4.0 / (d * k as f64 * plain.variances[0]) * slope
        };
        assert!((rate - wanted).abs() < 2e-9, "{:?}, coordinate {i}: {rate} {wanted}", case.rules);
    }
}

#[test]
fn averages_are_those_of_brute_force() {
    let own = rules(VarianceRule::Own, WeightRule::Fixed, Metric::Euclidean);
    for (case, step, tolerance) in [
        (crossed(own), 0.08, 1e-11),
        (isotropic(2, own), 0.08, 1e-11),
        (space(own), 0.25, 1e-9),
        (isotropic(3, own), 0.2, 1e-9),
    ] {
        let (flow, state) = case.build();
        let plain = flow.unpack(1.0, &state);
        let found = flow.averages(&plain);
        let log_targets: Vec<f64> = case.targets.iter().map(|v| v.ln()).collect();
        let own: Vec<Covariance> = case.variances.iter().map(|v| Covariance::Isotropic(*v)).collect();
        for i in 0..2 {
            let p = |x: &[f64]| log_mixture(x, &log_targets, &case.modes, &case.covariances);
            let q = |x: &[f64]| log_mixture(x, &plain.log_weights, &case.means, &own);
            let (p, q) = (
                brute(&case.means[i], case.variances[i], step, &p),
                brute(&case.means[i], case.variances[i], step, &q),
            );
            assert!((found.target.log[i] - p).abs() < tolerance, "{} {p}", found.target.log[i] - p);
            assert!((found.own.log[i] - q).abs() < tolerance, "{} {q}", found.own.log[i] - q);
        }
    }
}

/// A rotation of d coordinates: product of plane rotations.
fn turned(v: &[f64]) -> Vec<f64> {
    let mut out = v.to_vec();
    for i in 0..v.len() {
        for j in i + 1..v.len() {
            let (sin, cos) = (0.4 + 0.3 * i as f64 + 0.2 * j as f64).sin_cos();
            (out[i], out[j]) = (cos * out[i] - sin * out[j], sin * out[i] + cos * out[j]);
        }
    }
    out
}

fn turned_covariance(covariance: &Covariance) -> Covariance {
    let Covariance::Full(rows) = covariance else { return covariance.clone() };
    // R S R^T by rows, then by columns.
    let half: Vec<Vec<f64>> = rows.iter().map(|row| turned(row)).collect();
    let columns: Vec<Vec<f64>> =
        (0..rows.len()).map(|j| turned(&half.iter().map(|row| row[j]).collect::<Vec<_>>())).collect();
    let entry = |i: usize, j: usize| 0.5 * (columns[j][i] + columns[i][j]);
    Covariance::Full((0..rows.len()).map(|i| (0..rows.len()).map(|j| entry(i, j)).collect()).collect())
}

#[test]
fn a_rotation_of_target_and_start_turns_the_field() {
    let own = rules(VarianceRule::Own, WeightRule::FisherRao, Metric::Natural);
    for case in [crossed(own), space(own), isotropic(2, own), isotropic(3, own)] {
        let (flow, state) = case.build();
        let d = flow.width();
        let mut other = Case { rules: own, ..case };
        let straight = field(&flow, 0.6, &state);
        other.modes.iter_mut().for_each(|mode| mode.resize(d, 0.0));
        other.modes.iter_mut().chain(&mut other.means).for_each(|v| *v = turned(v));
        other.covariances = other.covariances.iter().map(turned_covariance).collect();
        let (flow, state) = other.build();
        let found = field(&flow, 0.6, &state);
        for (a, b) in straight[..2 * d].chunks(d).zip(found[..2 * d].chunks(d)) {
            near(&turned(a), b, 1e-11, "means");
        }
        near(&straight[2 * d..], &found[2 * d..], 1e-11, "weights and variances");
    }
}

/// Coordinates in which modes do not differ, whatever their common covariance there is, add nothing to the others.
#[test]
fn coordinates_without_difference_add_nothing() {
    let unit = rules(VarianceRule::Unit, WeightRule::FisherRao, Metric::Euclidean);
    let (flow, state) = crossed(unit).build();
    let plane = field(&flow, 0.6, &state);
    for turn in [false, true] {
        let mut case = crossed(unit);
        let wide = |covariance: &Covariance| {
            let Covariance::Full(rows) = covariance else { unreachable!("both are matrices") };
            let entry = |i: usize, j: usize| match (i.max(j), i == j) {
                (0 | 1, _) => rows[i][j],
                (_, true) => 1.3,
                _ => 0.0,
            };
            Covariance::Full((0..5).map(|i| (0..5).map(|j| entry(i, j)).collect()).collect())
        };
        case.covariances = case.covariances.iter().map(wide).collect();
        let vectors = case.modes.iter_mut().chain(&mut case.means);
        vectors.for_each(|v| {
            v.resize(5, 0.0);
            *v = if turn { turned(v) } else { v.clone() };
        });
        if turn {
            case.covariances = case.covariances.iter().map(turned_covariance).collect();
        }
        let (flow, state) = case.build();
        let found = field(&flow, 0.6, &state);
        for (a, b) in plane[..4].chunks(2).zip(found[..10].chunks(5)) {
            let mut wide = a.to_vec();
            wide.resize(5, 0.0);
            near(&if turn { turned(&wide) } else { wide }, b, 1e-11, "means");
        }
        near(&plane[4..], &found[10..], 1e-11, "weights");
    }
}

/// Ten coordinates, from draws of all of them: within five standard errors.
#[test]
fn ten_coordinates_are_those_of_draws() {
    let case = isotropic(10, rules(VarianceRule::Own, WeightRule::Fixed, Metric::Euclidean));
    let (flow, state) = case.build();
    let plain = flow.unpack(1.0, &state);
    let found = flow.averages(&plain);
    let log_targets: Vec<f64> = case.targets.iter().map(|v| v.ln()).collect();
    let mut seed = 1u64;
    let mut uniform = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    for i in 0..2 {
        let (mut sum, mut square, n) = (0.0, 0.0, 100_000);
        let mut x = vec![0.0; 10];
        for _ in 0..n {
            for (x, m) in x.iter_mut().zip(&case.means[i]) {
                let g = (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
                *x = m + case.variances[i].sqrt() * g;
            }
            let f = log_mixture(&x, &log_targets, &case.modes, &case.covariances);
            sum += f;
            square += f * f;
        }
        let mean = sum / n as f64;
        let error = ((square / n as f64 - mean * mean) / n as f64).sqrt();
        assert!((found.target.log[i] - mean).abs() < 5.0 * error, "{} {mean} {error}", found.target.log[i]);
    }
}

#[test]
fn what_quadrature_has_not_is_refused() {
    let unit = rules(VarianceRule::Unit, WeightRule::Fixed, Metric::Euclidean);
    let mut case = isotropic(10, unit);
    case.modes = (0..5).map(|k| (0..10).map(|i| if i == k { 2.0 } else { 0.0 }).collect()).collect();
    case.targets = vec![0.2; 5];
    case.covariances = (1..6).map(|k| Covariance::Isotropic(k as f64)).collect();
    let refuse = |case: &Case| {
        let shaped = case.shaped();
        let (_, at) = shaped.reduce();
        ShapedFlow::new(&shaped, at.modes, at.dimension, &CubatureOptions::default()).unwrap_err().to_string()
    };
    assert!(refuse(&case).contains("differ in at most 3 directions"), "{}", refuse(&case));
    case.covariances = vec![Covariance::Isotropic(2.0); 5];
    case.rules = rules(VarianceRule::Own, WeightRule::Fixed, Metric::Euclidean);
    case.means = (0..5).map(|k| (0..10).map(|i| if i == k { 1.0 } else { 0.0 }).collect()).collect();
    (case.weights, case.variances) = (vec![0.2; 5], vec![1.0; 5]);
    assert!(refuse(&case).contains("span at most 3 directions"), "{}", refuse(&case));
    case.rules = unit;
    case.build();
    let problem = case.problem();
    assert!(ShapedProblem::new(problem.clone(), vec![Covariance::Isotropic(1.0)]).is_err());
    let flat = full(&[&[1.0, 2.0], &[2.0, 1.0]]);
    assert!(ShapedProblem::new(crossed(unit).problem(), vec![flat.clone(), flat]).is_err());
    assert!(case.shaped().with_initial_variances(vec![1.0; 5]).is_err());
}
