//! Product measures trained as flows: gradients, against the exact mean field of theory, on a density, weights.

use collapsar::flows::{
    CoordinateMaps, Evaluation, Flow, FlowKind, FlowProblem, Initial, LogDensity, Trainer, Training, TrainingOutcome,
    TrainingRun, Transport, train, train_on_density,
};
use collapsar_theory::{
    GaussianMeanField, Group, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, Schedule, Target,
};

fn maps(dimension: usize, knots: usize) -> CoordinateMaps {
    CoordinateMaps { dimension, knots, ..CoordinateMaps::default() }
}

fn target(dimension: usize) -> Target {
    let mode = |x: f64| (0..dimension).map(|i| x / (1.0 + i as f64)).collect();
    Target::new(vec![mode(1.5), mode(-1.0), mode(0.2)], vec![0.5, 0.3, 0.2]).unwrap()
}

#[test]
fn the_gradient_is_that_of_the_objective() {
    for (dimension, knots, initial, rotation) in [
        (1, 1, Initial::Uniform, false),
        (3, 2, Initial::Masked, false),
        (2, 5, Initial::Identity, true),
        (4, 9, Initial::Uniform, true),
        (4, 33, Initial::Uniform, false),
    ] {
        let kind = CoordinateMaps { initial, rotation, ..maps(dimension, knots) };
        // More rows than go together.
        let training = Training { batch: 150, ..Training::default() };
        let problem = FlowProblem::new(kind, target(dimension), Schedule::constant(2.0).unwrap(), training).unwrap();
        let mut trainer = Trainer::<f64>::new(&problem, 5).unwrap();
        // Rough slopes, so that no piece is straight.
        let rough = trainer.flow_mut().parameters_mut().iter_mut().enumerate();
        rough.for_each(|(i, p)| *p += 0.5 * (1.7 * i as f64).sin());
        let gradient = trainer.gradient().1.to_vec();
        let size = gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
        let step = 1e-5;
        for i in 0..gradient.len() {
            let value = trainer.flow().parameters()[i];
            let mut at = |x: f64| {
                trainer.flow_mut().parameters_mut()[i] = x;
                trainer.gradient().0.objective
            };
            let slope = (at(value + step) - at(value - step)) / (2.0 * step);
            at(value);
            assert!((slope - gradient[i]).abs() < 1e-7 * size, "{dimension} {knots} {i}: {slope} {}", gradient[i]);
        }
        assert!(2 * gradient.iter().filter(|g| **g != 0.0).count() > gradient.len(), "{gradient:?}");
    }
}

/// Half separations of 0.6 N(a, I) + 0.4 N(-a, I) in five dimensions, |a| = 1.8: a product measure collapses.
const GROUPS: [Group; 2] = [Group { half_separation: 1.0, count: 2 }, Group { half_separation: 0.64, count: 3 }];

fn separations() -> Vec<f64> {
    GROUPS.iter().flat_map(|g| vec![g.half_separation; g.count]).collect()
}

fn pair() -> MeanFieldPair {
    MeanFieldPair::new(GROUPS.to_vec(), 0.6, 1.0).unwrap()
}

/// A fit of the pair and what it was found to be.
fn fitted(knots: usize, batch: usize, seed: u64) -> (Flow<f64>, Evaluation) {
    let a = separations();
    let back = a.iter().map(|a| -a).collect();
    let target = Target::new(vec![a, back], vec![0.6, 0.4]).unwrap();
    let training =
        Training { steps: 3000, batch, step_size: 1e-2, settle: 0.5, samples: 100_000, ..Training::default() };
    let problem = FlowProblem::new(maps(5, knots), target, Schedule::constant(1.0).unwrap(), training).unwrap();
    let TrainingRun { flow, outcome: TrainingOutcome::Trained(found), .. } =
        train::<f64>(&problem, seed, |_, _| ()).unwrap()
    else {
        panic!("diverged");
    };
    (flow, found)
}

/// The mode that a collapsed fit is on.
fn side(found: &Evaluation) -> MeanFieldStart {
    if found.coverage[0].value > 0.5 { MeanFieldStart::Plus } else { MeanFieldStart::Minus }
}

