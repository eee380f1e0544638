//! Components of full covariances, theory (45): against differences of the objective, the flow of own variances, a Gaussian
//! target in closed form and brute force.

#[path = "shaped/brute.rs"]
mod brute;
#[path = "shaped/case.rs"]
mod case;

use brute::log_mixture;
use case::{Case, entry, field, full, rules};
use collapsar_theory::{Covariance, CubatureOptions, Flow, Metric, Rules, ShapedFlow, VarianceRule, WeightRule};
use proptest::prelude::*;

fn plane(rules: Rules) -> (Case, Vec<Covariance>) {
    let case = Case {
        modes: vec![vec![2.0, 1.5], vec![2.0, -1.5]],
        targets: vec![0.4, 0.6],
        covariances: vec![full(&[&[3.0, 0.0], &[0.0, 1.0]]), full(&[&[1.0, 0.2], &[0.2, 3.0]])],
        means: vec![vec![0.6, 0.4], vec![0.1, -0.5]],
        weights: vec![0.3, 0.7],
        rules,
    };
    (case, vec![full(&[&[1.7, -0.4], &[-0.4, 0.6]]), full(&[&[0.5, 0.3], &[0.3, 1.1]])])
}

/// Unit modes, and components of one covariance that is no multiple of I: linear logits.
fn linear(rules: Rules) -> (Case, Vec<Covariance>) {
    let (mut case, covariances) = plane(rules);
    case.covariances = vec![Covariance::Isotropic(1.0); 2];
    (case, vec![covariances[0].clone(); 2])
}

fn space(rules: Rules) -> (Case, Vec<Covariance>) {
    let case = Case {
        modes: vec![vec![1.0, 0.5, 0.0], vec![-1.0, 0.3, 0.4], vec![0.0, -1.0, 0.2]],
        targets: vec![0.3, 0.3, 0.4],
        covariances: vec![
            Covariance::Isotropic(1.4),
            full(&[&[1.0, 0.2, 0.0], &[0.2, 1.5, 0.1], &[0.0, 0.1, 0.9]]),
            Covariance::Isotropic(1.0),
        ],
        means: vec![vec![0.6, 0.4, -0.2], vec![0.1, -0.5, 0.3]],
        weights: vec![0.4, 0.6],
        rules,
    };
    let own = vec![
        full(&[&[1.3, 0.1, 0.2], &[0.1, 0.9, -0.1], &[0.2, -0.1, 1.1]]),
        full(&[&[0.8, 0.0, -0.1], &[0.0, 1.0, 0.2], &[-0.1, 0.2, 1.2]]),
    ];
    (case, own)
}

