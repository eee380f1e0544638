//! Drawn problems: folds and pitchforks with random coefficients and mixtures, near-degenerate ones included.

use collapsar::bifurcation::{ContinuationOptions, Orientation, PointKind, Status};
use nalgebra::DMatrix;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::planted::{Mixed, Slave, near, sound_branch};

/// Regular mixtures: the identity moved by less than its distance to the singular matrices.
fn mixture() -> impl Strategy<Value = DMatrix<f64>> {
    prop::collection::vec(-0.3..0.3f64, 9).prop_map(|moves| DMatrix::identity(3, 3) + DMatrix::from_vec(3, 3, moves))
}

/// Coefficients away from zero on both sides, biased towards the small.
fn coefficient() -> impl Strategy<Value = f64> {
    let size = prop_oneof![0.05..0.2f64, 0.2..3.0f64];
    (size, any::<bool>()).prop_map(|(size, negative)| if negative { -size } else { size })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, rng_seed: RngSeed::Fixed(26), ..ProptestConfig::default() })]

    #[test]
    fn drawn_fold_is_recovered(
        mixture in mixture(), a in coefficient(), alpha in coefficient(), p0 in -2.0..2.0f64, y0 in -1.0..1.0f64,
        kappa in -1.0..1.0f64, gamma in -1.0..1.0f64,
    ) {
        // Slaved to y - y0, so the coupling adds to the cubic coefficient only.
        let slave = Slave { kappa, gamma };
        let problem = Mixed::with_mixture(mixture, move |y, [p, _]| {
            let x = y[0] - y0;
            slave.couple(&[x, y[1], y[2]], [alpha * (p - p0) + a * x * x, 2.0 * a * x, alpha, 0.0])
        });
        let side = -(a / alpha).signum();
        // The start on the branch x = -0.1 solves alpha l + a x^2 + kappa gamma / 2 x^3 = 0.
        let x = -0.1;
        let l = -(a * x * x + slave.cubic() * x * x * x) / alpha;
        prop_assume!(l * side > 0.0 && (1.5 * slave.cubic() * x / a).abs() < 0.5);
        let start = problem.state(&[y0 + x, 0.5 * gamma * x * x, 0.0]);
        let direction = if side > 0.0 { Orientation::Decreasing } else { Orientation::Increasing };
        let options = ContinuationOptions { max_points: 60, max_step: 0.02, ..ContinuationOptions::default() };
        let branch = sound_branch(&problem, &start, p0 + l, direction, &options);
        let fold = branch.of_kind(PointKind::Fold).next();
        prop_assert!(fold.is_some(), "no fold: {:?}", branch.stop);
        let fold = fold.expect("checked above");
        prop_assert_eq!(fold.status, Status::Converged);
        // Conditioning of the location is about 1 / (a alpha) <= 400.
        near(fold.parameter, p0, 1e-10);
        near(problem.own(&fold.state)[0], y0, 1e-10);
        let (form, scale) = (fold.normal_form.as_ref().expect("a simple zero"), problem.scale());
        near(form.parameter, alpha * scale, 1e-8);
        near(form.quadratic, a / scale, 1e-8);
        near(form.cubic, slave.cubic() / (scale * scale), 1e-8);
    }

    #[test]
    fn drawn_pitchfork_is_recovered(
        mixture in mixture(), b in coefficient(), eta in coefficient(), p0 in -2.0..2.0f64,
        kappa in -1.0..1.0f64, gamma in -1.0..1.0f64,
    ) {
        let slave = Slave { kappa, gamma };
        let problem = Mixed::with_mixture(mixture, move |y, [p, _]| {
            let f = eta * (p - p0) * y[0] + b * y[0].powi(3);
            slave.couple(y, [f, eta * (p - p0) + 3.0 * b * y[0] * y[0], eta * y[0], 0.0])
        });
        let options = ContinuationOptions { parameter: [p0 - 0.5, p0 + 0.7], ..ContinuationOptions::default() };
        let branch = sound_branch(&problem, &[0.0; 3], p0 - 0.5, Orientation::Increasing, &options);
        prop_assert_eq!(branch.special.len(), 1);
        let point = &branch.special[0];
        prop_assert_eq!((point.kind, point.status), (PointKind::Pitchfork, Status::Converged));
        prop_assert_eq!(point.change(), if eta > 0.0 { 1 } else { -1 });
        near(point.parameter, p0, 1e-10);
        let (form, scale) = (point.normal_form.as_ref().expect("a simple zero"), problem.scale());
        near(form.mixed, eta, 1e-8);
        near(form.cubic, (b + slave.cubic()) / (scale * scale), 1e-8);
        near(form.quadratic, 0.0, 1e-8);
    }
}
