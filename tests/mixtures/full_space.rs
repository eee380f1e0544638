//! Level (b): full means in R^d against the reduced run, trajectory by trajectory.

use collapsar::montecarlo::{MixtureEnsemble, MixtureOptions, draw_start};
use collapsar::random::stream;
use collapsar_theory::{
    CubatureOptions, Frame, MixtureFlow, MixtureState, Problem, Rules, Schedule, Start, Target, WeightRule,
};

use crate::problem;

const D: usize = 20;
const END: f64 = 6.0;
const STEPS: usize = 300;

/// Theory (2) and (4) in R^d, written out plainly; state: K x d means, then K log weights.
fn rate(flow: &MixtureFlow, modes: &[Vec<f64>], beta: f64, softmax: bool, y: &[f64]) -> Vec<f64> {
    let (k, p) = (flow.components(), modes.len());
    let (means, logs) = y.split_at(k * D);
    let total: f64 = logs.iter().map(|l| l.exp()).sum();
    let log_weights: Vec<f64> = logs.iter().map(|l| l - total.ln()).collect();
    let weights: Vec<f64> = log_weights.iter().map(|l| l.exp()).collect();
    let averages = flow.averages(&MixtureState { means: means.to_vec(), log_weights, variance: 1.0, power: 1.0 });
    let mut out = vec![0.0; y.len()];
    for i in 0..k {
        for axis in 0..D {
            let mut force = (beta - 1.0) * means[i * D + axis];
            force += (0..k).map(|j| averages.own[i * k + j] * means[j * D + axis]).sum::<f64>();
            force -= beta * (0..p).map(|m| averages.target[i * p + m] * modes[m][axis]).sum::<f64>();
            out[i * D + axis] = -weights[i] * force;
        }
    }
    let forces: Vec<f64> = (0..k).map(|i| averages.log_own[i] - beta * averages.log_target[i]).collect();
    let mean: f64 = weights.iter().zip(&forces).map(|(w, f)| w * f).sum();
    for i in 0..k {
        out[k * D + i] = -(forces[i] - mean) * if softmax { weights[i] } else { 1.0 };
    }
    out
}

/// The state at `END` by the classical fourth-order Runge-Kutta method.
fn full_run(flow: &MixtureFlow, modes: &[Vec<f64>], schedule: &Schedule, softmax: bool, start: Vec<f64>) -> Vec<f64> {
    let h = END / STEPS as f64;
    let mut y = start;
    let moved = |y: &[f64], k: &[f64], h: f64| -> Vec<f64> { y.iter().zip(k).map(|(a, b)| a + h * b).collect() };
    for n in 0..STEPS {
        let t = h * n as f64;
        let at = |t: f64, y: &[f64]| rate(flow, modes, schedule.beta(t), softmax, y);
        let k1 = at(t, &y);
        let k2 = at(t + h / 2.0, &moved(&y, &k1, h / 2.0));
        let k3 = at(t + h / 2.0, &moved(&y, &k2, h / 2.0));
        let k4 = at(t + h, &moved(&y, &k3, h));
        for i in 0..y.len() {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y
}

/// Three modes in R^20 that lie along no axis.
fn oblique(rule: WeightRule) -> Problem {
    let mode = |m: usize| (0..D).map(|axis| ((3 * m + 1) as f64 * (axis + 1) as f64).sin()).collect::<Vec<f64>>();
    let target = Target::new((0..3).map(mode).collect(), vec![0.5, 0.3, 0.2]).unwrap();
    let schedule = Schedule::exponential(4.0, 0.5).unwrap();
    let rules = Rules { weights: rule, ..Rules::FREE };
    problem(target, vec![0.4, 0.35, 0.25], rules, schedule, Start::gaussian(D, 0.5).unwrap())
}

#[test]
fn full_means_follow_the_reduced_run() {
    for (rule, draws) in [(WeightRule::FisherRao, 0..2), (WeightRule::Softmax, 2..3)] {
        let problem = oblique(rule);
        let options = MixtureOptions { relative: 1e-10, horizon: Some(END), ..MixtureOptions::default() };
        let ensemble = MixtureEnsemble::new(&problem, 1.0, &options).unwrap();
        let modes = problem.target().modes().to_vec();
        let full = MixtureFlow::new(&problem, modes.concat(), D, &CubatureOptions::default()).unwrap();
        for index in draws {
            let reduced = ensemble.run(7, index);
            let start = draw_start(&problem, &mut stream(7, index)).unwrap();
            // A frame of R^20 whose first vectors are those that the draw's coordinates along the modes refer to.
            let axis = |i: usize| (0..D).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
            let others: Vec<Vec<f64>> = (0..start.dimension - 3).map(axis).collect();
            let vectors: Vec<&[f64]> = modes.iter().chain(&others).map(Vec::as_slice).collect();
            let frame = Frame::spanning(&vectors);
            assert_eq!(frame.dimension(), start.dimension);
            let mut y: Vec<f64> = start.means.chunks(start.dimension).flat_map(|mean| frame.embed(mean)).collect();
            y.extend(problem.family().weights().iter().map(|w| w.ln()));
            let y = full_run(&full, &modes, problem.schedule(), rule == WeightRule::Softmax, y);
            let coverage = full.coverage(problem.schedule().beta(END), &y);
            // Runge-Kutta at h = 0.02: (0.02)^4 times derivatives of order 1 over 6 units, and 1e-10 of the averages.
            for (a, b) in coverage.iter().zip(&reduced.coverage) {
                assert!((a - b).abs() < 1e-7, "{rule:?} {index}: {coverage:?} against {:?}", reduced.coverage);
            }
        }
    }
}
