//! Three classes by steps known beforehand against steps that are halved.

use super::super::triple::three;
use super::{NoisyLogit, separation, three_finely};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Largest errors of the means, the cross products and, by its own unit, of the logarithm.
fn errors(means: &[f64; 3], loadings: &[[f64; 3]; 3], tolerance: f64) -> [f64; 3] {
    let classes = [0, 1, 2].map(|i| NoisyLogit { mean: means[i], loading: &loadings[i] });
    let square = |j: usize, k: usize| separation(&loadings[j], &loadings[k]).powi(2);
    let squares = [square(1, 2), square(2, 0), square(0, 1)];
    let (found, truth) = (three(means, &squares, tolerance, true).unwrap(), three_finely(classes, 1e-13));
    let largest = |pairs: &mut dyn Iterator<Item = (f64, f64)>| {
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, |m: f64, e| if e > m || e.is_nan() { e } else { m })
    };
    let unit = found.log_sum_error / tolerance;
    [
        largest(&mut found.mean.into_iter().zip(truth.mean)),
        largest(&mut found.cross.into_iter().flatten().zip(truth.cross.into_iter().flatten())),
        (found.log_sum - truth.log_sum).abs() / unit,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(27), ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_the_rule_that_halves_its_steps(
        loadings in vec(-1.0f64..1.0, 9), size in -2.0f64..2.3, means in vec(-1.0f64..1.0, 3), gap in -1.0f64..3.0
    ) {
        let rows = [0, 1, 2].map(|i| [0, 1, 2].map(|a| size.exp() * loadings[3 * i + a]));
        // As about the mean of the first class, or anywhere.
        let own = [0, 1, 2].map(|i| means[i] - 0.5 * separation(&rows[i], &rows[0]).powi(2));
        let any = [0, 1, 2].map(|i| gap.exp() * means[i]);
        for means in [own, any] {
            for tolerance in [1e-4, 1e-6, 1e-7, 1e-8, 1e-10] {
                let errors = errors(&means, &rows, tolerance);
                prop_assert!(errors.iter().all(|&e| e < tolerance), "{tolerance:e}: {errors:?}");
            }
        }
    }
}

/// Classes in a row, at one place, and two of them at one place: nothing is divided by 0.
#[test]
fn degenerate_triangles() {
    let line = [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [5.0, 0.0, 0.0]];
    let double = [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [-2.0, 0.5, 0.0]];
    for loadings in [line, double, [[0.3; 3]; 3]] {
        let errors = errors(&[0.2, -0.5, -1.0], &loadings, 1e-9);
        assert!(errors.iter().all(|&e| e < 1e-9), "{errors:?}");
    }
}
