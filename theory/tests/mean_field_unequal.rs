//! Two modes of unequal widths by the scalar sum of their log ratio, against the plane, equal widths, the far limit and
//! averages over points.

use collapsar_theory::{
    FarPair, GaussianMixture, Group, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, MeanFieldStatus,
    NearCoordinate, PlaneMeanField, PlaneOptions, PlaneStart, SampledMeanField, SampledOptions, SampledStart,
    UnequalGroup, UnequalMeanField, UnequalPair, UnequalSolution,
};

/// Half separation and the variances of the plus mode and the other, coordinate by coordinate.
type Coordinate = (f64, [f64; 2]);

fn fit(coordinates: &[(Coordinate, usize)], weight: f64, temperature: f64) -> UnequalMeanField {
    let group = |&((half, variances), count): &(Coordinate, usize)| UnequalGroup {
        count,
        ..UnequalGroup::of(half, variances).0
    };
    UnequalMeanField::new(UnequalPair::new(coordinates.iter().map(group).collect(), weight, temperature).unwrap())
}

fn mixture(coordinates: &[Coordinate], weight: f64) -> GaussianMixture {
    let d = coordinates.len();
    let mean = |side: f64| coordinates.iter().map(|(half, _)| side * half).collect();
    let covariance = |mode: usize| {
        (0..d).map(|i| (0..d).map(|j| if i == j { coordinates[i].1[mode] } else { 0.0 }).collect()).collect()
    };
    let weights = vec![weight, 1.0 - weight];
    GaussianMixture::new(weights, vec![mean(1.0), mean(-1.0)], vec![covariance(0), covariance(1)]).unwrap()
}

/// F, means and variances in the coordinates of the target.
fn placed(coordinates: &[Coordinate], found: &UnequalSolution, temperature: f64) -> (f64, Vec<f64>, Vec<f64>) {
    let scales: Vec<f64> = coordinates.iter().map(|&(half, variances)| UnequalGroup::of(half, variances).1).collect();
    let logs: f64 = scales.iter().map(|s| s.ln()).sum();
    let means = found.means.iter().zip(&scales).map(|(m, s)| m * s).collect();
    let variances = found.variances.iter().zip(&scales).map(|(v, s)| v * s * s).collect();
    (found.objective + (1.0 / temperature - 1.0) * logs, means, variances)
}

/// The tensor grid makes no reduction.
#[test]
fn the_plane_gives_the_same() {
    let cases: [([Coordinate; 2], f64, f64); 7] = [
        ([(2.0, [0.7, 1.4]), (2.0, [0.7, 1.4])], 0.6, 1.0),
        ([(2.0, [0.7, 1.4]), (1.0, [1.0, 0.4])], 0.35, 1.0),
        ([(1.5, [1.0, 2.5]), (0.0, [0.5, 2.0])], 0.5, 1.0),
        ([(2.0, [1.0, 1.0]), (0.7, [0.3, 1.1])], 0.5, 1.0),
        ([(1.8, [0.5, 1.0]), (1.2, [0.8, 1.5])], 0.4, 2.5),
        ([(1.2, [0.9, 0.6]), (0.9, [0.8, 1.5])], 0.7, 0.6),
        ([(0.0, [0.2, 3.0]), (0.0, [0.5, 2.0])], 0.3, 1.0),
    ];
    for (coordinates, weight, temperature) in cases {
        let options = PlaneOptions { coldest: temperature, hottest: temperature, ..PlaneOptions::default() };
        let plane = PlaneMeanField::new(mixture(&coordinates, weight), options).unwrap();
        let frame = plane.frame(0.0, temperature).unwrap();
        let sum = fit(&coordinates.map(|c| (c, 1)), weight, temperature);
        for (k, found) in [sum.from_plus(), sum.from_minus()].into_iter().enumerate() {
            let truth = frame.solve(PlaneStart::Component(k)).unwrap();
            let label = format!("{coordinates:?} {weight} {temperature} from {k}");
            assert_eq!((found.status, truth.status), (MeanFieldStatus::Stable, MeanFieldStatus::Stable), "{label}");
            let (objective, means, variances) = placed(&coordinates, &found, temperature);
            let theirs = &truth.observables;
            let near = |ours: f64, theirs: f64, what: &str| {
                assert!((ours - theirs).abs() < 3e-11, "{label}: {what} {ours} {theirs}");
            };
            near(objective, theirs.objective, "F");
            near(0.5 * (1.0 + found.theta), theirs.masses[0], "mass");
            for j in 0..2 {
                near(means[j], theirs.means[j], "mean");
                near(variances[j], theirs.variances[j], "variance");
            }
            assert!((found.couplings.largest() - truth.coupling).abs() < 1e-9, "{label}: coupling");
        }
    }
}

