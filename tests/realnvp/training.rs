//! RealNVP in training: known optima, determinism, divergence, records (theory section 10).

use std::sync::Mutex;

use collapsar::flows::{
    Architecture, BatchNorm, Conditioner, Flow, FlowProblem, Mask, Training, TrainingOutcome, TrainingRun, evaluate,
    train, train_many,
};
use collapsar_theory::{AdaptiveRule, Schedule, Target};

fn architecture() -> Architecture {
    Architecture { couplings: 4, hidden: vec![32], ..Architecture::default() }
}

fn problem(target: Target, schedule: Schedule, training: Training) -> FlowProblem {
    FlowProblem::new(architecture(), target, schedule, training).unwrap()
}

fn pair() -> Target {
    Target::pair(3.0, [0.7, 0.3]).unwrap()
}

fn evaluation<T>(run: &TrainingRun<T>) -> &collapsar::flows::Evaluation {
    match &run.outcome {
        TrainingOutcome::Trained(evaluation) => evaluation,
        TrainingOutcome::Diverged { step } => panic!("diverged at {step}"),
    }
}

#[test]
fn one_mode_is_fitted() {
    let target = Target::new(vec![vec![1.0, -2.0]], vec![1.0]).unwrap();
    let training = Training { steps: 1500, step_size: 3e-3, settle: 0.5, samples: 20_000, ..Training::default() };
    let problem = problem(target, Schedule::constant(1.0).unwrap(), training);
    let run = train::<f32>(&problem, 1, |_, _| ()).unwrap();
    let found = evaluation(&run);
    // With their errors: sqrt(2 KL/n), 3e-4 at this divergence.
    for kl in [found.kl_reverse, found.kl_forward] {
        assert!(kl.value + 2.0 * kl.error < 1e-3, "{found:?}");
    }
    assert!(found.reverse_ess > 0.99 && found.forward_ess > 0.99);
    assert!(found.log_z.value.abs() < 1e-2 && found.lost.is_empty() && found.spread.is_none());
    assert_eq!(found.coverage[0].value, 1.0);
    // The loss on the last batch is the same divergence.
    let last = run.records.last().unwrap();
    assert_eq!((last.step, last.beta), (1499, 1.0));
    assert!((last.losses.divergence - found.kl_reverse.value).abs() < 0.02);
    assert_eq!(last.losses.objective, last.losses.divergence);
}

#[test]
fn two_modes_are_covered_under_a_good_schedule_and_one_is_lost_without() {
    let training = Training { steps: 3000, step_size: 2e-3, settle: 0.3, samples: 20_000, ..Training::default() };
    let annealed = Schedule::geometric(10.0, 4.0).unwrap();
    let run = train::<f32>(&problem(pair(), annealed, training.clone()), 1, |_, _| ()).unwrap();
    let found = evaluation(&run);
    for (coverage, weight) in found.coverage.iter().zip([0.7, 0.3]) {
        assert!((coverage.value - weight).abs() < 0.02, "{found:?}");
    }
    assert!(found.lost.is_empty());
    // Two modes at +-3 with these weights: 1 + 9 (1 - 0.4^2) is the variance along their axis.
    let spread = found.spread.unwrap();
    assert!((spread.value - 8.56f64.sqrt()).abs() < 0.1, "{spread:?}");

    // The flow starts at the origin, where this target pulls to the nearer mode.
    let far = Target::new(vec![vec![2.0], vec![-8.0]], vec![0.5, 0.5]).unwrap();
    let cold = Schedule::constant(1.0).unwrap();
    let start = Training { steps: 500, ..training };
    for run in train_many::<f32>(&problem(far, cold, start), &[1, 2], |_, _, _| ()).unwrap() {
        let found = evaluation(&run);
        assert!(found.lost == [1] && found.coverage[1].value < 1e-3);
        // One of two equal modes: the divergence is log 2 in one direction and large in the other, which alone sees
        // what is missing.
        assert!((found.kl_reverse.value - 2f64.ln()).abs() < 0.05, "{found:?}");
        assert!(found.reverse_ess > 0.9 && found.forward_ess < 0.1 && found.kl_forward.value > 5.0);
        assert!((found.log_z.value + 2f64.ln()).abs() < 0.05);
    }
}

