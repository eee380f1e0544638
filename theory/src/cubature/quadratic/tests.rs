//! The rule against closed forms and against itself in more dimensions.

use super::*;

const TOLERANCE: f64 = 1e-12;

fn class(level: f64, slope: [f64; 3], diagonal: [f64; 3], across: f64) -> Quadratic {
    let curvature = std::array::from_fn(|i| std::array::from_fn(|j| if i == j { diagonal[i] } else { 0.0 }));
    Quadratic { level, slope, curvature, across }
}

fn averages(span: usize, across: usize, classes: &[Quadratic]) -> QuadraticAverages {
    let mut levels = [0; 4];
    Quadratics { span, across, classes: classes.to_vec() }.averages(TOLERANCE, &mut levels)
}

/// The kernels have linear logits.
#[test]
fn linear_logits_are_the_kernels() {
    for (a, b) in [(0.3, 1.0), (-2.0, 4.0), (5.0, 0.2), (-1.0, 30.0)] {
        let found = averages(1, 0, &[class(a, [b, 0.0, 0.0], [0.0; 3], 0.0)]);
        let (log, share, slope) = crate::kernel::logistic_softplus_normal(a, b);
        assert!((found.log_sum - log).abs() < 1e-12 * (1.0 + b), "{a} {b}: {} {log}", found.log_sum);
        assert!((found.classes[0].share - share).abs() < 1e-12, "{a} {b}");
        // E[s g] = b E[s'].
        assert!((found.classes[0].first[0] - b * slope).abs() < 1e-11, "{a} {b}");
        assert!((found.rest + found.classes[0].share - 1.0).abs() < 1e-13);
    }
}

/// What does not depend on a direction but by the distance is the same in the radius and in the plane.
#[test]
fn the_radius_is_as_good_as_directions() {
    for (n, h) in [(1, 0.7), (2, 0.7), (1, -0.4), (2, -0.4), (2, 5.0), (1, 5.0)] {
        let classes =
            |across: [f64; 3]| [class(0.4, [1.5, 0.0, 0.0], across, h), class(-1.0, [-0.8, 0.0, 0.0], [0.0; 3], 0.0)];
        let short = averages(1, n, &classes([h, 0.0, 0.0]));
        let long = averages(1 + n, 0, &classes(if n == 1 { [h, h, 0.0] } else { [h; 3] }));
        assert!((short.log_sum - long.log_sum).abs() < 2e-12, "{n} {h}: {} {}", short.log_sum, long.log_sum);
        for (a, b) in short.classes.iter().zip(&long.classes) {
            assert!((a.share - b.share).abs() < 2e-12, "{n} {h}");
            assert!((a.first[0] - b.first[0]).abs() < 2e-12);
            assert!((a.second[0][0] - b.second[0][0]).abs() < 5e-12);
            let across: f64 = (1..=n).map(|i| b.second[i][i]).sum();
            assert!((a.across - across).abs() < 1e-11, "{n} {h}: {} {across}", a.across);
        }
    }
}

/// Of logits that are large and alike everywhere the exact average is known.
#[test]
fn moments_of_the_radius_are_those_of_chi_square() {
    for n in [1, 2, 3, 4, 7, 8, 50, 999] {
        let found = averages(0, n, &[class(900.0, [0.0; 3], [0.0; 3], 1e-3)]);
        let (square, mean) = (found.classes[0].across, n as f64);
        assert!((square / mean - 1.0).abs() < 1e-12, "{n}: {square}");
        assert!((found.log_sum - (900.0 - 0.5e-3 * mean)).abs() < 1e-9, "{n}");
    }
}