#[test]
fn equal_widths_are_the_limit() {
    let groups = [(1.3, 2), (0.6, 3)];
    let pair =
        MeanFieldPair::new(groups.map(|(half_separation, count)| Group { half_separation, count }).to_vec(), 0.6, 1.2);
    let equal = MeanField::new(pair.unwrap(), MeanFieldOptions::default()).unwrap();
    let truth = equal.solve(MeanFieldStart::Plus).unwrap();
    for (contrast, bound) in [(0.0, 1e-13), (1e-7, 1e-5)] {
        let groups = groups.map(|(half_separation, count)| UnequalGroup { half_separation, contrast, count });
        let found = UnequalMeanField::new(UnequalPair::new(groups.to_vec(), 0.6, 1.2).unwrap()).from_plus();
        assert!((found.objective - truth.observables.objective).abs() < bound, "{contrast}");
        assert!((found.theta - truth.observables.theta).abs() < bound, "{contrast}");
        assert!((found.couplings.largest() - truth.couplings.largest()).abs() < bound, "{contrast}");
    }
}

#[test]
fn groups_are_their_coordinates() {
    let coordinate = (0.9, [0.6, 1.7]);
    let grouped = fit(&[(coordinate, 4), ((1.0, [1.0, 1.0]), 1)], 0.45, 1.0);
    let apart = fit(&[(coordinate, 1), (coordinate, 2), (coordinate, 1), ((1.0, [1.0, 1.0]), 1)], 0.45, 1.0);
    for (one, other) in [(grouped.from_plus(), apart.from_plus()), (grouped.from_minus(), apart.from_minus())] {
        assert!((one.objective - other.objective).abs() < 1e-12 && (one.theta - other.theta).abs() < 1e-12);
        assert!((one.variances[0] - other.variances[1]).abs() < 1e-12);
    }
}

/// One far coordinate and n others of other widths: mean field (M30), whose optimum moves to the narrow mode.
#[test]
fn far_modes_have_their_limit() {
    for (count, variances) in [(1, [1.0, 2.0]), (6, [1.0, 2.0]), (15, [1.0, 2.0]), (20, [1.0, 2.0]), (6, [1.0, 4.0])] {
        let near = NearCoordinate { variance_plus: variances[0], variance_minus: variances[1], distance: 0.0, count };
        let limit = FarPair::new(0.5, vec![near]).unwrap();
        let sum = fit(&[((4.0 + 2.5 * variances[1], variances), 1), ((0.0, variances), count)], 0.5, 1.0);
        let minima: Vec<f64> = limit.states().iter().filter(|s| s.minimum).map(|s| s.objective).collect();
        let ends = [sum.from_plus(), sum.from_minus()];
        for found in &ends {
            assert_eq!(found.status, MeanFieldStatus::Stable);
            let state = limit.states().into_iter().find(|s| (s.mass_plus - 0.5 * (1.0 + found.theta)).abs() < 1e-6);
            let state = state.unwrap_or_else(|| panic!("{count} {variances:?}: theta {}", found.theta));
            assert!(
                (found.objective - state.objective).abs() < 1e-6,
                "{count}: {} {}",
                found.objective,
                state.objective
            );
        }
        // Two minima of the limit are the two ends.
        let apart = (ends[0].theta - ends[1].theta).abs() > 1e-6;
        assert_eq!(apart, minima.len() == 2, "{count} {variances:?}: {minima:?}");
    }
}

