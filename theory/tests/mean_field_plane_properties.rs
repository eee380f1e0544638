//! What every mean-field fit of a mixture in the plane obeys.

use collapsar_theory::{
    GaussianMixture, MeanFieldStatus, PlaneMeanField, PlaneOptions, PlaneSolution, PlaneStart, correlation_cost,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Weights, means, and covariances (s11, s12, s22).
type Mixture = (Vec<f64>, Vec<[f64; 2]>, Vec<[f64; 3]>);

fn target((weights, means, covariances): &Mixture) -> GaussianMixture {
    let means = means.iter().map(|m| m.to_vec()).collect();
    let covariances = covariances.iter().map(|[a, b, c]| vec![vec![*a, *b], vec![*b, *c]]).collect();
    GaussianMixture::new(weights.clone(), means, covariances).unwrap()
}

/// x -> shift + R(angle) x.
fn moved((weights, means, covariances): &Mixture, angle: f64, shift: [f64; 2]) -> Mixture {
    let (sin, cos) = angle.sin_cos();
    let mean = |m: &[f64; 2]| [shift[0] + cos * m[0] - sin * m[1], shift[1] + sin * m[0] + cos * m[1]];
    let covariance = |[a, b, c]: &[f64; 3]| {
        let first = cos * cos * a - 2.0 * sin * cos * b + sin * sin * c;
        [first, (cos * cos - sin * sin) * b + sin * cos * (a - c), a + c - first]
    };
    (weights.clone(), means.iter().map(mean).collect(), covariances.iter().map(covariance).collect())
}

/// Two or three components within 3 of the origin, deviations from 0.6 to 1.3, correlations up to 0.6.
fn mixtures() -> impl Strategy<Value = Mixture> {
    let component = (0.3..1.0, [-2.0..2.0, -2.0..2.0], 0.6..1.3, 0.6..1.3, -0.6..0.6);
    prop::collection::vec(component, 2..4).prop_map(|parts| {
        let sum: f64 = parts.iter().map(|part| part.0).sum();
        let covariance = |(s, t, r): (f64, f64, f64)| [s * s, r * s * t, t * t];
        (
            parts.iter().map(|part| part.0 / sum).collect(),
            parts.iter().map(|part| part.1).collect(),
            parts.iter().map(|part| covariance((part.2, part.3, part.4))).collect(),
        )
    })
}

fn plane(mixture: &Mixture) -> PlaneMeanField {
    PlaneMeanField::new(target(mixture), PlaneOptions { hottest: 2.0, ..PlaneOptions::default() }).unwrap()
}

fn fit(mixture: &Mixture, angle: f64, temperature: f64) -> PlaneSolution {
    plane(mixture).frame(angle, temperature).unwrap().solve(PlaneStart::Component(0)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, rng_seed: RngSeed::Fixed(21), ..ProptestConfig::default() })]

    /// The score is the gradient of log pi, and responsibilities are shares.
    #[test]
    fn scores_are_gradients(mixture in mixtures(), x in [-4.0..4.0, -4.0..4.0]) {
        let target = target(&mixture);
        let score = target.score(&x);
        for j in 0..2 {
            let at = |h: f64| {
                let mut x = x;
                x[j] += h;
                target.log_density(&x)
            };
            let difference = (8.0 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 12e-3;
            prop_assert!((score[j] - difference).abs() < 1e-9 * (1.0 + score[j].abs()), "{} {}", score[j], difference);
        }
        prop_assert!((target.responsibilities(&x).iter().sum::<f64>() - 1.0).abs() < 1e-14);
    }

    /// F never rises in a sweep, and stays below what one component costs, mean field (M32).
    #[test]
    fn ascent_never_raises_the_objective(mixture in mixtures(), angle in 0.0..1.5, temperature in 1.0..2.0) {
        let plane = plane(&mixture);
        let frame = plane.frame(angle, temperature).unwrap();
        let mut state = frame.start(PlaneStart::Component(0)).unwrap();
        let mut before = frame.objective(&state);
        for _ in 0..10 {
            state = frame.sweep(&state);
            let now = frame.objective(&state);
            prop_assert!(now <= before + 1e-13 * (1.0 + before.abs()), "{} after {}", now, before);
            before = now;
        }
        let found = plane.frame(0.0, 1.0).unwrap().solve(PlaneStart::Component(0)).unwrap();
        let precision = inverse(mixture.2[0]);
        let most = correlation_cost(&precision).unwrap() - mixture.0[0].ln();
        prop_assert!((-1e-13..=most + 1e-13).contains(&found.observables.objective), "{:?} {}", found.observables, most);
    }

    /// Integration of (log q_j)' by parts: beta E\[g_j Y_j\] = 1 at every stationary point.
    #[test]
    fn stationary_states_obey_the_virial(mixture in mixtures(), angle in 0.0..1.5, temperature in 1.0..2.0) {
        let found = fit(&mixture, angle, temperature);
        prop_assert!(found.status != MeanFieldStatus::NotConverged, "{} {}", found.residual, found.edge);
        let moments = found.observables.cross_moments;
        for j in 0..2 {
            prop_assert!((moments[j][j] - temperature).abs() < 1e-11, "{:?}", moments);
        }
        prop_assert!((found.observables.masses.iter().sum::<f64>() - 1.0).abs() < 1e-13);
    }

    /// dF/d alpha against differences: with the marginals as they are, at any state, and along the optimum.
    #[test]
    fn slopes_are_derivatives(mixture in mixtures(), angle in 0.0..1.5, temperature in 1.0..2.0) {
        let plane = plane(&mixture);
        let frame = plane.frame(angle, temperature).unwrap();
        let difference = |f: &dyn Fn(f64) -> f64| {
            let h = 2e-3;
            (8.0 * (f(angle + h) - f(angle - h)) - (f(angle + 2.0 * h) - f(angle - 2.0 * h))) / (12.0 * h)
        };
        let any = frame.sweep(&frame.start(PlaneStart::Origin).unwrap());
        let slope = frame.observe(&any).slope;
        let fixed = difference(&|angle| plane.frame(angle, temperature).unwrap().objective(&any));
        prop_assert!((slope - fixed).abs() < 1e-8 * (1.0 + slope.abs()), "{} {}", slope, fixed);
        let found = frame.solve(PlaneStart::Component(0)).unwrap();
        let slope = found.observables.slope;
        // Close to a fold the optimum bends sharply.
        if found.coupling < 0.9 {
            let along = difference(&|angle| {
                plane.frame(angle, temperature).unwrap().solve_from(&found.state).observables.objective
            });
            prop_assert!((slope - along).abs() < 1e-6 * (1.0 + slope.abs()), "{} {}", slope, along);
        }
    }

    /// Turned targets in turned frames, shifted ones, and components in another order have the same fit; quarter turns exchange
    /// the coordinates.
    #[test]
    fn frames_turn_with_the_target(mixture in mixtures(), angle in 0.0..1.5, turn in -3.0..3.0, shift in [-5.0..5.0, -5.0..5.0]) {
        let found = fit(&mixture, angle, 1.0).observables;
        let same = |a: f64, b: f64| (a - b).abs() < 1e-11 * (1.0 + b.abs());
        let turned = fit(&moved(&mixture, turn, shift), angle + turn, 1.0).observables;
        prop_assert!(same(turned.objective, found.objective) && same(turned.slope, found.slope));
        for (a, b) in turned.masses.iter().zip(&found.masses).chain(turned.variances.iter().zip(&found.variances)) {
            prop_assert!(same(*a, *b), "{} {}", a, b);
        }
        let quarter = fit(&mixture, angle + std::f64::consts::FRAC_PI_2, 1.0).observables;
        prop_assert!(same(quarter.objective, found.objective) && same(quarter.slope, found.slope));
        prop_assert!(same(quarter.means[0], found.means[1]) && same(quarter.means[1], -found.means[0]));
        let reversed = |v: &Mixture| -> Mixture {
            (v.0.iter().rev().copied().collect(), v.1.iter().rev().copied().collect(), v.2.iter().rev().copied().collect())
        };
        let last = PlaneStart::Component(mixture.0.len() - 1);
        let permuted = plane(&reversed(&mixture)).frame(angle, 1.0).unwrap().solve(last).unwrap().observables;
        prop_assert!(same(permuted.objective, found.objective) && same(permuted.means[0], found.means[0]));
    }
}

fn inverse([a, b, c]: [f64; 3]) -> Vec<Vec<f64>> {
    let determinant = a * c - b * b;
    vec![vec![c / determinant, -b / determinant], vec![-b / determinant, a / determinant]]
}
