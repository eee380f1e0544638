//! Adam's flow against Adam: the recursion with exact gradients, descent with large batches, counts.

use collapsar::adam::Adam;
use collapsar::montecarlo::{
    AdamEnsemble, AdamOptions, DescentOptions, MixtureDescent, MixtureDescentOptions, Optimiser,
};
use collapsar_theory::{
    AdamMemory, Family, MeanSpace, Problem, Rules, Schedule, Start, Target, VarianceRule, WeightRule,
};

/// tau_1 and tau_2 of Adam's usual decays at a learning rate of 0.01.
const TIMES: [f64; 2] = [0.095, 10.0];

/// Two components with a common trained variance on modes at distance 3 from the origin, on the first axis or diagonal.
fn problem(dimension: usize, diagonal: bool, weights: WeightRule, schedule: Schedule, variance: f64) -> Problem {
    let mut mode = vec![0.0; dimension];
    if diagonal {
        mode.fill(3.0 / (dimension as f64).sqrt());
    } else {
        mode[0] = 3.0;
    }
    let target = Target::new(vec![mode.clone(), mode.iter().map(|x| -x).collect()], vec![0.5; 2]).unwrap();
    let family = Family::new(vec![0.5; 2], Rules { variance: VarianceRule::Trained, weights, ..Rules::FREE }).unwrap();
    let start = Start::gaussian(dimension, 1.0).unwrap();
    Problem::new(target, family, schedule, start).unwrap().with_initial_variance(variance).unwrap()
}

/// Decays with the same memory at another step.
fn adam(step: f64) -> Adam {
    let [first, second] = TIMES.map(|tau| (-step / tau).exp());
    Adam { beta1: first, beta2: second, ..Adam::default() }
}

fn options(step: f64, horizon: f64) -> AdamOptions {
    AdamOptions { step, adam: adam(step), horizon, ..AdamOptions::default() }
}

/// Adam with exact gradients in the parameters of the flow, step by step.
fn recursion(ensemble: &AdamEnsemble<'_>, schedule: &Schedule, step: f64, steps: usize) -> Vec<f64> {
    let (flow, Adam { beta1: first, beta2: second, epsilon }) = (ensemble.flow(), adam(step));
    let state = ensemble.draw(3, 0).unwrap();
    let mut theta = flow.parameters(&state).to_vec();
    let (mut m, mut v) = (vec![0.0; theta.len()], vec![0.0; theta.len()]);
    let mut g = vec![0.0; theta.len()];
    for n in 0..steps {
        flow.gradient(schedule.beta(n as f64 * step), &theta, &mut g);
        let left = [first, second].map(|decay| 1.0 - decay.powi(n as i32 + 1));
        for i in 0..theta.len() {
            m[i] += (1.0 - first) * (g[i] - m[i]);
            v[i] += (1.0 - second) * (g[i] * g[i] - v[i]);
            theta[i] -= step * (m[i] / left[0]) / ((v[i] / left[1]).sqrt() + epsilon);
        }
    }
    theta
}

