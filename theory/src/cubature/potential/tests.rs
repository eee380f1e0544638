//! The table against sums over the whole plane.

use super::super::PointClasses;
use super::PotentialTable;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// T and its gradient by the trapezoid rule of a step that serves slopes up to 23.
fn by_brute_force(points: &[f64], log_weights: &[f64], m: &[f64]) -> (f64, [f64; 2]) {
    let (step, count) = (0.025, 340);
    let place = |i: i32| step * f64::from(i);
    let density = |x: f64| step * (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
    let (mut value, mut gradient) = (0.0, [0.0; 2]);
    for i in -count..=count {
        for j in -count..=count {
            let x = [m[0] + place(i), m[1] + place(j)];
            let logit = |(c, w): (&[f64], &f64)| w + c[0] * (x[0] - 0.5 * c[0]) + c[1] * (x[1] - 0.5 * c[1]);
            let logits = || points.chunks_exact(2).zip(log_weights).map(logit);
            let top = logits().fold(f64::NEG_INFINITY, f64::max);
            let (mut sum, mut mean) = (0.0, [0.0; 2]);
            for (u, c) in logits().zip(points.chunks_exact(2)) {
                let p = (u - top).exp();
                sum += p;
                (mean[0], mean[1]) = (mean[0] + p * c[0], mean[1] + p * c[1]);
            }
            let weight = density(place(i)) * density(place(j));
            value += weight * (top + sum.ln());
            gradient = [gradient[0] + weight * mean[0] / sum, gradient[1] + weight * mean[1] / sum];
        }
    }
    (value, gradient)
}

/// Errors of T relative to its size and of its gradient relative to that of the scene; `None` where there is no table.
fn errors(points: &[f64], log_weights: &[f64], places: &[f64]) -> Option<(f64, f64)> {
    let table = PotentialTable::new(&PointClasses { points, width: 2, log_weights, variance: 1.0 })?;
    let size = points.iter().chain(places).fold(1.0, |m: f64, x| m.max(x.abs()));
    let (mut value, mut gradient): (f64, f64) = (0.0, 0.0);
    for m in places.chunks_exact(2) {
        let (truth, found) = (by_brute_force(points, log_weights, m), table.at(m)?);
        value = value.max((found.0 - truth.0).abs());
        for a in 0..2 {
            gradient = gradient.max((found.1[a] - truth.1[a]).abs());
        }
    }
    Some((value / (size * size), gradient / size))
}

/// What the documentation says.
const BOUND: f64 = 1e-12;

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, rng_seed: RngSeed::Fixed(23), ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_sums_over_the_plane(
        points in (3usize..9).prop_flat_map(|n| vec(-8.0f64..8.0, 2 * n)),
        log_weights in vec(-6.0f64..0.0, 9),
        shares in vec(0.0f64..1.0, 12),
    ) {
        // Within the box of the points and up to five deviations beyond.
        let along = |axis: usize| {
            let of = || points.iter().skip(axis).step_by(2);
            (of().fold(f64::INFINITY, |m, x| m.min(*x)) - 5.0, of().fold(f64::NEG_INFINITY, |m, x| m.max(*x)) + 5.0)
        };
        let place = |(i, share): (usize, &f64)| along(i % 2).0 + share * (along(i % 2).1 - along(i % 2).0);
        let places: Vec<f64> = shares.iter().enumerate().map(place).collect();
        let found = errors(&points, &log_weights[..points.len() / 2], &places);
        prop_assert!(found.is_some_and(|(value, gradient)| value < BOUND && gradient < BOUND), "{found:?}");
    }
}

#[test]
fn a_ring_in_its_centre_and_at_nodes() {
    let at = |i: usize| std::f64::consts::TAU * i as f64 / 8.0;
    let points: Vec<f64> = (0..8).flat_map(|i| [8.0 * at(i).cos(), 8.0 * at(i).sin()]).collect();
    let places = [0.0, 0.0, 0.1, 0.2, 0.3, -0.4, 1e-9, 2.0, 7.9, 0.05, 13.0, 13.0];
    let found = errors(&points, &[-2.0; 8], &places);
    assert!(found.is_some_and(|(value, gradient)| value < BOUND && gradient < BOUND), "{found:?}");
}

#[test]
fn there_is_none_outside_nor_of_few_or_far_points() {
    let classes = |points: &'static [f64], log_weights: &'static [f64]| {
        PotentialTable::new(&PointClasses { points, width: 2, log_weights, variance: 1.0 })
    };
    let table = classes(&[0.0, 0.0, 3.0, 0.0, 0.0, 3.0], &[0.0; 3]).unwrap();
    for m in [[20.0, 0.0], [0.0, -20.0], [f64::NAN, 0.0], [f64::INFINITY, 0.0]] {
        assert!(table.at(&m).is_none());
    }
    assert!(classes(&[0.0, 0.0, 3.0, 0.0], &[0.0; 2]).is_none());
    assert!(classes(&[0.0, 0.0, 3.0, 0.0, 0.0, 300.0], &[0.0; 3]).is_none());
    assert!(classes(&[0.0, 0.0, 3.0, 0.0, 0.0, f64::NAN], &[0.0; 3]).is_none());
}
