//! Integrals over the classes' own noises against sums over finer nodes, without tables.

use super::super::scene::{LatticeScene, Sight, square};
use super::super::split::NoiseSplit;
use super::averages;
use crate::cubature::lattice::Lattice;
use crate::cubature::span::PointClasses;

/// Distribution function and density of `s x + G` by a sum over x.
fn law(deviation: f64, t: f64) -> [f64; 2] {
    let mut sums = [0.0; 3];
    for i in -900..=900 {
        let x = f64::from(i) / 100.0;
        let weight = (-0.5 * x * x).exp();
        let rate = (deviation * x - t).exp();
        let value = (-rate).exp();
        let density = if value > 0.0 { rate * value } else { 0.0 };
        sums = [sums[0] + weight * value, sums[1] + weight * density, sums[2] + weight];
    }
    [sums[0] / sums[2], sums[1] / sums[2]]
}

/// Probabilities, logarithm and trace of classes with these points, and of the same classes by the rule.
fn both(deviations: &[f64], logits: &[f64]) -> ([Vec<f64>; 2], [[f64; 2]; 2]) {
    let n = deviations.len();
    let points: Vec<f64> = (0..n * n).map(|at| f64::from(u8::from(at % n >= at / n)) + (at % 3) as f64).collect();
    let place = |k: usize| &points[k * n..(k + 1) * n];
    let step = 0.05;
    let (mut shares, mut log, mut trace) = (vec![0.0; n], 0.0, 0.0);
    for i in -700..=900 {
        let t = step * f64::from(i);
        let at: Vec<[f64; 2]> = deviations.iter().zip(logits).map(|(&s, u)| law(s, t - u)).collect();
        let without = |out: &[usize]| (0..n).filter(|k| !out.contains(k)).map(|k| at[k][0]).product::<f64>() * step;
        for k in 0..n {
            let share = at[k][1] * without(&[k]);
            shares[k] += share;
            log += t * share;
            for j in 0..k {
                trace += at[j][1] * at[k][1] * without(&[j, k]) * square(place(j), place(k));
            }
        }
    }
    let classes = PointClasses { points: &points, width: n, log_weights: &vec![0.0; n], variance: 1.0 };
    let scene = LatticeScene::new(&classes, 1.0).unwrap();
    let split = NoiseSplit { deviations: deviations.to_vec(), loadings: vec![vec![0.0; n - 1]; n], part: 1.0 };
    let sight = Sight { logits: logits.to_vec(), seen: (0..n).collect() };
    let found = averages((&scene, &split), &[&sight], &Lattice::folded(32, 2, 1), true).remove(0);
    let mean = found.mean.iter().map(|&(_, p)| p).collect();
    ([mean, shares], [[found.log_sum, log - 0.577_215_664_901_532_9], [found.trace, trace]])
}

/// Like and unlike deviations, level and unlike logits, at nodes that lie differently.
#[test]
fn integrals_over_own_noises_are_those_of_finer_nodes() {
    let deviations: [&[f64]; 4] = [&[0.3, 1.0, 2.5, 4.0, 1.7], &[3.0; 5], &[6.0; 8], &[0.1, 0.1, 0.2, 0.3, 0.5]];
    for deviations in deviations {
        for place in 0..3 {
            let logits: Vec<f64> = (0..deviations.len())
                .map(|k| f64::from(place) * (0.37 + 0.9 * (0.618 * k as f64).fract() * deviations[k]) - 2.0)
                .collect();
            let ([mean, truth], [log, trace]) = both(deviations, &logits);
            for (p, truth) in mean.iter().zip(&truth) {
                assert!((p - truth).abs() < 2e-5, "{deviations:?} {logits:?}: {mean:?} {truth:?}");
            }
            assert!((mean.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!((log[0] - log[1]).abs() < 1e-4, "{deviations:?} {logits:?}: {log:?}");
            assert!((trace[0] - trace[1]).abs() < 1e-4 * trace[1], "{deviations:?} {logits:?}: {trace:?}");
        }
    }
}