fn largest(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

/// The flow is the limit of small steps, to first order in the step.
#[test]
fn small_steps() {
    let schedule = Schedule::exponential(5.0, 0.5).unwrap();
    let problem = problem(3, true, WeightRule::Softmax, schedule.clone(), 5.0);
    let end = 2.0;
    let gap = |step: f64| {
        let ensemble = AdamEnsemble::new(&problem, options(step, end)).unwrap();
        let state = ensemble.fit(3, 0).unwrap();
        let steps = (end / step).round() as usize;
        largest(ensemble.flow().parameters(&state), &recursion(&ensemble, &schedule, step, steps))
    };
    let gaps = [0.004, 0.002, 0.001].map(gap);
    assert!(gaps[2] < 2e-3, "{gaps:?}");
    for pair in gaps.windows(2) {
        assert!((1.7..2.4).contains(&(pair[0] / pair[1])), "{gaps:?}");
    }
}

/// And of large batches, from the same starts.
#[test]
fn large_batches() {
    let (step, end) = (0.005, 1.5);
    let problem = problem(4, false, WeightRule::Fixed, Schedule::geometric(4.0, 1.0).unwrap(), 4.0);
    let ensemble = AdamEnsemble::new(&problem, options(step, end)).unwrap();
    let deviation = |batch: usize| {
        let options = DescentOptions {
            batch,
            step,
            steps: (end / step).round() as usize,
            score: false,
            optimiser: Optimiser::Adam(adam(step)),
            ..DescentOptions::default()
        };
        let own = MixtureDescentOptions { common: true, ..MixtureDescentOptions::default() };
        let descent = MixtureDescent::new(&problem, options, own).unwrap();
        let squares = (0..16).map(|index| {
            let state = ensemble.fit(5, index).unwrap();
            let means = descent.fit(5, index).0;
            let parameters = ensemble.flow().parameters(&state);
            means.iter().zip(parameters).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / means.len() as f64
        });
        // The median: starts beside a separatrix go elsewhere under the least noise.
        let mut all: Vec<f64> = squares.map(f64::sqrt).collect();
        all.sort_by(f64::total_cmp);
        all[8]
    };
    let [small, large] = [64, 4096].map(deviation);
    // Noise is averaged, as B^(-1/2), but also adds 1/B of its square to the second moment: both are smaller at 4096.
    assert!(large < 0.01 && small > 8.0 * large, "{small} {large}");
}

/// Coordinates are part of the problem: more is lost where the modes lie on an axis than on the diagonal, and descent with
/// Adam (batch 128, another variance for each component) counts the same.
#[test]
fn axis_and_diagonal() {
    let counts = [false, true].map(|diagonal| {
        let problem = problem(10, diagonal, WeightRule::Fixed, Schedule::constant(1.0).unwrap(), 1.0);
        let options = AdamOptions { horizon: 25.0, ..AdamOptions::default() };
        let flow = AdamEnsemble::new(&problem, options).unwrap().estimate(1, 200);
        let options = DescentOptions {
            batch: 128,
            step: 0.01,
            steps: 2500,
            score: false,
            optimiser: Optimiser::Adam(Adam::default()),
            ..DescentOptions::default()
        };
        let own = MixtureDescentOptions { antithetic: true, ..MixtureDescentOptions::default() };
        let descent = MixtureDescent::new(&problem, options, own).unwrap().estimate(1, 200);
        // Runs of one index share their start, so that their ends mostly agree.
        assert!(flow.collapsed.abs_diff(descent.collapsed) <= 14, "{flow:?} {descent:?}");
        flow.collapsed
    });
    assert!(counts[0] > counts[1] + 10, "{counts:?}");
}

/// From var(0) = 8000 the memory of the first gradients holds log var back: theory (27).
#[test]
fn the_memory_of_a_broad_start() {
    let problem = problem(10, false, WeightRule::Fixed, Schedule::constant(1.0).unwrap(), 8000.0);
    let options = AdamOptions { horizon: 25.0, ..AdamOptions::default() };
    let ensemble = AdamEnsemble::new(&problem, options).unwrap();
    let state = ensemble.fit(1, 0).unwrap();
    let variance = ensemble.flow().parameters(&state).last().unwrap().exp();
    // Descent of 2500 steps of 0.01, batch 128.
    assert!((50.0..54.0).contains(&variance), "{variance}");
}

#[test]
fn refusals() {
    assert!(AdamMemory::new(0.0, [0.9, 0.999], 1e-8).is_err());
    assert!(AdamMemory::new(0.1, [1.0, 0.999], 1e-8).is_err());
    let target = Target::pair(3.0, [0.5, 0.5]).unwrap();
    let family = Family::new(vec![0.5; 2], Rules { means: MeanSpace::Sphere, ..Rules::FREE }).unwrap();
    let start = Start::sphere(8).unwrap();
    let problem = Problem::new(target, family, Schedule::constant(1.0).unwrap(), start).unwrap();
    let refused = AdamEnsemble::new(&problem, AdamOptions::default()).unwrap_err().to_string();
    assert!(refused.contains("sphere"), "{refused}");
}
