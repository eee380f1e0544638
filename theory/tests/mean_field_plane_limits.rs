//! Fits in the plane against what is known of them: far modes, several states, annealing, single components.

use collapsar_theory::{
    FarPair, GaussianMixture, MeanFieldStatus, NearCoordinate, PlaneFrame, PlaneMeanField, PlaneOptions, PlaneSolution,
    PlaneStart, RotationOptions, RotationStart, RotationStatus, correlation_cost, rotated_fit,
};

/// Components of isotropic variances.
fn round(weights: &[f64], means: &[[f64; 2]], variances: &[f64]) -> GaussianMixture {
    let means = means.iter().map(|m| m.to_vec()).collect();
    let covariances = variances.iter().map(|s| vec![vec![*s, 0.0], vec![0.0, *s]]).collect();
    GaussianMixture::new(weights.to_vec(), means, covariances).unwrap()
}

fn plane(target: GaussianMixture) -> PlaneMeanField {
    PlaneMeanField::new(target, PlaneOptions::default()).unwrap()
}

fn solved(frame: &PlaneFrame<'_>, k: usize) -> PlaneSolution {
    let found = frame.solve(PlaneStart::Component(k)).unwrap();
    assert!(found.status == MeanFieldStatus::Stable, "{} {} {}", found.coupling, found.residual, found.edge);
    found
}

/// One separated coordinate: (M25), (M30) with one other of unequal widths.
#[test]
fn far_modes_reach_their_limit() {
    for (weight, wide) in [(0.5, 2.0), (0.3, 0.5)] {
        let near = NearCoordinate { variance_plus: 1.0, variance_minus: wide, distance: 0.0, count: 1 };
        let limit = FarPair::new(weight, vec![near]).unwrap().optimum().unwrap();
        let target = round(&[weight, 1.0 - weight], &[[9.0, 0.0], [-9.0, 0.0]], &[1.0, wide]);
        let plane = plane(target);
        let found = solved(&plane.frame(0.0, 1.0).unwrap(), 0).observables;
        assert!((found.objective - limit.objective).abs() < 1e-9, "{} {}", found.objective, limit.objective);
        assert!((found.masses[0] - limit.mass_plus).abs() < 1e-9, "{} {}", found.masses[0], limit.mass_plus);
    }
}

/// Modes on corners: rectangles of (M31), and the Ising coupling inside a full one. Values of an independent program.
#[test]
fn modes_on_corners() {
    let corners = [[-4.0, -4.0], [4.0, -4.0], [-4.0, 4.0], [4.0, 4.0]];
    let three = plane(round(&[0.5, 0.3, 0.2], &corners[..3], &[1.0; 3]));
    let frame = three.frame(0.0, 1.0).unwrap();
    for (k, value) in [(1, 0.222879), (2, 0.355546)] {
        let found = solved(&frame, k);
        assert!((found.observables.objective - value).abs() < 1e-6, "{k}: {}", found.observables.objective);
    }
    let four = plane(round(&[0.4, 0.1, 0.1, 0.4], &corners, &[1.0; 4]));
    let found = four.frame(0.0, 1.0).unwrap().solve(PlaneStart::Even).unwrap();
    assert!((found.observables.objective - 0.223092).abs() < 1e-6 && (found.coupling - 0.693).abs() < 1e-3);
    assert_eq!(found.status, MeanFieldStatus::Stable);
    let far = plane(round(&[0.45, 0.05, 0.05, 0.45], &corners, &[1.0; 4]));
    let frame = far.frame(0.0, 1.0).unwrap();
    let even = frame.solve(PlaneStart::Even).unwrap();
    assert_eq!(even.status, MeanFieldStatus::Unstable);
    assert!((even.coupling - 1.0984).abs() < 1e-3, "{}", even.coupling);
    let best = frame.minimise(PlaneStart::Even).unwrap();
    assert!(best.status == MeanFieldStatus::Stable && best.observables.objective < even.observables.objective - 1e-4);
}

