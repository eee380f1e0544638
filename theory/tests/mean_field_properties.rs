//! What every mean-field fit of a pair obeys, whatever the pair.

use collapsar_theory::{
    GaussianMeanField, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, MeanFieldStatus, disagreement,
    even_bound, heaviest_mode_bound, minority_bound,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn fit(a: &[f64], weight: f64, temperature: f64) -> MeanField {
    let pair = MeanFieldPair::along(a).unwrap().with_weight(weight).unwrap().with_temperature(temperature).unwrap();
    MeanField::new(pair, MeanFieldOptions::default()).unwrap()
}

/// Two to five coordinates, a_j up to 2.5, weights from 1/8 and temperatures from 0.6 to 4.
fn pairs() -> impl Strategy<Value = (Vec<f64>, f64, f64)> {
    (prop::collection::vec(0.05..2.5, 2..6), 0.125..0.875, 0.6..4.0)
}

fn starts() -> impl Strategy<Value = MeanFieldStart> {
    prop::sample::select(vec![MeanFieldStart::Plus, MeanFieldStart::Minus, MeanFieldStart::Zero])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, rng_seed: RngSeed::Fixed(20), ..ProptestConfig::default() })]

    /// F never rises in a sweep in turn. Distinct coordinates: each group is one.
    #[test]
    fn ascent_never_raises_the_objective((a, weight, temperature) in pairs(), start in starts()) {
        let fit = fit(&a, weight, temperature);
        let mut state = fit.start(start).unwrap();
        let mut before = fit.objective(&state);
        for _ in 0..12 {
            state = fit.sweep_in_turn(&state);
            let now = fit.objective(&state);
            prop_assert!(now <= before + 1e-13 * (1.0 + before.abs()), "{} after {}", now, before);
            before = now;
        }
    }

    /// Theorem 1: ordered starts stay ordered, distribution function by distribution function, and every stationary point lies
    /// between the extreme ones.
    #[test]
    fn sweeps_keep_the_order((a, weight, temperature) in pairs()) {
        let fit = fit(&a, weight, temperature);
        let starts = [MeanFieldStart::Minus, MeanFieldStart::Zero, MeanFieldStart::Plus];
        let mut states = starts.map(|start| fit.start(start).unwrap());
        for _ in 0..6 {
            let next = states.each_ref().map(|state| fit.sweep(state));
            for group in 0..fit.pair().groups().len() {
                for c in [-2.0, -0.3, 0.0, 1.0] {
                    let above = |state| fit.coordinate_above(state, group, c);
                    prop_assert!(above(&next[0]) <= above(&next[1]) + 1e-13 && above(&next[1]) <= above(&next[2]) + 1e-13);
                    // From above downwards, from below upwards.
                    prop_assert!(above(&next[2]) <= above(&states[2]) + 1e-13 && above(&states[0]) <= above(&next[0]) + 1e-13);
                }
            }
            states = next;
        }
        let theta = starts.map(|start| fit.solve(start).unwrap().observables.theta);
        prop_assert!(theta[0] <= theta[1] + 1e-11 && theta[1] <= theta[2] + 1e-11, "{:?}", theta);
    }

    /// E X_j = a_j theta at every stationary point and temperature; what is stable is below 1; the means' dot with a is E S.
    #[test]
    fn stationary_means_lie_along_the_axis((a, weight, temperature) in pairs(), start in starts()) {
        let fit = fit(&a, weight, temperature);
        let found = fit.solve(start).unwrap();
        prop_assert!(found.status == MeanFieldStatus::Stable, "{:?} {:?}", found.status, found.couplings);
        for (group, mean) in fit.pair().groups().iter().zip(&found.observables.means) {
            prop_assert!((mean - group.half_separation * found.observables.theta).abs() < 1e-12);
        }
        let moments = fit.tanh_moments(&found.state);
        for (j, moment) in moments.iter().enumerate() {
            // Cov(X_j, tanh) >= 0: both rise in X_j.
            prop_assert!(*moment >= found.observables.means[j] * found.observables.theta - 1e-13);
        }
    }

    /// The optimum knows neither the order of coordinates nor their signs.
    #[test]
    fn permutations_and_signs_do_not_matter((a, weight, temperature) in pairs(), start in starts()) {
        let found = fit(&a, weight, temperature).solve(start).unwrap();
        let turned: Vec<f64> = a.iter().rev().enumerate().map(|(j, a)| if j % 2 == 0 { -a } else { *a }).collect();
        let other = fit(&turned, weight, temperature).solve(start).unwrap();
        prop_assert_eq!(found.observables.objective, other.observables.objective);
        // Mirror images change sides with the weights; 1 - w is rounded.
        let mirrored = match start {
            MeanFieldStart::Plus => MeanFieldStart::Minus,
            MeanFieldStart::Minus => MeanFieldStart::Plus,
            other => other,
        };
        let mirror = fit(&a, 1.0 - weight, temperature).solve(mirrored).unwrap();
        prop_assert!((mirror.observables.theta + found.observables.theta).abs() < 1e-11);
        prop_assert!((mirror.observables.objective - found.observables.objective).abs() < 1e-12);
    }

    /// Theorem 2: with a coordinate beside which |a_perp| <= 1 there is one stationary point at every T >= 1 and weight.
    #[test]
    fn a_short_rest_never_collapses(
        first in 0.1..6.0, rest in prop::collection::vec(0.1..1.0, 1..5), length in 0.3..1.0,
        weight in 0.2..0.8, temperature in 1.0..3.0,
    ) {
        let norm = rest.iter().map(|x: &f64| x * x).sum::<f64>().sqrt();
        let mut a: Vec<f64> = rest.iter().map(|x| x * length / norm).collect();
        a.push(first);
        for weight in [0.5, weight] {
            let fit = fit(&a, weight, temperature);
            let [plus, minus] = [MeanFieldStart::Plus, MeanFieldStart::Minus].map(|start| fit.solve(start).unwrap());
            prop_assert!(plus.status == MeanFieldStatus::Stable && minus.status == MeanFieldStatus::Stable);
            let gap = (plus.observables.theta - minus.observables.theta).abs();
            prop_assert!(gap < 1e-10, "{} {:?} {:?}", gap, plus.couplings, minus.couplings);
        }
    }

    /// What is said without eigenvalues is the same.
    #[test]
    fn limits_are_solutions((a, weight, temperature) in pairs(), start in starts()) {
        let fit = fit(&a, weight, temperature);
        let solved = fit.solve(start).unwrap();
        let limit = fit.limit(start).unwrap();
        prop_assert_eq!(limit, (solved.status != MeanFieldStatus::NotConverged).then_some(solved.observables));
    }

    /// KL lies between its bounds: above 0 and the even bound where it is even, below log 2 and that of Gaussians at the optimum.
    #[test]
    fn objectives_respect_their_bounds((a, weight, _) in pairs()) {
        let fit = fit(&a, weight, 1.0);
        let solved = [MeanFieldStart::Plus, MeanFieldStart::Minus].map(|start| fit.solve(start).unwrap());
        let best = solved[0].observables.objective.min(solved[1].observables.objective);
        let heaviest = heaviest_mode_bound(&[weight, 1.0 - weight]).unwrap();
        prop_assert!((-1e-13..=heaviest + 1e-13).contains(&best), "{}", best);
        if let Some(gaussian) = GaussianMeanField::solve(fit.pair(), MeanFieldStart::Plus).unwrap() {
            prop_assert!(best <= gaussian.objective + 1e-13);
        }
    }

    /// Certificates of equal weights: the even solution is above its bound, the optimum keeps less than t* on one side.
    #[test]
    fn certificates_hold(a in prop::collection::vec(0.3..3.5, 2..4)) {
        let fit = fit(&a, 0.5, 1.0);
        let even = fit.solve(MeanFieldStart::Even).unwrap();
        prop_assert!(even.status != MeanFieldStatus::NotConverged);
        let best = fit.solve(MeanFieldStart::Plus).unwrap();
        let sizes: Vec<f64> = fit.pair().groups().iter().map(|g| g.half_separation).collect();
        let off = disagreement(sizes[0], sizes[1], 0.0);
        prop_assert!(even.observables.objective >= even_bound(off).unwrap() - 1e-13);
        prop_assert!(best.observables.objective <= even.observables.objective + 1e-13);
        if let Some(most) = minority_bound(off, best.observables.objective).unwrap() {
            let minority = best.observables.above[..2].iter().map(|p| 1.0 - p);
            prop_assert!(minority.fold(0.0, f64::max) <= most, "{} {:?}", most, best.observables.above);
        }
    }
}
