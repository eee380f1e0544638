//! Pitchforks and transcriticals with known coefficients, and the branches that leave them.

use collapsar::bifurcation::{
    BranchStop, Continuation, ContinuationMisuse, ContinuationOptions, DifferenceLadder, NewtonOptions, Orientation,
    PointKind, Status, locate_branch_point, switch_branch,
};
use nalgebra::DMatrix;

use crate::planted::{Mixed, Sample, Slave, checked, near, sound_branch};

/// As for the folds: a regular augmented system, differences of order eight.
const PLACE: f64 = 1e-10;
const COEFFICIENT: f64 = 1e-8;

/// `y1' = 0.9 l y1 - 0.7 y1^3 + 0.8 y1 y2`, `y2' = -2 y2 - 0.5 y1^2 + 0.6 l` with `l = p - 0.4`: on the manifold
/// `y2 = 0.3 l - 0.25 y1^2`, hence `eta = 0.9 + 0.24`, `b = -0.7 - 0.2`.
fn pitchfork(n: usize) -> Mixed {
    Mixed::new(n, |y, [p, _]| {
        let l = p - 0.4;
        let f = 0.9 * l * y[0] - 0.7 * y[0].powi(3);
        let mut sample = Slave { kappa: 0.8, gamma: -0.5 }.couple(y, [f, 0.9 * l - 2.1 * y[0] * y[0], 0.9 * y[0], 0.0]);
        sample.field[1] += 0.6 * l;
        sample.first[1] += 0.6;
        sample
    })
}

#[test]
fn pitchfork_has_its_coefficients_and_both_halves_of_its_branch() {
    for n in 2..=4 {
        let problem = pitchfork(n);
        let options = ContinuationOptions { parameter: [-1.0, 1.5], ..ContinuationOptions::default() };
        let trivial = sound_branch(&problem, &problem.state(&vec![0.0; n]), -1.0, Orientation::Increasing, &options);
        assert_eq!(trivial.special.len(), 1, "{:?}", trivial.special);
        let point = &trivial.special[0];
        assert_eq!((point.kind, point.status, point.change()), (PointKind::Pitchfork, Status::Converged, 1));
        near(point.parameter, 0.4, PLACE);
        let scale = problem.scale();
        let form = point.normal_form.as_ref().expect("a simple zero");
        near(form.parameter, 0.0, PLACE);
        near(form.quadratic, 0.0, COEFFICIENT);
        near(form.parameter_quadratic, 0.0, COEFFICIENT);
        near(form.mixed, 1.14, COEFFICIENT);
        near(form.cubic, -0.9 / (scale * scale), COEFFICIENT);
        let halves = switch_branch(&problem, point, 0.02, &options).expect("a pitchfork");
        let mut sides = Vec::new();
        for start in halves.iter().map(|half| half.as_ref().expect("both halves exist")) {
            let run = Continuation::from_start(&problem, start, &options).expect("the call is well formed");
            let branch = checked(&problem, run.run(), &options);
            assert_eq!(branch.stop, BranchStop::ParameterBound);
            assert!(branch.special.is_empty() && branch.points.iter().all(|point| point.is_stable()));
            for own in branch.points.iter().map(|point| (problem.own(&point.state), point.parameter - 0.4)) {
                // 0.9 l - 0.7 y^2 + 0.8 (0.3 l - 0.25 y^2) = 0.
                near(1.14 * own.1, 0.9 * own.0[0] * own.0[0], 1e-9);
            }
            sides.push(problem.own(&branch.points[0].state)[0].signum());
        }
        assert_eq!(sides.iter().sum::<f64>(), 0.0, "one half on each side");
    }
}

