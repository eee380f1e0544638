//! The exact route against values computed elsewhere, and its limits.

use collapsar::probability::{FreeBoundary, Limits, free_probability};
use collapsar_theory::{FreePair, FreePairOptions, Schedule};

fn free(separation: f64, schedule: &Schedule) -> FreeBoundary<'_> {
    let pair = FreePair::new(FreePairOptions { separation, ..FreePairOptions::default() }).unwrap();
    FreeBoundary::new(pair, schedule, Limits::default()).unwrap()
}

/// d = 1, sigma = 1, exponential schedule; computed outside this project by boundary bisection and quadrature, last digit
/// uncertain.
#[test]
fn reference_probabilities_of_the_free_pair() {
    for (separation, temperature, rate, expected) in [
        (3.0, 1.0, 1.0, 0.307_645_17),
        (3.0, 5.0, 0.3, 0.119_156_14),
        (4.0, 10.0, 0.3, 0.127_994_10),
        (2.5, 1.0, 1.0, 0.215_379_10),
    ] {
        let schedule = Schedule::exponential(temperature, rate).unwrap();
        let started = std::time::Instant::now();
        let found = free_probability(&free(separation, &schedule), 1, 1.0, 1e-8);
        println!("rho = {separation}, T0 = {temperature}: {found:?} in {:?}", started.elapsed());
        assert!((found.value - expected).abs() < 1e-7, "rho = {separation}, T0 = {temperature}: {found:?}");
        assert!(found.error < 1e-7);
    }
}

use collapsar::probability::{Ending, SphereBoundary, sphere_probability};
use collapsar_theory::{SharpFormula, SpherePair, SpherePairOptions, SphereVariance};

fn sphere(variance: SphereVariance, schedule: &Schedule) -> SphereBoundary<'_> {
    let pair = SpherePair::new(SpherePairOptions { variance, ..SpherePairOptions::default() }).unwrap();
    SphereBoundary::new(pair, schedule, Limits::default()).unwrap()
}

#[test]
fn sphere_values() {
    let lag = SphereVariance::Lagging { dimension: f64::INFINITY };
    for (t0, duration) in [(90.0, 35.0), (9e3, 40.0), (90.0, 5.0), (9.0, 25.0)] {
        let schedule = Schedule::geometric(t0, duration).unwrap();
        let formula = SharpFormula::new(3.0, 0.8, None).unwrap().probability(512.0, &schedule);
        for v in [SphereVariance::Slaved, lag] {
            let started = std::time::Instant::now();
            let b = sphere(v, &schedule);
            for (sum, s) in [(0.0, 0.0), (0.05, 0.02), (-0.1, 0.1)] {
                let started = std::time::Instant::now();
                println!("Bracket {:?} {:?}", b.locate(sum, s, 1e-9), started.elapsed());
            }
            let found = sphere_probability(&b, 512, 1e-4);
            println!("sphere T0 = {t0} {duration}: {found:?} formula {formula} in {:?}", started.elapsed());
        }
    }
    let cold = Schedule::constant(1.0).unwrap();
    let b = sphere(SphereVariance::Slaved, &cold);
    assert_eq!(b.ending([0.5, 0.5, 0.9]), Ending::Collapsed);
    for d in [512usize, 10] {
        let started = std::time::Instant::now();
        let found = sphere_probability(&b, d, 1e-4);
        println!("sphere cold d={d}: {found:?} in {:?}", started.elapsed());
    }
}

#[test]
fn connection_constant_of_the_boundary() {
    let pair = |separation: f64| FreePair::new(FreePairOptions { separation, ..FreePairOptions::default() }).unwrap();
    for (rho, t) in [(3.0, 1.0), (4.0, 1.0), (5.0, 1.0), (3.0, 2.0)] {
        println!("rho = {rho} {t} {:?}", collapsar::probability::connection(pair(rho), t).unwrap());
    }
    let found = collapsar::probability::connection(pair(3.0), 1.0).unwrap().unwrap();
    assert!((found.constant - 1.170_856).abs() < 1e-6, "{found:?}");
    assert!((found.exponent - 0.563_985_1).abs() < 1e-7);
    assert_eq!(collapsar::probability::connection(pair(2.0), 1.0).unwrap(), None, "nothing collapses below rho_c");
}
