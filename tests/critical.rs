//! Where collapse becomes possible: reference numbers, the scalar reduction against the generic fold curve, and both
//! against the complete lists of equilibria.

use collapsar::bifurcation::{
    ContinuationOptions, CurveEventKind, CurveOptions, DifferenceLadder, Equilibria, EquilibriumKind, FreeFamily,
    NewtonOptions, OneParameter, Orientation, PairParameter, PairPoint, SearchOptions, SphereFamily,
    antipodal_separation, antipodal_temperature, antipodal_temperature_at, collapse_fold, critical_separation,
    critical_temperature, critical_temperature_asymptotic, fold_curve, free_equilibria, locate_fold, normal_form,
    sphere_equilibria, stable_collapse_temperature,
};
use collapsar_theory::{FreePair, FreePairOptions, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance};

fn free(separation: f64, target_weight: f64) -> FreePair {
    FreePair::new(FreePairOptions { separation, target_weight, ..FreePairOptions::default() }).unwrap()
}

fn sphere(radius: f64, target_weight: f64, variance: SphereVariance) -> SpherePair {
    SpherePair::new(SpherePairOptions { radius, target_weight, variance, ..SpherePairOptions::default() }).unwrap()
}

fn free_family(separation: f64, bias: f64, varied: [PairParameter; 2]) -> FreeFamily {
    FreeFamily::new(PairPoint { temperature: 1.0, separation, bias }, varied).unwrap()
}

/// Theory (12), computed outside this project.
#[test]
fn reference_temperatures_and_separation() {
    let known = [(2.5, 1.456_740_723_6), (3.0, 3.312_999_348_2), (4.0, 25.457_496_863_7), (5.0, 396.287_032_805_8)];
    for (separation, temperature) in known {
        let fold = critical_temperature(&free(separation, 0.5)).unwrap();
        // Half a unit of the tenth decimal.
        assert!((fold.temperature - temperature).abs() < 5e-11 + 1e-13 * temperature, "{separation}: {fold:?}");
        assert!(fold.interval[0] < fold.temperature && fold.temperature < fold.interval[1]);
        assert!(fold.residual < 1e-14 * temperature.max(separation), "{fold:?}");
    }
    let fold = critical_separation(&free(1.0, 0.5), 1.0).unwrap().unwrap();
    // Eight decimals are given.
    assert!((fold.separation - 2.259_607_57).abs() < 5e-9, "{fold:?}");
    assert!((fold.x - 1.901_974_25).abs() < 5e-9 && (fold.y - 0.796_359_08).abs() < 5e-9, "{fold:?}");
    assert_eq!(critical_temperature(&free(2.2596, 0.5)), None);
    assert_eq!(collapse_fold(&free(0.9, 0.5), true), None, "no mode attracts a lone mean");
}

#[test]
fn critical_separation_inverts_the_critical_temperature() {
    for (separation, weight) in [(2.3, 0.5), (3.0, 0.5), (4.4, 0.5), (6.0, 0.5), (3.0, 0.7), (5.0, 0.95)] {
        let fold = critical_temperature(&free(separation, weight)).unwrap();
        let back = critical_separation(&free(1.0, weight), fold.temperature).unwrap().unwrap();
        // The temperature is good to 1e-12, and d log T/d rho exceeds 1.
        assert!((back.separation - separation).abs() < 2e-12 * separation, "{separation} {weight}: {back:?}");
    }
    assert_eq!(critical_separation(&free(1.0, 0.5), 1e200).unwrap(), None);
}

