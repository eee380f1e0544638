//! Stochastic descent against full vectors, against the flow and against published runs.

use collapsar::adam::Adam;
use collapsar::montecarlo::{
    Descent, DescentOptions, EnsembleOptions, FreeEnsemble, FreeStart, Optimiser, SphereEnsemble, SphereStart,
};
use collapsar_theory::{Schedule, SphereVariance};

use crate::deviation::{Setting, slope};
use crate::plain_descent::Plain;
use crate::{LAG, free, sphere};

/// (beta_i, steps, runs, collapsed) of each published cell.
fn published() -> Vec<[f64; 4]> {
    let text = include_str!("../reference/published_grid.json");
    let table: serde_json::Value = serde_json::from_str(text).unwrap();
    let number = |v: &serde_json::Value| v.as_f64().unwrap();
    let cells = table["cells"].as_array().unwrap().iter();
    cells.map(|cell| std::array::from_fn(|i| number(&cell[i]))).collect()
}

/// Steps of a published run, and the learning rate.
fn published_steps(steps: f64) -> usize {
    (steps + 100.0).max(300.0) as usize
}
const LEARNING_RATE: f64 = 0.05;

/// Level (a) with the lag of the variance at the published finite times.
#[test]
fn the_closed_flow_reproduces_the_published_grid() {
    let cells = published();
    let mut squares = 0.0;
    for [beta, steps, runs, collapsed] in &cells {
        let schedule = Schedule::geometric(1.0 / beta, LEARNING_RATE * steps).unwrap();
        let horizon = Some(LEARNING_RATE * published_steps(*steps) as f64);
        let options = EnsembleOptions { horizon, ..EnsembleOptions::default() };
        let ensemble = SphereEnsemble::new(sphere(LAG), &schedule, SphereStart::new(512).unwrap(), &options).unwrap();
        let estimate = ensemble.estimate(3, 10_000);
        assert_eq!(estimate.undecided + estimate.failures, 0);
        let difference = estimate.probability.unwrap() - collapsed / runs;
        assert!(difference.abs() < 0.1, "beta_i = {beta}, {steps} steps: {difference}");
        squares += difference * difference;
    }
    // 100 runs a cell leave 0.03 to 0.05 of counting error of their own.
    let rms = (squares / cells.len() as f64).sqrt();
    assert!(rms < 0.035, "{rms}");
}

/// Level (c) at the exact published setting, one cell, few runs; `benches/published.md` has four cells and more runs.
#[test]
fn descent_at_a_published_setting() {
    let [beta, steps, runs, collapsed] = published().into_iter().find(|c| c[0] > 0.01 && c[1] == 300.0).unwrap();
    let schedule = Schedule::geometric(1.0 / beta, LEARNING_RATE * steps).unwrap();
    let options = DescentOptions { steps: published_steps(steps), ..DescentOptions::default() };
    let descent = Descent::sphere(sphere(LAG), &schedule, SphereStart::new(512).unwrap(), options).unwrap();
    let estimate = descent.estimate(1, 32);
    let (p, q) = (estimate.probability.unwrap(), collapsed / runs);
    let error = (q * (1.0 - q) * (1.0 / 32.0 + 1.0 / runs)).sqrt();
    assert!((p - q).abs() < 3.0 * error, "{p} against {q}");
    assert_eq!(estimate.failures, 0);
}

/// Deviation from the flow of the same starts: noise of size sqrt(step/B) where the batch is small, the bias of Euler's
/// method, of size step, where it is large. `benches/descent.md` has the whole table.
#[test]
fn descent_tends_to_the_flow_at_the_orders_of_noise_and_step() {
    let far = |step: f64, batch: usize, starts: u64| Setting::STATISTICS.deviation(step, batch, starts).ln();
    let steps = [0.1, 0.05, 0.025];
    let logs = steps.map(f64::ln);
    // A root mean square over N starts, three components of which one or two matter, is uncertain by about 1/sqrt(2 N):
    // each slope over a factor of four by 1/(sqrt(N) ln 4) = 0.09 for N = 64, 0.15 for the few costly starts, which
    // share their means, so that their bias does not scatter.
    let noise = slope(&logs, &steps.map(|step| far(step, 8, 64)));
    assert!((noise - 0.5).abs() < 0.25, "noise in the step: {noise}");
    let batches = [8usize, 32, 128];
    let fall = slope(&batches.map(|b| (b as f64).ln()), &batches.map(|b| far(0.0125, b, 64)));
    assert!((fall + 0.5).abs() < 0.1, "noise in the batch: {fall}");
    let bias = slope(&logs, &steps.map(|step| far(step, 32_768, 12)));
    assert!((bias - 1.0).abs() < 0.15, "bias in the step: {bias}");
}

