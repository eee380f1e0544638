//! The published RealNVP experiment (theory section 10), one cell: `cargo run --release --example realnvp -- BETA STEPS
//! TOTAL SEEDS`. Prints the divergence as it is trained and, for each seed, how the run ended.
//!
//! d = 128, R = 3, w* = 0.8, axis a random unit vector, the published flow, learning rate 1e-3, batch 1024, beta rising
//! geometrically from BETA over STEPS steps, TOTAL steps. BETA = 1 is no annealing. Collapsed: spread along the axis
//! below 1.6.

use std::time::Instant;

use collapsar::flows::{Architecture, Flow, FlowProblem, Training, TrainingOutcome, Transport, train_many};
use collapsar_theory::{InvalidParameter, Schedule, Target};

const STEP_SIZE: f64 = 1e-3;

/// A direction: a point of a standard normal law, which the identity flow draws.
fn axis(architecture: &Architecture) -> Result<Vec<f64>, InvalidParameter> {
    let identity = Architecture { initial: collapsar::flows::Initial::Identity, ..architecture.clone() };
    let point = Flow::<f64>::new(&identity.into(), 0)?.sample(2026, 1);
    let norm = point.iter().map(|x| x * x).sum::<f64>().sqrt();
    Ok(point.iter().map(|x| x / norm).collect())
}

fn main() -> Result<(), InvalidParameter> {
    let given: Vec<f64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let [beta, anneal, total, seeds] = given[..] else {
        eprintln!("usage: realnvp BETA STEPS TOTAL SEEDS");
        return Ok(());
    };
    let architecture = Architecture::published();
    let axis = axis(&architecture)?;
    let mode = |r: f64| axis.iter().map(|u| r * u).collect();
    let target = Target::new(vec![mode(3.0), mode(-3.0)], vec![0.8, 0.2])?;
    let schedule =
        if beta < 1.0 { Schedule::geometric(1.0 / beta, anneal * STEP_SIZE)? } else { Schedule::constant(1.0)? };
    let training = Training {
        steps: total as usize,
        batch: 1024,
        step_size: STEP_SIZE,
        clip: None,
        every: 50,
        samples: 4096,
        ..Training::default()
    };
    let problem = FlowProblem::new(architecture, target, schedule, training)?;
    let seeds: Vec<u64> = (0..seeds as u64).collect();
    let start = Instant::now();
    let runs = train_many::<f32>(&problem, &seeds, |seed, record, _| {
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{seconds:7.1} s  seed {seed}  step {:5}  beta {:.4}  KL {:.4}",
            record.step, record.beta, record.losses.divergence
        );
    })?;
    for run in runs {
        match run.outcome {
            TrainingOutcome::Diverged { step } => println!("seed {}: diverged at step {step}", run.seed),
            TrainingOutcome::Trained(found) => {
                let spread = found.spread.map_or(f64::NAN, |s| s.value);
                let verdict = if spread < 1.6 { "collapsed" } else { "both modes" };
                println!(
                    "seed {}: {verdict}, spread {spread:.3}, coverage {:.4}, KL(q||p) {:.4}, KL(p||q) {:.4}",
                    run.seed, found.coverage[0].value, found.kl_reverse.value, found.kl_forward.value
                );
            }
        }
    }
    Ok(())
}