#[test]
fn pitchfork_is_recognised_along_its_own_parabola() {
    let problem = pitchfork(3);
    let options = ContinuationOptions { parameter: [-1.0, 1.0], ..ContinuationOptions::default() };
    let y = (1.14f64 * 0.6 / 0.9).sqrt();
    let start = problem.state(&[y, 0.18 - 0.25 * y * y, 0.0]);
    let branch = sound_branch(&problem, &start, 1.0, Orientation::Decreasing, &options);
    assert_eq!(branch.stop, BranchStop::ParameterBound);
    assert_eq!(branch.special.len(), 1, "{:?}", branch.special);
    let point = &branch.special[0];
    assert_eq!((point.kind, point.status, point.change()), (PointKind::Pitchfork, Status::Converged, 0));
    near(point.parameter, 0.4, PLACE);
    // The other branch is the trivial one: both ways in the parameter.
    let halves = switch_branch(&problem, point, 0.02, &options).expect("a pitchfork");
    for start in halves.iter().flatten() {
        near(problem.own(&start.state)[0], 0.0, 1e-9);
    }
    assert_eq!(halves.iter().flatten().count(), 2);
}

#[test]
fn mean_field_pitchfork_has_the_coefficients_of_its_tanh() {
    // y' = tanh(p y) - y: at p = 1 the series l y - y^3 / 3.
    let problem = Mixed::new(3, |y, [p, _]| {
        let level = (p * y[0]).tanh();
        let slope = 1.0 - level * level;
        Slave { kappa: 0.0, gamma: 0.3 }.couple(y, [level - y[0], p * slope - 1.0, y[0] * slope, 0.0])
    });
    let options = ContinuationOptions { parameter: [0.5, 2.0], ..ContinuationOptions::default() };
    let branch = sound_branch(&problem, &[0.0; 3], 0.5, Orientation::Increasing, &options);
    let point = branch.of_kind(PointKind::Pitchfork).next().expect("one pitchfork");
    near(point.parameter, 1.0, PLACE);
    let form = point.normal_form.as_ref().expect("a simple zero");
    near(form.mixed, 1.0, COEFFICIENT);
    near(form.cubic, -1.0 / (3.0 * problem.scale().powi(2)), COEFFICIENT);
    for start in switch_branch(&problem, point, 0.05, &options).expect("a pitchfork").iter().flatten() {
        let y = problem.own(&start.state)[0];
        near(start.parameter, y.atanh() / y, 1e-9);
    }
}

/// `y1' = 0.8 (y1 - 0.5 l) (y1 + 1.5 l) - 0.3 (y1 - 0.5 l) y1^2` with `l = p + 0.2`: the line `y1 = 0.5 l` crossed by a
/// branch of slope -1.5; `a = 0.8`, `eta = 0.8`, `delta = -0.6`.
fn transcritical(n: usize) -> Mixed {
    Mixed::new(n, |y, [p, _]| {
        let (x, l) = (y[0], p + 0.2);
        let (line, rest) = (x - 0.5 * l, 0.8 * (x + 1.5 * l) - 0.3 * x * x);
        let slopes = [rest + line * (0.8 - 0.6 * x), -0.5 * rest + 1.2 * line];
        Slave { kappa: 0.0, gamma: 0.7 }.couple(y, [line * rest, slopes[0], slopes[1], 0.0])
    })
}

