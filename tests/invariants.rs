//! What holds for every problem: symmetries, conservation and descent, on random ones.

mod support;

use collapsar::montecarlo::draw_start;
use collapsar::random::stream;
use collapsar::trajectory::Report;
use collapsar_theory::{
    CubatureOptions, Family, Flow, MeanSpace, Metric, MixtureFlow, Problem, Rules, Schedule, Start, Target,
    VarianceRule, WeightRule,
};
use nalgebra::DMatrix;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use support::cases::{Case, case, rules, slope};
use support::largest_difference;

/// Two integrations of one flow in other coordinates: each good to 1e-8 at the default tolerances.
const SAME: f64 = 1e-8;
/// Two evaluations of one field: rounding, and the cubature's own error in another order of the axes.
const SAME_FIELD: f64 = 1e-10;
const DESCENDING: &[VarianceRule] = &[VarianceRule::Unit, VarianceRule::Trained];
const ALL: &[VarianceRule] = &[VarianceRule::Unit, VarianceRule::Slaved, VarianceRule::Trained];

fn cases(count: u32) -> ProptestConfig {
    // No file of past failures: a failing case belongs into a test of its own.
    ProptestConfig { cases: count, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

fn flat(matrix: &[Vec<f64>]) -> Vec<f64> {
    matrix.concat()
}

/// The Gram matrix with rows and columns in another order: `order[new] = old`.
fn reordered(gram: &[Vec<f64>], order: &[usize]) -> Vec<f64> {
    order.iter().flat_map(|&i| order.iter().map(move |&j| gram[i][j])).collect()
}

/// Everything about a report that does not depend on coordinates.
fn assert_same(a: &Report, b: &Report) {
    let gaps = [
        largest_difference(&flat(&a.gram), &flat(&b.gram)),
        largest_difference(&a.coverage, &b.coverage),
        largest_difference(&a.weights, &b.weights),
        (a.variance - b.variance).abs(),
        (a.objective - b.objective).abs(),
    ];
    assert!(gaps.iter().all(|gap| *gap < SAME), "{gaps:?}");
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn the_objective_never_rises_at_constant_temperature(case in case(2, 2, 3, rules(DESCENDING))) {
        let reports = case.run(6.0);
        for pair in reports.windows(2) {
            // Local errors of 1e-10 in the state move F by their product with its gradient, of order 1.
            let rise = pair[1].objective - pair[0].objective;
            prop_assert!(rise < 1e-9 * (1.0 + pair[0].objective.abs()), "t = {}: rises by {rise:e}", pair[1].time);
        }
        prop_assert!(reports[reports.len() - 1].objective <= reports[0].objective);
    }

    #[test]
    fn weights_stay_on_the_simplex_and_means_on_the_sphere(case in case(3, 2, 2, rules(DESCENDING))) {
        for report in case.run(4.0) {
            prop_assert!((report.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(report.weights.iter().all(|w| (0.0..=1.0).contains(w)));
            if case.rules.means == MeanSpace::Sphere {
                prop_assert!((0..3).all(|i| (report.gram[i][i] - 4.0).abs() < 1e-12));
            }
            if case.rules.weights == WeightRule::Fixed {
                prop_assert!(largest_difference(&report.weights, &case.weights) < 1e-15);
            }
        }
    }

    #[test]
    fn a_rotation_changes_no_statistic(
        case in (3usize..=5).prop_flat_map(|d| case(2, 2, d, rules(ALL))),
        entries in prop::collection::vec(-1.0..1.0f64, 25),
    ) {
        let d = case.means[0].len();
        let matrix = DMatrix::from_row_slice(d, d, &entries[..d * d]) + DMatrix::identity(d, d) * 0.1;
        let rotation = matrix.qr().q();
        let rotate = |vectors: &[Vec<f64>]| -> Vec<Vec<f64>> {
            let turned = |v: &Vec<f64>| (&rotation * DMatrix::from_column_slice(d, 1, v)).as_slice().to_vec();
            vectors.iter().map(turned).collect()
        };
        let rotated = Case { modes: rotate(&case.modes), means: rotate(&case.means), ..case.clone() };
        assert_same(&case.at(3.0), &rotated.at(3.0));
    }

    #[test]
    fn the_names_of_components_and_modes_do_not_matter(case in case(3, 2, 3, rules(ALL))) {
        let order = [2, 0, 1];
        let pick = |list: &[f64]| -> Vec<f64> { order.iter().map(|&i| list[i]).collect() };
        let other = Case {
            means: order.iter().map(|&i| case.means[i].clone()).collect(),
            weights: pick(&case.weights),
            modes: case.modes.iter().rev().cloned().collect(),
            targets: case.targets.iter().rev().copied().collect(),
            ..case.clone()
        };
        let (a, b) = (case.at(2.0), other.at(2.0));
        prop_assert!(largest_difference(&reordered(&a.gram, &[2, 0, 1, 4, 3]), &flat(&b.gram)) < SAME);
        prop_assert!(largest_difference(&pick(&a.weights), &b.weights) < SAME);
        prop_assert!((a.coverage[0] - b.coverage[1]).abs() < SAME && (a.objective - b.objective).abs() < SAME);
    }

    #[test]
    fn mirrored_targets_give_mirrored_runs(case in case(2, 2, 3, rules(ALL)), rho in 0.3..3.0f64) {
        let mirror = |v: &Vec<f64>| vec![-v[0], v[1], v[2]];
        let case = Case { modes: vec![vec![rho, 0.0, 0.0], vec![-rho, 0.0, 0.0]], ..case };
        let mirrored = Case {
            targets: vec![case.targets[1], case.targets[0]],
            means: case.means.iter().map(mirror).collect(),
            ..case.clone()
        };
        let (a, b) = (case.at(4.0), mirrored.at(4.0));
        for (left, right) in a.means.iter().zip(&b.means) {
            prop_assert!(largest_difference(&mirror(left), right) < SAME);
        }
        prop_assert!((a.coverage[0] - b.coverage[1]).abs() < SAME);
        prop_assert!(largest_difference(&a.weights, &b.weights) < SAME);
    }

    #[test]
    fn a_component_without_weight_moves_nothing(case in case(2, 3, 2, rules(&[VarianceRule::Unit, VarianceRule::Slaved]))) {
        let case = Case { rules: Rules { metric: Metric::Euclidean, ..case.rules }, ..case };
        let mut with = case.clone();
        with.means.push(vec![0.7, -0.4]);
        with.weights.push(0.0);
        let (without, with) = (case.rate(), with.rate());
        prop_assert!(largest_difference(&without[..4], &with[..4]) < SAME_FIELD);
        prop_assert_eq!(&with[4..6], &[0.0, 0.0][..]);
        if case.rules.weights != WeightRule::Fixed {
            prop_assert!(largest_difference(&without[4..6], &with[6..8]) < SAME_FIELD);
        }
    }

    #[test]
    fn the_flow_is_the_gradient_of_the_objective(
        case in prop_oneof![case(3, 3, 3, rules(DESCENDING)), case(2, 3, 2, rules(DESCENDING)), case(3, 2, 4, rules(DESCENDING))]
    ) {
        let (_, flow, state) = case.build();
        let (k, width, d) = (case.weights.len(), flow.width(), case.means[0].len() as f64);
        let clock = case.rules.clock.factor(case.beta());
        let rate = case.rate();
        let objective = |y: &[f64]| flow.objective(case.beta(), y);
        let metric = |j: usize| match j / width {
            i if i < k && case.rules.metric == Metric::Euclidean => 1.0,
            i if i < k => 1.0 / case.weights[i],
            _ if j >= k * width + k || case.rules.weights == WeightRule::Fixed => 4.0 / (k as f64 * d * case.variance),
            _ if case.rules.weights == WeightRule::Softmax => 1.0,
            _ => 1.0 / case.weights[j - k * width],
        };
        for (j, got) in rate.iter().enumerate() {
            // On the sphere F reads a mean through its direction: its slope is that along the tangent space.
            let expected = -clock * metric(j) * slope(&objective, &state, j, 1e-3);
            // h^4 F'''''/30 = 3e-14 times a fifth derivative, and averages good to 1e-11 over h; times clock and metric.
            let bound = 2e-7 * clock * metric(j);
            prop_assert!((got - expected).abs() < bound, "state {j}: {got} against {expected}, {:?}", case.rules);
        }
    }
}

#[test]
fn the_number_of_unknowns_does_not_grow_with_the_dimension() {
    for preset in [Rules::PAPER, Rules::FREE] {
        for k in 1..=4 {
            let unknowns = |d: usize| {
                let start = match preset.means {
                    MeanSpace::Sphere => Start::sphere(d),
                    MeanSpace::Free => Start::gaussian(d, 0.1),
                };
                let family = Family::new(vec![1.0 / k as f64; k], preset).unwrap();
                let target = Target::pair(3.0, [0.8, 0.2]).unwrap();
                let problem = Problem::new(target, family, Schedule::constant(2.0).unwrap(), start.unwrap()).unwrap();
                let drawn = draw_start(&problem, &mut stream(1, 0)).unwrap();
                let options = CubatureOptions::default();
                MixtureFlow::new(&problem, drawn.modes, drawn.dimension, &options).unwrap().dimension()
            };
            assert_eq!(unknowns(5), unknowns(1_000_000), "K = {k}");
        }
    }
}