/// dF of a step of an entry of the triangle, by five points.
fn slope(flow: &ShapedFlow, beta: f64, state: &[f64], i: usize) -> f64 {
    let at = |h: f64| {
        let mut moved = state.to_vec();
        moved[i] += h;
        flow.objective(beta, &moved)
    };
    let h = 2e-3;
    (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
}

/// (45): Sigma' = -2c (g/w) (S Sigma + Sigma S), S = dF/dSigma by differences; means and weights as in (28).
#[test]
fn the_field_is_the_gradient_of_the_objective() {
    let beta = 0.4;
    for metric in [Metric::Euclidean, Metric::Natural] {
        for weights in [WeightRule::Fixed, WeightRule::Softmax] {
            let rules = rules(VarianceRule::Full, weights, metric);
            let mut cases = vec![plane(rules), linear(rules)];
            if metric == Metric::Euclidean && weights == WeightRule::Softmax {
                cases.push(space(rules));
            }
            for (case, covariances) in cases {
                let flow = case.flow();
                let state = case.state(&flow, &covariances);
                let rate = field(&flow, beta, &state);
                let (k, d) = (case.means.len(), case.means[0].len());
                let share = |i: usize| if metric == Metric::Natural { 1.0 / case.weights[i] } else { 1.0 };
                for i in 0..k * d {
                    let wanted = -slope(&flow, beta, &state, i) * share(i / d);
                    assert!((rate[i] - wanted).abs() < 2e-9, "mean {i}: {} {wanted}", rate[i]);
                }
                let triangle = d * (d + 1) / 2;
                let at = state.len() - k * triangle;
                for i in k * d..at {
                    let wanted = -slope(&flow, beta, &state, i);
                    assert!((rate[i] - wanted).abs() < 2e-9, "logit {i}: {} {wanted}", rate[i]);
                }
                for i in 0..k {
                    let slot = |a: usize, b: usize| at + i * triangle + a.max(b) * (a.max(b) + 1) / 2 + a.min(b);
                    // An entry beside the diagonal stands for two.
                    let half = |a: usize, b: usize| if a == b { 1.0 } else { 0.5 };
                    let s = |a: usize, b: usize| half(a, b) * slope(&flow, beta, &state, slot(a, b));
                    for a in 0..d {
                        for b in 0..=a {
                            let products = |c: usize| {
                                s(a, c) * entry(&covariances[i], c, b) + entry(&covariances[i], a, c) * s(c, b)
                            };
                            let wanted = -2.0 * share(i) * (0..d).map(products).sum::<f64>();
                            let found = rate[slot(a, b)];
                            assert!((found - wanted).abs() < 1e-8, "{metric:?}, {i}, {a}{b}: {found} {wanted}");
                        }
                    }
                }
            }
        }
    }
}

/// One component on a Gaussian target: Sigma' = 2I - beta (P Sigma + Sigma P), mu' = -beta P (mu - nu).
#[test]
fn one_gaussian_in_closed_form() {
    let target = full(&[&[2.0, 0.6], &[0.6, 0.7]]);
    let det = 2.0 * 0.7 - 0.36;
    let precision = [[0.7 / det, -0.6 / det], [-0.6 / det, 2.0 / det]];
    let case = Case {
        modes: vec![vec![1.0, -0.5]],
        targets: vec![1.0],
        covariances: vec![target],
        means: vec![vec![0.3, 0.8]],
        weights: vec![1.0],
        rules: rules(VarianceRule::Full, WeightRule::Fixed, Metric::Euclidean),
    };
    let own = full(&[&[1.7, -0.4], &[-0.4, 0.6]]);
    let flow = case.flow();
    for beta in [0.2, 1.0] {
        let rate = field(&flow, beta, &case.state(&flow, std::slice::from_ref(&own)));
        for a in 0..2 {
            let pull: f64 = (0..2).map(|b| precision[a][b] * (case.means[0][b] - case.modes[0][b])).sum();
            assert!((rate[a] + beta * pull).abs() < 1e-13);
        }
        for (slot, (a, b)) in [(0, 0), (1, 0), (1, 1)].into_iter().enumerate() {
            let product = |c: usize| precision[a][c] * entry(&own, c, b) + entry(&own, a, c) * precision[c][b];
            let wanted = 2.0 * f64::from(u8::from(a == b)) - beta * (product(0) + product(1));
            assert!((rate[2 + slot] - wanted).abs() < 1e-12, "{} {wanted}", rate[2 + slot]);
        }
    }
}

/// In one dimension a covariance is a variance; in the plane the trace of one that is var I moves as var does.
#[test]
fn variances_are_covariances() {
    let variances = [1.7, 0.6];
    for d in [1, 2, 3] {
        let make = |variance| {
            let (mut case, _) = space(rules(variance, WeightRule::FisherRao, Metric::Natural));
            case.modes.iter_mut().chain(&mut case.means).for_each(|v| v.truncate(d));
            case.covariances = [0.6, 1.4, 1.0].map(Covariance::Isotropic).to_vec();
            case
        };
        let (full, own) = (make(VarianceRule::Full), make(VarianceRule::Own));
        let (full_flow, own_flow) = (full.flow(), own.flow());
        let state = full_flow.initial_state(&full.means.concat(), &variances).unwrap();
        let other = own_flow.initial_state(&own.means.concat(), &variances).unwrap();
        let (rate, wanted) = (field(&full_flow, 0.6, &state), field(&own_flow, 0.6, &other));
        let at = 2 * d + 2;
        for i in 0..at {
            assert!((rate[i] - wanted[i]).abs() < 1e-10, "{d}, {i}: {} {}", rate[i], wanted[i]);
        }
        let triangle = d * (d + 1) / 2;
        for i in 0..2 {
            let diagonal = (0..d).map(|a| rate[at + i * triangle + a * (a + 1) / 2 + a]);
            let trace = diagonal.sum::<f64>() / d as f64;
            let wanted = variances[i] * wanted[at + i];
            assert!((trace - wanted).abs() < 1e-10, "{d}, {i}: {trace} {wanted}");
        }
        assert!((full_flow.objective(0.6, &state) - own_flow.objective(0.6, &other)).abs() < 1e-11);
    }
}

/// The average over a grid of the standard normal, stretched by the Cholesky factor written out.
fn brute(mean: &[f64], covariance: &Covariance, step: f64, f: &dyn Fn(&[f64]) -> f64) -> f64 {
    let d = mean.len();
    let mut factor = vec![vec![0.0f64; d]; d];
    for a in 0..d {
        for b in 0..=a {
            let left = entry(covariance, a, b) - (0..b).map(|c| factor[a][c] * factor[b][c]).sum::<f64>();
            factor[a][b] = if a == b { left.sqrt() } else { left / factor[b][b] };
        }
    }
    let stretched = |g: &[f64]| {
        let x: Vec<f64> = (0..d).map(|a| mean[a] + factor[a].iter().zip(g).map(|(c, g)| c * g).sum::<f64>()).collect();
        f(&x)
    };
    brute::brute(&vec![0.0; d], 1.0, step, &stretched)
}

#[test]
fn averages_are_those_of_brute_force() {
    let own = rules(VarianceRule::Full, WeightRule::Fixed, Metric::Euclidean);
    for ((case, covariances), step, tolerance) in
        [(plane(own), 0.08, 1e-11), (linear(own), 0.08, 1e-11), (space(own), 0.25, 1e-9)]
    {
        let flow = case.flow();
        let plain = flow.unpack(1.0, &case.state(&flow, &covariances));
        let found = flow.averages(&plain);
        let log_targets: Vec<f64> = case.targets.iter().map(|v| v.ln()).collect();
        for i in 0..2 {
            let p = |x: &[f64]| log_mixture(x, &log_targets, &case.modes, &case.covariances);
            let q = |x: &[f64]| log_mixture(x, &plain.log_weights, &case.means, &covariances);
            let at = |f: &dyn Fn(&[f64]) -> f64| brute(&case.means[i], &covariances[i], step, f);
            let [p, q] = [at(&p), at(&q)];
            assert!((found.target.log[i] - p).abs() < tolerance, "{} {p}", found.target.log[i] - p);
            assert!((found.own.log[i] - q).abs() < tolerance, "{} {q}", found.own.log[i] - q);
        }
    }
}

/// A state whose matrices are not positive definite is none: an integrator sees it, and nothing panics.
#[test]
fn a_matrix_that_is_none_is_seen() {
    let (case, _) = plane(rules(VarianceRule::Full, WeightRule::FisherRao, Metric::Euclidean));
    let flow = case.flow();
    let flat = full(&[&[1.0, 2.0], &[2.0, 1.0]]);
    let state = case.state(&flow, &[flat, Covariance::Isotropic(1.0)]);
    let rate = field(&flow, 0.5, &state);
    assert!(rate.iter().all(|x| x.is_nan()), "{rate:?}");
    assert!(flow.objective(0.5, &state).is_nan());
}

/// Isotropic modes and means in the plane of the first two axes of R^d, and the flow in that plane: covariances keep a block there
/// and a multiple of I across.
fn in_plane(d: usize, rules: Rules) -> (Case, ShapedFlow) {
    let case = Case {
        modes: vec![vec![2.0, 0.5, 0.0], vec![-1.0, 1.5, 0.0], vec![0.3, -1.2, 0.0]],
        targets: vec![0.4, 0.35, 0.25],
        covariances: [1.3, 0.7, 1.0].map(Covariance::Isotropic).to_vec(),
        means: vec![vec![0.6, 0.4, 0.0], vec![-0.5, 0.2, 0.0]],
        weights: vec![0.4, 0.6],
        rules,
    };
    let pad = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let wide = |row: &Vec<f64>| row.iter().copied().chain(std::iter::repeat(0.0)).take(d).collect();
        rows.iter().map(wide).collect()
    };
    let case = Case { modes: pad(&case.modes), means: pad(&case.means), ..case };
    let flat = |rows: &[Vec<f64>]| rows.iter().flat_map(|row| row[..2].to_vec()).collect::<Vec<f64>>();
    let flow = ShapedFlow::new(&case.shaped(), flat(&case.modes), 2, &CubatureOptions::default()).unwrap();
    (case, flow)
}

