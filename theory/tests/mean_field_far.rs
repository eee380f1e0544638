//! Far modes, spikes and certificates of mean-field fits.

use collapsar_theory::{
    FarPair, Group, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldSolution, MeanFieldStart, NearCoordinate,
    SpikeAndBulk, axis_bound, best_rectangle, binary_divergence, correlated_divergence, correlation_cost,
    critical_bulk, disagreement, even_bound, explicit_minority_bound, heaviest_mode_bound, minority_bound,
    one_mode_objective, spread_critical_norm,
};

fn close(a: f64, b: f64, error: f64) -> bool {
    (a - b).abs() <= error
}

fn fit(groups: &[(f64, usize)]) -> MeanField {
    let groups = groups.iter().map(|&(half_separation, count)| Group { half_separation, count }).collect();
    MeanField::new(MeanFieldPair::new(groups, 0.5, 1.0).unwrap(), MeanFieldOptions::default()).unwrap()
}

fn solve(groups: &[(f64, usize)], start: MeanFieldStart) -> MeanFieldSolution {
    fit(groups).solve(start).unwrap()
}

fn widths(weight: f64, variance_plus: f64, variance_minus: f64, count: usize) -> FarPair {
    let near = NearCoordinate { variance_plus, variance_minus, distance: 0.0, count };
    FarPair::new(weight, vec![near]).unwrap()
}