/// Annealing picks the wider mode: the cold broad start finds the optimum, the annealed one the other. Values of an independent
/// program.
#[test]
fn annealing_ends_on_the_wide_mode() {
    let target = round(&[0.6, 0.4], &[[-2.0, -2.0], [2.0, 2.0]], &[0.7, 1.4]);
    let options = PlaneOptions { hottest: 30.0, fineness: 0.6, ..PlaneOptions::default() };
    let plane = PlaneMeanField::new(target, options).unwrap();
    let hot = plane.frame(0.0, 25.0).unwrap().start(PlaneStart::Origin).unwrap();
    let cold = plane.frame(0.0, 1.0).unwrap().solve_from(&hot).observables;
    assert!((cold.objective - 0.5020654).abs() < 1e-7 && (cold.masses[0] - 0.9928).abs() < 1e-4);
    for k in [0, 1] {
        let mut state = plane.frame(0.0, 30.0).unwrap().start(PlaneStart::Component(k)).unwrap();
        for step in 0..=30 {
            let temperature = 30f64.powf(1.0 - f64::from(step) / 30.0).clamp(1.0, 30.0);
            state = plane.frame(0.0, temperature).unwrap().solve_from(&state).state;
        }
        let found = plane.frame(0.0, 1.0).unwrap().observe(&state);
        assert!((found.objective - 0.90331).abs() < 1e-5 && (found.masses[1] - 0.9930).abs() < 1e-4, "{found:?}");
    }
}

/// One component: KL is the cost of its correlation, the coupling its square, and the right frame removes both. A round one
/// has no right frame.
#[test]
fn one_component_is_turned_onto_its_axes() {
    let ellipse = vec![vec![1.5, 0.6], vec![0.6, 0.5]];
    let target = GaussianMixture::new(vec![1.0], vec![vec![3.0, -1.0]], vec![ellipse]).unwrap();
    let found = solved(&plane(target.clone()).frame(0.0, 1.0).unwrap(), 0);
    let determinant = 1.5 * 0.5 - 0.36;
    let cost =
        correlation_cost(&[vec![0.5 / determinant, -0.6 / determinant], vec![-0.6 / determinant, 1.5 / determinant]]);
    assert!((found.observables.objective - cost.unwrap()).abs() < 1e-13);
    assert!((found.coupling - 0.6 / f64::sqrt(0.75)).abs() < 1e-12, "{}", found.coupling);
    assert!((found.observables.means[0] - 3.0).abs() < 1e-13 && (found.observables.means[1] + 1.0).abs() < 1e-13);
    let options = RotationOptions { start: RotationStart::Identity, ..RotationOptions::default() };
    let turned = rotated_fit(&target, options).unwrap();
    assert!(turned.status == RotationStatus::Minimum && turned.solution.observables.objective.abs() < 1e-13);
    let flat = rotated_fit(&round(&[1.0], &[[0.0, 0.0]], &[2.0]), options).unwrap();
    assert!(flat.status == RotationStatus::Stationary && flat.solution.observables.objective.abs() < 1e-13);
}

/// A component without weight changes nothing.
#[test]
fn components_without_weight_do_not_count() {
    let two = round(&[0.4, 0.6], &[[1.0, 2.0], [-1.0, -1.0]], &[1.0, 0.5]);
    let three = round(&[0.0, 0.4, 0.6], &[[0.5, 0.0], [1.0, 2.0], [-1.0, -1.0]], &[0.8, 1.0, 0.5]);
    let found = solved(&plane(two).frame(0.3, 1.0).unwrap(), 0).observables;
    let other = solved(&plane(three).frame(0.3, 1.0).unwrap(), 1).observables;
    assert!((found.objective - other.objective).abs() < 1e-13 && other.masses[0] == 0.0);
    assert!((found.slope - other.slope).abs() < 1e-12);
}
