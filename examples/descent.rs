//! The tables of `benches/descent.md`: stochastic descent, level (c), against the flow, level (a), as its step falls
//! and its batch grows.
//!
//!     cargo run --release --example descent > benches/descent.md

#[path = "../tests/montecarlo/deviation.rs"]
mod deviation;

use deviation::{Setting, slope};

const STEPS: [f64; 5] = [0.2, 0.1, 0.05, 0.025, 0.0125];
const BATCHES: [usize; 5] = [16, 128, 1024, 8192, 65_536];
/// Starts of a root mean square, and runs of a probability.
const STARTS: u64 = 64;
const RUNS: u64 = 20_000;

fn statistics(setting: &Setting) {
    println!("## Statistics at a finite time\n");
    println!(
        "Root mean square over {STARTS} starts of |(m_1, m_2, s) of (c) - of (a)| at t = {}, from the same means.\n",
        setting.end
    );
    println!("| step | {} | slope in B |", BATCHES.map(|b| format!("B = {b}")).join(" | "));
    println!("|---|{}---:|", "---:|".repeat(BATCHES.len()));
    let logs = |values: &[f64]| values.iter().map(|v| v.ln()).collect::<Vec<f64>>();
    let batches: Vec<f64> = BATCHES.iter().map(|b| (*b as f64).ln()).collect();
    let mut columns = vec![Vec::new(); BATCHES.len()];
    for step in STEPS {
        let row: Vec<f64> = BATCHES.iter().map(|&batch| setting.deviation(step, batch, STARTS)).collect();
        let cells: Vec<String> = row.iter().map(|v| format!("{v:.5}")).collect();
        // The three smallest batches: the noise.
        println!("| {step} | {} | {:.2} |", cells.join(" | "), slope(&batches[..3], &logs(&row)[..3]));
        columns.iter_mut().zip(row).for_each(|(column, v)| column.push(v));
    }
    let steps: Vec<f64> = STEPS.iter().map(|s| s.ln()).collect();
    let slopes: Vec<String> = columns.iter().map(|column| format!("{:.2}", slope(&steps, &logs(column)))).collect();
    println!("| slope in the step | {} | |\n", slopes.join(" | "));
    println!(
        "Slopes of logarithms: noise of size sqrt(step/B) has 1/2 in the step and -1/2 in B (fitted to the three \
         smallest"
    );
    println!(
        "batches), the bias of Euler's method has 1 in the step. Model (noise^2 step/B + bias^2 step^2)^(1/2), \
         fitted at the two"
    );
    let noise = columns[0][STEPS.len() - 1] / (STEPS[STEPS.len() - 1] / BATCHES[0] as f64).sqrt();
    let bias = columns[BATCHES.len() - 1][0] / STEPS[0];
    println!("corners where one of them rules: noise = {noise:.2}, bias = {bias:.3}.\n");
}

fn probabilities(setting: &Setting) {
    println!("## Probability of collapse\n");
    let flow = setting.flow_probability(RUNS);
    println!(
        "Share of {RUNS} runs collapsed at t = {}, (c) minus (a) from the same means, which is {flow:.4}.\n",
        setting.end
    );
    let batches = [8, 32, 128, 512];
    println!("| step | {} |\n|---|{}", batches.map(|b| format!("B = {b}")).join(" | "), "---:|".repeat(batches.len()));
    for step in [0.4, 0.2, 0.1, 0.05] {
        let row = batches.map(|batch| format!("{:+.4}", setting.probability(step, batch, RUNS) - flow));
        println!("| {step} | {} |", row.join(" | "));
    }
}

fn main() {
    println!("# Stochastic descent against the flow\n");
    println!(
        "`cargo run --release --example descent`. Sphere pair, R = 3, w* = 0.8, slaved variance, score included.\n"
    );
    println!(
        "Geometric cooling; d = {}, T0 = {}, t0 = {}.\n",
        Setting::STATISTICS.dimension,
        Setting::STATISTICS.hot,
        Setting::STATISTICS.cooling
    );
    statistics(&Setting::STATISTICS);
    println!(
        "Geometric cooling; d = {}, T0 = {}, t0 = {}.\n",
        Setting::PROBABILITY.dimension,
        Setting::PROBABILITY.hot,
        Setting::PROBABILITY.cooling
    );
    probabilities(&Setting::PROBABILITY);
}
