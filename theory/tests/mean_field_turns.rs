//! Unequal weights and rotations of mean-field fits.

use collapsar_theory::{
    MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldSolution, MeanFieldStart, MeanFieldStatus, SpreadPair,
    direction_rate, fold_weight, spread_fold_weight,
};

fn close(a: f64, b: f64, error: f64) -> bool {
    (a - b).abs() <= error
}

fn fit(pair: MeanFieldPair) -> MeanField {
    MeanField::new(pair, MeanFieldOptions::default()).unwrap()
}

fn turned(norm: f64, degrees: f64, start: MeanFieldStart) -> (MeanField, MeanFieldSolution) {
    let angle = degrees.to_radians();
    let fit = fit(MeanFieldPair::along(&[norm * angle.cos(), norm * angle.sin()]).unwrap());
    let found = fit.solve(start).unwrap();
    (fit, found)
}

#[test]
fn the_minority_branch_folds() {
    // (A, d, w_fold, E X_j), computed by an independent program to 1e-12.
    let cases = [
        (2.828_427_124_746_190_3, 2, 0.949_452_841_535_456_5, -1.590_655_661_329_797),
        (3.535_533_905_932_737_8, 2, 0.999_084_072_933_465, -2.196_929_436_490_057_3),
        (2.5, 3, 0.903_337_519_215_804_3, -1.075_419_978_799_125_4),
        (2.0, 8, 0.712_961_175_701_704_6, -0.426_449_200_861_347_24),
    ];
    for (norm, dimension, weight, mean) in cases {
        let pair = MeanFieldPair::diagonal(norm, dimension).unwrap();
        let found = fold_weight(pair.groups(), 1.0).unwrap().unwrap();
        assert!(close(found.weight, weight, 1e-12), "{found:?}");
        assert!(close(found.theta.value * pair.groups()[0].half_separation, mean, 1e-12), "{found:?}");
        assert!(found.theta.residual.abs() < 1e-13);
    }
    // Five digits, and twelve where 1 - w is small.
    for (norm, dimension, weight, error) in [
        (1.5 * 2f64.sqrt(), 2, 0.61588, 5e-6),
        (3.0 * 2f64.sqrt(), 2, 0.999_995_880_686, 1e-12),
        (2.5, 8, 0.94868, 5e-6),
    ] {
        let pair = MeanFieldPair::diagonal(norm, dimension).unwrap();
        let found = fold_weight(pair.groups(), 1.0).unwrap().unwrap();
        assert!(close(found.weight, weight, error), "{found:?}");
    }
    assert_eq!(fold_weight(MeanFieldPair::diagonal(1.7, 2).unwrap().groups(), 1.0).unwrap(), None);
}

/// Beyond the fold the lower start rises to the majority mode; below it stays, marginally stable at the end.
#[test]
fn the_fold_is_where_the_minority_ends() {
    let pair = MeanFieldPair::along(&[1.5, 1.2]).unwrap().with_temperature(1.1).unwrap();
    let fold = fold_weight(pair.groups(), 1.1).unwrap().unwrap();
    let from_below = |weight: f64| fit(pair.clone().with_weight(weight).unwrap()).solve(MeanFieldStart::Minus).unwrap();
    let before = from_below(fold.weight - 1e-6);
    assert!(before.status == MeanFieldStatus::Stable && before.couplings.common > 0.99, "{:?}", before.couplings);
    assert!(close(before.observables.theta, fold.theta.value, 0.01));
    let beyond = from_below(fold.weight + 1e-4);
    assert!(beyond.observables.theta > 0.0 && beyond.status == MeanFieldStatus::Stable);
}

#[test]
fn the_fold_of_many_coordinates_is_that_of_the_limit() {
    for temperature in [1.0, 1.6] {
        let limit = spread_fold_weight(2.5, temperature).unwrap().unwrap();
        let gap = |dimension: usize| {
            let pair = MeanFieldPair::diagonal(2.5, dimension).unwrap();
            let found = fold_weight(pair.groups(), temperature).unwrap().unwrap();
            (found.weight - limit.0, found.theta.value - limit.1)
        };
        let (coarse, fine) = (gap(200), gap(800));
        assert!(close(coarse.0 / fine.0, 4.0, 0.1) && close(coarse.1 / fine.1, 4.0, 0.1), "{coarse:?} {fine:?}");
    }
}