/// Means, logits, and for each component s_11, s_21, s_22 and the variance across.
const IN_PLANE: [f64; 14] = [0.6, 0.4, -0.5, 0.2, -0.9, -0.5, 1.7, -0.4, 0.6, 1.2, 0.5, 0.3, 1.1, 0.8];

/// The plane in R^3 against R^3 itself.
#[test]
fn across_the_frame_covariances_are_multiples_of_the_unit() {
    for metric in [Metric::Euclidean, Metric::Natural] {
        let (case, flow) = in_plane(3, rules(VarianceRule::Full, WeightRule::Softmax, metric));
        assert_eq!(flow.dimension(), IN_PLANE.len());
        let whole = case.flow();
        let block = |at: usize| {
            let s = &IN_PLANE[at..];
            full(&[&[s[0], s[1], 0.0], &[s[1], s[2], 0.0], &[0.0, 0.0, s[3]]])
        };
        let mut state = case.state(&whole, &[block(6), block(10)]);
        state[6..8].copy_from_slice(&IN_PLANE[4..6]);
        for beta in [0.3, 1.0] {
            let (rate, wanted) = (field(&flow, beta, &IN_PLANE), field(&whole, beta, &state));
            // In the triangle of three rows the last entry is the variance across.
            for (i, j) in [0, 1, 3, 4, 6, 7, 8, 9, 10, 13, 14, 15, 16, 19].into_iter().enumerate() {
                assert!((rate[i] - wanted[j]).abs() < 1e-9, "{metric:?}, {beta}, {i}: {} {}", rate[i], wanted[j]);
            }
            for j in [2, 5, 11, 12, 17, 18] {
                assert!(wanted[j].abs() < 1e-12, "{j}: {}", wanted[j]);
            }
            assert!((flow.objective(beta, &IN_PLANE) - whole.objective(beta, &state)).abs() < 1e-10);
            let variances = |flow: &ShapedFlow, state: &[f64]| flow.unpack(beta, state).variances;
            for (a, b) in variances(&flow, &IN_PLANE).iter().zip(variances(&whole, &state)) {
                assert!((a - b).abs() < 1e-15, "{a} {b}");
            }
        }
    }
}

