//! The grid against the rules for cells and for one Gaussian at a time.

use super::super::{Cubature, CubatureOptions, Logits, PointClasses, RowAverages, SoftmaxAverages};
use super::step::steps;
use super::{Wanted, averages};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

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
        PointClasses { points: &self.points, width: 2, log_weights: &self.log_weights, variance: self.variance }
    }

    /// By the other rules, to 1e-13.
    fn truth(&self) -> RowAverages {
        let options = CubatureOptions { tolerance: 1e-13, ..CubatureOptions::default() };
        let cubature = Cubature::unchecked(&options);
        if let Some(rows) = cubature.rows(&self.classes(), &self.centres, self.spread) {
            return rows;
        }
        let mut all = RowAverages::default();
        let scale = self.spread.sqrt() / self.variance;
        for m in self.centres.chunks(2) {
            let gaps: Vec<f64> = self.points.chunks(2).flat_map(|c| [c[0] - m[0], c[1] - m[1]]).collect();
            let square = |g: &[f64]| (g[0] * g[0] + g[1] * g[1]) / (2.0 * self.variance);
            let offsets: Vec<f64> = gaps.chunks(2).zip(&self.log_weights).map(|(g, w)| w - square(g)).collect();
            let loadings: Vec<f64> = gaps.iter().map(|g| scale * g).collect();
            let mut out = SoftmaxAverages::default();
            cubature.softmax(&Logits { offsets: &offsets, loadings: &loadings, dimension: 2 }, &mut out);
            let n = offsets.len();
            let mut trace = 0.0;
            for j in 0..n {
                for k in 0..j {
                    let apart = [gaps[2 * j] - gaps[2 * k], gaps[2 * j + 1] - gaps[2 * k + 1]];
                    trace += out.second[j * n + k] * (apart[0] * apart[0] + apart[1] * apart[1]);
                }
            }
            all.trace.push(trace);
            all.mean.extend_from_slice(&out.mean);
            all.log_sum.push(out.log_sum);
        }
        all
    }

    /// The largest distance from a Gaussian to a class.
    fn size(&self) -> f64 {
        let apart = |a: &[f64], b: &[f64]| ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt();
        self.points.chunks(2).flat_map(|a| self.centres.chunks(2).map(|b| apart(a, b))).fold(1.0, f64::max)
    }

    /// Errors of the means; of the pulls, the logarithms and the traces in their units; `None` where there is no grid.
    fn errors(&self, truth: &RowAverages, tolerance: f64) -> Option<[f64; 4]> {
        self.weighted_errors(truth, tolerance, &[])
    }

    /// The same of averages that count by shares, times these.
    fn weighted_errors(&self, truth: &RowAverages, tolerance: f64, log_shares: &[f64]) -> Option<[f64; 4]> {
        let found = averages(
            &self.classes(),
            (&self.centres, log_shares),
            self.spread,
            tolerance,
            Wanted { means: true, traces: true },
        )?;
        let n = self.log_weights.len();
        let mut pulls = Vec::new();
        for (row, m) in truth.mean.chunks(n).zip(self.centres.chunks(2)) {
            for a in 0..2 {
                pulls.push(row.iter().zip(self.points.chunks(2)).map(|(p, c)| p * (c[a] - m[a])).sum::<f64>());
            }
        }
        let rows = self.centres.len() / 2;
        let largest = |a: &[f64], b: &[f64]| {
            assert_eq!(a.len(), b.len());
            let share = |at: usize| log_shares.get(at * rows / a.len()).copied().unwrap_or(0.0).exp();
            let errors = a.iter().zip(b).enumerate().map(|(at, (x, y))| share(at) * (x - y).abs());
            errors.fold(0.0, |m: f64, d| if d > m || d.is_nan() { d } else { m })
        };
        let size = self.size();
        let logit = 1.0 + size * size / self.variance;
        Some([
            largest(&found.rows.mean, &truth.mean),
            largest(&found.pulls, &pulls) / size,
            largest(&found.rows.log_sum, &truth.log_sum) / logit,
            largest(&found.rows.trace, &truth.trace) / (size * size),
        ])
    }
}

fn places(count: std::ops::RangeInclusive<usize>, size: f64) -> impl Strategy<Value = Vec<f64>> {
    count.prop_flat_map(move |n| vec(-size..size, 2 * n))
}