#[test]
fn transcritical_has_its_coefficients_and_its_second_branch() {
    for n in 2..=4 {
        let problem = transcritical(n);
        let options = ContinuationOptions { parameter: [-1.0, 0.5], ..ContinuationOptions::default() };
        let mut own = vec![0.0; n];
        (own[0], own[1]) = (-0.4, 0.056);
        let branch = sound_branch(&problem, &problem.state(&own), -1.0, Orientation::Increasing, &options);
        assert_eq!(branch.special.len(), 1, "{:?}", branch.special);
        let point = &branch.special[0];
        assert_eq!((point.kind, point.status, point.change()), (PointKind::Transcritical, Status::Converged, 1));
        near(point.parameter, -0.2, PLACE);
        let form = point.normal_form.as_ref().expect("a simple zero");
        let scale = problem.scale();
        near(form.quadratic, 0.8 / scale, COEFFICIENT);
        near(form.mixed, 0.8, COEFFICIENT);
        near(form.parameter_quadratic, -0.6 * scale, COEFFICIENT);
        near(form.cubic, -0.3 / (scale * scale), COEFFICIENT);
        let halves = switch_branch(&problem, point, 0.01, &options).expect("a transcritical");
        let mut stable = Vec::new();
        for start in halves.iter().map(|half| half.as_ref().expect("both halves exist")) {
            let (y, l) = (problem.own(&start.state)[0], start.parameter + 0.2);
            near(0.8 * (y + 1.5 * l), 0.3 * y * y, 1e-9);
            let run = Continuation::from_start(&problem, start, &options).expect("the call is well formed");
            let crossing = checked(&problem, run.run(), &options);
            stable.push(crossing.points[0].is_stable());
        }
        // Exchange of stability: one half is stable.
        assert_eq!(stable.iter().filter(|&&is| is).count(), 1);
    }
}

#[test]
fn broken_crossing_shows_its_imperfection() {
    // y' = p y - y^3 + 0.01: no crossing is left; the augmented system says by how much it is missed.
    let problem = Mixed::with_mixture(DMatrix::identity(2, 2), |y, [p, _]| {
        Slave { kappa: 0.0, gamma: 0.0 }.couple(y, [p * y[0] - y[0].powi(3) + 0.01, p - 3.0 * y[0] * y[0], y[0], 0.0])
    });
    let found =
        locate_branch_point(&problem, &[0.02, 0.0], 0.01, &NewtonOptions::default(), DifferenceLadder::default())
            .expect("the call is well formed");
    near(found.imperfection.abs(), 0.01, PLACE);
    near(found.parameter, 0.0, PLACE);
    assert!(found.residual >= 0.01, "a broken crossing must not pass for a located one: {found:?}");
}

#[test]
fn complex_pair_and_double_eigenvalue_are_bracketed_not_mistaken() {
    let decaying = |y: &[f64], field: [f64; 2], block: [f64; 4], first: [f64; 2]| {
        let mut sample = Sample {
            field: vec![field[0], field[1], -y[2]],
            jacobian: vec![0.0; 9],
            first: vec![first[0], first[1], 0.0],
            second: vec![0.0; 3],
        };
        (sample.jacobian[0], sample.jacobian[1]) = (block[0], block[1]);
        (sample.jacobian[3], sample.jacobian[4]) = (block[2], block[3]);
        sample.jacobian[8] = -1.0;
        sample
    };
    let rotating = Mixed::new(3, move |y, [p, _]| {
        let field = [p * y[0] - 2.0 * y[1], 2.0 * y[0] + p * y[1]];
        decaying(y, field, [p, -2.0, 2.0, p], [y[0], y[1]])
    });
    let double = Mixed::new(3, move |y, [p, _]| {
        let (a, b) = (y[0], y[1]);
        let field = [p * a - a.powi(3), p * b - b.powi(3)];
        decaying(y, field, [p - 3.0 * a * a, 0.0, 0.0, p - 3.0 * b * b], [a, b])
    });
    let options = ContinuationOptions { parameter: [-1.0, 1.0], ..ContinuationOptions::default() };
    for (problem, kind) in [(rotating, PointKind::Hopf), (double, PointKind::Multiple)] {
        let branch = sound_branch(&problem, &[0.0; 3], -1.0, Orientation::Increasing, &options);
        assert_eq!(branch.special.len(), 1, "{:?}", branch.special);
        let point = &branch.special[0];
        assert_eq!((point.kind, point.status, point.change()), (kind, Status::Guessed, 2));
        near(point.parameter, 0.0, options.bracket);
        assert!(point.parameter_interval[0] <= 0.0 && 0.0 <= point.parameter_interval[1]);
        assert_eq!(switch_branch(&problem, point, 0.01, &options), Err(ContinuationMisuse::NotACrossing { kind }));
    }
}
