//! Product measures on a grid in space, against the scalar sums, the plane and products.

use collapsar_theory::{
    GaussianMixture, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, MeanFieldStatus, PlaneMeanField,
    PlaneOptions, PlaneStart, SpaceMeanField, UnequalGroup, UnequalMeanField, UnequalPair,
};

fn diagonal(variances: [f64; 3]) -> Vec<Vec<f64>> {
    (0..3).map(|i| (0..3).map(|j| if i == j { variances[i] } else { 0.0 }).collect()).collect()
}

fn pair(a: [f64; 3], weight: f64, variances: [[f64; 3]; 2]) -> GaussianMixture {
    let back = a.map(|a| -a);
    let means = vec![a.to_vec(), back.to_vec()];
    GaussianMixture::new(vec![weight, 1.0 - weight], means, variances.map(diagonal).to_vec()).unwrap()
}

/// The law of S knows nothing of grids in space.
#[test]
fn the_scalar_sum_gives_the_same() {
    let a = [1.4, 1.1, 0.7];
    for (weight, temperature) in [(0.6, 1.0), (0.5, 1.0), (0.45, 1.6)] {
        let standard = MeanFieldPair::along(&a).unwrap().with_weight(weight).unwrap();
        let standard = standard.with_temperature(temperature).unwrap();
        let sum = MeanField::new(standard, MeanFieldOptions::default()).unwrap();
        let space = SpaceMeanField::new(pair(a, weight, [[1.0; 3]; 2]), temperature).unwrap();
        for (k, start) in [MeanFieldStart::Plus, MeanFieldStart::Minus].into_iter().enumerate() {
            let (found, truth) = (space.minimise(k).unwrap(), sum.solve(start).unwrap());
            assert_eq!(found.status, MeanFieldStatus::Stable);
            let gaps = [
                found.objective - truth.observables.objective,
                found.masses[0] - truth.observables.coverage_plus(),
                found.means[1] - truth.observables.means[1],
                found.variances[2] - truth.observables.variances[2],
                1e-2 * (found.coupling - truth.couplings.largest()),
            ];
            assert!(gaps.iter().all(|gap| gap.abs() < 1e-11), "{weight} {temperature} {k}: {gaps:?}");
        }
    }
}

#[test]
fn unequal_widths_give_the_same() {
    let (a, variances) = ([1.2, 0.0, 0.9], [[0.7, 1.0, 1.3], [1.4, 0.5, 0.8]]);
    let space = SpaceMeanField::new(pair(a, 0.55, variances), 1.0).unwrap();
    let groups = (0..3).map(|j| UnequalGroup::of(a[j], [variances[0][j], variances[1][j]]).0).collect();
    let sum = UnequalMeanField::new(UnequalPair::new(groups, 0.55, 1.0).unwrap());
    for (k, truth) in [sum.from_plus(), sum.from_minus()].into_iter().enumerate() {
        let found = space.minimise(k).unwrap();
        assert!((found.objective - truth.objective).abs() < 1e-11, "{} {}", found.objective, truth.objective);
        let gap = found.masses[0] - 0.5 * (1.0 + truth.theta);
        assert!(gap.abs() < 1e-11, "{k}: {gap:e}, F {:e}", found.objective - truth.objective);
        let density = space.density(&found.state, 0);
        let step = density[1].0 - density[0].0;
        assert!((density.iter().map(|(_, p)| p * step).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

/// Three modes with correlations in the plane, and a coordinate apart: the plane's fits, and the exact third marginal.
#[test]
fn a_coordinate_apart_leaves_the_plane() {
    let means = [[-2.0, -1.0], [2.0, -0.5], [-0.5, 2.2]];
    let planar = [[[1.0, 0.4], [0.4, 0.7]], [[0.6, -0.2], [-0.2, 1.1]], [[0.8, 0.1], [0.1, 0.5]]];
    let weights = vec![0.4, 0.35, 0.25];
    let flat = GaussianMixture::new(
        weights.clone(),
        means.iter().map(|m| m.to_vec()).collect(),
        planar.iter().map(|c| c.iter().map(|row| row.to_vec()).collect()).collect(),
    );
    let deep = GaussianMixture::new(
        weights,
        means.iter().map(|m| vec![m[0], 0.7, m[1]]).collect(),
        planar
            .iter()
            .map(|c| vec![vec![c[0][0], 0.0, c[0][1]], vec![0.0, 1.7, 0.0], vec![c[1][0], 0.0, c[1][1]]])
            .collect(),
    );
    let plane = PlaneMeanField::new(flat.unwrap(), PlaneOptions::default()).unwrap();
    let frame = plane.frame(0.0, 1.0).unwrap();
    let space = SpaceMeanField::new(deep.unwrap(), 1.0).unwrap();
    for k in 0..3 {
        let (found, truth) = (space.minimise(k).unwrap(), frame.minimise(PlaneStart::Component(k)).unwrap());
        assert_eq!(found.status, truth.status);
        assert!((found.objective - truth.observables.objective).abs() < 1e-11, "{k}");
        for (ours, theirs) in found.masses.iter().zip(&truth.observables.masses) {
            assert!((ours - theirs).abs() < 1e-11, "{k}: {ours} {theirs}");
        }
        assert!((found.means[1] - 0.7).abs() < 1e-12 && (found.variances[1] - 1.7).abs() < 1e-11);
        assert!((found.coupling - truth.coupling).abs() < 1e-9, "{} {}", found.coupling, truth.coupling);
    }
}

/// F never rises in a sweep.
#[test]
fn sweeps_descend() {
    let space = SpaceMeanField::new(pair([1.5, 1.0, -0.8], 0.5, [[1.0; 3], [0.6, 1.2, 1.5]]), 1.0).unwrap();
    let mut state = space.start(1).unwrap();
    let mut before = space.objective(&state);
    for _ in 0..6 {
        state = space.sweep(&state);
        let after = space.objective(&state);
        assert!(after <= before + 1e-12, "{before} {after}");
        before = after;
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let name = |target: GaussianMixture, temperature: f64| {
        SpaceMeanField::new(target, temperature).unwrap_err().name().to_owned()
    };
    let near = || pair([1.0, 1.0, 1.0], 0.5, [[1.0; 3]; 2]);
    assert_eq!(name(near(), 0.01), "temperature");
    assert_eq!(name(pair([30.0, 30.0, 30.0], 0.5, [[1.0; 3]; 2]), 1.0), "target");
    let flat = GaussianMixture::new(vec![1.0], vec![vec![0.0; 2]], vec![vec![vec![1.0, 0.0], vec![0.0, 1.0]]]);
    assert_eq!(name(flat.unwrap(), 1.0), "dimension");
    assert_eq!(SpaceMeanField::new(near(), 1.0).unwrap().start(2).unwrap_err().name(), "component");
}