fn cases() -> impl Strategy<Value = Case> {
    let (weights, logs) = (vec(-6.0f64..0.0, 12), -1.5f64..2.0);
    (places(3..=12, 6.0), weights, places(1..=5, 8.0), logs, any::<bool>()).prop_map(
        |(points, log_weights, centres, log, own)| {
            let log_weights = log_weights[..points.len() / 2].to_vec();
            // Classes of the Gaussians' own variance, or of variance 1.
            let (centres, variance) = if own { (points.clone(), log.exp()) } else { (centres, 1.0) };
            Case { points, log_weights, variance, centres, spread: log.exp() }
        },
    )
}

/// What the errors may be, in units of the tolerance: the worst that was drawn is 3.3, in [`broad_and_close`].
const BOUND: f64 = 1.0;

/// Broad Gaussians that overlap, one of them light: the trace misses the tolerance.
#[test]
fn broad_and_close() {
    let points = vec![-2.059107157360463, -2.391737016168342, 0.0, -3.3973231468341116, -1.159982607339596, 0.0];
    let log_weights = vec![0.0, -4.246762081468204, -5.935237225343363];
    let case =
        Case { centres: points.clone(), points, log_weights, variance: 5.929302705529771, spread: 5.929302705529771 };
    let errors = case.errors(&case.truth(), 1e-8);
    assert!(errors.is_some_and(|errors| errors.iter().all(|&e| e < BOUND * 1e-8)), "{errors:?}");
}

/// Close classes in one corner and Gaussians far from them: a grid for each group.
fn scattered() -> impl Strategy<Value = Case> {
    let near = vec(-3.0f64..3.0, 8);
    (near, places(2..=6, 30.0), places(2..=6, 30.0), vec(-3.0f64..0.0, 16), -0.5f64..0.5).prop_map(
        |(near, far, others, log_weights, log)| {
            let points: Vec<f64> = near.into_iter().chain(far.iter().copied()).chain(others).collect();
            let log_weights = log_weights[..points.len() / 2].to_vec();
            let spread = log.exp();
            Case { centres: points.clone(), points, log_weights, variance: spread, spread }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, rng_seed: RngSeed::Fixed(22), ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_the_rules_for_cells_and_for_one_gaussian(case in cases()) {
        let truth = case.truth();
        for tolerance in [1e-4, 1e-6, 1e-8, 1e-10, 1e-12] {
            let Some(errors) = case.errors(&truth, tolerance) else { continue };
            // The truth itself is good to 1e-13 times a few.
            prop_assert!(errors.iter().all(|&e| e < BOUND * tolerance + 1e-12), "{tolerance:e}: {errors:?}");
        }
    }

    /// What counts little may err more.
    #[test]
    fn shares_weigh_the_errors(case in cases(), logs in vec(-12.0f64..0.0, 12)) {
        let truth = case.truth();
        for tolerance in [1e-6, 1e-8, 1e-10] {
            let Some(errors) = case.weighted_errors(&truth, tolerance, &logs[..case.centres.len() / 2]) else { continue };
            prop_assert!(errors.iter().all(|&e| e < BOUND * tolerance + 1e-12), "{tolerance:e}: {errors:?}");
        }
    }

    #[test]
    fn groups_that_lie_apart_agree_too(case in scattered()) {
        let truth = case.truth();
        for tolerance in [1e-8, 1e-11] {
            let errors = case.errors(&truth, tolerance);
            prop_assert!(errors.is_some_and(|e| e.iter().all(|&e| e < BOUND * tolerance)), "{errors:?} at {tolerance}");
        }
    }
}

/// The draws of the test above do take a grid for each group.
#[test]
fn scattered_gaussians_are_taken_in_groups() {
    let points: Vec<f64> = vec![0.0, 0.0, 1.0, 0.5, 6.0, 0.0, 25.0, 3.0, -20.0, 8.0];
    let classes = PointClasses { points: &points, width: 2, log_weights: &[0.0; 5], variance: 1.0 };
    let digits = -libm::log(1e-10);
    let found = super::PlaneIntegrand::new(&classes, (&points, &[]), 1.0, 1e-10).map(|mut scene| {
        scene.cut(1e-10);
        let (mut seen, mut sights) = (Vec::new(), vec![false; 25]);
        for row in 0..5 {
            scene.seen(row, digits, &mut seen);
            seen.iter().for_each(|&k| sights[5 * row + k] = true);
        }
        (super::groups(&scene, &[0, 1, 2, 3, 4], &sights, digits), steps(&scene, digits))
    });
    // The far one sees itself alone, and one step serves it.
    let members = [&[0usize, 1][..], &[2], &[3], &[4]];
    assert!(found.is_some_and(|(groups, whole)| {
        groups.iter().map(|group| group.gaussians.as_slice()).eq(members)
            && groups[2].scene.points == [[25.0, 3.0]]
            && groups[2].steps[0] > whole[0]
    }));
}
