//! All equilibria of both pairs: reference states, completeness against chance, spectra, symmetries, branches.

#[path = "equilibria/branches.rs"]
mod branches;
#[path = "equilibria/spectra.rs"]
mod spectra;

use collapsar::bifurcation::{
    Equilibria, EquilibriumKind, FreeFamily, NewtonOptions, OneParameter, PairParameter, PairPoint, SearchOptions,
    SphereFamily, critical_temperature, free_equilibria, newton, sphere_equilibria,
};
use collapsar_theory::{FreePair, FreePairOptions, SmoothFlow, SpherePair, SpherePairOptions, SphereVariance};

const VARIED: [PairParameter; 2] = [PairParameter::LogTemperature, PairParameter::Separation];

/// Separation, target weight, temperature: cold and hot, with and without collapse, unequal weights, T below 1.
const FREE: [(f64, f64, f64); 9] = [
    (3.0, 0.5, 1.0),
    (3.0, 0.5, 2.0),
    (3.0, 0.5, 5.0),
    (1.0, 0.5, 1.0),
    (5.0, 0.5, 100.0),
    (6.0, 0.5, 1e4),
    (3.0, 0.8, 1.5),
    (4.0, 0.999, 3.0),
    (3.0, 0.6, 0.7),
];

/// Radius, target weight, temperature, whether the variance is slaved.
const SPHERE: [(f64, f64, f64, bool); 7] = [
    (3.0, 0.5, 1.0, true),
    (3.0, 0.5, 18.0, true),
    (3.0, 0.8, 1.0, true),
    (3.0, 0.8, 10.0, true),
    (3.0, 0.8, 90.0, true),
    (5.0, 0.6, 1.0, true),
    (3.0, 0.8, 10.0, false),
];

fn free(separation: f64, target_weight: f64) -> FreePair {
    FreePair::new(FreePairOptions { separation, target_weight, ..FreePairOptions::default() }).unwrap()
}

fn sphere(radius: f64, target_weight: f64, slaved: bool) -> SpherePair {
    let variance = if slaved { SphereVariance::Slaved } else { SphereVariance::Unit };
    SpherePair::new(SpherePairOptions { radius, target_weight, variance, ..SpherePairOptions::default() }).unwrap()
}

fn all_free(pair: &FreePair, temperature: f64) -> Equilibria {
    let found = free_equilibria(pair, temperature, &SearchOptions::default()).unwrap();
    assert!(found.complete(), "{}", found.established);
    found
}

