//! Rows at common points against one Gaussian at a time, and against more points.

use super::super::{Cubature, CubatureOptions, Logits, PointClasses, RowAverages, SoftmaxAverages};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Coordinates of the scenes.
const D: usize = 7;

#[derive(Debug, Clone)]
struct Case {
    points: Vec<f64>,
    log_weights: Vec<f64>,
    variance: f64,
    centres: Vec<f64>,
    spread: f64,
}

impl Case {
    fn classes(&self) -> PointClasses<'_> {
        PointClasses { points: &self.points, width: D, log_weights: &self.log_weights, variance: self.variance }
    }

    fn common_lattice(&self, points: usize, tolerance: f64) -> RowAverages {
        let options = CubatureOptions { points, tolerance, ..CubatureOptions::default() };
        Cubature::unchecked(&options).common_lattice(&self.classes(), &self.centres, self.spread).unwrap()
    }

    /// By the rule for one Gaussian, with its standard error.
    fn one_by_one(&self, points: usize) -> RowAverages {
        let cubature = Cubature::unchecked(&CubatureOptions { points, seed: 7, ..CubatureOptions::default() });
        let mut all = RowAverages::default();
        for m in self.centres.chunks(D) {
            let gaps: Vec<f64> = self.points.chunks(D).flat_map(|c| c.iter().zip(m).map(|(c, m)| c - m)).collect();
            let square = |g: &[f64]| g.iter().map(|x| x * x).sum::<f64>();
            let logits = gaps.chunks(D).zip(&self.log_weights).map(|(g, w)| w - square(g) / (2.0 * self.variance));
            let offsets: Vec<f64> = logits.collect();
            let loadings: Vec<f64> = gaps.iter().map(|g| self.spread.sqrt() / self.variance * g).collect();
            let mut out = SoftmaxAverages::default();
            cubature.softmax(&Logits { offsets: &offsets, loadings: &loadings, dimension: D }, &mut out);
            let (n, point) = (offsets.len(), |k: usize| &self.points[k * D..(k + 1) * D]);
            let apart = |j: usize, k: usize| point(j).iter().zip(point(k)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
            let pairs = (0..n).flat_map(|j| (0..j).map(move |k| (j, k)));
            all.trace.push(pairs.map(|(j, k)| out.second[j * n + k] * apart(j, k)).sum());
            all.mean.extend_from_slice(&out.mean);
            all.log_sum.push(out.log_sum);
            all.error = all.error.max(out.error);
        }
        all
    }
}

fn largest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, |m: f64, d| if d > m || d.is_nan() { d } else { m })
}

