//! Ends of branches, the iterator, and the invariant checker seen red.

use collapsar::bifurcation::{
    Branch, BranchStop, Continuation, ContinuationOptions, NewtonOptions, NewtonStatus, Orientation, ParametricProblem,
    PointKind, Refusal, Violation, newton, violations,
};

use crate::planted::{Mixed, Slave, near, sound_branch};

/// `y' = 1 - y^2 - p^2`: a circle of equilibria in `(y, p)`.
fn circle() -> Mixed {
    Mixed::new(2, |y, [p, _]| {
        Slave { kappa: 0.0, gamma: 0.0 }.couple(y, [1.0 - y[0] * y[0] - p * p, -2.0 * y[0], -2.0 * p, 0.0])
    })
}

#[test]
fn closed_branch_ends_at_its_start() {
    let problem = circle();
    let options = ContinuationOptions::default();
    let branch = sound_branch(&problem, &problem.state(&[1.0, 0.0]), 0.0, Orientation::Increasing, &options);
    assert_eq!(branch.stop, BranchStop::Closed);
    assert_eq!(branch.of_kind(PointKind::Fold).count(), 2);
    let (first, last) = (&branch.points[0], &branch.points[branch.points.len() - 1]);
    first.state.iter().zip(&last.state).for_each(|(&a, &b)| near(a, b, 1e-9));
    // An ellipse with half axes |M e1| = 1.166 and 1; the polygon of chords is shorter by less than (0.2)^2 / 24.
    let (a, b) = (problem.scale().abs(), 1.0);
    let h = ((a - b) / (a + b)).powi(2);
    let perimeter = std::f64::consts::PI * (a + b) * (1.0 + h / 4.0 + h * h / 64.0);
    assert!(last.arclength < perimeter && last.arclength > perimeter * (1.0 - 0.04 / 24.0), "{}", last.arclength);
}

#[test]
fn limits_of_points_and_steps_are_values() {
    let problem = circle();
    let start = problem.state(&[1.0, 0.0]);
    let few = ContinuationOptions { max_points: 5, ..ContinuationOptions::default() };
    let branch = sound_branch(&problem, &start, 0.0, Orientation::Increasing, &few);
    assert_eq!((branch.stop, branch.points.len()), (BranchStop::PointLimit, 5));
    // A circle of radius one cannot be followed in steps of 0.3 with turns below 0.01.
    let stiff = ContinuationOptions {
        first_step: 0.3,
        min_step: 0.3,
        max_step: 0.3,
        max_angle: 0.01,
        ..ContinuationOptions::default()
    };
    let run = Continuation::new(&problem, &start, 0.0, Orientation::Increasing, &stiff).expect("well formed").run();
    assert_eq!(run.stop, BranchStop::StepTooSmall(Refusal::Angle));
}

#[test]
fn iterator_gives_the_same_points_as_the_run() {
    let problem = circle();
    let options = ContinuationOptions { max_points: 12, ..ContinuationOptions::default() };
    let start = problem.state(&[1.0, 0.0]);
    let make = || Continuation::new(&problem, &start, 0.0, Orientation::Increasing, &options).expect("well formed");
    let mut stepper = make();
    let points: Vec<_> = stepper.by_ref().map(|advance| advance.point).collect();
    assert_eq!(points, make().run().points);
    assert_eq!(stepper.stop(), Some(BranchStop::PointLimit));
    assert!(stepper.next().is_none());
}

/// `u' = sqrt(p) - u` on `p > 0`.
struct Root;

impl ParametricProblem for Root {
    fn dimension(&self) -> usize {
        1
    }
    fn residual(&self, state: &[f64], parameter: f64, out: &mut [f64]) {
        out[0] = parameter.sqrt() - state[0];
    }
    fn jacobian(&self, _state: &[f64], _parameter: f64, out: &mut [f64]) {
        out[0] = -1.0;
    }
    fn parameter_derivative(&self, _state: &[f64], parameter: f64, out: &mut [f64]) {
        out[0] = 0.5 / parameter.sqrt();
    }
    fn in_domain(&self, _state: &[f64], parameter: f64) -> bool {
        parameter > 0.0
    }
}

