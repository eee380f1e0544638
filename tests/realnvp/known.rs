//! Targets with shapes and named densities: samples, densities, training.

use collapsar::flows::{
    Architecture, FlowProblem, FlowTarget, Initial, Mask, Trainer, Training, TrainingOutcome, train,
};
use collapsar_theory::{Benchmark, BenchmarkKind, GaussianMixture, Schedule};

fn crossed() -> FlowTarget {
    let covariances = vec![vec![vec![1.5, 0.6], vec![0.6, 0.8]], vec![vec![0.3, 0.0], vec![0.0, 2.0]]];
    GaussianMixture::new(vec![0.7, 0.3], vec![vec![2.0, 0.0], vec![-1.5, 1.0]], covariances).unwrap().into()
}

fn named(kind: BenchmarkKind, dimension: usize) -> FlowTarget {
    Benchmark::new(kind, dimension).unwrap().into()
}

/// The score of a target at one point.
fn score(target: &FlowTarget, x: &[f64], out: &mut [f64]) {
    match target {
        FlowTarget::Shaped(mixture) => drop(mixture.evaluate(x, &mut [0.0; 2], out)),
        FlowTarget::Benchmark(benchmark) => drop(benchmark.score(x, out)),
        FlowTarget::Mixture(_) => unreachable!(),
    }
}

/// Stein: E_p[score] = 0 and E_p[x_i score_i] = -1 where p vanishes far away; and every mode has its share.
#[test]
fn samples_are_those_of_the_density() {
    let cases = [
        (crossed(), 2),
        (named(BenchmarkKind::ManyWell, 4), 4),
        (named(BenchmarkKind::TwoMoons, 2), 2),
        (named(BenchmarkKind::Rings, 2), 2),
        (named(BenchmarkKind::Funnel, 3), 3),
    ];
    const N: usize = 40_000;
    for (target, d) in cases {
        let points = target.sample(d, N, 5);
        assert_eq!(points[..10 * d], target.sample(d, 10, 5));
        let mut sums = vec![[0.0f64; 2]; 2 * d];
        let (mut at, shares) = (vec![0.0; d], target.shares());
        let mut found = vec![0.0; shares.len()];
        let mut s = vec![0.0; shares.len()];
        for x in points.chunks_exact(d) {
            score(&target, x, &mut at);
            for i in 0..d {
                for (place, value) in [(i, at[i]), (d + i, 1.0 + x[i] * at[i])] {
                    sums[place][0] += value;
                    sums[place][1] += value * value;
                }
            }
            if let FlowTarget::Benchmark(benchmark) = &target {
                benchmark.log_density(x, &mut s);
                found.iter_mut().zip(&s).for_each(|(sum, s)| *sum += s / N as f64);
            }
        }
        for [sum, square] in sums {
            let error = (square / N as f64).sqrt() / (N as f64).sqrt();
            assert!((sum / N as f64).abs() < 4.5 * error, "{target:?}: {} +- {error}", sum / N as f64);
        }
        if matches!(target, FlowTarget::Benchmark(_)) {
            for (found, v) in found.iter().zip(&shares) {
                assert!((found - v).abs() < 4.5 * (0.25 / N as f64).sqrt(), "{target:?}: {found} for {v}");
            }
        }
    }
}

fn architecture(dimension: usize) -> Architecture {
    Architecture {
        dimension,
        couplings: 6,
        hidden: vec![32],
        mask: Mask::Checkerboard,
        initial: Initial::Uniform,
        ..Architecture::default()
    }
}

/// The gradient of a step is that of its objective, for targets that are asked in natural order.
#[test]
fn gradients_are_those_of_the_objective() {
    for target in [crossed(), named(BenchmarkKind::TwoMoons, 2), named(BenchmarkKind::ManyWell, 2)] {
        let training = Training { batch: 9, ..Training::default() };
        let schedule = Schedule::constant(2.0).unwrap();
        let small = Architecture { couplings: 2, hidden: vec![5], ..architecture(2) };
        let problem = FlowProblem::new(small, target, schedule, training).unwrap();
        let mut trainer = Trainer::<f64>::new(&problem, 3).unwrap();
        let gradient = trainer.gradient().1.to_vec();
        for place in [0, gradient.len() / 2, gradient.len() - 1] {
            let mut at = |h: f64| {
                trainer.flow_mut().parameters_mut()[place] += h;
                let value = trainer.gradient().0.objective;
                trainer.flow_mut().parameters_mut()[place] -= h;
                value
            };
            let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((slope - gradient[place]).abs() < 1e-6 * (1.0 + slope.abs()), "{slope} {}", gradient[place]);
        }
    }
}

/// Heat finds both moons; divergences are absolute, since the constant is known.
#[test]
fn an_annealed_flow_keeps_both_moons() {
    let training =
        Training { steps: 1500, batch: 128, step_size: 2e-3, settle: 0.2, samples: 4000, ..Training::default() };
    let schedule = Schedule::geometric(10.0, 1.5).unwrap();
    let problem = FlowProblem::new(architecture(2), named(BenchmarkKind::TwoMoons, 2), schedule, training).unwrap();
    let run = train::<f32>(&problem, 1, |_, _| ()).unwrap();
    let TrainingOutcome::Trained(found) = run.outcome else { panic!("{:?}", run.outcome) };
    println!("{found:?}");
    assert!(found.lost.is_empty() && found.spread.is_none());
    assert!(found.kl_reverse.value > 0.0 && found.kl_reverse.value < 0.5, "{found:?}");
    assert!(found.log_z.value.abs() < 0.3, "{found:?}");
}

#[test]
fn a_target_of_another_dimension_is_refused() {
    let problem =
        |target| FlowProblem::new(architecture(3), target, Schedule::constant(1.0).unwrap(), Training::default());
    for target in [crossed(), named(BenchmarkKind::Rings, 2)] {
        assert_eq!(problem(target).unwrap_err().rule(), "be that of the flow, 3");
    }
}