/// One knot: the stationary points of mean field (M34), mu_j = +-a_j theta and 1/s_j = 1 - a_j^2 kappa_2. The error of the
/// parameters is that of sampling: its square falls like 1/batch.
#[test]
fn one_knot_is_the_gaussian_mean_field() {
    let mut errors = Vec::new();
    for batch in [16, 256] {
        let mut square = 0.0;
        for seed in 0..6 {
            let (flow, found) = fitted(1, batch, seed);
            let exact = GaussianMeanField::solve(&pair(), side(&found)).unwrap().unwrap();
            for (a, fitted) in separations().into_iter().zip(flow.parameters().chunks_exact(2)) {
                let deviation = -0.5 * (1.0 - a * a * exact.kappa2).ln();
                square += (fitted[0] - a * exact.theta).powi(2) + (fitted[1] - deviation).powi(2);
            }
            if batch == 256 {
                let gap = (found.kl_reverse.value - exact.objective).abs();
                assert!(gap < 3.0 * found.kl_reverse.error, "{seed}: {found:?}, {exact:?}");
            }
        }
        errors.push(square / 60.0);
    }
    println!("{errors:?}");
    assert!(errors[1] < 2e-5 && (6.0..40.0).contains(&(errors[0] / errors[1])), "{errors:?}");
}

/// Many knots: the optimum of all product measures, and below the Gaussian one by as much, at the same base points.
#[test]
fn maps_find_the_optimum_of_products() {
    let fit = MeanField::new(pair(), MeanFieldOptions::default()).unwrap();
    for seed in 0..2 {
        let [(_, found), (_, gaussian)] = [65, 1].map(|knots| fitted(knots, 256, seed));
        let exact = fit.solve(side(&found)).unwrap().observables;
        let above = GaussianMeanField::solve(&pair(), side(&gaussian)).unwrap().unwrap().objective - exact.objective;
        println!("{} {}, {} {above}", found.kl_reverse.value, exact.objective, gaussian.kl_reverse.value);
        assert!((found.kl_reverse.value - exact.objective).abs() < 3.0 * found.kl_reverse.error);
        assert!((found.coverage[0].value - exact.coverage_plus()).abs() < 2e-3);
        assert_eq!(found.lost.len(), 1);
        assert!((gaussian.kl_reverse.value - found.kl_reverse.value - above).abs() < 1.5e-3 && above > 2.5e-3);
    }
}

/// Two modes along an axis are a product, and kept; turned by 45 degrees, the same two are not.
#[test]
fn the_axes_decide_whether_a_product_collapses() {
    for (turned, kept) in [(false, true), (true, false)] {
        let r: f64 = 2.2;
        let a = if turned { vec![r * 0.5f64.sqrt(); 2] } else { vec![r, 0.0] };
        let back = a.iter().map(|a| -a).collect();
        let target = Target::new(vec![a, back], vec![0.6, 0.4]).unwrap();
        let training = Training { steps: 2000, step_size: 2e-2, settle: 0.5, ..Training::default() };
        let problem = FlowProblem::new(maps(2, 65), target, Schedule::constant(1.0).unwrap(), training).unwrap();
        let run = train::<f32>(&problem, 1, |_, _| ()).unwrap();
        let TrainingOutcome::Trained(found) = run.outcome else { panic!("{:?}", run.outcome) };
        assert_eq!(found.lost.is_empty(), kept, "{turned}: {found:?}");
        if kept {
            assert!(found.kl_reverse.value < 3e-3 && found.forward_ess > 0.99, "{found:?}");
            assert!((found.coverage[0].value - 0.6).abs() < 0.01, "{found:?}");
        }
    }
}

/// A pair in five dimensions along no axis: with a rotation a product measure is the target, and it is found by stochastic
/// gradients when the fit is cooled.
#[test]
fn a_rotation_that_is_trained_keeps_both_modes() {
    let a = vec![1.6, 0.9, -1.1, 0.4, 0.7];
    let back = a.iter().map(|a| -a).collect();
    let target = Target::new(vec![a.clone(), back], vec![0.6, 0.4]).unwrap();
    let training = Training { steps: 3000, step_size: 1e-2, settle: 0.5, ..Training::default() };
    let schedule = Schedule::geometric(6.0, 10.0).unwrap();
    for (rotation, kept) in [(true, true), (false, false)] {
        let kind = CoordinateMaps { rotation, initial: Initial::Masked, ..maps(5, 33) };
        let problem = FlowProblem::new(kind, target.clone(), schedule.clone(), training.clone()).unwrap();
        let run = train::<f64>(&problem, 2, |_, _| ()).unwrap();
        let TrainingOutcome::Trained(found) = run.outcome else { panic!("{:?}", run.outcome) };
        println!("{rotation}: {found:?}");
        assert_eq!(found.lost.is_empty(), kept, "{found:?}");
        if kept {
            assert!(found.kl_reverse.value < 5e-3 && found.forward_ess > 0.98, "{found:?}");
            assert!((found.coverage[0].value - 0.6).abs() < 0.02, "{found:?}");
            let back = Flow::<f64>::from_safetensors(&run.flow.to_safetensors().unwrap()).unwrap();
            assert_eq!((back.kind(), back.sample(3, 50)), (run.flow.kind(), run.flow.sample(3, 50)));
        }
    }
    let refused = Flow::<f64>::new(&CoordinateMaps { rotation: true, ..maps(257, 1) }.into(), 1).unwrap_err();
    assert_eq!(refused.to_string(), "`dimension` is 257: it must be at most 256 with a rotation");
}