#[test]
fn evaluation_of_a_flow_that_is_known() {
    // The identity against one mode at a distance: every quantity in closed form.
    let flow = Flow::<f64>::new(&Architecture { dimension: 3, ..architecture() }.into(), 1).unwrap();
    let target = Target::new(vec![vec![0.5, 0.0, 0.0]], vec![1.0]).unwrap();
    let found = evaluate(&flow, &target.into(), 40_000, 7).unwrap();
    let close = |value: f64, exact: f64, error: f64| assert!((value - exact).abs() < 4.5 * error, "{value} {exact}");
    close(found.kl_reverse.value, 0.125, found.kl_reverse.error);
    close(found.kl_forward.value, 0.125, found.kl_forward.error);
    // log w is normal with standard deviation 0.5 under q.
    assert!((found.kl_reverse.error - 0.5 / 200.0).abs() < 1e-4);
    close(found.log_z.value, 0.0, found.log_z.error);
    assert!((found.reverse_ess - (-0.25f64).exp()).abs() < 0.01 && (found.forward_ess - (-0.25f64).exp()).abs() < 0.01);

    // The identity covers neither of two far modes better than the other.
    let found = evaluate(&flow, &Target::pair(3.0, [0.9, 0.1]).unwrap().into(), 40_000, 7).unwrap();
    let spread = found.spread.unwrap();
    close(spread.value, 1.0, spread.error);
    assert!((found.coverage[0].value + found.coverage[1].value - 1.0).abs() < 1e-12);
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let shapes = [
        (architecture(), 100, 20),
        // Wide enough that the two networks of a coupling share two threads.
        (
            Architecture {
                dimension: 8,
                couplings: 2,
                hidden: vec![256, 256],
                batch_norm: BatchNorm::Hidden,
                conditioner: Conditioner::Separate,
                ..Architecture::default()
            },
            1024,
            2,
        ),
    ];
    for (architecture, batch, steps) in shapes {
        let training = Training { steps, batch, samples: 300, ..Training::default() };
        let schedule = Schedule::geometric(4.0, 0.01).unwrap();
        let problem = FlowProblem::new(architecture, pair(), schedule, training).unwrap();
        let seeds = [5, 1, 9];
        let alone: Vec<_> = seeds.iter().map(|&s| train::<f32>(&problem, s, |_, _| ()).unwrap()).collect();
        for threads in [1, 2, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let together = pool.install(|| train_many::<f32>(&problem, &seeds, |_, _, _| ())).unwrap();
            for (a, b) in alone.iter().zip(&together) {
                assert_eq!((a.seed, a.flow.parameters()), (b.seed, b.flow.parameters()));
                assert_eq!((&a.records, &a.outcome), (&b.records, &b.outcome));
            }
        }
        assert_ne!(alone[0].flow.parameters(), alone[1].flow.parameters());
        assert!(train_many::<f32>(&problem, &[], |_, _, _| ()).unwrap().is_empty());
    }
}

#[test]
fn divergence_is_an_outcome() {
    let training = Training { steps: 200, step_size: 1e30, clip: None, samples: 10, ..Training::default() };
    let run = train::<f32>(&problem(pair(), Schedule::constant(1.0).unwrap(), training), 1, |_, _| ()).unwrap();
    assert!(
        matches!(run.outcome, TrainingOutcome::Diverged { step } if (1..=200).contains(&step)),
        "{:?}",
        run.outcome
    );
    assert!(run.records.iter().all(|r| r.losses.objective.is_finite()));
}

#[test]
fn the_observer_sees_every_record() {
    let training = Training { steps: 45, batch: 8, every: 20, samples: 10, ..Training::default() };
    let schedule = Schedule::linear_beta(4.0, 0.045).unwrap();
    let problem = problem(pair(), schedule.clone(), training);
    let mut seen = Vec::new();
    let run = train::<f64>(&problem, 2, |record, flow| seen.push((*record, flow.parameters()[0]))).unwrap();
    assert_eq!(seen.iter().map(|s| s.0.step).collect::<Vec<_>>(), [0, 20, 40, 44]);
    assert_eq!(seen.iter().map(|s| s.0).collect::<Vec<_>>(), run.records);
    assert_eq!(seen[3].1, run.flow.parameters()[0]);
    // Time is the number of steps times their size.
    assert!(run.records.iter().all(|r| r.beta == schedule.beta(r.step as f64 * 1e-3)));

    let steps = Mutex::new(Vec::new());
    train_many::<f64>(&problem, &[2, 3], |seed, record, _| steps.lock().unwrap().push((seed, record.step))).unwrap();
    let mut steps = steps.into_inner().unwrap();
    steps.sort_unstable();
    assert_eq!(steps, [(2, 0), (2, 20), (2, 40), (2, 44), (3, 0), (3, 20), (3, 40), (3, 44)]);
}

