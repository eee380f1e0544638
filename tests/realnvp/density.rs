//! RealNVP on targets that are known by their density: the same gradient as a mixture's own, a known log Z, a failure.

use std::sync::atomic::{AtomicUsize, Ordering};

use collapsar::flows::{
    Architecture, BatchNorm, FlowProblem, Initial, LogDensity, Mask, Trainer, Training, TrainingOutcome,
    train_on_density,
};
use collapsar_theory::{Schedule, Target};

/// A density by a function of one point.
struct ByPoint<F>(usize, F);

impl<F: Fn(&[f64], &mut [f64]) -> f64 + Sync> LogDensity for ByPoint<F> {
    fn evaluate(&self, points: &[f64], log_p: &mut [f64], score: &mut [f64]) {
        for ((x, log), score) in points.chunks_exact(self.0).zip(log_p).zip(score.chunks_exact_mut(self.0)) {
            *log = self.1(x, score);
        }
    }
}

#[test]
fn a_mixture_by_its_density_has_the_gradient_of_a_mixture() {
    let modes = vec![vec![1.5, 0.3, -0.2, 0.1, 0.7], vec![-1.0, 0.2, 0.0, 0.4, -0.3]];
    let target = Target::new(modes.clone(), vec![0.6, 0.4]).unwrap();
    let by_density = ByPoint(5, |x: &[f64], score: &mut [f64]| {
        let parts: Vec<f64> = modes
            .iter()
            .zip([0.6f64, 0.4])
            .map(|(m, v)| v.ln() - 0.5 * x.iter().zip(m).map(|(x, m)| (x - m).powi(2)).sum::<f64>())
            .collect();
        let top = parts[0].max(parts[1]);
        let total: f64 = parts.iter().map(|p| (p - top).exp()).sum();
        for (i, score) in score.iter_mut().enumerate() {
            *score = parts.iter().zip(&modes).map(|(p, m)| (p - top).exp() / total * (m[i] - x[i])).sum();
        }
        top + total.ln() - 2.5 * std::f64::consts::TAU.ln()
    });
    for mask in [Mask::Halves, Mask::Checkerboard] {
        for batch_norm in [BatchNorm::None, BatchNorm::Hidden] {
            let architecture = Architecture {
                dimension: 5,
                couplings: 4,
                hidden: vec![7],
                initial: Initial::Uniform,
                mask,
                batch_norm,
                ..Architecture::default()
            };
            // More rows than go together in the cache.
            let training = Training { batch: 150, ..Training::default() };
            let schedule = Schedule::constant(2.0).unwrap();
            let own =
                FlowProblem::new(architecture.clone(), target.clone(), schedule.clone(), training.clone()).unwrap();
            let told = FlowProblem::on_density(architecture, &by_density, schedule, training).unwrap();
            let (mut one, mut two) =
                (Trainer::<f64>::new(&own, 5).unwrap(), Trainer::<f64>::on_density(&told, 5).unwrap());
            for _ in 0..20 {
                let (a, one_gradient) = one.gradient();
                let (b, two_gradient) = two.gradient();
                assert!((a.objective - b.objective).abs() < 1e-12 && (a.divergence - b.divergence).abs() < 1e-12);
                let size = one_gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
                for (a, b) in one_gradient.iter().zip(two_gradient) {
                    assert!((a - b).abs() < 1e-10 * size, "{a} {b}");
                }
                assert_eq!(one.step().unwrap().beta, two.step().unwrap().beta);
            }
        }
    }
}

/// The double well of the many-well problem (arXiv 2208.01893), log p = -x^4 + 6 x^2 + x/2 - y^2/2 up to its constant: two modes
/// of unequal weight, and log Z by a sum over a grid.
#[test]
fn a_double_well_is_covered_under_annealing_and_its_log_z_found() {
    let well = |x: f64| -x.powi(4) + 6.0 * x * x + 0.5 * x;
    let asked = AtomicUsize::new(0);
    let density = ByPoint(2, |x: &[f64], score: &mut [f64]| {
        asked.fetch_add(1, Ordering::Relaxed);
        (score[0], score[1]) = (-4.0 * x[0].powi(3) + 12.0 * x[0] + 0.5, -x[1]);
        well(x[0]) - 0.5 * x[1] * x[1]
    });
    let sum: f64 = (-4000..=4000).map(|i| well(1e-3 * f64::from(i)).exp() * 1e-3).sum();
    let log_z = sum.ln() + 0.5 * std::f64::consts::TAU.ln();

    let architecture = Architecture { couplings: 6, hidden: vec![64, 64], ..Architecture::default() };
    let training =
        Training { steps: 4000, batch: 128, step_size: 3e-3, settle: 0.4, samples: 20_000, ..Training::default() };
    let schedule = Schedule::geometric(10.0, 6.0).unwrap();
    let problem = FlowProblem::on_density(architecture, &density, schedule, training).unwrap();
    let run = train_on_density::<f32, _>(&problem, 1, |_, _| ()).unwrap();
    let TrainingOutcome::Trained(found) = run.outcome else { panic!("{:?}", run.outcome) };
    println!("log Z {log_z}: {found:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 4000 * 128 + 20_000);
    // The light mode has a share of .15: without it log Z would be .16 short, and KL(q||p) that much.
    assert!((found.log_z.value - log_z).abs() < 0.03, "{log_z}: {found:?}");
    assert!(found.reverse_ess > 0.8 && found.kl_reverse.value + log_z < 0.1, "{found:?}");
}

#[test]
fn what_is_not_finite_ends_the_run() {
    let asked = AtomicUsize::new(0);
    let density = ByPoint(2, |x: &[f64], score: &mut [f64]| {
        score.iter_mut().zip(x).for_each(|(s, x)| *s = -x);
        if asked.fetch_add(1, Ordering::Relaxed) < 64 { -0.5 * x.iter().map(|x| x * x).sum::<f64>() } else { f64::NAN }
    });
    let training = Training { steps: 100, batch: 32, samples: 10, ..Training::default() };
    let schedule = Schedule::constant(1.0).unwrap();
    let problem = FlowProblem::on_density(Architecture::default(), density, schedule, training).unwrap();
    let run = train_on_density::<f64, _>(&problem, 1, |_, _| ()).unwrap();
    assert_eq!(run.outcome, TrainingOutcome::Diverged { step: 2 });
}