/// In many dimensions: the variance across moves by -(4 var/(d - D)) c (g/w) dF/dvar, the restriction of (45), and what
/// is var I moves as in the flow of own variances.
#[test]
fn many_dimensions_across_the_frame() {
    for d in [4, 7, 20] {
        let (case, flow) = in_plane(d, rules(VarianceRule::Full, WeightRule::Softmax, Metric::Euclidean));
        let beta = 0.5;
        let rate = field(&flow, beta, &IN_PLANE);
        for i in 0..6 {
            let wanted = -slope(&flow, beta, &IN_PLANE, i);
            assert!((rate[i] - wanted).abs() < 2e-8, "{d}, {i}: {} {wanted}", rate[i]);
        }
        for i in [9, 13] {
            let wanted = -4.0 * IN_PLANE[i] / (d - 2) as f64 * slope(&flow, beta, &IN_PLANE, i);
            assert!((rate[i] - wanted).abs() < 2e-8, "{d}, {i}: {} {wanted}", rate[i]);
        }
        // By its own frame, in turned coordinates.
        let shaped = case.shaped();
        let (_, at) = shaped.reduce();
        assert_eq!(at.dimension, 2);
        let own = Case { rules: rules(VarianceRule::Own, WeightRule::Softmax, Metric::Euclidean), ..case };
        let own_flow = own.flow();
        let variances = [1.7, 0.6];
        let turned = ShapedFlow::new(&shaped, at.modes, 2, &CubatureOptions::default()).unwrap();
        let state = turned.initial_state(&at.means, &variances).unwrap();
        let other = own_flow.initial_state(&own.shaped().reduce().1.means, &variances).unwrap();
        let (rate, wanted) = (field(&turned, beta, &state), field(&own_flow, beta, &other));
        assert!((turned.objective(beta, &state) - own_flow.objective(beta, &other)).abs() < 1e-9);
        for i in 0..2 {
            let shape = &rate[6 + 4 * i..];
            let trace = (shape[0] + shape[2] + (d - 2) as f64 * shape[3]) / d as f64;
            let wanted = variances[i] * wanted[wanted.len() - 2 + i];
            assert!((trace - wanted).abs() < 1e-9, "{d}, {i}: {trace} {wanted}");
        }
    }
}