/// Three double wells -x^4 + 6 x^2 + x/2 (arXiv 2208.01893): a product that is no mixture of Gaussians, known by its density.
struct Wells;

impl LogDensity for Wells {
    fn evaluate(&self, points: &[f64], log_p: &mut [f64], score: &mut [f64]) {
        let well = |x: f64| -x.powi(4) + 6.0 * x * x + 0.5 * x;
        for (x, log) in points.chunks_exact(3).zip(log_p) {
            *log = x.iter().map(|x| well(*x)).sum();
        }
        score.iter_mut().zip(points).for_each(|(s, x)| *s = -4.0 * x.powi(3) + 12.0 * x + 0.5);
    }
}

/// A product keeps what is a product without annealing: all eight wells, with their weights, .15 and .85 in each coordinate.
#[test]
fn all_eight_wells_of_a_product_are_kept() {
    let well = |x: f64| (-x.powi(4) + 6.0 * x * x + 0.5 * x).exp();
    let log_z = 3.0 * (1e-3 * (-4000..=4000).map(|i| well(1e-3 * f64::from(i))).sum::<f64>()).ln();
    let training = Training { steps: 4000, step_size: 2e-2, settle: 0.5, ..Training::default() };
    let problem = FlowProblem::on_density(maps(3, 65), Wells, Schedule::constant(1.0).unwrap(), training).unwrap();
    let run = train_on_density::<f64, _>(&problem, 1, |_, _| ()).unwrap();
    let TrainingOutcome::Trained(found) = run.outcome else { panic!("{:?}", run.outcome) };
    println!("{log_z}: {found:?}");
    assert!((found.log_z.value - log_z).abs() < 0.01, "{log_z}: {found:?}");
    assert!(found.kl_reverse.value + log_z < 0.04 && found.reverse_ess > 0.95, "{found:?}");
}

#[test]
fn a_product_survives_its_file_and_bad_ones_are_refused() {
    let (flow, _) = fitted(5, 16, 1);
    let bytes = flow.to_safetensors().unwrap();
    let back = Flow::<f64>::from_safetensors(&bytes).unwrap();
    assert_eq!((back.kind(), back.parameters()), (maps(5, 5).into(), flow.parameters()));
    assert_eq!(back.sample(3, 200), flow.sample(3, 200));
    // Its density is that of its samples: log q(f(z)) by the inverse and by the map itself.
    let points = back.sample(3, 200);
    let logs = back.log_density(&points).unwrap();
    let base = back.inverse(&points).unwrap();
    let forward = back.forward(&base.points).unwrap();
    for (i, log) in logs.iter().enumerate() {
        let square: f64 = base.points[5 * i..5 * (i + 1)].iter().map(|z| z * z).sum();
        let by_map = -0.5 * square - 2.5 * std::f64::consts::TAU.ln() - forward.log_determinant[i];
        assert!((log - by_map).abs() < 1e-12);
    }
    let replaced = |from: &str, to: &str| {
        let at = bytes.windows(from.len()).position(|part| part == from.as_bytes()).unwrap();
        let mut bytes = bytes.clone();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        Flow::<f64>::from_safetensors(&bytes).unwrap_err().to_string()
    };
    assert_eq!(replaced("knots\\\":5", "knots\\\":0"), "`knots` is 0: it must lie between 1 and 1025");
    let shape = replaced("knots\\\":5", "knots\\\":4");
    assert_eq!(shape, "tensor `log_slope` is F64 [5, 5]: it must be F32 or F64 [5, 4]");
    assert_eq!(replaced("\"shift\"", "\"shaft\""), "tensor `shaft` is none of the architecture in the metadata");
    let kind: FlowKind = maps(0, 3).into();
    let error = Flow::<f64>::new(&kind, 1).unwrap_err().to_string();
    assert_eq!(error, "`dimension` is 0: it must lie between 1 and 4096");
}