#[test]
fn branch_ends_at_the_edge_of_the_domain() {
    let options = ContinuationOptions::default();
    let branch = sound_branch(&Root, &[1.0], 1.0, Orientation::Decreasing, &options);
    assert!(matches!(branch.stop, BranchStop::Domain | BranchStop::StepTooSmall(_)), "{:?}", branch.stop);
    let last = branch.points.last().expect("points");
    assert!(last.parameter > 0.0 && last.state[0] < 1e-3, "{last:?}");
}

#[test]
fn start_without_an_equilibrium_is_an_outcome() {
    // y' = 1 + y^2 + p^2 has none.
    let problem = Mixed::new(2, |y, [p, _]| {
        Slave { kappa: 0.0, gamma: 0.0 }.couple(y, [1.0 + y[0] * y[0] + p * p, 2.0 * y[0], 2.0 * p, 0.0])
    });
    let start = problem.state(&[0.3, 0.0]);
    let outcome = newton(&problem, &start, 0.0, &NewtonOptions::default()).expect("well formed");
    assert!(!outcome.converged() && outcome.residual >= 0.5, "{outcome:?}");
    let options = ContinuationOptions::default();
    let branch =
        Continuation::new(&problem, &start, 0.0, Orientation::Increasing, &options).expect("well formed").run();
    assert!(branch.points.is_empty());
    assert!(matches!(branch.stop, BranchStop::StartNotConverged(status) if status != NewtonStatus::Converged));
}

#[test]
fn newton_converges_quadratically_and_damps_from_afar() {
    // y' = -atan(y) + p: undamped Newton diverges from |y| > 1.39.
    let problem = Mixed::new(2, |y, [p, _]| {
        Slave { kappa: 0.0, gamma: 0.0 }.couple(y, [p - y[0].atan(), -1.0 / (1.0 + y[0] * y[0]), 1.0, 0.0])
    });
    let outcome = newton(&problem, &problem.state(&[5.0, 0.0]), 0.3, &NewtonOptions::default()).expect("well formed");
    assert!(outcome.converged() && outcome.iterations <= 12, "{outcome:?}");
    near(problem.own(&outcome.state)[0], 0.3f64.tan(), 1e-11);
}

#[test]
fn checker_sees_every_kind_of_broken_invariant() {
    let problem = circle();
    let options = ContinuationOptions::default();
    let sound = sound_branch(&problem, &problem.state(&[1.0, 0.0]), 0.0, Orientation::Increasing, &options);
    type Damage = fn(&mut Branch);
    type Sight = fn(&Violation) -> bool;
    let damages: [(Damage, Sight); 8] = [
        (|branch| branch.points[4].state[0] += 1e-6, |v| matches!(v, Violation::Residual { index: 4, .. })),
        (|branch| branch.points[4].unstable += 1, |v| matches!(v, Violation::Stability { index: 4 })),
        (|branch| branch.points[4].arclength = 0.0, |v| matches!(v, Violation::Arclength { index: 4 })),
        (|branch| branch.points[4].tangent[0] += 1e-3, |v| matches!(v, Violation::Tangent { index: 4 })),
        (
            |branch| branch.points[4].tangent.iter_mut().for_each(|entry| *entry = -*entry),
            |v| matches!(v, Violation::Orientation { index: 4 }),
        ),
        (|branch| branch.special[0].arclength += 1.0, |v| matches!(v, Violation::Containment { index: 0 })),
        (|branch| branch.special[1].state[0] += 1e-6, |v| matches!(v, Violation::SpecialResidual { index: 1, .. })),
        (|branch| branch.special.clear(), |v| matches!(v, Violation::Unexplained { .. })),
    ];
    for (number, (damage, expected)) in damages.iter().enumerate() {
        let mut branch = sound.clone();
        damage(&mut branch);
        let broken = violations(&problem, &branch, &options);
        assert!(broken.iter().any(expected), "damage {number}: {broken:?}");
    }
}