/// Two routes: maxima of T over one variable, and pseudo-arclength on F = 0, det J = 0 in three statistics.
#[test]
fn the_generic_fold_curve_is_the_scalar_reduction() {
    let family = free_family(3.0, 0.0, [PairParameter::LogTemperature, PairParameter::Separation]);
    let fold = critical_temperature(&free(3.0, 0.5)).unwrap();
    let (state, log) = ([fold.x, fold.y, 0.0], fold.temperature.ln());
    let off = [state[0] + 0.02, state[1] - 0.03, 0.0];
    let section = OneParameter::along_first(&family, 3.0);
    let found = locate_fold(&section, &off, log + 0.01, &NewtonOptions::default(), DifferenceLadder::default());
    let found = found.unwrap();
    assert!((found.parameter - log).abs() < 1e-12 && (found.state[0] - fold.x).abs() < 1e-9, "{found:?}");
    let options = CurveOptions {
        continuation: ContinuationOptions { parameter: [0.0, 20.0], ..ContinuationOptions::default() },
        second_parameter: [1.0, 6.0],
    };
    let mut reached = [f64::NAN; 2];
    for (end, direction) in [Orientation::Decreasing, Orientation::Increasing].into_iter().enumerate() {
        let curve = fold_curve(&family, &state, [log, 3.0], direction, &options).unwrap();
        for point in &curve.points {
            let scalar = collapse_fold(&free(point.parameters[1], 0.5), true).unwrap();
            // The corrector stops at a residual of 1e-11.
            assert!((scalar.temperature.ln() - point.parameters[0]).abs() < 2e-11, "{scalar:?} {point:?}");
            assert!((scalar.x - point.state[0]).abs() < 1e-8 && (scalar.y - point.state[1]).abs() < 1e-8);
        }
        assert!(curve.events.is_empty(), "{:?}", curve.events);
        reached[end] = curve.points.last().unwrap().parameters[1];
    }
    // From the critical separation at T = 1 to the end asked for.
    assert!((reached[0] - 2.259_607_567_8).abs() < 1e-9 && (reached[1] - 6.0).abs() < 1e-12, "{reached:?}");
}

fn stable_collapsed(found: &Equilibria, side: f64) -> usize {
    assert!(found.complete(), "{}", found.established);
    found.of_kind(EquilibriumKind::Collapsed).filter(|state| state.coordinates[0] * side > 0.0).count()
}

#[test]
fn collapsed_states_of_the_free_pair_vanish_exactly_at_the_folds() {
    for (separation, weight) in [(3.0, 0.5), (3.0, 0.8), (2.5, 0.35), (4.0, 0.6), (5.0, 0.5)] {
        let pair = free(separation, weight);
        for (upper, side) in [(true, 1.0), (false, -1.0)] {
            let fold = collapse_fold(&pair, upper).unwrap();
            for (factor, expected) in [(1.0 - 1e-6, 2), (1.0 + 1e-6, 0)] {
                let found = free_equilibria(&pair, fold.temperature * factor, &SearchOptions::default()).unwrap();
                // With m_1 and m_2 exchanged: two.
                assert_eq!(stable_collapsed(&found, side), expected, "{separation} {weight} {upper} {factor}");
            }
        }
        let folds = [true, false].map(|upper| collapse_fold(&pair, upper).unwrap().temperature);
        let highest = critical_temperature(&pair).unwrap().temperature;
        assert_eq!(highest, folds[0].max(folds[1]));
        // The heavier mode holds its collapsed state longer.
        assert!((folds[0] - folds[1]) * (weight - 0.5) >= 0.0);
        let mirror = collapse_fold(&free(separation, 1.0 - weight), false).unwrap();
        assert!((mirror.temperature / folds[0] - 1.0).abs() < 1e-12);
    }
}

#[test]
fn the_large_separation_form_is_approached() {
    let error = |rho: f64| {
        let exact = critical_temperature(&free(rho, 0.5)).unwrap().temperature;
        exact / critical_temperature_asymptotic(rho) - 1.0
    };
    // Measured: 0.184, 0.0671, 0.0332, 0.0127 at 4, 6, 8, 12: a little slower than rho^-2.
    let errors = [4.0, 6.0, 8.0, 12.0, 16.0].map(error);
    assert!(errors[0] < 0.19 && errors[4] < 0.01 && errors[4] > 0.0, "{errors:?}");
    for (pair, rho) in errors.windows(2).zip([[4.0, 6.0], [6.0, 8.0], [8.0, 12.0], [12.0, 16.0f64]]) {
        let order = (pair[0] / pair[1]).ln() / (rho[1] / rho[0]).ln();
        assert!((1.7..2.9).contains(&order), "{rho:?}: order {order}");
    }
}