/// (w, s_+, s_-, n) and the (p, 1-p, F, is a minimum) of its stationary points, computed by an independent program to 1e-12.
type Case = ((f64, f64, f64, usize), &'static [(f64, f64, f64, bool)]);

#[test]
fn far_modes_of_unequal_widths() {
    let cases: [Case; 4] = [
        ((0.3, 0.5, 2.0, 1), &[(0.273_183_554_486_871_76, 0.726_816_445_513_128_3, 0.111_681_537_615_926_77, true)]),
        ((0.5, 1.0, 2.0, 15), &[(0.669_672_933_517_999_5, 0.330_327_066_482_000_5, 0.422_081_062_794_782_64, true)]),
        (
            (0.5, 1.0, 2.0, 20),
            &[
                (0.117_043_039_391_563_09, 0.882_956_960_608_436_9, 0.627_725_402_157_637_3, true),
                (0.219_531_207_274_569_12, 0.780_468_792_725_430_8, 0.629_824_106_991_507_8, false),
                (0.796_672_977_627_11, 0.203_327_022_372_889_94, 0.525_416_778_663_572, true),
            ],
        ),
        (
            (0.6, 1.0, 2.0, 30),
            &[
                (0.019_692_076_750_493_857, 0.980_307_923_249_506_1, 0.899_235_812_095_157_5, true),
                (0.273_251_774_471_381_5, 0.726_748_225_528_618_6, 1.001_586_050_532_19, false),
                (0.958_691_403_267_102_2, 0.041_308_596_732_897_856, 0.471_929_282_764_333_27, true),
            ],
        ),
    ];
    for ((weight, plus, minus, count), expected) in cases {
        let pair = widths(weight, plus, minus, count);
        let states = pair.states();
        assert_eq!(states.len(), expected.len());
        for (state, &(p, q, objective, minimum)) in states.iter().zip(expected) {
            assert!(close(state.mass_plus, p, 1e-12) && close(state.mass_minus, q, 1e-12), "{state:?}");
            assert!(close(state.objective, objective, 1e-12) && state.minimum == minimum, "{state:?}");
            // Stationary by differences too.
            let (up, down) = (pair.objective(p + 1e-5), pair.objective(p - 1e-5));
            assert!(close(up, down, 1e-12), "{state:?}: {}", up - down);
        }
    }
    // The narrow mode wins as n grows; variances 1 and 2 at equal weights: log(p/(1-p)) = (n/2)(log 2 - 1/(1+p)).
    for (count, mass) in [(6, 0.529_456), (10, 0.569_596), (50, 0.991_643)] {
        let p = widths(0.5, 1.0, 2.0, count).optimum().unwrap().mass_plus;
        let balance = (p / (1.0 - p)).ln() - 0.5 * count as f64 * (2f64.ln() - 1.0 / (1.0 + p));
        assert!(balance.abs() < 1e-13 && close(p, mass, 1e-6), "{p}");
    }
    // Two minima, four digits.
    for (minus, count, masses) in [(4.0, 6, [0.0100, 0.8288]), (9.0, 2, [0.0037, 0.7385])] {
        let minima: Vec<f64> =
            widths(0.5, 1.0, minus, count).states().iter().filter(|s| s.minimum).map(|s| s.mass_plus).collect();
        assert!(close(minima[0], masses[0], 5e-4) && close(minima[1], masses[1], 5e-4), "{minima:?}");
    }
}

/// Equal variances: the Curie-Weiss model M = tanh(B^2 M), whose pitchfork is at B = 1; fits of a long spike approach it.
#[test]
fn a_long_spike_is_a_curie_weiss_model() {
    let far = |rest: f64| {
        let near = NearCoordinate { variance_plus: 1.0, variance_minus: 1.0, distance: 2.0 * rest, count: 1 };
        FarPair::new(0.5, vec![near]).unwrap()
    };
    assert_eq!(far(0.99).states().len(), 1);
    let states = far(1.4).states();
    assert_eq!(states.len(), 3);
    for state in &states {
        let magnetisation = state.mass_plus - state.mass_minus;
        assert!(close(magnetisation, (1.4f64 * 1.4 * magnetisation).tanh(), 1e-13));
        let energy = binary_divergence(state.mass_plus, 0.5) + 0.98 * (1.0 - magnetisation * magnetisation);
        assert!(close(state.objective, energy, 1e-13));
    }
    assert!(close(states[1].objective, 0.98, 1e-13));
    // M^2 = 3 (B^2 - 1) = 6 (B/B_c - 1).
    let magnetisation = 2.0 * far(1.0 + 1e-5).states()[2].mass_plus - 1.0;
    assert!(close(magnetisation.powi(2) / 1e-5, 6.0, 1e-3));
    let rest = [(8.0, 1), (1.4 / 2f64.sqrt(), 2)];
    for (start, state) in [(MeanFieldStart::Plus, &states[2]), (MeanFieldStart::Even, &states[1])] {
        let found = solve(&rest, start).observables;
        // What is left is of order e^(-a_1^2/2).
        assert!(close(found.objective, state.objective, 1e-12), "{start:?}: {}", found.objective);
        assert!(close(found.above[0], state.mass_plus, 1e-12));
    }
    // 10 degrees from the axis at A = 3 sqrt 2: even F, against B^2/2.
    let angle = 10f64.to_radians();
    let norm = 3.0 * 2f64.sqrt();
    let even = solve(&[(norm * angle.cos(), 1), (norm * angle.sin(), 1)], MeanFieldStart::Even).observables.objective;
    assert!(close(even, 0.271_368, 5e-7) && close((norm * angle.sin()).powi(2) / 2.0, 0.271_383, 5e-7));
}

#[test]
fn components_with_correlations_cost_their_determinant() {
    let cost = correlation_cost(&[vec![2.0, 0.6], vec![0.6, 0.5]]).unwrap();
    assert!(close(cost, 0.5 * (1.0f64 / (1.0 - 0.36)).ln(), 1e-15));
    let three = correlation_cost(&[vec![2.0, 0.5, 0.1], vec![0.5, 1.0, 0.3], vec![0.1, 0.3, 1.5]]).unwrap();
    let determinant = 2.0 * (1.5 - 0.09) - 0.5 * (0.75 - 0.03) + 0.1 * (0.15 - 0.1);
    assert!(close(three, 0.5 * (3.0f64 / determinant).ln(), 1e-15));
    assert!(close(one_mode_objective(&[0.3, 0.7], &[0.0, 0.0]).unwrap(), -(0.7f64.ln()), 1e-15));
    assert!(close(one_mode_objective(&[0.3, 0.7], &[0.1, 2.0]).unwrap(), 0.1 - 0.3f64.ln(), 1e-15));
    assert!(correlation_cost(&[vec![1.0, 2.0], vec![2.0, 1.0]]).unwrap_err().rule().contains("positive definite"));
    assert!(correlation_cost(&[vec![1.0, 2.0]]).unwrap_err().rule().contains("square"));
    assert!(one_mode_objective(&[0.3], &[0.0, 1.0]).is_err());
    // R(p) of correlated coordinates: one component alone at the ends, the formula of product measures without correlations.
    let (plus, minus) = (vec![vec![2.0, 0.6], vec![0.6, 0.5]], vec![vec![1.0, -0.3], vec![-0.3, 2.0]]);
    let delta = [0.7, -1.1];
    let divergence = |p: f64| correlated_divergence(p, &delta, &plus, &minus).unwrap();
    assert!(close(divergence(1.0), cost, 1e-15) && close(divergence(0.0), correlation_cost(&minus).unwrap(), 1e-15));
    let straight = |a: f64, b: f64| vec![vec![a, 0.0], vec![0.0, b]];
    let near = |variance_plus: f64, variance_minus: f64, distance: f64| NearCoordinate {
        variance_plus,
        variance_minus,
        distance,
        count: 1,
    };
    let product = FarPair::new(0.5, vec![near(0.5, 1.0, 0.7), near(2.0, 0.25, -1.1)]).unwrap();
    let alone = FarPair::new(0.5, vec![]).unwrap();
    for p in [0.1, 0.5, 0.8] {
        let found = correlated_divergence(p, &delta, &straight(2.0, 0.5), &straight(1.0, 4.0)).unwrap();
        assert!(close(found, product.objective(p) - alone.objective(p), 1e-14), "{p}");
        // Each product measure costs more, among them the best: m from Lambda_p, s_j = 1/(Lambda_p)_jj.
        let mixed: Vec<Vec<f64>> =
            (0..2).map(|i| (0..2).map(|j| p * plus[i][j] + (1.0 - p) * minus[i][j]).collect()).collect();
        let pull = |i: usize| p * (plus[i][0] * delta[0] + plus[i][1] * delta[1]);
        let determinant = mixed[0][0] * mixed[1][1] - mixed[0][1] * mixed[1][0];
        let mean = [
            (mixed[1][1] * pull(0) - mixed[0][1] * pull(1)) / determinant,
            (mixed[0][0] * pull(1) - mixed[1][0] * pull(0)) / determinant,
        ];
        let cost = |stretch: f64| {
            let variances = [stretch / mixed[0][0], stretch / mixed[1][1]];
            let to = |m: [f64; 2], l: &[Vec<f64>]| {
                let y = [mean[0] - m[0], mean[1] - m[1]];
                let quadratic = l[0][0] * y[0] * y[0] + 2.0 * l[0][1] * y[0] * y[1] + l[1][1] * y[1] * y[1];
                let trace = l[0][0] * variances[0] + l[1][1] * variances[1];
                let det: f64 = l[0][0] * l[1][1] - l[0][1] * l[0][1];
                0.5 * (quadratic + trace - 2.0 - (variances[0] * variances[1] * det).ln())
            };
            p * to(delta, &plus) + (1.0 - p) * to([0.0, 0.0], &minus)
        };
        assert!(close(cost(1.0), divergence(p), 1e-14) && cost(1.1) > divergence(p) && cost(0.9) > divergence(p));
    }
    assert_eq!(correlated_divergence(1.5, &delta, &plus, &minus).unwrap_err().name(), "mass");
    assert_eq!(correlated_divergence(0.5, &[1.0], &plus, &minus).unwrap_err().name(), "precision_plus");
    // A far diagonal pair keeps one mode: KL -> log 2.
    let far = solve(&[(6.0, 2)], MeanFieldStart::Plus).observables.objective;
    assert!(close(far, one_mode_objective(&[0.5, 0.5], &[0.0, 0.0]).unwrap(), 1e-7), "{far}");
}

/// (M26) is below KL at every separation, and sharp for a long first coordinate.
#[test]
fn a_bound_from_one_coordinate() {
    for (a, weight) in [([0.3, 0.2], 0.5), ([2.0, 1.3], 0.6), ([1.4, 1.4], 0.5), ([3.0, 0.5], 0.2)] {
        let pair = MeanFieldPair::along(&a).unwrap().with_weight(weight).unwrap();
        let fit = MeanField::new(pair.clone(), MeanFieldOptions::default()).unwrap();
        let solved = [MeanFieldStart::Plus, MeanFieldStart::Minus].map(|start| fit.solve(start).unwrap());
        let best = solved[0].observables.objective.min(solved[1].observables.objective);
        let bound = axis_bound(&pair).unwrap();
        assert!((-1e-13..=best).contains(&bound), "{a:?}: {bound} {best}");
        assert!(best - bound < 0.2, "{a:?}: {bound} {best}");
    }
    let pair = MeanFieldPair::along(&[8.5, 1.4]).unwrap();
    let best = solve(&[(8.5, 1), (1.4, 1)], MeanFieldStart::Plus).observables.objective;
    assert!(close(axis_bound(&pair).unwrap(), best, 1e-10), "{} {best}", axis_bound(&pair).unwrap());
    assert_eq!(axis_bound(&MeanFieldPair::diagonal(1.0, 3).unwrap()).unwrap_err().name(), "dimension");
    assert_eq!(axis_bound(&pair.with_temperature(2.0).unwrap()).unwrap_err().name(), "temperature");
}

#[test]
fn modes_on_a_grid_keep_a_rectangle() {
    // Three modes at the corners of a right angle: two survive.
    let three = [vec![0, 0], vec![1, 0], vec![0, 1]];
    let found = best_rectangle(&three, &[0.5, 0.3, 0.2]).unwrap();
    assert!(close(found.objective, -(0.8f64.ln()), 1e-14) && found.modes == [0, 1]);
    assert!(close(found.masses[0][0], 0.625, 1e-14));
    // A full rectangle: weights of rank one are exact, the others cost (1/4) sum log(1/(4w)) while the coupling is below 1.
    let corners = [vec![0, 0], vec![0, 1], vec![1, 0], vec![1, 1]];
    let exact = best_rectangle(&corners, &[0.18, 0.42, 0.12, 0.28]).unwrap();
    assert!(exact.objective.abs() < 1e-14 && exact.modes.len() == 4);
    let weak = best_rectangle(&corners, &[0.4, 0.1, 0.1, 0.4]).unwrap();
    let middle = -0.25 * (1.6f64.ln() + 0.4f64.ln()) * 2.0;
    assert!(close(weak.objective, middle, 1e-13) && close(middle, 0.223_144, 5e-7));
    // Coupling atanh(0.8) > 1: collapse inside the rectangle, and the Ising magnetisation M = tanh(J M).
    let strong = best_rectangle(&corners, &[0.45, 0.05, 0.05, 0.45]).unwrap();
    let magnetisation = strong.masses[0][0] - strong.masses[0][1];
    let coupling = 0.8f64.atanh();
    assert!(close(magnetisation, (coupling * magnetisation).tanh(), 1e-12) && magnetisation.abs() > 0.3);
    // Three collinear modes are a rectangle.
    let line = best_rectangle(&[vec![0, 2], vec![5, 2], vec![3, 2]], &[0.2, 0.3, 0.5]).unwrap();
    assert!(line.objective.abs() < 1e-15 && line.modes.len() == 3 && line.clusters == [vec![0, 3, 5], vec![2]]);
    assert!(best_rectangle(&[vec![0], vec![0]], &[0.5, 0.5]).unwrap_err().rule().contains("at most one mode"));
    assert_eq!(best_rectangle(&[], &[]).unwrap_err().name(), "cells");
    assert_eq!(best_rectangle(&three, &[0.5, 0.5]).unwrap_err().name(), "weights");
}

#[test]
fn a_spike_and_a_bulk() {
    // Computed by an independent program to 1e-12.
    let cases = [
        (0.5, 1.379_449_510_018_974_5),
        (1.5, 1.078_551_208_358_499_4),
        (2.5, 1.006_802_452_862_321_4),
        (3.0, 1.001_478_304_927_793),
    ];
    for (spike, bulk) in cases {
        let found = critical_bulk(spike, 1.0).unwrap().unwrap();
        assert!(close(found.value, bulk, 1e-12), "{spike}: {found:?}");
    }
    // No spike: the limit of the diagonal, at any temperature.
    for temperature in [0.5, 1.0, 3.0] {
        let found = critical_bulk(1e-3, temperature).unwrap().unwrap().value;
        assert!(close(found, spread_critical_norm(temperature).unwrap().unwrap(), 1e-5), "{temperature}: {found}");
    }
    // Fits with many small coordinates approach it as 1/n.
    let gap = |count: usize, start: MeanFieldStart| {
        let found = solve(&[(1.2, 1), (1.5 / (count as f64).sqrt(), count)], start).observables;
        let limit = SpikeAndBulk::new(1.2, 1.5, 0.5, 1.0).unwrap();
        let limit = if start == MeanFieldStart::Even { limit.even().unwrap() } else { limit.extreme(true).unwrap() };
        (found.objective - limit.objective, found.theta - limit.theta)
    };
    for start in [MeanFieldStart::Even, MeanFieldStart::Plus] {
        let (coarse, fine) = (gap(500, start), gap(2000, start));
        assert!(coarse.0.abs() < 1e-3 && close(coarse.0 / fine.0, 4.0, 0.05), "{start:?} {coarse:?} {fine:?}");
        assert!(start == MeanFieldStart::Even || close(coarse.1 / fine.1, 4.0, 0.05), "{coarse:?} {fine:?}");
    }
    let unequal = SpikeAndBulk::new(1.0, 1.0, 0.6, 2.0).unwrap();
    let (top, bottom) = (unequal.extreme(true).unwrap(), unequal.extreme(false).unwrap());
    assert!(close(top.theta, bottom.theta, 1e-12) && top.theta > 0.2, "{top:?} {bottom:?}");
    assert_eq!(unequal.even().unwrap_err().name(), "weight");
    assert_eq!(SpikeAndBulk::new(26.0, 1.0, 0.5, 1.0).unwrap_err().name(), "spike");
}

#[test]
fn certificates() {
    let half = std::f64::consts::LN_2;
    assert!(close(heaviest_mode_bound(&[0.5, 0.5]).unwrap(), half, 1e-16));
    // (m, off, t*), computed by an independent program to 1e-12.
    let cases = [
        (1.9, 0.055_783_838_016_671_58, 0.469_085_217_595_162_25),
        (2.5, 0.012_342_210_764_635_972, 0.293_435_984_966_601_5),
        (4.0, 6.334_047_753_112_123e-5, 0.106_856_833_583_637_53),
    ];
    for (m, off, bound) in cases {
        assert!(close(disagreement(m, m, 0.0), off, 1e-15));
        let found = minority_bound(off, half).unwrap().unwrap();
        assert!(close(found, bound, 1e-12) && found <= explicit_minority_bound(off, half).unwrap());
        // The truth is smaller.
        let solution = solve(&[(m, 2)], MeanFieldStart::Plus).observables;
        assert!(1.0 - solution.above[0] < found);
        assert!(solve(&[(m, 2)], MeanFieldStart::Even).observables.objective >= even_bound(off).unwrap());
    }
    // An even optimum is excluded from m = 1.815839 on.
    let crossing = |m: f64| even_bound(disagreement(m, m, 0.0)).unwrap() - half;
    assert!(crossing(1.815_838) < 0.0 && crossing(1.815_840) > 0.0);
    assert_eq!(minority_bound(0.3, half).unwrap(), None);
    assert_eq!(minority_bound(0.0, half).unwrap_err().name(), "off");
    assert_eq!(minority_bound(0.1, -1.0).unwrap_err().name(), "bound");
}

#[test]
fn optima_are_certified_where_modes_are_far() {
    for m in [2.5, 3.0, 4.0] {
        let found = fit(&[(m, 2)]).certify().unwrap();
        assert!(found.known && found.minority[0].unwrap() < 0.3, "{m}: {found:?}");
    }
    for m in [1.5, 2.4] {
        let found = fit(&[(m, 2)]).certify().unwrap();
        assert!(!found.known && found.gap > 1.0, "{m}: {found:?}");
    }
    // Without collapse both bounds coincide, whatever (M33) says.
    let one = fit(&[(2.0, 1), (0.8, 1)]).certify().unwrap();
    assert!(one.known && one.minority == [None, None], "{one:?}");
    assert_eq!(fit(&[(1.0, 1)]).certify().unwrap_err().name(), "dimension");
}
