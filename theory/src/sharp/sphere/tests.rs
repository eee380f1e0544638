use super::*;

fn published() -> SharpFormula {
    SharpFormula::new(3.0, 0.8, Some(0.608)).unwrap()
}

#[test]
fn thresholds_of_the_antipodal_states() {
    // Values computed outside this project from theory (9).
    for (radius, weight, alpha) in [(1e4, 0.5, 0.583_429_51), (3.0, 0.8, 0.586_331_61), (3.0, 0.5, 0.585_257_92)] {
        let found = antipodal_threshold(radius, weight).unwrap();
        assert!((found - alpha).abs() < 1e-8, "{radius} {weight}: {found}");
    }
    let flipped = antipodal_threshold(3.0, 0.2).unwrap();
    assert!((flipped - antipodal_threshold(3.0, 0.8).unwrap()).abs() < 1e-14);
    assert_eq!(antipodal_threshold(3.0, 1.0).unwrap_err().name(), "target_weight");
}

#[test]
fn published_values_of_the_formula() {
    let formula = published();
    assert!((formula.epsilon() - 0.077_016_353_395_549_49).abs() < 1e-16);
    let schedule = Schedule::geometric(90.0, 35.0).unwrap();
    assert!((formula.growth(&schedule) - 2.876_593_445_362_748).abs() < 1e-12);
    assert!((formula.probability(512.0, &schedule) - 0.110_405_648_031_547_29).abs() < 1e-12);
    let hot = Schedule::geometric(9e3, 40.0).unwrap();
    assert!((formula.probability(512.0, &hot) - 0.142_063_011_393_365_27).abs() < 1e-12);
    let none = Schedule::constant(1.0).unwrap();
    assert!((formula.probability(512.0, &none) - 0.986_280_436_014_714_3).abs() < 1e-12);
    let cheapest = 9.0 / formula.cheapest_temperature().unwrap();
    assert!((cheapest - 0.045_909_6).abs() < 1e-7, "{cheapest}");
}

#[test]
fn inverse_and_optimum() {
    let formula = published();
    for p in [1e-9, 0.01, 0.3, 0.9] {
        let t0 = formula.duration(512.0, 90.0, p).unwrap();
        let schedule = Schedule::geometric(90.0, t0).unwrap();
        assert!((formula.probability(512.0, &schedule) / p - 1.0).abs() < 1e-9);
    }
    assert_eq!(formula.duration(512.0, 90.0, 0.99).unwrap(), 0.0);
    assert!(formula.duration(512.0, 2.0, 0.1).unwrap().is_infinite());
    let best = formula.cheapest_temperature().unwrap();
    let at = |t: f64| formula.duration(512.0, t, 0.1).unwrap();
    assert!(at(best) <= at(best * 1.01) && at(best) <= at(best / 1.01));
}

#[test]
fn quadrature_agrees_with_the_closed_form() {
    let formula = published();
    let table: Vec<f64> = (0..=4000).map(|i| i as f64 * 0.01).collect();
    let temperatures = table.iter().map(|t| 90f64.powf(1.0 - t / 40.0)).collect();
    let schedule = Schedule::table(table, temperatures).unwrap();
    let geometric = Schedule::geometric(90.0, 40.0).unwrap();
    // Linear interpolation of an exponential with cells of 0.01: relative error (0.01 ln 90/40)^2/12.
    assert!((formula.growth(&schedule) / formula.growth(&geometric) - 1.0).abs() < 1e-6);
    let quench = Schedule::quench(90.0, 7.0).unwrap();
    let flat = Schedule::table(vec![0.0, 7.0, 7.0 + 1e-9], vec![90.0, 90.0, 1.0]).unwrap();
    assert!((formula.growth(&quench) - formula.growth(&flat)).abs() < 1e-8);
    assert!(formula.growth(&Schedule::constant(90.0).unwrap()).is_infinite());
}