/// Theory (9), computed outside this project.
#[test]
fn reference_alphas() {
    for (radius, weight, alpha) in [(1e4, 0.5, 0.583_429_51), (3.0, 0.8, 0.586_331_61), (3.0, 0.5, 0.585_257_92)] {
        let temperature = antipodal_temperature(&sphere(radius, weight, SphereVariance::Slaved)).unwrap();
        assert!((radius * radius / temperature - alpha).abs() < 1e-8, "{radius} {weight}");
    }
    for variance in [SphereVariance::Slaved, SphereVariance::Unit] {
        for temperature in [1.0, 7.5, 200.0] {
            let pair = sphere(1.0, 0.7, variance);
            let radius = antipodal_separation(&pair, temperature).unwrap().unwrap();
            let back = antipodal_temperature_at(&sphere(radius, 0.7, variance)).unwrap();
            assert!((back / temperature - 1.0).abs() < 1e-12, "{variance:?} {temperature}: {radius} {back}");
        }
    }
    assert_eq!(antipodal_temperature(&sphere(0.5, 0.5, SphereVariance::Slaved)), None);
}

/// At the temperature of (9) the Jacobian at (0, 0, -1) has the null vector (1, 1, 0), for both variances.
#[test]
fn antipodal_state_is_neutral_along_the_sum_at_its_temperature() {
    for variance in [SphereVariance::Slaved, SphereVariance::Unit] {
        for radius in [1.5, 3.0, 5.0] {
            let pair = sphere(radius, 0.5, variance);
            let temperature = antipodal_temperature(&pair).unwrap();
            let mut rows = [0.0; 9];
            pair.jacobian(1.0 / temperature, &[0.0, 0.0, -1.0], &mut rows);
            for row in 0..3 {
                // Rates are of order one; roundings of them.
                assert!((rows[3 * row] + rows[3 * row + 1]).abs() < 1e-13, "{variance:?} {radius}: {rows:?}");
            }
        }
    }
}

#[test]
fn collapsed_states_of_the_sphere_pair_become_stable_where_told() {
    let cases =
        [(3.0, 0.5, SphereVariance::Slaved), (3.0, 0.8, SphereVariance::Slaved), (2.0, 0.7, SphereVariance::Unit)];
    for (radius, weight, variance) in cases {
        let pair = sphere(radius, weight, variance);
        for (upper, side) in [(true, 1.0), (false, -1.0)] {
            let (temperature, m) = stable_collapse_temperature(&pair, upper).unwrap();
            for (factor, expected) in [(1.0 - 1e-5, 1), (1.0 + 1e-5, 0)] {
                let found = sphere_equilibria(&pair, temperature * factor, &SearchOptions::default()).unwrap();
                assert_eq!(stable_collapsed(&found, side), expected, "{radius} {weight} {upper} {factor}");
                let near = found.states.iter().any(|s| (s.coordinates[0] - m).abs() < 1e-3);
                assert!(near, "{m}: {:?}", found.states);
            }
        }
    }
}

/// Off the symmetric case the antipodal pitchfork unfolds: the fold at which the state of the lighter side appears runs
/// into a cusp at equal weights, at T = R^2/alpha.
#[test]
fn the_antipodal_pitchfork_unfolds_from_a_cusp() {
    let varied = [PairParameter::LogTemperature, PairParameter::Bias];
    let point = PairPoint { temperature: 11.0, separation: 3.0, bias: 4f64.ln() / 2.0 };
    let family = SphereFamily::new(point, true, varied).unwrap();
    let options = CurveOptions { second_parameter: [-0.2, 1.0], ..CurveOptions::default() };
    let start = [-0.406_36, -0.406_36, -0.669_743];
    let curve = fold_curve(&family, &start, [11.1716f64.ln(), point.bias], Orientation::Decreasing, &options).unwrap();
    let cusp = curve.events.iter().find(|event| event.kind == CurveEventKind::Cusp).expect("a cusp");
    let critical = antipodal_temperature(&sphere(3.0, 0.5, SphereVariance::Slaved)).unwrap();
    let [log, bias] = cusp.point.parameters;
    assert!((log - critical.ln()).abs() < 1e-8 && bias.abs() < 1e-8, "{log} {bias} {}", critical.ln());
    assert!(cusp.point.state[0].abs() < 1e-4 && (cusp.point.state[2] + 1.0).abs() < 1e-8, "{:?}", cusp.point.state);
    // Supercritical: the mirror states branch off to the colder side, where the antipodal state is unstable.
    let section = OneParameter::along_first(&family, 0.0);
    let (_, form) = normal_form(&section, &[0.0, 0.0, -1.0], critical.ln(), DifferenceLadder::default()).unwrap();
    assert!(form.mixed < 0.0 && form.cubic < 0.0 && form.quadratic.abs() < 1e-9, "{form:?}");
}