#[test]
fn permuting_coordinates_and_modes_changes_nothing() {
    // Halves of (a, b, c, d) are those of a checkerboard of (a, c, b, d).
    let order = [0, 2, 1, 3];
    let mode = |nu: [f64; 4]| nu.to_vec();
    let (one, two) = ([1.0, 2.0, -1.0, 0.5], [-1.0, 0.3, 0.0, 2.0]);
    let permuted = |nu: [f64; 4]| mode(order.map(|i| nu[i]));
    let run = |mask: Mask, modes: Vec<Vec<f64>>, weights: [f64; 2]| {
        let architecture = Architecture { dimension: 4, mask, ..architecture() };
        let target = Target::new(modes, weights.to_vec()).unwrap();
        let training = Training { steps: 20, batch: 32, every: 1, samples: 10, ..Training::default() };
        let schedule = Schedule::constant(2.0).unwrap();
        let problem = FlowProblem::new(architecture, target, schedule, training).unwrap();
        let run = train::<f64>(&problem, 4, |_, _| ()).unwrap();
        run.records.iter().map(|r| r.losses.objective).collect::<Vec<_>>()
    };
    let plain = run(Mask::Halves, vec![mode(one), mode(two)], [0.6, 0.4]);
    assert_eq!(plain, run(Mask::Checkerboard, vec![permuted(one), permuted(two)], [0.6, 0.4]));
    let swapped = run(Mask::Halves, vec![mode(two), mode(one)], [0.4, 0.6]);
    assert!(plain.iter().zip(&swapped).all(|(a, b)| (a - b).abs() < 1e-12));
}

/// A rule that watches the fit looks at the batch of each step that ends an interval, and no run knows of another.
#[test]
fn training_watches_its_batches() {
    let training = Training { steps: 600, step_size: 2e-3, batch: 256, every: 1, samples: 2000, ..Training::default() };
    let rule = AdaptiveRule::kl(10.0, 0.5, 0.05).unwrap();
    let problem = problem(pair(), Schedule::constant(10.0).unwrap(), training).with_rule(rule);
    let runs = train_many::<f32>(&problem, &[1, 2], |_, _, _| ()).unwrap();
    for run in &runs {
        let betas: Vec<f64> = run.records.iter().map(|record| record.beta).collect();
        let cold = run.cold.unwrap();
        // Steps 0 to 24 take 0.05 units of time.
        assert!(betas[..25].iter().all(|&beta| beta == 0.1) && betas[25] > 0.1);
        assert!(betas.chunks(25).all(|same| same.iter().all(|beta| beta == &same[0])));
        assert!(betas.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(cold % 25 == 0 && betas[cold - 1] < 1.0 && betas[cold..].iter().all(|&beta| beta == 1.0), "{cold}");
        // A fit that follows is wide: sqrt(2/d)/beta = 1/beta in the plane, within a factor.
        let first = betas[25] - 0.1;
        assert!((0.2 * 0.05..5.0 * 0.5).contains(&first), "{first}");
    }
    let again = train::<f32>(&problem, 2, |_, _| ()).unwrap();
    assert_eq!((again.cold, again.records), (runs[1].cold, runs[1].records.clone()));
    assert!(runs[0].records[30].beta != runs[1].records[30].beta, "each has its own");
}

/// A flow that stands still over one Gaussian sees the variance d/2 of its log density: steps of tau sqrt(2/d).
#[test]
fn a_fixed_flow_is_cooled_in_equal_steps() {
    let training =
        Training { steps: 300, step_size: 1e-9, batch: 4096, every: 1, samples: 2000, ..Training::default() };
    let rule = AdaptiveRule::kl(4.0, 0.1, 1e-9).unwrap();
    let target = Target::new(vec![vec![0.0, 0.0]], vec![1.0]).unwrap();
    let problem = problem(target, Schedule::constant(4.0).unwrap(), training).with_rule(rule);
    let run = train::<f64>(&problem, 1, |_, _| ()).unwrap();
    // The untrained flow is not quite the base, N(0, I).
    let steps: Vec<f64> = run.records.windows(2).map(|pair| pair[1].beta - pair[0].beta).collect();
    let mean = steps[..5].iter().sum::<f64>() / 5.0;
    assert!((mean / 0.1 - 1.0).abs() < 0.3, "{mean}");
    assert!(run.cold.unwrap().abs_diff((0.75 / mean).ceil() as usize) <= 1, "{:?} {mean}", run.cold);
}