/// F* at A = 3 sqrt 2 by angle from the axis, and its slope by differences of F* and by (M23).
#[test]
fn slopes_of_the_optimum_in_the_angle() {
    let norm = 3.0 * 2f64.sqrt();
    let known =
        [(5.0, 0.068_362_473_421), (15.0, 0.577_480_682_567), (20.0, 0.677_351_343_207), (45.0, 0.693_112_986_167)];
    for (degrees, objective) in known {
        let found = turned(norm, degrees, MeanFieldStart::Plus).1;
        assert!(close(found.observables.objective, objective, 1e-12), "{degrees}");
    }
    // From the axis to the diagonal F* rises.
    for norm in [2.0, 3.0] {
        let at = |degrees: f64| turned(norm, degrees, MeanFieldStart::Plus).1.observables.objective;
        let values: Vec<f64> = (1..=9).map(|n| at(5.0 * f64::from(n))).collect();
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{values:?}");
    }
    for (norm, degrees, weight, temperature) in [(2.0, 30.0, 0.5, 1.0), (3.0, 25.0, 0.5, 1.0), (2.0, 35.0, 0.6, 1.7)] {
        let at = |degrees: f64| {
            let angle = f64::to_radians(degrees);
            let a = [norm * angle.cos(), norm * angle.sin()];
            let pair = MeanFieldPair::along(&a).unwrap().with_weight(weight).unwrap();
            let fit = fit(pair.with_temperature(temperature).unwrap());
            let found = fit.solve(MeanFieldStart::Plus).unwrap();
            (fit, found)
        };
        let (step, objective) = (0.02, |degrees: f64| at(degrees).1.observables.objective);
        let near = objective(degrees + step) - objective(degrees - step);
        let wide = objective(degrees + 2.0 * step) - objective(degrees - 2.0 * step);
        let difference = (8.0 * near - wide) / (12.0 * f64::to_radians(step));
        let (fit, found) = at(degrees);
        let slope = fit.rotation_slope(&found.state, 0, 1).unwrap();
        // The fifth derivative times step^4/30 = 5e-16, and 1e-14/step = 3e-11.
        assert!(close(slope, difference, 2e-10), "{norm} {degrees}: {slope} {difference}");
        assert_eq!(fit.rotation_slope(&found.state, 0, 2).unwrap_err().name(), "j");
    }
}

/// Along the diagonal nothing turns, on either branch; elsewhere |b| is kept and the largest coordinate grows.
#[test]
fn the_diagonal_does_not_turn() {
    for start in [MeanFieldStart::Plus, MeanFieldStart::Even] {
        let diagonal = fit(MeanFieldPair::diagonal(3.0, 5).unwrap());
        let found = diagonal.solve(start).unwrap();
        assert!(diagonal.rotation_rate(&found.state)[0].abs() < 1e-13);
        let (fit, found) = turned(2.2, 30.0, start);
        let rate = fit.rotation_rate(&found.state);
        let b: Vec<f64> = fit.pair().groups().iter().map(|g| g.half_separation).collect();
        assert!((rate[0] * b[0] + rate[1] * b[1]).abs() < 1e-14 && rate[0] > 1e-3 && rate[1] < 0.0);
        // Both forms of (M23): b' = -dF/d alpha along (-b_2, b_1).
        let slope = fit.rotation_slope(&found.state, 0, 1).unwrap();
        assert!(close(rate[1], -slope * b[0], 1e-13) && close(rate[0], slope * b[1], 1e-13));
    }
}

/// (M24) in many dimensions, on the even and on the collapsed branch.
#[test]
fn many_coordinates_turn_by_the_fourth_power() {
    for (start, index) in [(MeanFieldStart::Even, 1), (MeanFieldStart::Plus, 2)] {
        let worst = |count: usize| {
            let shape: Vec<f64> = (0..count).map(|j| 1.0 + (j % 4) as f64).collect();
            let length = shape.iter().map(|x| x * x).sum::<f64>().sqrt();
            let fit = fit(MeanFieldPair::along(&shape.iter().map(|x| 2.0 * x / length).collect::<Vec<_>>()).unwrap());
            let found = fit.solve(start).unwrap();
            let limit = SpreadPair::new(2.0, 0.5, 1.0).unwrap().states()[index];
            let u: Vec<f64> = shape.iter().map(|x| x / length).collect();
            let predicted = direction_rate(&u, 4.0 * limit.kappa2);
            let rates = fit.rotation_rate(&found.state);
            // Groups come largest first: multiples 4, 3, 2, 1.
            let gaps = (0..4).map(|g| (rates[g] / 2.0 - predicted[3 - g]).abs() / predicted[3].abs());
            gaps.fold(0.0, f64::max)
        };
        let (coarse, fine) = (worst(100), worst(400));
        assert!(coarse < 0.1 && close(coarse / fine, 4.0, 0.3), "{coarse} {fine}");
    }
}
