//! Eigenvalues and eigenvectors of the equilibria.

use collapsar::bifurcation::{Admissible, Eigenmode, Equilibria, EquilibriumKind};
use collapsar_theory::{Clock, Flow, FreePair, FreePairOptions, Metric};

use crate::{FREE, SPHERE, all_free, all_sphere, free, sphere};

/// J v = lambda v with J by central differences of the field, residuals at rounding, and coordinates inside their proof.
fn check_spectra(flow: &dyn Flow, beta: f64, found: &Equilibria) {
    const STEP: f64 = 1e-4;
    for state in &found.states {
        assert!(state.residual < 1e-12, "{state:?}");
        assert_eq!(state.modes.len(), 3);
        for mode in &state.modes {
            let at = |sign: f64| {
                let moved: Vec<f64> =
                    state.coordinates.iter().zip(&mode.direction).map(|(x, v)| x + sign * STEP * v).collect();
                let mut rate = [0.0; 3];
                flow.field(beta, &moved, &mut rate);
                rate
            };
            let (ahead, behind) = (at(1.0), at(-1.0));
            for i in 0..3 {
                let slope = (ahead[i] - behind[i]) / (2.0 * STEP);
                // Third derivatives of order 100 times STEP^2/6, and roundings over STEP.
                assert!((slope - mode.rate * mode.direction[i]).abs() < 1e-5, "{state:?}: {slope} in {i}");
            }
        }
        let growing = |m: &&Eigenmode| m.rate > 1e-12 && m.admissible != Admissible::Never;
        assert_eq!(state.unstable, state.modes.iter().filter(growing).count(), "{state:?}");
    }
}

#[test]
fn spectra_are_those_of_the_field() {
    for (separation, weight, temperature) in FREE {
        let pair = free(separation, weight);
        check_spectra(&pair, 1.0 / temperature, &all_free(&pair, temperature));
    }
    for (radius, weight, temperature, slaved) in SPHERE {
        let pair = sphere(radius, weight, slaved);
        check_spectra(&pair, 1.0 / temperature, &all_sphere(&pair, temperature));
    }
}

/// Off the plane the only way out is y, at rate g c beta rho tau'(x): theory section 5, in every clock and metric.
#[test]
fn metastable_states_leave_at_the_slow_rate() {
    for (clock, metric) in [(Clock::Kl, Metric::Euclidean), (Clock::FreeEnergy, Metric::Natural)] {
        for (separation, temperature) in [(3.0, 2.0), (4.0, 9.0), (5.0, 1.5)] {
            let options = FreePairOptions { separation, clock, metric, ..FreePairOptions::default() };
            let pair = FreePair::new(options).unwrap();
            let found = all_free(&pair, temperature);
            let mut seen = 0;
            for state in found.of_kind(EquilibriumKind::Metastable) {
                let beta = 1.0 / temperature;
                let rate = pair.speed(beta) * beta * separation * pair.pull(state.coordinates[0]).1;
                let slow = &state.modes[0];
                // The rate is a difference of numbers of order one.
                assert!((slow.rate - rate).abs() < 1e-14 + 1e-11 * rate, "{rate}: {state:?}");
                assert!(slow.direction[1].abs() > 1.0 - 1e-12 && state.unstable == 1);
                seen += 1;
            }
            assert_eq!(seen, 2);
        }
    }
}
