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