#[test]
fn more_dimensions_than_quadrature_has_are_refused() {
    let (mut case, _) = plane(rules(VarianceRule::Full, WeightRule::Fixed, Metric::Euclidean));
    for (i, v) in case.modes.iter_mut().chain(&mut case.means).enumerate() {
        v.extend([0.1 * i as f64, if i == 3 { 0.1 } else { 0.0 }]);
    }
    case.covariances = vec![Covariance::Isotropic(1.0); 2];
    let shaped = case.shaped();
    let (_, at) = shaped.reduce();
    let error = ShapedFlow::new(&shaped, at.modes, at.dimension, &CubatureOptions::default()).unwrap_err().to_string();
    assert!(error.contains("covariance") && error.contains("d at most 3"), "{error}");
    // A matrix has no frame of fewer dimensions.
    let (case, _) = plane(rules(VarianceRule::Full, WeightRule::Fixed, Metric::Euclidean));
    let error =
        ShapedFlow::new(&case.shaped(), vec![2.0, -2.0], 1, &CubatureOptions::default()).unwrap_err().to_string();
    assert!(error.contains("`width` is 1") && error.contains("be 2"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the components, a rotation of target and fit turns the field, and the objective falls.
    #[test]
    fn a_rotation_turns_the_field(
        angle in 0.1f64..3.0,
        means in proptest::collection::vec(-2.0f64..2.0, 4),
        shapes in proptest::collection::vec((0.3f64..3.0, 0.3f64..3.0, -0.8f64..0.8), 2),
        beta in 0.2f64..1.0,
    ) {
        let (mut case, _) = plane(rules(VarianceRule::Full, WeightRule::FisherRao, Metric::Natural));
        case.means = means.chunks(2).map(<[f64]>::to_vec).collect();
        let covariances: Vec<Covariance> = shapes
            .iter()
            .map(|&(a, b, r)| full(&[&[a, r * (a * b).sqrt()], &[r * (a * b).sqrt(), b]]))
            .collect();
        let (sin, cos) = angle.sin_cos();
        let turned = |v: &[f64]| vec![cos * v[0] - sin * v[1], sin * v[0] + cos * v[1]];
        let turned_matrix = |of: [f64; 3]| {
            let [a, b, c] = of;
            let off = sin * cos * (a - c) + (cos * cos - sin * sin) * b;
            [cos * cos * a - 2.0 * sin * cos * b + sin * sin * c, off, sin * sin * a + 2.0 * sin * cos * b + cos * cos * c]
        };
        let turned_covariance = |of: &Covariance| {
            let [a, b, c] = turned_matrix([entry(of, 0, 0), entry(of, 1, 0), entry(of, 1, 1)]);
            full(&[&[a, b], &[b, c]])
        };
        let flow = case.flow();
        let state = case.state(&flow, &covariances);
        let straight = field(&flow, beta, &state);
        let objective = flow.objective(beta, &state);
        let mut other = Case { rules: case.rules, ..case };
        other.modes.iter_mut().chain(&mut other.means).for_each(|v| *v = turned(v));
        other.covariances = other.covariances.iter().map(turned_covariance).collect();
        let flow = other.flow();
        let state = other.state(&flow, &covariances.iter().map(turned_covariance).collect::<Vec<_>>());
        let found = field(&flow, beta, &state);
        let size = straight.iter().fold(1.0f64, |m, x| m.max(x.abs()));
        for i in [0, 2] {
            for (a, b) in turned(&straight[i..i + 2]).iter().zip(&found[i..]) {
                prop_assert!((a - b).abs() < 1e-9 * size, "means: {a} {b}");
            }
        }
        for i in [6, 9] {
            let wanted = turned_matrix([straight[i], straight[i + 1], straight[i + 2]]);
            for (a, b) in wanted.iter().zip(&found[i..]) {
                prop_assert!((a - b).abs() < 1e-9 * size, "covariances: {a} {b}");
            }
        }
        let step = 1e-4 / size;
        let moved: Vec<f64> = state.iter().zip(&found).map(|(x, r)| x + step * r).collect();
        prop_assert!(flow.objective(beta, &moved) <= objective + 1e-10, "{} {objective}", flow.objective(beta, &moved));
    }
}
