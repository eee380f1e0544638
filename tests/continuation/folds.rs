//! Folds with known places and coefficients.

use collapsar::bifurcation::{
    BranchStop, ContinuationOptions, DifferenceLadder, NewtonOptions, OneParameter, Orientation, PointKind, Status,
    locate_fold,
};

use crate::planted::{Mixed, Slave, near, sound_branch};

/// Locations: a regular system solved to a residual of 1e-15, with a condition number of order ten.
const PLACE: f64 = 1e-10;
/// Coefficients: second and third differences of order eight, rounding about 1e-12.
const COEFFICIENT: f64 = 1e-8;

fn cubic_fold(n: usize) -> Mixed {
    // y' = (p - 0.7) + 1.3 y^2 - 0.4 y^3: a fold at y = 0, p = 0.7, the branch lying at p < 0.7.
    Mixed::new(n, |y, [p, _]| {
        let x = y[0];
        let f = (p - 0.7) + 1.3 * x * x - 0.4 * x.powi(3);
        Slave { kappa: 0.8, gamma: -0.6 }.couple(y, [f, 2.6 * x - 1.2 * x * x, 1.0, 0.0])
    })
}

#[test]
fn cubic_fold_is_located_with_its_coefficients_in_two_to_four_dimensions() {
    for n in 2..=4 {
        let problem = cubic_fold(n);
        let options = ContinuationOptions { parameter: [0.2, 2.0], ..ContinuationOptions::default() };
        let mut own = vec![0.0; n];
        own[0] = -0.5;
        own[1] = -0.075;
        let branch = sound_branch(&problem, &problem.state(&own), 0.3, Orientation::Increasing, &options);
        assert_eq!(branch.stop, BranchStop::ParameterBound);
        assert_eq!(branch.special.len(), 1, "{:?}", branch.special);
        let fold = &branch.special[0];
        assert_eq!((fold.kind, fold.status, fold.change()), (PointKind::Fold, Status::Converged, 1));
        near(fold.parameter, 0.7, PLACE);
        fold.state.iter().for_each(|&value| near(value, 0.0, PLACE));
        let form = fold.normal_form.as_ref().expect("a simple zero");
        let scale = problem.scale();
        near(form.parameter, scale, COEFFICIENT);
        near(form.quadratic, 1.3 / scale, COEFFICIENT);
        near(form.cubic, (-0.4 - 0.24) / (scale * scale), COEFFICIENT);
        assert!(form.error < COEFFICIENT, "the estimate confesses {}", form.error);
        // The branch ends on the bound itself.
        let last = branch.points.last().expect("points");
        assert_eq!(last.parameter, 0.2);
    }
}

fn s_curve() -> Mixed {
    // p = y^3 - 3 y: folds at (y, p) = (-1, 2) and (1, -2), upper and lower sheets stable.
    Mixed::new(3, |y, [p, _]| {
        let x = y[0];
        Slave { kappa: 0.0, gamma: 0.5 }.couple(y, [p - x.powi(3) + 3.0 * x, 3.0 - 3.0 * x * x, 1.0, 0.0])
    })
}

#[test]
fn s_curve_is_traversed_through_both_folds() {
    let problem = s_curve();
    let options = ContinuationOptions { parameter: [-4.0, 4.0], ..ContinuationOptions::default() };
    let branch = sound_branch(&problem, &problem.state(&[-2.2, 1.2, 0.0]), -4.0, Orientation::Increasing, &options);
    assert_eq!(branch.stop, BranchStop::ParameterBound);
    let found: Vec<_> = branch.special.iter().map(|point| (point.kind, point.unstable)).collect();
    assert_eq!(found, [(PointKind::Fold, [0, 1]), (PointKind::Fold, [1, 0])]);
    for (fold, [y, p, a]) in branch.special.iter().zip([[-1.0, 2.0, 3.0], [1.0, -2.0, -3.0]]) {
        near(fold.parameter, p, PLACE);
        near(problem.own(&fold.state)[0], y, PLACE);
        let form = fold.normal_form.as_ref().expect("a simple zero");
        // The slave y2 = y^2 / 4 tilts the null vector to (1, y / 2, 0).
        let scale = problem.scale_of(&[1.0, 0.5 * y, 0.0]);
        near(form.quadratic, a / scale, COEFFICIENT);
        near(form.cubic, -1.0 / (scale * scale), COEFFICIENT);
        let [low, high] = fold.parameter_interval;
        assert!(high - low < 1e-6 && low <= fold.parameter && fold.parameter <= high, "{low} {high}");
    }
    // Three equilibria between the folds: the branch passes p = 0 three times.
    let passes = branch.points.windows(2).filter(|pair| (pair[0].parameter < 0.0) != (pair[1].parameter < 0.0)).count();
    assert_eq!(passes, 3);
    assert_eq!(branch.points.last().map(|point| point.parameter), Some(4.0));
}

#[test]
fn fold_of_an_exponential_is_as_accurate_as_that_of_a_polynomial() {
    // y' = p e^y - y, the field of a thermal explosion: fold at y = 1, p = 1/e, where every derivative in y is one.
    let problem = Mixed::new(2, |y, [p, _]| {
        let (x, heat) = (y[0], y[0].exp());
        Slave { kappa: 0.0, gamma: 0.3 }.couple(y, [p * heat - x, p * heat - 1.0, heat, 0.0])
    });
    let options = ContinuationOptions { parameter: [0.0, 1.0], ..ContinuationOptions::default() };
    let branch = sound_branch(&problem, &[0.0; 2], 0.0, Orientation::Increasing, &options);
    let fold = branch.of_kind(PointKind::Fold).next().expect("one fold");
    near(fold.parameter, (-1.0f64).exp(), PLACE);
    near(problem.own(&fold.state)[0], 1.0, PLACE);
    let form = fold.normal_form.as_ref().expect("a simple zero");
    let scale = problem.scale_of(&[1.0, 0.3]);
    near(form.parameter, scale * 1.0f64.exp(), COEFFICIENT);
    near(form.quadratic, 0.5 / scale, COEFFICIENT);
    near(form.cubic, 1.0 / (6.0 * scale * scale), COEFFICIENT);
}

#[test]
fn fold_is_located_from_a_guess_without_a_branch() {
    let problem = cubic_fold(3);
    let options = NewtonOptions::default();
    let found = locate_fold(&problem, &problem.state(&[0.1, 0.05, 0.0]), 0.65, &options, DifferenceLadder::default())
        .expect("the call is well formed");
    near(found.parameter, 0.7, PLACE);
    assert!(found.residual <= 1e-12 && found.iterations <= 6, "{found:?}");
}

#[test]
fn second_parameter_alone_is_continued_through_a_section() {
    // y' = p + q - y^2: folding in q at -p.
    let problem = Mixed::new(2, |y, [p, q]| {
        Slave { kappa: 0.0, gamma: 1.0 }.couple(y, [p + q - y[0] * y[0], -2.0 * y[0], 1.0, 1.0])
    });
    let options = ContinuationOptions { parameter: [-2.0, 1.0], ..ContinuationOptions::default() };
    let section = OneParameter::along_second(&problem, 0.25);
    let branch = sound_branch(&section, &problem.state(&[1.0, 0.5]), 0.75, Orientation::Decreasing, &options);
    assert_eq!(branch.special.len(), 1);
    near(branch.special[0].parameter, -0.25, PLACE);
}