fn cases() -> impl Strategy<Value = Case> {
    let places = |size: f64, count: usize| vec(-size..size, D * count);
    (places(2.5, 7), vec(-2.0f64..0.0, 7), places(1.0, 3), 0.5f64..2.0, any::<bool>()).prop_map(
        |(points, log_weights, shifts, spread, own)| {
            // About the first points, as in runs.
            let centres = points.iter().zip(&shifts).map(|(p, s)| p + s).collect();
            Case { points, log_weights, variance: if own { spread } else { 1.0 }, centres, spread }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, rng_seed: RngSeed::Fixed(26), ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_one_gaussian_at_a_time(case in cases()) {
        let (found, truth) = (case.common_lattice(4096, 1e-8), case.one_by_one(4096));
        // Standard errors of the largest of 21 entries over 8 shifts, both sides.
        let bound = 8.0 * (found.error + truth.error) + 1e-8;
        let size = case.points.iter().chain(&case.centres).map(|x| x * x).fold(1.0, f64::max) * D as f64;
        prop_assert!(largest(&found.mean, &truth.mean) < bound, "{found:?} {truth:?}");
        prop_assert!(largest(&found.log_sum, &truth.log_sum) < 4.0 * size * bound, "{found:?} {truth:?}");
        prop_assert!(largest(&found.trace, &truth.trace) < 4.0 * size * bound, "{found:?} {truth:?}");
        for row in found.mean.chunks(case.log_weights.len()) {
            prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    /// What is left out changes nothing beyond the tolerance.
    #[test]
    fn the_classes_that_are_not_seen_do_not_count(case in cases()) {
        let apart: Vec<f64> = case.points.iter().map(|x| 2.0 * x).collect();
        let case = Case { centres: apart[..3 * D].to_vec(), points: apart, variance: 1.0, spread: 1.0, ..case };
        let (rough, fine) = (case.common_lattice(256, 1e-4), case.common_lattice(256, 1e-12));
        let bound = 1e-4 + 4.0 * (rough.error + fine.error);
        prop_assert!(largest(&rough.mean, &fine.mean) < bound, "{rough:?} {fine:?}");
    }
}

/// Two classes that a Gaussian sees are exact, whatever else is there.
#[test]
fn of_two_classes_nothing_is_left_to_the_points() {
    let mut points = vec![0.0; 6 * D];
    (1..6).for_each(|k| points[k * D + k] = if k == 1 { 3.0 } else { 40.0 });
    let case = Case { centres: points[..D].to_vec(), points, log_weights: vec![-1.0; 6], variance: 1.0, spread: 1.0 };
    let found = case.common_lattice(2, 1e-12);
    let (soft, share, slope) = crate::kernel::logistic_softplus_normal(-4.5, 3.0);
    assert!((found.mean[1] - share).abs() < 1e-12 && (found.log_sum[0] + 1.0 - soft).abs() < 1e-12, "{found:?}");
    assert!((found.trace[0] - 9.0 * slope).abs() < 1e-11 && found.error < 1e-14, "{found:?}");
}

/// Along a way on which the classes change their order by size and come into sight, nothing jumps by the lattice's error.
#[test]
fn averages_change_smoothly() {
    let place = |k: usize, a: usize, rate: f64| ((rate * (k * D + a + 1) as f64).fract() - 0.5) * 4.0;
    let found = |t: f64| {
        let at = |k: usize, a: usize| {
            (1.0 - t) * place(k, a, 0.754_877_666) + t * place(k, a, 0.569_840_291) * (1.0 + k as f64 / 4.0)
        };
        let points: Vec<f64> = (0..D * D).map(|i| at(i / D, i % D)).collect();
        let case =
            Case { centres: points[..2 * D].to_vec(), points, log_weights: vec![-2.0; D], variance: 1.0, spread: 1.0 };
        case.common_lattice(64, 1e-6)
    };
    let (steps, mut jump, mut error) = (400, 0.0f64, 0.0f64);
    let all: Vec<RowAverages> = (0..=steps).map(|i| found(f64::from(i) / f64::from(steps))).collect();
    for near in all.windows(3) {
        for ((a, b), c) in near[0].mean.iter().zip(&near[1].mean).zip(&near[2].mean) {
            jump = jump.max((a - 2.0 * b + c).abs());
        }
        error = error.max(near[1].error);
    }
    assert!(jump < 0.1 * error, "{jump:e} of {error:e}");
}

/// Of modes at right angles a Gaussian in their middle sees each alike; with noises of the classes' own little is left to the points, which
/// err by thirty times as much without.
#[test]
fn level_classes_have_noise_of_their_own() {
    let points: Vec<f64> = (0..D * D).map(|at| if at / D == at % D { 5.0 } else { 0.0 }).collect();
    let centres = vec![0.0; D];
    let case = Case { centres, points, log_weights: vec![0.0; D], variance: 1.0, spread: 1.0 };
    let (found, without) = (case.common_lattice(1024, 1e-8), case.one_by_one(1024));
    assert!(found.error < 2e-4 && without.error > 20.0 * found.error, "{found:?} {without:?}");
    for p in &found.mean {
        assert!((p - 1.0 / D as f64).abs() < 5.0 * found.error, "{found:?}");
    }
    assert!((found.log_sum[0] - without.log_sum[0]).abs() < 50.0 * without.error, "{found:?} {without:?}");
}