/// The probability of collapse tends to that of the flow as the step falls; the same starts, so that the difference
/// counts only the runs whose fate descent changes.
#[test]
fn descent_tends_to_the_probability_of_the_flow() {
    const RUNS: u64 = 3000;
    let flow = Setting::PROBABILITY.flow_probability(RUNS);
    let [coarse, fine] = [0.6, 0.05].map(|step| (Setting::PROBABILITY.probability(step, 64, RUNS) - flow).abs());
    // About 2% of the fates change either way: 0.0026 of counting error, three of that and the bias of the table.
    assert!(fine < 0.01 && coarse > 2.0 * fine, "{coarse} {fine} of {flow}");
}

#[test]
fn adam_runs_on_the_same_batches() {
    let schedule = Schedule::geometric(20.0, 2.0).unwrap();
    let run = |optimiser: Optimiser| {
        let options = DescentOptions { batch: 512, step: 0.02, steps: 400, optimiser, ..DescentOptions::default() };
        let descent = Descent::sphere(sphere(LAG), &schedule, SphereStart::new(16).unwrap(), options).unwrap();
        (descent.statistics(1, 5), descent.estimate(1, 16))
    };
    let (adam, plain) = (run(Optimiser::Adam(Adam::default())), run(Optimiser::Plain));
    assert_ne!(adam.0, plain.0);
    for (statistics, estimate) in [adam, plain] {
        // At the end both means are at modes.
        assert!(statistics[2].abs() > 0.8, "{statistics:?}");
        assert!(estimate.failures == 0 && estimate.n == 16);
    }
}

#[test]
fn refusals_name_the_parameter() {
    let schedule = Schedule::constant(1.0).unwrap();
    let (start, uniform) = (FreeStart::new(2, 1.0).unwrap(), SphereStart::new(4).unwrap());
    let text =
        |options: EnsembleOptions| FreeEnsemble::new(free(3.0), &schedule, start, &options).err().unwrap().to_string();
    let options = EnsembleOptions::default();
    assert!(text(EnsembleOptions { horizon: Some(0.0), ..options }).contains("`horizon` is 0"));
    assert!(text(EnsembleOptions { relative: -1.0, ..options }).contains("`relative` is -1"));
    let descent =
        |options: DescentOptions| Descent::sphere(sphere(LAG), &schedule, uniform, options).err().unwrap().to_string();
    assert!(descent(DescentOptions { batch: 0, ..DescentOptions::default() }).contains("`batch` is 0"));
    assert!(descent(DescentOptions { step: 0.0, ..DescentOptions::default() }).contains("`step` is 0"));
}

/// Averages of (m_1, m_2, s) and of their products after some steps: the short cut against full vectors.
#[test]
fn descent_has_the_law_of_full_vectors() {
    const RUNS: u64 = 3000;
    let schedule = Schedule::geometric(20.0, 1.0).unwrap();
    for (dimension, score, variance) in [
        (6, true, SphereVariance::Lagging { dimension: 6.0 }),
        (6, false, SphereVariance::Lagging { dimension: 6.0 }),
        (2, true, SphereVariance::Lagging { dimension: 2.0 }),
        (5, true, SphereVariance::Slaved),
    ] {
        let trained = matches!(variance, SphereVariance::Lagging { .. });
        let plain = Plain {
            dimension,
            radius: 3.0,
            weight: 0.8,
            batch: 24,
            step: 0.1,
            steps: 15,
            score,
            on_sphere: true,
            trained,
            free_energy: true,
        };
        let options = DescentOptions { batch: 24, step: 0.1, steps: 15, score, ..DescentOptions::default() };
        let quick =
            Descent::sphere(sphere(variance), &schedule, SphereStart::new(dimension).unwrap(), options).unwrap();
        let full = |index: u64| {
            let ([a, b], _) = plain.run(&schedule, 100, index);
            let s: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum::<f64>() / 9.0;
            [a[0] / 3.0, b[0] / 3.0, s]
        };
        let features = |[m1, m2, s]: [f64; 3]| [m1, m2, s, m1 * m1, s * s, m1 * m2, m1 * s, (m1 - m2).abs()];
        let (one, other) = (moments(RUNS, |i| features(full(i))), moments(RUNS, |i| features(quick.statistics(7, i))));
        for (n, (a, b)) in one.iter().zip(&other).enumerate() {
            let error = a.1.hypot(b.1);
            // 4.5 standard errors: 7 false alarms in 10^6, times 32 comparisons.
            assert!((a.0 - b.0).abs() < 4.5 * error, "d = {dimension}, {variance:?}, feature {n}: {a:?} {b:?}");
        }
    }
}

/// Mean and its standard error for each feature.
fn moments<const N: usize>(runs: u64, feature: impl Fn(u64) -> [f64; N]) -> [(f64, f64); N] {
    let (mut sums, mut squares) = ([0.0; N], [0.0; N]);
    for index in 0..runs {
        for (n, value) in feature(index).into_iter().enumerate() {
            sums[n] += value;
            squares[n] += value * value;
        }
    }
    let n = runs as f64;
    std::array::from_fn(|i| {
        let mean = sums[i] / n;
        (mean, ((squares[i] / n - mean * mean) / n).sqrt())
    })
}