/// Five coordinates, none alike: averages over points know no sum.
#[test]
fn averages_over_points_agree() {
    let coordinates: [Coordinate; 5] =
        [(1.1, [0.8, 1.5]), (0.9, [1.3, 0.7]), (0.0, [0.6, 1.6]), (0.8, [1.0, 1.0]), (0.5, [2.0, 1.0])];
    let sum = fit(&coordinates.map(|c| (c, 1)), 0.55, 1.0);
    let options = SampledOptions { points: 2048, seed: 3, ..SampledOptions::default() };
    let field = SampledMeanField::new(mixture(&coordinates, 0.55), options).unwrap();
    let identity: Vec<Vec<f64>> = (0..5).map(|i| (0..5).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let frame = field.frame(&identity, 1.0).unwrap();
    for (k, found) in [sum.from_plus(), sum.from_minus()].into_iter().enumerate() {
        let sampled = frame.solve(SampledStart::Component(k)).unwrap();
        let theirs = &sampled.observables;
        assert!((found.objective - theirs.objective).abs() < 6e-3, "{} {}", found.objective, theirs.objective);
        assert!((0.5 * (1.0 + found.theta) - theirs.masses[0]).abs() < 4e-3, "{} {:?}", found.theta, theirs.masses);
    }
}

/// The order theorem for laws of s: the ascent from the plus mode ends above the other, and between them is everything.
#[test]
fn ends_are_ordered() {
    let mut state = 12345_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for _ in 0..20 {
        let mut variance = || (2.0 * uniform() - 1.0_f64).exp();
        let spreads: Vec<[f64; 2]> = (0..3).map(|_| [variance(), variance()]).collect();
        let coordinates: Vec<(Coordinate, usize)> =
            spreads.into_iter().map(|variances| ((2.0 * uniform(), variances), 1)).collect();
        let sum = fit(&coordinates, 0.2 + 0.6 * uniform(), 0.7 + uniform());
        let (plus, minus) = (sum.from_plus(), sum.from_minus());
        assert_ne!(plus.status, MeanFieldStatus::NotConverged, "{coordinates:?}");
        assert_ne!(minus.status, MeanFieldStatus::NotConverged, "{coordinates:?}");
        assert!(plus.theta >= minus.theta - 1e-9, "{coordinates:?}: {} {}", plus.theta, minus.theta);
        for found in [&plus, &minus] {
            assert!(found.objective >= -1e-10 || sum.pair().temperature() != 1.0);
            // Normalised marginals.
            for g in 0..3 {
                let density = sum.density(&found.state, g);
                let step = density[1].0 - density[0].0;
                let total: f64 = density.iter().map(|(_, p)| p * step).sum();
                assert!((total - 1.0).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn bad_pairs_are_refused() {
    let group = |half_separation: f64, contrast: f64, count: usize| UnequalGroup { half_separation, contrast, count };
    let name = |groups: Vec<UnequalGroup>, weight: f64, temperature: f64| {
        UnequalPair::new(groups, weight, temperature).unwrap_err().name().to_owned()
    };
    assert_eq!(name(vec![], 0.5, 1.0), "groups");
    assert_eq!(name(vec![group(0.0, 0.0, 1)], 0.5, 1.0), "half_separation");
    assert_eq!(name(vec![group(f64::NAN, 0.5, 1)], 0.5, 1.0), "half_separation");
    assert_eq!(name(vec![group(1.0, 1.0, 1)], 0.5, 1.0), "contrast");
    assert_eq!(name(vec![group(1.0, 0.5, 0)], 0.5, 1.0), "count");
    assert_eq!(name(vec![group(1.0, 0.5, 1)], 1.0, 1.0), "weight");
    assert_eq!(name(vec![group(1.0, 0.5, 1)], 0.5, 0.0), "temperature");
    assert_eq!(name(vec![group(1.0, 0.9, 100_000)], 0.5, 1.0), "separation");
}