fn all_sphere(pair: &SpherePair, temperature: f64) -> Equilibria {
    let found = sphere_equilibria(pair, temperature, &SearchOptions::default()).unwrap();
    assert!(found.complete(), "{}", found.established);
    found
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

fn holds(found: &Equilibria, state: &[f64], tolerance: f64) -> bool {
    found.states.iter().any(|known| distance(&known.coordinates, state) < tolerance)
}

/// A deterministic stream of numbers in (0, 1): the golden-ratio sequence in each of three coordinates.
fn starts(count: usize) -> impl Iterator<Item = [f64; 3]> {
    (1..=count).map(|i| [0.819_172_513_396, 0.671_043_606_704, 0.549_700_477_901].map(|step| (i as f64 * step).fract()))
}

/// Theory section 5: the stable state and the saddle at rho = 3, T = 1.
#[test]
fn reference_states() {
    use EquilibriumKind::{Antipodal, Collapsed, Metastable, Origin, Recovered, Saddle};
    let found = all_free(&free(3.0, 0.5), 1.0);
    let near = |kind, at: [f64; 3]| found.of_kind(kind).any(|state| distance(&state.coordinates, &at) < 5.1e-6);
    assert!(near(Collapsed, [2.984_68, 0.205_99, 0.0]));
    assert!(near(Saddle, [1.752_21, 1.528_30, 0.0]));
    let count = |kind| found.of_kind(kind).count();
    assert_eq!([Recovered, Collapsed, Saddle, Origin, Metastable].map(count), [2, 4, 6, 1, 0]);
    // Above T = 1 three states leave the plane.
    let warm = all_free(&free(3.0, 0.5), 2.0);
    assert_eq!(warm.of_kind(Metastable).count(), 2);
    assert_eq!(warm.states.iter().filter(|state| state.coordinates[2] > 0.0).count(), 3);
    let hot = all_sphere(&sphere(3.0, 0.5, true), 20.0);
    let antipodal: Vec<_> = hot.of_kind(Antipodal).map(|state| state.coordinates).collect();
    assert_eq!(antipodal, [[0.0, 0.0, -1.0]]);
}

/// Newton's method from 2000 starts finds nothing that the search has not, in three dimensions.
#[test]
fn chance_finds_nothing_new() {
    for (separation, weight, temperature) in FREE {
        let pair = free(separation, weight);
        let found = all_free(&pair, temperature);
        let point = PairPoint { temperature, separation, bias: pair.bias() };
        let family = FreeFamily::new(point, VARIED).unwrap();
        let section = OneParameter::along_first(&family, separation);
        let (mut hits, reach) = (0, separation + 3.0);
        for [a, b, c] in starts(2000) {
            let start = [reach * (2.0 * a - 1.0), reach * (2.0 * b - 1.0), reach * c * c];
            let mut end = newton(&section, &start, temperature.ln(), &NewtonOptions::default()).unwrap();
            if !end.converged() {
                continue;
            }
            end.state[2] = end.state[2].abs();
            hits += 1;
            // At T = 1 zero is a triple root in z: a residual of 1e-12 is met at z = 1e-4.
            let tolerance = if temperature == 1.0 { 2e-4 } else { 1e-5 };
            assert!(holds(&found, &end.state, tolerance), "{separation} {weight} {temperature}: {:?}", end.state);
        }
        assert!(hits > 1000, "{hits}");
    }
    for (radius, weight, temperature, slaved) in SPHERE {
        let pair = sphere(radius, weight, slaved);
        let found = all_sphere(&pair, temperature);
        let point = PairPoint { temperature, separation: radius, bias: pair.bias() };
        let family = SphereFamily::new(point, slaved, VARIED).unwrap();
        let section = OneParameter::along_first(&family, radius);
        let mut hits = 0;
        for [a, b, c] in starts(2000) {
            let (m1, m2) = (2.0 * a - 1.0, 2.0 * b - 1.0);
            let room = ((1.0 - m1 * m1) * (1.0 - m2 * m2)).sqrt();
            let start = [m1, m2, m1 * m2 + (2.0 * c - 1.0) * room];
            let end = newton(&section, &start, temperature.ln(), &NewtonOptions::default()).unwrap();
            let [m1, m2, s] = [0, 1, 2].map(|i| end.state[i]);
            let gram = 1.0 + 2.0 * m1 * m2 * s - m1 * m1 - m2 * m2 - s * s;
            let exists = end.state.iter().all(|x| x.abs() <= 1.0 + 1e-9) && gram > -1e-8;
            if !end.converged() || !exists {
                continue;
            }
            hits += 1;
            assert!(holds(&found, &end.state, 1e-5), "{radius} {weight} {temperature}: {:?}", end.state);
        }
        assert!(hits > 300, "{hits}");
    }
}

/// The field of the free pair points inwards on a large circle: the indices of its zeros in the plane sum to one.
#[test]
fn indices_sum_to_one() {
    for (separation, weight, temperature) in FREE {
        let pair = free(separation, weight);
        let sum: f64 = all_free(&pair, temperature)
            .states
            .iter()
            .filter(|state| state.coordinates[2] == 0.0)
            .map(|state| {
                let mut rows = [0.0; 9];
                pair.jacobian(1.0 / temperature, &state.coordinates, &mut rows);
                (rows[0] * rows[4] - rows[1] * rows[3]).signum()
            })
            .sum();
        assert_eq!(sum, 1.0, "{separation} {weight} {temperature}");
    }
}

#[test]
fn symmetric_problems_have_symmetric_states() {
    for (separation, weight, temperature) in FREE {
        let (one, other) = (all_free(&free(separation, weight), temperature), free(separation, 1.0 - weight));
        let other = all_free(&other, temperature);
        assert_eq!(one.states.len(), other.states.len());
        for state in &one.states {
            let [x, y, z] = state.coordinates;
            // Proof to 1e-5 where two states nearly meet, to 1e-12 elsewhere.
            let tolerance = 1e-9 + 2.0 * state.uncertainty[0];
            assert!(holds(&other, &[-x, y, z], tolerance) && holds(&one, &[x, -y, z], tolerance), "{state:?}");
        }
    }
    for (radius, weight, temperature, slaved) in SPHERE {
        let one = all_sphere(&sphere(radius, weight, slaved), temperature);
        let other = all_sphere(&sphere(radius, 1.0 - weight, slaved), temperature);
        assert_eq!(one.states.len(), other.states.len());
        for state in &one.states {
            let [m1, m2, s] = state.coordinates;
            let tolerance = 1e-9 + 2.0 * state.uncertainty[0];
            assert!(holds(&other, &[-m1, -m2, s], tolerance) && holds(&one, &[m2, m1, s], tolerance), "{state:?}");
        }
    }
}

/// At a fold itself two states are one: the search says that it cannot tell, and beside it that it can.
#[test]
fn degenerate_states_are_reported_not_lost() {
    let pair = free(3.0, 0.5);
    let fold = critical_temperature(&pair).unwrap();
    let found = free_equilibria(&pair, fold.temperature, &SearchOptions::default()).unwrap();
    let near = |at: &[f64; 3]| distance(at, &[fold.x, fold.y, 0.0]) < 1e-5;
    assert!(found.unresolved.iter().any(near), "{}", found.established);
    assert!(found.established.contains("left open"));
    let few = SearchOptions { most_boxes: 20, ..SearchOptions::default() };
    assert!(!free_equilibria(&pair, 2.0, &few).unwrap().complete());
}

#[test]
fn misuse_is_told() {
    let told = free_equilibria(&free(3.0, 0.5), -1.0, &SearchOptions::default()).unwrap_err().to_string();
    assert_eq!(told, "option temperature = -1 must satisfy 0 < temperature < inf");
    let options =
        SpherePairOptions { variance: SphereVariance::Lagging { dimension: 512.0 }, ..SpherePairOptions::default() };
    let told = sphere_equilibria(&SpherePair::new(options).unwrap(), 1.0, &SearchOptions::default()).unwrap_err();
    assert!(told.to_string().contains("variance.dimension = 512"), "{told}");
}
